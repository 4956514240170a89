"""The model's files: what must be there, and a clear word when it is not or is damaged."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.domain.errors import UserError

HERE = Path(__file__).parent / "model"
NETWORK, VOCABULARY, ENGLISH, NUMBERS = (
    "network.onnx",
    "vocabulary.txt",
    "english.txt",
    "numbers.json",
)


class ModelFileError(UserError):
    """A file of the bundled model is missing or damaged; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The checked files of one model directory, and the numbers found beside the weights."""

    directory: Path
    numbers: dict[str, Any]

    @property
    def network(self) -> Path:
        """The int8 ONNX network."""
        return self.directory / NETWORK

    @property
    def vocabulary(self) -> Path:
        """Word pieces, one a line."""
        return self.directory / VOCABULARY

    def english_words(self) -> frozenset[str]:
        """Give the English words that tell English from other languages in short texts."""
        return frozenset((self.directory / ENGLISH).read_text(encoding="utf-8").split())


def check_files(directory: Path) -> ModelFiles:
    """Read the numbers and compare every file's SHA-256 with the one written down at export."""
    numbers_path = directory / NUMBERS
    try:
        numbers = json.loads(numbers_path.read_text(encoding="utf-8"))
        hashes: dict[str, str] = numbers["sha256"]
    except FileNotFoundError as error:
        raise ModelFileError(_advice(NUMBERS, "is missing")) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFileError(_advice(NUMBERS, "is damaged")) from error
    for name in (NETWORK, VOCABULARY, ENGLISH):
        path = directory / name
        if not path.is_file():
            raise ModelFileError(_advice(name, "is missing"))
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != hashes.get(name):
            raise ModelFileError(
                _advice(name, "is damaged: its checksum is not the one written down")
            )
    return ModelFiles(directory, numbers)


def _advice(name: str, what: str) -> str:
    return f"The model file {name} {what}. Unpack the package again, or build it anew."
