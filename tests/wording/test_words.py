"""The catalogues: every language says the same things, and numbers and dates in its own way."""

import re
import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.domain.incident import Ending, IncidentState, Outcome
from chalicelib.domain.sentiment import CriticalKind, Emotion, Topic
from chalicelib.wording.words import Words, languages, words_in

PACKAGE = Path(__file__).parents[2] / "chalicelib"
# These are looked up by the kind and the name of a thing (`Words.label`).
LABELLED = ("topic", "sms_topic", "emotion", "critical", "sms_critical", "dead", "trail")
OTHERS = [language for language in languages() if language != "en"]


def blanks(message: str) -> set[str]:
    """The names of the blanks in a message."""
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_there_is_english_and_german() -> None:
    assert languages() == ("de", "en")


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_message_with_the_same_blanks(language: str) -> None:
    ours = {name: blanks(text) for name, text in words_in(language).messages.items()}
    english = {name: blanks(text) for name, text in words_in("en").messages.items()}
    # How a day is written is the language's own business.
    for found in (ours, english):
        del found["format.short_day"]

    assert ours == english


@pytest.mark.parametrize("language", languages())
def test_every_language_has_twelve_months_and_seven_weekdays(language: str) -> None:
    words = words_in(language)

    assert (len(set(words.months)), len(set(words.weekdays))) == (12, 7)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "name",
    [
        *(f"topic.{topic}" for topic in Topic),
        *(f"sms_topic.{topic}" for topic in Topic),
        *(f"emotion.{emotion}" for emotion in Emotion),
        *(f"critical.{kind}" for kind in CriticalKind),
        *(f"sms_critical.{kind}" for kind in CriticalKind),
        *(f"state.{state}" for state in IncidentState),
        *(f"page.outcome_{outcome}" for outcome in Outcome),
        *(f"lead.{ending}" for ending in Ending),
        *(f"sms.{ending}" for ending in Ending),
    ],
)
def test_everything_the_domain_can_name_has_a_word(language: str, name: str) -> None:
    assert words_in(language).messages[name]


@pytest.mark.parametrize(
    ("tag", "language"), [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("fr", "en"), ("", "en")]
)
def test_a_language_tag_finds_its_catalogue_or_english(tag: str, language: str) -> None:
    assert words_in(tag).language == language


def test_what_a_language_lacks_is_said_in_english() -> None:
    sparse = Words(language="fr", messages={}, months=(), weekdays=())

    assert sparse.say("do.snooze") == "Not now"


def test_a_message_that_nobody_has_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        words_in("de").say("no.such")


def test_a_name_with_braces_is_not_read_as_a_blank() -> None:
    line = words_in("en").say("told.sent", contact="{channel.x}", channel="SMS", moment="now")

    assert line == "{channel.x}, by SMS, now"


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, "One more is on the page."),
        (2, "2 more are on the page."),
        (0, "0 more are on the page."),
    ],
)
def test_the_number_chooses_the_form(number: int, line: str) -> None:
    assert words_in("en").count("quote.more", number) == line


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Tue 10 Nov, 14:05"), ("de", "Di, 10. Nov., 14:05 Uhr")]
)
def test_a_moment_is_told_on_the_readers_wall(language: str, text: str) -> None:
    moment = datetime(2026, 11, 10, 13, 5, tzinfo=UTC)

    assert words_in(language).moment(moment, "Europe/Berlin") == text


@pytest.mark.parametrize(("language", "text"), [("en", "2.5"), ("de", "2,5")])
def test_decimals_take_the_mark_of_the_language(language: str, text: str) -> None:
    assert words_in(language).number(2.5) == text
    assert words_in(language).number(2.0) == "2"


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_is_joined_as_one_would_say_it(parts: list[str], text: str) -> None:
    assert words_in("en").joined(parts) == text


def test_a_topic_of_the_owners_own_calls_itself() -> None:
    assert words_in("de").label("topic", "vegan_croissants") == "vegan croissants"


def test_a_day_of_a_week_is_named() -> None:
    assert words_in("en").day(date(2026, 11, 8)) == "Sun 8 Nov"


def test_every_message_is_said_somewhere() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("alert", "pages", "wording", "recover", "learn")
        for path in (PACKAGE / folder).rglob("*")
        if path.suffix in (".py", ".html")
    ]
    everything = "\n".join(sources)
    # A name is said whole, or begun (`f"lead.{reason}"`, `"page.snooze_" ~ hours`).
    begun = tuple(re.findall(r"[\"']([a-z_]+\.[a-z_.]*)(?=[{\"'])", everything))

    unsaid = [
        name
        for name in words_in("en").messages
        if name.removesuffix(".one").removesuffix(".other") not in everything
        and not any(name.startswith(start) for start in begun if start.endswith((".", "_")))
        and name.partition(".")[0] not in LABELLED
    ]

    assert unsaid == []
