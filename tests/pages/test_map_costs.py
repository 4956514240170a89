"""What each map reads of the table when 100,000 texts are kept: at most twenty units a page.

Counted on the metered table. A busy day counts some 140 things, as the bundled model's readings of
real reviews do at 253 texts a day, which is 100,000 in the thirteen months that words are kept.
"""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from benchmarks.cost.table import MeteredTable
from benchmarks.cost.units import Meter
from chalicelib.domain.sentiment import Emotion, JourneyStage, Topic
from chalicelib.flow import mapping
from chalicelib.ports import Services
from chalicelib.store import feedback_rows, keys
from chalicelib.store.attributes import make_row
from chalicelib.store.count_names import shortened
from chalicelib.store.dynamodb import DynamoStore
from tests.pages.map_world import BAKERY, NOW, ROSA, TODAY, services_with, voice

MOST_UNITS = 20
# The frame reads the session and the business before any page does.
OF_THE_FRAME = 2
A_DAY, DAYS, NAMES = 253, 120, 142
ROOT = Path(__file__).resolve().parents[2]


def names_of_a_busy_day() -> list[str]:
    """The first of all names that a row may have, the frequent ones first."""
    stages = [f"stage.{stage}" for stage in JourneyStage]
    topics = [f"topic.{topic}" for topic in Topic]
    names = ["n", "negative", "neutral", "positive", "source.sheet"]
    names += [f"stars.{stars}" for stars in range(1, 6)]
    names += [f"emotion.{emotion}" for emotion in Emotion]
    names += [f"{one}{end}" for one in stages + topics for end in ("", ".negative", ".positive")]
    names += [f"{stage}.emotion.{emotion}" for stage in stages for emotion in Emotion]
    ends = ("", ".negative")
    names += [f"{stage}.{topic}{end}" for stage in stages for topic in topics for end in ends]
    return list(islice(names, NAMES))


@pytest.fixture(scope="module")
def busy() -> tuple[Services, Meter]:
    """Services over a metered table with the count rows of four months and two days of texts."""
    resources = json.loads((ROOT / "infra" / "resources.json").read_text())["Resources"]
    meter = Meter()
    client = MeteredTable(meter, resources["Table"]["Properties"]["GlobalSecondaryIndexes"])
    names = names_of_a_busy_day()
    counts = shortened({name: A_DAY // (place + 2) + 1 for place, name in enumerate(names)})
    for step in range(DAYS):
        day = TODAY - timedelta(days=step)
        key = keys.count_key("bakery", day.isoformat(), "main")
        client.put_item(Item=make_row(key, counts))
    for number in range(2 * A_DAY):
        day = TODAY - timedelta(days=number % 2)
        one = voice(number, day, is_bad=number % 5 == 0)
        client.put_item(Item=feedback_rows.feedback_row(one))
    store = DynamoStore("busy", client, random=Random(1), sleep=lambda seconds: None)  # noqa: S311
    return replace(services_with([]), store=store), meter


@pytest.mark.parametrize(
    ("page", "query"),
    [
        (mapping.journey_page, {"days": "28"}),
        (mapping.journey_page, {"days": "60"}),
        (mapping.empathy_map_page, {}),
        (mapping.blueprint_page, {"days": "60"}),
        (mapping.voices_page, {"polarity": "negative"}),
    ],
)
def test_a_page_reads_at_most_twenty_units_of_a_hundred_thousand_texts(
    busy: tuple[Services, Meter], page: object, query: dict[str, str]
) -> None:
    services, meter = busy
    before = meter.total("dynamodb read")

    shown = page(services, ROSA, BAKERY, query, NOW)  # type: ignore[operator]

    read = meter.total("dynamodb read") - before
    assert 0 < read <= MOST_UNITS - OF_THE_FRAME, f"{read} units"
    assert len(shown.encode()) < 100_000
