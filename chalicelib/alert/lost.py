"""What the operator is told of messages that failed too often: how many, of what, what to do.

Three alarms are all that the bill allows, and only feedback has one of them; of the other queues
the watch tells by mail, once a day for as long as something lies there. The mail holds numbers and
names of queues, never a message.
"""

from collections.abc import Mapping
from datetime import datetime
from html import escape

from chalicelib.domain.alert import Email

# By what the template calls them; the names on AWS have something before and after.
_WHAT = {
    "FeedbackLost": "feedback that could not be scored or stored",
    "PullsLost": "looks at a source that failed",
    "LostCalls": "scheduled calls and delivery notices that failed",
}
_STEPS = (
    "What to do: read the functions' logs for the cause and mend it; then run "
    "./dev heedful redrive, which shows what lies there without a customer's word and puts it back "
    "on yes. Messages are kept for fourteen days."
)


def budget_of(queue: str, now: datetime) -> str:
    """Under this name it is noted that the operator was told of a queue on this day (UTC)."""
    return f"told-of.{_name_of(queue)}.{now:%Y-%m-%d}"


def _name_of(queue: str) -> str:
    return next((name for name in _WHAT if name in queue), queue)


def render_lost(depths: Mapping[str, int], operator: str) -> Email:
    """The mail about these queues, each with at least one message."""
    lines = [
        f"{depth} in {_name_of(queue)}: {_WHAT.get(_name_of(queue), 'messages that failed')}"
        for queue, depth in depths.items()
    ]
    total = sum(depths.values())
    subject = f"Heedful: {total} message{'' if total == 1 else 's'} could not be handled"
    text = "\n\n".join(("\n".join(lines), _STEPS))
    shown = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return Email(
        to=operator,
        subject=subject,
        text=text,
        html=f"<p>{escape(subject)}</p><ul>{shown}</ul><p>{escape(_STEPS)}</p>",
        tag="operator/lost",
    )
