"""A digest in the reader's words: every figure with its n, its change only when it is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from chalicelib.domain.business import DigestWish
from chalicelib.domain.digest import (
    Change,
    Digest,
    Figure,
    SourceTrouble,
    SuggestionKind,
    Tally,
    TroubleKind,
    digest_address,
)
from chalicelib.domain.feedback import SurveyMetric
from chalicelib.domain.incident import Outcome
from chalicelib.wording.clean import one_line, without_links
from chalicelib.wording.story import NAME_LIMIT, SUBJECT_LIMIT, dead_addresses, trouble_in_words
from chalicelib.wording.words import Words

SOURCES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure in large: what it is, its value, and what puts it in its place. `is_bad` and
    `is_good` only when it changed beyond chance."""

    label: str
    value: str
    notes: tuple[str, ...]
    is_bad: bool = False
    is_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list: a name, its figure, what changed."""

    name: str
    value: str
    note: str = ""
    is_bad: bool = False
    is_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StarBar:
    """One line of the star table; `share` is its length from 0 to 1 against the longest."""

    stars: int
    n: int
    share: float


def name_of(text: str) -> str:
    """A name that somebody chose, harmless to show."""
    return without_links(one_line(text, NAME_LIMIT))


def is_daily(digest: Digest) -> bool:
    """True when it tells of one day."""
    return digest.period.days == 1


def title(digest: Digest, words: Words) -> str:
    """`Your week, 4 May to 10 May`."""
    if digest.is_quiet:
        return words.say("digest.quiet_title")
    first, last = digest.period.first, digest.period.last
    if is_daily(digest):
        return words.say("digest.title_day", day=words.day(last))
    return words.say("digest.title_week", first=words.short_day(first), last=words.short_day(last))


def subject(digest: Digest, words: Words) -> str:
    """Where, when, and the figure that matters, in one line of at most 120 characters."""
    business = one_line(digest.business.name, NAME_LIMIT)
    if digest.is_quiet:
        return one_line(words.say("digest.quiet_subject", business=business), SUBJECT_LIMIT)
    parts = []
    if digest.troubles:
        source = one_line(digest.troubles[0].source, NAME_LIMIT)
        parts.append(words.count("digest.subject_trouble", len(digest.troubles), source=source))
    parts.append(_in_short(digest, words))
    if digest.stars.is_firm and digest.stars.value is not None:
        parts.append(words.say("digest.subject_stars", stars=words.average(digest.stars.value)))
    form = "digest.subject_day" if is_daily(digest) else "digest.subject_week"
    return one_line(words.say(form, business=business, what=", ".join(parts)), SUBJECT_LIMIT)


def _in_short(digest: Digest, words: Words) -> str:
    if digest.n == 0:
        return words.say("digest.nobody")
    if digest.negative.n == 0:
        return words.count("digest.only_unread", digest.n)
    return words.say("digest.unhappy_of", negative=negatives(digest.negative), n=digest.negative.n)


def lead(digest: Digest, words: Words) -> str:
    """The sentence under the title."""
    if digest.is_quiet:
        return words.say("digest.quiet_lead")
    if digest.n == 0:
        return words.say("digest.lead_nobody")
    if digest.negative.change is Change.STEADY and digest.still_open:
        # As bad as the week before is no calm while a trouble goes on.
        return words.say("digest.lead_steady_open")
    return words.say(f"digest.lead_{digest.negative.change}")


def negatives(figure: Figure) -> int:
    """How many the share of unhappy voices stands for."""
    return round((figure.value or 0.0) * figure.n)


def troubles(digest: Digest, words: Words) -> list[tuple[str, str]]:
    """A headline and the details for each source in trouble."""
    return [_trouble(one, digest.business.time_zone, words) for one in digest.troubles]


def _trouble(trouble: SourceTrouble, time_zone: str, words: Words) -> tuple[str, str]:
    source = name_of(trouble.source)
    form = str(trouble.kind)
    if trouble.kind is TroubleKind.NOT_LOOKED_AT and trouble.since is None:
        form = "never_looked_at"
    since = words.moment(trouble.since, time_zone) if trouble.since else ""
    said = [_sentence(trouble_in_words(text, words)) for text in (trouble.detail, trouble.advice)]
    if trouble.kind is not TroubleKind.FAILING:
        said = [
            words.say(f"digest.trouble.{form}_detail", days=trouble.days, n=round(trouble.expected))
        ]
    headline = words.say(f"digest.trouble.{form}", source=source, since=since, days=trouble.days)
    return headline, " ".join(filter(None, said))


def tiles(digest: Digest, words: Words) -> list[Tile]:
    """The figures in large: voices, unhappy, stars, surveys."""
    if digest.is_quiet:
        return []
    voices = Tile(
        label=words.say("digest.voices"),
        value=str(digest.n),
        notes=(_against(digest.n_change, str(digest.n_before), words),),
    )
    found = [voices]
    if digest.negative.n:
        found.append(_unhappy_tile(digest, words))
    if digest.stars.n:
        found.append(_stars_tile(digest, words))
    return found + [_survey_tile(*pair, words) for pair in digest.surveys.items()]


def _unhappy_tile(digest: Digest, words: Words) -> Tile:
    figure = digest.negative
    before = words.say(
        "digest.of",
        count=round((figure.value_before or 0.0) * figure.n_before),
        n=figure.n_before,
    )
    notes = [_against(figure.change, before, words)]
    if figure.is_firm:
        notes.insert(0, words.say("digest.percent", percent=round((figure.value or 0) * 100)))
    if digest.unread:
        notes.append(words.count("digest.unread", digest.unread))
    return Tile(
        label=words.say("digest.unhappy"),
        value=words.say("digest.of", count=negatives(figure), n=figure.n),
        notes=tuple(notes),
        is_bad=figure.change is Change.UP,
        is_good=figure.change is Change.DOWN,
    )


def _stars_tile(digest: Digest, words: Words) -> Tile:
    figure = digest.stars
    notes = [words.count("digest.ratings", figure.n)]
    if figure.is_firm:
        notes.append(_against(figure.change, _average(figure, words), words))
    else:
        notes.append(words.say("digest.too_few"))
    if digest.stars_of_year.is_firm:
        year = digest.stars_of_year
        notes.append(words.say("digest.of_year", stars=words.average(year.value or 0.0), n=year.n))
    notes.append(words.say("digest.low_stars", count=digest.low_stars, n=figure.n))
    return Tile(
        label=words.say("digest.stars"),
        value=words.average(figure.value or 0.0) if figure.is_firm else "–",
        notes=tuple(notes),
        is_bad=figure.change is Change.DOWN,
        is_good=figure.change is Change.UP,
    )


def _average(figure: Figure, words: Words) -> str:
    if figure.value_before is None:
        return words.say("digest.none")
    return words.say("digest.average", value=words.average(figure.value_before), n=figure.n_before)


def _survey_tile(metric: SurveyMetric, figure: Figure, words: Words) -> Tile:
    notes = [words.count("digest.answers", figure.n)]
    if figure.is_firm:
        before = words.say("digest.none")
        if figure.value_before is not None:
            value = _survey_value(metric, figure.value_before, words)
            before = words.say("digest.average", value=value, n=figure.n_before)
        notes.append(_against(figure.change, before, words))
    else:
        notes.append(words.say("digest.too_few"))
    return Tile(
        label=words.say(f"digest.metric.{metric}"),
        value=_survey_value(metric, figure.value or 0.0, words) if figure.is_firm else "–",
        notes=tuple(notes),
        is_bad=figure.change is Change.DOWN,
        is_good=figure.change is Change.UP,
    )


def _survey_value(metric: SurveyMetric, value: float, words: Words) -> str:
    if metric is SurveyMetric.NPS:
        return f"{round(value * 100):+d}".replace("-", "−").replace("+0", "0")
    if metric is SurveyMetric.CSAT:
        return words.say("digest.percent", percent=round(value * 100))
    return words.say("digest.of_seven", value=words.number(value))


def star_bars(digest: Digest) -> list[StarBar]:
    """The star table, five first; none without a rating."""
    longest = max(digest.star_table.values(), default=0)
    if longest == 0:
        return []
    return [StarBar(stars=stars, n=n, share=n / longest) for stars, n in digest.star_table.items()]


def topics(digest: Digest, words: Words) -> list[Line]:
    """What people spoke of, the worst first."""
    return [
        Line(
            name=_capital(name_of(words.label("topic", one.name))),
            value=words.say("digest.unhappy_of", negative=one.negative, n=one.n),
            note=_topic_note(one, words),
            is_bad=one.change is Change.UP,
            is_good=one.change is Change.DOWN,
        )
        for one in digest.topics
    ]


def _topic_note(topic: Tally, words: Words) -> str:
    if topic.is_new:
        return words.say("digest.new")
    before = words.say("digest.of", count=topic.negative_before, n=topic.n_before)
    return _against(topic.change, before, words)


def emotions(digest: Digest, words: Words) -> list[Line]:
    """What was felt, and by how many."""
    return [
        Line(
            name=_capital(words.label("emotion", one.name)),
            value=words.say("digest.of", count=one.n, n=digest.negative.n),
            note=_against(
                one.change,
                words.say("digest.of", count=one.n_before, n=digest.negative.n_before),
                words,
            ),
        )
        for one in digest.emotions
    ]


def sources(digest: Digest, words: Words) -> list[Line]:
    """Where people spoke."""
    return [
        Line(
            name=name_of(one.name),
            value=str(one.n),
            note=_against(one.change, str(one.n_before), words),
        )
        for one in digest.sources[:SOURCES_SHOWN]
    ]


def lives(digest: Digest, words: Words) -> list[str]:
    """What became of the matters that were told as alerts."""
    lines = []
    if digest.opened or digest.closed or digest.still_open:
        lines.append(
            words.say(
                "digest.lives",
                opened=digest.opened,
                closed=digest.closed,
                open=len(digest.still_open),
            )
        )
    noted = sum(digest.outcomes.values())
    if noted:
        counts = {str(outcome): digest.outcomes.get(outcome, 0) for outcome in Outcome}
        lines.append(words.count("digest.outcomes", noted, **counts))
    if digest.won_back:
        won = digest.won_back
        low, high = floor(100 * won.low), ceil(100 * won.high)
        lines.append(words.say("digest.won_back", part=won.part, n=won.n, low=low, high=high))
    return lines


def suggestion(digest: Digest, words: Words) -> str:
    """The one thing to do."""
    chosen = digest.suggestion
    if digest.is_quiet or chosen.kind is SuggestionKind.NOTHING:
        return ""
    name = name_of(chosen.name)
    if chosen.kind is SuggestionKind.TOPIC:
        name = name_of(words.label("topic", chosen.name))
        return words.say("digest.do.topic", topic=name, count=chosen.count, of=chosen.of)
    return words.count(f"digest.do.{chosen.kind}", chosen.count, source=name)


def reached(digest: Digest, words: Words) -> list[str]:
    """One line for each address that is used no more, or that another one takes the place of."""
    lines = dead_addresses(digest.business, digest.dead_addresses, words)
    for contact in digest.business.contacts:
        if contact.email and digest_address(contact) in digest.dead_addresses:
            lines.append(words.say("told.no_digest", address=one_line(contact.email, NAME_LIMIT)))
    for standin in digest.standins:
        name, old = one_line(standin.contact, NAME_LIMIT), one_line(standin.instead_of, NAME_LIMIT)
        if standin.address:
            address = one_line(standin.address, NAME_LIMIT)
            lines.append(words.say("told.moved", contact=name, address=address, old=old))
        if standin.asked:
            address = one_line(standin.asked, NAME_LIMIT)
            lines.append(words.say("told.waits", contact=name, address=address))
    return lines


def foot(digest: Digest, wish: DigestWish, hour: int, words: Words) -> list[str]:
    """Why it came, what it compares with, and what it cannot know."""
    business = one_line(digest.business.name, NAME_LIMIT)
    lines = [words.say(f"digest.why_{wish}", business=business, hour=f"{hour}:00")]
    if not digest.is_quiet:
        before = digest.period.before
        form = "digest.before_day" if is_daily(digest) else "digest.before_week"
        lines.append(
            words.say(form, first=words.short_day(before.first), last=words.short_day(before.last))
        )
        answered = digest.answered
        lines.append(
            words.say("digest.answered", part=answered.part, n=answered.n)
            if answered
            else words.say("digest.no_answers")
        )
    return lines


def _against(change: Change, before: str, words: Words) -> str:
    return words.say(f"digest.change.{change}", before=before)


def _sentence(text: str) -> str:
    """With a capital and an end, whatever the source's own words begin and end with."""
    return _capital(text) if not text or text[-1] in ".!?…" else f"{_capital(text)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def numbered(lines: Sequence[Line]) -> list[str]:
    """The lines of a list as plain text."""
    return [f"- {one.name}: {one.value}" + (f" ({one.note})" if one.note else "") for one in lines]
