"""`heedful detect`: drive the spike detector alone, one line of JSON in, one line out."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib.detect.detector import judge, new_state
from chalicelib.domain.clock import from_text
from chalicelib.domain.spike import Evidence

# What is taken when a line does not say when its source was looked at before.
_LOOKED_BEFORE = timedelta(hours=72)
_KNOWN = frozenset({"id", "at", "now", "negative", "source", "groups", "seen_since", "history"})


class LineError(ValueError):
    """A line that cannot be understood; the text names the field and the fix."""


def detect_lines(lines: Iterable[str], write: Callable[[str], None]) -> None:
    """Answer every line with one line; a wrong line is answered with an error and changes nothing.

    A feedback is `{"id", "at", "now", "negative", "source", "groups", "seen_since"}`, times in ISO
    8601 with an offset; without `seen_since` the source counts as last seen 72 hours before `now`.
    `{"reset": true}` begins a new stream. Empty lines are passed over.
    """
    state = new_state()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = _read(line)
            if asked.get("reset") is True:
                state = new_state()
                write(json.dumps({"reset": True}))
                continue
            evidence = _evidence(asked)
        except LineError as error:
            write(json.dumps({"error": f"line {number}: {error}"}))
            continue
        state, notice = judge(state, evidence)
        answer = {
            "notice": notice.kind.value if notice else None,
            "sentence": notice.sentence if notice else None,
        }
        write(json.dumps(answer, ensure_ascii=False))


def _read(line: str) -> Mapping[str, object]:
    try:
        asked = json.loads(line)
    except ValueError as error:
        raise LineError(f"not JSON ({error})") from error
    if not isinstance(asked, dict):
        raise LineError("not a JSON object; write {...}")
    return asked


def _evidence(asked: Mapping[str, object]) -> Evidence:
    unknown = sorted(set(asked) - _KNOWN)
    if unknown:
        raise LineError(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(_KNOWN))}")
    now = _moment(asked, "now")
    seen_since = now - _LOOKED_BEFORE
    if asked.get("seen_since") is not None:
        seen_since = _moment(asked, "seen_since")
    return Evidence(
        feedback_id=_text(asked, "id"),
        at=_moment(asked, "at"),
        now=now,
        negative=_probability(asked, "negative"),
        source=_text(asked, "source"),
        groups=_texts(asked, "groups"),
        seen_since=seen_since,
        is_history=_truth(asked, "history"),
    )


def _text(asked: Mapping[str, object], name: str) -> str:
    value = asked.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise LineError(f"field {name!r} must be a text that is not empty")
    return value


def _texts(asked: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = asked.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise LineError(f"field {name!r} must be a list of texts")
    return tuple(value)


def _truth(asked: Mapping[str, object], name: str) -> bool:
    value = asked.get(name, False)
    if not isinstance(value, bool):
        raise LineError(f"field {name!r} must be true or false")
    return value


def _probability(asked: Mapping[str, object], name: str) -> float | None:
    value = asked.get(name)
    if value is None and name in asked:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0.0 <= value <= 1.0:  # type: ignore[operator]
        raise LineError(f"field {name!r} must be a number from 0 to 1, or null")
    return float(value)  # type: ignore[arg-type]


def _moment(asked: Mapping[str, object], name: str) -> datetime:
    value = asked.get(name)
    if not isinstance(value, str):
        raise LineError(f"field {name!r} must be a time in ISO 8601, such as 2026-03-29T12:00:00Z")
    try:
        return from_text(value)
    except ValueError as error:
        raise LineError(
            f"field {name!r} is no time in ISO 8601 with Z or an offset, such as "
            "2026-03-29T12:00:00Z"
        ) from error
