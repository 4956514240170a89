"""Counts the steps that a backtracking matcher takes, so that no clock decides what is too slow.

A small matcher over Python's own parse of a pattern goes the way `re` goes: greedy, from left to
right, back to the last choice. Strings that hurt are made from the pattern itself: what leads to a
repetition, the repetition many times over, and then a sign on which it must fail.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

# Private modules: whether a type checker knows them depends on who else imports them.
codes: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
# What no pattern of ours allows inside a repetition.
BREAKS = "\x01"
GREAT = 20
MOST_STEPS = 400_000

Node = tuple[Any, Any]
Next = Callable[[int], bool]


class TooManySteps(Exception):
    """The matcher went on for longer than any harmless pattern would."""


class Matcher:
    """Matches one text, and counts."""

    def __init__(self, pattern: re.Pattern[str] | re.Pattern[bytes]) -> None:
        source = pattern.pattern
        text = source.decode("latin-1") if isinstance(source, bytes) else source
        self._nodes: list[Node] = list(parser.parse(text, pattern.flags & ~re.DEBUG))
        self._ignores_case = bool(pattern.flags & re.IGNORECASE)
        self._sees_all = bool(pattern.flags & re.DOTALL)
        self._groups: dict[int, tuple[int, int]] = {}
        self.steps = 0
        self.text = ""

    def search(self, text: str) -> bool:
        """Whether it matches anywhere; `steps` tells how long that took."""
        self.text = text.lower() if self._ignores_case else text
        self.steps = 0
        self._groups.clear()
        return any(
            self._run(self._nodes, 0, start, lambda _: True) for start in range(len(text) + 1)
        )

    def _run(self, nodes: list[Node], place: int, at: int, then: Next) -> bool:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooManySteps
        if place == len(nodes):
            return then(at)
        return self._one(nodes[place], at, lambda end: self._run(nodes, place + 1, end, then))

    def _one(self, node: Node, at: int, then: Next) -> bool:
        kind, what = node
        match kind:
            case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
                return self._repeat(kind, what, at, then)
            case codes.BRANCH:
                return any(self._run(list(each), 0, at, then) for each in what[1])
            case codes.SUBPATTERN:
                return self._run(list(what[-1]), 0, at, self._closing(what[0], at, then))
            case codes.ATOMIC_GROUP:
                end = self._end(list(what), at)
                return end is not None and then(end)
            case codes.ASSERT | codes.ASSERT_NOT:
                holds = self._looks(what, at)
                return holds == (kind is codes.ASSERT) and then(at)
            case codes.GROUPREF:
                start, end = self._groups.get(what, (0, -1))
                said = self.text[start:end]
                return end >= start and self.text.startswith(said, at) and then(at + len(said))
            case codes.AT:
                return self._is_at(what, at) and then(at)
        return at < len(self.text) and self._fits(node, self.text[at]) and then(at + 1)

    def _closing(self, number: int | None, at: int, then: Next) -> Next:
        def closed(end: int) -> bool:
            if number is not None:
                self._groups[number] = (at, end)
            return then(end)

        return closed

    def _repeat(self, kind: Any, what: Any, at: int, then: Next) -> bool:
        least, most, body = what
        nodes = list(body)
        if len(nodes) == 1 and is_single(nodes[0]):
            return self._repeat_signs(kind, nodes[0], (least, most), at, then)

        def again(count: int, here: int) -> bool:
            def onwards(end: int) -> bool:
                # An empty round would go on for ever.
                return end > here and again(count + 1, end)

            if count < least:
                return self._run(nodes, 0, here, lambda end: again(count + 1, end))
            if kind is codes.MIN_REPEAT:
                return then(here) or (count < most and self._run(nodes, 0, here, onwards))
            return (count < most and self._run(nodes, 0, here, onwards)) or then(here)

        return again(0, at)

    def _repeat_signs(
        self, kind: Any, node: Node, bounds: tuple[int, int], at: int, then: Next
    ) -> bool:
        """A run of single signs, without a frame for each."""
        least, most = bounds
        end = at
        while end < len(self.text) and end - at < most and self._fits(node, self.text[end]):
            end += 1
            self.steps += 1
        ends: Iterator[int] = iter(range(end, at + least - 1, -1))
        if kind is codes.MIN_REPEAT:
            ends = iter(range(at + least, end + 1))
        if kind is codes.POSSESSIVE_REPEAT:
            ends = iter([end] if end >= at + least else [])
        for each in ends:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise TooManySteps
            if then(each):
                return True
        return False

    def _end(self, nodes: list[Node], at: int) -> int | None:
        found: list[int] = []

        def take(end: int) -> bool:
            found.append(end)
            return True

        return found[-1] if self._run(nodes, 0, at, take) else None

    def _looks(self, what: Any, at: int) -> bool:
        direction, body = what
        nodes = list(body)
        if direction > 0:
            return self._run(nodes, 0, at, lambda _: True)
        width = body.getwidth()[0]
        return at >= width and self._run(nodes, 0, at - width, lambda end: end == at)

    def _is_at(self, what: Any, at: int) -> bool:
        text = self.text
        match what:
            case codes.AT_BEGINNING | codes.AT_BEGINNING_STRING:
                return at == 0
            case codes.AT_END:
                return at == len(text) or text[at:] == "\n"
            case codes.AT_END_STRING:
                return at == len(text)
        before = at > 0 and is_word(text[at - 1])
        after = at < len(text) and is_word(text[at])
        return (before != after) == (what is codes.AT_BOUNDARY)

    def _fits(self, node: Node, sign: str) -> bool:
        kind, what = node
        match kind:
            case codes.LITERAL:
                return self._same(what, sign)
            case codes.NOT_LITERAL:
                return not self._same(what, sign)
            case codes.ANY:
                return self._sees_all or sign != "\n"
            case codes.IN:
                return in_set(what, sign, ignores_case=self._ignores_case)
        raise NotImplementedError(f"{kind} is not known to this matcher")

    def _same(self, code: int, sign: str) -> bool:
        return (chr(code).lower() if self._ignores_case else chr(code)) == sign


def is_single(node: Node) -> bool:
    """Whether it stands for exactly one sign."""
    return node[0] in (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN)


def is_word(sign: str) -> bool:
    r"""As `\w`."""
    return sign.isalnum() or sign == "_"


def in_set(items: Any, sign: str, *, ignores_case: bool) -> bool:
    """Whether a sign is in a set such as `[^a-z\\s]`."""
    signs = {sign, sign.upper()} if ignores_case else {sign}
    is_turned = items[0][0] is codes.NEGATE
    return is_turned != any(_in_part(part, each) for part in items[is_turned:] for each in signs)


def _in_part(part: Node, sign: str) -> bool:
    kind, what = part
    match kind:
        case codes.LITERAL:
            return ord(sign) == int(what)
        case codes.RANGE:
            return bool(what[0] <= ord(sign) <= what[1])
    is_one = {
        "WORD": is_word(sign),
        "DIGIT": sign.isdecimal(),
        "SPACE": sign.isspace(),
    }[str(what).rsplit("_", 1)[-1]]
    return is_one != ("NOT" in str(what))


def witness(nodes: Any, *, ignores_case: bool = False) -> str:
    """A shortest text that the nodes fit, as far as one can see without looking around."""
    return "".join(_witness(node, ignores_case) for node in nodes)


def _witness(node: Node, ignores_case: bool) -> str:
    kind, what = node
    match kind:
        case codes.LITERAL:
            return chr(what)
        case codes.NOT_LITERAL | codes.ANY:
            return "b" if kind is codes.NOT_LITERAL and chr(what) == "a" else "a"
        case codes.IN:
            signs = "a1 -.,:/@_é\t\n([<\"'“!?%&;#*€あ|=+" + "".join(map(chr, range(33, 127)))
            extra = [chr(p[1]) for p in what if p[0] is codes.LITERAL]
            extra += [chr(p[1][0]) for p in what if p[0] is codes.RANGE]
            return str(
                next(
                    one for one in (*signs, *extra) if in_set(what, one, ignores_case=ignores_case)
                )
            )
        case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
            return witness(what[2], ignores_case=ignores_case) * int(what[0])
        case codes.BRANCH:
            return min((witness(one, ignores_case=ignores_case) for one in what[1]), key=len)
        case codes.SUBPATTERN:
            return witness(what[-1], ignores_case=ignores_case)
        case codes.ATOMIC_GROUP:
            return witness(what, ignores_case=ignores_case)
    return ""


def repetitions(nodes: Any, before: str, *, ignores_case: bool) -> Iterator[tuple[str, str]]:
    """(what leads there, what is repeated) of every repetition that may be long."""
    for kind, what in nodes:
        if kind in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            body = witness(what[2], ignores_case=ignores_case)
            if what[1] > GREAT and body:
                yield before, body
            yield from repetitions(what[2], before, ignores_case=ignores_case)
        elif kind is codes.SUBPATTERN:
            yield from repetitions(what[-1], before, ignores_case=ignores_case)
        elif kind is codes.ATOMIC_GROUP:
            yield from repetitions(what, before, ignores_case=ignores_case)
        elif kind is codes.BRANCH:
            for one in what[1]:
                yield from repetitions(one, before, ignores_case=ignores_case)
        before += _witness((kind, what), ignores_case)


def steps_of(
    pattern: re.Pattern[str] | re.Pattern[bytes], rounds: int
) -> dict[tuple[str, str], int]:
    """For every repetition of the pattern, the steps until a text of so many rounds fails."""
    matcher = Matcher(pattern)
    ignores_case = bool(pattern.flags & re.IGNORECASE)
    found: dict[tuple[str, str], int] = {}
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        for before, body in set(repetitions(matcher._nodes, "", ignores_case=ignores_case)):
            try:
                matcher.search(before + body * rounds + BREAKS)
                found[before, body] = matcher.steps
            except TooManySteps:
                found[before, body] = MOST_STEPS
    finally:
        sys.setrecursionlimit(limit)
    return found
