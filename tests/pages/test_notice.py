"""The public page on privacy: what it tells of a business, and what it never tells."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from chalicelib.domain.business import (
    LegalBasis,
    PrivacySettings,
    SourceSettings,
    StoragePolicy,
)
from chalicelib.domain.request import Asked, PersonRequest, RequestKind
from chalicelib.pages.notice import (
    LIMITS,
    NOTICE_HEADERS,
    choose_language,
    read_request,
    render_asked_page,
    render_notice_page,
)
from chalicelib.wiring import BROUGHT_BY_HAND, PULLED, WEBHOOKS
from tests.house import BAKERY

FORM = "kind=erasure&answer_to=quirina%40post.example&order=%23A-7&words=please"


class Text(HTMLParser):
    """The text of a page without its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Style is no text."""
        self._is_style = tag == "style"

    def handle_data(self, data: str) -> None:
        """A piece of text."""
        if not self._is_style and data.strip():
            self.said.append(data.strip())


def text_of(page: str) -> str:
    """What a reader reads, one piece a line."""
    reader = Text()
    reader.feed(page)
    return "\n".join(reader.said)


def notice(privacy: PrivacySettings | None = None, language: str = "en") -> str:
    """The bakery's page, as text."""
    business = replace(BAKERY, privacy=privacy or BAKERY.privacy)
    return text_of(render_notice_page(business, language, action="bakery"))


def test_the_page_says_where_each_voice_comes_from_once_and_how_long_words_stay() -> None:
    sources = (
        SourceSettings(name="rosa-maps", kind="google_business"),
        SourceSettings(name="rosa-maps-2", kind="google_business"),
        SourceSettings(name="yelp-1", kind="yelp", storage_policy=StoragePolicy.TTL_24H),
        SourceSettings(name="places", kind="google_places", storage_policy=StoragePolicy.IDS_ONLY),
    )
    page = text_of(render_notice_page(replace(BAKERY, sources=sources), "en", action="bakery"))

    assert page.count("Reviews on Google: words kept for 13 months") == 1
    assert "Reviews on Yelp: words kept for one day" in page
    assert "Reviews on Google Maps: words are read once and not kept" in page


@pytest.mark.parametrize("kind", [*PULLED, *WEBHOOKS, *BROUGHT_BY_HAND])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_of_source_has_words_for_customers(kind: str, language: str) -> None:
    business = replace(BAKERY, sources=(SourceSettings(name="one", kind=kind),))

    assert "13" in text_of(render_notice_page(business, language, action="bakery"))


@pytest.mark.parametrize(
    ("basis", "line"),
    [
        (LegalBasis.OFF, "We do not do this."),
        (LegalBasis.CONSENT, "Only with your consent (GDPR, article 6(1)(a))"),
        (LegalBasis.LEGITIMATE_INTEREST, "legitimate interest in good service"),
    ],
)
def test_each_purpose_stands_beside_its_ground(basis: LegalBasis, line: str) -> None:
    lines = notice(PrivacySettings(profiles=basis)).splitlines()

    place = lines.index("To see how one customer's experience goes on over time")
    assert line in lines[place + 1]


def test_what_a_ground_means_is_explained_where_it_applies() -> None:
    consent, follow = "Without your consent only your stars", "never among them"
    usual = notice()
    strict = notice(PrivacySettings(alerts=LegalBasis.CONSENT, profiles=LegalBasis.CONSENT))

    assert (consent in usual, follow in usual) == (False, False)
    assert (consent in strict, follow in strict) == (True, True)


@pytest.mark.parametrize(
    ("days", "said"),
    [(395, "13 months"), (365, "12 months"), (30, "one month"), (90, "90 days"), (1, "one day")],
)
def test_times_are_said_as_people_say_them(days: int, said: str) -> None:
    page = notice(PrivacySettings(keep_words=timedelta(days=days)))

    assert f"everything else that points to you: {said} after" in page


