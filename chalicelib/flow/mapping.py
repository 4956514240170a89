"""The maps: the journey, the empathy map, the blueprint, and the words behind their figures.

Everything is drawn from count rows and a few dozen of the newest voices; nothing reads all
feedback, and nothing is kept but what a person decided.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business
from chalicelib.domain.clock import local_date
from chalicelib.domain.digest import Period
from chalicelib.domain.empathy import QuoteMark
from chalicelib.domain.feedback import ScoredFeedback, SurveyMetric
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.journey import Glimpse, Journey
from chalicelib.domain.sentiment import JourneyStage, Polarity
from chalicelib.domain.session import Visitor
from chalicelib.flow.links import GoTo
from chalicelib.ports import Services

if TYPE_CHECKING:
    from chalicelib.pages.map_words import Chosen
    from chalicelib.pages.voices import Wanted

# What a page may cost: an entry of the list is a third of a kilobyte, a voice half a read unit.
GLIMPSES_OF_MAP, GLIMPSES_OF_VOICES = 80, 200
# Nothing older is asked for; long before the calendar ends.
REACH = timedelta(days=3_650)
QUOTED, VOICES_OF_EMPATHY, VOICES_SHOWN = 8, 18, 12


def journey_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """GET /o/journey."""
    from chalicelib.pages.journey import render_journey

    chosen = _chosen(business, query, now)
    journey = journey_for(services, business, chosen)
    quotes = _quotes(services, business, journey, chosen, now)
    return render_journey(journey, quotes, chosen=chosen, visitor=visitor, business=business)


def journey_for(services: Services, business: Business, chosen: "Chosen") -> Journey:
    """The journey of a period, from the count rows of it and of the one before."""
    from chalicelib.learn.journey import journey_of

    counts = _counts(services, business, chosen)
    return journey_of(counts, chosen.period, chosen.location)


def _counts(
    services: Services, business: Business, chosen: "Chosen"
) -> dict[tuple[str, str], dict[str, int]]:
    """Of the period and of the one before."""
    first, last = chosen.period.before.first.isoformat(), chosen.period.last.isoformat()
    return services.store.counts_at_a_glance(business.business_id, first, last)


def empathy_map_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """GET /o/empathy-map."""
    from chalicelib.learn.sayings import empathy_map_of
    from chalicelib.pages.empathy_map import render_empathy_map

    # Of one length: words are dearer to read than counts.
    chosen = _chosen(business, {**query, "days": ""}, now)
    journey = journey_for(services, business, chosen)
    found = _found(services, business, chosen, journey)
    ids = [one.feedback_id for one in mixed(found, VOICES_OF_EMPATHY)]
    voices = _voices(services, business, ids, now)
    marks = services.store.quote_marks(business.business_id)
    return render_empathy_map(
        empathy_map_of(voices, marks),
        journey=journey,
        chosen=chosen,
        query=query,
        visitor=visitor,
        business=business,
    )


def mark_quote(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    form: Mapping[str, str],
    now: datetime,
) -> GoTo | None:
    """POST /o/empathy-map/{sentence}: move it to another field, or hide it."""
    from chalicelib.pages.empathy_map import read_wish

    wish = read_wish(name, form)
    if wish is None:
        return None
    # A name that nobody's sentence has would be kept for ever and mean nothing.
    if not services.store.voices(business.business_id, [wish.feedback_id]):
        return GoTo(path="empathy-map", notice="quote_unknown")
    mark = QuoteMark(
        business_id=business.business_id,
        feedback_id=wish.feedback_id,
        sentence=wish.sentence,
        place=wish.place,
        by=visitor.contact,
        at=now,
    )
    act = Act(
        business_id=business.business_id,
        at=now,
        who=visitor.contact,
        what=ActKind.HIDE_QUOTE if wish.place is None else ActKind.MOVE_QUOTE,
        about=f"quote:{mark.quote_id}",
        detail=str(wish.place or ""),
    )
    services.store.save_quote_mark(mark, act)
    notice = "quote_hidden" if wish.place is None else "quote_moved"
    return GoTo(path="empathy-map", notice=notice)


def blueprint_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """GET /o/blueprint."""
    from chalicelib.learn.blueprint import blueprint_of
    from chalicelib.learn.journey import journey_of
    from chalicelib.pages.blueprint import render_blueprint

    chosen = _chosen(business, query, now)
    counts = _counts(services, business, chosen)
    journey = journey_of(counts, chosen.period, chosen.location)
    drawn = blueprint_of(business, counts, journey, chosen.location, visitor.language)
    return render_blueprint(drawn, journey, chosen=chosen, visitor=visitor, business=business)


def voices_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """GET /o/voices: what a figure was counted from, in the customers' words."""
    from chalicelib.pages.voices import render_voices

    chosen, wanted = _chosen(business, query, now), _wanted(query)
    found = _glimpses(services, business, chosen, GLIMPSES_OF_VOICES)
    fitting = [one for one in found if _fits(one, wanted)]
    ids = [one.feedback_id for one in fitting[:VOICES_SHOWN]]
    return render_voices(
        _voices(services, business, ids, now),
        wanted,
        of=len(fitting),
        looked_through=len(found),
        chosen=chosen,
        visitor=visitor,
        business=business,
    )


# --- what was asked for ---------------------------------------------------------------------------


