"""Templates of our own for behaviour: what must come out whatever the words in the frame.

Each case is a text and the polarities that pass. No frame and hardly a word is shared with what the
model was trained on. At least 200 cases a capability, drawn with a fixed seed.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_ARTICLE = re.compile(r"\b([Aa]) ([aeiouAEIOU])")
CASES = 250
SEED = 2026

NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Case:
    """A text, and the polarity classes (0 negative, 1 neutral, 2 positive) that pass."""

    text: str
    passes: frozenset[int]


_THINGS = [
    "coffee",
    "waiter",
    "room",
    "pizza",
    "service",
    "food",
    "hotel",
    "burger",
    "bill",
    "driver",
    "shop",
    "wine",
    "doctor",
    "boots",
    "soup",
    "location",
    "website",
    "sofa",
    "trainer",
    "course",
    "receptionist",
    "toaster",
    "bicycle",
    "salon",
    "gym",
    "dentist",
    "jacket",
]
_GOOD = [
    "great",
    "excellent",
    "amazing",
    "friendly",
    "delicious",
    "nice",
    "clean",
    "fantastic",
    "wonderful",
    "perfect",
    "superb",
    "professional",
    "affordable",
    "charming",
    "enjoyable",
    "outstanding",
]
_BAD = [
    "terrible",
    "horrible",
    "unpleasant",
    "disgusting",
    "poor",
    "annoying",
    "ugly",
    "dreadful",
    "useless",
    "unhelpful",
    "appalling",
    "mediocre",
    "frustrating",
    "nasty",
    "lousy",
    "unacceptable",
]
_MIDDLES = (
    "given all my experience with places of this sort",
    "given that we came here with small children",
    "having waited for it since the autumn",
    "after reading so much about it",
    "considering that I come from a family of cooks",
    "with all due respect to those who work there",
)
_FACTS = (
    "We sat by the window.",
    "The number 12 bus stops outside.",
    "I had a blue umbrella with me.",
    "There were about twenty tables.",
    "My appointment was at three.",
    "They take cash and cards.",
    "It used to be a bank.",
    "I live two streets away.",
    "Our group was from the office.",
    "The menu has six pages.",
)
_OTHERS = (
    "My husband",
    "My mother",
    "The critic in the paper",
    "Half the internet",
    "Our guide",
    "My neighbour",
)


def _make(frames: Callable[[random.Random], tuple[str, set[int]]], salt: int) -> list[Case]:
    chance = random.Random(SEED + salt)  # noqa: S311 - drawing cases, not secrets
    found: dict[str, Case] = {}
    while len(found) < CASES:
        text, passes = frames(chance)
        text = _ARTICLE.sub(r"\1n \2", text)
        found.setdefault(text, Case(text, frozenset(passes)))
    return list(found.values())


def _three(chance: random.Random) -> tuple[str, str, str]:
    return chance.choice(_THINGS), chance.choice(_GOOD), chance.choice(_BAD)


def _negated_negative(chance: random.Random) -> tuple[str, set[int]]:
    thing, _, bad = _three(chance)
    frame = chance.choice(
        (
            "This {thing} isn't {bad}.",
            "The {thing} is not {bad}.",
            "I wouldn't say the {thing} is {bad}.",
            "It was not a {bad} {thing}.",
            "I have never had a {bad} {thing} here.",
            "No one could call this {thing} {bad}.",
            "That {thing} wasn't {bad} for me.",
        )
    )
    return frame.format(thing=thing, bad=bad), {NEUTRAL, POSITIVE}


def _negated_positive(chance: random.Random) -> tuple[str, set[int]]:
    thing, good, _ = _three(chance)
    frame = chance.choice(
        (
            "This {thing} isn't {good}.",
            "The {thing} is not {good}.",
            "I wouldn't say the {thing} is {good}.",
            "It was not a {good} {thing}.",
            "No one could call this {thing} {good}.",
            "That {thing} wasn't {good} for me.",
            "The {thing} is anything but {good}.",
        )
    )
    return frame.format(thing=thing, good=good), {NEGATIVE}


def _far_negation(chance: random.Random) -> tuple[str, set[int]]:
    thing, good, bad = _three(chance)
    middle = chance.choice(_MIDDLES)
    is_praise_denied = chance.random() < 0.5
    word = good if is_praise_denied else bad
    frame = chance.choice(
        (
            "I don't think, {middle}, that the {thing} is {word}.",
            "I wouldn't say, {middle}, that this {thing} was {word}.",
            "It is not the case, {middle}, that I found the {thing} {word}.",
            "I can't claim, {middle}, to have met a {word} {thing} here.",
        )
    )
    passes = {NEGATIVE} if is_praise_denied else {NEUTRAL, POSITIVE}
    return frame.format(thing=thing, word=word, middle=middle), passes


def _contrast(chance: random.Random) -> tuple[str, set[int]]:
    thing, good, bad = _three(chance)
    if chance.random() < 0.6:
        frame = chance.choice(
            (
                "I thought the {thing} would be {good}, but it was not.",
                "I hoped for a {good} {thing} but it wasn't.",
                "Everything pointed to a {good} {thing}, but no, it was {bad}.",
                "The {thing} ought to be {good} at this price, but it isn't.",
                "The pictures of the {thing} are {good}, but the real one is {bad}.",
            )
        )
        return frame.format(thing=thing, good=good, bad=bad), {NEGATIVE}
    frame = chance.choice(
        (
            "I thought the {thing} would be {bad}, but it was not.",
            "I feared a {bad} {thing} but it wasn't at all.",
            "The {thing} looks {bad} from outside, but it is {good}.",
            "Everyone warned us of a {bad} {thing}, but it was {good}.",
        )
    )
    return frame.format(thing=thing, good=good, bad=bad), {NEUTRAL, POSITIVE}


def _time(chance: random.Random) -> tuple[str, set[int]]:
    thing, good, bad = _three(chance)
    is_worse = chance.random() < 0.5
    before, now = (good, bad) if is_worse else (bad, good)
    frame = chance.choice(
        (
            "I used to think this {thing} was {before}, now I think it is {now}.",
            "In previous years the {thing} was {before}, this year it is {now}.",
            "The {thing} used to be {before}. It is {now} now.",
            "Last time the {thing} was {before}; this time it was {now}.",
            "It's a {now} {thing} now, although it used to be {before}.",
        )
    )
    return frame.format(thing=thing, before=before, now=now), {NEGATIVE if is_worse else POSITIVE}


def _opinions(chance: random.Random) -> tuple[str, set[int]]:
    thing, good, bad = _three(chance)
    is_complaint = chance.random() < 0.5
    theirs, mine = (good, bad) if is_complaint else (bad, good)
    frame = chance.choice(
        (
            "{other} says the {thing} is {theirs}, I think it is {mine}.",
            "I think the {thing} is {mine}, but {lower} says it is {theirs}.",
            "{other} raved about the {thing} being {theirs}, which I did not see: {mine}.",
            "According to {lower} the {thing} is {theirs}. I'd say {mine}.",
        )
    )
    if not is_complaint:
        frame = frame.replace("raved about", "complained about")
    other = chance.choice(_OTHERS)
    lower = other[0].lower() + other[1:]
    text = frame.format(thing=thing, theirs=theirs, mine=mine, other=other, lower=lower)
    return text, {NEGATIVE if is_complaint else POSITIVE}


def _question(chance: random.Random) -> tuple[str, set[int]]:
    thing, good, bad = _three(chance)
    word, is_good = (good, True) if chance.random() < 0.6 else (bad, False)
    frame = chance.choice(
        (
            "Do I think the {thing} is {word}? {answer}",
            "Did we have a {word} {thing}? {answer}",
            "Was this a {word} {thing}? {answer}",
            "Do I believe the {thing} was {word}? {answer}",
        )
    )
    says_no = chance.random() < 0.7
    answer = "No" if says_no else "Yes"
    if says_no:
        passes = {NEGATIVE} if is_good else {NEUTRAL, POSITIVE}
    else:
        passes = {POSITIVE} if is_good else {NEGATIVE}
    return frame.format(thing=thing, word=word, answer=answer), passes


def _beside_facts(chance: random.Random) -> tuple[str, set[int]]:
    thing, good, bad = _three(chance)
    word, mood = (good, POSITIVE) if chance.random() < 0.5 else (bad, NEGATIVE)
    fact, other = chance.sample(_FACTS, 2)
    frame = chance.choice(
        (
            "{fact} It was a {word} {thing}.",
            "This {thing} is {word}. {fact} {other}",
            "{fact} {other} The {thing}, I must say, is {word}.",
        )
    )
    return frame.format(thing=thing, word=word, fact=fact, other=other), {mood}


def _facts_only(chance: random.Random) -> tuple[str, set[int]]:
    one, two = chance.sample(_FACTS, 2)
    thing = chance.choice(_THINGS)
    frame = chance.choice(
        (
            "{one} {two}",
            "Where is the {thing}? {one}",
            "{one} I looked at the {thing} and left.",
            "Do you have a {thing} for Friday? {two}",
            "We talked about the {thing}. {two}",
            "I took my {thing} there on Monday. {one}",
        )
    )
    return frame.format(one=one, two=two, thing=thing), {NEUTRAL}


CAPABILITIES: Mapping[str, Callable[[random.Random], tuple[str, set[int]]]] = {
    "negated negative": _negated_negative,
    "negated positive": _negated_positive,
    "negation at a distance": _far_negation,
    "contrast": _contrast,
    "then and now": _time,
    "others' opinion": _opinions,
    "question and answer": _question,
    "facts beside a judgement": _beside_facts,
    "facts alone": _facts_only,
}


def all_cases() -> dict[str, list[Case]]:
    """Give the cases of every capability."""
    return {name: _make(frames, salt) for salt, (name, frames) in enumerate(CAPABILITIES.items())}