def test_nobody_s_address_is_shown_but_the_one_meant_for_it() -> None:
    without = notice()
    with_contact = notice(PrivacySettings(contact="privacy@bakery.example"))

    for page in (without, with_contact):
        assert "rosa@bakery.example" not in page
        assert "Jonas" not in page
        assert "bakery/survey" not in page
        assert "exports" not in page
    assert "privacy@bakery.example" not in without
    assert "Questions go to privacy@bakery.example" in with_contact


def test_the_page_says_what_no_program_does() -> None:
    assert "No program answers you, and none decides anything about you." in notice()
    assert "Kein Programm antwortet Ihnen" in notice(language="de")


def test_a_business_s_name_is_escaped() -> None:
    page = render_notice_page(replace(BAKERY, name="<b>Rosa</b>"), "en", action="bakery")

    assert "<b>Rosa" not in page
    assert "&lt;b&gt;Rosa" in page


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("de", "en", "de"),
        ("", "fr, de-AT;q=0.8, en;q=0.9", "en"),
        ("", "fr, de-AT;q=0.9, en;q=0.8", "de"),
        ("xx", "", "en"),
        ("", "de;q=0, en", "en"),
        ("", "de;q=much, en;q=0.1", "en"),
        ("../../etc", ",,,;q=", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_browser_s(
    asked: str, accepted: str, language: str
) -> None:
    assert choose_language(asked, accepted, BAKERY) == language


def test_without_any_wish_the_business_s_own_language_is_used() -> None:
    assert choose_language("", "", replace(BAKERY, languages=("de", "en"))) == "de"
    assert choose_language("", "", replace(BAKERY, languages=("el",))) == "en"


def test_the_form_is_read_with_its_spaces_taken_off() -> None:
    assert read_request(FORM + "&name=+Quirina++&link=") == (
        RequestKind.ERASURE,
        Asked(answer_to="quirina@post.example", order="#A-7", name="Quirina", words="please"),
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "kind=erasure",
        "kind=erasure&answer_to=++",
        "kind=everything&answer_to=a%40b.example",
        "answer_to=a%40b.example",
        *(f"{FORM}&{name}={'x' * (limit + 1)}" for name, limit in LIMITS.items()),
        f"{FORM}&rest={'x' * 20_000}",
    ],
)
def test_what_is_missing_or_too_long_is_no_request(body: str) -> None:
    assert read_request(body) is None


@pytest.mark.parametrize("name", LIMITS)
def test_the_longest_that_the_form_allows_is_taken(name: str) -> None:
    read = read_request(f"{FORM}&{name}={'x' * LIMITS[name]}")

    assert read is not None
    assert len(getattr(read[1], name)) == LIMITS[name]


def test_the_answer_names_the_day_and_nothing_that_was_typed() -> None:
    request = PersonRequest(
        business_id="bakery",
        request_id="2026-05-04-aaa",
        kind=RequestKind.ERASURE,
        received_at=datetime(2026, 5, 4, tzinfo=UTC),
        due_day="2026-06-04",
        asked=Asked(answer_to="quirina@post.example", words="please forget the zeppelin"),
    )

    page = render_asked_page(request, BAKERY, "en", action="bakery")

    assert "by Thu 4 Jun" in text_of(page)
    assert "2026-05-04-aaa" in text_of(page)
    assert "quirina" not in page
    assert "zeppelin" not in page


def test_every_field_of_the_form_has_a_label_and_a_limit() -> None:
    page = render_notice_page(BAKERY, "en", action="bakery")

    for name, limit in LIMITS.items():
        assert f'<label class="field" for="{name}">' in page
        assert re.search(rf'name="{name}" maxlength="{limit}"', page)
    assert page.count('type="radio"') == len(RequestKind)


def test_the_page_may_be_kept_for_an_hour_in_each_language_and_loads_nothing() -> None:
    assert NOTICE_HEADERS["Cache-Control"] == "public, max-age=3600"
    assert NOTICE_HEADERS["Vary"] == "Accept-Language"
    assert "default-src 'none'" in NOTICE_HEADERS["Content-Security-Policy"]
