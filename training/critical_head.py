"""The critical head, solved again after training with the pool's plain reviews as counterexamples.

In the stages only our corpus says what is critical; a head that has never seen thousands of plain
reviews is unsure on them. Nothing else of the network changes.
"""

import logging
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from chalicelib.score.wording import worded
from training.examples import Example, read_pool
from training.labels import CRITICAL, SLICES
from training.learn import padded
from training.network import Network
from training.stage_one import encode
from training.stage_two import corpus_part

logger = logging.getLogger(__name__)
PLAIN = {
    "cebab": 1500,
    "womens_clothing": 1500,
    "nhs_v6": 1000,
    "nhs_p1": 1000,
    "dynasent_dev": 1500,
    "product_reviews_2": 700,
    "pros_cons": 500,
    "goemotions": 500,
}
POSITIVE_WEIGHT = 5.0
STRENGTH = 0.3


@torch.no_grad()
def solve_critical(weights: Path, *, pool: Path, corpus: Path, target: Path) -> Path:
    """Write weights whose critical columns are logistic regressions on the pooled states."""
    from sklearn.linear_model import LogisticRegression

    chance = random.Random(23)  # noqa: S311 - sampling texts, not secrets
    ours = corpus_part(corpus, "train") + corpus_part(corpus, "train", "critical")
    plain: list[Example] = []
    rows = read_pool(pool, "train")
    chance.shuffle(rows)
    left = dict(PLAIN)
    for example in rows:
        if left.get(example.source, 0) > 0:
            left[example.source] -= 1
            plain.append(example)
    network = Network()
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.eval()
    features = pooled_states(network, [worded(one.text) for one in ours + plain])
    truth = np.zeros((len(features), len(CRITICAL)), dtype=bool)
    truth[: len(ours)] = np.stack([one.critical for one in ours]) == 1.0
    first = SLICES["critical"].start
    for place, kind in enumerate(CRITICAL):
        labels = truth[:, place]
        model = LogisticRegression(C=STRENGTH, max_iter=400)
        model.fit(features, labels, sample_weight=np.where(labels, POSITIVE_WEIGHT, 1.0))
        network.head.weight[first + place] = torch.from_numpy(model.coef_[0]).float()
        network.head.bias[first + place] = float(model.intercept_[0])
        logger.info("critical %s solved on %d positives", kind, labels.sum())
    torch.save(network.state_dict(), target)
    return target


def pooled_states(
    network: Network, texts: Sequence[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Give what the head sees of each text (n, 384)."""
    seen: list[torch.Tensor] = []
    hook = network.head.register_forward_pre_hook(lambda _, given: seen.append(given[0].float()))
    ids = encode(texts, 128)
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    for start in range(0, len(order), 64):
        words, mask = padded([ids[row] for row in order[start : start + 64]])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            network(words, mask)
    hook.remove()
    found = np.empty((len(ids), seen[0].shape[1]), dtype=np.float32)
    found[order] = torch.cat(seen).numpy()
    return found
