"""The meaning head, solved in closed form after training: ridge regression on the base embeddings.

Learned by steps along with everything else it reached a cosine of only .44 with the base model; the
same head solved at once is far nearer, and it changes no other answer.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from training.learn import padded
from training.network import WIDTH, Network

logger = logging.getLogger(__name__)
RIDGE = 1.0


@torch.no_grad()
def solve_meaning(weights: Path, ids: Sequence[Sequence[int]], aims: Tensor, target: Path) -> Path:
    """Write weights whose meaning head is solved on rows with a known aim (n, 384)."""
    network = Network()
    network.load_state_dict(torch.load(weights, weights_only=True), strict=False)
    network.eval()
    seen: list[Tensor] = []
    network.meaning.register_forward_pre_hook(lambda _, given: seen.append(given[0].float()))
    known = [row for row in range(len(ids)) if aims[row].abs().sum() > 0]
    known.sort(key=lambda row: len(ids[row]))
    for start in range(0, len(known), 64):
        words, mask = padded([ids[row] for row in known[start : start + 64]])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            network(words, mask)
    features = torch.cat(seen).double()
    wanted = aims[known].double()
    mean, aim = features.mean(0), wanted.mean(0)
    centred = features - mean
    gram = centred.T @ centred + RIDGE * torch.eye(2 * WIDTH, dtype=torch.float64)
    solved = torch.linalg.solve(gram, centred.T @ (wanted - aim))
    network.meaning.weight.copy_(solved.T.float())
    network.meaning.bias.copy_((aim - mean @ solved).float())
    told = torch.nn.functional.normalize(features @ solved + (aim - mean @ solved), dim=1)
    logger.info("meaning solved on %d rows, cosine %.3f", len(known), (told * wanted).sum(1).mean())
    torch.save(network.state_dict(), target)
    return target
