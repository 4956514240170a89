"""One line of a list on the owner's pages: a thing, what to know of it, and the way to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where a tap leads (below `/o/`), what it is, and what stands beside it; `pill` is one word
    in a frame, in alarm's colour when it is late and in the good one's when it is over."""

    path: str
    what: str
    sub: str
    pill: str = ""
    is_late: bool = False
    is_good: bool = False
