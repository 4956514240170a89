"""Versions of one feedback have one order, whatever order they arrive in."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.feedback import (
    TEXT_LIMIT,
    Feedback,
    FeedbackKind,
    SurveyMetric,
    feedback_id,
)

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
PLAIN = Feedback(
    business_id="bakery",
    source="reviews",
    external_id="r1",
    kind=FeedbackKind.REVIEW,
    text="Cold bread",
    written_at=NOW - timedelta(hours=2),
    updated_at=NOW - timedelta(hours=2),
    stars=2,
)
VERSIONS = st.builds(
    lambda minutes, text, stars, is_deleted: replace(
        PLAIN,
        updated_at=NOW + timedelta(minutes=minutes),
        text=text,
        stars=stars,
        is_deleted=is_deleted,
    ),
    st.integers(-3, 3),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([None, 1.0, 5.0]),
    st.booleans(),
)


@given(st.lists(VERSIONS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_last_version_is_the_same_in_every_order_of_arrival(
    versions: list[Feedback], chance: object
) -> None:
    def last(arrived: list[Feedback]) -> str:
        stored = arrived[0]
        for one in arrived[1:]:
            stored = one if one.version > stored.version else stored
        return stored.version

    shuffled = list(versions)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert last(versions) == last(shuffled) == last(versions[::-1])


@given(VERSIONS, VERSIONS)
def test_versions_are_equal_only_when_nothing_that_was_said_differs(
    one: Feedback, other: Feedback
) -> None:
    said = [(each.updated_at, each.text, each.stars, each.is_deleted) for each in (one, other)]

    assert (one.version == other.version) == (said[0] == said[1])


@given(VERSIONS, VERSIONS)
def test_time_counts_first_then_that_it_is_gone(one: Feedback, other: Feedback) -> None:
    if one.updated_at != other.updated_at:
        assert (one.version < other.version) == (one.updated_at < other.updated_at)
    elif one.is_deleted != other.is_deleted:
        assert (one.version < other.version) == other.is_deleted


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "Warm bread"},
        {"stars": 3},
        {"stars": None},
        {"location": "station"},
        {"is_deleted": True},
        {"survey_scores": {SurveyMetric.NPS: 3.0}},
    ],
)
def test_what_a_customer_changes_changes_the_content(changes: dict[str, object]) -> None:
    assert replace(PLAIN, **changes).content_hash != PLAIN.content_hash  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"stars": 2.0},
        {"author": "Customer One"},
        {"url": "https://reviews.example/r1"},
        {"language": "en"},
        {"updated_at": NOW},
    ],
)
def test_what_is_not_said_changes_no_content(changes: dict[str, object]) -> None:
    assert replace(PLAIN, **changes).content_hash == PLAIN.content_hash  # type: ignore[arg-type]


def test_words_that_had_to_go_leave_the_version_as_it_was() -> None:
    emptied = replace(PLAIN, text="", kept_hash=PLAIN.content_hash)

    assert emptied.version == PLAIN.version


def test_an_id_depends_on_where_it_is_from_and_nothing_runs_together() -> None:
    ids = {feedback_id(*pair) for pair in itertools.product(("a", "ab"), ("b", "bb", "c"))}

    assert len(ids) == 6
    assert PLAIN.feedback_id == feedback_id("reviews", "r1")
    assert replace(PLAIN, business_id="other").feedback_id == PLAIN.feedback_id


@pytest.mark.parametrize("stars", [1, 1.0, 3.5, 5])
def test_stars_from_one_to_five_are_taken(stars: float) -> None:
    assert replace(PLAIN, stars=stars).stars == stars


@pytest.mark.parametrize(
    "changes",
    [
        {"stars": 0.99},
        {"stars": 5.01},
        {"stars": float("nan")},
        {"external_id": ""},
        {"written_at": NOW.replace(tzinfo=None)},
        {"updated_at": NOW.replace(tzinfo=None)},
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"stars|external_id|time zone"):
        replace(PLAIN, **changes)  # type: ignore[arg-type]


def test_times_are_held_between_1970_and_now() -> None:
    early = datetime(1, 1, 1, tzinfo=UTC)
    late = NOW + timedelta(days=1)

    old = replace(PLAIN, written_at=early, updated_at=early).clamped(NOW)
    new = replace(PLAIN, written_at=late, updated_at=late).clamped(NOW)

    assert (old.written_at.year, old.updated_at.year) == (1970, 1970)
    assert (new.written_at, new.updated_at) == (NOW, NOW + timedelta(minutes=5))
    assert PLAIN.clamped(NOW) == PLAIN


def test_lengths_are_held_and_a_long_id_stays_its_own() -> None:
    long = replace(
        PLAIN,
        external_id="x" * 513,
        text="t" * (TEXT_LIMIT + 1),
        author="a" * 201,
        author_id="b" * 201,
        location="l" * 201,
        order_reference="o" * 201,
        url="https://reviews.example/" + "u" * 2000,
    )

    held = long.clamped(NOW)

    assert len(held.external_id) == 32
    assert held.external_id != replace(long, external_id="y" * 513).clamped(NOW).external_id
    assert (len(held.text), held.url) == (TEXT_LIMIT, None)
    assert {
        len(name or "")
        for name in (held.author, held.author_id, held.location, held.order_reference)
    } == {200}
    assert held.clamped(NOW) == held
