"""The composition root: the only place that makes clients, reads the environment, hands out the
clock, and knows which module stands behind which kind of source.

Nothing is built before it is used: importing this costs no boto3, no model, no template, so that a
webhook is answered soon after a cold start. A local run and the tests put their own services in
place with `use`.
"""

import os
import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain.clock import Clock, utc_now
from chalicelib.domain.errors import SettingsError
from chalicelib.ports import (
    BuildPoster,
    EmailChannel,
    Letters,
    Model,
    Services,
    SmsChannel,
    SourceKind,
    Store,
)
from chalicelib.settings import Settings

# One line per source: the kind that heedful.toml names, and the module of pull/ behind it.
PULLED = {
    "rss": "rss",
    "csv": "published_csv",
    "imap": "imap_mailbox",
    "google_play": "google_play",
    "app_store_connect": "app_store_connect",
    "app_store_feed": "app_store_feed",
    "trustpilot": "trustpilot",
    "zendesk": "zendesk",
    "intercom": "intercom",
    "instagram": "instagram",
    "yelp": "yelp",
    "google_places": "google_places",
    "tripadvisor": "tripadvisor",
    "google_business": "google_business",
    "mastodon": "mastodon",
    "bluesky": "bluesky",
    "x": "x",
    "judge_me": "judge_me",
    "youtube": "youtube",
    "hacker_news": "hacker_news",
}
# The kinds that take an approved reply: a module of pull/posting/ each.
POSTED = (
    "google_business",
    "google_play",
    "app_store_connect",
    "trustpilot",
    "mastodon",
    "bluesky",
)
WEBHOOKS = {
    "survey": "surveys",
    "typeform": "webhooks.typeform",
    "tally": "webhooks.tally",
    "formbricks": "webhooks.formbricks",
    "google_forms": "webhooks.google_forms",
    "jotform": "webhooks.jotform",
    "surveymonkey": "webhooks.surveymonkey",
    "zendesk_rating": "webhooks.zendesk",
    "intercom_rating": "webhooks.intercom",
    "messages": "webhooks.messages",
}
BROUGHT_BY_HAND = {
    "import": "imported_csv",
}


# What the stack calls the names that its functions find in their environment.
STACK_OUTPUTS = {
    "TableName": "HEEDFUL_TABLE",
    "PullsQueue": "HEEDFUL_PULLS_QUEUE",
    "FeedbackQueue": "HEEDFUL_FEEDBACK_QUEUE",
    "ConfigurationSetName": "HEEDFUL_CONFIGURATION_SET",
    "PageAddress": "HEEDFUL_PAGE_ADDRESS",
}


# In the order in which the template gives them to `watch`.
LOST_OUTPUTS = ("FeedbackLostQueue", "PullsLostQueue", "LostCallsQueue")


LOOPBACK = frozenset({"127.0.0.1", "localhost"})
EMBEDDED = {
    "region_name": "eu-central-1",
    "aws_access_key_id": "embedded",
    "aws_secret_access_key": "embedded",
}
SENDING = frozenset({"sesv2", "sns", "pinpoint-sms-voice-v2"})


class SourceKinds(Mapping[str, SourceKind]):
    """Every kind of source by name; a kind's module is imported when it is looked up."""

    _modules = PULLED | WEBHOOKS | BROUGHT_BY_HAND

    def __getitem__(self, name: str) -> SourceKind:
        kind: SourceKind = import_module(f"chalicelib.pull.{self._modules[name]}").KIND
        return kind

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


class Posters(Mapping[str, BuildPoster]):
    """The way into each site that takes replies; a site's module is imported when it is used."""

    def __getitem__(self, name: str) -> BuildPoster:
        if name not in POSTED:
            raise KeyError(name)
        build: BuildPoster = import_module(f"chalicelib.pull.posting.{name}").POSTER
        return build

    def __contains__(self, name: object) -> bool:
        return name in POSTED

    def __iter__(self) -> Iterator[str]:
        return iter(POSTED)

    def __len__(self) -> int:
        return len(POSTED)


class _LazyClient:
    """A boto3 client that comes into being with its first call."""

    def __init__(self, service: str, endpoint_url: str | None) -> None:
        self._make = cache(lambda: aws_client(service, endpoint_url))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


def aws_client(service: str, endpoint_url: str | None = None) -> Any:
    """A boto3 client of the account and region that the environment names.

    What sends messages does not retry by itself: after a lost answer that would send twice.
    """
    import boto3
    from botocore.config import Config

    # Standard retries with short time-outs: a function has seconds, and the queue tries again.
    attempts = 1 if service in SENDING else 4
    config = Config(
        connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": attempts}
    )
    if endpoint_url is not None and urlsplit(endpoint_url).hostname in LOOPBACK:
        # An embedded AWS knows nobody: whose account this machine has is none of its business.
        return boto3.client(service, endpoint_url=endpoint_url, config=config, **EMBEDDED)
    return boto3.client(service, endpoint_url=endpoint_url, config=config)


_given: list[Services] = []


def use(services: Services | None) -> None:
    """Put these services in place of the built ones (None: back to the built ones)."""
    _given.clear()
    if services is not None:
        _given.append(services)


def services() -> Services:
    """The services of this process, built once."""
    return _given[0] if _given else _built()


@cache
def _built() -> Services:
    return build_services(Settings.from_env(os.environ))


