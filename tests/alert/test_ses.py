"""SES: the message as it leaves, and what each refusal means."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.alert.message import render_email
from chalicelib.alert.ses import SesEmail, notification_of, tag_of
from chalicelib.domain.alert import Email, NotifyReason
from chalicelib.domain.errors import ChannelError
from tests.alert.fake_clients import FakeClient, an_error
from tests.alert.samples import BEN, LINK, NOW, UNSUBSCRIBE, a_briefing

TAG = "linden/spike-000012.first.0.email.Zoë K."


def an_email(**changes: object) -> Email:
    """A German e-mail with umlauts and long lines."""
    email = render_email(
        a_briefing(),
        contact=BEN,
        reason=NotifyReason.ESCALATION,
        link=LINK,
        unsubscribe_link=UNSUBSCRIBE,
        tag=TAG,
        now=NOW,
    )
    values = {name: getattr(email, name) for name in email.__slots__} | changes
    return Email(**values)


def a_channel(client: FakeClient) -> SesEmail:
    """SES behind a fake client."""
    return SesEmail(
        client,
        sender="alerts@heedful.example",
        sender_name="Bäckerei Linden",
        configuration_set="heedful-prod",
    )


def sent_message(email: Email) -> tuple[bytes, EmailMessage]:
    """The raw bytes that SES got, and the message a mail program reads in them."""
    client = FakeClient()
    a_channel(client).send(email)
    raw = client.requests[0]["Content"]["Raw"]["Data"]
    return raw, message_from_bytes(raw, policy=policy.default)


def test_the_request_names_sender_receiver_configuration_set_and_notification() -> None:
    client = FakeClient()

    provider_id = a_channel(client).send(an_email())

    request = dict(client.requests[0])
    del request["Content"]
    assert provider_id == "provider-1"
    assert request == {
        "FromEmailAddress": "alerts@heedful.example",
        "Destination": {"ToAddresses": ["ben@bakery.example"]},
        "EmailTags": [{"Name": "notification", "Value": tag_of(TAG)}],
        "ConfigurationSetName": "heedful-prod",
    }


def test_a_mail_program_reads_what_was_rendered() -> None:
    email = an_email()

    _, message = sent_message(email)

    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert message["Subject"] == email.subject
    assert message["From"] == "Bäckerei Linden <alerts@heedful.example>"
    assert message["To"] == "ben@bakery.example"
    assert plain.get_content().replace("\r\n", "\n") == email.text
    assert html.get_content().replace("\r\n", "\n").strip() == email.html.strip()
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


def test_every_line_keeps_to_what_mail_servers_take() -> None:
    raw, _ = sent_message(an_email())

    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_one_click_header_is_plain_and_whole_however_long_the_address() -> None:
    raw, _ = sent_message(an_email(unsubscribe_url=UNSUBSCRIBE + "x" * 200))

    assert f"List-Unsubscribe: <{UNSUBSCRIBE}{'x' * 200}>\r\n".encode() in raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_without_an_unsubscribe_address_there_is_no_such_header() -> None:
    raw, _ = sent_message(an_email(unsubscribe_url=None))

    assert b"List-Unsubscribe" not in raw


@pytest.mark.parametrize("url", ["https://x.example/\r\nBcc: a@b", "ftp://x", "https://x y", "é"])
def test_an_address_that_could_break_the_header_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="unsubscribe"):
        sent_message(an_email(unsubscribe_url=url))


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: x@evil.example", "a\nb", "a\x00b", "ü" * 300, "\u202eabc"]
)
def test_no_subject_makes_a_second_header(subject: str) -> None:
    _, message = sent_message(an_email(subject=subject))

    assert message["Bcc"] is None
    assert set(message.keys()) == {
        "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type",
        "List-Unsubscribe", "List-Unsubscribe-Post",
    }  # fmt: skip
    assert "\n" not in message["Subject"]


@pytest.mark.parametrize(
    "subject",
    [
        "Nobody has answered yet: 6 of the last 13 unhappy at Rosa's, usually about 1",
        "x" * 120,
        "Noch keine Antwort: 4 der letzten 6 unzufrieden mit Wartezeit, üblich: weniger als 1",
        "日本" * 60,
        "=?utf-8?q?Bcc=3A_x?=",
        "😀 four of six",
    ],
)
def test_a_subject_begins_on_its_own_line_and_reads_back_whole(subject: str) -> None:
    raw, message = sent_message(an_email(subject=subject))

    first = raw.partition(b"\r\n")[0]
    assert first.startswith(b"Subject: ")
    assert len(first) > len("Subject: ")
    assert message["Subject"] == subject
    words = [word for word in raw.partition(b"List-")[0].split() if word.startswith(b"=?")]
    assert all(len(word) <= 75 for word in words)


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: x@evil.example", "a@b.example\nX: y"])
def test_a_receiver_with_a_line_break_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match="Header values"):
        sent_message(an_email(to=to))


@pytest.mark.parametrize(
    ("code", "message", "status", "retryable", "is_paused"),
    [
        ("TooManyRequestsException", "slow down", 429, True, False),
        ("ThrottlingException", "Maximum sending rate exceeded.", 400, True, False),
        ("Throttling", "Maximum sending rate exceeded.", 400, True, False),
        ("ThrottlingException", "Daily message quota exceeded.", 400, True, True),
        ("SendingPausedException", "paused", 400, True, True),
        ("AccountSuspendedException", "suspended", 400, True, True),
        ("MailFromDomainNotVerifiedException", "no", 400, True, True),
        ("NotFoundException", "no configuration set", 404, True, True),
        ("AccessDeniedException", "no right", 403, True, True),
        ("MessageRejected", "Email address is not verified.", 400, False, False),
        ("LimitExceededException", "too many", 400, False, False),
        ("BadRequestException", "bad", 400, False, False),
        ("InternalFailure", "trouble", 500, True, False),
        ("", "", 503, True, False),
        ("SomethingNew", "?", 400, False, False),
    ],
)
def test_each_refusal_says_whether_trying_again_helps(
    code: str, message: str, status: int, retryable: bool, is_paused: bool
) -> None:
    channel = a_channel(FakeClient(error=an_error(code, message, status=status)))

    with pytest.raises(ChannelError) as caught:
        channel.send(an_email())

    assert caught.value.retryable is retryable
    assert caught.value.is_paused is is_paused
    assert caught.value.is_permanent is False
    assert "ben@bakery.example" not in str(caught.value)


def test_a_lost_answer_is_not_called_a_refusal_because_the_mail_may_be_on_its_way() -> None:
    channel = a_channel(FakeClient(error=ReadTimeoutError(endpoint_url="https://ses")))

    with pytest.raises(ReadTimeoutError):
        channel.send(an_email())


@pytest.mark.parametrize("notification_id", [TAG, "a_b.c-d", "", "日本", "x/y z@é"])
def test_a_tag_holds_only_what_ses_allows_and_reads_back(notification_id: str) -> None:
    tag = tag_of(notification_id)

    assert all(sign.isascii() and (sign.isalnum() or sign in "_-.@") for sign in tag)
    assert notification_of(tag) == notification_id


def test_a_tag_stays_within_its_length_and_any_tag_can_be_read() -> None:
    assert len(tag_of("é" * 500)) <= 256
    assert isinstance(notification_of(tag_of("é" * 500)), str)
    assert notification_of("_") == "%"
