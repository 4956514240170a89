"""The steps of the service and the names in praise, as heedful.toml has them."""

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.cli.configure import changes_between
from chalicelib.cli.heedful_toml import read_businesses
from chalicelib.domain.business import Business
from chalicelib.domain.errors import SettingsError
from chalicelib.domain.sentiment import JourneyStage
from chalicelib.domain.step import BlueprintStep
from chalicelib.wiring import SourceKinds
from tests.cli.test_heedful_toml import GOOD

STEP = """
[[business.blueprint]]
step = "Orders a cake for Saturday"
stage = "booking_ordering"
topics = ["communication", "gluten free"]
front = "Anna takes the order"
"""


def read(text: str, folder: Path) -> Business:
    path = folder / "heedful.toml"
    path.write_text(text, encoding="utf-8")
    (business,) = read_businesses(path, SourceKinds())
    return business


def test_steps_are_read_in_their_order_with_what_they_say(tmp_path: Path) -> None:
    second = STEP.replace("Orders a cake for Saturday", "Fetches it").replace("topics", "# ")

    business = read(GOOD + STEP + second, tmp_path)

    assert business.blueprint == (
        BlueprintStep(
            step="Orders a cake for Saturday",
            stage=JourneyStage.BOOKING_ORDERING,
            topics=("communication", "gluten free"),
            front="Anna takes the order",
        ),
        BlueprintStep(
            step="Fetches it", stage=JourneyStage.BOOKING_ORDERING, front="Anna takes the order"
        ),
    )


def test_without_steps_there_are_none_and_nobody_is_named(tmp_path: Path) -> None:
    business = read(GOOD, tmp_path)

    assert (business.blueprint, business.named_in_praise) == ((), ())


def test_names_in_praise_stand_beside_the_business(tmp_path: Path) -> None:
    named = GOOD.replace('escalate_after = "4h"', 'named_in_praise = ["Anna"]')

    assert read(named, tmp_path).named_in_praise == ("Anna",)


def test_an_unknown_stage_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="stage"):
        read(GOOD + STEP.replace("booking_ordering", "dreaming"), tmp_path)


def test_a_change_of_steps_is_told_before_it_is_applied(tmp_path: Path) -> None:
    old, new = read(GOOD, tmp_path), read(GOOD + STEP, tmp_path)

    assert changes_between(old, new) == ["~ business bakery: blueprint, 1 step(s)"]
    assert changes_between(old, replace(old, named_in_praise=("Anna",)))[0].startswith(
        "~ business bakery: named_in_praise"
    )
