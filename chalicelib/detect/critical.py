"""What cannot wait for a pattern: one feedback that goes out at once, outside the detector."""

from datetime import datetime, timedelta

from chalicelib.domain.judging import Change, Unjudged
from chalicelib.domain.sentiment import CriticalKind

# Who gives four stars and speaks of a danger or an allergy tells of care, not of an emergency.
CONTENT_STARS = 4.0
# A critical matter that is older than this when it reaches us is history, not an emergency.
FRESH = timedelta(days=7)
# More than these on one local day are gathered into the last of them.
CRITICAL_PER_DAY = 3


def is_critical(change: Unjudged, now: datetime, *, is_rage: bool) -> bool:
    """Whether somebody must hear of this one feedback at once. `is_rage`: see `rage`."""
    if change.change is Change.DELETED or change.is_history:
        return False
    if change.written_at < now - FRESH:
        return False
    if CriticalKind.SELF_HARM in change.critical:
        return True
    is_content = change.stars is not None and change.stars >= CONTENT_STARS
    return is_rage or (bool(change.critical) and not is_content)
