"""Read a batch of arrivals in one call of the model; what need not be read again is not."""

from collections.abc import Callable, Mapping, Sequence

from chalicelib.domain.business import Business
from chalicelib.domain.feedback import Arrival, ScoredFeedback
from chalicelib.domain.sentiment import Reading, ReadingStatus, TextToRead
from chalicelib.ports import Model


def read_batch(
    model: Callable[[], Model],
    business: Business,
    arrivals: Sequence[Arrival],
    stored: Mapping[str, ScoredFeedback],
) -> list[Reading]:
    """One reading an arrival, in order.

    A deletion is not read; a version that says the same as the stored one (`stored`, by feedback
    id) keeps its reading.
    """
    known = [_known_reading(one, stored.get(one.feedback.feedback_id)) for one in arrivals]
    texts = [
        TextToRead(text=one.feedback.text, stars=one.feedback.stars, language=one.feedback.language)
        for one, reading in zip(arrivals, known, strict=True)
        if reading is None
    ]
    fresh: list[Reading] = []
    if texts:
        fresh = model().read(texts, languages=business.languages, topics=business.topics)
    unread = iter(fresh)
    return [reading if reading is not None else next(unread) for reading in known]


def _known_reading(arrival: Arrival, stored: ScoredFeedback | None) -> Reading | None:
    if arrival.feedback.is_deleted:
        return Reading(status=ReadingStatus.UNSCORED, reason="deleted at its source")
    if stored and stored.feedback.content_hash == arrival.feedback.content_hash:
        return stored.reading
    return None
