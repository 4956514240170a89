"""heedful.toml: read it, check it, and say in one sentence what is wrong, where, and the fix.

pydantic checks the shape; the rules that join several fields are here; `toml_mistakes` has the
words.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from chalicelib.cli.opening_hours import read_opening_hours
from chalicelib.cli.toml_mistakes import first_mistake, sentence, syntax_mistake
from chalicelib.domain.business import (
    Business,
    Contact,
    DigestWish,
    LegalBasis,
    Location,
    PrivacySettings,
    QuietHours,
    SmsBackend,
    SmsSettings,
    SourceSettings,
    StoragePolicy,
)
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.feedback import MAIN_LOCATION
from chalicelib.domain.sentiment import JourneyStage
from chalicelib.domain.session import Role
from chalicelib.domain.spike import Sensitivity
from chalicelib.domain.step import BlueprintStep
from chalicelib.domain.tone import Promise, Tone
from chalicelib.domain.worth import Worth
from chalicelib.ports import SourceKind
from chalicelib.pull.csv_file import NAMES
from chalicelib.pull.webhooks.questions import mistake_in as questions_mistake
from chalicelib.wiring import LOOPBACK

_DURATION = re.compile(r"(\d{1,4})\s*(m|min|h|d)")
_QUIET = re.compile(r"(([01]\d|2[0-3]):[0-5]\d)-(([01]\d|2[0-3]):[0-5]\d)")
_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,190}\.[A-Za-z]{2,24}")
_ID = r"^[a-z0-9][a-z0-9-]{0,39}$"
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=31)
# Two years and a month: whoever needs a customer's words for longer needs another ground.
_LONGEST_KEPT = timedelta(days=760)

Identifier = Annotated[str, Field(pattern=_ID)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError('must be a time like "15m", "4h" or "7d"')
    count, unit = int(found.group(1)), found.group(2)
    return {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[
        unit[0]
    ] * count


class _Location(_Strict):
    id: Identifier
    name: str = Field(min_length=1, max_length=80)


class _Contact(_Strict):
    name: str = Field(min_length=1, max_length=80)
    email: str | None = None
    phone: str | None = None
    language: Literal["en", "de"] = "en"
    time_zone: str | None = None
    quiet_hours: str | None = None
    digest: DigestWish = DigestWish.WEEKLY
    # Not in the hours in which clocks leap.
    digest_hour: int = Field(default=8, ge=4, le=22)
    role: Role = Role.OWNER

    @field_validator("email")
    @classmethod
    def _check_email(cls, value: str | None) -> str | None:
        if value is not None and not _EMAIL.fullmatch(value):
            raise ValueError('must be an e-mail address like "you@your-shop.example"')
        return value

    @field_validator("phone")
    @classmethod
    def _check_phone(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parsed = phonenumbers.parse(value, None)
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or not phonenumbers.is_possible_number(parsed):
            raise ValueError('must be a number with its country, like "+49 30 123456"')
        return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))

    @field_validator("time_zone")
    @classmethod
    def _check_zone(cls, value: str | None) -> str | None:
        return None if value is None else _zone(value)

    @field_validator("quiet_hours")
    @classmethod
    def _check_quiet(cls, value: str | None) -> str | None:
        found = None if value is None else _QUIET.fullmatch(value)
        if value is not None and (found is None or found.group(1) == found.group(3)):
            raise ValueError('must be two different times like "21:00-07:00"')
        return value


class _Sms(_Strict):
    monthly_cap_usd: float = Field(default=0.0, ge=0, le=1000)
    backend: SmsBackend = SmsBackend.SNS


class _Privacy(_Strict):
    # Without its first purpose Heedful has none.
    alerts: Literal["legitimate_interest", "contract", "consent"] = "legitimate_interest"
    recovery: Literal["off", "consent", "contract", "legitimate_interest"] = "legitimate_interest"
    profiles: Literal["off", "consent", "legitimate_interest"] = "off"
    keep_words: str = "395d"
    # Shown to everybody on the public page on privacy.
    contact: str = Field(default="", max_length=254)

    @field_validator("keep_words")
    @classmethod
    def _check_words(cls, value: str) -> str:
        if not timedelta(days=1) <= _duration(value) <= _LONGEST_KEPT:
            raise ValueError('must lie between "1d" and "760d"')
        return value


class _Source(BaseModel):
    # Further keys are the options of the source's kind and are checked against it.
    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)
    name: Identifier
    kind: str
    every: str | None = None
    location: str = MAIN_LOCATION
    secret: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_./-]{1,200}$")
    storage_policy: StoragePolicy = StoragePolicy.FULL

    @field_validator("every")
    @classmethod
    def _check_every(cls, value: str | None) -> str | None:
        return None if value is None else _bounded(value)

    @field_validator("secret")
    @classmethod
    def _check_secret(cls, value: str | None) -> str | None:
        if value is not None and value.startswith("whsec_"):
            raise ValueError(
                "holds the secret itself; put it into SSM, and here the name it has there"
            )
        return value


class _Step(_Strict):
    step: str = Field(min_length=1, max_length=80)
    stage: JourneyStage
    topics: list[str] = Field(default=[], max_length=10)
    front: str = Field(default="", max_length=160)
    back: str = Field(default="", max_length=160)
    support: str = Field(default="", max_length=160)
    evidence: str = Field(default="", max_length=160)


class _Business(_Strict):
    id: Identifier
    name: str = Field(min_length=1, max_length=80)
    time_zone: str
    country: str = Field(pattern=r"^[A-Z]{2}$")
    trade: str = ""
    languages: list[str] = Field(default=["en"], min_length=1)
    sensitivity: str = "balanced"
    topics: list[str] = Field(default=[], max_length=20)
    escalate_after: str = "4h"
    opening_hours: dict[str, str] = Field(default={}, max_length=7)
    tone: Tone = Tone.PLAIN
    promises: list[Promise] = []
    customer_year: list[int] = []
    sms: _Sms = _Sms()
    privacy: _Privacy = _Privacy()
    location: list[_Location] = []
    blueprint: list[_Step] = Field(default=[], max_length=20)
    named_in_praise: list[str] = Field(default=[], max_length=50)
    # All of them may be told at once, in one transaction of a hundred rows.
    contact: list[_Contact] = Field(min_length=1, max_length=20)
    source: list[_Source] = []

    @field_validator("time_zone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        return _zone(value)

    @field_validator("sensitivity")
    @classmethod
    def _check_sensitivity(cls, value: str) -> str:
        Sensitivity.from_word(value)
        return value

    @field_validator("country")
    @classmethod
    def _check_country(cls, value: str) -> str:
        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError('is no country of ISO 3166, such as "DE", "US" or "GB" (not "UK")')
        return value

    @field_validator("languages")
    @classmethod
    def _check_languages(cls, value: list[str]) -> list[str]:
        if not all(len(one) == 2 and one.isascii() and one.islower() for one in value):
            raise ValueError('must be codes of two small letters like ["en", "de"]')
        return value

    @field_validator("opening_hours")
    @classmethod
    def _check_hours(cls, value: dict[str, str]) -> dict[str, str]:
        read_opening_hours(value)
        return value

    @field_validator("customer_year")
    @classmethod
    def _check_worth(cls, value: list[int]) -> list[int]:
        if value and (len(value) != 2 or not 0 < value[0] <= value[1]):
            raise ValueError("must be two whole numbers, the smaller one first, like [200, 400]")
        return value

    @field_validator("escalate_after")
    @classmethod
    def _check_escalation(cls, value: str) -> str:
        return _bounded(value)


class _File(_Strict):
    business: list[_Business] = Field(min_length=1)


def _bounded(text: str) -> str:
    if not _SHORTEST <= _duration(text) <= _LONGEST:
        raise ValueError('must lie between "5m" and "31d"')
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # OSError: a name of a folder of zones, such as "Europe".
        raise ValueError('must be a time zone like "Europe/Berlin"') from error
    return name


def read_businesses(path: Path, kinds: Mapping[str, SourceKind]) -> tuple[Business, ...]:
    """Every business of the file. Raises SettingsError naming file, line, field and the fix."""
    try:
        # Editors on Windows put a mark before the first letter.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SettingsError(
            f"there is no {path}; write one with ./dev heedful init --file {path}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: it must be a text file in UTF-8") from error
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(syntax_mistake(path, str(error))) from error
    try:
        checked = _File.model_validate(parsed)
    except ValidationError as error:
        raise SettingsError(first_mistake(error, path, text)) from error
    mistakes = [
        (place, message)
        for index, business in enumerate(checked.business)
        for place, message in _joined_mistakes(index, business, kinds)
    ]
    twice = _first_twice([business.id for business in checked.business])
    if twice is not None:
        mistakes.append((("business", twice, "id"), "is used twice; give each business its own"))
    if mistakes:
        place, message = mistakes[0]
        raise SettingsError(sentence(path, text, place, message))
    return tuple(_business(business) for business in checked.business)


def _joined_mistakes(
    index: int, business: _Business, kinds: Mapping[str, SourceKind]
) -> list[tuple[tuple[str | int, ...], str]]:
    here: tuple[str | int, ...] = ("business", index)
    mistakes: list[tuple[tuple[str | int, ...], str]] = []
    for group, field in (
        ("source", "name"), ("contact", "name"), ("location", "id"), ("location", "name")
    ):  # fmt: skip
        twice = _first_twice([getattr(one, field) for one in getattr(business, group)])
        if twice is not None:
            mistakes.append(
                ((*here, group, twice, field), f"is used twice; each {field} is one's own")
            )
    for place, contact in enumerate(business.contact):
        if not contact.email and not contact.phone:
            mistakes.append(
                ((*here, "contact", place, "name"), "has no way to be told; add email or phone")
            )
    locations = {MAIN_LOCATION, *(one.id for one in business.location)}
    for place, source in enumerate(business.source):
        spot = (*here, "source", place)
        mistakes += [((*spot, field), why) for field, why in _source_mistakes(source, kinds)]
        if source.location not in locations:
            known = ", ".join(sorted(locations))
            mistakes.append(((*spot, "location"), f"is no location of this business ({known})"))
    return mistakes


def _source_mistakes(source: _Source, kinds: Mapping[str, SourceKind]) -> list[tuple[str, str]]:
    kind = kinds.get(source.kind)
    if kind is None:
        return [("kind", f"is not known; kinds are {', '.join(sorted(kinds))}")]
    given = set(source.model_extra or {})
    mistakes = [
        ("kind", f"needs {name}: {meaning}")
        for name, meaning in kind.required.items()
        if name not in given
    ]
    known = {*kind.required, *kind.optional}
    mistakes += [
        (name, f"is no option of kind {kind.name}; it knows {', '.join(sorted(known)) or 'none'}")
        for name in sorted(given - known)
    ]
    mistakes += [
        (name, why)
        for name, value in sorted((source.model_extra or {}).items())
        if name in known and (why := _option_mistake(name, value))
    ]
    order = tuple(StoragePolicy)
    if order.index(source.storage_policy) < order.index(kind.keeps):
        mistakes.append(
            (
                "storage_policy",
                f'must be "{kind.keeps}" or stricter: the site\'s terms let nobody keep more',
            )
        )
    if kind.needs_secret and not source.secret:
        mistakes.append(("kind", "needs secret: the name under which its secret lies in SSM"))
    is_webhook = kind.receive is not None
    if kind.build is not None and not is_webhook and source.every is None:
        mistakes.append(("kind", 'is pulled and needs every, for example every = "1h"'))
    if (kind.build is None or is_webhook) and source.every is not None:
        mistakes.append(("every", f"has no meaning for kind {kind.name}; take it out"))
    return mistakes


def _option_mistake(name: str, value: object) -> str | None:
    if name == "address" and not _is_address(value):
        return "must be an address that begins with https:// and names no user and no port"
    if name == "columns" and not _are_columns(value):
        return (
            f"must name columns of the sheet by {', '.join(NAMES)}, "
            'for example {date = "When", text = "What went wrong?"}'
        )
    if name == "questions":
        return questions_mistake(value)
    return None


def _is_address(value: object) -> bool:
    if not isinstance(value, str) or any(sign.isspace() for sign in value):
        return False
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    # The demo and the tests read from this very machine.
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return True
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and port in (None, 443)
    )


def _are_columns(value: object) -> bool:
    return isinstance(value, dict) and all(
        kind in NAMES and isinstance(column, str) and column for kind, column in value.items()
    )


def _first_twice(names: Sequence[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in names[:place]), None)


def _worth(bounds: list[int]) -> Worth | None:
    return Worth(low=bounds[0], high=bounds[1]) if bounds else None


def _business(checked: _Business) -> Business:
    return Business(
        business_id=checked.id,
        name=checked.name,
        time_zone=checked.time_zone,
        country=checked.country,
        trade=checked.trade,
        languages=tuple(checked.languages),
        sensitivity=checked.sensitivity,
        topics=tuple(checked.topics),
        escalate_after=_duration(checked.escalate_after),
        opening_hours=read_opening_hours(checked.opening_hours),
        tone=checked.tone,
        promises=tuple(dict.fromkeys(checked.promises)),
        customer_year=_worth(checked.customer_year),
        sms=SmsSettings(monthly_cap_usd=checked.sms.monthly_cap_usd, backend=checked.sms.backend),
        privacy=PrivacySettings(
            alerts=LegalBasis(checked.privacy.alerts),
            recovery=LegalBasis(checked.privacy.recovery),
            profiles=LegalBasis(checked.privacy.profiles),
            keep_words=_duration(checked.privacy.keep_words),
            contact=checked.privacy.contact,
        ),
        locations=tuple(Location(location_id=one.id, name=one.name) for one in checked.location),
        blueprint=tuple(
            BlueprintStep(**{**one.model_dump(), "topics": tuple(one.topics)})
            for one in checked.blueprint
        ),
        named_in_praise=tuple(checked.named_in_praise),
        contacts=tuple(_contact(one) for one in checked.contact),
        sources=tuple(_source(one) for one in checked.source),
    )


def _contact(checked: _Contact) -> Contact:
    quiet = None
    if checked.quiet_hours:
        start, end = checked.quiet_hours.split("-")
        quiet = QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))
    return Contact(
        name=checked.name,
        email=checked.email,
        phone=checked.phone,
        language=checked.language,
        time_zone=checked.time_zone,
        quiet_hours=quiet,
        digest=checked.digest,
        digest_hour=checked.digest_hour,
        role=checked.role,
    )


def _source(checked: _Source) -> SourceSettings:
    options: dict[str, Any] = dict(checked.model_extra or {})
    return SourceSettings(
        name=checked.name,
        kind=checked.kind,
        every=_duration(checked.every) if checked.every else None,
        location=checked.location,
        secret=checked.secret,
        storage_policy=checked.storage_policy,
        options=MappingProxyType(options),
    )
