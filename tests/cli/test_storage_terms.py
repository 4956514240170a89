"""What a site's terms let nobody keep cannot be kept by leaving a line out of heedful.toml."""

from pathlib import Path

import pytest

from chalicelib.cli.heedful_toml import read_businesses
from chalicelib.domain.business import StoragePolicy
from chalicelib.domain.errors import SettingsError
from chalicelib.wiring import PULLED, SourceKinds

FILE = """
[[business]]
id = "bakery"
name = "Rosa's bakery"
time_zone = "Europe/Berlin"
country = "DE"

[[business.contact]]
name = "owner"
email = "owner@bakery.example"

[[business.source]]
name = "trips"
kind = "{kind}"
every = "6h"
secret = "bakery/trips"
{option}
{policy}
"""
OPTIONS = {
    "yelp": 'business = "rosa-bakery"',
    "google_places": 'place = "ChIJ0123456789abcdef"',
    "tripadvisor": 'place = "1234567"',
}


def read(tmp_path: Path, kind: str, policy: str) -> StoragePolicy:
    path = tmp_path / "heedful.toml"
    path.write_text(FILE.format(kind=kind, option=OPTIONS[kind], policy=policy))
    (business,) = read_businesses(path, SourceKinds())
    return business.sources[0].storage_policy


@pytest.mark.parametrize("policy", ["", 'storage_policy = "full"', 'storage_policy = "ids_only"'])
def test_more_than_the_terms_allow_is_refused(tmp_path: Path, policy: str) -> None:
    with pytest.raises(SettingsError, match='storage_policy must be "none"'):
        read(tmp_path, "tripadvisor", policy)


@pytest.mark.parametrize(
    ("kind", "policy"),
    [("yelp", "ttl_24h"), ("yelp", "none"), ("google_places", "none"), ("tripadvisor", "none")],
)
def test_as_much_as_the_terms_allow_or_less_is_taken(
    tmp_path: Path, kind: str, policy: str
) -> None:
    assert read(tmp_path, kind, f'storage_policy = "{policy}"') == policy


def test_only_three_sources_forbid_anything() -> None:
    kinds = SourceKinds()

    assert {kind for kind in PULLED if kinds[kind].keeps is not StoragePolicy.FULL} == set(OPTIONS)
