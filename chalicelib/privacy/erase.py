"""Erasing a person: feedback rows lose them, queues and dead letters lose their messages, and
tombstones keep out what was on its way (DESIGN, invariant 10).

One pass may die anywhere and be run again. A function that read before the tombstones stood may
store something after: so the last pass must begin later than any function lives, and find no
message that somebody is handling.
"""

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import echoes
from chalicelib.domain.business import Business
from chalicelib.domain.clock import local_date
from chalicelib.domain.errors import ConflictError, FeedbackRefused
from chalicelib.domain.feedback import Arrival, ScoredFeedback
from chalicelib.domain.forgetting import Receipt, erased, erased_unseen, never_seen
from chalicelib.ports import Letter, Letters, Store
from chalicelib.privacy.erase_cases import cases_of_person, forget_cases
from chalicelib.privacy.erase_profiles import forget_known
from chalicelib.privacy.erase_replies import forget_replies, replies_of_person
from chalicelib.privacy.erase_requests import forget_requests, requests_of_person
from chalicelib.privacy.person import Wanted, all_feedback, feedback_of
from chalicelib.privacy.traces import TraceKind, Tracer

# The longest time-out of a function that stores, and some seconds for its last call.
SETTLED_AFTER = timedelta(seconds=130)
TRIES = 5
# More than that never wait longer than a minute; a pass after them looks again.
_MOST_WAITING = 1_000

