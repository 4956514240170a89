"""One customer's words as a reader sees them: cleaned, marked, with what belongs beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from chalicelib.domain.business import Business
from chalicelib.domain.counts import EMOTION_PRESENT
from chalicelib.domain.feedback import MAIN_LOCATION, ScoredFeedback
from chalicelib.domain.incident import Incident, Outcome
from chalicelib.domain.sentiment import Emotion
from chalicelib.wording.clean import clean, host_of, one_line, safe_url, without_links
from chalicelib.wording.highlight import Stretch, find_stretches
from chalicelib.wording.words import Words

AUTHOR_LIMIT = 60
PHRASES_SHOWN = 4
PHRASE_LIMIT = 80
STAR, NO_STAR = "★", "☆"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a template shows of one feedback; every string is clean and in the reader's language.

    `stretches` are the text, cut where it is marked; `stars` is a picture of five signs.
    """

    feedback_id: str
    author: str
    from_line: str
    day: str
    stars: str
    stars_label: str
    emotion: str
    stretches: tuple[Stretch, ...]
    is_shortened: bool
    remark: str
    because: str
    order: str
    url: str | None
    host: str
    language: str
    is_not_negative: bool
    outcome: Outcome | None

    @property
    def text(self) -> str:
        """The words as one string."""
        return "".join(stretch.text for stretch in self.stretches)

    @property
    def whose(self) -> str:
        """Who wrote it and when: several may be without a name."""
        return f"{self.author}, {self.day}"

    @property
    def has_marks(self) -> bool:
        """True when something in the text is marked."""
        return any(stretch.is_marked for stretch in self.stretches)


def worst_first(quotes: Sequence[ScoredFeedback]) -> list[ScoredFeedback]:
    """Critical ones, then by the weight of their evidence, then the newest."""
    return sorted(
        quotes,
        key=lambda one: (
            not one.reading.critical,
            -(one.reading.evidence if one.reading.evidence is not None else 0.5),
            -one.feedback.written_at.timestamp(),
            one.feedback.feedback_id,
        ),
    )


def quote_of(
    scored: ScoredFeedback,
    incident: Incident | None,
    business: Business,
    words: Words,
    *,
    text_limit: int | None = None,
) -> Quote:
    """The feedback in the reader's language; the text is cut at `text_limit` characters.
    Without an incident there is no outcome."""
    feedback, reading = scored.feedback, scored.reading
    text = clean(feedback.text)
    shown = text if text_limit is None or len(text) <= text_limit else text[:text_limit] + "…"
    because = [clean(phrase) for phrase in reading.because]
    stretches = find_stretches(shown, because) if shown else ()
    url = safe_url(feedback.url)
    stars_label = _stars_label(feedback.stars, words)
    return Quote(
        feedback_id=feedback.feedback_id,
        author=without_links(one_line(feedback.author or "", AUTHOR_LIMIT))
        or words.say("quote.anonymous"),
        from_line=_with_echoes(_from_line(scored, business, words), scored, incident, words),
        day=_day(scored, business, words),
        stars=_stars_picture(feedback.stars),
        stars_label=stars_label,
        emotion=_emotion(scored, words),
        stretches=tuple(replace(one, text=without_links(one.text)) for one in stretches),
        is_shortened=shown != text,
        remark=_remark(text, stars_label, scored, words),
        because=_because(because, words),
        order=_order(feedback.order_reference, words),
        url=url,
        host=host_of(url) if url else "",
        language=reading.language or feedback.language or "",
        is_not_negative=scored.is_not_negative,
        outcome=incident.outcomes.get(feedback.feedback_id) if incident else None,
    )


def _from_line(scored: ScoredFeedback, business: Business, words: Words) -> str:
    feedback = scored.feedback
    source = without_links(one_line(feedback.source, AUTHOR_LIMIT))
    line = words.say("quote.from", source=source, day=_day(scored, business, words))
    if feedback.location == MAIN_LOCATION or len(business.locations) < 2:
        return line
    place = without_links(one_line(business.location_name(feedback.location), AUTHOR_LIMIT))
    return f"{line}, {words.say('quote.location', place=place)}"


def _with_echoes(line: str, scored: ScoredFeedback, incident: Incident | None, words: Words) -> str:
    """The line, and where the customer posted the same: it is to be answered there too."""
    places = incident.also_at.get(scored.feedback.feedback_id, ()) if incident else ()
    if not places:
        return line
    named = words.joined([without_links(one_line(one, AUTHOR_LIMIT)) for one in places])
    return f"{line}; {words.say('quote.also_at', places=named)}"


def _day(scored: ScoredFeedback, business: Business, words: Words) -> str:
    """The day on which it was written, on the reader's wall."""
    written_at = scored.feedback.written_at.astimezone(ZoneInfo(business.time_zone))
    return words.day(written_at.date())


def _stars_picture(stars: float | None) -> str:
    if stars is None:
        return ""
    full = min(5, max(1, round(stars)))
    return STAR * full + NO_STAR * (5 - full)


def _stars_label(stars: float | None, words: Words) -> str:
    return words.say("quote.stars_of", stars=words.number(stars)) if stars is not None else ""


def _emotion(scored: ScoredFeedback, words: Words) -> str:
    emotion = scored.reading.strongest_emotion
    if emotion is None or emotion is Emotion.NEUTRAL:
        return ""
    if scored.reading.emotions[emotion] < EMOTION_PRESENT:
        return ""
    return words.say("quote.emotion", emotion=words.label("emotion", emotion))


def _remark(text: str, stars_label: str, scored: ScoredFeedback, words: Words) -> str:
    """What stands where there is no text, or where the model could not read it."""
    if not text:
        return (
            words.say("quote.no_text", stars=stars_label)
            if stars_label
            else words.say("quote.nothing")
        )
    return "" if scored.reading.is_scored else words.say("quote.unread")


def _because(phrases: Sequence[str], words: Words) -> str:
    shown = [without_links(one_line(phrase, PHRASE_LIMIT)) for phrase in phrases[:PHRASES_SHOWN]]
    shown = [phrase for phrase in shown if phrase]
    return words.say("quote.because", words=" · ".join(shown)) if shown else ""


def _order(reference: str | None, words: Words) -> str:
    shown = without_links(one_line(reference or "", AUTHOR_LIMIT))
    return words.say("quote.order", reference=shown) if shown else ""
