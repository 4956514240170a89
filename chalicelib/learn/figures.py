"""The figures of a digest, from the count rows of a year and the voices of two periods."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chalicelib.domain.business import Business
from chalicelib.domain.digest import (
    Digest,
    Figure,
    Part,
    Period,
    SourceTrouble,
    Suggestion,
    SuggestionKind,
    Tally,
)
from chalicelib.domain.feedback import ScoredFeedback, SurveyMetric
from chalicelib.domain.incident import Incident, IncidentKind, IncidentState
from chalicelib.domain.sentiment import Emotion, Polarity
from chalicelib.domain.source import SourceState
from chalicelib.learn.answers import response_rate, telling_sources
from chalicelib.learn.change import change_of_counts, change_of_shares, figure_of
from chalicelib.learn.silence import Counts, source_troubles

YEAR = timedelta(days=365)
QUOTES = 3
TOPICS, EMOTIONS = 5, 4
# A thank-you is worth writing to somebody who took a minute, not to "great!!!".
THOUGHTFUL_LENGTH = 40
# A topic is new when eight weeks did not name it and at least two voices do now.
NEW_AFTER = timedelta(days=56)
NEW_VOICES = 2
NEGATIVES_TO_SUGGEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a digest is made from. `counts` reach back a year from the period's last date;
    `said` and `said_before` are the voices of the period and of the one before."""

    counts: Counts
    said: Sequence[ScoredFeedback] = ()
    said_before: Sequence[ScoredFeedback] = ()
    incidents: Sequence[Incident] = ()
    sources: Mapping[str, SourceState] = field(default_factory=lambda: MappingProxyType({}))
    dead_addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def digest_of(business: Business, period: Period, known: Known, now: datetime) -> Digest:
    """All that the digest of the period tells."""
    ours, before = _sum(known.counts, period), _sum(known.counts, period.before)
    year = _sum(known.counts, Period(first=period.last - YEAR, last=period.last))
    unhappy, kind = _unhappy(known.said), _kind(known.said)
    open_now = _still_open(known.incidents)
    topics = _topics(known.counts, ours, before, period)
    troubles = source_troubles(business, known.sources, known.counts, period.last, now)
    closed = [one for one in _about_customers(known.incidents) if _ended_in(one, period, business)]
    return Digest(
        business=business,
        period=period,
        n=ours["n"],
        n_before=before["n"],
        n_change=change_of_counts(ours["n"], before["n"]),
        unread=ours["unscored"],
        negative=figure_of(_negatives(ours), _negatives(before)),
        stars=figure_of(_stars(ours), _stars(before)),
        stars_of_year=figure_of(_stars(year), ()),
        star_table=MappingProxyType({stars: ours[f"stars.{stars}"] for stars in range(5, 0, -1)}),
        low_stars=ours["stars.1"] + ours["stars.2"],
        surveys=_surveys(known.said, known.said_before),
        sources=_tallies("source", ours, before),
        topics=topics[:TOPICS],
        emotions=_emotions(ours, before),
        unhappy=tuple(unhappy[:QUOTES]),
        kind=tuple(kind[:QUOTES]),
        opened=sum(
            period.holds(_day(one.opened_at, business)) for one in _about_customers(known.incidents)
        ),
        closed=len(closed),
        outcomes=MappingProxyType(
            Counter(outcome for one in closed for outcome in one.outcomes.values())
        ),
        still_open=open_now,
        troubles=troubles,
        suggestion=_suggestion(troubles, open_now, topics, kind),
        answered=_answered(business, ours),
        last_heard=_last_heard(known.counts, period.last),
        dead_addresses=known.dead_addresses,
    )


