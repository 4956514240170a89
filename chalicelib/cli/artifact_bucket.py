"""The bucket that builds are uploaded to: private, encrypted, and old builds leave it.

Archives are named by their content, so a build that is there already is not sent again. A build is
marked as old when it is neither deployed nor the one before, and only those expire. Age alone must
not decide: a change that fails rolls back to archives that may be a year old.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXPIRES_AFTER_DAYS = 90
MARK = "build"
DEPLOYED, BEFORE, OLD = "deployed", "before", "old"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactBucket:
    """One bucket per account and region, one folder in it per stage."""

    s3: Any
    name: str

    @classmethod
    def open(cls, *, s3: Any, sts: Any) -> "ArtifactBucket":
        """The account's bucket, made and locked down when it is not there."""
        account = sts.get_caller_identity()["Account"]
        region = s3.meta.region_name
        bucket = cls(s3=s3, name=f"heedful-artifacts-{account}-{region}")
        if not bucket.exists():
            # In us-east-1, and only there, a location must not be named.
            where = {} if region == "us-east-1" else {"LocationConstraint": region}
            s3.create_bucket(
                Bucket=bucket.name, **({"CreateBucketConfiguration": where} if where else {})
            )
        bucket.lock_down()
        return bucket

    def exists(self) -> bool:
        """Whether it is there and ours."""
        try:
            self.s3.head_bucket(Bucket=self.name)
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
                return False
            raise
        return True

    def lock_down(self) -> None:
        """No public access whatever a policy says, no plain http, old builds expire."""
        self.s3.put_public_access_block(
            Bucket=self.name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        self.s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(self._only_encrypted()))
        self.s3.put_bucket_lifecycle_configuration(
            Bucket=self.name,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old-builds",
                        "Status": "Enabled",
                        "Filter": {"Tag": {"Key": MARK, "Value": OLD}},
                        "Expiration": {"Days": EXPIRES_AFTER_DAYS},
                    },
                    {
                        "ID": "broken-uploads",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    },
                ]
            },
        )

    def _only_encrypted(self) -> dict[str, Any]:
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "RefusePlainHttp",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [f"arn:aws:s3:::{self.name}", f"arn:aws:s3:::{self.name}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }

    def upload(self, stage: str, path: Path) -> str:
        """Send a file, unless it is there; returns its key."""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        key = f"{stage}/{digest}{path.suffix}"
        if not self._has(key):
            self.s3.upload_file(str(path), self.name, key)
        return key

    def put(self, stage: str, name: str, content: bytes) -> str:
        """Write a small file; returns its key."""
        key = f"{stage}/{name}"
        self.s3.put_object(Bucket=self.name, Key=key, Body=content)
        return key

    def address_of(self, key: str) -> str:
        """Where CloudFormation reads it."""
        return f"{self.s3.meta.endpoint_url}/{self.name}/{key}"

    def keep_for(self, stage: str, deployed: set[str]) -> None:
        """Keep what is deployed and what was deployed before it; let the rest expire."""
        marks = {key: self._mark(key) for key in self._keys(stage)}
        leaving = {key for key, mark in marks.items() if mark == DEPLOYED} - deployed
        for key, mark in marks.items():
            if key in deployed:
                wanted = DEPLOYED
            elif key in leaving or (mark == BEFORE and not leaving):
                wanted = BEFORE
            else:
                wanted = OLD
            if mark != wanted:
                self._set_mark(key, wanted)

    def remove_stage(self, stage: str) -> None:
        """Delete the stage's builds, and the bucket with the last of them."""
        for key in self._keys(stage):
            self.s3.delete_object(Bucket=self.name, Key=key)
        if not next(self._keys(""), None):
            self.s3.delete_bucket(Bucket=self.name)

    def _keys(self, stage: str) -> Iterator[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=f"{stage}/" if stage else ""
        )
        for page in pages:
            for found in page.get("Contents", []):
                yield str(found["Key"])

    def _has(self, key: str) -> bool:
        return key in self._keys(key.split("/", maxsplit=1)[0])

    def _mark(self, key: str) -> str | None:
        tags = self.s3.get_object_tagging(Bucket=self.name, Key=key)["TagSet"]
        return next((str(tag["Value"]) for tag in tags if tag["Key"] == MARK), None)

    def _set_mark(self, key: str, value: str) -> None:
        self.s3.put_object_tagging(
            Bucket=self.name, Key=key, Tagging={"TagSet": [{"Key": MARK, "Value": value}]}
        )
