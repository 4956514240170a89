"""Who somebody is who asks for their words or their end, and which feedback is theirs.

A person is named by what they know of themselves: an address, a number, an order, the id they have
at a source, or the feedback itself. All but the last are compared as traces.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from chalicelib.domain.business import Business
from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.ports import Store
from chalicelib.privacy.redact import plain_email, plain_phone
from chalicelib.privacy.traces import TraceKind, Tracer, plain_order

NOBODY_NAMED = "name the customer: --email, --phone, --order, --author-id, --feedback-id, --link"

_FEEDBACK_ID = re.compile(r"[0-9a-f]{32}")
_EVER = ("0000-00-00", "9999-99-99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What somebody is named by; `links` are addresses of reviews, `request_ids` what they
    asked through the page on privacy, `source` is where an author id means something."""

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    author_ids: tuple[str, ...] = ()
    feedback_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    request_ids: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A person as feedback is compared with: traces, ids, and the words as they were given."""

    traces: frozenset[str]
    feedback_ids: frozenset[str]
    author_ids: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    request_ids: frozenset[str] = frozenset()
    source: str | None = None
    words: tuple[str, ...] = ()

    def is_of(self, feedback: Feedback) -> bool:
        """Whether this feedback is the person's."""
        if feedback.feedback_id in self.feedback_ids or not self.traces.isdisjoint(feedback.traces):
            return True
        if feedback.url is not None and feedback.url in self.links:
            return True
        if self.source is not None and feedback.source != self.source:
            return False
        # What was stored before there were traces still names its author and order.
        order = feedback.order_reference
        is_order = order is not None and plain_order(order) in self.orders
        return is_order or feedback.author_id in self.author_ids


def look_for(person: Person, business: Business, tracer: Tracer) -> Wanted:
    """What to compare with. Raises UserError when nothing is named or something makes no sense."""
    phones = [plain_phone(one, business.country) for one in person.phones]
    if None in phones:
        raise UserError("the phone number is none; write it with its country, like +49 30 123456")
    emails = [plain_email(one) for one in person.emails]
    if not all("@" in one for one in emails):
        raise UserError("the e-mail address has no @")
    words = (
        *person.emails, *emails, *person.phones, *(one for one in phones if one),
        *person.orders, *person.author_ids, *person.feedback_ids,
    )  # fmt: skip
    if not all(_FEEDBACK_ID.fullmatch(one) for one in person.feedback_ids):
        raise UserError("a feedback id is 32 signs of 0-9 and a-f")
    if not words and not person.links:
        raise UserError(NOBODY_NAMED)
    sources = [person.source] if person.source else [one.name for one in business.sources]
    # Survey tools name respondents by their address, of which only a digest is kept.
    digests = [_digest(one) for one in (*emails, *person.phones, *(one for one in phones if one))]
    traces = {
        *(tracer.trace(TraceKind.EMAIL, one) for one in emails),
        *(tracer.trace(TraceKind.PHONE, one) for one in phones if one),
        *(tracer.order(one) for one in person.orders),
        *(
            tracer.author(source, author_id)
            for source in sources
            for author_id in (*person.author_ids, *digests)
        ),
    }
    return Wanted(
        traces=frozenset(traces),
        feedback_ids=frozenset(person.feedback_ids),
        author_ids=frozenset({*person.author_ids, *digests}),
        orders=frozenset(plain_order(one) for one in person.orders),
        links=frozenset(person.links),
        request_ids=frozenset(person.request_ids),
        source=person.source,
        words=tuple(dict.fromkeys(words)),
    )


def _digest(address: str) -> str:
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:32]


def feedback_of(store: Store, business_id: str, wanted: Wanted) -> list[ScoredFeedback]:
    """The person's feedback, oldest first. Raises UserError when an author id or a link may be that
    of different people."""
    found = {
        one.feedback.feedback_id: one
        for one in store.find(business_id, wanted.feedback_ids).values()
    }
    if wanted.traces or wanted.author_ids or wanted.orders or wanted.links:
        for one in all_feedback(store, business_id):
            if wanted.is_of(one.feedback):
                found[one.feedback.feedback_id] = one
    named = {
        one.feedback.source for one in found.values() if one.feedback.author_id in wanted.author_ids
    }
    if wanted.source is None and len(named) > 1:
        raise UserError(
            f"that author id is known at {', '.join(sorted(named))}, where it may be different "
            "people; name one with --source"
        )
    linked = [one.feedback.url for one in found.values() if one.feedback.url in wanted.links]
    if len(linked) > len(set(linked)):
        raise UserError("that link is that of several reviews; name the customer by something else")
    return sorted(found.values(), key=lambda one: (one.day, one.feedback.feedback_id))


def all_feedback(store: Store, business_id: str) -> Iterator[ScoredFeedback]:
    """Every feedback of a business. The months that have a count are read one by one: a command
    may do that, no function does."""
    for first, last in _months(store.counts(business_id, *_EVER)):
        yield from store.scored_between(business_id, first, last)


def _months(counted: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for month in sorted({day[:7] for day, _ in counted}):
        yield f"{month}-01", f"{month}-31"
