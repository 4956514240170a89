"""The proof of redaction, at its full size, and that it would notice."""

from collections.abc import Callable

import pytest

from chalicelib.privacy.health_numbers import (
    is_austrian,
    is_british,
    is_french,
    is_german,
    is_swiss,
)
from chalicelib.privacy.redact import plain_email, plain_phone, redact, take_out
from proofs.redaction.__main__ import CASES, FEWEST_CASES, measure, read_cases

SENTENCES = read_cases(CASES.read_text(encoding="utf-8"))


def test_what_must_go_goes_and_what_a_shop_writes_stays() -> None:
    outcome = measure(SENTENCES, redact)

    assert outcome.cases >= FEWEST_CASES
    assert {case.country for case in SENTENCES} == {"DE", "GB", "US", "FR", "AT", "CH"}
    assert outcome.recall >= 0.99, outcome.left
    assert outcome.precision >= 0.99, outcome.mistaken


def test_the_measure_notices_when_nothing_goes() -> None:
    outcome = measure(SENTENCES, lambda text, country: text)

    assert outcome.recall == 0
    assert len(outcome.left) == outcome.planted.total()


def test_the_measure_notices_half_a_number_that_stays() -> None:
    cases = read_cases("== GB\nring {phone:020 7946 0958} now")

    outcome = measure(cases, lambda text, country: "ring [phone] 0958 now")

    assert outcome.recall == 0


def test_the_measure_notices_what_goes_though_it_should_stay() -> None:
    cases = read_cases("== GB\norder 100345 from {e-mail:a@b.example}")

    outcome = measure(cases, lambda text, country: "order [phone] from [e-mail]")

    assert (outcome.recall, outcome.precision) == (1, 0.5)
    assert len(outcome.mistaken) == 1


@pytest.mark.parametrize(
    ("fits", "number"),
    [
        (is_german, "K056086569"),
        (is_austrian, "1048150766"),
        (is_swiss, "7565595200370"),
        (is_british, "5261999618"),
        (is_french, "153103451938936"),
    ],
)
def test_a_check_digit_tells_a_number_from_its_neighbours(
    fits: Callable[[str], bool], number: str
) -> None:
    others = [number[:-1] + str(digit) for digit in range(10) if str(digit) != number[-1]]

    assert fits(number)
    assert not any(fits(other) for other in others)


def test_the_examples_that_the_authorities_publish_fit() -> None:
    assert is_german("A123456780")
    assert is_austrian("1237010180")
    assert is_swiss("7569217076985")
    assert is_british("9434765919")


def test_what_was_taken_out_is_told_in_one_form() -> None:
    taken = take_out("Me@Shop.Example or me (at) shop.example, 030 23125 123, +493023125123", "DE")

    assert taken.emails == ("me@shop.example",)
    assert taken.phones == ("+493023125123",)
    assert taken.text == "[e-mail] or [e-mail], [phone], [phone]"


@pytest.mark.parametrize(
    "written",
    ["Me@Shop.Example", " me@shop.example ", "me (at) shop (dot) example", "me @ shop.example"],
)
def test_an_address_is_compared_however_it_is_written(written: str) -> None:
    assert plain_email(written) == "me@shop.example"


def test_a_number_is_compared_however_it_is_written() -> None:
    assert plain_phone("030 / 23125-123", "DE") == "+493023125123"
    assert plain_phone("+49 (0)30 23125123", "GB") == "+493023125123"
    assert plain_phone("7", "DE") is None
    assert plain_phone("rosa", "DE") is None
