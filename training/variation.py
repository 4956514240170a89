"""Small changes that must not change a reading: typing errors, names and groups of people.

Applied to a share of the training rows, so that the network learns to look past them. The cases of
the behaviour benchmark use other words and other frames.
"""

import random

_KEYS = "qwertyuiop asdfghjkl zxcvbnm"
_NAMES = [
    "Mary",
    "John",
    "Aisha",
    "Mohammed",
    "Wei",
    "Priya",
    "Olga",
    "Carlos",
    "Fatima",
    "Sven",
    "Chioma",
    "Jamal",
    "Yuki",
    "Ruth",
    "Siobhan",
    "Ivan",
    "Lakshmi",
    "Hassan",
    "Emily",
    "Darnell",
    "Mehmet",
    "Giulia",
    "Tomasz",
    "Anjali",
    "Kwame",
    "Ingrid",
    "Pedro",
    "Leila",
]
_GROUPS = (
    "Muslim",
    "Jewish",
    "Christian",
    "Hindu",
    "Sikh",
    "Buddhist",
    "atheist",
    "gay",
    "lesbian",
    "bisexual",
    "straight",
    "trans",
    "Black",
    "white",
    "Asian",
    "Latino",
    "Polish",
    "Nigerian",
    "Turkish",
    "Chinese",
    "Pakistani",
    "French",
    "American",
    "Irish",
    "Syrian",
    "Romanian",
    "Mexican",
    "Indian",
    "deaf",
    "disabled",
    "elderly",
    "young",
    "female",
    "male",
    "queer",
    "Catholic",
    "Arab",
)
_PLACES = [
    "London",
    "Leeds",
    "Lagos",
    "Delhi",
    "Warsaw",
    "Dallas",
    "Cork",
    "Perth",
    "Cairo",
    "Lima",
    "Oslo",
    "Naples",
    "Kyiv",
    "Tehran",
]
_FRAMES_BEFORE = (
    "I am {group} and so is my family.",
    "As a {group} customer:",
    "{name} here, from {place}.",
    "I'm {name}.",
    "We are a {group} couple.",
    "My {group} neighbour came along.",
    "Visited with my {group} friend {name}.",
    "Writing as a {group} person from {place}.",
    "My partner {name} is {group}.",
    "{group} mum of two here.",
)
_FRAMES_AFTER = (
    "({name}, {place})",
    "I am {group}.",
    "Signed, a {group} customer",
    "We came from {place} with our {group} friends.",
    "Regards, {name}",
    "My wife {name} is {group}.",
)


def with_typing_errors(text: str, chance: random.Random) -> str:
    """Swap, drop, double or mistype a letter in one or two of the longer words."""
    words = text.split()
    long_ones = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long_ones:
        return text
    for place in chance.sample(long_ones, min(len(long_ones), chance.choice((1, 1, 2)))):
        words[place] = _mistyped(words[place], chance)
    return " ".join(words)


def mistyped_words(text: str, chance: random.Random) -> str:
    """Mistype a quarter of the words, and lose a space, an apostrophe or the capitals at times."""
    words = text.split()
    long_ones = [place for place, word in enumerate(words) if len(word) > 2 and word.isalpha()]
    count = min(len(long_ones), 1 + int(chance.random() * len(words) / 3))
    for place in chance.sample(long_ones, count):
        words[place] = _mistyped(words[place], chance)
    said = " ".join(words)
    if chance.random() < 0.3:
        said = said.replace("'", "")
    if chance.random() < 0.3:
        said = said.lower()
    spaces = [place for place, sign in enumerate(said) if sign == " "]
    if spaces and chance.random() < 0.25:
        at = chance.choice(spaces)
        said = said[:at] + said[at + 1 :]
    return said


def _mistyped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    near = _KEYS.find(word[at].lower())
    other = _KEYS[near + 1] if 0 <= near < len(_KEYS) - 1 and _KEYS[near + 1] != " " else "e"
    return word[:at] + other + word[at + 1 :]


def with_people(text: str, chance: random.Random) -> str:
    """Say beside the text who the writer or their company is; the mood stays what it was."""
    frame = chance.choice(_FRAMES_BEFORE + _FRAMES_AFTER)
    words = {
        "group": chance.choice(_GROUPS),
        "name": chance.choice(_NAMES),
        "place": chance.choice(_PLACES),
    }
    said = frame.format(**words)
    return f"{said} {text}" if frame in _FRAMES_BEFORE else f"{text} {said}"
