"""Echoes: one customer's complaint that is posted on several sites is one complaint.

The first that is heard counts; its echoes count nothing while it lasts. When it is deleted the
first echo that is left stands in for it, so the complaint ends with the last of them. Which one
counts is written into the ledger (`Unjudged.counts_as`) and nothing else is: likenesses stay here,
in the judge's row, for fourteen days.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.judging import Change, Unjudged
from chalicelib.domain.likeness import Likeness, is_same
from chalicelib.domain.sentiment import CriticalKind

# Who posts on several sites does so within days.
REMEMBERED = timedelta(days=14)
# A shop with thirty reviews a day has as many complaints in nine days; 2.8 KB in the judge's row.
MOST_COMPLAINTS = 40
# More copies than that are still echoes, but none of them can stand in.
MOST_COPIES = 8
# Others are no complaint: to hear praise twice calls nobody.
LEAST_NEGATIVE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One place where a complaint stands; `negative` is None once it was deleted there."""

    feedback_id: str
    negative: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One complaint and where it stands, the first first.

    `counts_as` is the feedback under whose id the detector knows it, None when it took none of them
    as evidence (a source on probation). `is_told` says that it was told as one that cannot wait,
    `critical` what of.
    """

    heard_at: datetime
    source: str
    likeness: Likeness
    counts_as: str | None
    is_told: bool
    copies: tuple[Copy, ...]
    critical: tuple[CriticalKind, ...] = ()

    @property
    def standing(self) -> Copy | None:
        """The first copy that is still there."""
        return next((copy for copy in self.copies if copy.negative is not None), None)

    def has(self, feedback_id: str) -> bool:
        """Whether this feedback is one of its copies."""
        return any(copy.feedback_id == feedback_id for copy in self.copies)

    def with_copy(self, change: Unjudged) -> "Complaint":
        """With this copy, as it is after the change."""
        is_gone = change.change is Change.DELETED
        new = Copy(
            feedback_id=change.feedback_id,
            negative=None if is_gone else change.negative,
            source=change.source,
        )
        if not self.has(new.feedback_id):
            return replace(self, copies=(*self.copies, new)[:MOST_COPIES])
        copies = tuple(new if copy.feedback_id == new.feedback_id else copy for copy in self.copies)
        return replace(self, copies=copies)

    def without_copy(self, feedback_id: str) -> "Complaint":
        """Without this copy: it says something else now."""
        copies = tuple(copy for copy in self.copies if copy.feedback_id != feedback_id)
        return replace(self, copies=copies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A change as the detector is to hear it (without a likeness: so it goes into the ledger).

    `is_told` is True when somebody was told already of all that cannot wait in it. `stands_in` is
    the copy that speaks since this change took the one before away.
    """

    change: Unjudged
    is_told: bool = False
    stands_in: str | None = None


