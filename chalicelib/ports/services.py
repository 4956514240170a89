"""Queues, channels, secrets and the model; and all that the flow may touch, in one hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from chalicelib.domain.alert import Email, Sms
from chalicelib.domain.clock import Clock
from chalicelib.domain.feedback import Arrival
from chalicelib.domain.sentiment import Reading, TextToRead
from chalicelib.ports.outside import Http, SourceKind
from chalicelib.ports.replies import BuildPoster
from chalicelib.ports.stores import Store


class Model(Protocol):
    """The bundled model: see `score.bundled.BundledModel`."""

    def read(
        self,
        texts: Sequence[TextToRead],
        *,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> list[Reading]:
        """One reading a text, in order."""
        ...


class FeedbackQueue(Protocol):
    """Where feedback waits to be scored."""

    def put(self, arrivals: Sequence[Arrival]) -> None:
        """All of them, or raises: whoever calls keeps the cursor where it was."""
        ...


class PullQueue(Protocol):
    """Where sources wait to be pulled. Nobody watches it: `start_pulls` sends for what waits."""

    def put(self, business_id: str, source: str) -> None:
        """One look at one source."""
        ...

    def depth(self) -> int:
        """About how many wait, without those somebody is at."""
        ...

    def take(self) -> "Letter | None":
        """The next one, kept from everybody else while it is worked on; None when none waits."""
        ...

    def done(self, letter: "Letter") -> None:
        """This one need not come again."""
        ...


class Secrets(Protocol):
    """Values of SSM SecureString parameters, by name."""

    def get(self, name: str) -> tuple[str, ...]:
        """The live values, newest first (two while one is being rotated).

        Raises SettingsError naming the parameter when there is none.
        """
        ...

    def keep(self, name: str, value: str) -> bool:
        """Store a value unless there is one; says whether it was stored. Only the command line
        may: no function has the right."""
        ...


class EmailChannel(Protocol):
    """Takes a rendered e-mail to its provider."""

    def send(self, email: Email) -> str:
        """The provider's id for it. Raises ChannelError."""
        ...


class SmsChannel(Protocol):
    """Takes a rendered SMS to its provider."""

    def send(self, sms: Sms) -> str:
        """The provider's id for it. Raises ChannelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message of a queue: by what it is deleted, and what it says."""

    handle: str
    body: str


class Letters(Protocol):
    """A queue as a person's command reads it through; no function does."""

    def take(self) -> list[Letter]:
        """The next ones, kept from everybody else for a quarter of an hour; empty at the end."""
        ...

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Others may take these again at once."""
        ...

    def delete(self, letters: Sequence[Letter]) -> None:
        """These are gone."""
        ...

    def put(self, bodies: Sequence[str]) -> None:
        """Send these."""
        ...

    def hidden(self) -> int:
        """About how many somebody is handling right now."""
        ...


class Depths(Protocol):
    """How much lies in the dead-letter queues."""

    def dead_letters(self) -> dict[str, int]:
        """Queue name to approximate number of messages."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the flow may touch, built by `wiring` once per process.

    `model`, `email` and `sms` are functions: making them takes a moment that most calls never need.
    `letters` are the queues and their dead letters as the command line reads them through;
    `operator` is the address that hears when Heedful itself is ill, "" for nobody.
    `new_token` draws 128 random bits as 22 URL-safe characters; `nudge` wakes `watch` without
    waiting for it, and `start_pulls` so many workers for what waits to be pulled; `page_address`
    is where the public routes live, without a final slash.
    Looking a kind up in `source_kinds` imports its module; `webhook_kinds` are known without.
    `posters` are the kinds of source that take a reply; `flow.posting` alone uses them.
    """

    store: Store
    feedback_queue: FeedbackQueue
    pull_queue: PullQueue
    secrets: Secrets
    email: Callable[[], EmailChannel]
    sms: Callable[[], SmsChannel]
    depths: Depths
    model: Callable[[], Model]
    http: Http
    source_kinds: Mapping[str, SourceKind]
    webhook_kinds: frozenset[str]
    clock: Clock
    new_token: Callable[[], str]
    nudge: Callable[[], None]
    start_pulls: Callable[[int], None]
    page_address: str
    posters: Mapping[str, BuildPoster] = field(default_factory=lambda: MappingProxyType({}))
    letters: Mapping[str, Letters] = field(default_factory=lambda: MappingProxyType({}))
    operator: str = ""