def build_services(settings: Settings, clock: Clock = utc_now) -> Services:
    """Services on AWS, or on whatever answers at `settings.endpoint_url`."""
    from chalicelib.pull.http import SourceHttp
    from chalicelib.store.dynamodb import DynamoStore
    from chalicelib.store.queues import SqsDepths, SqsFeedbackQueue, SqsPullQueue
    from chalicelib.store.secrets import SsmSecrets

    def client(service: str) -> _LazyClient:
        return _LazyClient(service, settings.endpoint_url)

    sqs = client("sqs")
    return Services(
        store=DynamoStore(
            settings.table,
            client("dynamodb"),
            random=random.Random(),  # noqa: S311  spreads retries, guards nothing
            sleep=time.sleep,
        ),
        feedback_queue=SqsFeedbackQueue(settings.feedback_queue, sqs),
        pull_queue=SqsPullQueue(settings.pulls_queue, sqs),
        secrets=SsmSecrets(settings.secrets_path, client("ssm"), clock),
        email=cache(lambda: _email(settings, client("sesv2"))),
        sms=cache(lambda: _sms(settings, client)),
        depths=SqsDepths({url.rsplit("/", 1)[-1]: url for url in settings.dead_letter_queues}, sqs),
        model=model,
        http=SourceHttp(allow_loopback=settings.allow_loopback_sources),
        source_kinds=SourceKinds(),
        webhook_kinds=frozenset(WEBHOOKS),
        posters=Posters(),
        clock=clock,
        new_token=lambda: secrets.token_urlsafe(16),
        nudge=lambda: _nudge(settings, client("lambda")),
        start_pulls=lambda workers: _start_pulls(settings, client("lambda"), workers),
        page_address=settings.page_address,
        letters=_letters(settings, sqs),
        operator=settings.operator,
    )


def store_in(table: str, endpoint_url: str | None = None) -> Store:
    """The store in a table of that name, for the command line."""
    from chalicelib.store.dynamodb import DynamoStore

    return DynamoStore(
        table,
        _LazyClient("dynamodb", endpoint_url),
        random=random.Random(),  # noqa: S311  spreads retries, guards nothing
        sleep=time.sleep,
    )


def _letters(settings: Settings, client: Any) -> Mapping[str, Letters]:
    from chalicelib.store import letters

    lost = (letters.FEEDBACK_LOST, letters.PULLS_LOST, letters.CALLS_LOST)
    urls = {letters.FEEDBACK: settings.feedback_queue, letters.PULLS: settings.pulls_queue}
    urls |= dict(zip(lost, settings.dead_letter_queues, strict=False))
    return {name: letters.SqsLetters(url, client) for name, url in urls.items()}


@cache
def model() -> Model:
    """The bundled model, loaded with the first text that is to be read."""
    from chalicelib.score.bundled import BundledModel

    return BundledModel.load()


def _email(settings: Settings, client: Any) -> EmailChannel:
    from chalicelib.alert.ses import SesEmail

    return SesEmail(client, sender=settings.sender, configuration_set=settings.configuration_set)


def _sms(settings: Settings, client: Callable[[str], Any]) -> SmsChannel:
    from chalicelib.alert.end_user_messaging import EndUserMessagingSms
    from chalicelib.alert.sns import SnsSms
    from chalicelib.domain.business import SmsBackend

    if settings.sms_backend is SmsBackend.SNS:
        return SnsSms(client("sns"))
    return EndUserMessagingSms(client("pinpoint-sms-voice-v2"))


def _nudge(settings: Settings, client: Any) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    if not settings.watch_function:
        return
    try:
        client.invoke(FunctionName=settings.watch_function, InvocationType="Event")
    except (BotoCoreError, ClientError):
        # Best effort: watch comes by itself within a minute.
        return


def _start_pulls(settings: Settings, client: Any, workers: int) -> None:
    # No function of that name on one machine: whoever runs the handlers there calls it.
    for _ in range(workers if settings.pull_function else 0):
        client.invoke(FunctionName=settings.pull_function, InvocationType="Event")


def deployed_services(stage: str, endpoint_url: str | None = None) -> Services:
    """The services of a deployed Heedful, for the command line: its names come from its stack.

    Raises SettingsError when that stage is not deployed in this account and region.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        stacks = aws_client("cloudformation", endpoint_url).describe_stacks(
            StackName=f"heedful-{stage}"
        )["Stacks"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ValidationError":
            raise
        raise SettingsError(
            f"stage {stage} is not deployed in this account and region; "
            f"run ./dev heedful deploy --stage {stage}, or name another --stage"
        ) from error
    except BotoCoreError as error:
        raise SettingsError(
            f"AWS cannot be reached: {str(error).rstrip('.')}; set AWS_PROFILE and AWS_REGION "
            "or run aws configure"
        ) from error
    outputs = {out["OutputKey"]: out["OutputValue"] for out in stacks[0].get("Outputs", [])}
    variables = {name: outputs.get(key, "") for key, name in STACK_OUTPUTS.items()}
    variables["HEEDFUL_DEAD_LETTER_QUEUES"] = " ".join(
        outputs[key] for key in LOST_OUTPUTS if key in outputs
    )
    variables["HEEDFUL_SECRETS_PATH"] = f"/heedful/{stage}"
    variables["HEEDFUL_ENDPOINT_URL"] = endpoint_url or ""
    return build_services(Settings.from_env(variables))
