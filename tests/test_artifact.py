"""The built package, run as Lambda would: by an interpreter that sees nothing else.

Where the Python that Lambda runs is found here, that very package is run; elsewhere the same build
for this machine's Python is, and of the other one every wheel is checked. The summary says which.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from chalicelib.cli.layer import (
    UNNEEDED_PACKAGES,
    PackageError,
    check_wheels,
    lost_packages,
    pins,
    target_tags,
)
from chalicelib.cli.ministack import create_resources, running_ministack
from chalicelib.cli.package import (
    HOST_PYTHON,
    LAMBDA_PYTHON,
    MOST_UNZIPPED,
    MOST_ZIPPED,
    Package,
    cached_package,
    functions,
)
from chalicelib.domain.business import SourceSettings
from chalicelib.settings import Settings
from chalicelib.wiring import build_services
from tests.embedded_aws import (
    COMPLAINT,
    CREDENTIALS,
    OWNER,
    SECRET,
    SENDER,
    apply_settings,
    batch,
    client,
    mails_to,
    request,
    signed,
    survey_response,
    told_by_sns,
)

pytestmark = pytest.mark.artifact

ROOT = Path(__file__).resolve().parent.parent
RUNNER = Path(__file__).with_name("lambda_runner.py")
# What Lambda's runtime brings: the AWS SDK and what that needs.
SDK = ("boto3", "botocore", "s3transfer", "python-dateutil", "six", "jmespath", "urllib3")
# Of the code's own budget: well below AWS's, so that growth is noticed.
OUR_MOST_UNZIPPED = 140 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A package as Lambda lays it out, and the interpreter that runs it."""

    python: Path
    code: Path
    layer: Path
    sdk: Path

    def run(self, handler: str, trigger: object, environment: dict[str, str]) -> Any:
        """The handler's answer. Raises AssertionError with its log when it dies."""
        done = subprocess.run(
            [self.python, "-I", "-S", RUNNER, handler, self.code, self.layer, self.sdk],
            input=json.dumps(trigger),
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def missing(self, names: set[str]) -> dict[str, str]:
        """Which of these modules cannot be imported, and why."""
        answer: dict[str, str] = self.run(f"imports:{','.join(sorted(names))}", None, {})
        return answer


def find_target_python() -> Path | None:
    """The Python that Lambda runs, by name on the PATH or under pyenv."""
    for version in ("", f"{LAMBDA_PYTHON}.0"):
        try:
            found = subprocess.run(
                [f"python{LAMBDA_PYTHON}", "-c", "import sys; print(sys.executable)"],
                env=os.environ | ({"PYENV_VERSION": version} if version else {}),
                capture_output=True,
                text=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return Path(found.stdout.strip())
    return None


@pytest.fixture(scope="session")
def lambda_package() -> Package:
    """What is deployed."""
    return cached_package(stage="test", target=LAMBDA_PYTHON)


@pytest.fixture(scope="session")
def unpacked(
    lambda_package: Package, tmp_path_factory: pytest.TempPathFactory, say_of_artifact: list[str]
) -> Unpacked:
    """The package that can be run here."""
    python = (
        Path(os.environ.get("HEEDFUL_TARGET_PYTHON", ""))
        if os.environ.get("HEEDFUL_TARGET_PYTHON")
        else find_target_python()
    )
    package = lambda_package if python else cached_package(stage="test", target=HOST_PYTHON)
    folder = tmp_path_factory.mktemp("lambda")
    for archive in (package.code, package.layer):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder / archive.stem)
    (folder / "sdk").mkdir()
    for name in SDK:
        found = distribution(name)
        for top in {path.parts[0] for path in found.files or [] if ".." not in path.parts}:
            if not top.endswith((".dist-info", "__pycache__")):
                (folder / "sdk" / top).symlink_to(Path(str(found.locate_file(top))))
    say_of_artifact.append(
        f"artifact: its handlers ran on Python {package.target}"
        + ("" if python else f" (no python{LAMBDA_PYTHON} here: that one's wheels were checked)")
        + f"; {lambda_package.sizes()}"
    )
    return Unpacked(
        python=python or Path(sys.executable),
        code=folder / "code",
        layer=folder / "layer" / "python",
        sdk=folder / "sdk",
    )


@pytest.fixture(scope="session")
def embedded() -> Iterator[str]:
    """An embedded AWS of these tests' own."""
    with running_ministack() as address:
        yield address


@pytest.fixture(scope="session")
def environment(embedded: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the functions find in their environment, with a bakery in the table."""
    variables = create_resources(client("cloudformation", embedded), sender=SENDER)
    variables |= {
        "HEEDFUL_ENDPOINT_URL": embedded,
        "HEEDFUL_PAGE_ADDRESS": "https://pages.example/api",
    }
    services = build_services(Settings.from_env(variables))
    apply_settings(services, tmp_path_factory.mktemp("settings"))
    client("ssm", embedded).put_parameter(
        Name=f"{variables['HEEDFUL_SECRETS_PATH']}/bakery/survey",
        Value=SECRET,
        Type="SecureString",
    )
    return variables | CREDENTIALS


def imported_names(code: Path) -> set[str]:
    """Every module that any packaged file imports, at its top or inside a function."""
    names: set[str] = set()
    for path in code.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    # Chalice's own file imports what only `chalice local` has; its functions are not called here.
    return {name for name in names if not name.startswith(("chalice.", "websocket"))}


def test_every_handler_of_the_template_is_run_below() -> None:
    template = json.loads(cached_package(stage="test").template.read_text())

    handlers = {each["Properties"]["Handler"] for each in functions(template).values()}

    assert handlers == {
        "app.plan_pulls",
        "app.pull_source",
        "app.app",
        "app.score_feedback",
        "app.watch",
        "app.note_delivery",
        "app.write_digests",
        "app.apply_retention",
    }


def test_what_any_packaged_file_imports_is_in_the_package(unpacked: Unpacked) -> None:
    assert unpacked.missing(imported_names(unpacked.code)) == {}


@pytest.mark.parametrize("package", ["numpy", "requests"])
def test_a_lost_package_is_noticed(unpacked: Unpacked, package: str, tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    layer.mkdir()
    for each in unpacked.layer.iterdir():
        if each.name != package:
            (layer / each.name).symlink_to(each)
    without = Unpacked(python=unpacked.python, code=unpacked.code, layer=layer, sdk=unpacked.sdk)

    missing = without.missing(imported_names(unpacked.code))

    assert any(f"No module named '{package}'" in why for why in missing.values())


def test_plan_pulls_leases_the_source_that_is_due(
    unpacked: Unpacked, environment: dict[str, str]
) -> None:
    report = unpacked.run("app.plan_pulls", {}, environment)

    assert report == {"due": 1, "planned": 1, "workers": 1, "replies": 0, "troubles": []}


def test_pull_source_notes_that_a_feed_is_dead(
    unpacked: Unpacked, environment: dict[str, str], embedded: str
) -> None:
    report = unpacked.run("app.pull_source", {}, environment)

    assert [look["source"] for look in report["looks"]] == ["town-blog"]
    services = build_services(Settings.from_env(environment))
    state = services.store.load_source("bakery", "town-blog")
    assert state is not None
    assert state.failures == 1
    assert "blog.example" in (state.trouble or "")


def test_a_survey_goes_from_its_signature_to_the_owner_s_mail(
    unpacked: Unpacked, environment: dict[str, str], embedded: str
) -> None:
    body = survey_response("r-1", COMPLAINT)
    headers = signed(body, "d-1")
    path, resource = "/surveys/bakery/survey", "/surveys/{business}/{provider}"

    answer = unpacked.run("app.app", request("POST", path, resource, body, headers), environment)
    assert answer["statusCode"] == 202

    trigger, receipts = batch(environment["HEEDFUL_FEEDBACK_QUEUE"], embedded)
    assert len(receipts) == 1
    scored = unpacked.run("app.score_feedback", trigger, environment)
    assert scored == {"batchItemFailures": []}

    watched = unpacked.run("app.watch", {}, environment)
    assert watched["sends"]["sent"] >= 1
    assert mails_to(embedded, OWNER)


def test_a_survey_with_a_wrong_signature_is_refused(
    unpacked: Unpacked, environment: dict[str, str]
) -> None:
    body = survey_response("r-2", COMPLAINT)
    headers = signed(body, "d-2") | {"webhook-id": "d-3"}
    path, resource = "/surveys/bakery/survey", "/surveys/{business}/{provider}"

    answer = unpacked.run("app.app", request("POST", path, resource, body, headers), environment)

    assert answer["statusCode"] == 401


def test_a_chat_message_is_read_at_once_by_the_function_behind_the_routes(
    unpacked: Unpacked, environment: dict[str, str]
) -> None:
    store = build_services(Settings.from_env(environment)).store
    business = store.load_business("bakery")
    assert business is not None
    chat = SourceSettings(name="chat", kind="messages", secret="bakery/survey")
    store.save_business(replace(business, sources=(*business.sources, chat)))
    body = json.dumps({"message_id": "m-1", "text": COMPLAINT, "language": "en"}).encode()
    path, resource = "/messages/bakery", "/messages/{business}"

    answer = unpacked.run(
        "app.app", request("POST", path, resource, body, signed(body, "m-1")), environment
    )

    assert answer["statusCode"] == 200
    told = json.loads(answer["body"])
    assert told["polarity"] == "negative"
    assert told["hand_over"] is True


@pytest.mark.parametrize("resource", ["/i/{token}", "/u/{token}"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_behind_no_link_is_a_page_that_says_so(
    unpacked: Unpacked, environment: dict[str, str], resource: str, method: str
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    path = resource.replace("{token}", "AAAAAAAAAAAAAAAAAAAAAA")

    answer = unpacked.run("app.app", request(method, path, resource, b"", headers), environment)

    assert 400 <= answer["statusCode"] < 500
    assert "<html" in answer["body"]


def test_note_delivery_reads_what_the_mail_service_tells(
    unpacked: Unpacked, environment: dict[str, str]
) -> None:
    told = {
        "eventType": "Delivery",
        "mail": {
            "messageId": "m-1",
            "destination": [OWNER],
            "timestamp": "2026-11-22T10:00:00.000Z",
            "tags": {},
        },
        "delivery": {"timestamp": "2026-11-22T10:00:01.000Z", "recipients": [OWNER]},
    }
    trigger = {"Records": [{"EventSource": "aws:sns", "Sns": told_by_sns(told)}]}

    assert unpacked.run("app.note_delivery", trigger, environment) is None


def test_apply_retention_takes_out_what_is_too_old(
    unpacked: Unpacked, environment: dict[str, str]
) -> None:
    report = unpacked.run("app.apply_retention", {}, environment)

    assert report == {"forgotten": 0, "cases": 0, "is_complete": True}


def test_write_digests_looks_whose_hour_has_come(
    unpacked: Unpacked, environment: dict[str, str]
) -> None:
    report = unpacked.run("app.write_digests", {}, environment)

    # On a Monday there is one; its first telling is never kept back.
    assert report["due"] == report["written"] <= 1


def test_every_pinned_package_is_in_the_layer_that_is_deployed(lambda_package: Package) -> None:
    requirements = ROOT / "requirements.txt"

    assert lost_packages(lambda_package.layer, requirements, LAMBDA_PYTHON) == set()
    assert UNNEEDED_PACKAGES.keys() <= {pin.name for pin in pins(requirements, LAMBDA_PYTHON)}


def test_every_wheel_and_native_module_of_it_is_for_lambda_s_python(
    lambda_package: Package, tmp_path: Path
) -> None:
    with zipfile.ZipFile(lambda_package.layer) as opened:
        opened.extractall(tmp_path)
    site = tmp_path / "python"
    requirements = ROOT / "requirements.txt"
    kept = [line for line in re.split(r"\n(?=[a-z])", requirements.read_text())
            if line.split("==")[0] not in UNNEEDED_PACKAGES]  # fmt: skip
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("\n".join(kept))

    check_wheels(site, pinned, LAMBDA_PYTHON)
    assert list(site.rglob("*.cpython-313-x86_64-linux-gnu.so"))
    if HOST_PYTHON != LAMBDA_PYTHON:
        with pytest.raises(PackageError, match="not Python"):
            check_wheels(site, pinned, HOST_PYTHON)


def test_a_lost_wheel_stops_the_build(lambda_package: Package, tmp_path: Path) -> None:
    with zipfile.ZipFile(lambda_package.layer) as opened:
        opened.extractall(tmp_path)
    site = tmp_path / "python"
    for folder in site.glob("numpy*"):
        shutil.rmtree(folder)

    pinned = tmp_path / "requirements.txt"
    pinned.write_text("numpy==2.5.5 \\\n    --hash=sha256:0\n")

    with pytest.raises(PackageError, match=r"numpy==\S+ is not in the layer: its wheel was lost"):
        check_wheels(site, pinned, LAMBDA_PYTHON)


def test_wheels_for_another_machine_are_no_wheels_for_lambda() -> None:
    tags = {str(tag) for tag in target_tags("3.13")}

    assert "cp313-cp313-manylinux_2_28_x86_64" in tags
    assert "py3-none-any" in tags
    assert "cp310-abi3-manylinux_2_17_x86_64" in tags
    assert (
        not {
            "cp311-cp311-manylinux_2_28_x86_64",
            "cp313-cp313-manylinux_2_34_x86_64",
            "cp313-cp313-manylinux_2_28_aarch64",
            "cp313-cp313-macosx_11_0_arm64",
        }
        & tags
    )


def test_the_sizes_are_below_the_limits_of_aws_and_our_own(lambda_package: Package) -> None:
    assert 0 < lambda_package.code_zipped <= MOST_ZIPPED
    assert 0 < lambda_package.layer_zipped <= MOST_ZIPPED
    assert lambda_package.unzipped <= OUR_MOST_UNZIPPED < MOST_UNZIPPED


def test_the_package_holds_the_application_and_nothing_beside_it(lambda_package: Package) -> None:
    with zipfile.ZipFile(lambda_package.code) as opened:
        names = opened.namelist()
    tops = {"/".join(Path(name).parts[:2]) if "/" in name else name for name in names}

    assert tops >= {"app.py", "chalice/app.py", "chalicelib/flow", "chalicelib/score"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert not tops & {"chalicelib/cli", ".chalice/config.json", "vendor", "tests", "training"}
    with zipfile.ZipFile(lambda_package.layer) as opened:
        packages = {Path(name).parts[1] for name in opened.namelist()}
    assert not packages & {"boto3", "botocore", "click", "chalice", "pydantic", "moto", "pip"}


def test_the_template_is_one_that_cloudformation_understands(lambda_package: Package) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--", lambda_package.template],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")
