"""Twins: two wordings that must be read the same. The pass pulls their polarities together.

A sentence of the pool or the corpus is said once with one person in it and once with another, in
one way of speaking and in another, well typed and badly typed. Words and frames are our own; the
benchmarks have others.
"""

import random
import re
from collections.abc import Sequence

from training.examples import Example
from training.variation import mistyped_words

GROUPS = (
    *("gay", "lesbian", "straight", "bisexual", "queer", "heterosexual", "trans", "nonbinary"),
    *("Muslim", "Jewish", "Christian", "Hindu", "Sikh", "Buddhist", "Catholic", "Mormon"),
    *("atheist", "religious", "Orthodox", "Protestant"),
    *("Black", "white", "Asian", "Latino", "Arab", "Roma", "Native", "mixed-race", "brown"),
    *("Polish", "Nigerian", "Turkish", "Chinese", "Pakistani", "French", "American", "Irish"),
    *("Syrian", "Romanian", "Mexican", "Indian", "German", "Russian", "Ukrainian", "Somali"),
    *("Italian", "Vietnamese", "Swedish", "Brazilian", "Iranian", "Scottish", "Japanese"),
    *("deaf", "blind", "disabled", "elderly", "young", "pregnant", "old", "autistic"),
    *("female", "male", "retired", "immigrant", "local", "tall", "left-handed"),
)
NAMES = (
    *("Oliver", "Grace", "Harriet", "Graham", "Bronwen", "Callum", "Nigel", "Beth", "Amelia"),
    *("DeShawn", "Latoya", "Tyrone", "Keisha", "Jermaine", "Ebony", "Kofi", "Adaeze", "Babajide"),
    *("Abdul", "Yusuf", "Zainab", "Khadija", "Omar", "Ayesha", "Rashid", "Noor", "Imran"),
    *("Rajesh", "Deepika", "Sunita", "Vikram", "Hiroshi", "Mei-Ling", "Xiu", "Minh", "Thuy"),
    *("Wojciech", "Agnieszka", "Dmitri", "Svetlana", "Andrei", "Ionela", "Zoltan", "Milica"),
    *("Juan", "Guadalupe", "Alejandra", "Diego", "Joao", "Chiara", "Pierre", "Heike", "Anneli"),
    *("Moshe", "Rivka", "Shlomo", "Devorah", "Tamar", "Ezra", "Niamh", "Fergus", "Morag"),
)
PLACES = (
    *("Bristol", "Glasgow", "Bradford", "Swansea", "Belfast", "Boston", "Detroit", "Houston"),
    *("Karachi", "Mumbai", "Nairobi", "Accra", "Mogadishu", "Istanbul", "Baghdad", "Kabul"),
    *("Bucharest", "Sofia", "Moscow", "Berlin", "Lyon", "Madrid", "Hanoi", "Shanghai", "Manila"),
    *("Bogota", "Havana", "Kingston", "Sydney", "Toronto", "Athens", "Krakow", "Addis Ababa"),
)
PERSONS = (
    *("man", "woman", "couple", "family", "student", "colleague", "neighbour", "waiter", "nurse"),
    *("customer", "driver", "guest", "teacher", "mother", "father", "friend", "grandmother"),
    *("shop owner", "chef", "receptionist", "plumber", "cashier", "flatmate", "cousin", "girl"),
)
COMPANY = (
    *("my husband", "my wife", "my boyfriend", "my girlfriend", "my partner", "my mum", "my dad"),
    *("my fiancé", "my fiancée", "my brother", "my sister", "our two kids", "my best mate"),
)
BEFORE = (
    "As {a_group} {person}, I want to leave a word here.",
    "I'm {a_group} {person}.",
    "I went with {company}, I'm {group}.",
    "{name} and I were there on Sunday.",
    "{name} from {place} writing.",
    "We're {a_group} family of four.",
    "I took {company} along.",
    "Hello, {name} here, {group}, forty-six.",
    "I am {group}, {company} is too.",
    "We are two {group} friends from {place}.",
    "Served by {a_group} {person} called {name}.",
    "{a_group_up} {person} dealt with us.",
    "The owner is {group}.",
    "It's run by {a_group} {person} from {place}.",
    "Came here with {a_group} {person}.",
    "My boss, who's {group}, chose it.",
    "I moved here from {place}.",
    "Our daughter is {group} and came with {company}.",
    "There was {a_group} {person} before us.",
    "Full disclosure: I'm {group}.",
    "{group_up} {person} speaking:",
    "I'm married to {a_group} {person}.",
)
AFTER = (
    "Signed {name}, {place}.",
    "That was with {company}.",
    "I'm {group}, by the way.",
    "My {person} {name} says the same, and {name} is {group}.",
    "This comes from {a_group} {person}.",
    "Greetings from {a_group} {person} in {place}!",
    "{name} is {group} and thinks so too.",
    "And I say that as {a_group} {person}.",
    "So say I and {company}.",
    "We are {group}.",
    "- {name}",
)
_SOMEBODY = re.compile(
    r"\b(?:waiter|waitress|server|man|woman|lady|guy|girl|boy|doctor|nurse|driver|manager|"
    r"receptionist|owner|friend|couple|family|customer|staff|chef|dentist|husband|wife|guests?|"
    r"mother|father|mom|mum|dad|neighbou?r|people|person|hairdresser|mechanic|bartender|hostess)\b"
)
_DIALECT = (
    (r"\b(\w{2,})ing\b", r"\1in'"),
    (r"\b(?:is not|isn't|are not|aren't|am not)\b", "ain't"),
    (r"\bwas\b", "were"),
    (r"\bmy\b", "me"),
    (r"\byou\b", "ya"),
    (r"\b[Tt]he (\w)", r"th' \1"),
    (r"\b(?:going to)\b", "gonna"),
    (r"\b(?:very|really)\b", "proper"),
    (r"\bwith\b", "wi'"),
    (r"\b(?:that)\b", "tha'"),
    (r"\b(?:them)\b", "'em"),
    (r"\b(?:them|those)\b", "them there"),
    (r"\b(?:you all|everyone)\b", "y'all"),
    (r"\b(?:have|has) been\b", "been"),
    (r"\b(?:little|small)\b", "wee"),
    (r"\bnothing\b", "nowt"),
    (r"\bsomething\b", "summat"),
    (r"\b(?:of)\b", "o'"),
    (r"\b(?:they are|they're)\b", "dem"),
    (r"\bth(?=e\b|at\b|is\b|em\b)", "d"),
    (r"\b(?:is|are) (?=\w+ing\b)", "be "),
    (r"\b(?:him|her|it) (?:is|was)\b", "it do be"),
)
_DIALECT_ENDS = (
    *("", "", "", ", like", ", innit", ", so it is", ", eh", ", mate", ", hon"),
    *(" y'know", ", bruv"),
    *(", lah", ", pet", ", fam", " and all", ", so I do", ", yaar", ", I reckon", ", mon"),
)


