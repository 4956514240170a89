"""E-mail through Amazon SES (API v2), as one raw message per e-mail.

The configuration set reports what became of it; the tag `notification` in its reports says which
notification that was, which closes the window in which a crash could send twice.

The client must not retry by itself: an answer that is lost after SES took the mail would send it
again. Such a time-out leaves this module as it came; the notification stays leased until the
delivery notice had time to come.
"""

import re
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from string import ascii_letters, digits
from typing import Any
from urllib.parse import unquote

from chalicelib.domain.alert import Email
from chalicelib.domain.errors import ChannelError
from chalicelib.wording.clean import one_line

# A SES tag value holds letters, digits and `_ - @ .`; contacts' names hold more.
TAG_SIGNS = frozenset(ascii_letters + digits + "-.")
TAG_LIMIT = 256
HEADER_URL = re.compile(r"https?://[!-;=?-~]{1,900}\Z")
NAME_LIMIT = 100
SUBJECT_LIMIT = 200

THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
PAUSED = frozenset({"SendingPausedException", "AccountSuspendedException"})
MISCONFIGURED = frozenset(
    {"MailFromDomainNotVerifiedException", "NotFoundException", "AccessDeniedException"}
)
SERVER_TROUBLE = 500


class SesEmail:
    """Sends through a passed `sesv2` client. `sender` is an address; `sender_name` stands before
    it; `configuration_set` is where SES reports deliveries to."""

    def __init__(
        self, client: Any, *, sender: str, sender_name: str = "", configuration_set: str = ""
    ) -> None:
        self._client = client
        self._sender = Address(display_name=one_line(sender_name, NAME_LIMIT), addr_spec=sender)
        self._configuration_set = configuration_set

    def send(self, email: Email) -> str:
        """The message id SES gave it. Raises ChannelError."""
        request: dict[str, object] = {
            "FromEmailAddress": self._sender.addr_spec,
            "Destination": {"ToAddresses": [email.to]},
            "Content": {"Raw": {"Data": build_message(email, self._sender)}},
            "EmailTags": [{"Name": "notification", "Value": tag_of(email.tag)}],
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        try:
            answer = self._client.send_email(**request)
        except self._client.exceptions.ClientError as error:
            raise channel_error(error.response) from error
        return str(answer["MessageId"])


def build_message(email: Email, sender: Address) -> bytes:
    """The message as it goes out: plain text and HTML, with the one-click unsubscribe headers.

    Raises ValueError when the unsubscribe address could not stand in a header.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = email.to
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text, cte="quoted-printable")
    message.add_alternative(email.html, subtype="html", cte="quoted-printable")
    by_hand = _subject_header(email.subject) + _unsubscribe_headers(email.unsubscribe_url)
    return by_hand + message.as_bytes()


def _subject_header(subject: str) -> bytes:
    """Written by hand: the library moves a line of 70 to 110 characters below an empty first one,
    which some mail programs show as no subject."""
    line = one_line(subject, SUBJECT_LIMIT)
    if not line.isascii() or "=?" in line:
        line = Header(line, "utf-8", 75, "Subject").encode(linesep="\r\n")
    return f"Subject: {line}\r\n".encode("ascii")


def _unsubscribe_headers(url: str | None) -> bytes:
    """RFC 8058. Written by hand: the library encodes a long address, and no client reads that."""
    if url is None:
        return b""
    if not HEADER_URL.match(url):
        raise ValueError("the unsubscribe address cannot stand in a header")
    return (
        f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode("ascii")


def tag_of(notification_id: str) -> str:
    """The notification's id in the few signs a tag may hold; `notification_of` reads it back."""
    return "".join(
        chr(byte) if chr(byte) in TAG_SIGNS else f"_{byte:02X}" for byte in notification_id.encode()
    )[:TAG_LIMIT]


def notification_of(tag: str) -> str:
    """The id that `tag_of` made the tag from."""
    percent = tag.replace("%", "%25").replace("_", "%")
    return unquote(percent, errors="replace")


def channel_error(response: dict[str, Any]) -> ChannelError:
    """What an answer of SES means for the notification (contracts C1)."""
    fault = response.get("Error", {})
    code, message = str(fault.get("Code", "")), str(fault.get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLED:
        # SES gives the day's quota the same code as the rate; only the words tell them apart.
        is_quota = "quota" in message.lower()
        return ChannelError(f"SES: {code}", retryable=True, is_paused=is_quota)
    if code in PAUSED or code in MISCONFIGURED:
        # Nobody's address is to blame. Whoever mends it does so within hours or not at all; until
        # the last try the mail waits, so that it is not lost to a pause of ten minutes.
        return ChannelError(f"SES: {code}", retryable=True, is_paused=True)
    if status >= SERVER_TROUBLE:
        return ChannelError(f"SES: {code or status}", retryable=True)
    return ChannelError(f"SES: {code or 'unknown answer'}", retryable=False)
