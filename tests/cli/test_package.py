"""Building the package: what goes in, what is refused, what the cache keeps."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest

from chalicelib.cli import package as packaging
from chalicelib.cli.layer import PackageError, pins, wanted_files, write_zip
from chalicelib.cli.package import check_sizes, forget_old_builds, sources_hash, stage_config

CONFIG = '{"app_name": "heedful", "stages": {"prod": {"a": 1, "b": 2}, "test": {"b": 3}}}'


def a_project(folder: Path) -> Path:
    """The files that a package is made from, in miniature."""
    for name in ("chalicelib/score", ".chalice", "infra"):
        (folder / name).mkdir(parents=True)
    (folder / "app.py").write_text("app = None\n")
    (folder / "requirements.txt").write_text("")
    (folder / ".chalice" / "config.json").write_text(CONFIG)
    (folder / "chalicelib" / "score" / "model.onnx").write_bytes(b"weights")
    return folder


def test_another_stage_starts_from_what_prod_says(tmp_path: Path) -> None:
    assert stage_config(a_project(tmp_path), "test") == {
        "app_name": "heedful",
        "stages": {"test": {"a": 1, "b": 3}},
    }


@pytest.mark.parametrize(
    "changed", ["app.py", "requirements.txt", ".chalice/config.json", "chalicelib/score/model.onnx"]
)
def test_every_source_of_the_package_decides_whether_it_is_built_anew(
    changed: str, tmp_path: Path
) -> None:
    project = a_project(tmp_path)
    before = sources_hash(project)

    (project / changed).write_text("something else")

    assert sources_hash(project) != before


def test_what_python_leaves_beside_the_sources_does_not(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    before = sources_hash(project)

    (project / "chalicelib" / "__pycache__").mkdir()
    (project / "chalicelib" / "__pycache__" / "flow.pyc").write_bytes(b"compiled")

    assert sources_hash(project) == before


def test_an_archive_too_big_for_one_upload_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("model", b"0" * 4_000)
    size = archive.stat().st_size

    monkeypatch.setattr(packaging, "MOST_ZIPPED", size)
    check_sizes([archive])
    monkeypatch.setattr(packaging, "MOST_ZIPPED", size - 1)
    with pytest.raises(PackageError, match=r"code\.zip has"):
        check_sizes([archive])


def test_archives_that_are_too_big_together_once_unpacked_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archives = [tmp_path / "code.zip", tmp_path / "layer.zip"]
    for archive in archives:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("model", b"0" * 4_000)

    monkeypatch.setattr(packaging, "MOST_UNZIPPED", 8_000)
    check_sizes(archives)
    monkeypatch.setattr(packaging, "MOST_UNZIPPED", 7_999)
    with pytest.raises(PackageError, match="unpacked it has"):
        check_sizes(archives)


def test_an_archive_depends_on_names_and_contents_alone(tmp_path: Path) -> None:
    for folder, moment in (("one", 1_000_000_000), ("other", 1_700_000_000)):
        (tmp_path / folder / "numpy").mkdir(parents=True)
        for name in ("b.py", "a.py") if folder == "one" else ("a.py", "b.py"):
            path = tmp_path / folder / "numpy" / name
            path.write_text(f"# {name}\n")
            os.utime(path, (moment, moment))
        write_zip(tmp_path / f"{folder}.zip", wanted_files(tmp_path / folder), prefix="python")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as opened:
        assert opened.namelist() == ["python/numpy/a.py", "python/numpy/b.py"]


def test_what_no_function_reads_stays_out_of_the_layer(tmp_path: Path) -> None:
    kept = ["numpy/core.py", "numpy-2.5.5.dist-info/METADATA", "requests/api.py"]
    left_out = [
        "bin/f2py",
        "numpy/core.pyi",
        "numpy/tests/test_core.py",
        "numpy/lib/tests/test_lib.py",
        "numpy/__pycache__/core.pyc",
        "numpy-2.5.5.dist-info/RECORD",
        "google/protobuf/message.py",
        "onnxruntime/capi/libonnxruntime.so.1.31.1",
    ]
    for name in (*kept, *left_out):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    assert set(wanted_files(tmp_path)) == set(kept)


def test_a_pin_counts_where_its_marker_says_so(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:0\n"
        "numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:1\n"
        "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:2\n"
        "requests==2.34.2 \\\n    --hash=sha256:3\n"
    )

    assert [f"{pin.name}{pin.specifier}" for pin in pins(requirements, "3.13")] == [
        "numpy==2.5.5",
        "requests==2.34.2",
    ]
    assert [f"{pin.name}{pin.specifier}" for pin in pins(requirements, "3.11")] == [
        "numpy==2.4.6",
        "requests==2.34.2",
    ]


def test_the_cache_forgets_builds_that_nobody_has_used_for_an_hour(tmp_path: Path) -> None:
    now = time.time()
    for age_in_minutes in range(0, 100, 10):
        folder = tmp_path / f"test-3.13-{age_in_minutes:02d}"
        folder.mkdir()
        (folder / "code.zip").write_text("")
        os.utime(folder, (now - 60 * age_in_minutes,) * 2)

    forget_old_builds(tmp_path)

    assert sorted(path.name[-2:] for path in tmp_path.iterdir()) == [
        "00", "10", "20", "30", "40", "50",
    ]  # fmt: skip