def _chosen(business: Business, query: Mapping[str, str], now: datetime) -> "Chosen":
    from chalicelib.pages.map_words import Chosen, read_period_query

    days, until = read_period_query(query)
    last = today = date.fromisoformat(local_date(now, business.time_zone))
    try:
        last = min(today, max(date.fromisoformat(until), today - REACH)) if until else today
    except ValueError:
        last = today
    places = {one.location_id for one in business.locations}
    place = query.get("place", "")
    return Chosen(
        period=Period(first=last - timedelta(days=days - 1), last=last),
        location=place if place in places else None,
    )


def _wanted(query: Mapping[str, str]) -> "Wanted":
    from chalicelib.domain.sentiment import Emotion
    from chalicelib.pages.voices import Wanted

    def known(name: str, names: Iterable[str]) -> str | None:
        return query[name] if query.get(name) in set(names) else None

    return Wanted(
        stage=known("stage", map(str, JourneyStage)),
        topic=query.get("topic") or None,
        emotion=known("emotion", map(str, Emotion)),
        polarity=known("polarity", map(str, Polarity)),
        survey=known("survey", map(str, SurveyMetric)),
        sources=frozenset(filter(None, query.get("sources", "").split(","))),
    )


def _fits(glimpse: Glimpse, wanted: "Wanted") -> bool:
    """Counted where the figure was: a stage or topic is unhappy or happy by itself."""
    from chalicelib.domain.counts import EMOTION_PRESENT

    if wanted.emotion and not any(
        emotion == wanted.emotion and strength >= EMOTION_PRESENT
        for emotion, strength in glimpse.emotions.items()
    ):
        return False
    if wanted.survey and wanted.survey not in glimpse.survey_scores:
        return False
    if wanted.sources and glimpse.source not in wanted.sources:
        return False
    named = [
        (aspects, name)
        for aspects, name in ((glimpse.stages, wanted.stage), (glimpse.topics, wanted.topic))
        if name
    ]
    if not named:
        return wanted.polarity is None or glimpse.polarity == wanted.polarity
    return all(
        any(
            one.name == name and (wanted.polarity is None or one.polarity == wanted.polarity)
            for one in aspects
        )
        for aspects, name in named
    )


# --- voices ---------------------------------------------------------------------------------------


def _glimpses(
    services: Services, business: Business, chosen: "Chosen", limit: int
) -> list[Glimpse]:
    period = chosen.period
    found = services.store.newest_between(
        business.business_id, period.first.isoformat(), period.last.isoformat(), limit
    )
    return [one for one in found if chosen.location in (None, one.location)]


def _voices(
    services: Services, business: Business, ids: Sequence[str], now: datetime
) -> list[ScoredFeedback]:
    """With their words, as far as those may still be read."""
    if not ids:
        return []
    found = services.store.voices(business.business_id, ids)
    kept = [as_kept(one, now) for one in found]
    return [one for one in kept if has_person(one) and one.feedback.text.strip()]


def mixed(found: Sequence[Glimpse], most: int) -> list[Glimpse]:
    """Unhappy, happy and other voices in turn, each the newest first, so that no mood drowns
    another."""
    heaps = [
        [one for one in found if one.polarity is polarity]
        for polarity in (Polarity.NEGATIVE, Polarity.POSITIVE, Polarity.NEUTRAL)
    ]
    chosen: list[Glimpse] = []
    while len(chosen) < most and any(heaps):
        for heap in heaps:
            if heap and len(chosen) < most:
                chosen.append(heap.pop(0))
    return chosen


def _found(
    services: Services, business: Business, chosen: "Chosen", journey: Journey
) -> list[Glimpse]:
    """The newest of the bad days first, when there are any: they are what one wants to read."""
    if journey.stretch is None:
        return _glimpses(services, business, chosen, GLIMPSES_OF_MAP)
    bad_days = replace(chosen, period=journey.stretch.period)
    then = _glimpses(services, business, bad_days, GLIMPSES_OF_MAP // 2)
    newest = _glimpses(services, business, chosen, GLIMPSES_OF_MAP // 2)
    return list({one.feedback_id: one for one in (*then, *newest)}.values())


def _quotes(
    services: Services, business: Business, journey: Journey, chosen: "Chosen", now: datetime
) -> dict[tuple[JourneyStage, Polarity], tuple[ScoredFeedback, str]]:
    """A voice and its most telling sentence by stage and mood: the unhappy of each stage first,
    those of the bad days before others."""
    from chalicelib.learn.sayings import sentence_to_show

    found = _found(services, business, chosen, journey)
    picked: dict[tuple[JourneyStage, Polarity], str] = {}
    stages = sorted(journey.stages, key=lambda one: -one.negative.part)
    for polarity in (Polarity.NEGATIVE, Polarity.POSITIVE):
        for view in stages:
            one = _first(found, _speaks_of(view.stage, polarity), set(picked.values()))
            if one is not None and len(picked) < QUOTED:
                picked[view.stage, polarity] = one.feedback_id
    voices = {
        one.feedback.feedback_id: one
        for one in _voices(services, business, list(picked.values()), now)
    }
    return {
        place: (voices[feedback_id], sentence_to_show(voices[feedback_id], place[1]))
        for place, feedback_id in picked.items()
        if feedback_id in voices
    }


def _speaks_of(stage: JourneyStage, polarity: Polarity) -> Callable[[Glimpse], bool]:
    return lambda one: any(
        aspect.name == stage and aspect.polarity is polarity for aspect in one.stages
    )


def _first(
    found: Iterable[Glimpse], fits: Callable[[Glimpse], bool], taken: set[str]
) -> Glimpse | None:
    return next(
        (
            one
            for one in found
            if fits(one) and one.feedback_id not in taken and not one.is_not_negative
        ),
        None,
    )
