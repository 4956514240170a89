"""Customers over time: who was heard last, and all that one of them said.

Only where the owner switched profiles on; every figure says how many voices it is made of.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.business import Business, Purpose
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.profile import Known, ProfileFigures
from chalicelib.domain.session import Visitor
from chalicelib.pages.cases import title_of
from chalicelib.pages.lines import Line
from chalicelib.pages.owner_frame import notice_of, render_owner
from chalicelib.pages.spreadsheet import spreadsheet_of
from chalicelib.wording.clean import one_line
from chalicelib.wording.quote import quote_of
from chalicelib.wording.words import Words, words_in

NAME_LIMIT = 60
TEXT_LIMIT = 400
PICK = "pick."
JOIN = "join"
_TRACE = re.compile(r"[A-Za-z0-9_-]{12}")
# What common CRMs call these columns when they read or write contacts.
COLUMNS = (
    "Record ID",
    "Full Name",
    "Original Source",
    "Last Activity Date",
    "Number of Known Identifiers",
    "Last Sentiment",
    "Consent",
)
People = Sequence[tuple[Known, ...]]
Voices = Mapping[str, ScoredFeedback]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Two traces that somebody joins or parts."""

    one: str
    other: str
    is_joined: bool


def read_wish(name: str, form: Mapping[str, str]) -> Wish | None:
    """What a form asks for: two that were ticked on the list, or a tie on a customer's page."""
    if name == JOIN:
        picked = sorted(one.removeprefix(PICK) for one in form if one.startswith(PICK))
        pair = (picked[0], picked[1]) if len(picked) == 2 else ("", "")
    else:
        pair = (form.get("one", ""), form.get("other", ""))
    if not all(_TRACE.fullmatch(one) for one in pair) or pair[0] == pair[1]:
        return None
    return Wish(one=pair[0], other=pair[1], is_joined=name == JOIN or form.get("act") == "join")


def render_customers(
    visitor: Visitor,
    business: Business,
    people: People,
    newest: Voices,
    *,
    is_on: bool,
    query: Mapping[str, str],
) -> str:
    """The list, each customer once; `newest` are their last voices by feedback id."""
    words = words_in(visitor.language)
    shown = [(who, voices) for who in people if (voices := _last(who, newest))]
    return render_owner(
        "customers.html",
        words,
        visitor,
        business,
        here="customers",
        title=words.say("customers.title"),
        notice=notice_of(query, words),
        is_on=is_on,
        ground=words.say(f"privacy.ground.{business.privacy.basis_of(Purpose.PROFILES)}"),
        people=[(who[0].trace, _line(who, voices, business, words)) for who, voices in shown],
        pick=PICK,
        join=f"customers/{JOIN}",
    )


def customers_table(people: People, newest: Voices, language: str) -> str:
    """The list as CSV in the columns of common CRMs, without anybody's words."""
    words = words_in(language)
    rows: list[Sequence[str | int]] = [COLUMNS]
    for who in people:
        voices = _last(who, newest)
        if not voices:
            continue
        voice = _newest(voices)
        feedback = voice.feedback
        rows.append(
            (
                who[0].trace,
                next((one.feedback.author for one in voices if one.feedback.author), ""),
                feedback.source,
                voice.day,
                len(who),
                _polarity(voice, words),
                words.say("customers.yes" if feedback.has_consent else "customers.no"),
            )
        )
    return spreadsheet_of(rows)


def render_customer(
    visitor: Visitor,
    business: Business,
    *,
    name: str,
    known: Sequence[Known],
    voices: Sequence[ScoredFeedback],
    figures: ProfileFigures,
    cases: Sequence[RecoveryCase],
    query: Mapping[str, str],
) -> str:
    """One customer: what the voices add up to, each of them, their cases, and what ties what they
    are known by together. `voices` are the newest first."""
    words = words_in(visitor.language)
    return render_owner(
        "customer.html",
        words,
        visitor,
        business,
        here=f"customers/{name}",
        title=_name(voices, words) if voices else words.say("customers.nobody"),
        notice=notice_of(query, words),
        facts=_facts(business, known, figures, words),
        points=_points(voices, words),
        quotes=[
            (quote_of(one, None, business, words, text_limit=TEXT_LIMIT), _polarity(one, words))
            for one in voices
        ],
        cases=[
            Line(
                path=f"cases/{one.case_id}",
                what=title_of(one, business, words),
                sub=words.moment(one.opened_at, business.time_zone),
                pill=words.say(f"customers.case_{one.state}"),
            )
            for one in cases
        ],
        ties=_ties(known, words, business),
        action=name,
    )


