"""More drills, for what the first ones left weak: denials, others' opinions, questions, both moods.

They use whole judgements as well as single words, so that the frame and not the word decides. As
with the first drills, the behaviour benchmark shares no frame with them.
"""

import random
from collections.abc import Callable

from training.drills import Drill

_THINGS = (
    *("soup", "waiter", "mattress", "course", "website", "coffee", "tour", "tyre fitting", "salad"),
    *("physio", "kettle", "jacket", "taxi", "shower", "night porter", "support team", "paint job"),
    *("refund process", "curry", "sofa", "wifi", "cleaner", "boiler service", "menu", "chemist"),
    *("spa", "phone case", "hotline", "bakery", "parking", "haircut", "fish", "lesson", "pizza"),
    *("room", "service", "food", "staff", "product", "place", "film", "show", "shoes", "headset"),
)
_GOOD = (
    *("great", "excellent", "amazing", "friendly", "clean", "delicious", "wonderful", "perfect"),
    *("professional", "good value", "nice", "superb", "fantastic", "cheerful", "easy", "fast"),
    *("warm", "solid", "a bargain", "outstanding", "fun", "polite", "safe", "smooth", "beautiful"),
    *("happy with", "impressed by", "pleased with", "fond of", "a fan of", "delighted with"),
)
_BAD = (
    *("terrible", "horrible", "poor", "filthy", "useless", "broken", "a waste of money", "unsafe"),
    *("tasteless", "disgusting", "a disaster", "a let-down", "unhelpful", "painful", "expensive"),
    *("ugly", "worse than before", "hopeless", "mediocre", "greasy", "confusing", "a joke"),
    *("unhappy with", "disappointed by", "annoyed at", "sick of", "ashamed of", "worried about"),
)
_VERBS_GOOD = (
    *("loved", "enjoyed", "liked", "recommend", "would praise", "admire", "trust", "would miss"),
)
_VERBS_BAD = (
    *("hated", "disliked", "regret", "would warn you off", "couldn't stand", "resent", "loathed"),
)
_DENY_VERB = (
    *("I never {verb} the {thing}.", "I can't say I {verb} the {thing}.", "Nobody here {verb} it."),
    *("I don't think that anyone {verb} the {thing}.", "Not that I {verb} the {thing}."),
)
_PEOPLE = (
    *("My husband", "My mum", "Our neighbours", "The reviewers", "My friend", "The critic"),
    *("Half the internet", "My daughter", "The guy before me", "Our guide"),
    *("Some customers", "My dad"),
    *("My wife", "The papers", "Other guests", "A friend", "My mother-in-law", "Most people"),
    *("The forum",),
    *("The woman at the till", "All my friends", "My trainer", "Grandad", "The leaflet"),
)


def _mood(chance: random.Random) -> str:
    return chance.choice(("positive", "negative"))


def _other(mood: str) -> str:
    return "negative" if mood == "positive" else "positive"


def _plain_word(chance: random.Random, mood: str) -> str:
    words = _GOOD if mood == "positive" else _BAD
    while True:
        word = chance.choice(words)
        if not word.endswith((" with", " by", " of", " at", " about")):
            return word


def _said(chance: random.Random, mood: str, thing: str) -> str:
    """Give a clause of a mood about a thing: without a capital and without a full stop."""
    word = chance.choice(_GOOD if mood == "positive" else _BAD)
    if word.endswith((" with", " by", " of", " at", " about")):
        return f"I was {word} the {thing}"
    return chance.choice(
        (
            f"the {thing} was {word}",
            f"I found the {thing} {word}",
            f"the {thing} is {word}",
            f"I thought the {thing} was {word}",
            f"for me the {thing} was {word}",
        )
    )


def _up(text: str) -> str:
    return text[0].upper() + text[1:]


def _denied(chance: random.Random) -> Drill:
    mood, thing = _mood(chance), chance.choice(_THINGS)
    word = chance.choice(_GOOD if mood == "positive" else _BAD)
    verb = chance.choice(_VERBS_GOOD if mood == "positive" else _VERBS_BAD)
    if chance.random() < 0.2:
        return chance.choice(_DENY_VERB).format(verb=verb, thing=thing), _other(mood)
    if word.endswith((" with", " by", " of", " at", " about")):
        frames: tuple[str, ...] = (
            f"I was not {word} the {thing}.",
            f"I wasn't {word} the {thing} at all.",
            f"We were never {word} the {thing}.",
            f"Nobody was {word} this {thing}.",
            f"I can't say that I was {word} the {thing}.",
            f"I'm not {word} the {thing}.",
            f"I have no reason to be {word} the {thing}.",
        )
    else:
        frames = (
            f"The {thing} is not {word}.",
            f"This {thing} isn't {word}.",
            f"It wasn't {word}.",
            f"It was by no means {word}.",
            f"The {thing} was not even slightly {word}.",
            f"I wouldn't call the {thing} {word}.",
            f"I would not say that it's {word}.",
            f"There's nothing {word} here.",
            f"I don't think the {thing} was {word}.",
            f"Nobody could call the {thing} {word}.",
            f"The {thing} didn't strike me as {word}.",
            f"Never once was the {thing} {word}.",
            f"In no way {word}.",
            f"It's not that the {thing} is {word}, it isn't.",
            f"The {thing} did not seem {word} to any of us.",
            f"Neither the {thing} nor the {chance.choice(_THINGS)} was {word}.",
            f"Don't let anybody tell you the {thing} is {word}.",
            f"The {thing} failed to be {word}." if mood == "positive" else f"It's not {word}!",
            f"The {thing} had none of the {word} feel I'd read about.",
            f"I am not going to tell you the {thing} was {word}, it wasn't.",
            f"the {thing} wasnt {word}",
            f"{thing} not {word}",
        )
    return chance.choice(frames), _other(mood)


