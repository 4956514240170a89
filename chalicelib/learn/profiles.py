"""What may be known of one customer over time, and what their voices add up to.

Never profiled are special categories (GDPR, article 9): no voice that speaks of health or of what
somebody was treated unfairly for, and nobody at a trade where being a customer says such a thing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from chalicelib.domain.business import Business
from chalicelib.domain.counts import EMOTION_PRESENT
from chalicelib.domain.digest import FEWEST
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.profile import Known, ProfileFigures
from chalicelib.domain.sentiment import CriticalKind, Emotion, Polarity, Reading
from chalicelib.learn.intervals import share_interval

# Who posts there speaks to the public under a name that is nobody's customer number.
SOCIAL = frozenset({"mastodon", "bluesky", "x", "instagram", "youtube", "hacker_news"})
SPECIAL_KINDS = frozenset(
    {
        CriticalKind.ALLERGY_ILLNESS,
        CriticalKind.INJURY,
        CriticalKind.SELF_HARM,
        CriticalKind.DISCRIMINATION,
    }
)
SPECIAL_TRADES = frozenset(
    {
        "clinic", "dentist", "doctor", "practice", "praxis", "physio", "klinik", "hospital",
        "pharmacy", "apotheke", "therapy", "therapist", "psychotherapy", "midwife", "optician",
        "arzt", "arztpraxis", "zahnarzt", "zahnarztpraxis", "therapie", "pflege", "hebamme",
        "church", "kirche", "gewerkschaft",
    }
)  # fmt: skip
SHOWN_MOST = 3

Name = TypeVar("Name", bound=str)


def is_special(business: Business, reading: Reading) -> bool:
    """Whether a voice may not be profiled, whatever the ground."""
    words = business.trade.casefold().replace("-", " ").split()
    return not SPECIAL_TRADES.isdisjoint(words) or not SPECIAL_KINDS.isdisjoint(reading.critical)


def usable_traces(feedback: Feedback, kind: str) -> tuple[str, ...]:
    """By which of its traces a voice may be added to a customer: all of them with consent.

    Without, its order and its author alone: no address or number that stood in it, and no name on
    a social network (`kind` is the source's). Traces stand in the order in which they were made
    (`privacy.traces`): order, author, then the rest; so nobody needs the key here.
    """
    if feedback.has_consent:
        return feedback.traces
    orders = 1 if feedback.order_reference else 0
    authors = 1 if feedback.author_id else 0
    author = feedback.traces[orders : orders + authors]
    return feedback.traces[:orders] + (() if kind in SOCIAL else author)


def figures_of(voices: Sequence[ScoredFeedback]) -> ProfileFigures:
    """Counts over these voices; what could not be read is in no share."""
    read = [one.reading for one in voices if one.reading.sentiment is not None]
    unhappy = sum(_polarity(one) is Polarity.NEGATIVE for one in read)
    emotions = Counter(
        emotion
        for one in read
        for emotion, strength in one.emotions.items()
        if strength >= EMOTION_PRESENT and emotion is not Emotion.NEUTRAL
    )
    topics = Counter(topic.name for one in read for topic in one.topics)
    sources = Counter(one.feedback.source for one in voices)
    return ProfileFigures(
        n=len(voices),
        read=len(read),
        unhappy=unhappy,
        negative=share_interval(unhappy, len(read)) if len(read) >= FEWEST else None,
        consented=sum(one.feedback.has_consent for one in voices),
        sources=_most(sources),
        emotions=_most(emotions)[:SHOWN_MOST],
        topics=_most(topics)[:SHOWN_MOST],
    )


def grouped(known: Iterable[Known]) -> list[tuple[Known, ...]]:
    """Traces that are the same person together, in the order of their first."""
    listed = {one.trace: one for one in known}
    groups: list[tuple[Known, ...]] = []
    seen: set[str] = set()
    for trace in listed:
        if trace in seen:
            continue
        together, ahead = [], [trace]
        while ahead:
            one = ahead.pop(0)
            if one in seen or one not in listed:
                continue
            seen.add(one)
            together.append(listed[one])
            ahead += [tie.other for tie in listed[one].ties if tie.holds]
        groups.append(tuple(together))
    return groups


def _polarity(reading: Reading) -> Polarity | None:
    return reading.sentiment.polarity if reading.sentiment else None


def _most(counted: Mapping[Name, int]) -> tuple[tuple[Name, int], ...]:
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0]))))