def _line(
    who: Sequence[Known], voices: Sequence[ScoredFeedback], business: Business, words: Words
) -> Line:
    voice = _newest(voices)
    at = words.moment(voice.feedback.written_at, business.time_zone)
    sub = words.say(
        "customers.heard", moment=at, source=one_line(voice.feedback.source, NAME_LIMIT)
    )
    name, pill = _name(voices, words), _polarity(voice, words)
    return Line(path=f"customers/{who[0].trace}", what=name, sub=sub, pill=pill)


def _facts(
    business: Business, known: Sequence[Known], figures: ProfileFigures, words: Words
) -> list[tuple[str, str]]:
    share = words.say("customers.too_few", n=figures.read)
    if figures.negative is not None:
        share = words.say(
            "customers.share",
            unhappy=figures.unhappy,
            n=figures.read,
            low=round(100 * figures.negative.low),
            high=round(100 * figures.negative.high),
        )
    named = [words.label("emotion", one) for one, _ in figures.emotions]
    topics = [words.label("topic", one) for one, _ in figures.topics]
    ground = words.say(f"privacy.ground.{business.privacy.basis_of(Purpose.PROFILES)}")
    consent = words.say("customers.consent", part=figures.consented, n=figures.n, ground=ground)
    told = {
        "voices": words.count("customers.n", figures.n),
        "unhappy": share,
        "feelings": words.joined(named),
        "topics": words.joined(topics),
        "places": words.joined([one for one, _ in figures.sources]),
        "known": words.count("customers.known_by", len(known)),
        "allowed": consent,
    }
    return [(words.say(f"customers.{name}"), said) for name, said in told.items() if said]


def _points(voices: Sequence[ScoredFeedback], words: Words) -> list[dict[str, object]]:
    """One dot a voice, the oldest left, the happy above: places in a picture of 320 by 90."""
    read = [one for one in reversed(voices) if one.reading.sentiment is not None]
    step = 300 / max(len(read) - 1, 1)
    return [
        {
            "x": round(10 + step * place, 1),
            "y": round(45 - 35 * one.reading.sentiment.score, 1) if one.reading.sentiment else 45,
            "said": f"{one.day}: {_polarity(one, words)}",
        }
        for place, one in enumerate(read)
    ]


def _ties(known: Sequence[Known], words: Words, business: Business) -> list[dict[str, str]]:
    told = []
    for one in known:
        for tie in one.ties:
            if not tie.holds or tie.other < one.trace:
                continue
            day = words.moment(tie.since, business.time_zone)
            why = (
                words.say("customers.tied_by_hand", who=one_line(tie.by, NAME_LIMIT), day=day)
                if tie.by
                else words.say("customers.tied_by_voice", day=day)
            )
            told.append({"one": one.trace, "other": tie.other, "why": why})
    return told


def _last(who: Sequence[Known], newest: Voices) -> list[ScoredFeedback]:
    """The last voice of each mark that may still be read."""
    return [newest[one.feedback_id] for one in who if one.feedback_id in newest]


def _newest(voices: Sequence[ScoredFeedback]) -> ScoredFeedback:
    return max(voices, key=lambda one: one.feedback.written_at)


def _name(voices: Sequence[ScoredFeedback], words: Words) -> str:
    """The newest name that one of these voices bears."""
    newest = sorted(voices, key=lambda one: one.feedback.written_at, reverse=True)
    author = next((one.feedback.author for one in newest if one.feedback.author), None)
    return one_line(author, NAME_LIMIT) if author else words.say("quote.anonymous")


def _polarity(voice: ScoredFeedback, words: Words) -> str:
    sentiment = voice.reading.sentiment
    return words.say(f"customers.{sentiment.polarity if sentiment else 'unread'}")