@dataclass(frozen=True, slots=True)
class Echoes:
    """The complaints of the last fourteen days, oldest first."""

    complaints: tuple[Complaint, ...] = ()

    def sight(self, change: Unjudged) -> tuple["Echoes", Sighting]:
        """What a change means once echoes are known: told as it is, or as one about a complaint."""
        lately = Echoes(self._lately(change.received_at))
        here = lately._of(change.feedback_id)
        if here is not None:
            return lately._changed(here, change)
        bare = replace(change, likeness=None)
        first = lately._alike(change)
        if first is None:
            return lately, Sighting(change=bare)
        after = first.with_copy(change)
        if first.is_told:
            # An echo may go on to speak of something worse.
            left = tuple(kind for kind in bare.critical if kind not in first.critical)
            bare = replace(bare, critical=left)
        is_told = first.is_told and not bare.critical
        if first.counts_as is None or first.standing is None:
            # Nothing counts for it so far, or nothing any more: this one does.
            after = replace(after, counts_as=None)
            return lately._with(first, after), Sighting(change=bare, is_told=is_told)
        told = _as_one_of(after, bare)
        return lately._with(first, after), Sighting(change=told, is_told=is_told)

    def remember(self, change: Unjudged, *, is_counted: bool, is_told: bool) -> "Echoes":
        """After a change was judged: what of it must be known again.

        `is_counted`: the detector holds it as evidence. `is_told`: see `Complaint`.
        """
        here = self._of(change.feedback_id)
        critical = change.critical if is_told else ()
        if here is not None:
            after = replace(
                here,
                counts_as=here.counts_as or (change.feedback_id if is_counted else None),
                is_told=here.is_told or is_told,
                critical=tuple(dict.fromkeys((*here.critical, *critical))),
            )
            return self._with(here, after)
        is_complaint = is_told or (is_counted and (change.negative or 0.0) >= LEAST_NEGATIVE)
        if change.likeness is None or change.change is not Change.NEW or not is_complaint:
            return self
        complaint = Complaint(
            heard_at=change.received_at,
            source=change.source,
            likeness=change.likeness,
            counts_as=change.feedback_id if is_counted else None,
            is_told=is_told,
            critical=critical,
            copies=(
                Copy(
                    feedback_id=change.feedback_id, negative=change.negative, source=change.source
                ),
            ),
        )
        return Echoes((*self.complaints, complaint)[-MOST_COMPLAINTS:])

    def speaking_for(self, feedback_id: str) -> str:
        """The copy that stands where this one is counted: itself, while it is there."""
        for one in self.complaints:
            if one.counts_as == feedback_id and one.standing is not None:
                return one.standing.feedback_id
        return feedback_id

    def also_at(self, feedback_id: str) -> tuple[str, ...] | None:
        """The other sources where the same stands, in the order of coming; None when it is no
        complaint that is remembered."""
        here = self._of(feedback_id)
        if here is None:
            return None
        own = {copy.source for copy in here.copies if copy.feedback_id == feedback_id}
        there = [copy.source for copy in here.copies if copy.negative is not None]
        return tuple(source for source in dict.fromkeys(there) if source not in own)

    def without(self, feedback_ids: Collection[str]) -> "Echoes":
        """Without any complaint that one of these is a copy of: their person is erased."""
        return Echoes(
            tuple(
                one
                for one in self.complaints
                if not any(copy.feedback_id in feedback_ids for copy in one.copies)
            )
        )

    def feedback_ids(self) -> list[str]:
        """All that is remembered."""
        return [copy.feedback_id for one in self.complaints for copy in one.copies]

    def _changed(self, here: Complaint, change: Unjudged) -> tuple["Echoes", Sighting]:
        """An edit or a deletion of a copy."""
        bare = replace(change, likeness=None)
        before = here.standing
        is_speaking = before is not None and before.feedback_id == change.feedback_id
        if not is_speaking and self._says_something_else(here, change):
            # It is a matter of its own from now on, and was none for the detector before.
            after = here.without_copy(change.feedback_id)
            return self._with(here, after), Sighting(change=replace(bare, change=Change.NEW))
        after = here.with_copy(change)
        if here.counts_as is None:
            return self._with(here, after), Sighting(change=bare)
        stands_in = None
        is_gone = change.change is Change.DELETED or change.negative is None
        if is_gone and is_speaking and after.standing is not None:
            stands_in = after.standing.feedback_id
        told = _as_one_of(after, bare)
        return self._with(here, after), Sighting(change=told, stands_in=stands_in)

    def _says_something_else(self, here: Complaint, change: Unjudged) -> bool:
        if change.change is Change.DELETED or change.likeness is None:
            return False
        if here.counts_as == change.feedback_id:
            return False
        return not is_same(here.likeness, change.likeness, at_one_source=False)

    def _alike(self, change: Unjudged) -> Complaint | None:
        likeness = change.likeness
        if likeness is None or change.change is not Change.NEW or change.is_history:
            return None
        for one in self.complaints:
            at_one_source = one.source == change.source
            if is_same(one.likeness, likeness, at_one_source=at_one_source):
                return one
        return None

    def _lately(self, now: datetime) -> tuple[Complaint, ...]:
        return tuple(one for one in self.complaints if one.heard_at >= now - REMEMBERED)

    def _of(self, feedback_id: str) -> Complaint | None:
        return next((one for one in self.complaints if one.has(feedback_id)), None)

    def _with(self, old: Complaint, new: Complaint) -> "Echoes":
        return Echoes(tuple(new if one is old else one for one in self.complaints))


def _as_one_of(complaint: Complaint, change: Unjudged) -> Unjudged:
    """The change as one of the complaint: as negative as the copy that speaks for it now."""
    standing = complaint.standing
    negative = None if standing is None else standing.negative
    return replace(change, counts_as=complaint.counts_as, negative=negative)


def to_document(echoes: Echoes) -> dict[str, Any]:
    """The memory as plain values."""
    return {"complaints": [_list_complaint(one) for one in echoes.complaints]}


def from_document(document: Mapping[str, Any]) -> Echoes:
    """The memory that was written; an empty document is that of a new business."""
    return Echoes(tuple(_read_complaint(row) for row in document.get("complaints", ())))


def _list_complaint(one: Complaint) -> list[Any]:
    return [
        one.heard_at.isoformat(),
        one.source,
        [one.likeness.marks, one.likeness.is_short, *one.likeness.authors],
        one.counts_as,
        one.is_told,
        list(one.critical),
        [[copy.feedback_id, copy.negative, copy.source] for copy in one.copies],
    ]


def _read_complaint(row: list[Any]) -> Complaint:
    heard_at, source, (marks, is_short, *authors), counts_as, is_told, critical, copies = row
    return Complaint(
        heard_at=datetime.fromisoformat(heard_at),
        source=source,
        likeness=Likeness(marks=marks, is_short=is_short, authors=tuple(authors)),
        counts_as=counts_as,
        is_told=is_told,
        critical=tuple(CriticalKind(kind) for kind in critical),
        copies=tuple(
            Copy(feedback_id=each, negative=negative, source=where)
            for each, negative, where in copies
        ),
    )
