"""Reply: suggest a text, and let a named person change it and say yes to it.

The pages call these; nothing else makes a reply APPROVED, and only what is APPROVED is posted (see
`posting`).
"""

from datetime import datetime

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business, Purpose
from chalicelib.domain.errors import TransitionError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.reply import Reply, approve, as_written, copied, edit
from chalicelib.domain.session import Role, Visitor
from chalicelib.ports import Services
from chalicelib.privacy.consent import may_process
from chalicelib.recover.channels import Channel
from chalicelib.recover.reply import channel_of_feedback, draft_reply, forbidden_promises

GONE = "there is nobody left to answer: the words are gone"


def draft_for(
    services: Services, business: Business, feedback_id: str, language: str, now: datetime
) -> Reply:
    """The reply as it stands, or a fresh draft that nobody has touched and nothing has stored.

    `language` is the reader's, for where we do not have the customer's. The text is empty where an
    expert should be asked first, and where no draft is allowed. Raises TransitionError when the
    words are gone.
    """
    scored = answerable(services, business, feedback_id, now)
    return _reply_to(services, business, scored, language, now)


def edit_reply(
    services: Services,
    visitor: Visitor,
    business: Business,
    feedback_id: str,
    text: str,
    shown: str,
    now: datetime,
) -> Reply:
    """Another text in the place of the one that the form showed under the hash `shown`.

    An approval is taken back by it. Raises TransitionError when it may not be, or when somebody
    else changed it meanwhile, and ConflictError when that happened in this very moment.
    """
    _refuse_stranger(visitor, business)
    scored = answerable(services, business, feedback_id, now)
    reply = _reply_to(services, business, scored, visitor.language, now)
    if shown != reply.text_hash:
        raise TransitionError("somebody else changed the reply meanwhile; read it again")
    changed = edit(reply, text, visitor.contact, now)
    if changed == reply:
        return reply
    _refuse_too_long(changed, channel_of_feedback(scored, business))
    return _saved(services, changed, _act(visitor, ActKind.EDIT_REPLY, reply, now))


def approve_reply(
    services: Services,
    visitor: Visitor,
    business: Business,
    feedback_id: str,
    text: str,
    shown: str,
    now: datetime,
) -> Reply:
    """A person says yes to exactly this text. It is posted within five minutes where Heedful has
    a way in, and COPIED elsewhere: the page shows it with the link to where it belongs.

    `text` is what the form sent, `shown` the hash of what it showed; both must be what is stored.
    Raises TransitionError when they are not, when the visitor may not approve, when a member of
    staff promises what the owner has not allowed, and when it is too long; ConflictError when
    somebody else wrote in this very moment.
    """
    _refuse_stranger(visitor, business)
    scored = answerable(services, business, feedback_id, now)
    channel = channel_of_feedback(scored, business)
    reply = _reply_to(services, business, scored, visitor.language, now)
    agreed = approve(reply, text, shown, visitor.contact, now)
    if agreed == reply:
        return reply
    _refuse_too_long(agreed, channel)
    _refuse_promises(agreed, visitor, business)
    if not _is_posted_there(services, business, reply.source):
        agreed = copied(agreed)
    return _saved(
        services, agreed, _act(visitor, ActKind.APPROVE_REPLY, reply, now, str(agreed.state))
    )


def copy_reply(
    services: Services, visitor: Visitor, business: Business, feedback_id: str, now: datetime
) -> Reply:
    """An approved reply that a site did not take, or takes too long over, is posted by hand.

    Raises TransitionError when it was not approved, and while it is being posted.
    """
    _refuse_stranger(visitor, business)
    scored = answerable(services, business, feedback_id, now)
    reply = _reply_to(services, business, scored, visitor.language, now)
    if reply.held_until is not None and reply.held_until > now:
        raise TransitionError("the reply is being posted right now")
    by_hand = copied(reply)
    if by_hand == reply:
        return reply
    return _saved(services, by_hand, _act(visitor, ActKind.APPROVE_REPLY, reply, now, "copied"))


def answerable(
    services: Services, business: Business, feedback_id: str, now: datetime
) -> ScoredFeedback:
    """The feedback that a reply answers. Raises TransitionError when its words are gone."""
    found = services.store.find(business.business_id, [feedback_id]).get(feedback_id)
    kept = None if found is None else as_kept(found, now)
    if kept is None or kept.feedback.is_deleted or not has_person(kept):
        raise TransitionError(GONE)
    return kept


def _reply_to(
    services: Services, business: Business, scored: ScoredFeedback, language: str, now: datetime
) -> Reply:
    feedback = scored.feedback
    stored = services.store.load_reply(business.business_id, feedback.feedback_id)
    if stored is not None:
        return stored
    draft = None
    if may_process(business, Purpose.RECOVERY, feedback):
        draft = draft_reply(scored, business, language)
    return Reply(
        business_id=business.business_id,
        feedback_id=feedback.feedback_id,
        source=feedback.source,
        language=draft.language if draft else scored.reading.language or language,
        text=as_written(draft.text) if draft else "",
        needs_expert=draft is None,
        drafted_at=now,
        keep_until=scored.words_until,
    )


def _refuse_stranger(visitor: Visitor, business: Business) -> None:
    contact = next((one for one in business.contacts if one.name == visitor.contact), None)
    is_of_the_house = visitor.business_id == business.business_id and contact is not None
    if contact is None or not is_of_the_house or not visitor.may_act:
        raise TransitionError("only a person of the business who may act can do that")
    if contact.role is Role.READ_ONLY:
        raise TransitionError("only a person of the business who may act can do that")


def _refuse_too_long(reply: Reply, channel: Channel) -> None:
    if len(reply.text) > channel.limit:
        raise TransitionError(
            f"the reply has {len(reply.text)} characters, and {channel.limit} are taken there"
        )


def _refuse_promises(reply: Reply, visitor: Visitor, business: Business) -> None:
    """The owner may promise anything, everybody else what the owner listed."""
    forbidden = sorted(forbidden_promises(reply.text, business))
    if forbidden and visitor.role is not Role.OWNER:
        raise TransitionError(f"only the owner may promise that: {', '.join(forbidden)}")


def _is_posted_there(services: Services, business: Business, source: str) -> bool:
    settings = business.source(source)
    return settings is not None and settings.kind in services.posters


def _saved(services: Services, reply: Reply, act: Act) -> Reply:
    return services.store.save_reply(reply, act)


def _act(visitor: Visitor, what: ActKind, reply: Reply, now: datetime, detail: str = "") -> Act:
    return Act(
        business_id=reply.business_id,
        at=now,
        who=visitor.contact,
        what=what,
        about=f"reply:{reply.feedback_id}",
        detail=detail,
    )
