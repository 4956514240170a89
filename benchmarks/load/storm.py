"""Feedback by the hundred through `score_feedback`, and surveys through the webhook's route.

Times are processor time of this process, so that others at work on the machine count little; p99
is of wall time, because a customer waits by the wall.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

from chalicelib import wiring
from chalicelib.cli.local_run import LambdaContext
from chalicelib.domain.feedback import Arrival
from chalicelib.domain.sentiment import Reading, TextToRead
from chalicelib.ports import Model
from chalicelib.store.envelopes import write_arrival
from tests.house import House, a_survey, signed

CORPUS = Path(__file__).resolve().parents[2] / "training" / "corpus" / "en"
BATCH = 10
STARTS = {
    "the application": "import app",
    "and its clients": (
        "import app\n"
        "from chalicelib.wiring import aws_client\n"
        "[aws_client(name, 'http://127.0.0.1:1') for name in ('dynamodb', 'sqs', 'ssm')]"
    ),
    "and the model": (
        "import app\n"
        "from chalicelib.wiring import aws_client, model\n"
        "[aws_client(name, 'http://127.0.0.1:1') for name in ('dynamodb', 'sqs')]\n"
        "model()"
    ),
}


class Timed:
    """A model that adds up the processor time it takes."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.seconds = 0.0

    def read(
        self,
        texts: Sequence[TextToRead],
        *,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> list[Reading]:
        """See `ports.Model`."""
        begun = time.process_time()
        answer = self._model.read(texts, languages=languages, topics=topics)
        self.seconds += time.process_time() - begun
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What a storm of so many texts took: processor seconds by the handler, by the same model
    alone, and by the model inside the handler; the 99th percentile of a batch in wall seconds."""

    texts: int
    handler_seconds: float
    bare_seconds: float
    model_seconds: float
    p99_seconds: float
    peak_mb: float

    @property
    def ratio(self) -> float:
        """Throughput of the handler by that of the bare model."""
        return self.bare_seconds / self.handler_seconds

    @property
    def per_second(self) -> float:
        """Texts per second and core through the handler."""
        return self.texts / self.handler_seconds

    @property
    def share_beside_model(self) -> float:
        """Of the handler's time, what is not the model's."""
        return 1 - self.model_seconds / self.handler_seconds


def texts(many: int) -> list[str]:
    """So many different texts of the corpus, spread over it."""
    found = [
        json.loads(line)["text"]
        for path in sorted(CORPUS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return found[:: max(1, len(found) // many)][:many]


def storm(said: Sequence[str], model: Model) -> Storm:
    """Each batch is read by the model alone, and by the handler, one after the other."""
    timed = Timed(model)
    bare = handler = 0.0
    waits = []
    with quiet_house() as house:
        wiring.use(replace(house.services, model=lambda: timed))
        wanted = [TextToRead(text=one) for one in said]
        languages = ("en",)
        # Words that were met before are split faster: both shall have met them.
        for start in range(0, len(wanted), BATCH):
            model.read(wanted[start : start + BATCH], languages=languages)
        for start in range(0, len(said), BATCH):
            batch = as_batch(house, said[start : start + BATCH])
            begun = time.process_time()
            model.read(wanted[start : start + BATCH], languages=languages)
            bare += time.process_time() - begun
            begun, on_wall = time.process_time(), time.perf_counter()
            answer = house.app.score_feedback(batch, LambdaContext(function_name="score_feedback"))
            handler += time.process_time() - begun
            waits.append(time.perf_counter() - on_wall)
            if answer["batchItemFailures"]:
                raise RuntimeError(f"a batch was not finished: {house.log.getvalue()[-500:]}")
        stored = house.store.scored_between("bakery", "2000-01-01", "2100-01-01")
        if len(stored) != len(said):
            raise RuntimeError(f"{len(stored)} of {len(said)} feedbacks are stored")
    return Storm(
        texts=len(said),
        handler_seconds=handler,
        bare_seconds=bare,
        model_seconds=timed.seconds,
        p99_seconds=at_99(waits),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


@contextmanager
def quiet_house() -> Iterator[House]:
    """A business in memory; the services of the process are its own until the block ends."""
    try:
        yield House(StringIO())
    finally:
        wiring.use(None)


def as_batch(house: House, said: Sequence[str]) -> dict[str, Any]:
    """These texts as a batch of the feedback queue."""
    records = [
        {
            "messageId": str(place),
            "receiptHandle": "handle",
            "body": write_arrival(Arrival(feedback=house.feedback(one), received_at=house.now)),
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:::feedback",
            "awsRegion": "",
        }
        for place, one in enumerate(said)
    ]
    return {"Records": records}


def at_99(waits: Sequence[float]) -> float:
    """The 99th percentile."""
    return sorted(waits)[min(len(waits) - 1, len(waits) * 99 // 100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """So many signed surveys: requests per second and core, and the 99th percentile in wall
    seconds."""

    requests: int
    per_second: float
    p99_seconds: float


def webhook(many: int) -> Webhook:
    """Surveys through the whole handler, from API Gateway's call to the queue."""
    with quiet_house() as house:
        calls = [_survey(house, number) for number in range(many)]
        context = LambdaContext(function_name="api_handler")
        waits = []
        house.app.app(_survey(house, many), context)
        begun = time.process_time()
        for call in calls:
            on_wall = time.perf_counter()
            answer = house.app.app(call, context)
            waits.append(time.perf_counter() - on_wall)
            if answer["statusCode"] != 202:
                raise RuntimeError(f"a survey was answered with {answer['statusCode']}")
        seconds = time.process_time() - begun
    return Webhook(requests=many, per_second=many / seconds, p99_seconds=at_99(waits))


def _survey(house: House, number: int) -> dict[str, Any]:
    body = a_survey(f"r{number}", "we waited for an hour and nobody said a word")
    headers = signed(body, house.now, delivery=f"msg_{number}")
    resource = "/surveys/{business}/{provider}"
    path = "/surveys/bakery/survey"
    return {
        "resource": resource,
        "path": path,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"business": "bakery", "provider": "survey"},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": resource,
            "path": f"/api{path}",
            "identity": {"sourceIp": "203.0.113.7"},
            "requestId": "1",
        },
        "body": body.decode(),
        "isBase64Encoded": False,
    }


def cold_starts(start: Callable[[str], float] | None = None) -> dict[str, float]:
    """Processor seconds of a fresh process until it has imported so much."""
    return {name: (start or _in_a_fresh_process)(code) for name, code in STARTS.items()}


def _in_a_fresh_process(code: str) -> float:
    code = f"import time\n{code}\nprint(time.process_time())"
    ended = subprocess.run(  # noqa: S603  our own interpreter and text
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return float(ended.stdout)
