"""Whoever is to be told must have an address that lives and a channel that is switched on."""

from collections.abc import Iterator, Mapping

from chalicelib.cli.checks.rows import Finding, Row
from chalicelib.domain.business import Business, Contact

REASONS = {
    "bounced": "mail to it came back",
    "complained": "its owner marked our mail as spam",
    "unsubscribed": "its owner unsubscribed",
    "opted_out": "its owner answered STOP",
}


def contact_rows(business: Business, dead: Mapping[str, str]) -> Iterator[Row]:
    """One row a contact; `dead` maps addresses to why nothing is sent there any more."""
    for contact in business.contacts:
        yield _contact_row(business, contact, dead)


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
