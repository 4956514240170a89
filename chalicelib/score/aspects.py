"""Topics and journey stages with the polarity of what is said of each, and topics owners name."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.domain.sentiment import AspectReading, JourneyStage, Polarity, Topic
from chalicelib.score.numbers import sigmoid

if TYPE_CHECKING:
    from chalicelib.score.network import Vector

POLARITIES = (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE)
NAMES: tuple[str, ...] = (*Topic, *JourneyStage)


def found_aspects(
    names: Sequence[str],
    logits: "Vector",
    moods: "Vector",
    thresholds: Mapping[str, float],
) -> tuple[AspectReading, ...]:
    """Give the aspects at or above their thresholds, the strongest first.

    `logits` is (names,), `moods` is (17 * 3,): three logits for each topic, then for each stage.
    """
    found = []
    for place, name in enumerate(names):
        strength = sigmoid(float(logits[place]))
        if strength >= thresholds[name]:
            found.append(
                AspectReading(name=str(name), strength=strength, polarity=_mood(name, moods))
            )
    return tuple(sorted(found, key=lambda aspect: -aspect.strength))


def _mood(name: str, moods: "Vector") -> Polarity:
    start = 3 * NAMES.index(name)
    three = [float(value) for value in moods[start : start + 3]]
    return POLARITIES[three.index(max(three))]


def closeness(one: "Vector", other: "Vector") -> float:
    """Cosine of two unit vectors."""
    return float(one @ other)


def own_topic(
    name: str, closest: float, mood: Polarity, numbers: Mapping[str, Any]
) -> AspectReading | None:
    """Give an owner-named topic when the closest sentence is close enough in meaning.

    The strength is 0.5 at the threshold and grows with the cosine.
    """
    strength = sigmoid(float(numbers["steepness"]) * (closest - float(numbers["threshold"])))
    if strength < 0.5:
        return None
    return AspectReading(name=name, strength=strength, polarity=mood)
