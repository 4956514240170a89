"""What customers are known by, in the store's twin in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.audit import Act
from chalicelib.domain.profile import Known
from chalicelib.store.memory_incidents import MemoryIncidents, refuse_unless


class MemoryProfiles(MemoryIncidents):
    """Implements `ports.ProfileStore` without any outside."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str], Known] = {}
        self._carried: dict[tuple[str, str], set[tuple[datetime, str]]] = {}

    def save_known(
        self, known: Sequence[Known], act: Act | None = None, *, voice: Known | None = None
    ) -> None:
        """See `ports.ProfileStore`."""
        for one in known:
            stored = self._known.get((one.business_id, one.trace))
            refuse_unless(one.version == (stored.version if stored else 0), "known", one.trace)
        for one in known:
            key = (one.business_id, one.trace)
            self._known[key] = replace(one, version=one.version + 1)
            if voice is not None:
                self._carried.setdefault(key, set()).add((voice.heard_at, voice.feedback_id))
        if act is not None:
            self.save_act(act)

    def load_known(self, business_id: str, traces: Iterable[str]) -> dict[str, Known]:
        """See `ports.ProfileStore`."""
        found = {trace: self._known.get((business_id, trace)) for trace in traces}
        return {trace: known for trace, known in found.items() if known is not None}

    def last_heard(self, business_id: str, limit: int) -> list[Known]:
        """See `ports.ProfileStore`."""
        found = [one for (owner, _), one in self._known.items() if owner == business_id]
        return sorted(found, key=lambda one: (one.heard_at, one.trace), reverse=True)[:limit]

    def voices_of(self, business_id: str, trace: str, limit: int) -> list[str]:
        """See `ports.ProfileStore`."""
        carried = sorted(self._carried.get((business_id, trace), ()), reverse=True)
        return [feedback_id for _, feedback_id in carried[:limit]]

    def drop_known(self, business_id: str, traces: Iterable[str]) -> None:
        """See `ports.ProfileStore`."""
        for trace in traces:
            self._known.pop((business_id, trace), None)
            self._carried.pop((business_id, trace), None)
