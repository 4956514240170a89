"""Calls the handlers as AWS does, and counts what running them costs: requests, GB-seconds, logs.

How long a call takes on AWS cannot be measured here, so it is put together from the calls that it
was seen to make and documented waiting times (`WAITS`), and from processor time on the share of a
core that its memory buys. `docs` of each number beside it; change one and the bill changes.
"""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.cost.texts import Remembering
from benchmarks.cost.units import Meter
from chalicelib.cli.local_run import LambdaContext, SimulatedClock

ROOT = Path(__file__).resolve().parents[2]
# Memory at which a function has one whole core (Lambda developer guide).
WHOLE_CORE_MB = 1_769
# Milliseconds until the answer is there. DynamoDB: "single-digit milliseconds"; the others as
# commonly seen within a region; somebody else's site over the internet.
WAITS = {
    "dynamodb read": 5,
    "dynamodb write": 8,
    "sqs request": 8,
    "ssm call": 15,
    "ses mail": 80,
    "lambda invoke call": 30,
    "source page": 350,
}
# Processor milliseconds on a whole core: boto3 for one call, a page that is read, a mail.
CPU = {
    "dynamodb read": 1.5,
    "dynamodb write": 1.5,
    "sqs request": 1.5,
    "ssm call": 1.5,
    "ses mail": 25,
    "lambda invoke call": 1.5,
    "source page": 15,
}
HANDLER_CPU = 1.5
# `./dev bench scoring`: a full reading of one text.
TEXT_CPU = 20
# Start of a fresh process: import, and for score_feedback the model (`./dev bench load`). Lambda
# gives whole cores while a function starts, however little memory it has, and bills it since
# August 2025.
COLD_CPU = {
    "plan_pulls": 950,
    "pull_source": 1_100,
    "api_handler": 950,
    "score_feedback": 1_100,
    "watch": 1_200,
    "note_delivery": 950,
    "write_digests": 950,
}
# An idle process is kept for ten minutes, as measured by others; nothing is promised.
KEPT_WARM = timedelta(minutes=10)
# What Lambda itself writes for a call unless the template says no: START, END, REPORT;
# CloudWatch adds 26 bytes a line.
OWN_LINES, OWN_BYTES, LINE_BYTES = 3, 310, 26


class Lambdas:
    """The functions of one deployment."""

    def __init__(
        self,
        app: ModuleType,
        meter: Meter,
        clock: SimulatedClock,
        log: StringIO,
        model: Remembering,
    ) -> None:
        self._app, self._meter, self._clock = app, meter, clock
        self._log, self._model = log, model
        config = json.loads((ROOT / ".chalice" / "config.json").read_text())
        functions = config["stages"]["prod"]["lambda_functions"]
        self._megabytes = {name: one["lambda_memory_size"] for name, one in functions.items()}
        merged = json.loads((ROOT / "infra" / "resources.json").read_text())
        level = merged["Globals"]["Function"].get("LoggingConfig", {}).get("SystemLogLevel")
        self._own = (0, 0) if level == "WARN" else (OWN_LINES, OWN_BYTES)
        self._used: dict[str, datetime] = {}

    def call(self, name: str, trigger: dict[str, Any]) -> Any:
        """One invocation."""
        self._meter.owner = name
        before, texts = self._seen(name), self._model.texts_read
        handler = self._app.app if name == "api_handler" else getattr(self._app, name)
        answer = handler(trigger, LambdaContext(function_name=name))
        after = self._seen(name)
        milliseconds = HANDLER_CPU / self._share(name)
        for unit, wait in WAITS.items():
            calls = after[unit] - before[unit]
            milliseconds += calls * (wait + CPU[unit] / self._share(name))
        milliseconds += (self._model.texts_read - texts) * TEXT_CPU / self._share(name)
        milliseconds += self._starting(name)
        self._meter.add("lambda request")
        self._meter.add("lambda gb-second", milliseconds / 1000 * self._megabytes[name] / 1024)
        self._write_log()
        return answer

    def _seen(self, name: str) -> dict[str, float]:
        return {unit: float(self._meter.calls[name, unit]) for unit in WAITS}

    def _share(self, name: str) -> float:
        return min(1.0, float(self._megabytes[name]) / WHOLE_CORE_MB)

    def _starting(self, name: str) -> float:
        used = self._used.get(name)
        self._used[name] = now = self._clock.now
        if used is not None and now - used <= KEPT_WARM:
            return 0
        self._meter.add("cold start")
        return COLD_CPU[name]

    def _write_log(self) -> None:
        written = self._log.getvalue()
        self._log.seek(0)
        self._log.truncate()
        own_lines, own_bytes = self._own
        lines = written.count("\n") + own_lines
        self._meter.add("log bytes", len(written.encode()) + own_bytes + lines * LINE_BYTES)
