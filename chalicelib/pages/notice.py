"""The public page on privacy: what a business keeps of what its customers say, and the form by
which they ask about their own words.

Anybody may look, so it shows nothing that its customers may not know: no source by its own name, no
address of staff but the one that is meant for this. What somebody types is shown to nobody here.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from markupsafe import Markup

from chalicelib.domain.business import Business, LegalBasis, Purpose, SourceSettings
from chalicelib.domain.request import Asked, PersonRequest, RequestKind
from chalicelib.pages.actions import read_form
from chalicelib.pages.frame import STYLE, TEMPLATES, render
from chalicelib.pages.headers import CONTENT_SECURITY_POLICY, PAGE_HEADERS
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import DEFAULT_LANGUAGE, Words, languages, words_in

NAME_LIMIT = 60
CONTACT_LIMIT = 254
# Longer than any of these is an accident or an attack; together they stay far below a row's 400 kB.
LIMITS: Mapping[str, int] = MappingProxyType(
    {"answer_to": 300, "address": 254, "order": 100, "name": 120, "link": 1_000, "words": 2_000}
)
KNOWN_BY = ("address", "order", "name", "link")
# A month on average, for what is said in months: 395 days are thirteen.
_DAYS_A_MONTH = 365.25 / 12

NOTICE_STYLE = STYLE + (TEMPLATES / "notice.css").read_text(encoding="utf-8")


def _hash_of(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


# Nothing on this page is anybody's secret: it may be kept for an hour, in each of its languages.
NOTICE_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        **PAGE_HEADERS,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(
            _hash_of(STYLE), _hash_of(NOTICE_STYLE)
        ),
        "Cache-Control": "public, max-age=3600",
        "Vary": "Accept-Language",
    }
)
# What answers a form is for the one who sent it.
ANSWER_HEADERS: Mapping[str, str] = MappingProxyType(
    {**NOTICE_HEADERS, "Cache-Control": PAGE_HEADERS["Cache-Control"]}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the page: sentences, then a list or pairs, then sentences."""

    name: str
    title: str
    before: tuple[str, ...] = ()
    list: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    after: tuple[str, ...] = ()


def read_request(body: str) -> tuple[RequestKind, Asked] | None:
    """What the form asks for, or None when something is missing or too long."""
    fields = {name: value.strip() for name, value in read_form(body).items()}
    known = {str(kind): kind for kind in RequestKind}
    typed = {name: fields.get(name, "") for name in LIMITS}
    is_too_long = any(len(typed[name]) > limit for name, limit in LIMITS.items())
    kind = known.get(fields.get("kind", ""))
    if kind is None or is_too_long or not typed["answer_to"]:
        return None
    return kind, Asked(**typed)


def choose_language(asked: str, accepted: str, business: Business) -> str:
    """The language of the page: the one asked for in the address, else the first that the browser
    takes and we have, else the business's own."""
    by_choice = [asked, *_in_order(accepted), *business.languages]
    return next((one for one in map(_short, by_choice) if one in languages()), DEFAULT_LANGUAGE)


def render_notice_page(business: Business, language: str, *, action: str, refusal: str = "") -> str:
    """The page; `action` is its own path, to which the form posts. `refusal` names why the form
    was not taken (`incomplete`, `too_many`)."""
    words = words_in(language)
    name = one_line(business.name, NAME_LIMIT)
    return render(
        "notice.html",
        words,
        style=Markup(NOTICE_STYLE),  # noqa: S704  our own files, allowed by their hash
        title=words.say("public.page_title", business=name),
        business_name=name,
        other="en" if words.language == "de" else "de",
        refusal=_refusal(refusal, business, words),
        sections=_sections(business, name, words),
        kinds=tuple(RequestKind),
        known_by=KNOWN_BY,
        limits=LIMITS,
        action=f"{action}?lang={words.language}",
    )


