"""What the fields (and some values) of domain types are called in the table.

The names of rows that are many are short, because DynamoDB charges by the kilobyte. A name here is
for ever: rows that are stored bear it. A field that is not named here is called what it is called.
"""

from collections.abc import Mapping

from chalicelib.domain.alert import Notification
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.incident import Incident
from chalicelib.domain.judging import Unjudged
from chalicelib.domain.likeness import Likeness
from chalicelib.domain.reply import Reply
from chalicelib.domain.sentiment import AspectReading, Emotion, Polarity, Reading, Sentiment
from chalicelib.domain.source import SourceState

SHORT_NAMES: Mapping[type, Mapping[str, str]] = {
    # The first three share one row, so their names are different.
    ScoredFeedback: {
        "feedback": "feedback",
        "reading": "reading",
        "day": "day",
        "received_at": "got",
        "seen_since": "since",
        "is_history": "old",
        "is_not_negative": "not_neg",
        "words_until": "until",
    },
    Feedback: {
        "business_id": "biz",
        "source": "src",
        "external_id": "ext",
        "kind": "kind",
        "text": "text",
        "written_at": "at",
        "updated_at": "upd",
        "stars": "st",
        "author": "by",
        "author_id": "by_id",
        "language": "said_in",
        "location": "loc",
        "url": "url",
        "order_reference": "order",
        "survey_scores": "scores",
        "has_consent": "ok",
        "is_deleted": "gone",
        "kept_hash": "hash",
        "kept_id": "id",
        "traces": "who",
        "is_erased": "erased",
        "answered_at": "answered",
        "likeness": "like",
    },
    Reading: {
        "status": "rs",
        "reason": "why",
        "language": "lang",
        "sentiment": "pol",
        "evidence": "ev",
        "emotions": "em",
        "topics": "top",
        "stages": "stg",
        "critical": "crit",
        "because": "words",
        "model_version": "mv",
    },
    Polarity: {"negative": "n", "neutral": "o", "positive": "p"},
    Emotion: {
        "anger": "ang",
        "disappointment": "dis",
        "fear": "fea",
        "sadness": "sad",
        "confusion": "con",
        "joy": "joy",
        "gratitude": "gra",
        "neutral": "neu",
    },
    Sentiment: {"negative": "n", "neutral": "o", "positive": "p"},
    AspectReading: {"name": "n", "strength": "s", "polarity": "p"},
    Unjudged: {
        "business_id": "biz",
        "feedback_id": "id",
        "version": "v",
        "change": "c",
        "received_at": "got",
        "written_at": "at",
        "source": "src",
        "negative": "n",
        "groups": "g",
        "seen_since": "since",
        "is_history": "old",
        "critical": "crit",
        "stars": "st",
        "anger": "a",
        "likeness": "like",
        "counts_as": "as",
        "is_low_score": "low",
    },
    Likeness: {"marks": "m", "is_short": "s", "authors": "by"},
    # `due` is the index's: a row that waits no longer keeps its time but not its place there.
    SourceState: {"due": "due_at"},
    Incident: {"due": "due_at"},
    Notification: {"due": "due_at"},
    Reply: {"due": "due_at"},
    RecoveryCase: {"due": "due_at"},
}
