"""Messages of a chat tool, signed in the Standard Webhooks form: one message a call."""

from typing import Any

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.ports import Delivery, Received, SourceKind
from chalicelib.pull.json_answer import inside, language, moment, word
from chalicelib.pull.plain_text import clean
from chalicelib.pull.webhooks.answers import known_location, respondent_id
from chalicelib.pull.webhooks.body import parse_object, short_id
from chalicelib.pull.webhooks.signatures import verify_standard


def receive_message(delivery: Delivery) -> Received:
    """A message. Raises SignatureRefused or FeedbackRefused.

    `{"message_id", "text", "sent_at", "language", "customer": {"id", "consent"}, "order_id",
    "location"}`, of which the first two are needed.
    """
    delivery_id = verify_standard(delivery.headers, delivery.body, delivery.secrets, delivery.now)
    message = parse_object(delivery.body)
    message_id = short_id(message.get("message_id"))
    if not message_id:
        raise FeedbackRefused("the message has no id", field="message_id")
    text = _text(message.get("text"))
    if not text:
        raise FeedbackRefused("the message has no text", field="text")
    sent_at = moment(message.get("sent_at")) or delivery.now
    customer = inside(message, "customer")
    business = delivery.business
    feedback = Feedback(
        business_id=business.business_id,
        source=delivery.settings.name,
        external_id=message_id,
        kind=FeedbackKind.MESSAGE,
        text=text,
        written_at=sent_at,
        updated_at=sent_at,
        author_id=respondent_id(word(customer.get("id"))),
        language=language(message.get("language")),
        location=known_location(business, word(message.get("location")))
        or delivery.settings.location,
        order_reference=word(message.get("order_id")),
        has_consent=customer.get("consent") is True,
    ).clamped(delivery.now)
    return Received(feedback=(feedback,), delivery_id=delivery_id)


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


KIND = SourceKind(
    name="messages",
    title="messages of a chat tool, answered at once",
    required={},
    optional={},
    needs_secret=True,
    receive=receive_message,
    secret_form="whsec_ and base64 of 24 to 64 random bytes, the same as at the sender",  # noqa: S106
    paste="Your chatbot: before it answers, POST each message to this address, signed as the page "
    "on surveys describes, and let a person answer when hand_over is true.",
    try_it="Send the message of the page on surveys: the answer holds polarity and hand_over.",
)
