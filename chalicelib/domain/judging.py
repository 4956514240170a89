"""The second step after storing: what waits to be judged, and what the judge knows.

Storing a feedback leaves a small `Unjudged` row without any text. Judging takes up to ninety of
them at once, moves the detector on, and writes what was judged into a ledger, in that order: the
detector's state is a cache, and the ledger rebuilds it to the last bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.sentiment import CriticalKind

# Ninety deletions, the judge's own row, the ledger's, incidents and notifications fit into the
# hundred rows of one DynamoDB transaction.
JUDGED_AT_ONCE = 90


class Change(StrEnum):
    """What happened to the feedback since it was judged last."""

    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """One stored change that the detector has not seen; numbers and ids only.

    `negative` is P(negative) at even odds, None when neither text nor stars say anything.
    `groups` look like `location:main` and `topic:wait_delivery`.
    """

    business_id: str
    feedback_id: str
    version: str
    change: Change
    received_at: datetime
    written_at: datetime
    source: str
    negative: float | None
    groups: tuple[str, ...] = ()
    seen_since: datetime | None = None
    is_history: bool = False
    critical: tuple[CriticalKind, ...] = ()
    stars: float | None = None
    anger: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeState:
    """The one row per business that judging rewrites, conditional on its version.

    `detector` is the detector's own document. `sequence` numbers the ledger. `generation` numbers
    incidents. `open_spike` is the incident of the spike that is open now.
    """

    business_id: str
    detector: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    sequence: int = 0
    generation: int = 0
    open_spike: str | None = None
    critical_day: str = ""
    critical_count: int = 0
    version: int = 0