def _suggestion(
    troubles: Sequence[SourceTrouble],
    still_open: Sequence[Incident],
    topics: Sequence[Tally],
    kind: Sequence[ScoredFeedback],
) -> Suggestion:
    """The first that applies: hear again, act on what is open, mend the worst, thank."""
    if troubles:
        return Suggestion(kind=SuggestionKind.SOURCE, name=troubles[0].source, count=len(troubles))
    waiting = [one for one in still_open if one.state is IncidentState.OPEN]
    if waiting:
        return Suggestion(kind=SuggestionKind.OPEN, count=len(waiting))
    worst = max(topics, key=lambda one: one.negative, default=None)
    if worst and worst.negative >= NEGATIVES_TO_SUGGEST:
        return Suggestion(
            kind=SuggestionKind.TOPIC, name=worst.name, count=worst.negative, of=worst.n
        )
    if kind:
        return Suggestion(kind=SuggestionKind.THANK, count=len(kind))
    return Suggestion(kind=SuggestionKind.NOTHING)


# --- from count rows ------------------------------------------------------------------------------


def _sum(counts: Counts, period: Period) -> Counter[str]:
    total: Counter[str] = Counter()
    first, last = period.first.isoformat(), period.last.isoformat()
    for (day, _), row in counts.items():
        if first <= day <= last:
            total.update(row)
    return total


def _last_heard(counts: Counts, until: date) -> date | None:
    days = [day for (day, _), row in counts.items() if row.get("n") and day <= until.isoformat()]
    return date.fromisoformat(max(days)) if days else None


def _negatives(total: Mapping[str, int]) -> list[float]:
    """One for each unhappy voice that was read, zero for each other."""
    read = total["n"] - total["unscored"]
    negative = total[Polarity.NEGATIVE]
    return [1.0] * negative + [0.0] * (read - negative)


def _stars(total: Mapping[str, int]) -> list[float]:
    return [float(stars) for stars in range(1, 6) for _ in range(total[f"stars.{stars}"])]


def _tallies(kind: str, ours: Mapping[str, int], before: Mapping[str, int]) -> tuple[Tally, ...]:
    tallies = [
        Tally(
            name=name,
            n=ours[f"{kind}.{name}"],
            n_before=before[f"{kind}.{name}"],
            change=change_of_counts(ours[f"{kind}.{name}"], before[f"{kind}.{name}"]),
        )
        for name in _names(kind, ours)
    ]
    return tuple(sorted(tallies, key=lambda one: (-one.n, one.name)))


def _emotions(ours: Mapping[str, int], before: Mapping[str, int]) -> tuple[Tally, ...]:
    """Shares of the voices that were read; several emotions may be in one."""
    read, read_before = (total["n"] - total["unscored"] for total in (ours, before))
    felt = [one for one in _tallies("emotion", ours, before) if one.name != Emotion.NEUTRAL]
    return tuple(
        replace(one, change=change_of_shares(one.n, read, one.n_before, read_before))
        for one in felt[:EMOTIONS]
    )


def _topics(
    counts: Counts, ours: Mapping[str, int], before: Mapping[str, int], period: Period
) -> tuple[Tally, ...]:
    earlier = _sum(
        counts, Period(first=period.first - NEW_AFTER, last=period.first - timedelta(days=1))
    )
    tallies = []
    for name in _names("topic", ours):
        key, bad = f"topic.{name}", f"topic.{name}.negative"
        is_new = bool(earlier["n"]) and not earlier[key] and ours[key] >= NEW_VOICES
        tallies.append(
            Tally(
                name=name,
                n=ours[key],
                n_before=before[key],
                negative=ours[bad],
                negative_before=before[bad],
                change=change_of_shares(ours[bad], ours[key], before[bad], before[key]),
                is_new=is_new,
            )
        )
    return tuple(sorted(tallies, key=lambda one: (-one.negative, -one.n, one.name)))


def _answered(business: Business, total: Mapping[str, int]) -> Part | None:
    found = response_rate(total, telling_sources(business.sources), minimum=1)
    if found.part is None or found.low is None or found.high is None:
        return None
    return Part(part=found.part, n=found.n, low=found.low, high=found.high)


