"""What customers are known by: rows that are written only where the purpose of profiles is on."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from chalicelib.domain.audit import Act
from chalicelib.domain.profile import Known


class ProfileStore(Protocol):
    """Traces with their ties, and which voices carried them."""

    def save_known(
        self, known: Sequence[Known], act: Act | None = None, *, voice: Known | None = None
    ) -> None:
        """All in one transaction, if the stored version of each is unchanged (0: there is none).

        `voice` is what each of them was heard by: its feedback, moment and end. `act` is who tied
        or parted them. Raises ConflictError.
        """
        ...

    def load_known(self, business_id: str, traces: Iterable[str]) -> dict[str, Known]:
        """Those of these that are there, by trace."""
        ...

    def last_heard(self, business_id: str, limit: int) -> list[Known]:
        """The traces that were heard last, the newest first. The list may lag a moment behind."""
        ...

    def voices_of(self, business_id: str, trace: str, limit: int) -> list[str]:
        """Ids of feedback that carried the trace, the newest first."""
        ...

    def drop_known(self, business_id: str, traces: Iterable[str]) -> None:
        """Forget these and their voices. Only the command line may: no function has the right."""
        ...