CANNOT_BE_REACHED = (
    "mails and text messages that were delivered",
    "point-in-time copies of the table, for at most 35 days",
    "what the source itself still shows",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """All that an erasure touches: the store, the queues by name, and how a message is read."""

    store: Store
    letters: Mapping[str, Letters]
    read_arrival: Callable[[str], Arrival]
    tracer: Tracer
    business: Business

    def erase(self, wanted: Wanted, now: datetime) -> Receipt:
        """One pass. The receipt is done when nothing can have slipped through."""
        return self._pass(wanted, self._begun(wanted, now), now, now)

    def replay(self, receipt: Receipt, now: datetime) -> Receipt:
        """One pass over an older copy of the table: what was erased by then, and nothing since."""
        gone = set(receipt.feedback)
        ids = [one.feedback.feedback_id for one in all_feedback(self.store, receipt.business_id)]
        known = {one for one in ids if self.tracer.trace(TraceKind.FEEDBACK, one) in gone}
        wanted = Wanted(
            traces=frozenset(receipt.traces),
            feedback_ids=frozenset({*known, *receipt.kept_out}),
            request_ids=frozenset(receipt.requests),
        )
        return self._pass(wanted, receipt, receipt.done_at or receipt.begun_at, now)

    def _pass(self, wanted: Wanted, receipt: Receipt, until: datetime, now: datetime) -> Receipt:
        business_id = self.business.business_id
        self.store.save_receipt(receipt)
        self.store.save_tombstones(business_id, sorted(wanted.traces), until)
        found = [
            one
            for one in feedback_of(self.store, business_id, wanted)
            if one.feedback.written_at <= until or one.feedback.feedback_id in wanted.feedback_ids
        ]
        receipt = self._noted(receipt, feedback=tuple(one.feedback.feedback_id for one in found))
        receipt = self._keep_out_unseen(wanted, receipt, now)
        receipt = self._forget_asked(wanted, receipt, until, now)
        forget_cases(self.store, cases_of_person(self.store, business_id, wanted, found), now)
        forget_known(self.store, business_id, wanted, found)
        forget_replies(self.store, replies_of_person(self.store, business_id, wanted, found))
        # First where a source's row names them: afterwards nobody knows these ids any more.
        self._forget_ids(found)
        for one in found:
            self._forget(one)
        waiting = self._forget_likenesses(receipt)
        receipt = replace(receipt, unreadable=0, hidden=waiting)
        for letters in self.letters.values():
            receipt = self._read_through(letters, wanted, receipt)
        if receipt.hidden == 0 and now - receipt.begun_at >= SETTLED_AFTER:
            receipt = replace(receipt, done_at=now)
        self.store.save_receipt(receipt)
        return receipt

    def _begun(self, wanted: Wanted, now: datetime) -> Receipt:
        asked = sorted((*wanted.traces, *wanted.feedback_ids, *wanted.links, *wanted.request_ids))
        receipt_id = self.tracer.trace(TraceKind.FEEDBACK, "\0".join(asked))
        known = {one.receipt_id: one for one in self.store.receipts(self.business.business_id)}
        receipt = known.get(receipt_id)
        if receipt is None:
            return Receipt(
                business_id=self.business.business_id,
                receipt_id=receipt_id,
                begun_at=now,
                traces=tuple(sorted(wanted.traces)),
            )
        # Asked again after it was done: somebody may have written since.
        return receipt if receipt.done_at is None else replace(receipt, begun_at=now, done_at=None)

    def _noted(
        self, receipt: Receipt, *, feedback: tuple[str, ...] = (), messages: tuple[str, ...] = ()
    ) -> Receipt:
        """Written before the deed, so that a pass that dies has counted what it did."""
        hashed = [self.tracer.trace(TraceKind.FEEDBACK, one) for one in feedback]
        sent = [self.tracer.trace(TraceKind.FEEDBACK, one) for one in messages]
        receipt = replace(
            receipt,
            feedback=tuple(dict.fromkeys((*receipt.feedback, *hashed))),
            messages=tuple(dict.fromkeys((*receipt.messages, *sent))),
        )
        self.store.save_receipt(receipt)
        return receipt

    def _forget(self, stored: ScoredFeedback) -> None:
        business_id, feedback_id = stored.feedback.business_id, stored.feedback.feedback_id
        for _ in range(TRIES):
            if stored.feedback.is_erased:
                return
            try:
                return self.store.forget(erased(stored), stored)
            except ConflictError:
                stored = self.store.find(business_id, [feedback_id])[feedback_id]
        raise ConflictError(f"feedback {feedback_id} kept changing while it was erased")

    def _forget_ids(self, found: Sequence[ScoredFeedback]) -> None:
        """Cursors remember ids that a source showed, to ask for them again: not these."""
        by_source: dict[str, set[str]] = {}
        for one in found:
            by_source.setdefault(one.feedback.source, set()).add(one.feedback.external_id)
        for source, ids in by_source.items():
            for _ in range(TRIES):
                state = self.store.load_source(self.business.business_id, source)
                if state is None or (cursor := without_ids(state.cursor, ids)) == state.cursor:
                    break
                with contextlib.suppress(ConflictError):
                    self.store.save_source(replace(state, cursor=cursor))

    def _forget_likenesses(self, receipt: Receipt) -> int:
        """What their texts were known by leaves the judge's row; says how many of them still wait
        to be judged, after which it would be there again."""
        business_id, gone = self.business.business_id, set(receipt.feedback)
        for _ in range(TRIES):
            state = self.store.load_judge(business_id)
            known = echoes.from_document(state.echoes)
            left = known.without({one for one in known.feedback_ids() if self._is_of(one, gone)})
            if left == known:
                break
            with contextlib.suppress(ConflictError):
                after = replace(state, echoes=echoes.to_document(left))
                self.store.commit_judged(after, (), (), ())
        unjudged = self.store.unjudged(business_id, _MOST_WAITING)
        return sum(self._is_of(one.feedback_id, gone) for one in unjudged)

    def _is_of(self, feedback_id: str, gone: Collection[str]) -> bool:
        return self.tracer.trace(TraceKind.FEEDBACK, feedback_id) in gone

    def _read_through(self, letters: Letters, wanted: Wanted, receipt: Receipt) -> Receipt:
        hidden, held = letters.hidden(), list[Letter]()
        try:
            while some := letters.take():
                held += some
                for letter in some:
                    fate = self._fate(letter.body, wanted)
                    if fate is None:
                        is_unreadable = not self._is_known(letter.body)
                        receipt = replace(receipt, unreadable=receipt.unreadable + is_unreadable)
                        continue
                    receipt = self._noted(receipt, messages=(fate,))
                    letters.delete([letter])
                    held.remove(letter)
        finally:
            letters.give_back(held)
        return replace(receipt, hidden=receipt.hidden + hidden)

    def _is_known(self, body: str) -> bool:
        """True for a message that names no person at all, or that could be read."""
        if '"arrival"' not in body:
            return True
        try:
            self.read_arrival(body)
        except FeedbackRefused:
            return False
        return True

    def _fate(self, body: str, wanted: Wanted) -> str | None:
        """What a message that must go is counted by; None for one that stays."""
        try:
            feedback = self.read_arrival(body).feedback
        except FeedbackRefused:
            return body if any(word in body for word in wanted.words) else None
        if feedback.business_id != self.business.business_id or not wanted.is_of(feedback):
            return None
        # Its source may send it again, and nobody has stored it yet.
        known = self.store.find(feedback.business_id, [feedback.feedback_id])
        if known:
            self._forget(next(iter(known.values())))
        else:
            day = local_date(feedback.written_at, self.business.time_zone)
            self._keep_out(erased_unseen(feedback, day))
        return feedback.feedback_id

    def _forget_asked(
        self, wanted: Wanted, receipt: Receipt, until: datetime, now: datetime
    ) -> Receipt:
        asked = [
            one
            for one in requests_of_person(self.store, self.business.business_id, wanted)
            if one.received_at <= until or one.request_id in wanted.request_ids
        ]
        named = (one.request_id for one in asked)
        receipt = replace(receipt, requests=tuple(dict.fromkeys((*receipt.requests, *named))))
        self.store.save_receipt(receipt)
        forget_requests(self.store, asked, now)
        return receipt

    def _keep_out_unseen(self, wanted: Wanted, receipt: Receipt, now: datetime) -> Receipt:
        """A feedback that is named by its id and that no source has brought yet stays out when
        one does: what stands in its place is what would be left of it."""
        business_id = self.business.business_id
        known = self.store.find(business_id, wanted.feedback_ids)
        unseen = sorted(
            one for one in wanted.feedback_ids if one not in known or one in receipt.kept_out
        )
        receipt = replace(receipt, kept_out=tuple(dict.fromkeys((*receipt.kept_out, *unseen))))
        self.store.save_receipt(receipt)
        day = local_date(now, self.business.time_zone)
        for one in unseen:
            if one not in known:
                self._keep_out(never_seen(business_id, one, day))
        return receipt

    def _keep_out(self, unseen: ScoredFeedback) -> None:
        try:
            self.store.forget(unseen, None)
        except ConflictError:
            feedback = unseen.feedback
            stored = self.store.find(feedback.business_id, [feedback.feedback_id])
            self._forget(stored[feedback.feedback_id])


def without_ids(kept: Any, ids: Collection[str]) -> Any:
    """A cursor without these ids, where they stand in lists or name entries. A single value that
    says how far a source was read stays."""
    if isinstance(kept, Mapping):
        return {name: without_ids(each, ids) for name, each in kept.items() if name not in ids}
    if isinstance(kept, list):
        return [
            without_ids(each, ids) for each in kept if not (isinstance(each, str) and each in ids)
        ]
    return kept
