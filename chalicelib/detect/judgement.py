"""Judge a lot of stored changes: what the detector says of them, and which incidents follow.

Pure: the flow loads what is needed and writes what comes out in one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from chalicelib.detect import detector, rage
from chalicelib.detect.critical import CRITICAL_PER_DAY, is_critical
from chalicelib.detect.state import DetectorState, from_document, to_document
from chalicelib.domain import echoes
from chalicelib.domain.incident import (
    Ending,
    Incident,
    critical_incident,
    gather,
    quote_instead,
    resolve,
    spike_incident,
    worsen,
)
from chalicelib.domain.judging import Change, JudgeState, Unjudged
from chalicelib.domain.spike import Correction, Notice, NoticeKind, Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The judge's next state, and the incidents that were opened or changed, by id.

    `judged` are the changes as the detector heard them, for the ledger: which of them were echoes
    stands in them, and their likenesses do not.
    """

    state: JudgeState
    incidents: Mapping[str, Incident]
    judged: tuple[Unjudged, ...]


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
    known = echoes.from_document(state.echoes)
    judged = []
    for change in waiting:
        known, sighting = known.sight(change)
        told = sighting.change
        judged.append(told)
        mood, notice = _tell(mood, told, sensitivity)
        if notice is not None:
            shown = tuple(dict.fromkeys(map(known.speaking_for, notice.feedback_ids)))
            notice = replace(notice, feedback_ids=shown)
            desk.note(notice, was_corrected=change.change is not Change.NEW)
        if sighting.stands_in is not None:
            desk.note_standin(change.feedback_id, sighting.stands_in)
        is_urgent = False
        if change.change is not Change.DELETED and not sighting.is_told:
            memory, is_rage = rage.judge_rage(
                memory, stars=change.stars, anger=change.anger, at=change.written_at
            )
            is_urgent = is_critical(told, now, is_rage=is_rage)
        if is_urgent:
            desk.note_critical(told)
        if told.counts_as is not None or notice is not None or is_urgent:
            desk.note_places(known)
        known = known.remember(
            replace(told, likeness=change.likeness),
            is_counted=told.counts_as is None and detector.holds(mood, told.feedback_id),
            is_told=is_urgent,
        )
    after = replace(
        desk.state,
        detector=to_document(mood),
        rage={"memory": rage.to_document(memory)},
        echoes=echoes.to_document(known),
        sequence=state.sequence + 1,
    )
    return Judgement(state=after, incidents=desk.changed, judged=tuple(judged))


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

    def note_standin(self, gone: str, stands_in: str) -> None:
        """The words of a feedback that was deleted stand elsewhere: an open incident quotes them
        there."""
        for incident_id in (self.state.open_spike, self.state.last_critical):
            incident = self._open(incident_id)
            if incident is not None and gone in incident.feedback_ids:
                self._keep(quote_instead(incident, gone, stands_in))

    def note_places(self, known: echoes.Echoes) -> None:
        """Where else the complaints of open incidents stand."""
        for incident_id in (self.state.open_spike, self.state.last_critical):
            incident = self._open(incident_id)
            if incident is None:
                continue
            places = {}
            for one in incident.feedback_ids:
                found = known.also_at(one)
                # What is remembered no longer stays as it was said.
                places[one] = incident.also_at.get(one, ()) if found is None else found
            also_at = {one: where for one, where in places.items() if where}
            if also_at != incident.also_at:
                self._keep(replace(incident, also_at=MappingProxyType(also_at)))

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
