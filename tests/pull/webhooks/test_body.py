"""Forms and ids: whatever comes, fields or a refusal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.pull.webhooks.body import parse_form, short_id
from tests.pull.webhooks.deliveries import FROG_FORM, multipart

MULTIPART = "multipart/form-data; boundary=frog0123"


def test_the_parts_of_a_form_are_read_and_odd_bytes_break_none() -> None:
    fields = parse_form(multipart(FROG_FORM), MULTIPART)

    assert fields["submissionID"] == "6000111222333"
    assert fields["formTitle"] == "Nach dem Besuch"
    assert fields["pretty"] == "Stars:1, Why:sch\ufffdn"
    assert len(fields) == len(FROG_FORM)


@pytest.mark.parametrize(
    "content_type",
    [
        MULTIPART,
        'multipart/form-data; boundary="frog0123"',
        "Multipart/Form-Data; charset=utf-8; BOUNDARY=frog0123",
    ],
)
def test_the_boundary_may_be_written_in_any_way(content_type: str) -> None:
    assert parse_form(multipart({"a": b"1"}), content_type) == {"a": "1"}


def test_a_form_may_be_url_encoded() -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-8"

    assert parse_form(b"submissionID=12&pretty=a%20b%ff", kind) == {
        "submissionID": "12",
        "pretty": "a b\ufffd",
    }


def test_a_file_is_no_field_and_the_first_of_two_counts() -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nfile\r\n'
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n'
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\ntwo\r\n--b--'
    )

    assert parse_form(body, "multipart/form-data; boundary=b") == {"a": "one"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"", ""),
        (b"a", "multipart/form-data"),
        (b"&".join(b"a%d=1" % i for i in range(1_000)), "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(FeedbackRefused):
        parse_form(body, content_type)


@settings(max_examples=60)
@given(
    st.binary(max_size=200) | st.binary(max_size=80).map(lambda value: multipart({"a": value})),
    st.text(max_size=60) | st.just(MULTIPART) | st.just("application/x-www-form-urlencoded"),
)
def test_no_form_gets_anything_but_fields_or_a_refusal(body: bytes, content_type: str) -> None:
    try:
        fields = parse_form(body, content_type)
    except FeedbackRefused as error:
        assert error.field
        return
    assert all(isinstance(value, str) for value in fields.values())


def test_an_id_is_short_enough_for_a_key_whatever_was_sent() -> None:
    odd: tuple[object, ...] = (" a ", 7, True, None, 1.5, [], "r\ud800")

    assert [short_id(value) for value in odd] == [
        "a",
        "7",
        "",
        "",
        "",
        "",
        "r?",
    ]
    assert len(short_id("x" * 60_000)) == 64
    assert short_id("x" * 129) != short_id("x" * 130)
