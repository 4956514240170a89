"""What holds for every pulled source: its fields, pages, edits and deletions."""

from collections.abc import Callable

import pytest

from chalicelib.wiring import PULLED, SourceKinds
from tests.pull.played.everywhere import MAILBOXES, PLAYED
from tests.pull.scenarios import deletion_trouble, edit_trouble, field_trouble, page_trouble

FIELDS = [(kind, path) for kind, played in PLAYED.items() for path in played.fields]


def test_every_pulled_source_is_played() -> None:
    assert {*PLAYED, *MAILBOXES} == set(PULLED)


@pytest.mark.parametrize("kind", PULLED)
def test_a_source_is_known_by_the_name_it_has_in_the_settings(kind: str) -> None:
    found = SourceKinds()[kind]

    assert found.name == kind
    assert found.build is not None
    assert found.secret_form or not found.needs_secret


@pytest.mark.parametrize(("kind", "path"), FIELDS)
def test_a_field_of_the_wire_reaches_the_feedback(kind: str, path: str) -> None:
    assert field_trouble(PLAYED[kind], path) == ""


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        (kind, trouble)
        for kind, played in PLAYED.items()
        for shows, trouble in (
            (played.has_pages, page_trouble),
            (played.has_edits, edit_trouble),
            (played.has_deletions, deletion_trouble),
        )
        if shows
    ],
)
def test_pages_edits_and_deletions_arrive_once(kind: str, trouble: Callable[..., str]) -> None:
    assert trouble(PLAYED[kind]) == ""
