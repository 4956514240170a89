"""The package, deployed on the embedded AWS and driven from outside: nothing is called by hand.

A survey tool posts a signed response over HTTP; API Gateway, Lambda, SQS, DynamoDB and SES do the
rest, as the template wires them. The embedded AWS runs the functions on this machine's Python, so
it gets the package that is built for that.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from chalicelib.cli.deploy import Cloud, Person, deploy
from chalicelib.cli.ministack import running_ministack
from chalicelib.cli.package import HOST_PYTHON, cached_package
from chalicelib.domain.feedback import FeedbackKind
from chalicelib.domain.sentiment import CriticalKind
from chalicelib.wiring import deployed_services
from tests.embedded_aws import (
    COMPLAINT,
    OWNER,
    SECRET,
    SENDER,
    apply_settings,
    client,
    mails_to,
    signed,
    survey_response,
)

pytestmark = pytest.mark.artifact

# The first call of each function unpacks its archives: seconds, more on a busy machine.
MAIL_WITHIN_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A deployed Heedful: the embedded AWS's address, the stack's outputs."""

    address: str
    outputs: dict[str, str]

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """The status that a stranger on the network gets."""
        url = f"{self.address}/_aws/execute-api/{self.outputs['RestAPIId']}/api{path}"
        asked = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    package = cached_package(stage="test", target=HOST_PYTHON)
    with running_ministack() as address:
        cloud = Cloud.reached_by(lambda service: client(service, address))
        outputs = deploy(
            package,
            stage="test",
            parameters={"Sender": SENDER, "Operator": SENDER, "MonthlyBudget": "0"},
            cloud=replace(cloud, look_every=0.05),
            person=Person(say=lambda line: None, ask=lambda question: True),
        )
        assert outputs is not None
        cloud.ssm.put_parameter(
            Name="/heedful/test/bakery/survey", Value=SECRET, Type="SecureString"
        )
        services = deployed_services("test", address)
        apply_settings(services, tmp_path_factory.mktemp("settings"))
        yield Deployed(address=address, outputs=outputs)


def test_a_survey_over_http_comes_out_as_the_owner_s_mail(deployed: Deployed) -> None:
    body = survey_response("r-1", COMPLAINT)

    status = deployed.post("/surveys/bakery/survey", body, signed(body, "d-1"))
    assert status == 202

    give_up_at = time.monotonic() + MAIL_WITHIN_SECONDS
    while not (mails := mails_to(deployed.address, OWNER)) and time.monotonic() < give_up_at:
        time.sleep(0.2)
    assert len(mails) == 1
    services = deployed_services("test", deployed.address)
    (stored,) = services.store.scored_between("bakery", "2000-01-01", "2100-01-01")
    assert stored.feedback.kind is FeedbackKind.SURVEY
    assert stored.feedback.text == COMPLAINT
    assert stored.reading.is_scored
    assert CriticalKind.INJURY in stored.reading.critical
    assert "shard of glass" in str(mails[0]["BodyText"])


def test_a_forged_signature_and_an_unknown_business_look_the_same_from_outside(
    deployed: Deployed,
) -> None:
    body = survey_response("r-2", COMPLAINT)
    forged = signed(body, "d-2") | {"webhook-id": "d-3"}

    statuses = [
        deployed.post("/surveys/bakery/survey", body, forged),
        deployed.post("/surveys/nobody/survey", body, signed(body, "d-4")),
        deployed.post("/surveys/bakery/nothing", body, signed(body, "d-5")),
    ]

    assert statuses == [401, 401, 401]
