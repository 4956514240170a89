"""Reading mails: ratings are certain or absent, and no mail breaks its reader."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.pull.mail_text import between, is_from, read_mail, stars_in


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("Kim left 2 stars", 2.0),
        ("New 1-star review", 1.0),
        ("Neue Bewertung: 3 Sterne", 3.0),
        ("Note : 4 sur 5", 4.0),
        ("Rated 2/5", 2.0),
        ("Rated 2.0 out of 5", 2.0),
        ("★★☆☆☆", 2.0),
        ("★★★★★", 5.0),
        ("⭐️⭐️⭐️", 3.0),
        ("4 stars (4/5)", 4.0),
        ("Your average is 4.5 stars", None),
        ("Visit on 1/5/2026", None),
        ("2 stars, and your average is 4 stars", None),
        ("12 stars", None),
        ("0/5", None),
        ("5 days, 3 messages", None),
        ("", None),
    ],
)
def test_a_rating_is_certain_or_absent(text: str, stars: float | None) -> None:
    assert stars_in(text) == stars


def test_the_subject_speaks_before_the_text() -> None:
    assert stars_in("2 stars", "your average: 4 stars") == 2.0
    assert stars_in("A review", "1 star") == 1.0


def test_marks_that_leave_nothing_are_looked_past() -> None:
    assert between("Reply now: cold bread", ["wrote:"], ["Reply now"]) == "Reply now: cold bread"
    assert between("a wrote: b wrote: c", ["wrote:"], []) == "b wrote: c"


def test_an_empty_sender_matches_nobody() -> None:
    assert not is_from("", [""])
    assert not is_from("a@b.example", [""])
    assert is_from("a@b.example", ["@b.example"])


def test_only_the_topmost_verdict_is_the_servers_own() -> None:
    passed, failed = (
        b"Authentication-Results: mx; dmarc=pass\n",
        b"Authentication-Results: mx; dmarc=fail\n",
    )

    assert not read_mail(passed + failed + b"\nx").is_forged
    assert read_mail(failed + passed + b"\nx").is_forged


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_mail_or_refused(raw: bytes) -> None:
    head = b"Subject: a\r\nContent-Type: multipart/mixed; boundary=x\r\nFrom: "
    for one in (raw, head + raw):
        try:
            mail = read_mail(one)
        except ValueError:
            continue
        mail.text.encode()
        mail.subject.encode()
        assert mail.key


@pytest.mark.parametrize("kind", [b"multipart/mixed; boundary=b", b"Message/RFC822"])
def test_a_mail_of_mails_of_mails_is_not_even_begun(kind: bytes) -> None:
    frame = b"Content-Type: " + kind + b"\n\n--b\n"

    assert read_mail(b"Subject: a\n" + frame * 50).subject == "a"
    with pytest.raises(ValueError, match="too many parts"):
        read_mail(b"Subject: a\n" + frame * 51)
