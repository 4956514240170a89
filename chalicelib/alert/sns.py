"""SMS through Amazon SNS.

A message id means accepted, not delivered: past the spending limit, in the sandbox or to a phone
that opted out, SNS says nothing here. The e-mail of the same incident carries the guarantee. As
with SES the client must not retry by itself.
"""

from typing import Any

from chalicelib.domain.alert import Sms
from chalicelib.domain.errors import ChannelError

# A segment costs less than this to almost every country (November 2026); dearer ones are refused.
MAX_PRICE_USD = 0.20

THROTTLED = frozenset({"Throttled", "ThrottledException", "Throttling", "ThrottlingException"})
REFUSED_US = frozenset({"AuthorizationError", "AuthorizationErrorException", "AccessDenied"})
BAD_PARAMETER = frozenset(
    {
        "InvalidParameter",
        "InvalidParameterException",
        "ParameterValueInvalid",
        "InvalidParameterValue",
        "OptedOut",
        "OptedOutException",
    }
)
SERVER_TROUBLE = 500


class SnsSms:
    """Sends through a passed `sns` client, at most `max_price_usd` a segment. `sender_id` shows
    instead of a number where a country allows it (3 to 11 letters and digits)."""

    def __init__(
        self, client: Any, *, max_price_usd: float = MAX_PRICE_USD, sender_id: str = ""
    ) -> None:
        self._client = client
        self._attributes = {
            "AWS.SNS.SMS.SMSType": _text("Transactional"),
            "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": f"{max_price_usd:.2f}"},
        }
        if sender_id:
            self._attributes["AWS.SNS.SMS.SenderID"] = _text(sender_id)

    def send(self, sms: Sms) -> str:
        """The message id SNS gave it. Raises ChannelError."""
        try:
            answer = self._client.publish(
                PhoneNumber=sms.to, Message=sms.text, MessageAttributes=self._attributes
            )
        except self._client.exceptions.ClientError as error:
            raise channel_error(error.response) from error
        return str(answer["MessageId"])


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def channel_error(response: dict[str, Any]) -> ChannelError:
    """What an answer of SNS means for the notification (contracts C2)."""
    fault = response.get("Error", {})
    code, message = str(fault.get("Code", "")), str(fault.get("Message", "")).lower()
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLED:
        return ChannelError(f"SNS: {code}", retryable=True)
    if code in BAD_PARAMETER:
        # One code for our mistake, a number that is none, and a phone that opted out.
        is_dead = "opted out" in message or "phone" in message or "optedout" in code.lower()
        return ChannelError(f"SNS: {code}", retryable=False, is_permanent=is_dead)
    if code in REFUSED_US:
        return ChannelError(f"SNS: {code}", retryable=False, is_paused=True)
    if status >= SERVER_TROUBLE:
        return ChannelError(f"SNS: {code or status}", retryable=True)
    return ChannelError(f"SNS: {code or 'unknown answer'}", retryable=False)
