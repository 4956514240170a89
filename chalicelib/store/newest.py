"""Store the newest version of a feedback against whatever is there at that moment."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.judging import unjudged_from
from chalicelib.ports import FeedbackStore

TRIES = 5


def is_newer(feedback: Feedback, stored: ScoredFeedback | None) -> bool:
    """Whether this version is to be stored over that one; over what was erased never."""
    if stored is None:
        return True
    return not stored.feedback.is_erased and feedback.version > stored.feedback.version


def with_answer(scored: ScoredFeedback, answered_at: datetime | None) -> ScoredFeedback:
    """The same, answered at that moment, when there was an answer: the first one stays, because
    the customer waited until then."""
    if answered_at is None:
        return scored
    return replace(scored, feedback=replace(scored.feedback, answered_at=answered_at))


def note_answer(store: FeedbackStore, feedback: Feedback) -> bool:
    """Note on what is stored that it was answered; says whether that was new.

    Nothing is noted on what is not there, was taken back or erased. Raises ConflictError after
    five losses.
    """
    for _ in range(TRIES):
        found = store.find(feedback.business_id, [feedback.feedback_id])
        previous = found.get(feedback.feedback_id)
        if previous is None or previous.feedback.is_deleted or previous.feedback.is_erased:
            return False
        if feedback.answered_at is None or previous.feedback.answered_at is not None:
            return False
        try:
            store.note_answer(with_answer(previous, feedback.answered_at), previous)
        except ConflictError:
            continue
        return True
    raise ConflictError(f"feedback {feedback.feedback_id} kept changing while an answer was noted")


def store_newest(store: FeedbackStore, scored: ScoredFeedback, *, delivery_id: str | None) -> bool:
    """Store it, or leave what is there when that is newer; says whether it was stored.

    Whoever loses a race reads again and decides again. Raises ConflictError after five losses.
    """
    business_id, feedback_id = scored.feedback.business_id, scored.feedback.feedback_id
    for _ in range(TRIES):
        previous = store.find(business_id, [feedback_id]).get(feedback_id)
        if not is_newer(scored.feedback, previous):
            return False
        kept = scored
        if previous is not None:
            # An edit keeps the day it was counted on, and whether it was history when it came.
            # A deletion was counted on none, and may not know when the feedback was written.
            day = scored.day if previous.feedback.is_deleted else previous.day
            # What is judged later must stand later in the line, whatever came in first.
            received_at = max(scored.received_at, previous.received_at)
            kept = replace(scored, day=day, is_history=previous.is_history, received_at=received_at)
            kept = with_answer(kept, previous.feedback.answered_at)
        try:
            store.store(kept, previous, unjudged_from(kept, previous), delivery_id=delivery_id)
        except ConflictError:
            continue
        return True
    raise ConflictError(f"feedback {feedback_id} kept changing while it was stored")
