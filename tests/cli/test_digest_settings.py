"""The digest's settings in heedful.toml: weekly at eight unless somebody says otherwise."""

from pathlib import Path

import pytest

from chalicelib.cli.heedful_toml import read_businesses
from chalicelib.domain.business import Contact, DigestWish
from chalicelib.domain.errors import SettingsError

FILE = """\
[[business]]
id = "bakery"
name = "Bakery"
time_zone = "Europe/Berlin"
country = "DE"

[[business.contact]]
name = "Owner"
email = "owner@bakery.example"
"""


def contact_with(settings: str, tmp_path: Path) -> Contact:
    """The one contact of a file with these lines at its end."""
    path = tmp_path / "heedful.toml"
    path.write_text(FILE + settings, encoding="utf-8")
    (business,) = read_businesses(path, {})
    return business.contacts[0]


@pytest.mark.parametrize(
    ("settings", "wish", "hour"),
    [
        ("", DigestWish.WEEKLY, 8),
        ('digest = "daily"\ndigest_hour = 22\n', DigestWish.DAILY, 22),
        ('digest = "off"\n', DigestWish.OFF, 8),
    ],
)
def test_the_digest_comes_weekly_at_eight_unless_said_otherwise(
    settings: str, wish: DigestWish, hour: int, tmp_path: Path
) -> None:
    contact = contact_with(settings, tmp_path)

    assert (contact.digest, contact.digest_hour) == (wish, hour)


@pytest.mark.parametrize(
    "settings", ["digest_hour = 2\n", "digest_hour = 23\n", 'digest = "hourly"\n']
)
def test_no_digest_in_the_hours_in_which_clocks_leap_and_none_of_an_unknown_pace(
    settings: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=r"line 10: business\.1\.contact\.1\.digest"):
        contact_with(settings, tmp_path)
