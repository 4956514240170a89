"""What the three maps say alike: periods, shares with their intervals, and what stands out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from chalicelib.domain.business import Business
from chalicelib.domain.digest import FEWEST, Period
from chalicelib.domain.journey import Journey, Share, Stretch
from chalicelib.wording.clean import one_line, without_links
from chalicelib.wording.story import usual_words
from chalicelib.wording.words import Words

# Twice the longer one, with the dates before, is what a page may read of a busy shop.
DAYS_TO_CHOOSE = (28, 60)
NAME_LIMIT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One link of a row of which one is taken."""

    label: str
    query: str
    is_taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the owner asked to see: so many days up to a date, at one location or at all."""

    period: Period
    location: str | None = None

    def query(self, **more: object) -> str:
        """The end of an address that asks for the same, and for more."""
        asked: dict[str, object] = {"days": self.period.days, "to": self.period.last.isoformat()}
        if self.location is not None:
            asked["place"] = self.location
        return "?" + urlencode(asked | {name: value for name, value in more.items() if value})


def choices(
    chosen: Chosen, business: Business, words: Words, *, is_only_place: bool = False
) -> list[list[Choice]]:
    """The rows of links: for how long, and where when there are several places."""
    rows = [] if is_only_place else [_days(chosen, words)]
    if len(business.locations) > 1:
        everywhere = Chosen(period=chosen.period)
        places = [
            Choice(
                label=one_line(place.name, NAME_LIMIT),
                query=everywhere.query(place=place.location_id),
                is_taken=chosen.location == place.location_id,
            )
            for place in business.locations
        ]
        whole = Choice(
            label=words.say("maps.all_places"),
            query=everywhere.query(),
            is_taken=chosen.location is None,
        )
        rows.append([whole, *places])
    return rows


def _days(chosen: Chosen, words: Words) -> list[Choice]:
    return [
        Choice(
            label=words.say("maps.days", days=days),
            query=chosen.query(days=days),
            is_taken=chosen.period.days == days,
        )
        for days in DAYS_TO_CHOOSE
    ]


def period_line(period: Period, words: Words) -> str:
    """`Tue 10 Nov to Mon 7 Dec`."""
    return words.say("maps.period", first=words.day(period.first), last=words.day(period.last))


def share_line(share: Share, words: Words) -> str:
    """`14 of 33 unhappy`, with how sure that is; below the minimum that it is too few to say."""
    if not share.is_firm:
        return words.say("maps.too_few", fewest=FEWEST)
    part = words.say("maps.share", part=share.part, n=share.n)
    return f"{part}, {sure_line(share, words)}"


def sure_line(share: Share, words: Words) -> str:
    """`between 27 and 59 %`."""
    return words.say("maps.surely", low=round(share.low * 100), high=round(share.high * 100))


def topic_name(topic: str, words: Words) -> str:
    """What people call it; an owner's own topic calls itself."""
    return without_links(one_line(words.label("topic", topic), NAME_LIMIT))


def source_name(source: str) -> str:
    """What heedful.toml calls it."""
    return without_links(one_line(source, NAME_LIMIT))


def headline(journey: Journey, words: Words) -> list[str]:
    """What the map says in a sentence or two: the bad days, else the worse period, else where the
    way is hardest."""
    if not journey.negative.is_firm:
        return [words.say("maps.few", n=journey.n, fewest=FEWEST)]
    if journey.stretch is not None:
        return stretch_lines(journey.stretch, words)
    days = journey.period.days
    worse = journey.change == "up"
    share = share_line(journey.negative, words)
    lines = [words.say("maps.worse", days=days, share=share) if worse else words.say("maps.calm")]
    hardest = next((one for one in journey.stages if one.stage is journey.hardest), None)
    if hardest is not None:
        stage = words.say(f"stage.{hardest.stage}")
        share = share_line(hardest.negative, words)
        lines.append(words.say("maps.hardest", stage=stage, share=share))
    return lines


def stretch_lines(stretch: Stretch, words: Words) -> list[str]:
    """When it was, how much worse, and where it grew."""
    told = words.say(
        f"maps.stretch_{stretch.sign}",
        first=words.day(stretch.first),
        last=words.day(stretch.last),
        part=stretch.part,
        n=stretch.n,
        usual=usual_words(stretch.usual, words),
    )
    stage = words.say(f"stage.{stretch.stage}") if stretch.stage else ""
    topic = topic_name(stretch.topic, words) if stretch.topic else ""
    if stretch.stage_share and stage:
        stage = f"{stage} ({share_line(stretch.stage_share, words)})"
    if stretch.topic_share and topic:
        topic = f"{topic} ({share_line(stretch.topic_share, words)})"
    where = "both" if stage and topic else "stage" if stage else "topic" if topic else ""
    if not where:
        return [told]
    return [told, words.say(f"maps.where_{where}", stage=stage, topic=topic)]


def voices_query(chosen: Chosen, **wanted: object) -> str:
    """The end of the voices page's address for what a figure was counted from."""
    return "voices" + chosen.query(**wanted)


def stretch_query(stretch: Stretch, chosen: Chosen) -> str:
    """The same for the bad days."""
    days = Chosen(period=stretch.period, location=chosen.location)
    return voices_query(days, polarity="negative")


def emotions_line(emotions: Sequence[tuple[str, int]], words: Words) -> str:
    """`disappointment (9), anger (6)`."""
    return ", ".join(
        words.say("journey.felt", emotion=words.label("emotion", emotion), n=n)
        for emotion, n in emotions
    )


def read_period_query(query: Mapping[str, str]) -> tuple[int, str]:
    """The number of days and the last date that a query asks for; 28 and "" when it does not."""
    wanted = query.get("days", "")
    known = {str(one): one for one in range(1, max(DAYS_TO_CHOOSE) + 1)}
    days = known.get(wanted, 28)
    return days, query.get("to", "")
