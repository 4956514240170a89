"""SMS through AWS End User Messaging (`pinpoint-sms-voice-v2`): unlike SNS it says at once why not.

As with SES the client must not retry by itself.
"""

from typing import Any

from chalicelib.domain.alert import Sms
from chalicelib.domain.errors import ChannelError

MAX_PRICE_USD = 0.20
# An alert about today is of no use the day after tomorrow; carriers hold it no longer than this.
SECONDS_TO_LIVE = 24 * 3600

DEAD_NUMBER = frozenset(
    {
        "DESTINATION_PHONE_NUMBER_OPTED_OUT",
        "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
    }
)
CHANNEL_PAUSED = frozenset(
    {
        "NO_ORIGINATION_IDENTITIES_FOUND",
        "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
        "INSUFFICIENT_ACCOUNT_REPUTATION",
        "ACCOUNT_DISABLED",
    }
)
THROTTLED = frozenset({"ThrottlingException", "TooManyRequestsException"})
SERVER_TROUBLE = 500


class EndUserMessagingSms:
    """Sends through a passed `pinpoint-sms-voice-v2` client. `origination` is the number, sender
    id or pool it goes out from; empty lets the service choose."""

    def __init__(
        self,
        client: Any,
        *,
        origination: str = "",
        configuration_set: str = "",
        max_price_usd: float = MAX_PRICE_USD,
    ) -> None:
        self._client = client
        self._fixed: dict[str, object] = {
            "MessageType": "TRANSACTIONAL",
            "MaxPrice": f"{max_price_usd:.2f}",
            "TimeToLive": SECONDS_TO_LIVE,
        }
        if origination:
            self._fixed["OriginationIdentity"] = origination
        if configuration_set:
            self._fixed["ConfigurationSetName"] = configuration_set

    def send(self, sms: Sms) -> str:
        """The message id the service gave it. Raises ChannelError."""
        try:
            answer = self._client.send_text_message(
                DestinationPhoneNumber=sms.to,
                MessageBody=sms.text,
                Context={"notification": sms.tag},
                **self._fixed,
            )
        except self._client.exceptions.ClientError as error:
            raise channel_error(error.response) from error
        return str(answer["MessageId"])


def channel_error(response: dict[str, Any]) -> ChannelError:
    """What an answer of the service means for the notification (contracts C3)."""
    fault = response.get("Error", {})
    code, reason = str(fault.get("Code", "")), str(response.get("Reason", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    told = f"End User Messaging: {reason or code or 'unknown answer'}"
    if reason in DEAD_NUMBER:
        return ChannelError(told, retryable=False, is_permanent=True)
    if reason in CHANNEL_PAUSED:
        return ChannelError(told, retryable=False, is_paused=True)
    if code in THROTTLED or status >= SERVER_TROUBLE:
        return ChannelError(told, retryable=True)
    return ChannelError(told, retryable=False)
