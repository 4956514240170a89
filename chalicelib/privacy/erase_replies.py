"""What an erasure takes of replies: every word we wrote to that person, or about them to others."""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.domain.clock import to_text
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import has_person
from chalicelib.domain.reply import Reply
from chalicelib.ports import Store
from chalicelib.privacy.person import Wanted

# A shorter word stands in many a reply by chance: an order "12" in "at 12 o'clock".
SHORTEST_WORD = 5


def replies_of_person(
    store: Store, business_id: str, wanted: Wanted, found: Sequence[ScoredFeedback]
) -> list[Reply]:
    """Those that answer this person's feedback, those that name one of the words the person is
    known by, and those whose feedback has nobody left: a page may have saved one meanwhile."""
    replies = store.replies_of(business_id)
    theirs = {*wanted.feedback_ids, *(one.feedback.feedback_id for one in found)}
    answered = store.find(business_id, {one.feedback_id for one in replies} - theirs)
    nobody = {key for key, one in answered.items() if not has_person(one)}
    words = [word.casefold() for word in wanted.words if len(word) >= SHORTEST_WORD]
    return [
        one
        for one in replies
        if one.feedback_id in theirs | nobody or any(word in one.text.casefold() for word in words)
    ]


def forget_replies(store: Store, replies: Iterable[Reply]) -> None:
    """Take these away, whole."""
    for reply in replies:
        store.forget_reply(reply.business_id, reply.feedback_id)


def as_exported(reply: Reply) -> dict[str, Any]:
    """One reply as the person gets it who asks what is kept; who wrote it is nobody's business."""
    return {
        "answers": reply.feedback_id,
        "text": reply.text,
        "state": str(reply.state),
        "drafted_at": to_text(reply.drafted_at),
        "posted_at": to_text(reply.posted_at) if reply.posted_at else None,
        "kept_until": to_text(reply.keep_until) if reply.keep_until else None,
    }
