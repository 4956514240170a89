"""Every error Heedful raises on purpose. Each carries its data and says whether trying again helps.

HeedfulError
├── UserError            the person at the keyboard can mend it; the command exits with 2
│   ├── SettingsError        a variable, a file or a line of heedful.toml is wrong
│   └── FeedbackFileError    a file of feedback cannot be read
├── SourceError          a source could not be read
│   ├── SourceAuthError      credential refused: the owner must act
│   ├── SourceRateLimited    come back at `retry_at`
│   ├── SourceCreditsError   quota or credits used up: the owner must act or wait
│   ├── SourceUnavailable    network, time-out, 5xx: the next run tries again
│   ├── SourceContractError  the answer is not what the source promises
│   └── ReplyRefused         the site does not take a reply: a person must look
├── SignatureRefused     a webhook whose sender cannot be proven
├── FeedbackRefused      one feedback that cannot be understood; its neighbours go on
├── ConflictError        somebody else wrote first: reload and decide again
├── QueueError           a queue did not take all of it: put all of it there again
├── ChannelError         a notification was not taken by its provider
└── TransitionError      a state change that is not allowed
"""

import traceback
from datetime import datetime


class HeedfulError(Exception):
    """Root of every error raised on purpose; `retryable` says whether the same call may succeed."""

    retryable = False


class UserError(HeedfulError):
    """The person at the keyboard can mend this; the message says how."""


class SettingsError(UserError):
    """A setting is missing or wrong; the message names where, which and the fix."""


class FeedbackFileError(UserError):
    """A file of feedback cannot be read; the message names file, line, column and the fix."""


class SourceError(HeedfulError):
    """A source could not be read. `advice` is one sentence for the owner: what to do next."""

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


class SourceAuthError(SourceError):
    """The source refused the credential."""


class SourceRateLimited(SourceError):
    """The source asks for a pause until `retry_at` (aware, UTC)."""

    retryable = True

    def __init__(self, message: str, *, advice: str, retry_at: datetime) -> None:
        super().__init__(message, advice=advice)
        self.retry_at = retry_at


class SourceCreditsError(SourceError):
    """The source's quota or prepaid credits are used up."""


class SourceUnavailable(SourceError):
    """The network, a time-out or the source's own trouble; the next run tries again."""

    retryable = True


class SourceContractError(SourceError):
    """The answer is not in the form that the source documents."""


class ReplyRefused(SourceError):
    """The site does not take this reply, and asking again would change nothing."""


class SignatureRefused(HeedfulError):
    """A webhook delivery whose sender could not be proven; never says why to the sender."""


class FeedbackRefused(HeedfulError):
    """One feedback that cannot be understood; carries the field, never the customer's words."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class ConflictError(HeedfulError):
    """The row changed since it was read: reload and decide again."""

    retryable = True


class QueueError(HeedfulError):
    """A queue did not take everything; what it took may be put there twice without harm."""

    retryable = True


class ChannelError(HeedfulError):
    """The provider did not take a notification.

    `is_permanent` is True when the address itself is dead; `is_paused` when the whole channel is.
    """

    def __init__(
        self,
        message: str,
        *,
        retryable: bool,
        is_permanent: bool = False,
        is_paused: bool = False,
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.is_permanent = is_permanent
        self.is_paused = is_paused


class TransitionError(HeedfulError):
    """A state change that is not allowed; names the state and the asked change."""


def kind_and_place(error: Exception) -> str:
    """What went wrong and where, for the log: `KeyError in fetch, line 40`. Never the message,
    which may hold a customer's words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
