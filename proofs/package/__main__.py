"""Build from two copies in two places, each with an empty cache, and compare every file.

A build that differed would make every deployment look like a change, and nobody could tell whether
an archive is the one that was tested.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from chalicelib.cli.package import ROOT, Package, build_package

SOURCES = ("app.py", "requirements.txt", "chalicelib", ".chalice", "infra")


def copy_sources(folder: Path) -> Path:
    """What the package is made from, without any cache."""
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)
    return folder


def build_in(project: Path) -> Package:
    """The package of a copy."""
    return build_package(stage="prod", out=project.parent / "out", project=project)


def main() -> int:
    """0 when both builds are the same to the byte."""
    with tempfile.TemporaryDirectory() as folder:
        one = copy_sources(Path(folder) / "one" / "project")
        another = Path(folder) / "another-place" / "project"
        another.parent.mkdir()
        shutil.copytree(one, another)
        first, second = build_in(one), build_in(another)
        hashes, again = first.hashes(), second.hashes()
    for name, digest in hashes.items():
        sys.stdout.write(f"{name:16} {digest}\n")
    sys.stdout.write(f"{first.sizes()}\n")
    same = sum(hashes[name] == again.get(name) for name in hashes)
    sys.stdout.write(f"package: {same} of {len(hashes)} files the same in two builds\n")
    return 0 if same == len(hashes) == len(again) else 1


if __name__ == "__main__":
    sys.exit(main())
