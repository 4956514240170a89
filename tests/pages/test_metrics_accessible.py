"""Nobody is shut out of the figures: no violation of axe-core's rules at 360 px."""

from pathlib import Path

import pytest

from chalicelib.domain.digest import Period
from chalicelib.learn.sheet import sheet_of
from chalicelib.pages.metrics import render_metrics_page
from tests.pages.browser import browser, violations
from tests.pages.test_cohorts_page import page as cohorts_page
from tests.pages.test_metrics_page import BUSINESS, COUNTS, MONTH, ROSA, page

pytestmark = pytest.mark.skipif(browser() is None, reason="no Chromium on this machine")


def test_axe_finds_nothing_on_the_pages_of_figures(tmp_path: Path) -> None:
    one_place = sheet_of(COUNTS, Period(first=MONTH.first, last=MONTH.last), (), location="main")
    shown = {
        "figures": page(),
        "german": page("de"),
        "empty": page(counts={}),
        "one place": render_metrics_page(one_place, visitor=ROSA, business=BUSINESS),
        "groups": cohorts_page(20, 20),
        "too few": cohorts_page(0, 1, "de"),
    }
    wrong = {"color-contrast": page().replace("</style>", "p{color:#ccc!important}</style>", 1)}

    found = violations({**shown, **wrong}, tmp_path)

    assert [one.split(":")[0] for one in found.pop("color-contrast")] == ["color-contrast"]
    assert found == {name: [] for name in shown}
