"""The store's twin in memory: for proofs, replays and tests. It forgets when the process ends.

It keeps the values themselves, and checks everything before it changes anything, so that a write
that is refused leaves no trace. Documents (cursor, detector) are kept as JSON text: a caller who
goes on changing its own copy changes nothing here, as in the table.
"""

import json
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from types import MappingProxyType

from chalicelib.domain.address import Standin
from chalicelib.domain.alert import Notification, SendLog
from chalicelib.domain.audit import Act
from chalicelib.domain.business import Business
from chalicelib.domain.concern import concern_of, correction_of
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import Incident
from chalicelib.domain.judging import JudgeState, Unjudged
from chalicelib.domain.source import SourceState
from chalicelib.store import rules
from chalicelib.store.memory_erasure import MemoryErasures
from chalicelib.store.memory_incidents import refuse_unless
from chalicelib.store.memory_profiles import MemoryProfiles
from chalicelib.store.memory_replies import MemoryReplies
from chalicelib.store.memory_requests import MemoryRequests
from chalicelib.store.memory_sessions import MemorySessions
from chalicelib.store.memory_voices import MemoryVoices

Place = tuple[datetime, str, str]


def _place(unjudged: Unjudged) -> Place:
    """Where it stands in the line: received first, judged first."""
    return (unjudged.received_at, unjudged.feedback_id, unjudged.version)


