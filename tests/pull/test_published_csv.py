"""A published sheet: only what is new in it comes through, whatever its owner does to it."""

import pytest

from chalicelib.domain.errors import SourceContractError
from chalicelib.domain.feedback import Page
from chalicelib.pull.published_csv import PublishedCsv
from tests.pull.given import Pages, a_context

HEAD = "date,rating,review\n"
TWO = HEAD + "2026-03-01,1,cold bread\n2026-03-02,5,lovely\n"


def look(pages: Pages, table: str | bytes, cursor: object = None, **options: object) -> Page:
    pages.body = table.encode() if isinstance(table, str) else table
    before = cursor if isinstance(cursor, dict) else {}
    return PublishedCsv(a_context(pages, **options)).fetch(before)


def texts(page: Page) -> list[str]:
    return [one.text for one in page.feedback]


def test_the_first_look_brings_all_rows_oldest_first() -> None:
    page = look(Pages(), HEAD + "2026-03-02,5,lovely\n2026-03-01,1,cold bread\n")

    assert texts(page) == ["cold bread", "lovely"]
    assert page.is_complete
    assert {one.source for one in page.feedback} == {"talk"}


def test_an_unchanged_sheet_brings_nothing() -> None:
    pages = Pages()
    first = look(pages, TWO)

    again = look(pages, TWO, first.cursor)

    assert (again.feedback, again.cursor, again.is_complete) == ((), first.cursor, True)
    assert not again.is_empty_suspect


@pytest.mark.parametrize("head", [TWO, TWO.rstrip("\n")])
def test_a_sheet_that_grew_at_its_end_brings_the_new_rows_alone(head: str) -> None:
    pages = Pages()
    first = look(pages, head)

    page = look(pages, f"{TWO}2026-03-03,2,slow\n2026-03-01,1,cold bread\n", first.cursor)

    assert texts(page) == ["cold bread", "slow"]
    assert {one.external_id for one in page.feedback}.isdisjoint(
        {one.external_id for one in first.feedback}
    )


def test_a_row_that_was_edited_comes_again_under_its_id() -> None:
    pages = Pages()
    table = "review_id,date,review\nr1,2026-03-01,{}\nr2,2026-03-02,fine\n"
    first = look(pages, table.format("cold"))

    page = look(pages, table.format("warm after all"), first.cursor)

    edited = {one.external_id: one.text for one in page.feedback}
    assert edited == {"r1": "warm after all", "r2": "fine"}


def test_a_sheet_that_shrank_comes_whole_and_keeps_its_ids() -> None:
    pages = Pages()
    first = look(pages, TWO)

    page = look(pages, HEAD + "2026-03-02,5,lovely\n", first.cursor)

    assert [one.external_id for one in page.feedback] == [first.feedback[1].external_id]


def test_a_sheet_written_anew_comes_whole() -> None:
    pages = Pages()
    first = look(pages, TWO)

    page = look(pages, "review;date\nnew one;2026-03-05\n", first.cursor)

    assert texts(page) == ["new one"]


@pytest.mark.parametrize("table", [HEAD, "", "\n", "﻿" + HEAD])
def test_a_sheet_that_is_empty_where_it_had_rows_is_suspect(table: str) -> None:
    pages = Pages()
    first = look(pages, TWO)

    page = look(pages, table, first.cursor)

    assert (page.feedback, page.is_empty_suspect, page.cursor) == ((), True, first.cursor)


def test_a_sheet_that_never_had_rows_is_no_trouble() -> None:
    page = look(Pages(), HEAD)

    assert (page.feedback, page.is_empty_suspect, page.is_complete) == ((), False, True)


def test_bad_rows_are_counted_and_stop_no_other() -> None:
    page = look(Pages(), TWO + "never,1,bad date\n2026-03-03,many,odd stars\n")

    assert (texts(page), page.refused) == (["cold bread", "lovely"], 2)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Sign in, Customer One</body></html>",
        b"PK\x03\x04spreadsheet",
        b"name,words\nCustomer One,this was bad\n",
    ],
)
def test_what_is_no_table_is_trouble_with_advice_and_without_a_customers_words(
    body: bytes,
) -> None:
    with pytest.raises(SourceContractError, match="the sheet cannot be read") as caught:
        look(Pages(), body)

    assert "CSV with a header" in caught.value.advice
    assert "Customer One" not in str(caught.value)


def test_a_first_line_that_is_a_customers_row_is_not_repeated() -> None:
    with pytest.raises(SourceContractError) as caught:
        look(Pages(), b"2026-03-01,Customer One,this was bad\n2026-03-02,Customer Two,good\n")

    assert "Customer" not in str(caught.value)
    assert "bad" not in str(caught.value)


def test_columns_can_be_named_in_the_settings() -> None:
    table = "when,What went wrong?\n2026-03-01,cold bread\n"

    page = look(Pages(), table, columns={"date": "when", "text": "What went wrong?"})

    assert texts(page) == ["cold bread"]


def test_places_are_known_by_their_names() -> None:
    page = look(Pages(), "date,review,store\n2026-03-01,x,Station kiosk\n2026-03-02,y,\n")

    assert [one.location for one in page.feedback] == ["station", "main"]
