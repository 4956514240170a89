"""Judge a lot of stored changes: what the detector says of them, and which incidents follow.

Pure: the flow loads what is needed and writes what comes out in one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.detect import detector, rage
from chalicelib.detect.critical import CRITICAL_PER_DAY, is_critical
from chalicelib.detect.state import DetectorState, from_document, to_document
from chalicelib.domain.incident import (
    Ending,
    Incident,
    critical_incident,
    gather,
    resolve,
    spike_incident,
    worsen,
)
from chalicelib.domain.judging import Change, JudgeState, Unjudged
from chalicelib.domain.spike import Correction, Notice, NoticeKind, Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The judge's next state, and the incidents that were opened or changed, by id."""

    state: JudgeState
    incidents: Mapping[str, Incident]


def judge_changes(
    state: JudgeState,
    waiting: Sequence[Unjudged],
    load_incident: Callable[[str], Incident | None],
    *,
    sensitivity: Sensitivity,
    day: str,
    now: datetime,
) -> Judgement:
    """Take the changes in, in their order. `day` is the business's local date.

    `load_incident` looks an incident up by id; only the open spike and the last critical one are
    asked for.
    """
    desk = _Desk(state, load_incident, day, now)
    mood = from_document(state.detector) if state.detector else detector.new_state()
    memory = rage.from_document(_listed(state.rage))
    for change in waiting:
        mood, notice = _tell(mood, change, sensitivity)
        if notice is not None:
            desk.note(notice, was_corrected=change.change is not Change.NEW)
        is_rage = False
        if change.change is not Change.DELETED:
            memory, is_rage = rage.judge_rage(
                memory, stars=change.stars, anger=change.anger, at=change.written_at
            )
        if is_critical(change, now, is_rage=is_rage):
            desk.note_critical(change)
    judged = replace(
        desk.state,
        detector=to_document(mood),
        rage={"memory": rage.to_document(memory)},
        sequence=state.sequence + 1,
    )
    return Judgement(state=judged, incidents=desk.changed)


def _tell(
    mood: DetectorState, change: Unjudged, sensitivity: Sensitivity
) -> tuple[DetectorState, Notice | None]:
    told = change.as_told
    if isinstance(told, Correction):
        return detector.correct(
            mood, told.feedback_id, told.negative, told.now, sensitivity=sensitivity
        )
    return detector.judge(mood, told, sensitivity=sensitivity)


def _listed(document: Mapping[str, object]) -> list[object]:
    memory = document.get("memory")
    return list(memory) if isinstance(memory, list | tuple) else []


class _Desk:
    """What changes while one lot is judged."""

    def __init__(
        self,
        state: JudgeState,
        load_incident: Callable[[str], Incident | None],
        day: str,
        now: datetime,
    ) -> None:
        self.state = state
        self.changed: dict[str, Incident] = {}
        self._load = load_incident
        self._day = day
        self._now = now

    def note(self, notice: Notice, *, was_corrected: bool) -> None:
        """Open, worsen or end the spike's incident, as the detector says."""
        spike = self._open(self.state.open_spike)
        if notice.kind in (NoticeKind.RESOLVED, NoticeKind.NEW_NORMAL):
            if spike is not None:
                ending = Ending.CORRECTED if was_corrected else Ending.BACK_TO_USUAL
                if notice.kind is NoticeKind.NEW_NORMAL:
                    ending = Ending.NEW_NORMAL
                self._keep(resolve(spike, ending, self._now))
            self.state = replace(self.state, open_spike=None)
            return
        if notice.kind is NoticeKind.ESCALATED and spike is not None:
            self._keep(worsen(spike, notice, self._now))
            return
        incident = spike_incident(
            self.state.business_id, notice, generation=self._next_generation(), now=self._now
        )
        self._keep(incident)
        self.state = replace(self.state, open_spike=incident.incident_id)

    def note_critical(self, change: Unjudged) -> None:
        """Open an incident for it; beyond the day's cap it joins the last, so none is dropped."""
        count = self.state.critical_count + 1 if self.state.critical_day == self._day else 1
        self.state = replace(self.state, critical_day=self._day, critical_count=count)
        last = self._open(self.state.last_critical)
        if last is not None and change.feedback_id in last.feedback_ids:
            return
        if count > CRITICAL_PER_DAY and last is not None:
            self._keep(gather(last, change, self._now))
            return
        incident = critical_incident(change, generation=self._next_generation(), now=self._now)
        self._keep(incident)
        self.state = replace(self.state, last_critical=incident.incident_id)

    def _open(self, incident_id: str | None) -> Incident | None:
        if incident_id is None:
            return None
        incident = self.changed.get(incident_id) or self._load(incident_id)
        # A person may have resolved it; trouble that goes on after that is a new incident.
        return incident if incident is not None and incident.is_open else None

    def _keep(self, incident: Incident) -> None:
        self.changed[incident.incident_id] = incident

    def _next_generation(self) -> int:
        self.state = replace(self.state, generation=self.state.generation + 1)
        return self.state.generation
