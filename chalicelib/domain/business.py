"""A business as its technician describes it in heedful.toml: places, people, sources, wishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chalicelib.domain.feedback import MAIN_LOCATION
from chalicelib.domain.opening_hours import OpeningHours
from chalicelib.domain.session import Role
from chalicelib.domain.step import BlueprintStep
from chalicelib.domain.tone import Promise, Tone
from chalicelib.domain.worth import Worth


class StoragePolicy(StrEnum):
    """What a source's terms let us keep of a customer's text."""

    FULL = "full"
    TTL_24H = "ttl_24h"
    IDS_ONLY = "ids_only"
    NONE = "none"


class SmsBackend(StrEnum):
    """Which AWS service carries SMS."""

    SNS = "sns"
    END_USER_MESSAGING = "pinpoint-sms-voice-v2"


class DigestWish(StrEnum):
    """How often a contact wants the digest: on Mondays, every day, or never."""

    WEEKLY = "weekly"
    DAILY = "daily"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end` on the contact's wall no SMS is sent but for critical matters."""

    start: time
    end: time

    def ends_after(self, now: datetime, time_zone: str) -> datetime | None:
        """When the quiet hours that hold at `now` end (UTC instant kept aware), or None outside."""
        local = now.astimezone(ZoneInfo(time_zone))
        if self.start <= self.end:
            is_quiet = self.start <= local.time() < self.end
        else:
            is_quiet = local.time() >= self.start or local.time() < self.end
        if not is_quiet:
            return None
        day = local.date()
        if local.time() >= self.end:
            day += timedelta(days=1)
        end = datetime.combine(day, self.end, ZoneInfo(time_zone))
        if end.astimezone(now.tzinfo) <= now:
            # The hour that comes twice when the clocks go back: quiet until its second end.
            end = end.replace(fold=1)
        return end.astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person who is told. Contacts are told in the order in which they stand in the file.

    The digest comes from `digest_hour` on, on the contact's own wall. `role` is what the contact
    may do on the owner's pages.
    """

    name: str
    email: str | None = None
    phone: str | None = None
    language: str = "en"
    time_zone: str | None = None
    quiet_hours: QuietHours | None = None
    digest: DigestWish = DigestWish.WEEKLY
    digest_hour: int = 8
    role: Role = Role.OWNER

    def __post_init__(self) -> None:
        if not self.email and not self.phone:
            raise ValueError(f"contact {self.name!r} has neither e-mail nor phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One place of the business; `location_id` is what counts and groups carry."""

    location_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One source of a business. `options` are the source's own (an address, a form's fields).

    `secret` is the *name* of a parameter; its value lives in SSM and nowhere else.
    """

    name: str
    kind: str
    every: timedelta | None = None
    location: str = MAIN_LOCATION
    secret: str | None = None
    storage_policy: StoragePolicy = StoragePolicy.FULL
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_pulled(self) -> bool:
        """True for a source on a schedule; False for a webhook or an import by hand."""
        return self.every is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """SMS is off until the owner sets a monthly cap in US dollars."""

    monthly_cap_usd: float = 0.0
    backend: SmsBackend = SmsBackend.SNS

    @property
    def is_on(self) -> bool:
        """True once a cap above zero is set."""
        return self.monthly_cap_usd > 0


class Purpose(StrEnum):
    """What feedback is used for."""

    ALERTS = "alerts"
    RECOVERY = "recovery"
    PROFILES = "profiles"


class LegalBasis(StrEnum):
    """On which ground (GDPR, article 6), or that the purpose is switched off."""

    LEGITIMATE_INTEREST = "legitimate_interest"
    CONTRACT = "contract"
    CONSENT = "consent"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySettings:
    """The ground for each purpose, how long a customer's words are kept, and whom customers may
    write to about all this ("" for nobody but the form on the public page).

    Thirteen months: a year, and a month to compare it with the one before.
    """

    alerts: LegalBasis = LegalBasis.LEGITIMATE_INTEREST
    recovery: LegalBasis = LegalBasis.LEGITIMATE_INTEREST
    profiles: LegalBasis = LegalBasis.OFF
    keep_words: timedelta = timedelta(days=395)
    contact: str = ""

    def basis_of(self, purpose: Purpose) -> LegalBasis:
        """The ground for one purpose."""
        return {
            Purpose.ALERTS: self.alerts,
            Purpose.RECOVERY: self.recovery,
            Purpose.PROFILES: self.profiles,
        }[purpose]


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """Everything Heedful needs to know about one business.

    `country` (ISO 3166, two letters) tells phone numbers in texts from other numbers;
    `sensitivity` is one of the words of `detect` (calm, balanced, watchful). `tone` and `promises`
    are how suggested replies sound and what they may offer. `customer_year` is what a customer
    brings in a year, or None when the owner does not say.
    """

    business_id: str
    name: str
    time_zone: str
    country: str
    contacts: tuple[Contact, ...]
    languages: tuple[str, ...] = ("en",)
    trade: str = ""
    sensitivity: str = "balanced"
    locations: tuple[Location, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    topics: tuple[str, ...] = ()
    blueprint: tuple[BlueprintStep, ...] = ()
    named_in_praise: tuple[str, ...] = ()
    sms: SmsSettings = SmsSettings()
    privacy: PrivacySettings = PrivacySettings()
    escalate_after: timedelta = timedelta(hours=4)
    opening_hours: OpeningHours = field(default_factory=OpeningHours)
    tone: Tone = Tone.PLAIN
    promises: tuple[Promise, ...] = ()
    customer_year: Worth | None = None

    def source(self, name: str) -> SourceSettings | None:
        """The source of that name, or None."""
        return next((source for source in self.sources if source.name == name), None)

    @property
    def location_ids(self) -> Mapping[str, str]:
        """From the names that people and exports use to the ids that counts carry."""
        return {location.name: location.location_id for location in self.locations}

    def location_name(self, location_id: str) -> str:
        """What people call the place; the id itself when it has no name."""
        for location in self.locations:
            if location.location_id == location_id:
                return location.name
        return location_id