def _names(kind: str, total: Mapping[str, int]) -> list[str]:
    found = (
        key.removeprefix(f"{kind}.")
        for key, n in total.items()
        if n > 0 and key.startswith(f"{kind}.")
    )
    return sorted(name for name in found if not name.endswith((".negative", ".positive")))


def has_surveys(counts: Counts, period: Period) -> bool:
    """True when somebody answered a survey in the period."""
    total = _sum(counts, period)
    return any(total[f"{metric}.n"] for metric in SurveyMetric)


# --- from voices ----------------------------------------------------------------------------------


def _surveys(
    said: Iterable[ScoredFeedback], said_before: Iterable[ScoredFeedback]
) -> Mapping[SurveyMetric, Figure]:
    now, before = list(said), list(said_before)
    figures = {
        metric: figure_of(_answers(now, metric), _answers(before, metric))
        for metric in SurveyMetric
    }
    return MappingProxyType({metric: one for metric, one in figures.items() if one.n})


def _answers(said: Iterable[ScoredFeedback], metric: SurveyMetric) -> list[float]:
    """What each answer counts (contracts B8): NPS 1 for 9 and 10, -1 up to 6; CSAT 1 for 4 and 5;
    CES as it is."""
    scores = [
        one.feedback.survey_scores[metric] for one in said if metric in one.feedback.survey_scores
    ]
    if metric is SurveyMetric.NPS:
        return [1.0 if score >= 9 else -1.0 if score <= 6 else 0.0 for score in scores]
    if metric is SurveyMetric.CSAT:
        return [float(score >= 4) for score in scores]
    return scores


def _unhappy(said: Iterable[ScoredFeedback]) -> list[ScoredFeedback]:
    """Unhappy voices with words, the clearest first."""
    found = [
        one
        for one in said
        if _is(one, Polarity.NEGATIVE) and not one.is_not_negative and one.feedback.text.strip()
    ]
    return _each_once(sorted(found, key=lambda one: (-(one.reading.evidence or 0.0), _order(one))))


def _kind(said: Iterable[ScoredFeedback]) -> list[ScoredFeedback]:
    """Happy voices who took their time: worth a thank-you. The longest first."""
    found = [
        one
        for one in said
        if _is(one, Polarity.POSITIVE)
        and (one.feedback.stars is None or one.feedback.stars >= 4)
        and len(one.feedback.text.strip()) >= THOUGHTFUL_LENGTH
        and not one.reading.critical
    ]
    return _each_once(sorted(found, key=lambda one: (-len(one.feedback.text.strip()), _order(one))))


def _each_once(said: Iterable[ScoredFeedback]) -> list[ScoredFeedback]:
    """Without what was said before in the same words: many people post one text on many sites."""
    seen: dict[str, ScoredFeedback] = {}
    for one in said:
        seen.setdefault(one.feedback.text.strip().lower(), one)
    return list(seen.values())


def _is(scored: ScoredFeedback, polarity: Polarity) -> bool:
    return scored.reading.sentiment is not None and scored.reading.sentiment.polarity is polarity


def _order(scored: ScoredFeedback) -> tuple[datetime, str]:
    return scored.feedback.written_at, scored.feedback.feedback_id


# --- from incidents -------------------------------------------------------------------------------


def _about_customers(incidents: Iterable[Incident]) -> list[Incident]:
    """Broken sources stand at the top by themselves."""
    return [one for one in incidents if one.kind is not IncidentKind.SOURCE]


def _still_open(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """The oldest first."""
    found = [one for one in _about_customers(incidents) if one.is_open]
    return tuple(sorted(found, key=lambda one: (one.opened_at, one.incident_id)))


def _ended_in(incident: Incident, period: Period, business: Business) -> bool:
    return incident.resolved_at is not None and period.holds(_day(incident.resolved_at, business))


def _day(moment: datetime, business: Business) -> date:
    return moment.astimezone(ZoneInfo(business.time_zone)).date()
