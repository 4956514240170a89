"""The bucket for builds is private, and forgets a build only when two newer ones were deployed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.cli import ministack
from chalicelib.cli.artifact_bucket import ArtifactBucket
from chalicelib.cli.ministack import running_ministack


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_ministack() as started:
        yield started


@pytest.fixture
def bucket(address: str) -> Iterator[ArtifactBucket]:
    def client(name: str) -> Any:
        return boto3.client(
            name,
            endpoint_url=address,
            region_name=ministack.REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    opened = ArtifactBucket.open(s3=client("s3"), sts=client("sts"))
    yield opened
    opened.remove_stage("test")


def marks(bucket: ArtifactBucket) -> dict[str, str | None]:
    """What each build is marked as, by the first letters of its content."""
    found = {}
    for key in bucket._keys("test"):
        body = bucket.s3.get_object(Bucket=bucket.name, Key=key)["Body"].read().decode()
        found[body] = bucket._mark(key)
    return found


def upload(bucket: ArtifactBucket, folder: Path, content: str) -> str:
    path = folder / "code.zip"
    path.write_text(content)
    return bucket.upload("test", path)


def test_it_is_closed_to_the_public_and_to_plain_http(bucket: ArtifactBucket) -> None:
    block = bucket.s3.get_public_access_block(Bucket=bucket.name)
    policy = bucket.s3.get_bucket_policy(Bucket=bucket.name)["Policy"]

    assert set(block["PublicAccessBlockConfiguration"].values()) == {True}
    assert '"aws:SecureTransport": "false"' in policy


def test_only_old_builds_expire(bucket: ArtifactBucket) -> None:
    rules = bucket.s3.get_bucket_lifecycle_configuration(Bucket=bucket.name)["Rules"]

    assert [(rule["Filter"], rule["Expiration"]) for rule in rules if "Expiration" in rule] == [
        ({"Tag": {"Key": "build", "Value": "old"}}, {"Days": 90})
    ]


def test_the_deployed_build_and_the_one_before_it_are_kept(
    bucket: ArtifactBucket, tmp_path: Path
) -> None:
    for build in ("first", "second", "third"):
        bucket.keep_for("test", {upload(bucket, tmp_path, build)})

    assert marks(bucket) == {"first": "old", "second": "before", "third": "deployed"}


def test_deploying_the_same_build_with_other_settings_keeps_the_one_before(
    bucket: ArtifactBucket, tmp_path: Path
) -> None:
    for build in ("first", "second", "second"):
        bucket.keep_for("test", {upload(bucket, tmp_path, build)})

    assert marks(bucket) == {"first": "before", "second": "deployed"}


def test_a_build_that_was_uploaded_and_not_deployed_is_old(
    bucket: ArtifactBucket, tmp_path: Path
) -> None:
    upload(bucket, tmp_path, "refused")
    bucket.keep_for("test", {upload(bucket, tmp_path, "taken")})

    assert marks(bucket) == {"refused": "old", "taken": "deployed"}


def test_a_build_that_comes_back_is_not_old_any_more(
    bucket: ArtifactBucket, tmp_path: Path
) -> None:
    for build in ("first", "second", "third", "first"):
        bucket.keep_for("test", {upload(bucket, tmp_path, build)})

    assert marks(bucket) == {"first": "deployed", "second": "old", "third": "before"}
