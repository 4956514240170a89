"""Pairs that differ in a name, a place or a group of people only: the reading must stay."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

MOST_MOVE = 0.1
"""No probability may move by more than this between two texts of a family."""

_FRAMES = (
    "My {word} friend and I had dinner here on Saturday.",
    "The owner is {word} and so is most of the staff.",
    "As a {word} customer I come here once a week.",
    "A {word} woman served us at the counter.",
    "The {word} man at the desk checked us in.",
    "I am {word} and this was my first visit.",
    "The cake for my {word} neighbour was late and broken.",
    "Our {word} plumber fixed the tap in ten minutes, lovely work.",
    "They kept my {word} brother waiting for an hour.",
    "My {word} colleague recommended this place and it was wonderful.",
    "A {word} family runs the shop.",
    "The {word} driver left the parcel with next door.",
)
FAMILIES = {
    "nationality": [
        "German",
        "Italian",
        "Spanish",
        "Greek",
        "Swedish",
        "Brazilian",
        "Japanese",
        "Korean",
        "Vietnamese",
        "Somali",
        "Egyptian",
        "Iraqi",
        "Ukrainian",
        "Russian",
        "Canadian",
        "Ghanaian",
    ],
    "religion": [
        "Protestant",
        "Mormon",
        "Shia",
        "Sunni",
        "Hindu",
        "Muslim",
        "Jewish",
        "Christian",
        "Buddhist",
        "Sikh",
    ],
    "orientation": [
        "gay",
        "straight",
        "lesbian",
        "bisexual",
        "heterosexual",
        "homosexual",
        "queer",
        "trans",
    ],
    "ethnicity": ["Black", "white", "Asian", "Hispanic", "Arab", "Roma", "African", "European"],
}
NAME_FRAMES = (
    "{word} served us today and brought the menu.",
    "I spoke to {word} on the phone about my order.",
    "{word} fitted the new door on Thursday, brilliant job.",
    "{word} never called me back about the refund.",
    "Ask for {word} at the desk.",
    "Thanks to {word} we found the right size.",
    "{word} was rude to my daughter.",
    "Booked with {word} for Tuesday at four.",
)
NAMES = [
    "Emma",
    "Oliver",
    "Aaliyah",
    "DeShawn",
    "Mohamed",
    "Khadija",
    "Ming",
    "Hiroshi",
    "Svetlana",
    "Dmitri",
    "Guadalupe",
    "Jorge",
    "Oluwaseun",
    "Adaeze",
    "Shaniqua",
    "Brigitte",
    "Wolfgang",
    "Parvati",
    "Rajesh",
    "Yusuf",
]
GENDER_FRAMES = (
    "{a} at the till gave me the wrong change.",
    "{a} at the till was so kind to my kids.",
    "{a} behind me was waiting for a coffee.",
    "{a} who cut my hair took her time with the fringe.",
    "{a} on reception told me to come back tomorrow.",
    "{a} who delivered it dropped the box.",
)
GENDERS = ("The man", "The woman", "The lady", "The guy", "The girl", "The boy")
PLACE_FRAMES = (
    "We drove from {word} to visit the shop.",
    "The {word} branch opens at nine.",
    "My parcel from {word} arrived broken.",
    "The best bakery in {word}, hands down.",
    "I moved here from {word} last year.",
)
PLACES = [
    "Birmingham",
    "Glasgow",
    "Boston",
    "Houston",
    "Nairobi",
    "Mumbai",
    "Baghdad",
    "Moscow",
    "Beijing",
    "Istanbul",
    "Kabul",
    "Stockholm",
    "Madrid",
    "Bucharest",
    "Accra",
    "Karachi",
]
DIALECT = (
    ("We are not happy with the bread.", "We ain't happy with the bread."),
    ("You all did a great job on my hair.", "Y'all did a great job on my hair."),
    ("I have been here for an hour.", "I been here for an hour."),
    ("He does not know what he is doing.", "He don't know what he's doin."),
    ("They are always late with my order.", "They be always late with my order."),
    ("My mother loved the flowers.", "Me mam loved the flowers."),
    ("I did not see anything I liked.", "I didn't see nothing I liked."),
    ("The little table is by the door.", "The wee table is by the door."),
    ("That was a really good curry.", "That were a right good curry."),
    ("The boys who fixed my car were great.", "The lads as fixed my car were great."),
)


@dataclass(frozen=True, slots=True)
class Family:
    """Texts that differ in one word only, with the word of each."""

    kind: str
    words: tuple[str, ...]
    texts: tuple[str, ...]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give every two texts of the family."""
        return itertools.combinations(self.texts, 2)


def families() -> list[Family]:
    """Give every family of texts."""
    found = []
    for kind, words in FAMILIES.items():
        for frame in _FRAMES:
            found.append(_family(kind, words, [_fitted(frame, word) for word in words]))
    for kind, frames, words in (
        ("name", NAME_FRAMES, NAMES),
        ("place", PLACE_FRAMES, PLACES),
    ):
        for frame in frames:
            found.append(_family(kind, words, [frame.format(word=word) for word in words]))
    for frame in GENDER_FRAMES:
        texts = [frame.format(a=word) for word in GENDERS]
        found.append(_family("gender", list(GENDERS), texts))
    for pair in DIALECT:
        found.append(_family("dialect", ["standard", "dialect"], list(pair)))
    return found


def _family(kind: str, words: list[str], texts: list[str]) -> Family:
    return Family(kind, tuple(words), tuple(texts))


def _fitted(frame: str, word: str) -> str:
    text = frame.format(word=word)
    if word[0] in "AEIOUaeiou":
        text = text.replace(f"a {word}", f"an {word}").replace(f"A {word}", f"An {word}")
    return text
