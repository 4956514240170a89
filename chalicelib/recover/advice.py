"""Everything an alert advises: the likely cause, the first steps, a draft or a warning."""

from collections.abc import Sequence

from chalicelib.domain.briefing import Advice
from chalicelib.domain.business import Business
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.incident import Incident, IncidentKind
from chalicelib.domain.sentiment import Polarity
from chalicelib.recover.playbook import playbook_for
from chalicelib.recover.reply import draft_reply, needs_expert, worth_a_draft
from chalicelib.recover.root_cause import find_root_cause, leading_emotion
from chalicelib.wording.quote import worst_first


def advise(
    incident: Incident, business: Business, quotes: Sequence[ScoredFeedback], language: str
) -> Advice:
    """Advice about an incident in the reader's language; nothing about a source that is silent."""
    if incident.kind is IncidentKind.SOURCE or not quotes:
        return Advice()
    cause = find_root_cause(quotes, incident)
    steps = _first_steps(incident, quotes, language)
    is_careful = bool(incident.critical) or any(needs_expert(quote) for quote in quotes)
    # One draft, to the worst off whom a careless sentence cannot harm; the note says whose it is.
    chosen = None if incident.critical else worth_a_draft(worst_first(quotes))
    draft = draft_reply(chosen, business, language) if chosen else None
    return Advice(cause=cause, first_steps=steps, draft=draft, needs_expert=is_careful)


def _first_steps(
    incident: Incident, quotes: Sequence[ScoredFeedback], language: str
) -> tuple[str, ...]:
    book = playbook_for(language)
    if incident.critical:
        return book.critical_steps(incident.critical[0])
    cause = find_root_cause(quotes, incident)
    emotion = cause.emotion if cause else None
    topic = cause.topic if cause else incident.topic
    return (book.stance(emotion), book.first_step(emotion, topic))


def steps_for(scored: ScoredFeedback, language: str) -> tuple[str, ...]:
    """What to do first about one customer's words, in the reader's language."""
    book, reading = playbook_for(language), scored.reading
    if reading.critical:
        return book.critical_steps(reading.critical[0])
    ill = [one for one in reading.topics if one.polarity is Polarity.NEGATIVE]
    topic = max(ill, key=lambda one: one.strength).name if ill else None
    emotion = leading_emotion([scored])
    return (book.stance(emotion), book.first_step(emotion, topic))
