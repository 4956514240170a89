"""Makes the likeness of a text: what is kept for some days in place of its words, to know it again.

Only letters and digits count, in one case, and only the opening: one site shows a review whole,
another its first hundred and sixty characters. Pieces of letters, not words, serve every script.
"""

import base64
import hashlib
import unicodedata

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.likeness import MARKS, Likeness
from chalicelib.privacy.traces import TraceKind, Tracer

OPENING_LETTERS = 120
# About six words.
LEAST_LETTERS = 25
_PIECE = 5
_BYTES = 4
# Half of a trace: it is compared with a few dozen, not with a million.
_AUTHOR_SIGNS = 6


def likeness_of(feedback: Feedback, tracer: Tracer) -> Likeness | None:
    """The likeness of a feedback as it is kept; None when it says nothing.

    Raises SettingsError when there is no key.
    """
    letters = _letters(feedback.text)
    if not letters:
        return None
    key = tracer.trace(TraceKind.FEEDBACK, "likeness").encode()
    pieces = [letters[i : i + _PIECE] for i in range(max(1, len(letters) - _PIECE + 1))]
    hashed = [
        hashlib.blake2b(piece.encode(errors="surrogatepass"), key=key).digest()
        for piece in set(pieces)
    ]
    columns = range(0, MARKS * _BYTES, _BYTES)
    least = [min(digest[i : i + _BYTES] for digest in hashed) for i in columns]
    return Likeness(
        marks=base64.b64encode(bytes(each[-1] for each in least)).decode(),
        is_short=len(letters) < LEAST_LETTERS,
        authors=_authors(feedback, tracer),
    )


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())[:OPENING_LETTERS]


def _authors(feedback: Feedback, tracer: Tracer) -> tuple[str, ...]:
    """By id at the source, by order, and by a name of two words: `Guest` is nobody's name."""
    found = []
    if feedback.author_id:
        found.append(tracer.author(feedback.source, feedback.author_id))
    if feedback.order_reference:
        found.append(tracer.order(feedback.order_reference))
    name = " ".join((feedback.author or "").casefold().split())
    if " " in name:
        # No source is called by nothing, so no author id has this trace.
        found.append(tracer.author("", name))
    return tuple(trace[:_AUTHOR_SIGNS] for trace in found)
