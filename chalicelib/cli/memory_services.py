"""Services that live in memory: for the backtest, and for tests through the true handlers."""

import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.cli.local_run import SimulatedClock
from chalicelib.domain.alert import Email, Sms
from chalicelib.domain.errors import SettingsError
from chalicelib.ports import Letters, Services
from chalicelib.privacy.traces import TRACE_KEY
from chalicelib.pull.http import SourceHttp
from chalicelib.store.envelopes import read_arrival, read_pull, write_arrival, write_pull
from chalicelib.store.letters import FEEDBACK, FEEDBACK_LOST, PULLS, PULLS_LOST, MemoryLetters
from chalicelib.store.memory import MemoryStore
from chalicelib.store.memory_queues import MemoryFeedbackQueue, MemoryPullQueue
from chalicelib.wiring import WEBHOOKS, SourceKinds, model

PAGE_ADDRESS = "https://heedful.example"


@dataclass(slots=True)
class Outbox:
    """What would have been sent, in order."""

    emails: list[Email] = field(default_factory=list)
    texts: list[Sms] = field(default_factory=list)

    def email(self) -> "OutboxEmail":
        """The e-mail channel into this outbox."""
        return OutboxEmail(self.emails)

    def sms(self) -> "OutboxSms":
        """The SMS channel into this outbox."""
        return OutboxSms(self.texts)


@dataclass(frozen=True, slots=True)
class OutboxEmail:
    """Keeps e-mails."""

    kept: list[Email]

    def send(self, email: Email) -> str:
        """Keep it; its number is its id."""
        self.kept.append(email)
        return f"email-{len(self.kept)}"


@dataclass(frozen=True, slots=True)
class OutboxSms:
    """Keeps SMS."""

    kept: list[Sms]

    def send(self, sms: Sms) -> str:
        """Keep it; its number is its id."""
        self.kept.append(sms)
        return f"sms-{len(self.kept)}"


@dataclass(frozen=True, slots=True)
class GivenSecrets:
    """Secrets from a dictionary."""

    values: dict[str, tuple[str, ...]]

    def get(self, name: str) -> tuple[str, ...]:
        """The values of that name. Raises SettingsError when there are none."""
        if name not in self.values:
            raise SettingsError(f"the secret {name} is missing")
        return self.values[name]

    def keep(self, name: str, value: str) -> bool:
        """Store a value unless there is one."""
        return self.values.setdefault(name, (value,)) == (value,)


class NoDeadLetters:
    """There are none in memory."""

    def dead_letters(self) -> dict[str, int]:
        """Nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class MemoryQueues:
    """The two queues."""

    feedback: MemoryFeedbackQueue
    pulls: MemoryPullQueue
    lost: Mapping[str, deque[str]]


def memory_letters(queues: MemoryQueues) -> dict[str, Letters]:
    """The queues as the command line reads them through."""
    return {
        FEEDBACK: MemoryLetters(queues.feedback.waiting, write_arrival, read_arrival),
        PULLS: MemoryLetters(queues.pulls.waiting, lambda pull: write_pull(*pull), read_pull),
        **{name: MemoryLetters(waiting) for name, waiting in queues.lost.items()},
    }


def memory_services(
    store: MemoryStore,
    outbox: Outbox,
    clock: SimulatedClock,
    *,
    secrets: dict[str, tuple[str, ...]] | None = None,
    allow_loopback: bool = False,
) -> tuple[Services, MemoryQueues]:
    """Services around that store and outbox, with the bundled model; and their queues."""
    lost: dict[str, deque[str]] = {FEEDBACK_LOST: deque(), PULLS_LOST: deque()}
    queues = MemoryQueues(MemoryFeedbackQueue(), MemoryPullQueue(), lost)
    numbers = itertools.count(1)
    services = Services(
        store=store,
        feedback_queue=queues.feedback,
        pull_queue=queues.pulls,
        secrets=GivenSecrets({TRACE_KEY: ("kept in memory",), **(secrets or {})}),
        email=outbox.email,
        sms=outbox.sms,
        depths=NoDeadLetters(),
        model=model,
        http=SourceHttp(allow_loopback=allow_loopback),
        source_kinds=SourceKinds(),
        webhook_kinds=frozenset(WEBHOOKS),
        clock=clock,
        new_token=lambda: f"token{next(numbers):017d}",
        nudge=lambda: None,
        start_pulls=lambda workers: None,
        page_address=PAGE_ADDRESS,
        letters=memory_letters(queues),
    )
    return services, queues
