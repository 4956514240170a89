"""The network itself: int8 ONNX, run by onnxruntime on one core, one text at a time.

One at a time because int8 picks its scale by what is in the batch: in company, a text's answer
would change with its neighbours. Alone, the same text always gets the same answer, and nothing is
padded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.score.files import NETWORK, ModelFileError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vector = NDArray[float32]
else:
    Vector = Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network says of one window: a vector per question, and its meaning (unit vector)."""

    outputs: Mapping[str, Vector]
    meaning: Vector


class Network(Protocol):
    """Anything that answers windows of word pieces."""

    def answer(self, ids: Sequence[int]) -> Answer:
        """Answer one window of ids with both marks."""
        ...


class OnnxNetwork:
    """The network in onnxruntime."""

    def __init__(self, path: Path, columns: Mapping[str, tuple[int, int]]) -> None:
        import numpy
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelFileError(f"The model file {NETWORK} cannot be loaded: {error}") from error
        self._numpy = numpy
        self._columns = {name: slice(start, stop) for name, (start, stop) in columns.items()}

    def answer(self, ids: Sequence[int]) -> Answer:
        """Answer one window of ids with both marks."""
        row = self._numpy.array([ids], dtype=self._numpy.int64)
        outputs, meaning = self._session.run(None, {"ids": row})
        split = {name: outputs[0, columns] for name, columns in self._columns.items()}
        return Answer(split, meaning[0])
