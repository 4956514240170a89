"""A reply to a customer: DRAFT → APPROVED → POSTED, COPIED or FAILED.

Nothing goes to a customer unless a named person approved that very text: an approval bears the
hash of what was approved, any edit takes it back, and what is posted is looked at against it once
more (`posting_of`). Every change is a function from one value to the next; one that is not allowed
raises `TransitionError`.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.business import Business
from chalicelib.domain.errors import TransitionError
from chalicelib.domain.session import Role

# Longer than any site takes; a longer one is an accident or an attack.
TEXT_LIMIT = 5_000
# A function lives two minutes; whoever holds a reply for longer has died.
POSTING_LEASE = timedelta(minutes=5)
# A site that is down for so long will be answered by hand.
MOST_TRIES = 8
_LINE_ENDS = re.compile("\r\n?")
# Control characters but tab and line feed, and those that reorder text: a person cannot approve
# what does not show.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


# What the pulls queue calls a reply that is to be posted; no source's name holds a colon.
_JOB = "reply:"


class ReplyState(StrEnum):
    """How far a reply has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    POSTED = "posted"
    COPIED = "copied"
    FAILED = "failed"


class Posting(StrEnum):
    """Whether a reply may be posted now, or why not."""

    POST = "post"
    NOT_APPROVED = "not_approved"
    TEXT_CHANGED = "text_changed"
    NOBODY_APPROVED = "nobody_approved"
    HELD_BY_ANOTHER = "held_by_another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the business says to one customer, and who answers for it.

    `source` is the name of the source the feedback came from. `text` is what is posted, as it
    stands; "" where an expert should be asked first (`needs_expert`). `approved_text_hash` is the
    `text_hash` of what `approved_by` (a contact's name) saw. `due` is when it is to be posted, and
    `held_until` keeps a second function from posting it meanwhile. `posted_as` is the site's id of
    it. `trouble` and `advice` say in words why it could not be posted and what to do. `keep_until`
    is when it must be gone: with the words it answers.
    """

    business_id: str
    feedback_id: str
    source: str
    language: str
    text: str
    drafted_at: datetime
    state: ReplyState = ReplyState.DRAFT
    needs_expert: bool = False
    edited_by: str | None = None
    edited_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    approved_text_hash: str = ""
    due: datetime | None = None
    held_until: datetime | None = None
    tries: int = 0
    posted_at: datetime | None = None
    posted_as: str | None = None
    trouble: str = ""
    advice: str = ""
    keep_until: datetime | None = None
    version: int = 0

    @property
    def text_hash(self) -> str:
        """See `text_hash`: what a form that shows this text must bring back."""
        return text_hash(self.text)

    @property
    def is_waiting(self) -> bool:
        """True between approval and posting."""
        return self.state is ReplyState.APPROVED and self.due is not None

    @property
    def is_done(self) -> bool:
        """True once it was posted, or handed over to be posted by hand."""
        return self.state in (ReplyState.POSTED, ReplyState.COPIED)


def job_of(feedback_id: str) -> str:
    """The name under which the pulls queue carries the reply to a feedback."""
    return _JOB + feedback_id


def reply_in(job: str) -> str | None:
    """The feedback whose reply this job is about; None for the name of a source."""
    return job.removeprefix(_JOB) if job.startswith(_JOB) else None


def as_written(text: str) -> str:
    """A text from a form as it is kept: browsers send line ends of their own, and nothing in it
    may be there unseen."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)).strip()


def text_hash(text: str) -> str:
    """Thirty-two hex digits that stand for exactly this text."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def edit(reply: Reply, text: str, by: str, now: datetime) -> Reply:
    """Another text, which nobody has approved yet. The same text changes nothing.

    Raises TransitionError for a reply that is done or being posted, and for too long a text.
    """
    text = as_written(text)
    if text == reply.text:
        return reply
    _refuse_done(reply, "changed")
    _refuse_held(reply, now)
    if len(text) > TEXT_LIMIT:
        raise TransitionError(f"the reply is longer than {TEXT_LIMIT} characters")
    return replace(_unapproved(reply), text=text, edited_by=by, edited_at=now)


def approve(reply: Reply, text: str, shown: str, by: str, now: datetime) -> Reply:
    """A named person says yes to exactly this text, which the form showed under this hash.

    Raises TransitionError when the stored text is another by now, when it is empty, when nobody is
    named, and when the reply is done. A second yes of the same person changes nothing; that of
    another makes the approval theirs, for the first may have left.
    """
    if not by.strip():
        raise TransitionError("a reply is approved by a person with a name")
    _refuse_done(reply, "approved")
    if as_written(text) != reply.text or shown != reply.text_hash:
        raise TransitionError("the text changed since it was shown; read it again")
    if not reply.text:
        raise TransitionError("there is nothing to approve")
    is_approved = reply.state is ReplyState.APPROVED and reply.approved_text_hash == shown
    if is_approved and reply.approved_by == by:
        return reply
    _refuse_held(reply, now)
    return replace(
        _unapproved(reply),
        state=ReplyState.APPROVED,
        approved_by=by,
        approved_at=now,
        approved_text_hash=reply.text_hash,
        due=now,
    )


def copied(reply: Reply) -> Reply:
    """Handed over to be posted by hand: where the site has no way in, or did not take it.

    Raises TransitionError unless it was approved.
    """
    if reply.state is ReplyState.COPIED:
        return reply
    _refuse_done(reply, "copied")
    if reply.approved_text_hash != reply.text_hash or not reply.approved_by:
        raise TransitionError("a reply is copied after somebody approved it")
    return replace(reply, state=ReplyState.COPIED, due=None, held_until=None)


def posting_of(reply: Reply, business: Business, now: datetime) -> Posting:
    """Whether this reply may be posted now: the last look before it leaves the house."""
    if reply.state is not ReplyState.APPROVED or not reply.text:
        return Posting.NOT_APPROVED
    if reply.approved_text_hash != reply.text_hash:
        return Posting.TEXT_CHANGED
    if not any(
        contact.name == reply.approved_by and contact.role is not Role.READ_ONLY
        for contact in business.contacts
    ):
        return Posting.NOBODY_APPROVED
    if reply.held_until is not None and reply.held_until > now:
        return Posting.HELD_BY_ANOTHER
    return Posting.POST


def hold(reply: Reply, now: datetime) -> Reply:
    """Taken in hand by one function; should it die, the reply is due again at the end of this."""
    until = now + POSTING_LEASE
    return replace(reply, held_until=until, due=until, tries=reply.tries + 1)


def posted(reply: Reply, posted_as: str | None, now: datetime) -> Reply:
    """The site has it."""
    return replace(
        reply,
        state=ReplyState.POSTED,
        posted_at=now,
        posted_as=posted_as,
        due=None,
        held_until=None,
        trouble="",
        advice="",
    )


def try_again(reply: Reply, trouble: str, advice: str, at: datetime) -> Reply:
    """The site did not take it, and may later. After `MOST_TRIES` it failed."""
    if reply.tries >= MOST_TRIES:
        return failed(reply, trouble, advice)
    return replace(reply, due=at, held_until=None, trouble=trouble, advice=advice)


def failed(reply: Reply, trouble: str, advice: str) -> Reply:
    """It cannot be posted as it is: a person must change something, or post it by hand."""
    return replace(
        reply,
        state=ReplyState.FAILED,
        due=None,
        held_until=None,
        trouble=trouble,
        advice=advice,
    )


def _unapproved(reply: Reply) -> Reply:
    return replace(
        reply,
        state=ReplyState.DRAFT,
        approved_by=None,
        approved_at=None,
        approved_text_hash="",
        due=None,
        held_until=None,
        tries=0,
        trouble="",
        advice="",
    )


def _refuse_done(reply: Reply, what: str) -> None:
    if reply.is_done:
        raise TransitionError(f"the reply is {reply.state} and cannot be {what}")


def _refuse_held(reply: Reply, now: datetime) -> None:
    if reply.held_until is not None and reply.held_until > now:
        raise TransitionError("the reply is being posted right now")
