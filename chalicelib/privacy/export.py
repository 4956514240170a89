"""What a customer gets who asks what is kept of them (GDPR, articles 15 and 20): plain JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from chalicelib.domain.business import Business
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.clock import to_text
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import as_kept, has_person
from chalicelib.domain.incident import Incident
from chalicelib.domain.reply import Reply
from chalicelib.domain.request import PersonRequest
from chalicelib.domain.request import as_kept as request_as_kept
from chalicelib.privacy.erase_cases import as_exported
from chalicelib.privacy.erase_replies import as_exported as reply_as_exported


def export_of(
    business: Business,
    found: Sequence[ScoredFeedback],
    incidents: Sequence[Incident],
    requests: Sequence[PersonRequest],
    cases: Sequence[RecoveryCase],
    now: datetime,
    *,
    replies: Sequence[Reply] = (),
) -> dict[str, Any]:
    """All that is kept of a person, as it may still be read, with why and how long it is kept."""
    asked = [request_as_kept(one, now) for one in requests]
    kept = [one for one in (as_kept(stored, now) for stored in found) if has_person(one)]
    return {
        "business": business.name,
        "made_at": to_text(now),
        "purposes": {
            "alerts": {
                "what": "hear of an unhappy customer and make it right",
                "ground": str(business.privacy.alerts),
            },
            "recovery": {
                "what": "look after an unhappy customer until it is made right",
                "ground": str(business.privacy.recovery),
            },
            "profiles": {
                "what": "see how one customer's experience goes on",
                "ground": str(business.privacy.profiles),
            },
        },
        "kept_days": business.privacy.keep_words.days,
        "given_to": "nobody outside the business's own AWS account",
        "feedback": [_feedback(one, incidents) for one in kept],
        "replies": [reply_as_exported(one) for one in replies],
        "cases": [as_exported(one) for one in cases],
        "requests": [_request(one) for one in asked if one.asked.typed],
    }


def _request(request: PersonRequest) -> dict[str, Any]:
    return {
        "id": request.request_id,
        "kind": str(request.kind),
        "received_at": to_text(request.received_at),
        "due": request.due_day,
        "answered_at": to_text(request.answered_at) if request.answered_at else None,
        **asdict(request.asked),
    }


def _feedback(scored: ScoredFeedback, incidents: Sequence[Incident]) -> dict[str, Any]:
    feedback, reading = scored.feedback, scored.reading
    said = {
        "id": feedback.feedback_id,
        "source": feedback.source,
        "id_at_source": feedback.external_id,
        "kind": str(feedback.kind),
        "text": feedback.text,
        "stars": feedback.stars,
        "survey_scores": {str(name): score for name, score in feedback.survey_scores.items()},
        "author": feedback.author,
        "author_id": feedback.author_id,
        "order": feedback.order_reference,
        "address": feedback.url,
        "place": feedback.location,
        "language": feedback.language or reading.language,
        "consent": feedback.has_consent,
        "written_at": to_text(feedback.written_at),
        "updated_at": to_text(feedback.updated_at),
        "received_at": to_text(scored.received_at),
        "kept_until": to_text(scored.words_until) if scored.words_until else None,
        "found_by": len(feedback.traces),
    }
    concluded = {
        "by": reading.model_version or None,
        "polarity": str(reading.sentiment.polarity) if reading.sentiment else None,
        "negative": reading.evidence,
        "emotions": {str(name): strength for name, strength in reading.emotions.items()},
        "topics": [one.name for one in reading.topics],
        "stages": [one.name for one in reading.stages],
        "cannot_wait": [str(kind) for kind in reading.critical],
        "because": list(reading.because),
        "a_person_said_it_is_not_negative": scored.is_not_negative,
    }
    told = [
        {
            "id": one.incident_id,
            "opened_at": to_text(one.opened_at),
            "state": str(one.state),
            "outcome": str(one.outcomes[feedback.feedback_id])
            if feedback.feedback_id in one.outcomes
            else None,
        }
        for one in incidents
        if feedback.feedback_id in one.feedback_ids
    ]
    return {"said": said, "concluded": concluded, "incidents": told}
