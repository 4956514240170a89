"""Checks after the export: int8 decides as the trained weights do; all ids are the reference's."""

from pathlib import Path

import numpy as np
import torch

from chalicelib.score.files import VOCABULARY
from chalicelib.score.tokenizer import Tokenizer
from chalicelib.score.wording import worded
from training.examples import read_pool
from training.export import onnx_outputs
from training.labels import SLICES
from training.learn import outputs_of
from training.network import Network
from training.stage_one import base_directory, encode

CHECKED = 1_500


def check_export(weights: Path, network: Path, pool: Path) -> dict[str, float]:
    """Compare the int8 export with the trained weights on development rows of the pool."""
    rows = read_pool(pool, "dev")
    chance = np.random.default_rng(3)
    places = chance.permutation(len(rows))[:CHECKED]
    ids = encode([worded(rows[place].text) for place in places], 128)
    trained = Network()
    trained.load_state_dict(torch.load(weights, weights_only=True), strict=False)
    theirs, meanings = outputs_of(trained, ids)
    ours, our_meanings = onnx_outputs(network, ids)
    part = SLICES["polarity"]
    return {
        "texts": len(ids),
        "same_polarity_percent": 100
        * float((theirs[:, part].argmax(1) == ours[:, part].argmax(1)).mean()),
        "mean_logit_difference": float(np.abs(theirs - ours).mean()),
        "largest_logit_difference": float(np.abs(theirs - ours).max()),
        "mean_meaning_cosine": float((meanings * our_meanings).sum(1).mean()),
    }


def check_tokenizer(pool: Path, target: Path) -> dict[str, int]:
    """Compare our word pieces with the reference tokenizer's on every text of the pool."""
    import pandas
    from tokenizers import Tokenizer as Reference

    texts: set[str] = set()
    for name in ("sentiment", "emotion", "topic"):
        texts |= set(pandas.read_parquet(pool / f"{name}.parquet").text)
    reference = Reference.from_file(str(base_directory() / "tokenizer.json"))
    reference.no_padding()
    reference.no_truncation()
    tokenizer = Tokenizer.from_file(target / VOCABULARY)
    ordered = sorted(texts)
    different = 0
    for start in range(0, len(ordered), 2000):
        part = ordered[start : start + 2000]
        for text, found in zip(part, reference.encode_batch(part), strict=True):
            different += found.ids[1:-1] != tokenizer.pieces(text)
    return {"tokenizer_texts": len(ordered), "tokenizer_different": different}
