"""Ask every documented route with what its schema allows and with what it does not.

schemathesis draws the requests from docs/openapi.yaml; the true handlers of app.py answer them in
this process, as API Gateway would hand them over. Half of the requests name a business that is
there. An answer with 5xx, or one that the document does not tell of, is a fault.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from chalicelib import wiring
from tests.house import House
from tests.pull.webhooks.senders import move_in

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
EXAMPLES = 100
THERE = {"business": "bakery", "provider": "survey"}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(slots=True)
class Tally:
    """What was asked and answered: (method, path, status) to how often; and what was wrong."""

    answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    operations: int = 0


def prove(say: Callable[[str], object], examples: int = EXAMPLES) -> Tally:
    """So many requests an operation and mode."""
    tally = Tally()
    try:
        house = House(StringIO())
        move_in(house)
        for operation in _operations():
            tally.operations += 1
            for mode in MODES:
                _probe(house, operation, mode, examples, tally)
    finally:
        wiring.use(None)
    for wrong in sorted(set(tally.wrong)):
        say(f"wrong       {wrong}")
    statuses: Counter[int] = Counter()
    for (_, _, status), count in tally.answers.items():
        statuses[status] += count
    told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    say(
        f"openapi: {tally.answers.total()} requests to {tally.operations} operations, "
        f"{len(tally.wrong)} answered otherwise than documented ({told})"
    )
    return tally


def _operations() -> Iterator[Any]:
    found: Any
    for found in schemathesis.openapi.from_path(DOCUMENT).get_all_operations():
        yield found.ok()


def _probe(house: House, operation: Any, mode: GenerationMode, examples: int, tally: Tally) -> None:
    drawn = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        nonlocal drawn
        drawn += 1
        if drawn % 2 and isinstance(case.path_parameters, dict):
            known = {name: value for name, value in THERE.items() if name in case.path_parameters}
            case.path_parameters.update(known)
        status = _answer(house, case)
        tally.answers[operation.method, operation.path, status] += 1
        trouble = wrong_with(operation.method, operation.path, status, _told(operation))
        if trouble:
            tally.wrong.append(trouble)

    # A route without anything to vary has no invalid request.
    if mode is GenerationMode.POSITIVE or operation.path_parameters or operation.body:
        ask()


def _told(operation: Any) -> frozenset[int]:
    return frozenset(int(status) for status in operation.definition.raw["responses"])


def wrong_with(method: str, path: str, status: int, told: frozenset[int]) -> str:
    """What is wrong with that answer, "" when nothing is."""
    if status >= 500:
        return f"{method.upper()} {path} breaks ({status})"
    if status not in told:
        return f"{method.upper()} {path} answers {status}, which nobody documented"
    return ""


def _answer(house: House, case: Any) -> int:
    asked = case.as_transport_kwargs(base_url="https://heedful.example")
    known = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
    request = requests.Request(**{name: asked[name] for name in known if name in asked}).prepare()
    parts = urlsplit(str(request.url))
    body = request.body or b""
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {str(name): str(value) for name, value in request.headers.items()}
    try:
        status, _, _ = house.request(
            str(request.method), path, headers, body.encode() if isinstance(body, str) else body
        )
    except Exception as error:  # noqa: BLE001  what breaks a handler is what is looked for
        return _status_of(error)
    return status


def _status_of(error: Exception) -> int:
    """The local stand-in for API Gateway raises what has no route; all else is ours."""
    return 404 if type(error).__name__ in ("NotFoundError", "ForbiddenError") else 500


def main() -> int:
    """0 when every answer is as documented."""
    tally = prove(lambda line: sys.stdout.write(f"{line}\n"))
    return 1 if tally.wrong or not tally.answers else 0


if __name__ == "__main__":
    sys.exit(main())
