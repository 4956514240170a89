"""Secrets are read rarely, may be two while one is rotated, and are named when they are missing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.errors import SettingsError
from chalicelib.store.secrets import SsmSecrets
from tests.contracts.builders import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def ssm() -> Iterator[Any]:
    """The parameter store in this process."""
    with mock_aws():
        yield boto3.client(
            "ssm",
            region_name="eu-central-1",
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
        )


class Clock:
    """Tells the time it is set to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> Any:
        return self.now


def write(ssm: Any, name: str, value: str) -> None:
    """What the technician does."""
    ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def test_a_secret_is_decrypted_and_trimmed(ssm: Any) -> None:
    write(ssm, "/heedful/test/bakery/one", "  whsec_abc \n")

    secrets = SsmSecrets("/heedful/test", ssm, Clock())

    assert secrets.get("bakery/one") == ("whsec_abc",)


def test_two_lines_are_two_live_values_newest_first(ssm: Any) -> None:
    write(ssm, "/heedful/test/two", "new\n\nold\n")

    assert SsmSecrets("/heedful/test/", ssm, Clock()).get("two") == ("new", "old")


def test_a_value_is_kept_for_five_minutes_and_no_longer(ssm: Any) -> None:
    clock = Clock()
    secrets = SsmSecrets("/heedful/test", ssm, clock)
    write(ssm, "/heedful/test/rotated", "first")
    assert secrets.get("rotated") == ("first",)
    write(ssm, "/heedful/test/rotated", "second")

    clock.now = NOW + 5 * MINUTE - timedelta(seconds=1)
    assert secrets.get("rotated") == ("first",)
    clock.now = NOW + 5 * MINUTE
    assert secrets.get("rotated") == ("second",)


def test_a_missing_secret_is_named_with_the_command_that_creates_it(ssm: Any) -> None:
    secrets = SsmSecrets("/heedful/test", ssm, Clock())

    with pytest.raises(SettingsError) as missing:
        secrets.get("bakery/none")

    assert "/heedful/test/bakery/none does not exist" in str(missing.value)
    assert "aws ssm put-parameter --name /heedful/test/bakery/none --type SecureString" in str(
        missing.value
    )


def test_a_secret_that_is_missing_is_asked_for_again_after_a_minute(ssm: Any) -> None:
    clock = Clock()
    secrets = SsmSecrets("/heedful/test", ssm, clock)
    with pytest.raises(SettingsError, match="/heedful/test/soon does not exist"):
        secrets.get("soon")
    write(ssm, "/heedful/test/soon", "here")

    clock.now = NOW + MINUTE - timedelta(microseconds=1)
    with pytest.raises(SettingsError, match="/heedful/test/soon does not exist"):
        secrets.get("soon")
    clock.now = NOW + MINUTE
    assert secrets.get("soon") == ("here",)
    assert secrets.get("soon") == ("here",)


def test_who_keeps_a_missing_secret_finds_it_at_once(ssm: Any) -> None:
    secrets = SsmSecrets("/heedful/test", ssm, Clock())
    with pytest.raises(SettingsError):
        secrets.get("made")

    assert secrets.keep("made", "here")
    assert secrets.get("made") == ("here",)


def test_an_empty_secret_is_as_bad_as_none(ssm: Any) -> None:
    write(ssm, "/heedful/test/blank", " \n ")

    with pytest.raises(SettingsError, match="is empty"):
        SsmSecrets("/heedful/test", ssm, Clock()).get("blank")


def test_secrets_do_not_show_in_what_is_printed(ssm: Any) -> None:
    write(ssm, "/heedful/test/hidden", "whsec_hidden")
    secrets = SsmSecrets("/heedful/test", ssm, Clock())
    secrets.get("hidden")

    assert repr(secrets) == "SsmSecrets('/heedful/test')"
