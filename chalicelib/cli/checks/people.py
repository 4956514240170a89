"""Whoever is to be told must have an address that lives and a channel that is switched on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chalicelib.cli.checks.rows import Finding, Row
from chalicelib.domain.address import Standin, in_force, standin_of
from chalicelib.domain.business import Business, Contact

REASONS = {
    "bounced": "mail to it came back",
    "complained": "its owner marked our mail as spam",
    "unsubscribed": "its owner unsubscribed",
    "opted_out": "its owner answered STOP",
}


def contact_rows(
    business: Business, dead: Mapping[str, str], standins: Iterable[Standin] = ()
) -> Iterator[Row]:
    """One row a contact; `dead` maps addresses to why nothing is sent there any more, `standins`
    are the addresses that contacts named on the page (see `domain.address`)."""
    known = tuple(standins)
    reached = in_force(business, known).contacts
    for contact, own in zip(reached, business.contacts, strict=True):
        row = _contact_row(business, contact, dead)
        standin = standin_of(own, known)
        yield row if standin is None else _with_standin(row, standin)


def _with_standin(row: Row, standin: Standin) -> Row:
    """The same row with the address that is in force or waits, and how to make it the file's."""
    said, to_fix = row.trouble, row.to_fix
    if standin.address is not None:
        said += f"; mail goes to {standin.address}, confirmed in place of {standin.instead_of}"
        to_fix = to_fix or "Put the address into heedful.toml too, so that the file says what is so"
    if standin.asked is not None:
        said += f"; {standin.asked} was asked for and is not confirmed yet"
        to_fix = to_fix or f"Open the mail at {standin.asked} and confirm it"
    finding = Finding.NOTE if row.finding is Finding.GOOD else row.finding
    return replace(row, finding=finding, trouble=said, to_fix=to_fix)


def _contact_row(business: Business, contact: Contact, dead: Mapping[str, str]) -> Row:
    what = f"contact {contact.name} of {business.business_id}"
    alive = [
        kind
        for kind, address in (
            ("e-mail", contact.email),
            ("SMS", contact.phone if business.sms.is_on else None),
        )
        if address and address not in dead
    ]
    gone = [
        REASONS.get(dead[address], dead[address])
        for address in (contact.email, contact.phone)
        if address and address in dead
    ]
    if alive:
        return Row(
            what=what,
            finding=Finding.NOTE if gone else Finding.GOOD,
            trouble=f"told by {' and '.join(alive)}" + (f"; {gone[0]}" if gone else ""),
            to_fix="Correct the dead address in heedful.toml and apply it" if gone else "",
        )
    if not gone:
        return Row(
            what=what,
            finding=Finding.TO_FIX,
            trouble="has a phone alone, and SMS is off",
            to_fix="Add an email to this contact in heedful.toml, or set monthly_cap_usd above 0",
        )
    return Row(
        what=what,
        finding=Finding.TO_FIX,
        trouble=f"cannot be told: {' and '.join(gone)}",
        to_fix="Put an address that works into heedful.toml and run ./dev heedful apply",
    )
