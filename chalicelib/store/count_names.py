"""What a count row calls its numbers in the table.

A busy day counts some 250 things, and DynamoDB charges by the kilobyte for each addition and each
page that reads a quarter of a year: with the long names a full row takes ten kilobytes, with
these under one and a half. `T` is the whole, any other capital a stage; after it comes an emotion,
a topic or nothing, then the polarity. A letter is for ever: rows that are stored bear it. What has
no short name is called what it is called, and no long name begins with a capital.

    emotion.anger  Ta        topic.wait_delivery.negative                         Tw-
    stage.paying   P         stage.waiting_delivery.topic.wait_delivery.negative  Ww-
    stage.paying.positive P+ stage.paying.topic.the owner's own                   P.the owner's own
"""

from collections import Counter
from collections.abc import Mapping

from chalicelib.domain.sentiment import Emotion, JourneyStage, Topic

WHOLE = "T"
STAGES: Mapping[str, str] = {
    JourneyStage.DISCOVERING: "D",
    JourneyStage.BOOKING_ORDERING: "B",
    JourneyStage.WAITING_DELIVERY: "W",
    JourneyStage.EXPERIENCE: "E",
    JourneyStage.PAYING: "P",
    JourneyStage.SUPPORT_RETURNS: "S",
    JourneyStage.RETURNING_TELLING: "R",
}
# No letter stands for an emotion and a topic.
EMOTIONS: Mapping[str, str] = {
    Emotion.ANGER: "a",
    Emotion.DISAPPOINTMENT: "d",
    Emotion.FEAR: "f",
    Emotion.SADNESS: "s",
    Emotion.CONFUSION: "c",
    Emotion.JOY: "j",
    Emotion.GRATITUDE: "g",
    Emotion.NEUTRAL: "n",
}
TOPICS: Mapping[str, str] = {
    Topic.PRODUCT_QUALITY: "q",
    Topic.STAFF_SERVICE: "t",
    Topic.WAIT_DELIVERY: "w",
    Topic.PRICE_VALUE: "p",
    Topic.CLEANLINESS_PLACE: "l",
    Topic.BOOKING_WEBSITE: "b",
    Topic.REFUND_BILLING: "r",
    Topic.COMMUNICATION: "m",
    Topic.LOCATION_ACCESS: "x",
    Topic.SAFETY_PRIVACY: "y",
}
POLARITIES: Mapping[str, str] = {"": "", ".negative": "-", ".positive": "+"}


def _short_names() -> dict[str, str]:
    """Every name without an owner's own word in it, to its short form."""
    names = {
        f"stage.{stage}{polarity}": letter + sign
        for stage, letter in STAGES.items()
        for polarity, sign in POLARITIES.items()
    }
    for place, letter in {"": WHOLE, **{f"stage.{one}.": STAGES[one] for one in STAGES}}.items():
        for emotion, mark in EMOTIONS.items():
            names[f"{place}emotion.{emotion}"] = letter + mark
        for topic, mark in TOPICS.items():
            for polarity, sign in POLARITIES.items():
                names[f"{place}topic.{topic}{polarity}"] = letter + mark + sign
    return names


_SHORT = _short_names()
_LONG = {short: long for long, short in _SHORT.items()}
# Before an owner's own topic.
_SHORT_PLACES = {"topic.": f"{WHOLE}."} | {
    f"stage.{one}.topic.": f"{STAGES[one]}." for one in STAGES
}
_LONG_PLACES = {short: long for long, short in _SHORT_PLACES.items()}


def shortened(counts: Mapping[str, int]) -> dict[str, int]:
    """The same numbers under the names of the table."""
    return {_renamed(name, _SHORT, _SHORT_PLACES): number for name, number in counts.items()}


def lengthened(counts: Mapping[str, int]) -> dict[str, int]:
    """The same numbers under their own names, whichever of the two they are stored under."""
    total: Counter[str] = Counter()
    for name, number in counts.items():
        total[_renamed(name, _LONG, _LONG_PLACES)] += number
    return dict(total)


def _renamed(name: str, known: Mapping[str, str], places: Mapping[str, str]) -> str:
    if name in known:
        return known[name]
    for place, other in places.items():
        if name.startswith(place):
            return other + name.removeprefix(place)
    return name
