"""`heedful secret set`: into SSM in the form that the functions read, and never onto the screen."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner, Result
from moto import mock_aws

from chalicelib.cli.__main__ import main
from chalicelib.cli.keep_secret import SecretNotStored, one_line, store_secret
from chalicelib.domain.clock import utc_now
from chalicelib.domain.errors import UserError
from chalicelib.store.secrets import SsmSecrets

VALUE = "a very hidden value"


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield boto3.client("ssm")


def as_read(ssm: Any, name: str) -> tuple[str, ...]:
    """What a function of the stage `prod` gets."""
    return SsmSecrets("/heedful/prod", ssm, utc_now).get(name)


def typed(given: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["secret", "set", *arguments], input=given)


def test_what_is_sent_in_is_what_a_function_reads_and_nothing_is_shown(ssm: Any) -> None:
    result = typed(f"{VALUE}\n", "bakery/judge-me")

    assert result.exit_code == 0, result.output
    assert as_read(ssm, "bakery/judge-me") == (VALUE,)
    (kept,) = ssm.describe_parameters()["Parameters"]
    assert (kept["Name"], kept["Type"]) == ("/heedful/prod/bakery/judge-me", "SecureString")
    assert VALUE not in result.output


def test_a_second_value_replaces_the_first_and_rotating_twice_keeps_what_rotating_once_does(
    ssm: Any,
) -> None:
    store_secret(ssm, "prod", "survey", "one")
    store_secret(ssm, "prod", "survey", "two")
    assert as_read(ssm, "survey") == ("two",)

    store_secret(ssm, "prod", "survey", "three", keeps_present=True)
    store_secret(ssm, "prod", "survey", "four", keeps_present=True)
    store_secret(ssm, "prod", "survey", "four", keeps_present=True)

    assert as_read(ssm, "survey") == ("four", "three")


def test_a_rotation_keeps_the_value_before(ssm: Any) -> None:
    store_secret(ssm, "prod", "survey", "old", keeps_present=True)

    result = typed("new", "survey", "--rotate")

    assert result.exit_code == 0
    assert as_read(ssm, "survey") == ("new", "old")


def test_a_file_of_json_becomes_one_line() -> None:
    assert one_line('\ufeff{\n "a": "1\\n2",\n "b": "é"\n}\n') == '{"a":"1\\n2","b":"\\u00e9"}'


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "nothing was given"),
        (" \n ", "nothing was given"),
        (f"{VALUE}\nmore", "more than one line"),
        (VALUE * 250, "longer than 4096 bytes"),
    ],
)
def test_what_cannot_be_a_secret_is_refused_without_repeating_it(
    ssm: Any, given: str, sentence: str
) -> None:
    result = typed(given, "bakery/x")

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert VALUE not in result.output
    assert ssm.describe_parameters()["Parameters"] == []


@pytest.mark.parametrize("name", ["", "/bakery", "a b", "bread/", "whsec_c2VjcmV0", "x" * 101])
def test_a_name_that_is_none_is_refused_and_not_repeated(ssm: Any, name: str) -> None:
    result = typed(VALUE, name)

    assert result.exit_code == 2
    assert "no name of a secret" in result.stderr
    assert not name or f"{name} " not in result.stderr


def test_what_aws_says_when_it_refuses_is_not_repeated() -> None:
    def refuse(**_: Any) -> None:
        answer: Any = {"Error": {"Code": "ValidationException", "Message": f"Value '{VALUE}' at"}}
        raise ClientError(answer, "PutParameter")

    with pytest.raises(SecretNotStored) as refused:
        store_secret(SimpleNamespace(put_parameter=refuse), "prod", "x", VALUE)

    assert "ValidationException" in str(refused.value)
    assert VALUE not in str(refused.value)
    assert refused.value.__cause__ is None


def test_both_lines_must_fit(ssm: Any) -> None:
    store_secret(ssm, "prod", "x", "1" * 3000)

    with pytest.raises(UserError, match="leave out --rotate"):
        store_secret(ssm, "prod", "x", "2" * 3000, keeps_present=True)

    assert as_read(ssm, "x") == ("1" * 3000,)
