"""Who can hear: the contacts of a business in their order, and the addresses that still live."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chalicelib.domain.alert import ChannelKind
from chalicelib.domain.business import Business, Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearers:
    """The contacts of one business. `dead_addresses` maps an address not to use to the reason."""

    business: Business
    dead_addresses: Mapping[str, str]

    def channels(self, contact: Contact) -> list[ChannelKind]:
        """Over which channels this contact can be told, e-mail first."""
        channels = []
        if contact.email and contact.email not in self.dead_addresses:
            channels.append(ChannelKind.EMAIL)
        has_phone = contact.phone and contact.phone not in self.dead_addresses
        if has_phone and self.business.sms.is_on:
            channels.append(ChannelKind.SMS)
        return channels

    def first(self) -> Contact | None:
        """The first who can be told; the first of all when nobody can; None without contacts."""
        contacts = self.business.contacts
        reachable = (one for one in contacts if self.channels(one))
        return next(reachable, contacts[0] if contacts else None)

    def after(self, last: str, asked: Collection[str]) -> Contact | None:
        """The next who can be told after the contact of that name and was not asked yet."""
        later = self.business.contacts[self.place(last) + 1 :]
        waiting = (one for one in later if one.name not in asked)
        return next((one for one in waiting if self.channels(one)), None)

    def named(self, names: Collection[str]) -> list[Contact]:
        """The contacts of these names, in their order."""
        return [one for one in self.business.contacts if one.name in names]

    def place(self, name: str) -> int:
        """Where the contact stands in the list; before all others when no longer listed."""
        names = [one.name for one in self.business.contacts]
        return names.index(name) if name in names else -1
