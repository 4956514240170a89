"""What is heavy, started with the first text and kept: vocabulary, network, language guesser."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.score.files import ModelFiles
from chalicelib.score.language import load_guesser
from chalicelib.score.network import Answer, Network, OnnxNetwork
from chalicelib.score.passages import windows
from chalicelib.score.tokenizer import CLASSIFY, SEPARATE, Tokenizer


class Engine:
    """Reads worded texts window by window."""

    def __init__(self, files: ModelFiles) -> None:
        self.tokenizer = Tokenizer.from_file(files.vocabulary)
        self._network: Network = OnnxNetwork(files.network, files.numbers["columns"])
        self._window = int(files.numbers["window"])
        self.guess = load_guesser()
        self.english_words = files.english_words()

    def answers(self, text: str) -> list[Answer]:
        """Answer every window of a text."""
        return [
            self._network.answer([CLASSIFY, *ids, SEPARATE])
            for ids in windows(text, self.tokenizer.pieces, self._window - 2)
        ]


def polarity_logits(answers: Sequence[Answer]) -> list[float]:
    """Pool the windows of a text for its polarity: the mean of their logits."""
    logits = [[float(value) for value in answer.outputs["polarity"]] for answer in answers]
    return [sum(column) / len(column) for column in zip(*logits, strict=True)]


def pooled(answers: Sequence[Answer]) -> Mapping[str, Any]:
    """Pool the rest: what is said anywhere is said, so the greatest logit of the windows counts."""
    if len(answers) == 1:
        return answers[0].outputs
    import numpy

    return {
        name: numpy.max([answer.outputs[name] for answer in answers], axis=0)
        for name in answers[0].outputs
    }