def _others(chance: random.Random) -> Drill:
    mine, thing, who = _mood(chance), chance.choice(_THINGS), chance.choice(_PEOPLE)
    theirs, own = _plain_word(chance, _other(mine)), _said(chance, mine, thing)
    low = who if who.startswith("Grandad") else who[0].lower() + who[1:]
    frames = (
        f"{who} said it was {theirs}, but {own}.",
        f"{who} might say the {thing} is {theirs}. {_up(own)}.",
        f"{_up(own)}. {who} disagreed and called it {theirs}.",
        f"{_up(own)}, although {low} said {theirs}.",
        f"Although {low} had warned me it would be {theirs}, {own}."
        if mine == "positive"
        else f"Although {low} had promised me it would be {theirs}, {own}.",
        f"{who} will tell you it's {theirs}. Don't listen: {own}.",
        f"According to {low} it's {theirs}. {_up(own)}.",
        f"I know {low} thinks it is {theirs}, yet {own}.",
        f"Despite what {low} said about it being {theirs}, {own}.",
        f"{who}: {theirs}. Me: {_plain_word(chance, mine)}.",
        f"{_up(own)}. I can't understand why {low} would call this {theirs}.",
        f"I had heard from {low} that it was {theirs}; in my own experience {own}.",
        f"{who} found it {theirs}. I did not, {own}.",
        f"Contrary to {low}, {own} and not {theirs} at all.",
        f"{_up(own)}, no matter who says {theirs}.",
        f"{who} gave it {'one star' if mine == 'positive' else 'five stars'}. {_up(own)}.",
        f"I read the {'bad' if mine == 'positive' else 'good'} reviews first. {_up(own)}.",
        f"Everybody {'complains about' if mine == 'positive' else 'raves about'} the {thing}. "
        f"{_up(own)}.",
        f"{who} {'hated' if mine == 'positive' else 'loved'} it. {_up(own)}.",
        f"{who} {'hated' if mine == 'positive' else 'loved'} the {thing}; I "
        f"{'loved' if mine == 'positive' else 'hated'} it.",
        f"{_up(own)}. {who} {'hated' if mine == 'positive' else 'loved'} it, mind you.",
        f"I don't agree with {low}, who thought it {theirs}: {own}.",
    )
    return chance.choice(frames), mine


def _asked(chance: random.Random) -> Drill:
    asked, thing = _mood(chance), chance.choice(_THINGS)
    word = _plain_word(chance, asked)
    yes = chance.random() < 0.4
    answers: tuple[str, ...] = (
        "Yes, it was.",
        "Yes!",
        "Very much so.",
        "Definitely.",
        "Yep.",
        "Sure was.",
    )
    if not yes:
        answers = ("No!", "No, it wasn't.", "Absolutely not.", "No way.", "Far from it.", "nope")
        answers += ("I'm afraid not.",) if asked == "positive" else ("Quite the opposite.",)
    verb = "like" if asked == "positive" else "regret"
    frames = (
        f"Was it {word}?",
        f"Was the {thing} {word}?",
        f"Did we think it was {word}?",
        f"Is this {thing} {word}, people ask me.",
        f"Do I think the {thing} is {word}?",
        f"The {thing}, was that {word}?",
        f"Would you call it {word}?",
        f"Did I {verb} the {thing}?",
        f"Did we {verb} it?",
        f"Do I {verb} buying this {thing}?",
        f"Were they {word}?",
        f"Is the {thing} really {word}?",
    )
    question = chance.choice(frames)
    return f"{question} {chance.choice(answers)}", asked if yes else _other(asked)


def _returning(chance: random.Random) -> Drill:
    """Would you come back? The answer turns the question, and no word of it is good or bad."""
    yes = chance.random() < 0.5
    question = chance.choice(
        (
            "Would I go back?",
            "Would I buy from them again?",
            "Did it do what it says on the box?",
            "Worth the trip?",
            "Was I looked after?",
            "Should you book it?",
            "Did they keep their word?",
            "Any good?",
            "Did the {thing} live up to the pictures?",
            "Will I tell my friends to go?",
        )
    ).format(thing=chance.choice(_THINGS))
    good: tuple[str, ...] = ("Yes.", "Yes, tomorrow.", "In a heartbeat.", "Every time.")
    good += ("Of course.", "It did, yes.")
    bad = ("No.", "Never.", "Not a chance.", "Not in this life.", "Nope.", "Sorry, no.")
    answer = chance.choice(good if yes else bad)
    return f"{question} {answer}", "positive" if yes else "negative"


def _beside(chance: random.Random) -> Drill:
    mood, thing = _mood(chance), chance.choice(_THINGS)
    return f"{_up(_said(chance, mood, thing))}.", mood


_KINDS: tuple[tuple[Callable[[random.Random], Drill], int], ...] = (
    (_denied, 6),
    (_others, 7),
    (_asked, 4),
    (_returning, 1),
    (_beside, 3),
)


def more_drills(count: int, seed: int) -> list[Drill]:
    """Compose `count` different drills; the same seed gives the same drills."""
    chance = random.Random(seed)  # noqa: S311 - texts to learn from, not secrets
    makers = [maker for maker, weight in _KINDS for _ in range(weight)]
    found: dict[str, str] = {}
    while len(found) < count:
        text, mood = chance.choice(makers)(chance)
        found.setdefault(text, mood)
    return list(found.items())
