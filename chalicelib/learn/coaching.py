"""What a team is thanked for and what it can practise, from the count rows of its place.

Only what people on the floor can change is to be practised: no price, no product, no bill. And
only what is surely worse there than everything else together, so that nobody is sent to practise
what chance brought. A sentence of praise names somebody only when the owner listed that name.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from chalicelib.domain.coaching import Coaching, Thanked, ToPractise
from chalicelib.domain.digest import Period
from chalicelib.domain.sentiment import Emotion, Polarity, Topic
from chalicelib.learn.journey import days_of, summed
from chalicelib.learn.shares import share_of
from chalicelib.learn.silence import Counts

PRACTISED = (
    Topic.STAFF_SERVICE,
    Topic.COMMUNICATION,
    Topic.WAIT_DELIVERY,
    Topic.CLEANLINESS_PLACE,
    Topic.SAFETY_PRIVACY,
)
UNHAPPY = (
    Emotion.ANGER,
    Emotion.FEAR,
    Emotion.DISAPPOINTMENT,
    Emotion.CONFUSION,
    Emotion.SADNESS,
)
SHOWN, FEWEST_UNHAPPY = 3, 3
# How a sentence of praise may begin without naming anybody.
_OPENINGS = """
a all always an and as best both brilliant but can competent delicious each even every everybody
everyone everything excellent fantastic fast friendly good great happy he her his honest i it kind
lovely many my never nice no nobody nothing our patient people perfect polite professional prompt
quick really service she so staff such super thank thanks that the their there these they this
thorough those very warm we what when whoever with wonderful you your
"""
_OPENERS = frozenset(_OPENINGS.split())
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SELF = re.compile(r"I(?:['’][a-z]+)?")


def coaching_of(counts: Counts, period: Period, location: str | None) -> Coaching:
    """One place, or all of them together when it is None."""
    ours = summed(days_of(counts, period, location), period)
    return Coaching(
        location=location,
        n=ours["n"] - ours["unscored"],
        thanked=_thanked(ours),
        practise=_practise(ours),
    )


def names_nobody(sentence: str, listed: Iterable[str]) -> bool:
    """True when nobody is named but who is listed: no other word with a capital letter, and a
    first word that is none of a name's."""
    known = {part.lower() for name in listed for part in _WORDS.findall(name)}
    words = _WORDS.findall(sentence)
    if not words or not words[0][0].isupper():
        # Who writes everything small writes names small too.
        return False
    first, *rest = words
    opens = first.lower().partition("'")[0].partition("’")[0]
    return (opens in _OPENERS or opens in known) and all(
        word[0].islower() or _SELF.fullmatch(word) or _bare(word) in known for word in rest
    )


def _bare(word: str) -> str:
    """Without the ending of a possessive."""
    return re.sub(r"['’]s$", "", word.lower())


def _thanked(ours: Mapping[str, int]) -> tuple[Thanked, ...]:
    found = [
        Thanked(topic=topic, positive=share_of(positive, n))
        for topic, n in _topics(ours).items()
        if (positive := ours.get(f"topic.{topic}.positive", 0)) >= FEWEST_UNHAPPY
    ]
    firm = [one for one in found if one.positive.is_firm]
    return tuple(sorted(firm, key=lambda one: (-one.positive.part, one.topic))[:SHOWN])


def _practise(ours: Mapping[str, int]) -> tuple[ToPractise, ...]:
    read = ours.get("n", 0) - ours.get("unscored", 0)
    usual = ours.get(Polarity.NEGATIVE, 0) / read if read else 0.0
    emotion = _unhappy_emotion(ours)
    found = []
    for topic in PRACTISED:
        negative = ours.get(f"topic.{topic}.negative", 0)
        share = share_of(negative, ours.get(f"topic.{topic}", 0))
        if share.is_firm and negative >= FEWEST_UNHAPPY and share.low > usual:
            found.append(ToPractise(topic=topic, negative=share, emotion=emotion))
    return tuple(sorted(found, key=lambda one: -one.negative.low)[:SHOWN])


def _unhappy_emotion(ours: Mapping[str, int]) -> Emotion | None:
    felt = Counter({emotion: ours.get(f"emotion.{emotion}", 0) for emotion in UNHAPPY})
    emotion, n = felt.most_common(1)[0]
    return emotion if n else None


def _topics(ours: Mapping[str, int]) -> dict[str, int]:
    """Those that somebody named, with how many did."""
    return {
        name.removeprefix("topic."): n
        for name, n in ours.items()
        if n > 0 and name.startswith("topic.") and not name.endswith((".negative", ".positive"))
    }
