"""One command from the pool to the packaged model: `python -m training --pool DIR`.

Every stage goes on from what is there: delete `training/runs` to begin anew.
"""

import argparse
import json
import logging
import shutil
import time
from pathlib import Path

import torch

from chalicelib.score.files import ENGLISH, HERE, VOCABULARY
from chalicelib.score.language import load_guesser
from training.calibrate import calibrate, write_numbers
from training.check import check_export, check_tokenizer
from training.english import write_english
from training.export import export
from training.stage_one import EPOCHS, base_directory, run_stage_one
from training.stage_three import run_stage_three
from training.stage_two import JOINT, corpus_part, run_pass

logger = logging.getLogger(__name__)


def main() -> None:
    """Read the arguments, run what is missing, and write the model's files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pool", type=Path, required=True, help="folder of the three parquet files"
    )
    parser.add_argument("--corpus", type=Path, default=Path("training/corpus"))
    parser.add_argument("--runs", type=Path, default=Path("training/runs"))
    parser.add_argument("--target", type=Path, default=HERE)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--version", default="3")
    parser.add_argument("--stage-one-epochs", type=float, default=EPOCHS)
    options = parser.parse_args()
    options.runs.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    began = time.monotonic()
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    first = run_stage_one(
        options.pool, options.runs, seed=options.seed, epochs=options.stage_one_epochs
    )
    start = run_pass(
        JOINT,
        pool=options.pool,
        corpus=options.corpus,
        runs=options.runs,
        start=first,
        seed=options.seed,
    )
    weights = run_stage_three(
        pool=options.pool,
        corpus=options.corpus,
        runs=options.runs,
        start=start,
        first=first,
        seed=options.seed,
    )
    package(weights, options)
    logger.info("all done in %.0f s", time.monotonic() - began)


def package(weights: Path, options: argparse.Namespace) -> None:
    """Export, calibrate, check and write everything that the package carries."""
    import pandas

    target: Path = options.target
    network = export(weights, target)
    shutil.copyfile(base_directory() / "vocab.txt", target / VOCABULARY)
    sentiment = pandas.read_parquet(options.pool / "sentiment.parquet")
    texts = set(sentiment[sentiment.split == "train"].text)
    texts |= {example.text for example in corpus_part(options.corpus, "train")}
    write_english(sorted(texts), load_guesser(), target / ENGLISH)
    scores = sentiment[sentiment.score.notna() & (sentiment.source != "womens_clothing")]
    numbers = calibrate(
        network=network,
        pool=options.pool,
        corpus=options.corpus,
        version=options.version,
        star_scores=dict(zip(scores.text, scores.score, strict=True)),
    )
    write_numbers(numbers, target)
    checks = check_export(weights, network, options.pool) | check_tokenizer(options.pool, target)
    (weights.parent / "checks.json").write_text(json.dumps(checks, indent=1) + "\n")
    logger.info("checks: %s", checks)


if __name__ == "__main__":
    main()
