"""What a write to the store means, apart from where it is written; both stores ask here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.alert import Notification
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.counts import counts_of, difference
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.forgetting import without_person
from chalicelib.domain.incident import Incident
from chalicelib.domain.judging import Unjudged
from chalicelib.domain.sentiment import Reading, ReadingStatus

# DynamoDB refuses a transaction of more rows.
ROWS_IN_TRANSACTION = 100
# Senders of webhooks repeat a delivery for three days at most (Stripe); a week is on the safe side.
DELIVERY_KEPT = timedelta(days=7)

Identity = tuple[str, str, ReadingStatus, str]


def at_rest(scored: ScoredFeedback) -> ScoredFeedback:
    """What is kept of it: everything, or of a deletion a tombstone without words or person.

    The tombstone has the deletion's version, so that an older edit that comes late stays out. What
    a text is known by goes with what waits to be judged, and no further.
    """
    scored = replace(scored, feedback=replace(scored.feedback, likeness=None))
    feedback = scored.feedback
    if not feedback.is_deleted:
        return scored
    tombstone = replace(without_person(scored).feedback, stars=None, survey_scores={})
    gone = Reading(status=ReadingStatus.UNSCORED, reason="deleted")
    return replace(
        scored, feedback=tombstone, reading=gone, is_not_negative=False, words_until=None
    )


def identity(scored: ScoredFeedback) -> Identity:
    """What makes two stored forms of one feedback the same: version, date, and who read it."""
    return (
        scored.feedback.version,
        scored.day,
        scored.reading.status,
        scored.reading.model_version,
    )


def is_repeat(scored: ScoredFeedback, other: ScoredFeedback | None) -> bool:
    """True when writing `scored` over the other would change nothing."""
    return other is not None and identity(scored) == identity(other)


def is_expected(stored: ScoredFeedback | None, previous: ScoredFeedback | None) -> bool:
    """True when the row is still the one that the writer read."""
    if stored is None or previous is None:
        return stored is previous
    return (
        identity(stored) == identity(previous)
        and stored.is_not_negative == previous.is_not_negative
        and stored.feedback.answered_at == previous.feedback.answered_at
    )


def refuse_older(scored: ScoredFeedback, previous: ScoredFeedback | None) -> None:
    """Raises ValueError when an older version would take a newer one's place."""
    if previous is not None and scored.feedback.version < previous.feedback.version:
        raise ValueError(f"version {scored.feedback.version} is older than what is stored")


def count_steps(
    scored: ScoredFeedback, previous: ScoredFeedback | None
) -> dict[tuple[str, str], Mapping[str, int]]:
    """What to add to which count row, (day, location): the old row gives back what it got."""
    steps: dict[tuple[str, str], Mapping[str, int]] = {}
    new_row = (scored.day, scored.feedback.location)
    added = counts_of(scored)
    if previous is not None:
        old_row = (previous.day, previous.feedback.location)
        taken = counts_of(previous)
        if old_row == new_row:
            added = difference(taken, added)
        else:
            steps[old_row] = difference(taken, {})
    steps[new_row] = added
    return {row: step for row, step in steps.items() if step}


def refuse_moved_counts(kept: ScoredFeedback, previous: ScoredFeedback | None) -> None:
    """Raises ValueError when forgetting would change a count: what was counted stays counted."""
    if count_steps(kept, previous):
        raise ValueError(f"forgetting {kept.feedback.feedback_id} would move a count")


def refuse_other_words(answered: ScoredFeedback, previous: ScoredFeedback) -> None:
    """Raises ValueError when noting an answer would change anything else."""
    unanswered = replace(answered.feedback, answered_at=previous.feedback.answered_at)
    if replace(answered, feedback=unanswered) != previous:
        raise ValueError(f"an answer changes {previous.feedback.feedback_id}")


def one_of_each(notifications: Iterable[Notification]) -> list[Notification]:
    """The same telling once; the first one stays."""
    unique: dict[tuple[str, str], Notification] = {}
    for notification in notifications:
        unique.setdefault((notification.incident_id, notification.notification_id), notification)
    return list(unique.values())


def fits_together(
    judged: Sequence[Unjudged],
    incidents: Sequence[Incident],
    notifications: Sequence[Notification],
) -> bool:
    """Whether all of it fits into one transaction beside judge, ledger and concern."""
    rows = len(judged) + len(incidents) + len(notifications) + 3
    return rows <= ROWS_IN_TRANSACTION


def refuse_many_claims(claims: Sequence[str], notifications: Sequence[Notification]) -> None:
    """Raises ValueError when they do not fit into one transaction beside a case and an act."""
    rows = len(claims) + len(notifications) + 2
    if rows > ROWS_IN_TRANSACTION:
        raise ValueError(f"{rows} rows in one transaction, {ROWS_IN_TRANSACTION} are allowed")


def of_customer(cases: Iterable[RecoveryCase], customer: str) -> list[RecoveryCase]:
    """Those of one customer, in the order in which they were opened."""
    found = (case for case in cases if case.customer == customer)
    return sorted(found, key=lambda case: (case.opened_at, case.case_id))


def refuse_too_many(
    judged: Sequence[Unjudged],
    incidents: Sequence[Incident],
    notifications: Sequence[Notification],
) -> None:
    """Raises ValueError when it does not fit into one transaction beside judge, ledger and
    concern."""
    if not fits_together(judged, incidents, notifications):
        rows = len(judged) + len(incidents) + len(notifications) + 3
        raise ValueError(f"{rows} rows in one transaction, {ROWS_IN_TRANSACTION} are allowed")
