"""Drills: composed sentences for what no pool teaches, said again in many ways.

The corpus shows these capabilities in real voices; the drills add breadth: negation (near and far),
a turn after "but", then against now, others against the writer, a question with its answer, plain
facts beside a judgement. Written for training alone: the behaviour benchmark shares no frame with
them. A drill is a text with its polarity; nothing else is known of it.
"""

import random
from collections.abc import Callable

Drill = tuple[str, str]

_THINGS = (
    "bread",
    "haircut",
    "checkout",
    "delivery",
    "manager",
    "cake",
    "repair",
    "dress",
    "parcel",
    "massage",
    "app",
    "packaging",
    "lamb",
    "nurse",
    "crew",
    "garden centre",
    "exhaust job",
    "laptop",
    "tiling",
    "breakfast",
    "yoga class",
    "filling",
    "invoice",
    "room upstairs",
    "playground",
    "returns desk",
    "plumber",
    "bouquet",
    "vet",
    "tasting menu",
)
_GOOD = (
    "good",
    "lovely",
    "quick",
    "tasty",
    "helpful",
    "worth the money",
    "comfortable",
    "impressive",
    "spotless",
    "fresh",
    "well made",
    "pleasant",
    "brilliant",
    "kind",
    "organised",
    "to my liking",
    "reliable",
    "generous",
    "a delight",
    "up to standard",
)
_BAD = (
    "bad",
    "awful",
    "slow",
    "rude",
    "dirty",
    "overpriced",
    "careless",
    "disappointing",
    "stale",
    "a mess",
    "shoddy",
    "cold",
    "a rip-off",
    "chaotic",
    "flimsy",
    "unfriendly",
    "boring",
    "a nightmare",
    "late",
    "noisy",
)
_FACTS = (
    "It is on the corner by the station",
    "They moved in last March",
    "I went on a Tuesday",
    "It has two floors",
    "My cousin drove us",
    "There is a car park behind it",
    "We were four adults",
    "The sign outside is green",
    "They open at nine",
    "I paid by card",
    "It was raining that day",
    "The order came to thirty pounds",
)
_HEARERS = (
    "My sister",
    "The man next to us",
    "Everyone online",
    "My boss",
    "Some blogger",
    "A colleague",
    "My flatmate",
    "The guidebook",
)
_FAR_OPENERS = (
    "I can't say",
    "I cannot pretend",
    "I don't believe",
    "You won't hear me claim",
    "I'm not convinced",
    "I never felt",
    "None of us felt",
    "Nobody in our party found",
    "I doubt",
    "It isn't true",
    "I won't tell anyone",
    "At no point did we feel",
    "I can hardly say",
    "No one at our table thought",
    "I refuse to believe",
    "We did not get the feeling",
    "It would be wrong to say",
)
_FAR_MIDDLES = (
    "and I have thought about it for days",
    "after everything we tried that week",
    "whatever the brochure may claim",
    "as far as I could tell from where I sat",
    "even with three children in tow",
    "in spite of what the neighbours said",
    "now that a month has passed",
    "for all the money in the world",
    "speaking as somebody who used to do this for a living",
    "if I look back on the whole of last year",
    "despite the long drive and the rain",
    "even though it was a bank holiday",
    "looking at it with fresh eyes",
    "when I compare it to the one in town",
    "knowing how hard these times are for small firms",
    "from the first phone call to the last bill",
    "as somebody who has been coming since they opened",
    "on any of the five evenings that we spent there",
    "and my brother who was with me agrees",
    "much as people keep telling me otherwise",
)
_FAR_CLOSERS = (
    "that the {thing} was {word}",
    "that the {thing} is {word}",
    "that their {thing} was in any way {word}",
    "that we got a {word} {thing}",
    "that this {thing} was {word} for people like us",
)
_FAR_NOT = (
    *tuple(
        f"{opener}, {middle}, {closer}."
        for opener in _FAR_OPENERS
        for middle in _FAR_MIDDLES
        for closer in _FAR_CLOSERS
    ),
    "Given how much time they had, the {thing} wasn't {word}.",
    "Considering the price on the board, I can't call the {thing} {word}.",
    "The {thing} was, contrary to what we'd been told, not remotely {word}.",
)
_NEAR_NOT = (
    "The {thing} wasn't {word}.",
    "Not {word}, the {thing}.",
    "The {thing} was not {word} at all.",
    "I didn't find the {thing} {word}.",
    "{thing} isn't {word} here",
    "Can't say the {thing} is {word}.",
    "The {thing} was never {word}.",
    "We had no {word} {thing} here, ever.",
    "Hardly {word}, that {thing}.",
    "The {thing} was far from {word}.",
    "There was nothing {word} about the {thing}.",
)
_PLAIN = (
    "The {thing} was {word}.",
    "{word}, the {thing}, simply {word}",
    "Found the {thing} {word}.",
    "Such a {word} {thing}.",
    "The {thing}: {word}.",
    "We thought the {thing} was {word}.",
)