class MemoryStore(
    MemoryErasures, MemorySessions, MemoryVoices, MemoryRequests, MemoryReplies, MemoryProfiles
):
    """Implements `ports.Store` without any outside."""

    def __init__(self) -> None:
        super().__init__()
        self._businesses: dict[str, Business] = {}
        self._sources: dict[tuple[str, str], tuple[SourceState, str]] = {}
        self._feedback: dict[tuple[str, str], ScoredFeedback] = {}
        self._days: dict[tuple[str, str], set[str]] = {}
        self._counts: dict[str, dict[tuple[str, str], Counter[str]]] = {}
        self._line: dict[str, list[Place]] = {}
        self._unjudged: dict[str, dict[Place, Unjudged]] = {}
        self._deliveries: dict[tuple[str, str], datetime] = {}
        self._judges: dict[str, tuple[JudgeState, str]] = {}
        self._ledger: dict[str, dict[int, tuple[Unjudged, ...]]] = {}
        self._dead: dict[str, dict[str, str]] = {}
        self._standins: dict[tuple[str, str], Standin] = {}
        self._spent: dict[tuple[str, str], int] = {}
        self._paid: set[tuple[str, str, str]] = set()
        self._sends: dict[str, SendLog] = {}

    # Businesses

    def load_business(self, business_id: str) -> Business | None:
        """See `ports.BusinessStore`."""
        return self._businesses.get(business_id)

    def list_businesses(self) -> tuple[str, ...]:
        """See `ports.BusinessStore`."""
        return tuple(sorted(self._businesses))

    def save_business(self, business: Business) -> None:
        """See `ports.BusinessStore`."""
        self._businesses[business.business_id] = business

    def remove_business(self, business_id: str) -> None:
        """See `ports.BusinessStore`."""
        self._businesses.pop(business_id, None)

    # Sources

    def load_source(self, business_id: str, source: str) -> SourceState | None:
        """See `ports.SourceStore`."""
        found = self._sources.get((business_id, source))
        if found is None:
            return None
        state, cursor = found
        return replace(state, cursor=MappingProxyType(json.loads(cursor)))

    def save_source(self, state: SourceState) -> SourceState:
        """See `ports.SourceStore`."""
        key = (state.business_id, state.source)
        found = self._sources.get(key)
        refuse_unless(state.version == (found[0].version if found else 0), "source", state.source)
        cursor = json.dumps(dict(state.cursor))
        held = MappingProxyType(dict(state.held))
        saved = replace(state, held=held, version=state.version + 1)
        self._sources[key] = (saved, cursor)
        return saved

    def remove_source(self, business_id: str, source: str) -> None:
        """See `ports.SourceStore`."""
        self._sources.pop((business_id, source), None)

    def due_sources(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """See `ports.SourceStore`."""
        due = [
            (state.due, key)
            for key, (state, _) in self._sources.items()
            if state.due is not None and state.due <= now
        ]
        return [key for _, key in sorted(due)[:limit]]

    # Feedback

    def find(self, business_id: str, feedback_ids: Iterable[str]) -> dict[str, ScoredFeedback]:
        """See `ports.FeedbackStore`."""
        found = {
            feedback_id: self._feedback.get((business_id, feedback_id))
            for feedback_id in feedback_ids
        }
        return {feedback_id: scored for feedback_id, scored in found.items() if scored is not None}

    def store(
        self,
        scored: ScoredFeedback,
        previous: ScoredFeedback | None,
        unjudged: Unjudged,
        *,
        delivery_id: str | None = None,
    ) -> None:
        """See `ports.FeedbackStore`; storing what is stored already changes nothing."""
        scored = rules.at_rest(scored)
        rules.refuse_older(scored, previous)
        feedback = scored.feedback
        business_id, key = feedback.business_id, (feedback.business_id, feedback.feedback_id)
        stored = self._feedback.get(key)
        if rules.is_repeat(scored, previous) or rules.is_repeat(scored, stored):
            return
        refuse_unless(rules.is_expected(stored, previous), "feedback", feedback.feedback_id)
        self._feedback[key] = scored
        if stored is not None:
            self._days.get((business_id, stored.day), set()).discard(feedback.feedback_id)
        if not feedback.is_deleted:
            self._days.setdefault((business_id, scored.day), set()).add(feedback.feedback_id)
        counts = self._counts.setdefault(business_id, {})
        for row, steps in rules.count_steps(scored, previous).items():
            # Counter.update adds, and keeps what is negative.
            counts.setdefault(row, Counter()).update(steps)
        self._wait(unjudged)
        if delivery_id is not None:
            expires = scored.received_at + rules.DELIVERY_KEPT
            self._deliveries[business_id, delivery_id] = expires

    def note_answer(self, answered: ScoredFeedback, previous: ScoredFeedback) -> None:
        """See `ports.FeedbackStore`."""
        rules.refuse_other_words(answered, previous)
        feedback = answered.feedback
        key = (feedback.business_id, feedback.feedback_id)
        stored = self._feedback.get(key)
        if stored == answered:
            return
        refuse_unless(rules.is_expected(stored, previous), "feedback", feedback.feedback_id)
        self._feedback[key] = answered
        counts = self._counts.setdefault(feedback.business_id, {})
        for row, steps in rules.count_steps(answered, previous).items():
            counts.setdefault(row, Counter()).update(steps)

    def mark_not_negative(
        self, business_id: str, feedback_id: str, now: datetime, act: Act | None = None
    ) -> None:
        """See `ports.FeedbackStore`; what is not there or deleted is left alone."""
        stored = self._feedback.get((business_id, feedback_id))
        if stored is None or stored.feedback.is_deleted:
            return
        self._feedback[business_id, feedback_id] = replace(stored, is_not_negative=True)
        self._note(correction_of(business_id, feedback_id, now))
        if act is not None:
            self.save_act(act)

    def counts(
        self, business_id: str, first_day: str, last_day: str
    ) -> dict[tuple[str, str], dict[str, int]]:
        """See `ports.FeedbackStore`; what is zero is left out."""
        kept = {
            row: {str(name): number for name, number in counts.items() if number}
            for row, counts in sorted(self._counts.get(business_id, {}).items())
            if first_day <= row[0] <= last_day
        }
        return {row: counts for row, counts in kept.items() if counts}

    def counts_at_a_glance(
        self, business_id: str, first_day: str, last_day: str
    ) -> dict[tuple[str, str], dict[str, int]]:
        """See `ports.VoiceStore`."""
        return self.counts(business_id, first_day, last_day)

    def scored_between(
        self, business_id: str, first_day: str, last_day: str
    ) -> list[ScoredFeedback]:
        """See `ports.FeedbackStore`."""
        found = [
            self._feedback[business_id, feedback_id]
            for (owner, day), feedback_ids in self._days.items()
            if owner == business_id and first_day <= day <= last_day
            for feedback_id in feedback_ids
        ]
        return sorted(found, key=lambda s: (s.day, s.feedback.written_at, s.feedback.feedback_id))

    def was_delivered(self, business_id: str, delivery_id: str, now: datetime) -> bool:
        """See `ports.FeedbackStore`."""
        expires = self._deliveries.get((business_id, delivery_id))
        return expires is not None and now < expires

    # Judging

    def _wait(self, unjudged: Unjudged) -> None:
        place = _place(unjudged)
        waiting = self._unjudged.setdefault(unjudged.business_id, {})
        if place not in waiting:
            insort(self._line.setdefault(unjudged.business_id, []), place)
        waiting[place] = unjudged

    def load_judge(self, business_id: str) -> JudgeState:
        """See `ports.JudgeStore`."""
        found = self._judges.get(business_id)
        if found is None:
            return JudgeState(business_id=business_id)
        state, detector = found
        return replace(state, detector=MappingProxyType(json.loads(detector)))

    def unjudged(self, business_id: str, limit: int) -> list[Unjudged]:
        """See `ports.JudgeStore`."""
        waiting = self._unjudged.get(business_id, {})
        return [waiting[place] for place in self._line.get(business_id, [])[:limit]]

    def businesses_with_unjudged(self, before: datetime, limit: int) -> list[str]:
        """See `ports.JudgeStore`; the one that waits longest first."""
        oldest = [(line[0][0], business_id) for business_id, line in self._line.items() if line]
        return [business_id for since, business_id in sorted(oldest) if since < before][:limit]

    def commit_judged(
        self,
        state: JudgeState,
        judged: Sequence[Unjudged],
        incidents: Sequence[Incident],
        notifications: Sequence[Notification],
    ) -> None:
        """See `ports.JudgeStore`; `state.sequence` is the number of this ledger entry."""
        rules.refuse_too_many(judged, incidents, notifications)
        business_id = state.business_id
        found = self._judges.get(business_id)
        refuse_unless(state.version == (found[0].version if found else 0), "judge", business_id)
        waiting = self._unjudged.get(business_id, {})
        for unjudged in judged:
            refuse_unless(_place(unjudged) in waiting, "unjudged", unjudged.feedback_id)
        self._refuse_changed(incidents)
        entries = self._ledger.setdefault(business_id, {})
        if judged:
            refuse_unless(state.sequence not in entries, "ledger", str(state.sequence))
            entries[state.sequence] = tuple(judged)
        detector = json.dumps(dict(state.detector))
        self._judges[business_id] = (replace(state, version=state.version + 1), detector)
        line = self._line.setdefault(business_id, [])
        for unjudged in judged:
            del waiting[_place(unjudged)]
            del line[bisect_left(line, _place(unjudged))]
        self._write_incidents(incidents, notifications)
        self._note(concern_of(state, judged, incidents))

    def ledger(self, business_id: str) -> Iterable[Unjudged]:
        """See `ports.JudgeStore`."""
        entries = self._ledger.get(business_id, {})
        return chain.from_iterable(entries[sequence] for sequence in sorted(entries))

    # Contacts

    def dead_addresses(self, business_id: str) -> dict[str, str]:
        """See `ports.ContactStore`."""
        return dict(sorted(self._dead.get(business_id, {}).items()))

    def mark_dead(self, business_id: str, address: str, reason: str, now: datetime) -> None:
        """See `ports.ContactStore`; the first reason stays."""
        self._dead.setdefault(business_id, {}).setdefault(address, reason)

    def revive(self, business_id: str, address: str, now: datetime) -> None:
        """See `ports.ContactStore`."""
        self._dead.get(business_id, {}).pop(address, None)

    def standins(self, business_id: str) -> list[Standin]:
        """See `ports.ContactStore`."""
        return [one for (owner, _), one in sorted(self._standins.items()) if owner == business_id]

    def save_standin(self, standin: Standin) -> None:
        """See `ports.ContactStore`."""
        self._standins[standin.business_id, standin.contact] = standin

    def load_sends(self, business_id: str) -> SendLog:
        """See `ports.ContactStore`."""
        return self._sends.get(business_id) or SendLog(business_id=business_id)

    def save_sends(self, log: SendLog) -> SendLog:
        """See `ports.ContactStore`."""
        stored = self.load_sends(log.business_id)
        refuse_unless(log.version == stored.version, "sends of", log.business_id)
        self._sends[log.business_id] = saved = replace(log, version=log.version + 1)
        return saved

    def take_from_budget(
        self, business_id: str, budget: str, amount: int, limit: int, *, paid_for: str
    ) -> bool:
        """See `ports.ContactStore`."""
        if (business_id, budget, paid_for) in self._paid:
            return True
        spent = self._spent.get((business_id, budget), 0) + amount
        if spent > limit:
            return False
        self._spent[business_id, budget] = spent
        self._paid.add((business_id, budget, paid_for))
        return True
