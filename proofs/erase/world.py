"""A bakery on DynamoDB, SQS and SSM in this process, with one customer planted everywhere."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from random import Random
from typing import Any
from urllib.parse import urlencode

import boto3
from moto import mock_aws

from chalicelib import flow, wiring
from chalicelib.cli.configure import make_trace_key
from chalicelib.cli.local_run import LocalRun, SimulatedClock, SqsQueue, load_app
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.business import LegalBasis
from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.domain.source import SourceState
from chalicelib.flow.protecting import tracer_of
from chalicelib.privacy.person import Person, look_for
from chalicelib.store import letters
from chalicelib.store.dynamodb import DynamoStore
from chalicelib.store.memory import MemoryStore
from chalicelib.store.queues import SqsFeedbackQueue, SqsPullQueue
from chalicelib.store.secrets import SsmSecrets
from tests.contracts.engines import create_table
from tests.fakes import WordModel
from tests.house import BAKERY, START

TABLE = "erasure"
QUEUES = (
    letters.FEEDBACK,
    letters.PULLS,
    letters.FEEDBACK_LOST,
    letters.PULLS_LOST,
    letters.CALLS_LOST,
)
NAME = "Quirina Zobelhexe"
AUTHOR_ID = "member-771499-qz"
EMAIL = "quirina.zobelhexe@post.example"
PHONE, PHONE_PLAIN = "030 23125 042", "+493023125042"
ORDER = "ORD-QZ-55190"
ADDRESS = "https://reviews.example/p/quirina-zobelhexe-88"
REVIEW_ID = "review-qz-100418"
PHRASE = "marzipan zeppelin"
# What people of the shop wrote into the customer's case; each holds other identifiers too.
CASE_NOTE = "sent a violet umbrella"
# In none of these forms may anything be left.
NEEDLES = (
    NAME, "zobelhexe", AUTHOR_ID, EMAIL, PHONE, PHONE_PLAIN, "3023125042", ORDER, ADDRESS,
    REVIEW_ID, PHRASE, CASE_NOTE,
)  # fmt: skip
PERSON = Person(
    emails=(EMAIL,), phones=(PHONE,), orders=(ORDER,), author_ids=(AUTHOR_ID,), source="exports"
)


class World:
    """The product around a table and queues that can be looked into; time goes when told to."""

    def __init__(self) -> None:
        self.clients: dict[str, Any] = {
            name: boto3.client(
                name,
                region_name="eu-central-1",
                aws_access_key_id="nobody",
                aws_secret_access_key="nothing",  # noqa: S106  moto asks nobody
            )
            for name in ("dynamodb", "sqs", "ssm")
        }
        create_table(self.clients["dynamodb"], TABLE)
        sqs = self.clients["sqs"]
        self.urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
        self.clock = SimulatedClock(START)
        self.outbox, self.log, self.model = Outbox(), StringIO(), WordModel()
        in_memory, _ = memory_services(MemoryStore(), self.outbox, self.clock)
        self.store = DynamoStore(
            TABLE,
            self.clients["dynamodb"],
            random=Random(7),  # noqa: S311  pauses and marks
            sleep=lambda seconds: None,
        )
        self.services = replace(
            in_memory,
            store=self.store,
            feedback_queue=SqsFeedbackQueue(self.urls[letters.FEEDBACK], sqs),
            pull_queue=SqsPullQueue(self.urls[letters.PULLS], sqs),
            secrets=SsmSecrets("/heedful/proof", self.clients["ssm"], self.clock),
            letters={name: letters.SqsLetters(url, sqs) for name, url in self.urls.items()},
            model=lambda: self.model,
        )
        make_trace_key(self.services.secrets)
        # Customers are followed, so that there is something of them to forget.
        privacy = replace(BAKERY.privacy, profiles=LegalBasis.LEGITIMATE_INTEREST)
        self.store.save_business(replace(BAKERY, privacy=privacy))
        for source in BAKERY.sources:
            self.store.save_source(
                SourceState(business_id="bakery", source=source.name, first_look_done=True)
            )
        wiring.use(self.services)
        self.run = LocalRun(
            load_app(self.log),
            self.clock,
            pulls=self.services.pull_queue.depth,
            feedback=SqsQueue(sqs, self.urls[letters.FEEDBACK], 10),
        )

    def bring(self, *feedback: Feedback) -> None:
        """A source brings these; they wait in the queue."""
        source = next(one for one in BAKERY.sources if one.name == "exports")
        flow.import_feedback(self.services, BAKERY, source, feedback, self.clock.now)

    def ask(self) -> None:
        """The customer asks what is kept of them, through the public form."""
        typed = {
            "kind": "access",
            "answer_to": EMAIL,
            "address": PHONE,
            "order": ORDER,
            "name": NAME,
            "link": ADDRESS,
            "words": f"what do you keep of my {PHRASE}? I am {AUTHOR_ID}, see {REVIEW_ID}",
        }
        answer = flow.ask_about_words(
            self.services, "bakery", urlencode(typed).encode(), ("en", ""), self.clock.now
        )
        self.log.write(answer.body.replace("\n", " ") + "\n")

    def wait(self, **time: float) -> None:
        """Let time pass and the watch look."""
        self.clock.now += timedelta(**time)
        self.run.watch(self.clock.now)

    def erase(self) -> Any:
        """As the command does: one pass, and another when all functions of before have ended."""
        flow.erase_customer(self.services, BAKERY, PERSON, self.clock.now)
        self.clock.now += timedelta(seconds=131)
        return flow.erase_customer(self.services, BAKERY, PERSON, self.clock.now)

    def known(self) -> int:
        """By how many marks the customer is known to whoever follows customers."""
        traces = look_for(PERSON, BAKERY, tracer_of(self.services, BAKERY)).traces
        return len(self.store.load_known("bakery", traces))

    # Looking into everything

    def rows(self) -> list[str]:
        """Every row of the table as text, what is compressed unpacked."""
        found = []
        for page in self.clients["dynamodb"].get_paginator("scan").paginate(TableName=TABLE):
            found += [json.dumps(_shown(row), ensure_ascii=False) for row in page["Items"]]
        return found

    def messages(self, name: str) -> list[str]:
        """Every message of a queue, given back at once."""
        held = []
        while some := self.services.letters[name].take():
            held += some
        self.services.letters[name].give_back(held)
        return [one.body for one in held]

    def places(self, mails_since: int) -> dict[str, list[str]]:
        """Everything there is, by place."""
        mails = self.outbox.emails[mails_since:]
        export = flow.export_customer(self.services, BAKERY, PERSON, self.clock.now)
        return {
            "table": self.rows(),
            **{name: self.messages(name) for name in QUEUES},
            "log": self.log.getvalue().splitlines(),
            "mails": [f"{one.to} {one.subject} {one.text} {one.html}" for one in mails],
            "texts": [one.text for one in self.outbox.texts],
            "export": [json.dumps(export, ensure_ascii=False)],
        }


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, bytes):
        return zlib.decompress(value).decode()
    return value


def hits(places: dict[str, list[str]]) -> list[str]:
    """Where something of the person is left: `table: ORD-QZ-55190`."""
    return [
        f"{place}: {needle}"
        for place, texts in places.items()
        for needle in NEEDLES
        if any(needle.casefold() in text.casefold() for text in texts)
    ]


def of_the_person(world: World) -> list[Feedback]:
    """What the customer said: in a review, in a survey, in praise, in a question."""
    now = world.clock.now
    first = Feedback(
        business_id="bakery",
        source="exports",
        external_id=REVIEW_ID,
        kind=FeedbackKind.REVIEW,
        text=f"bad allergy after the {PHRASE}; write to {EMAIL} or ring {PHONE}",
        written_at=now - timedelta(hours=1),
        updated_at=now - timedelta(hours=1),
        stars=1,
        author=NAME,
        author_id=AUTHOR_ID,
        url=ADDRESS,
        language="en",
    )
    return [
        first,
        replace(
            first,
            external_id="response-1",
            kind=FeedbackKind.SURVEY,
            text=f"waited an hour for the {PHRASE}, bad",
            author=None,
            author_id=None,
            url=None,
            order_reference=ORDER,
        ),
        replace(
            first,
            external_id="mail-1",
            text=f"It is me, {EMAIL}: good {PHRASE}",
            author_id=None,
            url=None,
            stars=5,
        ),
        replace(
            first,
            external_id="call-1",
            text=f"bad {PHRASE}, call {PHONE}",
            author=None,
            author_id=None,
            url=None,
            stars=2,
        ),
    ]


def of_others(world: World, many: int) -> list[Feedback]:
    """What everybody else said, good and bad."""
    now = world.clock.now
    return [
        Feedback(
            business_id="bakery",
            source="exports",
            external_id=f"other-{number}",
            kind=FeedbackKind.REVIEW,
            text="bad, waited long" if number % 3 == 0 else "good bread",
            written_at=now - timedelta(hours=number + 1),
            updated_at=now - timedelta(hours=number + 1),
            stars=2 if number % 3 == 0 else 5,
            author=f"Guest {number}",
            author_id=f"guest-{number}",
            order_reference=f"ORD-{number}",
        )
        for number in range(many)
    ]


@contextmanager
def world() -> Iterator[World]:
    """A world; what the process had before is put back at its end."""
    with mock_aws():
        try:
            yield World()
        finally:
            wiring.use(None)