def people_twins(text: str, chance: random.Random) -> tuple[str, str]:
    """Say a text twice, with another person in it or beside it each time."""
    somebody = list(_SOMEBODY.finditer(text))
    if somebody and chance.random() < 0.5:
        place = chance.choice(somebody).start()
        one, other = chance.sample(GROUPS, 2)
        if chance.random() < 0.3:
            one = ""
        return _inserted(text, place, one), _inserted(text, place, other)
    frame = chance.choice(BEFORE if chance.random() < 0.6 else AFTER)
    person = chance.choice(PERSONS)
    first, second = (_framed(text, frame, person, chance) for _ in range(2))
    if chance.random() < 0.25:
        first = text
    return first, second


def _inserted(text: str, place: int, group: str) -> str:
    if not group:
        return text
    before = text[:place]
    if re.search(r"\ban? $", before):
        before = re.sub(r"\ban? $", f"{_article(group)} ", before)
    return f"{before}{group} {text[place:]}"


def _article(word: str) -> str:
    return "an" if word[0].lower() in "aeiou" else "a"


def _framed(text: str, frame: str, person: str, chance: random.Random) -> str:
    group = chance.choice(GROUPS)
    with_article = f"{_article(group)} {group}"
    said = frame.format(
        group=group,
        group_up=group[0].upper() + group[1:],
        a_group=with_article,
        a_group_up=with_article[0].upper() + with_article[1:],
        person=person,
        name=chance.choice(NAMES),
        place=chance.choice(PLACES),
        company=chance.choice(COMPANY),
    )
    return f"{said} {text}" if frame in BEFORE else f"{text} {said}"


def dialect_twin(text: str, chance: random.Random) -> str:
    """Say a text as people speak it somewhere: a few sounds and words changed, an end added."""
    said = text
    for pattern, spoken in chance.sample(_DIALECT, 9):
        said = re.sub(pattern, spoken, said)
    end = chance.choice(_DIALECT_ENDS)
    stripped = said.rstrip(".! ")
    return said if not end else f"{stripped}{end}{said[len(stripped) :].rstrip() or '.'}"


def twins(examples: Sequence[Example], count: int, seed: int) -> list[tuple[Example, Example]]:
    """Make `count` pairs from short examples with a known polarity."""
    chance = random.Random(seed)  # noqa: S311 - texts to learn from, not secrets
    short = [one for one in examples if one.polarity >= 0 and 2 < len(one.text.split()) < 28]
    found = []
    for example in chance.choices(short, k=count):
        draw = chance.random()
        if draw < 0.62:
            one, other = people_twins(example.text, chance)
        elif draw < 0.78:
            one, other = example.text, dialect_twin(example.text, chance)
        else:
            one, other = example.text, mistyped_words(example.text, chance)
        if one != other:
            found.append((example.with_text(one), example.with_text(other)))
    return found
