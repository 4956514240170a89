"""Cutting a text where its writer paused: sentences, clauses, and windows the network can take."""

import re
from collections.abc import Callable, Sequence

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=\S)|\n+")
_CLAUSE_END = re.compile(
    r"(?<=[,;:–—])\s+|\s+(?=(?:but|however|though|although|yet|except|while|whereas|still)\b)",
    re.IGNORECASE,
)
SHORTEST_PASSAGE = 3
"""Words; a shorter piece ("Well,") is read with what follows it."""


def sentences(text: str) -> list[str]:
    """Cut a text into its sentences; always at least one when there is text."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def clauses(sentence: str) -> list[str]:
    """Cut one sentence at its pauses and turns; pieces under three words join the next one."""
    found: list[str] = []
    waiting = ""
    for part in _CLAUSE_END.split(sentence):
        piece = f"{waiting} {part}".strip()
        if len(piece.split()) < SHORTEST_PASSAGE:
            waiting = piece
            continue
        found.append(piece)
        waiting = ""
    if waiting and found:
        found[-1] = f"{found[-1]} {waiting}"
    elif waiting:
        found.append(waiting)
    return found


def windows(text: str, pieces: Callable[[str], list[int]], longest: int) -> list[list[int]]:
    """Give the word pieces of a text, whole sentences together, in windows of at most `longest`."""
    whole = pieces(text)
    if len(whole) <= longest:
        return [whole]
    found: list[list[int]] = []
    current: list[int] = []
    for sentence in sentences(text):
        for part in _slices(pieces(sentence), longest):
            if current and len(current) + len(part) > longest:
                found.append(current)
                current = []
            current = current + part
    if current:
        found.append(current)
    return found


def _slices(ids: Sequence[int], longest: int) -> list[list[int]]:
    return [list(ids[start : start + longest]) for start in range(0, len(ids), longest)]
