"""What cannot wait for a pattern: one feedback that goes out at once, outside the detector."""

from datetime import datetime, timedelta

from chalicelib.domain.judging import Change, Unjudged

# "1-2 stars and anger >= .8" (detection.md, guard 1); the figure that keeps critical alerts within
# the budget of false alarms is measured in docs/detection.md.
RAGE_STARS = 2.0
RAGE_ANGER = 0.8
# A critical matter that is older than this when it reaches us is history, not an emergency.
FRESH = timedelta(days=7)
# More than these on one local day are gathered into the last of them.
CRITICAL_PER_DAY = 3


def is_critical(change: Unjudged, now: datetime) -> bool:
    """Whether somebody must hear of this one feedback at once."""
    if change.change is Change.DELETED or change.is_history:
        return False
    if change.written_at < now - FRESH:
        return False
    if change.critical:
        return True
    is_low = change.stars is not None and change.stars <= RAGE_STARS
    return is_low and change.anger >= RAGE_ANGER
