"""Exports as people have them: every separator, encoding, date and scale, and every mistake."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import FeedbackFileError
from chalicelib.domain.feedback import TEXT_LIMIT
from chalicelib.pull.csv_file import FeedbackFile, read_file
from tests.pull.given import NOW

PLAIN = "date,rating,review\n2026-03-01,1,Cold bread\n2026-03-02,5,Lovely\n"


def read(table: str | bytes, **options: object) -> FeedbackFile:
    plain: dict[str, object] = {
        "business_id": "bakery",
        "source": "exports",
        "time_zone": "Europe/Berlin",
        "now": NOW,
    }
    raw = table.encode() if isinstance(table, str) else table
    return read_file(raw, **(plain | options))  # type: ignore[arg-type]


def texts(file: FeedbackFile) -> list[str]:
    return [one.text for one in file.feedback]


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        ("\n\r\n" + PLAIN.replace("\n", "\n\n")).encode(),
        ("sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n")).encode(),
        PLAIN.rstrip("\n").encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        PLAIN.upper().replace("COLD BREAD", "Cold bread").replace("LOVELY", "Lovely").encode(),
        b'"date";"What, if anything, rating, or so";"rating";"review"\n'
        b"2026-03-01;x;1;Cold bread\n2026-03-02;y;5;Lovely\n",
    ],
)
def test_every_kind_of_csv_says_the_same(raw: bytes) -> None:
    file = read(raw)

    assert texts(file) == ["Cold bread", "Lovely"]
    assert [one.stars for one in file.feedback] == [1.0, 5.0]
    assert [one.written_at.isoformat() for one in file.feedback] == [
        "2026-02-28T23:00:00+00:00",
        "2026-03-01T23:00:00+00:00",
    ]
    assert file.bad_rows == ()


def test_windows_1252_is_noticed_and_said() -> None:
    file = read("date,review\n2026-03-01,Käse für 3 €\n".encode("cp1252"))

    assert texts(file) == ["Käse für 3 €"]
    assert "not UTF-8, so read as Windows-1252" in file.assumptions


def test_cells_of_several_lines_stay_whole_and_lines_are_counted_on() -> None:
    file = read('date,review\n2026-03-01,"one\ntwo, ""three"""\nnever,four\n2026-03-02,five\n')

    assert texts(file) == ['one\ntwo, "three"', "five"]
    assert [(row.line, row.reason) for row in file.bad_rows] == [
        (4, "the date is in no form that is known")
    ]


def test_an_open_quotation_mark_costs_its_own_row_and_no_other() -> None:
    file = read('date,review\n2026-03-01,one\n2026-03-02,"two\n2026-03-03,three\n2026-03-04,four')

    assert texts(file) == ["one", "three", "four"]
    assert [(row.line, row.reason) for row in file.bad_rows] == [
        (3, "its quotation mark is never closed")
    ]


def test_an_open_quotation_mark_in_a_long_file_costs_its_own_row_and_no_other() -> None:
    rows = "".join(f"2026-03-01,{'x' * 1000}{place}\n" for place in range(1100))

    file = read(f'date,review\n2026-03-02,"open\n{rows}')

    assert len(file.feedback) == 1100
    assert [row.line for row in file.bad_rows] == [2]


