"""SNS and End User Messaging: what they are asked for, and what each refusal means."""

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.alert.end_user_messaging import EndUserMessagingSms
from chalicelib.alert.sns import SnsSms
from chalicelib.domain.alert import Sms
from chalicelib.domain.errors import ChannelError
from tests.alert.fake_clients import FakeClient, an_error

AN_SMS = Sms(to="+4915550100001", text="Bakery: 4 of last 6 unhappy", tag="spike-000012")


def test_sns_is_asked_for_a_transactional_sms_with_a_price_limit() -> None:
    client = FakeClient()

    provider_id = SnsSms(client, max_price_usd=0.1, sender_id="Heedful").send(AN_SMS)

    assert provider_id == "provider-1"
    assert client.requests == [
        {
            "PhoneNumber": "+4915550100001",
            "Message": "Bakery: 4 of last 6 unhappy",
            "MessageAttributes": {
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
                "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.10"},
                "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Heedful"},
            },
        }
    ]


@pytest.mark.parametrize(
    ("code", "message", "status", "retryable", "is_permanent", "is_paused"),
    [
        ("Throttled", "", 429, True, False, False),
        ("ThrottlingException", "", 400, True, False, False),
        ("InternalError", "", 500, True, False, False),
        ("InvalidParameter", "Invalid parameter: PhoneNumber", 400, False, True, False),
        ("InvalidParameter", "phone number is opted out", 400, False, True, False),
        ("OptedOut", "", 400, False, True, False),
        ("InvalidParameter", "MessageAttributes", 400, False, False, False),
        ("ParameterValueInvalid", "too long", 400, False, False, False),
        ("AuthorizationError", "", 403, False, False, True),
        ("KMSAccessDenied", "", 400, False, False, False),
        ("ValidationException", "", 400, False, False, False),
    ],
)
def test_each_refusal_of_sns_says_what_to_do(
    code: str, message: str, status: int, retryable: bool, is_permanent: bool, is_paused: bool
) -> None:
    channel = SnsSms(FakeClient(error=an_error(code, message, status=status)))

    with pytest.raises(ChannelError) as caught:
        channel.send(AN_SMS)

    found = (caught.value.retryable, caught.value.is_permanent, caught.value.is_paused)
    assert found == (retryable, is_permanent, is_paused)
    assert "+49" not in str(caught.value)


def test_end_user_messaging_is_asked_with_a_price_a_life_and_the_notification() -> None:
    client = FakeClient()

    provider_id = EndUserMessagingSms(client, origination="pool-1", configuration_set="c").send(
        AN_SMS
    )

    assert provider_id == "provider-1"
    assert client.requests == [
        {
            "DestinationPhoneNumber": "+4915550100001",
            "MessageBody": "Bakery: 4 of last 6 unhappy",
            "MessageType": "TRANSACTIONAL",
            "MaxPrice": "0.20",
            "TimeToLive": 86_400,
            "Context": {"notification": "spike-000012"},
            "OriginationIdentity": "pool-1",
            "ConfigurationSetName": "c",
        }
    ]


@pytest.mark.parametrize(
    ("code", "reason", "status", "retryable", "is_permanent", "is_paused"),
    [
        ("ThrottlingException", None, 429, True, False, False),
        ("InternalServerException", None, 500, True, False, False),
        ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", 409, False, True, False),
        ("ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND", 409, False, False, True),
        ("ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", 409, False, False, False),
        (
            "ConflictException",
            "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
            409, False, False, False,
        ),
        (
            "ServiceQuotaExceededException",
            "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
            402, False, False, True,
        ),
        ("ValidationException", "PRICE_OVER_THRESHOLD", 400, False, False, False),
        ("AccessDeniedException", "ACCOUNT_DISABLED", 403, False, False, True),
        ("ResourceNotFoundException", None, 404, False, False, False),
    ],
)  # fmt: skip
def test_each_refusal_of_end_user_messaging_says_what_to_do(
    code: str,
    reason: str | None,
    status: int,
    retryable: bool,
    is_permanent: bool,
    is_paused: bool,
) -> None:
    more = {"Reason": reason} if reason else {}
    channel = EndUserMessagingSms(FakeClient(error=an_error(code, status=status, **more)))

    with pytest.raises(ChannelError) as caught:
        channel.send(AN_SMS)

    found = (caught.value.retryable, caught.value.is_permanent, caught.value.is_paused)
    assert found == (retryable, is_permanent, is_paused)
    assert (reason or code) in str(caught.value)


@pytest.mark.parametrize("backend", [SnsSms, EndUserMessagingSms])
def test_a_lost_answer_is_not_called_a_refusal(
    backend: type[SnsSms] | type[EndUserMessagingSms],
) -> None:
    channel = backend(FakeClient(error=ReadTimeoutError(endpoint_url="https://sms")))

    with pytest.raises(ReadTimeoutError):
        channel.send(AN_SMS)
