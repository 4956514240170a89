"""The network as sources see it, and what a source is: each kind is one module of `pull/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.business import Business, SourceSettings, StoragePolicy
from chalicelib.domain.errors import SourceError
from chalicelib.domain.feedback import Feedback, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back over HTTP: status, headers (looked up without case), body, final address."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


# What an answer that is no success means at one source; None where its status says it all.
Explain = Callable[[HttpAnswer, datetime], SourceError | None]


class Http(Protocol):
    """The one session of all sources: time-outs, size caps, few retries, public addresses only.

    The answer has a status in `good`; every other end raises a SourceError. `explain` is asked
    first which error a status means at this source; what it leaves open is told by the status.
    """

    def get(
        self,
        url: str,
        *,
        now: datetime,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """What stands at the address; redirects are followed, without any credential."""
        ...

    def post(
        self,
        url: str,
        *,
        now: datetime,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """What the address answers to `json`, or to `form` as an HTML form would send it."""
        ...

    def put(
        self,
        url: str,
        *,
        now: datetime,
        json: object,
        headers: Mapping[str, str] | None = None,
        good: frozenset[int] = frozenset({200}),
        explain: Explain | None = None,
    ) -> HttpAnswer:
        """What the address answers when `json` is put there; twice is once."""
        ...


class FeedbackSource(Protocol):
    """One place where customers speak; one module of `pull/`."""

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """The page after the cursor (empty for the very first). Raises a SourceError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PullContext:
    """All that a source needs to be built for one run: whose it is, its settings, its secrets."""

    business: Business
    settings: SourceSettings
    secrets: tuple[str, ...]
    http: Http
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook delivery as it came in: raw bytes, headers with lower-case names.

    `path_secret` is what stood in the address after the provider, for tools that sign nothing.
    """

    business: Business
    settings: SourceSettings
    secrets: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes
    now: datetime
    path_secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a proven delivery brought, and the id under which a repeat of it is known.

    `waiting` names responses of which the delivery brought only the id and which must be fetched;
    `note` says what was odd, for our log and without a customer's word.
    """

    feedback: tuple[Feedback, ...]
    delivery_id: str
    waiting: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """One kind of source, as its module describes it; `wiring` lists them all.

    `required` and `optional` are the options that heedful.toml may give it, with what each means;
    `secret_form` says what the secret holds, `costs` what the site takes for it, and `keeps` what
    its terms let us keep of a text at most.
    A pulled kind has `build`, a webhook has `receive`, an import by hand has neither; a webhook
    that brings only ids has both. `paste` says where in the tool a webhook's address goes, `try_it`
    how to see that it works.
    """

    name: str
    title: str
    required: Mapping[str, str]
    optional: Mapping[str, str]
    needs_secret: bool
    build: Callable[[PullContext], FeedbackSource] | None = None
    receive: Callable[[Delivery], Received] | None = None
    secret_form: str = ""
    costs: str = "nothing"
    keeps: StoragePolicy = StoragePolicy.FULL
    paste: str = ""
    try_it: str = ""