def test_each_bad_row_is_named_by_its_line_without_the_customers_words() -> None:
    file = read(
        "id,date,rating,review\n"
        "a,2026-03-01,1,fine\n"
        "b,,1,no date\n"
        "c,secret words,1,odd date\n"
        "d,2026-03-01,,\n"
        "e,2026-03-01,eleven,odd stars\n"
        "f,2026-03-01,9,too many\n"
        "g,0001-01-01,1,no year\n"
        "h,9999-12-31,1,no year\n"
        "i,2026-03-01,1,cut, short\n"
        "j,2026-03-01\n"
        "a,2026-03-01,1,again\n" + "".join(f"k{n},2026-03-02,5,good {n}\n" for n in range(20))
    )

    assert len(file.feedback) == 21
    assert [(row.line, row.reason) for row in file.bad_rows] == [
        (3, "the date is empty"),
        (4, "the date is in no form that is known"),
        (5, "neither text nor stars"),
        (6, "the stars are not a number"),
        (7, "the stars lie outside 0 to 5"),
        (8, "the date lies before 1990 or after 2200"),
        (9, "the date lies before 1990 or after 2200"),
        (10, "it has more cells than the header; text with separators needs quotes"),
        (11, "neither text nor stars"),
        (12, "it has the id of line 2"),
    ]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "the file is empty"),
        (b" \n\r\n\t ", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"date,review\n", "it has a header and no rows"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "spreadsheet"),
        (b"<!DOCTYPE html><title>Sign in</title>", "web page"),
        (b"\n <html>", "web page"),
        (b"when,review\n2026-03-01,x\n", "no column says when it was written"),
        (b"date,words\n2026-03-01,x\n", "no column says what the customer wrote"),
        (b"date,review\nsoon,x\n", "line 2: the date is in no form that is known"),
        (b"date,review\n2026-03-01,\n", "line 2: neither text nor stars"),
        (b'date,review\n2026-03-01,"x\n', "line 2: its quotation mark is never closed"),
        (b"\x00\x01\x02\x03", "no column says when"),
        (b"{}", "no column says when"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(raw: bytes, words: str) -> None:
    with pytest.raises(FeedbackFileError) as caught:
        read(raw)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_column_is_told_with_the_option_that_names_it_and_a_short_list() -> None:
    header = ",".join(["when", "x" * 500, *(f"c{place}" for place in range(60))])

    with pytest.raises(FeedbackFileError, match=r"Name it: --date-column, or columns") as caught:
        read(f"{header}\n2026-03-01\n")

    assert "and 42 more" in str(caught.value)
    assert len(str(caught.value)) < 450


def test_columns_can_be_named() -> None:
    table = "when;what went wrong;Punkte\n2026-03-01;cold bread;1\n"

    file = read(
        table, columns={"date": "when", "text": "what went wrong", "stars": "Punkte"}
    ).feedback[0]

    assert (file.text, file.stars) == ("cold bread", 1.0)


def test_a_column_that_is_named_but_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(
        FeedbackFileError, match="no column 'Text'; the file has: date, rating, review"
    ):
        read(PLAIN, columns={"text": "Text"})


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    assert texts(read("date,review,review\n2026-03-01,mine,theirs\n")) == ["mine"]


def test_stars_alone_are_feedback_too() -> None:
    file = read("date,rating\n2026-03-01,2\n")

    assert [(one.text, one.stars) for one in file.feedback] == [("", 2.0)]


@pytest.mark.parametrize(
    ("cells", "stars"),
    [
        (["1", "5", "4,5"], [1.0, 5.0, 4.5]),
        (["0", "", "n/a", "3"], [1.0, None, None, 3.0]),
        (["2", "8", "10"], [1.0, 4.0, 5.0]),
        (["20", "85", "100%"], [1.0, 4.25, 5.0]),
        (["4/5", "8/10", "90/100", "3 of 5", "4 out of 5"], [4.0, 4.0, 4.5, 3.0, 4.0]),
        (["★★★", "★★☆☆☆", "⭐⭐⭐⭐⭐", "★"], [3.0, 2.0, 5.0, 1.0]),
        (["ONE", "Two", "five stars", "1 star"], [1.0, 2.0, 5.0, 1.0]),
        (["Rated 4 out of 5 stars", "2.0"], [4.0, 2.0]),
        (["-", "null", "", "NaN"], [None, None, None, None]),
    ],
)
def test_stars_are_read_on_their_scale(cells: list[str], stars: list[float | None]) -> None:
    rows = "".join(
        f'2026-03-{place + 1:02},text {place},"{cell}"\n' for place, cell in enumerate(cells)
    )

    file = read("date,review,stars\n" + rows)

    assert [one.stars for one in file.feedback] == stars
    assert file.bad_rows == ()


def test_marks_beyond_five_are_said_to_be_read_on_another_scale() -> None:
    file = read("date,rating,review\n2026-03-01,8,good\n2026-03-02,3,bad\n")

    assert "marks go beyond 5, so they are read as marks out of 10" in file.assumptions


def test_one_mistyped_mark_among_many_changes_no_other() -> None:
    rows = "".join(f"2026-03-01,5,good {place}\n" for place in range(40))

    file = read(f"date,rating,review\n{rows}2026-03-02,50,good too\n")

    assert {one.stars for one in file.feedback} == {5.0}
    assert [row.line for row in file.bad_rows] == [42]


@pytest.mark.parametrize("cell", ["-1", "1000", "five point five", "6/5", "3/0", "1,000"])
def test_what_are_no_stars_is_a_bad_row(cell: str) -> None:
    file = read(f'date,review,stars\n2026-03-01,a,5\n2026-03-01,b,"{cell}"\n')

    assert texts(file) == ["a"]
    assert [row.line for row in file.bad_rows] == [3]


@pytest.mark.parametrize(
    ("cells", "days", "note"),
    [
        (["29/03/2026", "01/02/2026"], ["2026-03-29", "2026-02-01"], "day first (29/03/2026)"),
        (["03/29/2026", "01/02/2026"], ["2026-03-29", "2026-01-02"], "month first (03/29/2026)"),
        (["01/02/2026", "03/02/2026"], ["2026-02-01", "2026-02-03"], "fit both orders"),
        (["29.03.2026 14:30", "1.2.2026 9:05"], ["2026-03-29", "2026-02-01"], "day first"),
        (["3/14/26 2:30 PM", "1/2/26 9:05 AM"], ["2026-03-14", "2026-01-02"], "month first"),
        (["1/2/26 2:30 PM"], ["2026-02-01"], "fit both orders"),
        (["29 Mar 2026", "1 February 2026"], ["2026-03-29", "2026-02-01"], ""),
        (["March 29, 2026", "Feb 1, 2026 3:00 PM"], ["2026-03-29", "2026-02-01"], ""),
        (["2026/03/29", "2026/02/01"], ["2026-03-29", "2026-02-01"], ""),
        (["2026-03-29T12:00:00Z", "2026-02-01T12:00:00"], ["2026-03-29", "2026-02-01"], ""),
        (["2026-03-29 12:00:00 UTC", "2026-02-01 12:00 +0200"], ["2026-03-29", "2026-02-01"], ""),
        (["20260329", "2026-02-01 12:00"], ["2026-03-29", "2026-02-01"], ""),
    ],
)
def test_dates_are_read_in_the_form_of_their_column(
    cells: list[str], days: list[str], note: str
) -> None:
    rows = "".join(f'{place},"{cell}",text\n' for place, cell in enumerate(cells))

    file = read("id,date,review\n" + rows, time_zone="UTC")

    found = {one.external_id: one.written_at.date().isoformat() for one in file.feedback}
    assert [found[str(place)] for place in range(len(cells))] == days
    said = [one for one in file.assumptions if one.startswith("dates")]
    assert [note in one for one in said] == ([True] if note else [])


def test_a_time_without_a_zone_is_the_business_own_and_the_clock_change_is_minded() -> None:
    file = read("date,review\n2026-03-28 12:00,winter\n2026-03-29 11:00,summer\n")

    assert [one.written_at.hour for one in file.feedback] == [11, 9]


def test_a_date_in_the_future_becomes_now() -> None:
    file = read("date,review\n2027-01-01,early\n")

    assert file.feedback[0].written_at == NOW


def test_oldest_comes_first_whatever_the_order_of_the_rows() -> None:
    file = read("date,review\n2026-03-03,c\n2026-03-01,a\n2026-03-02,b\n")

    assert texts(file) == ["a", "b", "c"]


def test_twins_are_two_and_stay_the_same_two() -> None:
    table = "date,author,review\n2026-03-01,A,same\n2026-03-01,A,same\n2026-03-01,B,same\n"

    first, again = read(table), read(table + "2026-03-01,A,same\n")

    ids = {one.external_id for one in first.feedback}
    assert len(ids) == 3
    assert ids < {one.external_id for one in again.feedback}
    assert len(again.feedback) == 4


def test_a_later_row_that_changes_the_scale_changes_no_id() -> None:
    table = "date,rating,review\n2026-03-01,4,fine\n"

    before, after = read(table), read(table + "2026-03-02,9,great\n")

    assert [one.stars for one in after.feedback] == [2.0, 4.5]
    assert after.feedback[0].external_id == before.feedback[0].external_id


def test_a_column_id_that_repeats_itself_names_no_review() -> None:
    rows = "".join(f"shop-1,2026-03-01,review {place}\n" for place in range(5))

    file = read("id,date,review\n" + rows)

    assert len({one.external_id for one in file.feedback}) == 5
    assert "the column id repeats itself, so it is not taken for the review's id" in (
        file.assumptions
    )


def test_what_a_row_says_of_itself_is_kept() -> None:
    table = (
        "review_id,date,text,store,reviewer,language,link\n"
        "r1,2026-03-01,good,Station kiosk,Customer One,en-GB,https://reviews.example/r1\n"
        "r2,2026-03-02,good,,,English,javascript:alert(1)\n"
        "r3,2026-03-03,good,Elsewhere,,DE,\n"
    )

    one, two, three = read(table, location_ids={"Station kiosk": "station"}).feedback

    assert (one.external_id, one.location, one.author) == ("r1", "station", "Customer One")
    assert (one.language, one.url) == ("en", "https://reviews.example/r1")
    assert (two.location, two.author, two.language, two.url) == ("main", None, None, None)
    assert (three.location, three.language) == ("Elsewhere", "de")


def test_a_very_long_text_is_cut_and_read() -> None:
    file = read(f"date,review\n2026-03-01,{'x' * 20_000}\n")

    assert len(file.feedback[0].text) == TEXT_LIMIT


def test_nothing_of_a_row_is_longer_than_a_row_of_the_store_can_carry() -> None:
    cells = ",".join(["x" * 5000, "2026-03-01", "good", "y" * 5000, "z" * 5000])

    one = read(f"id,date,review,author,location\n{cells}\n").feedback[0]

    assert (len(one.external_id), len(one.author or ""), len(one.location)) == (32, 200, 200)


@settings(max_examples=60)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8")))
def test_whatever_the_bytes_are_the_only_way_out_is_the_files_own_error(raw: bytes) -> None:
    for body in (raw, b"date,review\n2026-03-01,fine\n" + raw):
        try:
            file = read(body)
        except FeedbackFileError:
            continue
        assert file.feedback


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.dates().map(str) | st.text(max_size=12),
            st.integers(-2, 12).map(str) | st.sampled_from(["", "4/5", "★★", "x"]),
            st.text(max_size=20),
        ),
        max_size=8,
    )
)
def test_every_row_is_either_feedback_or_named(rows: list[tuple[str, str, str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    table = "\n".join(["date,rating,review", "2026-03-01,5,first", *quoted]) + "\n"

    file = read(table.encode("utf-8", "replace"))

    blank = sum(not "".join(row).strip() for row in rows)
    assert len(file.feedback) + len(file.bad_rows) + blank == len(rows) + 1
