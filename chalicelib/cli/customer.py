"""`heedful export-customer` and `heedful erase-customer`: somebody asks for their words or their
end."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

from chalicelib import flow
from chalicelib.domain.business import Business
from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import UserError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import Receipt
from chalicelib.ports import ErasureStore, Services
from chalicelib.privacy.erase import CANNOT_BE_REACHED, SETTLED_AFTER
from chalicelib.privacy.person import NOBODY_NAMED, Person
from chalicelib.privacy.requests import person_behind

MOST_PASSES = 3
# Stands in the trail where others have a person's name.
BY_EXPORT = "export-customer"

Say = Callable[[str], object]


def the_business(services: Services, business_id: str | None) -> Business:
    """The one that is named, or the only one there is. Raises UserError."""
    known = services.store.list_businesses()
    if business_id is None and len(known) != 1:
        raise UserError(f"name the business with --business; there are: {', '.join(known)}")
    business = services.store.load_business(business_id or known[0])
    if business is None:
        raise UserError(f"there is no business {business_id}; there are: {', '.join(known)}")
    return business


def named_person(
    source: str | None, named: Mapping[str, tuple[str, ...]], request: str | None = None
) -> Person:
    """Who the options name. Raises UserError when they name nobody, before AWS is asked."""
    if not any(named.values()) and request is None:
        raise UserError(NOBODY_NAMED)
    return Person(source=source, **named)


def with_request(
    services: Services, business: Business, person: Person, request_id: str
) -> tuple[Person, list[str]]:
    """The person with what their request names them by; and the request in lines for whoever
    fulfils it, who must see it to know that it is really that person. Raises UserError."""
    request = flow.load_request(services, business, request_id, services.clock())
    behind = person_behind(request, business)
    both = replace(
        person,
        emails=(*person.emails, *behind.emails),
        phones=(*person.phones, *behind.phones),
        orders=(*person.orders, *behind.orders),
        links=(*person.links, *behind.links),
        request_ids=behind.request_ids,
    )
    told = asdict(request.asked)
    lines = [f"  {name.replace('_', ' ')}: {said}" for name, said in told.items() if said]
    head = f"Request {request_id}: {request.kind}, to be answered by {request.due_day}."
    return both, [head, *lines]


def export_customer(services: Services, business: Business, person: Person, out: Path) -> int:
    """Write what is kept of a customer; says how many feedbacks. An existing file stays. A request
    of theirs that this fulfils is marked answered."""
    plain = flow.export_customer(services, business, person, services.clock())
    feedback = plain["feedback"]
    write_new(out, json.dumps(plain, ensure_ascii=False, indent=2) + "\n")
    for request_id in person.request_ids:
        flow.answer_request(
            services,
            business.business_id,
            request_id,
            BY_EXPORT,
            services.clock(),
            how="exported",
        )
    return len(feedback) if isinstance(feedback, list) else 0


def erase_customer(
    services: Services,
    business: Business,
    person: Person,
    *,
    say: Say,
    ask: Callable[[str], bool],
    wait: Callable[[float], None],
) -> Receipt | None:
    """Show what would go, ask, erase; None when the answer is no.

    A second pass comes when every function that was at work has ended; what is then still being
    handled is looked at once more. A receipt that is not done says so: the command may be repeated.
    """
    found = flow.customers_feedback(services, business, person)
    for line in shown(found):
        say(line)
    if not ask(f"Erase this customer from {business.name}? Counts stay, words and names go"):
        return None
    receipt = flow.erase_customer(services, business, person, services.clock())
    for _ in range(MOST_PASSES - 1):
        if receipt.done_at is not None:
            break
        say("Waiting for what is being stored at this moment; it may be stopped and repeated.")
        wait((SETTLED_AFTER + timedelta(seconds=1)).total_seconds())
        receipt = flow.erase_customer(services, business, person, services.clock())
    return receipt


def replay_erasures(services: Services, old: ErasureStore) -> Iterator[str]:
    """Erase whom the receipts in `old` are of, business by business; yields a line for each."""
    for business_id in services.store.list_businesses():
        business = the_business(services, business_id)
        for receipt in old.receipts(business_id):
            done = flow.replay_erasure(services, business, receipt, services.clock())
            yield f"{business_id}: {done.receipt_id}, {len(done.feedback)} feedback erased"


def shown(found: list[ScoredFeedback]) -> list[str]:
    """What an erasure would take, without a word of it: day, source, stars, feedback id."""
    lines = [
        f"  {one.day}  {one.feedback.source:20}  "
        f"{'-' if one.feedback.stars is None else f'{one.feedback.stars:g}'} stars  "
        f"{one.feedback.feedback_id}"
        for one in found
        if not one.feedback.is_erased
    ]
    return [f"{len(lines)} feedback of this customer are stored.", *lines]


def receipt_text(receipt: Receipt) -> str:
    """The receipt as JSON: keyed hashes and counts, and what cannot be reached."""
    plain = {
        "receipt": receipt.receipt_id,
        "business": receipt.business_id,
        "begun_at": to_text(receipt.begun_at),
        "done_at": to_text(receipt.done_at) if receipt.done_at else None,
        "feedback_erased": len(receipt.feedback),
        "messages_taken_out_of_queues": len(receipt.messages),
        "messages_nobody_could_read": receipt.unreadable,
        "messages_being_handled": receipt.hidden,
        "requests_emptied": len(receipt.requests),
        "kept_out_before_they_came": len(receipt.kept_out),
        "traces": list(receipt.traces),
        "cannot_be_reached": list(CANNOT_BE_REACHED),
    }
    return json.dumps(plain, indent=2) + "\n"


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, for its owner's eyes. Raises UserError."""
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text, encoding="utf-8")
    except FileExistsError as error:
        raise UserError(f"{path} is there already; name another file") from error
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