def render_asked_page(
    request: PersonRequest, business: Business, language: str, *, action: str
) -> str:
    """What follows the form: by when there is an answer, and nothing of what was typed."""
    words = words_in(language)
    return render(
        "asked.html",
        words,
        style=Markup(NOTICE_STYLE),  # noqa: S704
        title=words.say("ask.done_title"),
        business_name=one_line(business.name, NAME_LIMIT),
        lines=[
            words.say("ask.done", day=words.day(date.fromisoformat(request.due_day))),
            words.say("ask.done_number", number=request.request_id),
            words.say("ask.done_again"),
        ],
        action=f"{action}?lang={words.language}",
    )


def _refusal(name: str, business: Business, words: Words) -> str:
    if name == "too_many" and business.privacy.contact:
        return words.say("ask.too_many_contact", contact=_contact(business))
    return words.say(f"ask.{name}") if name else ""


def _sections(business: Business, name: str, words: Words) -> tuple[Section, ...]:
    say, privacy = words.say, business.privacy
    asked = (
        say("public.who_contact", contact=_contact(business))
        if privacy.contact
        else say("public.who_form")
    )
    time = _time_of(privacy.keep_words.days, words)
    return (
        Section(
            name="who",
            title=say("public.who_title"),
            before=(say("public.who", business=name), asked),
        ),
        Section(
            name="what",
            title=say("public.what_title"),
            before=(say("public.what"),),
            list=_places(business, words),
            after=(say("public.what_parts"), say("public.taken_out")),
        ),
        Section(
            name="why",
            title=say("public.why_title"),
            pairs=tuple(
                (say(f"public.purpose.{one}"), say(f"public.ground.{privacy.basis_of(one)}"))
                for one in Purpose
            ),
            after=_grounds_explained(business, words),
        ),
        Section(
            name="long",
            title=say("public.long_title"),
            list=(
                say("public.long_words", time=time),
                say("public.long_numbers"),
                say("public.long_request"),
            ),
        ),
        Section(
            name="seen", title=say("public.seen_title"), before=(say("public.seen", business=name),)
        ),
        Section(
            name="machine",
            title=say("public.machine_title"),
            before=(say("public.machine_does"), say("public.machine_not")),
        ),
        Section(
            name="rights",
            title=say("public.rights_title"),
            before=(say("public.rights"), say("public.rights_complaint")),
        ),
    )


def _grounds_explained(business: Business, words: Words) -> tuple[str, ...]:
    privacy = business.privacy
    needs_consent = privacy.alerts is LegalBasis.CONSENT
    follows = privacy.profiles is not LegalBasis.OFF
    lines = (("why_consent", needs_consent), ("why_profiles", follows))
    return tuple(words.say(f"public.{name}") for name, is_so in lines if is_so)


def _places(business: Business, words: Words) -> tuple[str, ...]:
    """Where the business hears its customers, each place once, with how long its words stay."""
    return tuple(dict.fromkeys(_place(one, business, words) for one in business.sources))


def _place(source: SourceSettings, business: Business, words: Words) -> str:
    place = words.say(f"public.from.{source.kind}")
    time = _time_of(business.privacy.keep_words.days, words)
    return words.say(f"public.keep.{source.storage_policy}", place=place, time=time)


def _time_of(days: int, words: Words) -> str:
    months = round(days / _DAYS_A_MONTH)
    is_in_months = months >= 1 and abs(days - months * _DAYS_A_MONTH) < 1
    if is_in_months:
        return words.count("public.months", months)
    return words.count("public.days", days)


def _contact(business: Business) -> str:
    return one_line(business.privacy.contact, CONTACT_LIMIT)


def _short(tag: str) -> str:
    return tag.strip().lower().replace("_", "-").partition("-")[0]


def _in_order(accepted: str) -> list[str]:
    """The tags of an `Accept-Language` header, the most wanted first; nonsense comes last."""
    weighed = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, weight = part.partition(";q=")
        try:
            wanted = float(weight) if weight else 1.0
        except ValueError:
            wanted = 0.0
        if wanted > 0:
            weighed.append((-wanted, place, tag))
    return [tag for _, _, tag in sorted(weighed)]
