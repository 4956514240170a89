"""Store the newest version of a feedback against whatever is there at that moment."""

from dataclasses import replace

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
        try:
            store.store(kept, previous, unjudged_from(kept, previous), delivery_id=delivery_id)
        except ConflictError:
            continue
        return True
    raise ConflictError(f"feedback {feedback_id} kept changing while it was stored")
