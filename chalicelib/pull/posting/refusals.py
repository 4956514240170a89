"""What it means when a site does not take a reply, and when two texts are the same words."""

from datetime import datetime

from chalicelib.domain.errors import ReplyRefused, SourceError
from chalicelib.ports import Explain, HttpAnswer
from chalicelib.pull.http_errors import host_of

# Here the text or the review is at fault, and asking again changes nothing.
_FINAL = frozenset({400, 404, 405, 409, 410, 413, 422})
COPY_IT = "Change the text and approve it again, or copy it and post it there yourself."


def refusing(explain: Explain | None) -> Explain:
    """The same, and what is left open of a final refusal is a ReplyRefused."""

    def explained(answer: HttpAnswer, now: datetime) -> SourceError | None:
        error = explain(answer, now) if explain else None
        if error is None and answer.status in _FINAL:
            return ReplyRefused(
                f"{host_of(answer.url)} does not take this reply ({answer.status})", advice=COPY_IT
            )
        return error

    return explained


def is_gone(site: str) -> ReplyRefused:
    """There is nothing to answer any more."""
    return ReplyRefused(
        f"{site} no longer shows what this answers", advice="Nothing to do: there is no review."
    )


def refuse_another_answer(site: str, there: str | None, text: str) -> bool:
    """True when this very reply is there already. Raises ReplyRefused when another one is."""
    if not there:
        return False
    if same_words(there, text):
        return True
    raise ReplyRefused(
        f"{site} already shows another answer of yours",
        advice="Read that answer there; to replace it, delete it there and approve this one again.",
    )


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same but for white space, which sites change."""
    return one.split() == other.split()
