"""Sentences of customers on the empathy map: where one stands, and which to show of many.

Where a sentence stands is decided by cues (`cues`) and by what the model read of its text: its
polarity draws it to the pains or the gains, its topics to what one sees. Measured on sentences
labelled by us, two thirds of them never looked at while tuning: docs/maps.md has the figures.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from chalicelib.domain.empathy import EmpathyMap, MapField, QuoteMark, Saying
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.sentiment import Emotion, Polarity, Topic
from chalicelib.learn.cues import CUES

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=\S)|(?<=[.!?…][\"”')\]])\s+(?=\S)|\n+")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Shorter says nothing by itself ("Great!"); longer is no sentence one reads at a glance.
SHORTEST_WORDS, LONGEST_LETTERS = 4, 240
SHOWN_IN_A_FIELD = 4
# A pull towards pains and gains that any clear cue outdoes.
POLARITY_WEIGHT = 1.5
INNER_WEIGHT = 0.5
UNDECIDED_WEIGHT = 0.3
PLACE_WEIGHT = 0.8
# Maximal marginal relevance: half for what a saying tells, half against what it repeats
# (J. Carbonell and J. Goldstein, SIGIR 1998).
VARIETY = 0.5
_SEEN = {Topic.CLEANLINESS_PLACE, Topic.LOCATION_ACCESS}
_INNER = (Emotion.FEAR, Emotion.SADNESS, Emotion.GRATITUDE)


def place_of(
    sentence: str,
    polarity: Polarity,
    emotions: Mapping[Emotion, float],
    topics: Iterable[str] = (),
) -> MapField:
    """The field where the cues weigh most; without any, the pains, the gains, or what one does:
    most of what is told without a mood is a deed."""
    weights = dict.fromkeys(MapField, 0.0)
    for cue in CUES:
        if cue.pattern.search(sentence):
            weights[cue.place] += cue.weight
    if polarity is Polarity.NEGATIVE:
        weights[MapField.PAINS] += POLARITY_WEIGHT
    elif polarity is Polarity.POSITIVE:
        weights[MapField.GAINS] += POLARITY_WEIGHT
    else:
        weights[MapField.SAY_DO] += UNDECIDED_WEIGHT
    if max((emotions.get(one, 0.0) for one in _INNER), default=0.0) >= INNER_WEIGHT:
        weights[MapField.THINK_FEEL] += INNER_WEIGHT
    if _SEEN & set(topics):
        weights[MapField.SEE] += PLACE_WEIGHT
    return max(MapField, key=lambda place: weights[place])


def sayings_of(voice: ScoredFeedback) -> list[Saying]:
    """The sentences of one voice that can stand by themselves, in the order of the text."""
    text = voice.feedback.text
    parts = [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]
    kept = [one for one in parts if _stands_alone(one)]
    topics = [aspect.name for aspect in voice.reading.topics] if len(parts) == 1 else []
    found = []
    for part in kept:
        polarity = _polarity(part, voice, is_whole=len(parts) == 1)
        place = place_of(part, polarity, voice.reading.emotions, topics)
        found.append(Saying(said_in=voice, text=part, polarity=polarity, place=place))
    return found


def empathy_map_of(voices: Sequence[ScoredFeedback], marks: Iterable[QuoteMark]) -> EmpathyMap:
    """The map of these voices, as people moved and hid what stands on it."""
    decided = {one.quote_id: one for one in marks}
    fields: dict[MapField, list[Saying]] = {place: [] for place in MapField}
    hidden = 0
    for saying in (one for voice in voices for one in sayings_of(voice)):
        mark = decided.get(saying.quote_id)
        if mark is not None and mark.place is None:
            hidden += 1
            continue
        if mark is not None and mark.place is not None:
            saying = replace(saying, place=mark.place, is_moved=True)
        fields[saying.place].append(saying)
    return EmpathyMap(
        fields={place: varied(sayings, SHOWN_IN_A_FIELD) for place, sayings in fields.items()},
        found={place: len(sayings) for place, sayings in fields.items()},
        voices=len(voices),
        hidden=hidden,
    )


def varied(sayings: Sequence[Saying], most: int) -> tuple[Saying, ...]:
    """The sayings that tell most and repeat each other least, at most `most` of them.

    Maximal marginal relevance over the words: each step takes the saying that is most telling less
    what it shares with those already taken. What a person put there comes first; one voice speaks
    twice only when there is no other. The same sayings give the same choice.
    """
    words = {one.quote_id: _words(one.text) for one in sayings}
    telling = {one.quote_id: _telling(one, words[one.quote_id]) for one in sayings}
    left = sorted(sayings, key=lambda one: one.quote_id)
    taken: list[Saying] = []
    while left and len(taken) < most:
        best = max(
            left,
            key=lambda one: (
                one.is_moved,
                VARIETY * telling[one.quote_id] - (1 - VARIETY) * _likest(one, taken, words),
            ),
        )
        taken.append(best)
        left.remove(best)
    return tuple(taken)


def sentence_to_show(voice: ScoredFeedback, polarity: Polarity) -> str:
    """The sentence of a voice that shows best why it was counted so; its beginning else."""
    said = sayings_of(voice)
    fitting = [one for one in said if one.polarity is polarity] or said
    if not fitting:
        return voice.feedback.text.strip()
    return max(fitting, key=lambda one: (_telling(one, _words(one.text)), one.quote_id)).text


def _stands_alone(sentence: str) -> bool:
    return len(sentence.split()) >= SHORTEST_WORDS and len(sentence) <= LONGEST_LETTERS


def _polarity(sentence: str, voice: ScoredFeedback, *, is_whole: bool) -> Polarity:
    """A sentence that led to a negative reading is negative; a text of one sentence lends it its
    own. Else a sentence of a happy text is happy, and one of an unhappy text is left open."""
    reading = voice.reading
    if voice.is_not_negative or reading.sentiment is None:
        return Polarity.NEUTRAL
    polarity = reading.sentiment.polarity
    if polarity is Polarity.POSITIVE or is_whole:
        return polarity
    because = any(reason in sentence or sentence in reason for reason in reading.because)
    return polarity if because else Polarity.NEUTRAL


def _telling(saying: Saying, words: Set[str]) -> float:
    """From 0 to 1: enough words to see the scene, and clearly of one mood."""
    length = min(len(words), 8) / 8
    mood = 0.0 if saying.polarity is Polarity.NEUTRAL else 1.0
    return 0.7 * length + 0.3 * mood


def _likest(saying: Saying, taken: Sequence[Saying], words: Mapping[str, Set[str]]) -> float:
    """From 0 to 1: what it shares with the chosen saying that is most like it."""
    ours = words[saying.quote_id]
    shared = [0.0]
    for one in taken:
        if one.said_in.feedback.feedback_id == saying.said_in.feedback.feedback_id:
            return 1.0
        theirs = words[one.quote_id]
        shared.append(len(ours & theirs) / max(1, len(ours | theirs)))
    return max(shared)


def _words(sentence: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(sentence))
