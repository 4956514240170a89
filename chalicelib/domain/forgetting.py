"""What is left of a feedback when its words have outlived their purpose, or its person is erased.

In both cases the anonymous score stays, with exactly what it counts for, so that no aggregate and
no detector changes. What has outlived its purpose keeps its version: the source that still shows
it brings nothing new, and an edit of today is a new word with a purpose of its own. What was erased
keeps neither version nor time of day, and takes nothing more from its source.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.domain.feedback import Feedback, FeedbackKind, ScoredFeedback
from chalicelib.domain.sentiment import Reading, ReadingStatus

# Stands where an id at the source and a hash of words stood.
GONE = "gone"


def without_person(scored: ScoredFeedback) -> ScoredFeedback:
    """Day, source, place and score, without words, names, numbers and addresses."""
    feedback = scored.feedback
    bare = replace(
        feedback,
        external_id=GONE,
        kept_id=feedback.feedback_id,
        kept_hash=feedback.content_hash,
        text="",
        author=None,
        author_id=None,
        language=None,
        url=None,
        order_reference=None,
        has_consent=False,
        traces=(),
    )
    reading = replace(scored.reading, because=())
    return replace(scored, feedback=bare, reading=reading, words_until=None)


def erased(scored: ScoredFeedback) -> ScoredFeedback:
    """The same for good: also without the moment and the fingerprint of what was said."""
    bare = without_person(scored)
    midnight = datetime.fromisoformat(scored.day).replace(tzinfo=UTC)
    answered_at = bare.feedback.answered_at
    if answered_at is not None:
        # How long it took is counted; when it was would tell the moment of the words.
        answered_at = midnight + (answered_at - bare.feedback.written_at)
    feedback = replace(
        bare.feedback,
        written_at=midnight,
        updated_at=midnight,
        kept_hash=GONE,
        is_erased=True,
        answered_at=answered_at,
    )
    reading = replace(bare.reading, critical=())
    return replace(bare, feedback=feedback, reading=reading, received_at=midnight, seen_since=None)


def erased_unseen(feedback: Feedback, day: str) -> ScoredFeedback:
    """What keeps a feedback out that was erased before it was ever stored: it counts nothing."""
    unseen = ScoredFeedback(
        feedback=replace(feedback, is_deleted=True, stars=None, survey_scores={}),
        reading=Reading(status=ReadingStatus.UNSCORED, reason="erased"),
        day=day,
        received_at=feedback.written_at,
    )
    return erased(unseen)


def never_seen(business_id: str, feedback_id: str, day: str) -> ScoredFeedback:
    """The same for a feedback of which nothing is known but its id."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    nothing = Feedback(
        business_id=business_id,
        source=GONE,
        external_id=GONE,
        kept_id=feedback_id,
        kind=FeedbackKind.REVIEW,
        text="",
        written_at=midnight,
        updated_at=midnight,
    )
    return erased_unseen(nothing, day)


def as_kept(scored: ScoredFeedback, now: datetime) -> ScoredFeedback:
    """What may still be read of it. Whoever shows words asks here, however late the row goes."""
    if scored.words_until is None or now < scored.words_until:
        return scored
    return without_person(scored)


def has_person(scored: ScoredFeedback) -> bool:
    """False for what is erased, deleted at its source, or has outlived its purpose."""
    # Not by the word alone: a source may have given somebody's feedback that very id.
    return scored.feedback.external_id != GONE or scored.feedback.kept_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The proof of an erasure, in keyed hashes alone: who asked, and what went.

    `receipt_id` is the same for the same request, so that asking again goes on with the first.
    `feedback` is what lost its person, `messages` what was taken out of queues, each as keyed
    hashes: a pass that died is not counted twice. `kept_out` are the ids of feedback that was named
    before any source brought it: the very ids, because after a restore of an older table nothing
    else keeps them out again. `requests` are what the person had asked, by ids that tell nothing of
    them. `unreadable` are messages that nobody could understand, `hidden` those that a function was
    handling at the last pass.
    """

    business_id: str
    receipt_id: str
    begun_at: datetime
    done_at: datetime | None = None
    traces: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    unreadable: int = 0
    hidden: int = 0
