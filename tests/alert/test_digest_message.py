"""The digest as a mail: what stands in it, in which order, and nothing a stranger could make of it.

The numbers are made here by hand: who counts them is another stage's business.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

import pytest

from chalicelib.alert.digest_message import render_digest
from chalicelib.domain.alert import Email
from chalicelib.domain.business import Contact, DigestWish
from chalicelib.domain.digest import (
    Change,
    Digest,
    Figure,
    Part,
    Period,
    SourceTrouble,
    Suggestion,
    SuggestionKind,
    Tally,
    TroubleKind,
)
from chalicelib.domain.feedback import SurveyMetric
from chalicelib.domain.incident import IncidentState, Outcome
from tests.alert.hostile import HOSTILE_TEXTS
from tests.alert.markup import read_markup
from tests.alert.samples import ANNA, BEN, NOW, UNSUBSCRIBE, a_business, a_quote, an_incident

WEEK = Period(first=date(2026, 11, 2), last=date(2026, 11, 8))
PAGE = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/api/i/ABCDEFGHIJKLMNOPQRSTUV"
NO_FIGURE = Figure(value=None, n=0, value_before=None, n_before=0, change=Change.TOO_FEW)


def a_digest(**changes: object) -> Digest:
    """A week of two bakeries in which more was said about waiting."""
    digest = Digest(
        business=a_business(),
        period=WEEK,
        n=24,
        n_before=18,
        n_change=Change.STEADY,
        unread=1,
        negative=Figure(value=9 / 23, n=23, value_before=1 / 18, n_before=18, change=Change.UP),
        stars=Figure(value=3.62, n=21, value_before=4.5, n_before=16, change=Change.DOWN),
        stars_of_year=Figure(
            value=4.4, n=812, value_before=None, n_before=0, change=Change.TOO_FEW
        ),
        star_table=MappingProxyType({5: 8, 4: 5, 3: 0, 2: 3, 1: 5}),
        low_stars=8,
        surveys=MappingProxyType(
            {
                SurveyMetric.NPS: Figure(
                    value=-0.25, n=12, value_before=0.5, n_before=8, change=Change.DOWN
                ),
                SurveyMetric.CES: Figure(
                    value=5.5, n=3, value_before=6.0, n_before=9, change=Change.TOO_FEW
                ),
            }
        ),
        sources=(Tally(name="google", n=24, n_before=18, change=Change.STEADY),),
        topics=(
            Tally(
                name="wait_delivery",
                n=9,
                n_before=8,
                negative=7,
                negative_before=1,
                change=Change.UP,
            ),
            Tally(name="price_value", n=2, negative=1, is_new=True),
        ),
        emotions=(Tally(name="anger", n=7, n_before=1, change=Change.UP),),
        unhappy=(a_quote(),),
        kind=(a_quote("The rye bread is the best in town, thank you all.", stars=5, number=2),),
        opened=2,
        closed=1,
        outcomes=MappingProxyType({Outcome.RECOVERED: 2, Outcome.LOST: 1}),
        still_open=(an_incident(),),
        troubles=(),
        suggestion=Suggestion(kind=SuggestionKind.TOPIC, name="wait_delivery", count=7, of=9),
    )
    return replace(digest, **changes)  # type: ignore[arg-type]


def a_failing(detail: str = "403", advice: str = "Share it again") -> SourceTrouble:
    """A source that cannot be read."""
    return SourceTrouble(
        source="google",
        kind=TroubleKind.FAILING,
        since=NOW - timedelta(days=2),
        detail=detail,
        advice=advice,
    )


def a_quiet() -> Digest:
    """Nothing to report."""
    return a_digest(
        n=0,
        negative=NO_FIGURE,
        stars=NO_FIGURE,
        surveys=MappingProxyType({}),
        star_table=MappingProxyType({}),
        sources=(),
        topics=(),
        emotions=(),
        unhappy=(),
        kind=(),
        opened=0,
        closed=0,
        outcomes=MappingProxyType({}),
        still_open=(),
        suggestion=Suggestion(kind=SuggestionKind.NOTHING),
    )


def render(digest: Digest, contact: Contact = ANNA) -> Email:
    """The mail with the links of the samples."""
    return render_digest(
        digest,
        contact=contact,
        links={an_incident().incident_id: PAGE},
        unsubscribe_link=UNSUBSCRIBE,
        tag="linden/digest-2026-11-09.digest.0.email.Anna",
    )


def shown(email: Email) -> tuple[str, str]:
    """What is to be read in the HTML part and in the text part, with single spaces."""
    plain = " ".join(line.lstrip(">| ") for line in email.text.splitlines())
    return read_markup(email.html).text, " ".join(plain.split())


@pytest.mark.parametrize(
    "words",
    [
        "Your week, 2 Nov to 8 Nov",
        "More people are unhappy than before, and it is more than chance.",
        "about as before: 18",
        "9 of 23",
        "39 %",
        "↑ before: 1 of 18",
        "1 more could not be read",
        "3.6",
        "from 21 ratings",
        "↓ before: 4.5 from 16",
        "12 months: 4.4 from 812",
        "one or two stars: 8 of 21",
        "Would recommend (NPS)",
        "−25",
        "from 12 answers",
        "↓ before: +50 from 8",
        "from 3 answers",
        "too few to say",
        "Talk with your team about Waiting and delivery: 7 of 9",
        "7 of 9 unhappy",
        "new",
        "7 of 23",
        "2 new, 1 closed, 1 still open.",
        "How it ended with 3 customers: 2 made right, 1 lost, 0 without contact.",
        "4 of the last 6 unhappy about waiting and delivery at Main Street",
        "We waited forty minutes for two rolls and nobody said sorry.",
        "The rye bread is the best in town, thank you all.",
        "Answer on reviews.example",
        '"Before" is the week before, 26 Oct to 1 Nov.',
        "Your answers to reviews are not counted",
        "get this on Mondays from 8:00 on",
        "Stop this summary",
    ],
)
def test_both_parts_tell_every_figure_with_its_n(words: str) -> None:
    html, text = shown(render(a_digest()))

    assert words.lower() in html.lower()
    assert words.lower() in text.lower()


def test_who_was_answered_and_won_back_is_told_in_both_parts() -> None:
    answered, won_back = Part(part=8, n=24), Part(part=8, n=12, low=0.3906, high=0.8619)

    for part in shown(render(a_digest(answered=answered, won_back=won_back))):
        assert "You answered 8 of 24 voices at the sites that tell us of it." in part
        assert "Your answers to reviews are not counted" not in part
        assert "Of the last 12 cases that ended in 90 days, 8 customers were won back" in part
        assert "between 39 and 87 of 100" in part


def test_what_nobody_has_taken_on_is_marked_among_what_is_open() -> None:
    taken = an_incident(state=IncidentState.ACKNOWLEDGED, topic="price_value")
    _, text = shown(render(a_digest(still_open=(taken, an_incident()))))
    _, all_taken = shown(render(a_digest(still_open=(taken,))))

    waiting = text.split("about waiting and delivery at Main Street.")[1]
    assert text.count("Nobody has taken it on yet.") == 1
    assert "Nobody has taken it on yet." in " ".join(waiting.split())
    assert "Nobody has taken it on yet." not in all_taken


def test_the_subject_says_where_and_how_many() -> None:
    subject = render(a_digest()).subject
    one = render(a_digest(troubles=(a_failing(),))).subject

    assert subject == "Your week at Bakery Linden: 9 of 23 unhappy, 3.6 stars"
    assert one == "Your week at Bakery Linden: google needs a look, 9 of 23 unhappy, 3.6 stars"


def test_a_source_in_trouble_stands_before_every_figure() -> None:
    for part in shown(render(a_digest(troubles=(a_failing(),)))):
        told = part.lower()
        assert told.index("google cannot be read since sun 8 nov, 14:05") < told.index("voices")
        assert "403. share it again." in told


def test_a_silent_source_says_for_how_long_and_what_its_own_pace_was() -> None:
    silent = SourceTrouble(
        source="google", kind=TroubleKind.SILENT, since=NOW, days=9, expected=11.4
    )

    html, text = shown(render(a_digest(troubles=(silent,))))

    assert "google has been silent for 9 days" in html
    assert "about 11 voices would have come" in text


def test_a_figure_over_too_few_voices_is_not_named() -> None:
    few = Figure(value=1.0, n=3, value_before=5.0, n_before=20, change=Change.TOO_FEW)

    html, _ = shown(render(a_digest(stars=few)))

    assert "from 3 ratings" in html
    assert "– from 3 ratings too few to say" in " ".join(html.split())
    assert "1 stars" not in render(a_digest(stars=few)).subject


def test_only_a_change_beyond_chance_is_coloured() -> None:
    loud = render(a_digest()).html
    calm = replace(a_digest().negative, change=Change.STEADY)
    same = render(
        a_digest(
            negative=calm,
            stars=replace(a_digest().stars, change=Change.STEADY),
            surveys=MappingProxyType({}),
            topics=(),
            emotions=(),
        )
    ).html

    assert loud.count("font-weight:700;color:#a5281b") == 3
    assert "color:#a5281b" not in same


def test_nothing_to_report_is_one_sentence_and_no_figure() -> None:
    email = render(a_quiet())
    html, text = shown(email)

    assert email.subject == "Bakery Linden: nothing to report"
    assert "We say so once" in html
    assert "We say so once" in text
    assert "Voices" not in html


def test_german_readers_get_german_on_their_own_wall() -> None:
    abroad = replace(BEN, time_zone="America/New_York", digest=DigestWish.DAILY)
    day = Period(first=WEEK.last, last=WEEK.last)

    trouble = a_failing("feeds.example does not answer", "Correct the address in heedful.toml.")
    email = render(a_digest(period=day, troubles=(trouble,)), abroad)
    html, _ = shown(email)

    assert email.subject.startswith("Gestern bei Bakery Linden: google braucht einen Blick")
    assert "google ist seit So, 8. Nov., 08:05 Uhr nicht lesbar" in html
    assert "Feeds.example antwortet nicht. Berichtigen Sie die Adresse in heedful.toml." in (
        html.replace("\u200b", "")
    )
    assert "3,6" in html
    assert "Sie sind Kontakt von Bakery Linden und bekommen das täglich ab 8:00 Uhr." in html


def test_one_click_leads_to_the_page_that_ends_it() -> None:
    email = render(a_digest())

    assert email.unsubscribe_url == UNSUBSCRIBE
    assert UNSUBSCRIBE in read_markup(email.html).addresses
    assert PAGE in read_markup(email.html).addresses


@pytest.mark.parametrize("digest", [a_digest(), a_quiet(), a_digest(troubles=(a_failing(),) * 3)])
def test_every_element_is_closed_where_it_belongs(digest: Digest) -> None:
    markup = read_markup(render(digest).html)

    assert markup.faults == []
    assert markup.open_elements == []
    assert len(render(digest).html) < 60_000


@cache
def our_shape() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Which elements and attributes the template itself makes."""
    markup = read_markup(render(a_digest(troubles=(a_failing(),))).html)
    return frozenset(markup.elements), frozenset(markup.attributes)


