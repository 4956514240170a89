"""What is taken out of feedback before it is queued, and the keyed hashes that stay in its place.

A customer who asks for their words, or for their end, names an address, a number or an order; none
of these need be stored for that. A trace is an HMAC of it under a key that lies in the parameter
store and nowhere else: whoever has the table alone can neither read a trace nor test a guess. The
key is never changed, because old traces would find nobody any more.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.domain.feedback import Feedback
from chalicelib.privacy.redact import redact, take_out

# Its name below the path of a stage's secrets. `apply` and `deploy` make it.
TRACE_KEY = "privacy/trace-key"
# 72 bits as 12 signs: among a million customers two share one once in a thousand businesses.
_BYTES = 9
_MOST_TRACES = 8
_QUERY_WITH_ADDRESS = re.compile(r"[?#][^?#]{0,1999}(?:@|%40)")


class TraceKind(StrEnum):
    """What a trace is of."""

    AUTHOR = "author"
    EMAIL = "email"
    PHONE = "phone"
    ORDER = "order"
    FEEDBACK = "feedback"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Tracer:
    """Makes the traces of one business; the key is fetched when the first is made."""

    business_id: str
    key: Callable[[], str]

    def trace(self, kind: TraceKind, said: str) -> str:
        """Twelve signs for something said. Raises SettingsError when there is no key."""
        message = "\0".join((self.business_id, kind, said)).encode(errors="surrogatepass")
        return base64.urlsafe_b64encode(
            hmac.digest(self.key().encode(), message, hashlib.sha256)[:_BYTES]
        ).decode()

    def author(self, source: str, author_id: str) -> str:
        """The trace of an author: ids mean something at their source alone."""
        return self.trace(TraceKind.AUTHOR, f"{source}\0{author_id}")

    def order(self, reference: str) -> str:
        """The trace of an order, however it is written."""
        return self.trace(TraceKind.ORDER, plain_order(reference))


def plain_order(reference: str) -> str:
    """An order as it is compared: `#A-77 ` and `a-77` are the same."""
    return reference.strip().lstrip("#").strip().casefold()


def protect(feedback: Feedback, country: str, tracer: Tracer) -> Feedback:
    """The feedback as it may be queued and kept: redacted, with traces of what was taken out.

    An id that is an e-mail address becomes its trace, so that the same customer stays the same.
    """
    text = take_out(feedback.text, country)
    author = take_out(feedback.author or "", country)
    # A form's hidden field may bring anything as the place, and a place is kept for ever. Of no
    # country: a branch may well be named by a local number.
    place = take_out(feedback.location, "")
    emails = [*text.emails, *author.emails, *place.emails]
    phones = [*text.phones, *author.phones, *place.phones]
    author_id = feedback.author_id
    if author_id is not None and (taken := take_out(author_id, country)).emails:
        emails += taken.emails
        author_id = tracer.trace(TraceKind.EMAIL, taken.emails[0])
    traces = [tracer.trace(TraceKind.EMAIL, one) for one in emails]
    traces += [tracer.trace(TraceKind.PHONE, one) for one in phones]
    if author_id:
        traces.insert(0, tracer.author(feedback.source, author_id))
    order = feedback.order_reference
    if order:
        traces.insert(0, tracer.order(order))
        order = redact(order, "")
    external_id = feedback.external_id
    if "@" in external_id and take_out(external_id, "").emails:
        external_id = tracer.trace(TraceKind.EMAIL, external_id)
    url = feedback.url
    if url and (query := _QUERY_WITH_ADDRESS.search(url)):
        url = url[: query.start()]
    return replace(
        feedback,
        text=text.text,
        author=author.text or None,
        author_id=author_id,
        external_id=external_id,
        location=place.text,
        order_reference=order,
        url=url,
        traces=tuple(dict.fromkeys(traces))[:_MOST_TRACES],
    )
