"""What may happen at a call of an adapter, and the fuse that makes it happen at the chosen one."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """`OVERTAKEN`: just before the call another worker is given the same task and finishes it."""

    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"
    REFUSED = "is refused"
    ANSWER_LOST = "loses the answer"
    OVERTAKEN = "is overtaken"


class ProcessDied(BaseException):
    """No `except Exception` stands in the way of a death."""


class CallFailed(Exception):
    """What a client raises for throttling, a broken connection, a time-out: done or not done."""


class Fuse:
    """Counts the calls of all adapters, and lets one of them meet a fault.

    `meanwhile` is what the worker at work was asked to do: another one may be asked the same.
    """

    def __init__(self, place: int | None = None, fault: Fault = Fault.DIES_AFTER) -> None:
        self.calls: list[str] = []
        self.meanwhile: Callable[[], Any] = lambda: None
        self._place, self._fault = place, fault

    def arm(self, later: int, fault: Fault) -> None:
        """Let the call after so many more meet that fault."""
        self._place, self._fault = len(self.calls) + later, fault

    def disarm(self) -> None:
        """Let nothing happen any more."""
        self._place = None

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        """What the function answers, unless this is the place."""
        is_here = len(self.calls) == self._place
        self.calls.append(name)
        return suffer(self._fault, name, function, self.meanwhile) if is_here else function()


def suffer(
    fault: Fault, name: str, function: Callable[[], Any], meanwhile: Callable[[], Any]
) -> Any:
    """Make the call under the fault."""
    match fault:
        case Fault.DIES_BEFORE:
            raise ProcessDied(f"before {name}")
        case Fault.REFUSED:
            raise CallFailed(f"{name} was refused")
        case Fault.OVERTAKEN:
            meanwhile()
            return function()
        case Fault.DIES_AFTER:
            function()
            raise ProcessDied(f"after {name}")
        case Fault.ANSWER_LOST:
            function()
            raise CallFailed(f"the answer of {name} was lost")


class Wired:
    """An adapter whose every call passes the fuse; what is named in `past` goes past it."""

    def __init__(self, behind: object, fuse: Fuse, past: Iterable[str] = ()) -> None:
        self._behind, self._fuse, self._past = behind, fuse, frozenset(past)

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._behind, name)
        if name in self._past:
            return function
        called = f"{type(self._behind).__name__}.{name}"
        return lambda *given, **named: self._fuse.call(called, lambda: function(*given, **named))
