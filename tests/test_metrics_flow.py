"""The page of figures from what is stored, and what it may cost at a hundred thousand voices."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from benchmarks.cost.table import READ, MeteredTable
from benchmarks.cost.units import Meter
from chalicelib.domain.case import CaseState, close, contact
from chalicelib.domain.feedback import SurveyMetric
from chalicelib.flow.links import Download
from chalicelib.flow.mapping import voices_page
from chalicelib.flow.measuring import metric_sheet, metrics_of_name, metrics_page
from chalicelib.store import keys
from chalicelib.store.attributes import make_row
from chalicelib.store.count_names import shortened
from chalicelib.store.dynamodb import DynamoStore
from tests.contracts.test_case_store import a_case
from tests.learn.samples import a_voice
from tests.pages.map_world import BAKERY, NOTHING, NOW, ROSA, TODAY, services_with, two_months
from tests.store.test_count_names import a_day

ROOT = Path(__file__).resolve().parents[1]
SERVICES = services_with(two_months())
# A hundred thousand texts in the thirteen months for which words are kept.
VOICES_A_DAY = 253
# Twenty for the page, of which signing in and the business take two.
READ_UNITS = 18


def test_the_page_counts_the_dates_up_to_today() -> None:
    month, quarter = (metric_sheet(SERVICES, BAKERY, days, NOW) for days in (28, 90))

    assert (month.period.first.isoformat(), month.period.last) == ("2026-04-14", TODAY)
    assert (month.n, quarter.n) == (84, 168)
    page = metrics_page(SERVICES, ROSA, BAKERY, NOTHING, NOW)
    assert isinstance(page, str)
    assert "84 voices from 14 Apr to 11 May" in page


@pytest.mark.parametrize(
    ("query", "heard"),
    [
        ({"days": "90"}, "168 voices"),
        ({"days": "7"}, "84 voices"),
        ({"days": "<90>"}, "84 voices"),
        ({"place": "main"}, "84 voices"),
        ({"place": "tor"}, "0 voices"),
        ({"place": "nowhere"}, "84 voices"),
    ],
)
def test_the_address_chooses_period_and_place_and_nothing_else(
    query: dict[str, str], heard: str
) -> None:
    page = metrics_page(SERVICES, ROSA, BAKERY, query, NOW)

    assert isinstance(page, str)
    assert heard in page
    assert "&lt;90" not in page


def test_the_table_to_keep_is_a_file_of_the_visitors_language() -> None:
    german = replace(ROSA, language="de")

    file = metrics_page(SERVICES, german, BAKERY, {"as": "csv"}, NOW)

    assert isinstance(file, Download)
    assert (file.file_name, file.content_type) == (
        "zahlen-2026-05-11.csv",
        "text/csv; charset=utf-8",
    )
    assert "Gute Stimmen minus schlechte,,2026-04-14,2026-05-11" in file.text


def test_the_two_groups_are_a_page_and_nothing_else_is() -> None:
    page = metrics_of_name(SERVICES, ROSA, BAKERY, "cohorts", NOTHING, NOW)

    assert page is not None
    assert "Too few to say" in page
    assert metrics_of_name(SERVICES, ROSA, BAKERY, "salaries", NOTHING, NOW) is None


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"survey": "nps"}, "asked and told", "only a review"),
        ({"sources": "sheet"}, "only a review", "asked and told"),
        ({"sources": "sheet,survey"}, "only a review", "nobody said this"),
        ({}, "asked and told", "nobody said this"),
    ],
)
def test_a_figure_opens_onto_the_voices_it_was_counted_from(
    query: dict[str, str], shown: str, hidden: str
) -> None:
    scores = {SurveyMetric.NPS: 9.0}
    said = [
        a_voice(1, TODAY, text="asked and told", source="survey", survey=scores),
        a_voice(2, TODAY, text="only a review", source="sheet"),
    ]

    page = voices_page(services_with(said), ROSA, BAKERY, query, NOW)

    assert shown in page
    assert hidden not in page


def test_no_page_of_figures_costs_more_at_a_hundred_thousand_voices() -> None:
    meter = Meter()
    resources = json.loads((ROOT / "infra" / "resources.json").read_text())["Resources"]
    table = MeteredTable(meter, resources["Table"]["Properties"]["GlobalSecondaryIndexes"])
    random = Random(7)  # noqa: S311  the same every time
    store = DynamoStore("table", table, random=random, sleep=lambda seconds: None)
    counts = shortened(a_day(VOICES_A_DAY))
    for back in range(90):
        key = keys.count_key("bakery", (TODAY - timedelta(days=back)).isoformat(), "main")
        table.put_item(Item=make_row(key, counts))
    for number in range(150):
        opened = a_case(f"customer {number}", opened_at=NOW - timedelta(days=20))
        spoken = contact(opened, "Rosa", NOW - timedelta(days=19))
        ended = close(spoken, CaseState.RECOVERED, "Rosa", NOW, root_cause="the oven was broken")
        store.save_case(ended if number < 100 else spoken)
    services = replace(SERVICES, store=store)

    before = meter.total(READ)
    metrics_page(services, ROSA, BAKERY, {"days": "90"}, NOW)
    figures = meter.total(READ)
    metrics_of_name(services, ROSA, BAKERY, "cohorts", NOTHING, NOW)
    groups = meter.total(READ)

    spent = {"figures": figures - before, "groups": groups - figures}
    print(spent)  # noqa: T201  shown with -rP
    assert spent["figures"] <= READ_UNITS
    assert spent["groups"] <= READ_UNITS
    sheet = metric_sheet(services, BAKERY, 90, NOW)
    assert sheet.n == 90 * VOICES_A_DAY
