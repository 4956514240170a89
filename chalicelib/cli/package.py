"""The deployable: one template, the code's archive and the layer's, for the Python Lambda runs.

Chalice sees a staged copy without requirements.txt: it makes the template and packs the code;
the layer is ours (`layer.py`). What comes out is checked before it is handed over.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.cli.layer import PackageError, build_layer, unzipped_size
from chalicelib.domain.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
LAMBDA_PYTHON = "3.13"
"""What Lambda runs."""

HOST_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""What runs here: the package is built for it where the target's Python cannot be had."""

MOST_ZIPPED = 50 * 1024 * 1024
"""AWS's limit for one archive that is uploaded in one call."""

MOST_UNZIPPED = 250 * 1024 * 1024
"""AWS's limit for code and layers together."""

LEFT_OUT = ("cli", "__pycache__")
"""Of chalicelib: what no function runs."""

KEPT_BUILDS = 6
IN_USE_SECONDS = 3_600
"""So long after its last use somebody may still be reading a build in the cache."""

TEMPLATE, CODE, LAYER = "template.json", "code.zip", "layer.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A folder with what is deployed; sizes in bytes."""

    folder: Path
    target: str
    code_zipped: int
    layer_zipped: int
    unzipped: int

    @property
    def template(self) -> Path:
        """The CloudFormation template, its archives named relative to itself."""
        return self.folder / TEMPLATE

    @property
    def code(self) -> Path:
        """The application without its dependencies."""
        return self.folder / CODE

    @property
    def layer(self) -> Path:
        """The dependencies."""
        return self.folder / LAYER

    def sizes(self) -> str:
        """One line for a person."""
        return (
            f"code {megabytes(self.code_zipped)} zipped, layer {megabytes(self.layer_zipped)} "
            f"zipped (at most {megabytes(MOST_ZIPPED)} each), {megabytes(self.unzipped)} "
            f"unzipped in all (at most {megabytes(MOST_UNZIPPED)})"
        )

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, by its name."""
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (self.template, self.code, self.layer)
        }


def megabytes(size: int) -> str:
    """As a person reads it."""
    return f"{size / 1024 / 1024:.1f} MB"


def build_package(
    *, stage: str, out: Path, target: str = LAMBDA_PYTHON, project: Path = ROOT
) -> Package:
    """Build the package of `project` into the folder `out`, replacing what an earlier build left.

    Raises UserError for an unknown stage or unreachable packages, PackageError when what was
    built is not what Lambda would run.
    """
    config = stage_config(project, stage)
    cache = project / ".cache" / "packages"
    layer = build_layer(
        requirements=project / "requirements.txt", target=target, uv=find_uv(), cache=cache
    )
    with tempfile.TemporaryDirectory(dir=cache, prefix="build-") as folder:
        staged, built = Path(folder) / "project", Path(folder) / "out"
        stage_project(project, staged, config)
        run_chalice(staged, built, stage, target, project / "infra" / "resources.json")
        shutil.copyfile(layer, built / LAYER)
        (built / "deployment.zip").rename(built / CODE)
        template = finish_template(json.loads((built / "sam.json").read_text()), stage, target)
        check_template(template, target)
        (built / TEMPLATE).write_text(json.dumps(template, indent=1) + "\n")
        check_sizes([built / CODE, built / LAYER])
        out.mkdir(parents=True, exist_ok=True)
        # The template last: without it the folder holds nothing that could be deployed.
        for name in (CODE, LAYER, TEMPLATE):
            shutil.copyfile(built / name, out / f".{name}.part")
            os.replace(out / f".{name}.part", out / name)
    return Package(
        folder=out,
        target=target,
        code_zipped=(out / CODE).stat().st_size,
        layer_zipped=(out / LAYER).stat().st_size,
        unzipped=unzipped_size([out / CODE, out / LAYER]),
    )


def cached_package(*, stage: str, target: str = LAMBDA_PYTHON, project: Path = ROOT) -> Package:
    """The package of the sources as they are now, from the cache when it was built before."""
    cache = project / ".cache" / "packages"
    folder = cache / f"{stage}-{target}-{sources_hash(project)}"
    if not (folder / TEMPLATE).exists():
        built = build_package(stage=stage, out=folder, target=target, project=project)
        forget_old_builds(cache)
        return built
    os.utime(folder)
    return Package(
        folder=folder,
        target=target,
        code_zipped=(folder / CODE).stat().st_size,
        layer_zipped=(folder / LAYER).stat().st_size,
        unzipped=unzipped_size([folder / CODE, folder / LAYER]),
    )


def sources_hash(project: Path) -> str:
    """Changes with every file that the package is made from."""
    key = hashlib.sha256()
    trees = (project / "chalicelib", project / ".chalice", project / "infra")
    paths = [path for tree in trees for path in sorted(tree.rglob("*")) if path.is_file()]
    for path in [project / "app.py", project / "requirements.txt", *paths]:
        if "__pycache__" not in path.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            key.update(f"{path.relative_to(project)} {content}\n".encode())
    return key.hexdigest()[:16]


def find_uv() -> Path:
    """The uv that ./dev installed, else one on the PATH."""
    bootstrapped = ROOT / ".boot" / "bin" / "uv"
    if bootstrapped.exists():
        return bootstrapped
    found = shutil.which("uv")
    if found is None:
        raise UserError("uv is missing: run this through ./dev, which installs it.")
    return Path(found)


def stage_config(project: Path, stage: str) -> dict[str, Any]:
    """Chalice's configuration with that one stage, which starts from what `prod` says."""
    config: dict[str, Any] = json.loads((project / ".chalice" / "config.json").read_text())
    stages: dict[str, Any] = config["stages"]
    if stage not in stages:
        known = ", ".join(sorted(stages))
        raise UserError(f"There is no stage '{stage}' in .chalice/config.json; it has: {known}.")
    return config | {"stages": {stage: stages["prod"] | stages[stage]}}


