"""A mailbox: what a notification becomes, what is left alone, and how numbers that change their
meaning are followed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.errors import SettingsError
from tests.pull.played.mailbox import PlayedMailbox, Wire
from tests.pull.playing import Stage, playing
from tests.pull.scenarios import field_trouble, page_trouble


@pytest.fixture
def stage() -> Iterator[Stage]:
    """An empty mailbox."""
    with playing(PlayedMailbox()) as running:
        yield running


def mailbox(stage: Stage) -> PlayedMailbox:
    assert isinstance(stage.played, PlayedMailbox)
    return stage.played


def queued_ids(stage: Stage) -> list[str]:
    return [one.external_id for one in stage.queued]


def test_a_notification_is_mapped_field_by_field(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= {
        "Subject": "=?utf-8?q?Neue_Bewertung=3A_2_Sterne_f=C3=BCr_Station_kiosk?=",
        "Date": "Sat, 28 Mar 2026 10:00:00 +0100",
        "body": "Das Brot war kalt.\r\nhttps://reviews.example.com/r/77?t=1\r\n-- \r\nFoot",
    }

    report = stage.look()

    one = stage.queued[0]
    assert (one.external_id, one.stars, one.text) == (
        "1@reviews.example.com",
        2.0,
        "Das Brot war kalt.",
    )
    assert (one.location, one.author, one.language) == ("station", None, None)
    assert one.written_at == one.updated_at == datetime(2026, 3, 28, 9, tzinfo=UTC)
    assert (report.is_complete, report.refused) == (True, 0)


@pytest.mark.parametrize("path", PlayedMailbox.fields)
def test_a_header_reaches_the_feedback(path: str) -> None:
    assert field_trouble(PlayedMailbox, path) == ""


def test_pages_arrive_once_and_whole() -> None:
    assert page_trouble(PlayedMailbox) == ""


def test_the_folder_is_only_examined_and_nothing_is_marked_as_read(stage: Stage) -> None:
    stage.played.write(2)

    stage.look()

    said = " ".join(mailbox(stage).commands)
    assert "EXAMINE " in said
    assert not any(
        word in said for word in ("SELECT", "STORE", "EXPUNGE", "COPY", "MOVE", " BODY[")
    )


def test_mail_of_others_is_never_fetched_whole(stage: Stage) -> None:
    stage.played.write(3)
    stage.played.entries[1]["From"] = "friend@private.example"

    report = stage.look()

    whole = [one for one in mailbox(stage).commands if "BODY.PEEK[]" in one]
    assert [one.split()[2] for one in whole] == ["1", "3"]
    assert (len(stage.queued), report.refused) == (2, 0)


@pytest.mark.parametrize(
    ("sender", "is_read"),
    [
        ("a@reviews.example.com", True),
        ("a@mail.reviews.example.com", True),
        ("A@Reviews.Example.COM", True),
        ("a@evilreviews.example.com", False),
        ("a@reviews.example.com.evil.example", False),
        ('"noreply@reviews.example.com" <a@evil.example>', False),
        ("=?utf-8?q?noreply=40reviews.example.com?= <a@evil.example>", False),
        ("a@reviews.example.com, b@evil.example", False),
        ("", False),
    ],
)
def test_only_the_named_senders_count(stage: Stage, sender: str, is_read: bool) -> None:
    stage.played.write(1)
    stage.played.entries[0]["From"] = sender

    stage.look()

    assert bool(stage.queued) is is_read


def test_a_mail_that_its_own_server_calls_forged_is_refused(stage: Stage) -> None:
    stage.played.write(2)
    stage.played.entries[0]["Authentication-Results"] = "mx.example; dkim=none; dmarc=fail (p=none)"

    report = stage.look()

    assert (queued_ids(stage), report.refused) == (["1@reviews.example.com"], 1)


def test_words_of_the_subject_tell_notifications_from_offers() -> None:
    played = PlayedMailbox()
    played.options = {**played.options, "subjects": ["New REVIEW", "left"]}
    with playing(played) as stage:
        played.write(3)
        played.entries[0]["Subject"] = "Ten ways to sell more"
        played.entries[1]["Subject"] = "You have a new review"

        stage.look()

        assert queued_ids(stage) == ["1@reviews.example.com", "2@reviews.example.com"]


def test_marks_cut_the_customers_words_out_of_the_mail() -> None:
    played = PlayedMailbox()
    played.options = {**played.options, "text_after": "wrote:", "text_before": ["Reply now", "Bye"]}
    with playing(played) as stage:
        played.write(2)
        played.entries[1]["body"] = "Hello!\r\nKim wrote:\r\nCold bread.\r\nReply now\r\nBye"
        played.entries[0]["body"] = "A new layout: cold bread."

        stage.look()

        assert [one.text for one in stage.queued] == ["Cold bread.", "A new layout: cold bread."]


def test_html_alone_is_read_as_people_see_it(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= {
        "Content-Type": "text/html; charset=iso-8859-1",
        "body": "<style>p {}</style><p>Cold &amp; late</p>",
    }

    stage.look()

    assert stage.queued[0].text == "Cold & late"


def test_of_two_forms_the_plain_one_is_read(stage: Stage) -> None:
    stage.played.write(1)
    stage.played.entries[0] |= {
        "Content-Type": 'multipart/alternative; boundary="b"',
        "body": "--b\r\nContent-Type: text/plain\r\n\r\nPlain words\r\n"
        "--b\r\nContent-Type: text/html\r\n\r\n<b>Bold words</b>\r\n--b--",
    }

    stage.look()

    assert stage.queued[0].text == "Plain words"


def test_new_numbers_of_the_folder_bring_the_same_mails_under_the_same_ids(stage: Stage) -> None:
    stage.played.write(5)
    for entry in stage.played.entries:
        entry["uid"] += 100
    stage.look()
    mailbox(stage).validity = 8
    for entry in stage.played.entries:
        entry["uid"] -= 100
    stage.played.write(1)

    stage.look()

    assert queued_ids(stage) == ["6@reviews.example.com"]
    assert stage.store.state.cursor == {"validity": "8", "uid": 6}


def test_nothing_new_is_nothing_although_the_server_names_its_last_mail(stage: Stage) -> None:
    stage.played.write(2)
    stage.look()
    mailbox(stage).commands.clear()

    report = stage.look()

    assert (report.is_complete, stage.queued) == (True, [])
    assert not any("FETCH" in one for one in mailbox(stage).commands)


def test_tidying_the_folder_takes_nothing_back(stage: Stage) -> None:
    stage.played.write(2)
    stage.look()
    stage.played.entries.clear()

    report = stage.look()

    assert (report.is_complete, stage.queued) == (True, [])


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@reviews.example.com\r\n\r\n",
        b"From: a@reviews.example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
        b"From: a@reviews.example.com\r\n"
        + b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
            for n in range(3000)
        ),
    ],
    ids=["nothing", "frame", "deep"],
)
def test_one_broken_mail_is_counted_and_loses_no_other(stage: Stage, raw: bytes) -> None:
    stage.played.write(3)
    stage.played.entries[1]["raw"] = raw

    report = stage.look()

    assert queued_ids(stage) == ["1@reviews.example.com", "3@reviews.example.com"]
    assert report.refused == 1


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Subject", "=?utf-8?b?====?="),
        ("Subject", "=?no-such-charset?q?x?="),
        ("Date", "soon"),
        ("Date", "Sat, 99 Mar 20260000 99:99:99 +9999"),
        ("Content-Type", "text/plain; charset=no-such"),
        ("Content-Type", "text/plain; charset*=utf-8''%FF; x=\""),
    ],
)
def test_an_odd_header_costs_itself_alone(stage: Stage, header: str, value: str) -> None:
    stage.played.write(1)
    stage.played.entries[0][header] = value

    report = stage.look()

    assert stage.queued[0].text == "The bread was cold, number 1"
    assert report.refused == 0


def test_without_a_date_a_mail_is_dated_by_its_arrival(stage: Stage) -> None:
    stage.played.write(1)
    del stage.played.entries[0]["Date"]

    stage.look()

    assert stage.queued[0].written_at == stage.played.moment + timedelta(seconds=9)


def test_without_an_id_the_same_mail_is_known_by_what_it_says(stage: Stage) -> None:
    stage.played.write(1)
    del stage.played.entries[0]["Message-ID"]
    stage.look()
    key = queued_ids(stage)[0]
    mailbox(stage).validity = 8

    stage.look()

    assert len(key) == 64
    assert stage.queued == []


def test_a_mail_the_server_will_not_give_is_counted_and_loses_no_other(stage: Stage) -> None:
    stage.played.write(3)

    def refuse(command: str, tag: str, wire: Wire) -> bool:
        if "FETCH" in command and "2" in command.split()[2].split(","):
            wire.say(f"{tag} NO some messages could not be fetched")
            return True
        return False

    mailbox(stage).misbehave = refuse

    report = stage.look()

    assert queued_ids(stage) == ["1@reviews.example.com", "3@reviews.example.com"]
    assert (report.refused, stage.store.state.cursor["uid"]) == (1, 3)


@pytest.mark.parametrize("leap", [1.2, 2.2])
def test_a_slow_server_gives_part_of_a_page_and_the_next_look_the_rest(
    stage: Stage, leap: float
) -> None:
    stage.played.write(3)
    mailbox(stage).leap = leap

    came = []
    for _ in range(5):
        report = stage.look(seconds_left=0)
        came += queued_ids(stage)

    assert report.is_complete
    assert came == [f"{number}@reviews.example.com" for number in (1, 2, 3)]


def test_a_server_that_knows_only_login_is_signed_in_to_so() -> None:
    played = PlayedMailbox()
    played.capabilities = "IMAP4rev1"
    played.secrets = ("plain pass",)
    with playing(played) as stage:
        played.write(1)

        stage.look()

        assert len(stage.queued) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "imap.example.com:993"}, "is a name"),
        ({"host": "127.0.0.1"}, "is a name"),
        ({"user": "a\r\nB LOGOUT"}, "one line"),
        ({"folder": "a\r\nb"}, "one line"),
        ({"senders": []}, "who sends"),
        ({"senders": None}, "who sends"),
        ({"senders": 5}, "list of texts"),
        ({"text_after": [1]}, "one line"),
    ],
)
def test_odd_settings_say_what_to_write(options: dict[str, object], message: str) -> None:
    played = PlayedMailbox()
    played.options = {**played.options, **options}
    with playing(played) as stage, pytest.raises(SettingsError, match=message):
        stage.look()


def test_without_a_password_there_is_no_visit() -> None:
    played = PlayedMailbox()
    played.secrets = ()
    with playing(played) as stage, pytest.raises(SettingsError, match="password"):
        stage.look()
