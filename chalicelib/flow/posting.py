"""Post: the one way from Heedful to a customer, for replies that a named person approved.

It runs in the function that reads sources, with the source's own credential; the public function
never reaches a site. Nothing else touches `Services.posters`: a test holds the tree to that.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.business import Business
from chalicelib.domain.errors import (
    ConflictError,
    HeedfulError,
    ReplyRefused,
    SettingsError,
    SourceAuthError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
    TransitionError,
)
from chalicelib.domain.feedback import Arrival, ScoredFeedback
from chalicelib.domain.reply import (
    POSTING_LEASE,
    Posting,
    Reply,
    failed,
    hold,
    job_of,
    posted,
    posting_of,
    try_again,
)
from chalicelib.domain.source import pause_after
from chalicelib.flow.replying import answerable
from chalicelib.flow.troubles import trouble_of
from chalicelib.ports import PullContext, Services
from chalicelib.pull.look import PullReport, in_our_words

REPLIES_PER_PLAN = 50
LOOK_AGAIN = "Read the reply once more and approve it again, or copy it and post it there yourself."


def plan_replies(services: Services, now: datetime) -> tuple[int, tuple[str, ...]]:
    """Put every approved reply that is due on the pulls queue: how many, and what went wrong."""
    planned = 0
    troubles: list[str] = []
    for business_id, feedback_id in services.store.due_replies(now, REPLIES_PER_PLAN):
        try:
            reply = services.store.load_reply(business_id, feedback_id)
            if reply is None or not reply.is_waiting or reply.due is None or reply.due > now:
                continue
            # Should its message get lost, it is due again.
            services.store.save_reply(replace(reply, due=now + POSTING_LEASE))
            services.pull_queue.put(business_id, job_of(feedback_id))
            planned += 1
        except ConflictError:
            continue
        except Exception as error:  # noqa: BLE001  one reply never stops another
            troubles.append(trouble_of(business_id, error))
    return planned, tuple(troubles)


def post_reply(services: Services, business_id: str, feedback_id: str, now: datetime) -> PullReport:
    """Post an approved reply with its source's own credential, once.

    It is taken in hand first, so that no second function posts it; one that died afterwards left
    what the site shows, and the site is looked at before anything is posted (see `pull.posting`).
    A site in trouble never raises: the trouble is written into the reply, for the page.
    """
    report = PullReport(business_id=business_id, source=job_of(feedback_id))
    business = services.store.load_business(business_id)
    reply = services.store.load_reply(business_id, feedback_id)
    if business is None or reply is None:
        return replace(report, trouble="no longer there")
    may = posting_of(reply, business, now)
    if may in (Posting.TEXT_CHANGED, Posting.NOBODY_APPROVED):
        services.store.save_reply(failed(reply, f"not posted: {may}", LOOK_AGAIN))
    if may is not Posting.POST:
        return replace(report, trouble=str(may))
    try:
        reply = services.store.save_reply(hold(reply, now))
    except ConflictError:
        return replace(report, trouble=str(Posting.HELD_BY_ANOTHER))
    trouble = _post(services, business, reply, now)
    return replace(report, trouble=trouble, is_complete=trouble is None)


def _post(services: Services, business: Business, reply: Reply, now: datetime) -> str | None:
    try:
        scored = answerable(services, business, reply.feedback_id, now)
        if reply.approved_at is not None and scored.feedback.updated_at > reply.approved_at:
            raise TransitionError("the customer changed the words after the reply was approved")
        posted_as = _take_to_site(services, business, reply, scored, now)
    except SourceRateLimited as error:
        return _left(services, try_again(reply, str(error), error.advice, error.retry_at))
    except (SourceAuthError, SourceCreditsError, SettingsError, TransitionError) as error:
        return _left(services, failed(reply, str(error), _advice(error)))
    except SourceError as error:
        if not isinstance(error, ReplyRefused):
            at = now + pause_after(reply.tries, POSTING_LEASE)
            return _left(services, try_again(reply, str(error), error.advice, at))
        return _left(services, failed(reply, str(error), error.advice))
    # First the answer, then its end: whoever dies between the two finds it posted and does both.
    answered = replace(scored.feedback, answered_at=now)
    services.feedback_queue.put([Arrival(feedback=answered, received_at=now)])
    services.store.save_reply(posted(reply, posted_as, now))
    return None


def _take_to_site(
    services: Services, business: Business, reply: Reply, scored: ScoredFeedback, now: datetime
) -> str | None:
    settings = business.source(reply.source)
    if settings is None or settings.kind not in services.posters:
        raise SettingsError("this source is no longer configured; copy the reply instead")
    with in_our_words(settings.name):
        poster = services.posters[settings.kind](
            PullContext(
                business=business,
                settings=settings,
                secrets=services.secrets.get(settings.secret) if settings.secret else (),
                http=services.http,
                now=now,
            )
        )
        return poster.post(scored.feedback, reply)


def _left(services: Services, reply: Reply) -> str:
    services.store.save_reply(reply)
    return reply.trouble


def _advice(error: HeedfulError) -> str:
    return error.advice if isinstance(error, SourceError) else LOOK_AGAIN
