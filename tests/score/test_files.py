"""A missing or damaged model file is one clear sentence at the start."""

import json
from pathlib import Path

import pytest

from chalicelib.score.bundled import BundledModel
from chalicelib.score.files import HERE, ModelFileError, check_files


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Small stand-ins for the files, with right checksums."""
    import hashlib

    names = ("network.onnx", "vocabulary.txt", "english.txt")
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    sums = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    numbers = json.loads((HERE / "numbers.json").read_text(encoding="utf-8"))
    (tmp_path / "numbers.json").write_text(json.dumps(numbers | {"sha256": sums}))
    return tmp_path


def test_whole_files_are_accepted(copy: Path) -> None:
    assert check_files(copy).network == copy / "network.onnx"


@pytest.mark.parametrize("name", ["network.onnx", "vocabulary.txt", "english.txt", "numbers.json"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()

    with pytest.raises(ModelFileError, match=rf"{name} is missing"):
        BundledModel.load(copy)


@pytest.mark.parametrize("name", ["network.onnx", "vocabulary.txt", "english.txt"])
def test_a_changed_byte_is_noticed(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"x" + (copy / name).read_bytes()[1:])

    with pytest.raises(ModelFileError, match=rf"{name} is damaged"):
        BundledModel.load(copy)


def test_numbers_that_are_no_json_are_noticed(copy: Path) -> None:
    (copy / "numbers.json").write_text('{"version": ')

    with pytest.raises(ModelFileError, match=r"numbers\.json is damaged"):
        BundledModel.load(copy)


def test_a_network_that_onnxruntime_cannot_load_is_one_sentence(copy: Path) -> None:
    from chalicelib.score.network import OnnxNetwork

    with pytest.raises(ModelFileError, match=r"network\.onnx cannot be loaded"):
        OnnxNetwork(copy / "network.onnx", {})


def test_the_packaged_files_are_whole_and_small() -> None:
    files = check_files(HERE)
    total = sum(path.stat().st_size for path in HERE.iterdir())

    assert files.numbers["window"] <= 512
    assert total < 30_000_000