def _pick(chance: random.Random, mood: str) -> str:
    return chance.choice(_GOOD if mood == "positive" else _BAD)


def _other(mood: str) -> str:
    return "negative" if mood == "positive" else "positive"


def _say(chance: random.Random, frames: tuple[str, ...], mood: str) -> str:
    text = chance.choice(frames).format(thing=chance.choice(_THINGS), word=_pick(chance, mood))
    return text[0].upper() + text[1:]


def _turn(chance: random.Random) -> Drill:
    """Good first and bad at the end, or the other way round: the end decides."""
    end = chance.choice(("positive", "negative"))
    first = _pick(chance, _other(end))
    last = _pick(chance, end)
    one, two = chance.sample(_THINGS, 2)
    negated = chance.random() < 0.5
    closing = f"it wasn't {_pick(chance, _other(end))}" if negated else f"it was {last}"
    frames = (
        f"I expected the {one} to be {first} but {closing}.",
        f"They promised a {first} {one}; what we got was {last}.",
        f"The {one} looked {first} on the website, however {closing}.",
        f"I had hoped the {one} would be {first}. {closing.capitalize()}.",
        f"Yes the {two} was {first}, but the {one} was so {last} that this is all I remember.",
        f"You would think the {one} is {first}. In truth {closing}.",
        f"Supposed to be {first}, this {one}, yet {closing}.",
        f"{first.capitalize()} is what I was told. {last.capitalize()} is what it was.",
        f"I was ready for a {first} {one}, but {closing}.",
    )
    return chance.choice(frames), end


def _then_and_now(chance: random.Random) -> Drill:
    now = chance.choice(("positive", "negative"))
    before = _pick(chance, _other(now))
    after = _pick(chance, now)
    thing = chance.choice(_THINGS)
    frames = (
        f"Two years ago the {thing} was {before}. Today it is {after}.",
        f"The {thing} is {after} these days; it was {before} under the last owner.",
        f"Once {before}, now {after}: the {thing}.",
        f"I remember when the {thing} was {before}. Since the change it's been {after}.",
        f"The {thing} has become {after} after years of being {before}.",
        f"In the past I'd have called the {thing} {before}, now I call it {after}.",
        f"Until last summer the {thing} was {before}, and since then {after}.",
        f"Not {before} any more, the {thing}: {after} now.",
    )
    return chance.choice(frames), now


def _others(chance: random.Random) -> Drill:
    mine = chance.choice(("positive", "negative"))
    theirs, own = _pick(chance, _other(mine)), _pick(chance, mine)
    thing, who = chance.choice(_THINGS), chance.choice(_HEARERS)
    whom = who[0].lower() + who[1:]
    frames = (
        f"{who} thought the {thing} was {theirs}. I found it {own}.",
        f"{who} kept saying how {theirs} the {thing} is. Sorry, no: {own}.",
        f"{who} called the {thing} {theirs}, to me it was {own}.",
        f"To me the {thing} was {own}, though {whom} would tell you it's {theirs}.",
        f"{who} swears the {thing} is {theirs}. I cannot agree, {own} if you ask me.",
        f"You may read that the {thing} is {theirs}; mine was {own}.",
        f"The {thing} is {own}, whatever people say about it being {theirs}.",
        f"{who} can call it {theirs} all day, my own {thing} was {own}.",
        f"My {thing} was {own} and I don't care that {whom} had a {theirs} one.",
        f"{who} had told me of a {theirs} {thing}. Well: {own}.",
        f"If you listen to {whom} it's {theirs}. Having been there myself: {own}.",
        f"{own.capitalize()}. That's my verdict on the {thing}, even if {whom} says {theirs}.",
    )
    return chance.choice(frames), mine