@pytest.mark.parametrize("text", HOSTILE_TEXTS[::3], ids=range(len(HOSTILE_TEXTS[::3])))
def test_hostile_words_never_become_markup_a_link_or_a_header(text: str) -> None:
    quote = a_quote(text, author=text, url=text)
    digest = a_digest(
        business=a_business(name=text),
        unhappy=(quote,),
        kind=(quote,),
        troubles=(replace(a_failing(detail=text, advice=text), source=text),),
        sources=(Tally(name=text, n=1),),
        topics=(Tally(name=text, n=3, negative=2),),
        suggestion=Suggestion(kind=SuggestionKind.TOPIC, name=text, count=2, of=3),
    )

    email = render(digest)

    markup = read_markup(email.html)
    elements, attributes = our_shape()
    assert set(markup.elements) <= elements | {"br"}
    assert markup.attributes <= attributes
    assert all(one.startswith("https://") for one in markup.addresses)
    assert "\n" not in email.subject
    assert "\r" not in email.subject
    assert len(email.subject) <= 120


def test_a_contact_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="Cem"):
        render(a_digest(), Contact(name="Cem", phone="+4915550100009"))


def test_a_week_as_bad_as_the_last_is_no_calm_while_a_matter_is_open() -> None:
    steady = Figure(value=9 / 23, n=23, value_before=8 / 18, n_before=18, change=Change.STEADY)

    going_on = shown(render(a_digest(negative=steady)))[1]
    over = shown(render(a_digest(negative=steady, still_open=())))[1]

    assert "Unhappiness has not eased" in going_on
    assert "About as many people are unhappy as before." in over
