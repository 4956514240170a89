"""Intercom conversation ratings, as they are given (contracts A16)."""

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.json_answer import inside, moment, number, word
from chalicelib.pull.webhooks.answers import Answer, AnswerKind, Response, received
from chalicelib.pull.webhooks.body import parse_object, short_id
from chalicelib.pull.webhooks.questions import MEANING
from chalicelib.pull.webhooks.signatures import Scheme, verify_body

SCHEME = Scheme(header="x-hub-signature", prefix="sha1=", digest="sha1", is_hex=True)
TOPICS = frozenset({"conversation.rating.added", "conversation.rating.remarked"})


def receive_intercom(delivery: Delivery) -> Received:
    """A notification of Intercom. Raises SignatureRefused or FeedbackRefused."""
    verify_body(SCHEME, delivery.headers, delivery.body, delivery.secrets)
    sent = parse_object(delivery.body)
    delivery_id = short_id(sent.get("id"))
    if word(sent.get("topic")) not in TOPICS:
        return Received(feedback=(), delivery_id=delivery_id, note="not a rating")
    conversation = inside(sent, "data", "item")
    key = short_id(conversation.get("id"))
    if not key:
        raise FeedbackRefused("the conversation has no id", field="data.item.id")
    rating = inside(conversation, "conversation_rating")
    sent_at = moment(sent.get("created_at"))
    rated_at = moment(rating.get("created_at")) or sent_at or delivery.now
    contact = inside(rating, "contact")
    beside = {
        "contact.id": word(contact.get("id")),
        "contact.external_id": word(contact.get("external_id")),
        "conversation.id": key,
    }
    response = Response(
        response_id=f"conversation {key}",
        written_at=rated_at,
        # The remark comes after the stars and bears the stars' date.
        updated_at=sent_at or rated_at,
        answers=(
            Answer(
                names=("rating",),
                kind=AnswerKind.RATING,
                value=number(rating.get("rating")),
                scale=(1, 5),
            ),
            Answer(names=("remark",), kind=AnswerKind.LONG_TEXT, value=word(rating.get("remark"))),
            *(
                Answer(names=(name,), kind=AnswerKind.HIDDEN, value=value)
                for name, value in beside.items()
            ),
        ),
    )
    return received(response, delivery, delivery_id or f"{key} {rated_at.isoformat()}")


KIND = SourceKind(
    name="intercom_rating",
    title="Intercom conversation ratings, as they are given",
    required={},
    optional={"questions": MEANING},
    needs_secret=True,
    receive=receive_intercom,
    secret_form="the client secret of your Intercom app",  # noqa: S106
    costs="an Intercom plan with conversation ratings",
    paste="Intercom: Developer Hub, your app, Webhooks: this address as endpoint, and the topics "
    "conversation.rating.added and conversation.rating.remarked.",
    try_it="Rate a test conversation; Intercom's own test, a ping, is answered with 202 too.",
)
