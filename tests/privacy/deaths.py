"""A store at which the process dies."""

from typing import Any


class Dying:
    """Passes calls on; at the call of this number the process dies, the call done."""

    def __init__(self, behind: Any, place: int) -> None:
        self._behind, self._place, self.calls = behind, place, 0

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            answer = getattr(self._behind, name)(*given, **named)
            self.calls += 1
            if self.calls == self._place + 1:
                raise KeyboardInterrupt
            return answer

        return call
