"""Zendesk satisfaction ratings, from a trigger's webhook or from Zendesk's own event.

A rating is good or bad (stars 5 and 1), or a number from 1 to 5; other words offer a survey and say
nothing. One ticket has one rating: a later one replaces it.
"""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.json_answer import first_word, inside, moment, number, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, received
from chalicelib.pull.webhooks.body import parse_json, parse_object, short_id
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import Scheme, verify_stamped

SCHEME = Scheme(header="x-zendesk-webhook-signature")
STAMP = "x-zendesk-webhook-signature-timestamp"
TICKET_EVENT = "zen:event-type:ticket.csat_received"
_WORD = re.compile(r"(good|bad)\b")
# What a trigger's webhook is to send; Zendesk fills in the braces. `comment` may hold quotation
# marks that Zendesk does not escape, so it comes last and is read to the end: see `_read`.
BODY_TEMPLATE = """{"ticket_id": "{{ticket.id}}",
 "rating": "{{satisfaction.current_rating}}",
 "requester_id": "{{ticket.requester.id}}",
 "rated_at": "{{ticket.updated_at_with_timestamp}}",
 "comment": "{{satisfaction.current_comment}}"}"""
_COMMENT = re.compile(rb',\s*"comment":\s*"')
# What stands before the comment in a body that the template made.
_BEFORE_COMMENT = frozenset({"ticket_id", "rating"})


def receive_zendesk(delivery: Delivery) -> Received:
    """A call of Zendesk. Raises SignatureRefused or FeedbackRefused."""
    verify_stamped(SCHEME, STAMP, delivery.headers, delivery.body, delivery.secrets, delivery.now)
    sent, comment = _read(delivery.body)
    delivery_id = first_word(sent, "id", "event_id") or ""
    if "type" in sent:
        if sent["type"] != TICKET_EVENT:
            return Received(feedback=(), delivery_id=short_id(delivery_id), note="not a rating")
        found = _from_event(sent)
    else:
        found = {**sent, **({} if comment is None else {"comment": comment})}
    ticket = short_id(found.get("ticket_id"))
    if not ticket:
        raise FeedbackRefused("the rating names no ticket", field="ticket_id")
    rated_at = moment(found.get("rated_at")) or delivery.now
    score = _score(found.get("rating"))
    if score is None:
        return Received(feedback=(), delivery_id=ticket, note="offered, not rated")
    requester = word(found.get("requester_id"))
    response = Response(
        response_id=f"ticket {ticket}",
        written_at=rated_at,
        updated_at=rated_at,
        answers=(
            Answer(names=("rating",), kind=AnswerKind.RATING, value=score, scale=(1, 5)),
            Answer(names=("comment",), kind=AnswerKind.LONG_TEXT, value=word(found.get("comment"))),
            Answer(names=("requester_id",), kind=AnswerKind.HIDDEN, value=requester),
            Answer(names=("ticket_id",), kind=AnswerKind.HIDDEN, value=ticket),
        ),
    )
    # A trigger has no id of its own; the same rating of the same ticket is the same delivery.
    return received(
        response, delivery, short_id(delivery_id or f"{ticket} {score:g} {found.get('rated_at')}")
    )


def _read(body: bytes) -> tuple[Mapping[str, Any], str | None]:
    """The body; and the comment apart where the template made the body.

    Only what stands before the comment is read as JSON then: a customer who writes
    `x", "ticket_id": "7` would otherwise rate another ticket.
    """
    comment = _COMMENT.search(body)
    end = body.rstrip().removesuffix(b"}").rstrip()
    if comment is not None and end.endswith(b'"') and len(end) > comment.end():
        try:
            before = parse_object(body[: comment.start()] + b"}")
        except FeedbackRefused:
            before = {}
        if before.keys() >= _BEFORE_COMMENT:
            return before, _unescaped(end[comment.end() : -1])
    return parse_object(body), None


def _unescaped(comment: bytes) -> str:
    """The comment as the customer wrote it, whether or not somebody escaped it for JSON."""
    try:
        return str(parse_json(b'"' + comment + b'"'))
    except FeedbackRefused:
        return comment.decode("utf-8", "replace")


def _from_event(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Zendesk's own event in the words of the template."""
    detail, happened = inside(sent, "detail"), inside(sent, "event")
    score = happened.get("satisfaction_score")
    rating = score if isinstance(score, dict) else {"score": score}
    return {
        "ticket_id": first_word(detail, "id")
        or (word(sent.get("subject")) or "").rpartition(":")[2],
        "rating": first_word(rating, "score", "rating"),
        "comment": first_word(rating, "comment") or first_word(happened, "comment"),
        "requester_id": first_word(detail, "requester_id"),
        "rated_at": sent.get("time"),
    }


def _score(rating: object) -> float | None:
    stars = number(rating)
    if stars is not None:
        return stars if 1 <= stars <= 5 else None
    found = _WORD.match((word(rating) or "").casefold())
    return None if found is None else {"good": 5.0, "bad": 1.0}[found.group(1)]


KIND = SourceKind(
    name="zendesk_rating",
    title="Zendesk satisfaction ratings, as they are given",
    required={},
    optional={"questions": MEANING},
    needs_secret=True,
    receive=receive_zendesk,
    secret_form="the signing secret that Zendesk shows with the webhook",  # noqa: S106
    costs="a Zendesk plan with CSAT and webhooks",
    paste="Zendesk: Admin Center, Apps and integrations, Webhooks: create one with this address, "
    "POST, JSON, no authentication, connected to a trigger. Then a trigger on tickets whose "
    "satisfaction changed to bad or good, which notifies the webhook with this body:\n"
    f"{BODY_TEMPLATE}",
    try_it="Rate a closed test ticket: the webhook's activity shows 202.",
)
