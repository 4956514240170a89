"""heedful.toml: its template is valid, and each mistake is one sentence with file, line and fix."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from chalicelib.cli import configure
from chalicelib.cli.heedful_toml import read_businesses
from chalicelib.cli.toml_mistakes import line_of
from chalicelib.domain.business import (
    Business,
    LegalBasis,
    Location,
    PrivacySettings,
    QuietHours,
)
from chalicelib.domain.errors import SettingsError, UserError
from chalicelib.domain.worth import Worth
from chalicelib.wiring import SourceKinds

GOOD = """\
[[business]]
id = "bakery"
name = "Bakery"
time_zone = "Europe/Berlin"
country = "DE"
languages = ["en"]
sensitivity = "balanced"
escalate_after = "4h"

[business.sms]
monthly_cap_usd = 5

[[business.location]]
id = "station"
name = "Station kiosk"

[[business.contact]]
name = "Owner"
email = "owner@bakery.example"
phone = "+49 30 23125123"
quiet_hours = "21:00-07:00"

[[business.contact]]
name = "Deputy"
email = "deputy@bakery.example"

[[business.source]]
name = "blog"
kind = "rss"
address = "https://blog.example/feed.xml"
every = "1h"
location = "station"

[[business.source]]
name = "survey"
kind = "survey"
secret = "bakery/survey"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its heedful.toml."""
    return tmp_path / "heedful.toml"


def read(file: Path, text: str) -> tuple[Business, ...]:
    file.write_text(text, encoding="utf-8")
    return read_businesses(file, SourceKinds())


def mistake(file: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(file, text)
    return str(caught.value)


def test_a_good_file_says_all_that_is_known_of_a_business(file: Path) -> None:
    business = read(file, GOOD)[0]

    assert (business.business_id, business.country) == ("bakery", "DE")
    assert business.locations == (Location(location_id="station", name="Station kiosk"),)
    assert business.contacts[0].phone == "+493023125123"
    assert business.contacts[0].quiet_hours == QuietHours(start=time(21), end=time(7))
    assert business.escalate_after == timedelta(hours=4)
    blog, survey = business.sources
    assert (blog.every, blog.location) == (timedelta(hours=1), "station")
    assert dict(blog.options) == {"address": "https://blog.example/feed.xml"}
    assert (survey.is_pulled, survey.secret) == (False, "bakery/survey")


def test_the_template_is_valid_as_written(file: Path) -> None:
    """Its examples are held to the rules by test_template.py."""
    configure.write_template(file)
    (business,) = read(file, file.read_text(encoding="utf-8"))

    assert [one.kind for one in business.sources] == ["import"]


def test_the_template_overwrites_nothing(file: Path) -> None:
    file.write_text("mine", encoding="utf-8")

    with pytest.raises(UserError, match="is there already; move it away or name another --file"):
        configure.write_template(file)

    assert file.read_text(encoding="utf-8") == "mine"


def test_the_template_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        configure.write_template(tmp_path / "nowhere" / "heedful.toml")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('id = "bakery"', 'id = "My Bakery"', 2, "business.1.id may hold only small letters"),
        ('id = "bakery"', "id = 7", 2, "business.1.id must be text in quotation marks"),
        ('id = "bakery"', "", 1, "business.1.id is missing: add a line id = …"),
        ('name = "Bakery"', 'name = " "', 3, "business.1.name must not be empty"),
        ('"Europe/Berlin"', '"Berlin"', 4, "business.1.time_zone must be a time zone like"),
        ('"Europe/Berlin"', '"Europe"', 4, "business.1.time_zone must be a time zone like"),
        ('"Europe/Berlin"', '""', 4, "business.1.time_zone must be a time zone like"),
        ('country = "DE"', 'country = "de"', 5, "must be two capital letters"),
        ('country = "DE"', 'country = "UK"', 5, '"GB" (not "UK")'),
        ('["en"]', '"en"', 6, 'business.1.languages must be a list like ["one", "two"]'),
        ('["en"]', '["english"]', 6, "must be codes of two small letters"),
        ('"balanced"', '"high"', 7, "known are calm, balanced, watchful"),
        ('"4h"', '"soon"', 8, 'must be a time like "15m", "4h" or "7d"'),
        ('"4h"', '"0m"', 8, 'must lie between "5m" and "31d"'),
        ('"4h"', "4", 8, "business.1.escalate_after must be text in quotation marks"),
        ("monthly_cap_usd = 5", 'monthly_cap_usd = "much"', 11, "must be a number without"),
        ("monthly_cap_usd = 5", "monthly_cap_usd = -1", 11, "business.1.sms.monthly_cap_usd must"),
        ("monthly_cap_usd = 5", 'backend = "pigeon"', 11, "must be 'sns' or"),
        ("monthly_cap_usd = 5", "cap = 5", 11, "business.1.sms.cap is not a known setting"),
        ('id = "station"', 'id = "Station!"', 14, "business.1.location.1.id may hold only small"),
        ("owner@bakery.example", "owner.bakery.example", 19, "must be an e-mail address like"),
        ("owner@bakery.example", "owner@bakery.example\\n", 0, ""),
        ('"+49 30 23125123"', '"030 23125123"', 20, "must be a number with its country"),
        ('"21:00-07:00"', '"9pm to 7am"', 21, 'two different times like "21:00-07:00"'),
        ('"21:00-07:00"', '"21:00-21:00"', 21, 'two different times like "21:00-07:00"'),
        ('name = "Deputy"', 'name = "Owner"', 24, "business.1.contact.2.name is used twice"),
        (
            'email = "deputy@bakery.example"',
            "",
            24,
            "business.1.contact.2.name has no way to be told; add email or phone",
        ),
        ('email = "deputy', 'mail = "deputy', 25, "business.1.contact.2.mail is not a known"),
        ('name = "blog"', 'name = "survey"', 35, "business.1.source.2.name is used twice"),
        ('kind = "rss"', 'kind = "rrs"', 29, "is not known; kinds are app_store_connect, "),
        ('kind = "rss"', "", 27, "business.1.source.1.kind is missing: add a line kind = …"),
        ('address = "https', 'adress = "https', 29, "needs address: the https address of the feed"),
        ('"https://blog', '"http://blog', 30, "must be an address that begins with https://"),
        ('"https://blog', '"https://me@blog', 30, "names no user and no port"),
        ('"https://blog.example/feed.xml"', "7", 30, "business.1.source.1.address must be an"),
        ('every = "1h"', 'every = "1m"', 31, 'must lie between "5m" and "31d"'),
        ('every = "1h"', "every = 60", 31, "business.1.source.1.every must be text in quotation"),
        ('every = "1h"', "", 29, 'is pulled and needs every, for example every = "1h"'),
        ('every = "1h"', 'every = "1h"\ncolor = "red"', 32, "color is no option of kind rss"),
        ('location = "station"', 'location = "moon"', 32, "(main, station)"),
        ('secret = "bakery/survey"', "", 36, "needs secret: the name under which"),
        ('secret = "bakery/survey"', 'secret = "a b"', 37, "must be the name of the secret in SSM"),
        ('secret = "bakery/survey"', 'secret = "whsec_abc"', 37, "holds the secret itself"),
        (
            'secret = "bakery',
            'every = "1h"\nsecret = "bakery',
            37,
            "has no meaning for kind survey",
        ),
        ("[[business]]", "[business]", 1, "must be written with two brackets on each side"),
        ("[[business.location]]", "[business.location]", 13, "two brackets on each side"),
        ("[business.sms]\nmonthly_cap_usd = 5", "sms = 5", 10, "must be a table [business.sms]"),
        (
            "[business.sms]\nmonthly_cap_usd = 5",
            '[business.privacy]\nkeep_words = "761d"',
            11,
            'business.1.privacy.keep_words must lie between "1d" and "760d"',
        ),
        (
            "[business.sms]\nmonthly_cap_usd = 5",
            '[business.privacy]\nalerts = "off"',
            11,
            "business.1.privacy.alerts must",
        ),
        ("monthly_cap_usd = 5", "", 0, ""),
    ],
)
def test_each_mistake_is_one_sentence_with_its_line(
    file: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if not line:
        assert read(file, text)
        return

    said = mistake(file, text)

    assert said.startswith(f"{file}, line {line}: ")
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ("", ", line 1: ", "business is missing: add a table [[business]]"),
        ("a b = 1", ", line 1: ", "this is not TOML"),
        ('[[business]]\nid = "x\n', ", line 2: ", "check its quotation marks and brackets"),
        ("[[business]\n", ", line 1: ", "this is not TOML"),
        ("x = 1\nx = 2\n", ", line 2: ", "this is not TOML"),
        ("y = '''", ": ", "compare it with what heedful init writes"),
        ("[other]\n" + GOOD, ", line 1: ", "other is not a known setting"),
    ],
)
def test_what_is_no_such_file_at_all_is_said(file: Path, text: str, start: str, words: str) -> None:
    said = mistake(file, text)

    assert said.startswith(f"{file}{start}")
    assert words in said


def test_a_business_without_contacts_is_told_to_add_one(file: Path) -> None:
    text = GOOD[: GOOD.index("[[business.location]]")]

    assert "business.1.contact is missing: add a table [[business.contact]]" in mistake(file, text)


def test_two_businesses_need_two_ids(file: Path) -> None:
    said = mistake(file, GOOD + GOOD.replace('"Bakery"', '"Other"'))

    assert said.startswith(f"{file}, line 39: business.2.id is used twice")


@pytest.mark.parametrize("field", ["id", "name"])
def test_two_locations_need_two_ids_and_names(file: Path, field: str) -> None:
    other = {"id": "other", "name": "Other"} | {
        field: {"id": "station", "name": "Station kiosk"}[field]
    }
    more = f'[[business.location]]\nid = "{other["id"]}"\nname = "{other["name"]}"\n'

    assert f"business.1.location.2.{field} is used twice" in mistake(file, GOOD + more)


@pytest.mark.parametrize(
    ("columns", "is_good"),
    [
        ('{text = "What went wrong?"}', True),
        ("{text = 5}", False),
        ('{words = "x"}', False),
        ('["text"]', False),
        ('"text"', False),
    ],
)
def test_columns_of_a_sheet_are_checked(file: Path, columns: str, is_good: bool) -> None:
    more = (
        '[[business.source]]\nname = "sheet"\nkind = "csv"\nevery = "1h"\n'
        f'address = "https://sheets.example/a.csv"\ncolumns = {columns}\n'
    )
    if is_good:
        assert read(file, GOOD + more)[0].sources[2].options["columns"]
        return

    said = mistake(file, GOOD + more)

    assert said.startswith(f"{file}, line 43: business.1.source.3.columns must name columns")


def test_the_mark_that_windows_editors_write_is_no_mistake(file: Path) -> None:
    assert read(file, "\ufeff" + GOOD.replace("\n", "\r\n"))


def test_a_file_that_is_not_there_or_no_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no .*; write one with \./dev heedful init"):
        read_businesses(tmp_path / "none.toml", SourceKinds())
    with pytest.raises(SettingsError, match="must be a text file in UTF-8"):
        read_businesses(tmp_path, SourceKinds())
    (tmp_path / "latin.toml").write_bytes(b'[[business]]\nname = "B\xe4ckerei"\n')
    with pytest.raises(SettingsError, match="must be a text file in UTF-8"):
        read_businesses(tmp_path / "latin.toml", SourceKinds())


def test_a_line_is_found_in_every_way_to_write_a_table() -> None:
    text = (
        '[[business]]\nsms.backend = "x"\n[[ business . contact ]] # one\n"email" = 1\n'
        "[[business]]\n[[business.contact]]\n[[business.contact]]\nemail = 2\n"
    )

    assert line_of(text, ("business", 0, "sms", "backend")) == 2
    assert line_of(text, ("business", 0, "contact", 0, "email")) == 4
    assert line_of(text, ("business", 1, "contact", 1, "email")) == 8
    assert line_of(text, ("business", 1, "contact", 0, "email")) == 6
    assert line_of(text, ("other",)) == 1


def test_grounds_and_the_time_words_are_kept_are_read(file: Path) -> None:
    grounds = '[business.privacy]\nalerts = "consent"\nprofiles = "consent"\nkeep_words = "90d"\n\n'
    file.write_text(GOOD.replace("[business.sms]", grounds + "[business.sms]"))

    (business,) = read_businesses(file, SourceKinds())

    assert business.privacy == PrivacySettings(
        alerts=LegalBasis.CONSENT, profiles=LegalBasis.CONSENT, keep_words=timedelta(days=90)
    )


def test_what_a_customer_brings_is_a_range(file: Path) -> None:
    named = 'name = "Bakery"\n'
    assert named in GOOD

    file.write_text(GOOD.replace(named, f"{named}customer_year = [200, 400]\n", 1))
    (business,) = read_businesses(file, SourceKinds())
    point = mistake(file, GOOD.replace(named, f"{named}customer_year = [200]\n", 1))

    assert business.customer_year == Worth(low=200, high=400)
    assert "customer_year must be two whole numbers, the smaller one first" in point
