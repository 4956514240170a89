"""Whatever is sent to a webhook route: no 5xx, and nothing is kept without a proven sender."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.cli.local_run import LambdaContext
from chalicelib.store.envelopes import read_arrival, write_arrival
from tests.house import House, house
from tests.pull.webhooks.hostile import draw
from tests.pull.webhooks.senders import move_in

ANSWERS = {200, 202, 400, 401, 413, 415}
CONTEXT = LambdaContext(function_name="api_handler")


@pytest.fixture(scope="module")
def town() -> Iterator[House]:
    """A house with every tool of two businesses."""
    with house() as made:
        move_in(made)
        yield made


@settings(max_examples=120)
@given(random=st.randoms(use_true_random=False))
def test_no_request_is_answered_with_5xx_and_no_stranger_s_is_kept(
    town: House, random: Random
) -> None:
    queue = town.queues.feedback.waiting
    queue.clear()
    town.queues.pulls.waiting.clear()

    case = draw(random, town.now)
    status = town.app.app(case.event, CONTEXT)["statusCode"]

    assert status in ANSWERS, case
    if not case.is_signed:
        assert not queue, case
        assert not town.queues.pulls.waiting, case
    for arrival in queue:
        assert read_arrival(write_arrival(arrival)) == arrival
        assert len(str(arrival.delivery_id)) < 700
