"""What every source must do with what its customers do: for the tests and for the proof.

Each gives "" when all is as it must be, else what is wrong, in words.
"""

from datetime import timedelta
from typing import Any

from chalicelib.domain.errors import SourceError
from chalicelib.domain.feedback import Feedback
from tests.pull.playing import Played, Stage, playing

# The longest interval between two askings for what is gone is a week.
DAYS_UNTIL_FOLLOWED = 8


def field_trouble(make: type[Played], path: str) -> str:
    """Without this field on the wire the feedback must lack it, or not be understood at all; an id
    must follow it."""
    attribute = make.fields[path]
    whole = _first(make, None)
    other = f"other-{path}" if attribute == "external_id" else None
    try:
        without = _first(make, path, other)
    except SourceError:
        return ""
    if whole is None:
        return "the entry itself is not understood"
    value = getattr(whole, attribute)
    if value in (None, "", False):
        return f"{attribute} is empty although {path} is there"
    if path.endswith("isAnonymous"):
        return "" if _first(make, path, True).author is None else "an anonymous author is named"
    if without is not None and getattr(without, attribute) == value:
        return f"{attribute} does not come from {path}"
    return ""


def _first(make: type[Played], path: str | None, value: Any = None) -> Any:
    with playing(make()) as stage:
        stage.played.write(1)
        if path is not None:
            _change(stage.played.entries[0], path.split("."), value)
        stage.look()
        return stage.queued[0] if stage.queued else None


def _change(entry: Any, path: list[str], value: Any) -> None:
    *way, last = [int(name) if name.isdigit() else name for name in path]
    for name in way:
        entry = entry[name]
    if value is None:
        del entry[last]
    else:
        entry[last] = value


def page_trouble(make: type[Played]) -> str:
    """More than a page holds, and no time for more than one page a look: all of it comes once,
    oldest page last, and so does what is written meanwhile."""
    with playing(make()) as stage:
        stage.played.write(8)
        came = _look_page_by_page(stage)
        if len(came) != 8:
            return f"{len(came)} of 8 come at first"
        stage.played.write(8)
        came += _look_page_by_page(stage, meanwhile=1)
        came += _look_page_by_page(stage)
        keys = [one.external_id for one in came]
        if len(keys) != 17 or len(set(keys)) != 17:
            return f"{len(set(keys))} of 17 come, {len(keys)} times"
    return ""


def _look_page_by_page(stage: Stage, meanwhile: int = 0) -> list[Feedback]:
    came: list[Feedback] = []
    for _ in range(20):
        report = stage.look(seconds_left=0)
        came += stage.queued
        stage.played.write(meanwhile)
        meanwhile = 0
        if report.is_complete:
            return came
    raise AssertionError("it never ends")


def edit_trouble(make: type[Played]) -> str:
    """A text that its customer changes comes again, alone, under the same id, as a later one."""
    with playing(make()) as stage:
        stage.played.write(3)
        stage.look()
        before = {one.external_id: one for one in stage.queued}
        stage.played.edit()
        came = _come_within(stage, DAYS_UNTIL_FOLLOWED)
        if len(came) != 1:
            return f"{len(came)} instead of 1 come after an edit"
        edited = came[0]
        if edited.external_id not in before:
            return "the edit has an id of its own"
        if "Warm now" not in edited.text:
            return f"the edit says {edited.text!r}"
        if edited.version <= before[edited.external_id].version:
            return "the edit sorts before what it changes"
    return ""


def deletion_trouble(make: type[Played]) -> str:
    """What its customer takes back comes as a deletion under the same id, and comes once."""
    with playing(make()) as stage:
        stage.played.write(3)
        stage.look()
        newest = max(stage.queued, key=lambda one: one.written_at)
        stage.played.delete()
        came = _come_within(stage, DAYS_UNTIL_FOLLOWED)
        if [(one.external_id, one.is_deleted) for one in came] != [(newest.external_id, True)]:
            return f"{len(came)} come, {sum(one.is_deleted for one in came)} of them deletions"
        if came[0].text or came[0].version <= newest.version:
            return "the deletion keeps the words or sorts before them"
    return ""


def _come_within(stage: Stage, days: int) -> list[Feedback]:
    came: list[Feedback] = []
    for _ in range(days):
        stage.look()
        came += stage.queued
        stage.now += timedelta(days=1)
    return came