def stage_project(project: Path, staged: Path, config: dict[str, Any]) -> None:
    """A copy with only what the functions run, so that nothing else can get into the archive."""
    shutil.copytree(
        project / "chalicelib",
        staged / "chalicelib",
        ignore=shutil.ignore_patterns(*LEFT_OUT, "*.pyc"),
    )
    shutil.copytree(project / ".chalice", staged / ".chalice")
    shutil.copyfile(project / "app.py", staged / "app.py")
    (staged / ".chalice" / "config.json").write_text(json.dumps(config))


def run_chalice(staged: Path, built: Path, stage: str, target: str, merge_template: Path) -> None:
    """Let Chalice write template and code archive. Nothing of this machine's settings goes in."""
    script = Path(__file__).with_name("expand.py")
    done = subprocess.run(  # noqa: S603  our own interpreter and script
        [sys.executable, "-P", script, staged, built, stage, f"python{target}", merge_template],
        capture_output=True,
        text=True,
        check=False,
        # Chalice stops without a region, even where none is used.
        env={"AWS_DEFAULT_REGION": "eu-central-1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if done.returncode != 0 or "Could not install dependencies" in done.stdout + done.stderr:
        raise PackageError(f"Chalice could not pack the application:\n{done.stderr.strip()}")


def finish_template(template: dict[str, Any], stage: str, target: str) -> dict[str, Any]:
    """What depends on this build: where the code lies, the stage, the layer's Python."""
    template["Parameters"]["Stage"]["Default"] = stage
    template["Resources"]["Dependencies"]["Properties"]["CompatibleRuntimes"] = [f"python{target}"]
    for resource in functions(template).values():
        resource["Properties"]["CodeUri"] = f"./{CODE}"
    return template


def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The template's functions by logical id."""
    return {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if resource.get("Type") == "AWS::Serverless::Function"
    }


def check_template(template: dict[str, Any], target: str) -> None:
    """The tools' traps: a wrong runtime, a handler that skips app.py, a patch that hit nothing."""
    for logical_id, resource in template["Resources"].items():
        if "Type" not in resource:
            raise PackageError(f"infra/resources.json changes {logical_id}, which does not exist")
    for logical_id, resource in functions(template).items():
        runtime, handler = resource["Properties"]["Runtime"], resource["Properties"]["Handler"]
        if runtime != f"python{target}":
            raise PackageError(f"{logical_id} would run on {runtime}, not on python{target}")
        if not re.fullmatch(r"app\.[a-z_]+", handler):
            raise PackageError(f"{logical_id} has the handler {handler}, which is not in app.py")


def check_sizes(archives: list[Path]) -> None:
    """Nothing is handed over that AWS would refuse."""
    for archive in archives:
        size = archive.stat().st_size
        if size > MOST_ZIPPED:
            raise PackageError(
                f"{archive.name} has {megabytes(size)}, allowed are {megabytes(MOST_ZIPPED)}"
            )
    size = unzipped_size(archives)
    if size > MOST_UNZIPPED:
        raise PackageError(
            f"unpacked it has {megabytes(size)}, allowed are {megabytes(MOST_UNZIPPED)}"
        )


def prepare(say: Callable[[str], None]) -> None:
    """Build what the tests want to find in the cache: for Lambda, and for this machine's Python."""
    for target in sorted({LAMBDA_PYTHON, HOST_PYTHON}):
        package = cached_package(stage="test", target=target)
        say(f"package for Python {target}: {package.sizes()}")


def forget_old_builds(cache: Path) -> None:
    """Every change of the code makes another build; those that nobody uses only take room."""
    newest_first = sorted(cache.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[KEPT_BUILDS:]:
        if path.stat().st_mtime > time.time() - IN_USE_SECONDS:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    prepare(print)