def _asked(chance: random.Random) -> Drill:
    asked = chance.choice(("positive", "negative"))
    yes = chance.random() < 0.4
    thing, word = chance.choice(_THINGS), _pick(chance, asked)
    answers = ("Yes.", "Yes, very.", "It was.", "Oh yes.", "Absolutely.", "Yes it was, every bit.")
    if not yes:
        answers = (
            "No.",
            "No it wasn't.",
            "Not at all.",
            "Nope.",
            "No, sadly not.",
            "Not for me.",
            "Never.",
        )
        if asked == "negative":
            answers = (
                "No.",
                "No it wasn't.",
                "Not at all.",
                "Nope.",
                "Not in the least.",
                "Never.",
            )
    frames = (
        f"Was the {thing} {word}?",
        f"Is it a {word} {thing}?",
        f"Were we given a {word} {thing}?",
        f"{word.capitalize()}, the {thing}?",
        f"Is {word} the right name for this {thing}?",
        f"Should you expect a {word} {thing}?",
        f"Did I find the {thing} {word}?",
        f"Is the {thing} {word}?",
        f"Would I say the {thing} is {word}?",
        f"So, was it {word}, the {thing}?",
        f"You ask whether the {thing} was {word}.",
    )
    mood = asked if yes else _other(asked)
    return f"{chance.choice(frames)} {chance.choice(answers)}", mood


def _near_negation(chance: random.Random) -> Drill:
    mood = chance.choice(("positive", "negative"))
    return _say(chance, _NEAR_NOT, mood), _other(mood)


def _far_negation(chance: random.Random) -> Drill:
    mood = chance.choice(("positive", "negative"))
    return _say(chance, _FAR_NOT, mood), _other(mood)


def _facts_beside(chance: random.Random) -> Drill:
    mood = chance.choice(("positive", "negative"))
    fact, said = chance.choice(_FACTS), _say(chance, _PLAIN, mood)
    joined = f"{fact}. {said}" if chance.random() < 0.5 else f"{said} {fact}."
    return joined, mood


def _plain(chance: random.Random) -> Drill:
    mood = chance.choice(("positive", "negative"))
    return _say(chance, _PLAIN, mood), mood


def _facts_alone(chance: random.Random) -> Drill:
    one, two = chance.sample(_FACTS, 2)
    thing = chance.choice(_THINGS)
    frames = (
        f"{one}. {two}.",
        f"Is there a {thing} on Sundays? {one}.",
        f"I asked about the {thing}. {one}.",
        f"The {thing} costs the same as last year.",
        f"{one} and the {thing} is next door.",
        f"Does the {thing} come with a receipt?",
        f"What time does the {thing} start?",
    )
    return chance.choice(frames), "neutral"


_KINDS: tuple[tuple[Callable[[random.Random], Drill], int], ...] = (
    (_near_negation, 4),
    (_far_negation, 5),
    (_turn, 5),
    (_then_and_now, 4),
    (_others, 4),
    (_asked, 4),
    (_facts_beside, 3),
    (_plain, 2),
    (_facts_alone, 3),
)


def drills(count: int, seed: int) -> list[Drill]:
    """Compose `count` different drills; the same seed gives the same drills."""
    chance = random.Random(seed)  # noqa: S311 - texts to learn from, not secrets
    makers = [maker for maker, weight in _KINDS for _ in range(weight)]
    found: dict[str, str] = {}
    while len(found) < count:
        text, mood = chance.choice(makers)(chance)
        found.setdefault(text, mood)
    return list(found.items())
