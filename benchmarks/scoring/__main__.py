"""Run the scoring benchmark: `python -m benchmarks.scoring [--json]`.

Figures are CPU time of this process or of a fresh one; times vary with the machine, ratios less.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from chalicelib.domain.sentiment import TextToRead
from chalicelib.score.bundled import BundledModel
from chalicelib.score.engine import Engine
from chalicelib.score.files import HERE, check_files
from chalicelib.score.tokenizer import Tokenizer
from chalicelib.score.wording import worded

LAMBDA_X86_DOLLARS_PER_GB_SECOND = 0.0000166667
"""List price of Lambda on x86, first tier, November 2026."""
LAMBDA_GB = 1.769
"""The memory at which a function gets one whole core."""
COMPREHEND_DOLLARS = "300 to 600"
TEXTS = 400
_FRESH = """
import json, resource, sys, time
from chalicelib.domain.sentiment import TextToRead
from chalicelib.score.bundled import BundledModel
loaded = time.process_time()
model = BundledModel.load()
model.read([TextToRead(text="We waited forty minutes and nobody came")])
answered = time.process_time()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"import": loaded, "answer": answered, "peak": peak}))
"""


def main() -> None:
    """Print the table or JSON; the last line holds the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("training/corpus/en"))
    parser.add_argument("--weights", type=Path, help="trained weights, for the fp32 comparison")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts = _texts(options.corpus)
    figures = measure(texts, options.weights)
    if options.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        for name, value in figures.items():
            sys.stdout.write(f"{name:45} {value}\n")
    pace = figures["polarity_texts_per_cpu_second"]
    sys.stdout.write(f"scoring: {pace:.0f} texts per CPU second on one core\n")


def _texts(corpus: Path) -> list[str]:
    rows = [
        json.loads(line)
        for path in sorted(corpus.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    step = max(1, len(rows) // TEXTS)
    return [row["text"] for row in rows[::step]][:TEXTS]


def measure(texts: Sequence[str], weights: Path | None) -> dict[str, Any]:
    """Measure everything on `texts`; without `weights` the fp32 comparison is left out."""
    files = check_files(HERE)
    engine = Engine(files)
    told = [worded(text) for text in texts]
    plain = _pace(lambda: [engine.answers(text) for text in told], len(told))
    model = BundledModel.load()
    wanted = [TextToRead(text=text) for text in texts]
    model.read(wanted[:2])
    whole = _pace(lambda: model.read(wanted), len(wanted))
    cold = Tokenizer.from_file(files.vocabulary)
    first = _pace(lambda: [cold.pieces(text) for text in told], len(told))
    again = _pace(lambda: [cold.pieces(text) for text in told], len(told))
    fresh = _fresh()
    figures: dict[str, Any] = {
        "texts": len(texts),
        "words_per_text": round(sum(len(text.split()) for text in told) / len(told), 1),
        "polarity_texts_per_cpu_second": round(plain, 1),
        "full_reading_texts_per_cpu_second": round(whole, 1),
        "tokenising_share_percent": round(100 * plain / again, 2),
        "tokenising_share_first_time_percent": round(100 * plain / first, 2),
        "fresh_process_cpu_seconds": round(fresh["answer"], 3),
        "fresh_process_import_cpu_seconds": round(fresh["import"], 3),
        "fresh_process_peak_mb": round(fresh["peak"]),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "dollars_per_million_texts": _cost(whole),
        "amazon_comprehend_dollars_per_million": COMPREHEND_DOLLARS,
    }
    if weights is not None:
        torch_pace = _torch_pace(weights, told)
        figures["fp32_pytorch_texts_per_cpu_second"] = round(torch_pace, 1)
        figures["times_faster_than_fp32_pytorch"] = round(plain / torch_pace, 2)
    return figures


def _pace(work: Callable[[], object], count: int) -> float:
    began = time.process_time()
    work()
    return count / max(time.process_time() - began, 1e-9)


def _fresh() -> dict[str, Any]:
    ended = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", _FRESH], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _cost(pace: float) -> float:
    return round(1e6 / pace * LAMBDA_GB * LAMBDA_X86_DOLLARS_PER_GB_SECOND, 2)


def _torch_pace(weights: Path, texts: Sequence[str]) -> float:
    """Plain fp32 PyTorch on one thread, text by text with the reference tokenizer."""
    import torch

    from training.network import Network
    from training.stage_one import encode

    torch.set_num_threads(1)
    network = Network()
    network.load_state_dict(torch.load(weights, weights_only=True), strict=False)
    network.eval()

    def work() -> None:
        with torch.no_grad():
            for row in encode(texts, 128):
                network(torch.tensor([row]), torch.ones(1, len(row)))

    work()
    return _pace(work, len(texts))


if __name__ == "__main__":
    main()
