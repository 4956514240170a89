"""One training stage: masked losses over what is known, layer-wise rates, checkpoints, resuming."""

import json
import logging
import math
import random
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.examples import Example
from training.guides import Guides, guides_loss
from training.labels import ASPECTS, POLARITIES, SLICES
from training.network import LAYERS, Network

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one stage learns. Rates are per step of AdamW, lengths in word pieces."""

    epochs: float
    seed: int = 7
    batch: int = 32
    tokens: int = 96
    head_rate: float = 1e-3
    encoder_rate: float = 1e-4
    layer_factor: float = 0.85
    warm_up: int = 100
    smoothing: float = 0.05
    emotion_weight: float = 2.0
    topic_weight: float = 2.0
    stage_weight: float = 1.0
    critical_weight: float = 2.0
    aspect_weight: float = 0.5
    meaning_weight: float = 1.0
    teacher_weight: float = 0.0
    twin_weight: float = 0.0
    save_every: int = 400


def length_batches(lengths: Sequence[int], recipe: Recipe, epoch: int) -> Iterator[list[int]]:
    """Shuffle, then sort within pools of 50 batches: little padding, still random order."""
    chance = random.Random(recipe.seed * 1000 + epoch)  # noqa: S311 - shuffling, not secrets
    order = list(range(len(lengths)))
    chance.shuffle(order)
    batches = []
    pool = recipe.batch * 50
    for start in range(0, len(order), pool):
        part = sorted(order[start : start + pool], key=lambda index: lengths[index])
        batches += [part[at : at + recipe.batch] for at in range(0, len(part), recipe.batch)]
    chance.shuffle(batches)
    yield from batches


@dataclass(slots=True)
class Matrices:
    """The labels of all examples as tensors, and their class weights."""

    polarity: Tensor
    marks: dict[str, Tensor]
    aspects: Tensor
    class_weight: Tensor
    mark_weight: dict[str, Tensor]


def to_matrices(examples: Sequence[Example]) -> Matrices:
    """Stack the labels; class weights are (n / n_c) ** 0.5, those of marks capped at 8."""
    polarity = torch.tensor([example.polarity for example in examples])
    counts = torch.bincount(polarity[polarity >= 0], minlength=len(POLARITIES)).float()
    class_weight = (counts.sum() / (len(POLARITIES) * counts.clamp(min=1))).sqrt()
    marks, mark_weight = {}, {}
    for name in ("emotions", "topics", "stages", "critical"):
        values = torch.from_numpy(np.stack([getattr(example, name) for example in examples]))
        known = ~values.isnan()
        positive = (values.nan_to_num() * known).sum(0)
        negative = known.sum(0) - positive
        marks[name] = values
        mark_weight[name] = (negative / positive.clamp(min=1)).sqrt().clamp(1.0, 8.0)
    aspects = torch.from_numpy(np.stack([example.aspects for example in examples]))
    return Matrices(polarity, marks, aspects, class_weight, mark_weight)


def loss_of(outputs: Tensor, rows: Tensor, matrices: Matrices, recipe: Recipe) -> Tensor:
    """Add up the losses of all questions; a label that is not known adds nothing."""
    outputs = outputs.float()
    total = outputs.sum() * 0.0
    polarity = matrices.polarity[rows]
    if (polarity >= 0).any():
        total = total + functional.cross_entropy(
            outputs[:, SLICES["polarity"]],
            polarity,
            weight=matrices.class_weight,
            ignore_index=-1,
            label_smoothing=recipe.smoothing,
        )
    weights = {
        "emotions": recipe.emotion_weight,
        "topics": recipe.topic_weight,
        "stages": recipe.stage_weight,
        "critical": recipe.critical_weight,
    }
    for name, weight in weights.items():
        values = matrices.marks[name][rows]
        known = ~values.isnan()
        if known.any():
            losses = functional.binary_cross_entropy_with_logits(
                outputs[:, SLICES[name]],
                values.nan_to_num(),
                pos_weight=matrices.mark_weight[name],
                reduction="none",
            )
            # By the whole batch, not by the known: a lone label must not shout.
            total = total + weight * (losses * known).sum() / known.numel()
    aspects = matrices.aspects[rows]
    if (aspects >= 0).any():
        views = outputs[:, SLICES["aspects"]].reshape(-1, len(POLARITIES))
        losses = functional.cross_entropy(
            views, aspects.reshape(-1), ignore_index=-1, reduction="sum"
        )
        total = total + recipe.aspect_weight * losses / (len(rows) * len(ASPECTS)) * 8
    return total


def _groups(network: Network, recipe: Recipe) -> list[dict[str, Any]]:
    groups = []
    for name, parameter in network.named_parameters():
        if name.startswith("head"):
            rate = recipe.head_rate
        else:
            depth = int(name.split(".")[1]) + 1 if name.startswith("layers") else 0
            rate = recipe.encoder_rate * recipe.layer_factor ** (LAYERS - depth)
        decay = 0.01 if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
    return groups


def padded(ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Give ids and mask (rows, tokens) with zeros where a row is shorter than the longest."""
    # Few widths: each new matrix shape costs the CPU kernels a set-up (measured: twice the time).
    width = -(-max(len(row) for row in ids) // 8) * 8
    words = torch.zeros(len(ids), width, dtype=torch.long)
    mask = torch.zeros(len(ids), width)
    for number, row in enumerate(ids):
        words[number, : len(row)] = torch.tensor(row)
        mask[number, : len(row)] = 1.0
    return words, mask


def learn(
    network: Network,
    examples: Sequence[Example],
    ids: Sequence[Sequence[int]],
    *,
    recipe: Recipe,
    directory: Path,
    meanings: Tensor | None = None,
    guides: Guides | None = None,
) -> Network:
    """Train for `recipe.epochs`, saving to `directory`; go on from there when it was stopped.

    `meanings` (n, 384) are the base model's embeddings, which the meaning head learns to keep; a
    row of zeros is not learned.
    """
    directory.mkdir(parents=True, exist_ok=True)
    matrices = to_matrices(examples)
    lengths = [len(row) for row in ids]
    # A twin comes along with its row and is not drawn by itself.
    drawn = list(range(len(ids)))
    if guides is not None:
        seconds = set(guides.twins[guides.twins >= 0].tolist())
        drawn = [row for row in drawn if row not in seconds]
    plan = [
        [drawn[place] for place in places]
        for epoch in range(math.ceil(recipe.epochs))
        for places in length_batches([lengths[row] for row in drawn], recipe, epoch)
    ]
    plan = plan[: round(len(plan) * recipe.epochs / math.ceil(recipe.epochs))]
    steps = len(plan)
    optimiser = torch.optim.AdamW(_groups(network, recipe), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: min((step + 1) / recipe.warm_up, max(0.0, (steps - step) / steps)),
    )
    first = _resume(directory / "checkpoint.pt", network, optimiser, schedule)
    logger.info(
        "stage %s: %d examples, %d steps, %s", directory.name, len(ids), steps, asdict(recipe)
    )
    torch.manual_seed(recipe.seed + first)
    network.train()
    began, running = time.monotonic(), 0.0
    for step in range(first, steps):
        rows = plan[step]
        if guides is not None:
            rows = rows + [int(twin) for twin in guides.twins[rows] if twin >= 0]
        words, mask = padded([ids[row] for row in rows])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs, meaning = network(words, mask)
        loss = loss_of(outputs, torch.tensor(rows), matrices, recipe)
        if guides is not None:
            loss = loss + guides_loss(
                outputs[:, SLICES["polarity"]],
                torch.tensor(rows),
                guides,
                teacher_weight=recipe.teacher_weight,
                twin_weight=recipe.twin_weight,
            )
        if meanings is not None:
            aims = meanings[rows]
            known = aims.abs().sum(1) > 0
            if known.any():
                near = (meaning.float()[known] * aims[known]).sum(1).mean()
                loss = loss + recipe.meaning_weight * (1.0 - near)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        running = 0.98 * running + 0.02 * loss.item() if running else loss.item()
        if (step + 1) % 100 == 0:
            pace = (step + 1 - first) * recipe.batch / (time.monotonic() - began)
            logger.info("step %d/%d loss %.4f, %.0f examples/s", step + 1, steps, running, pace)
        if (step + 1) % recipe.save_every == 0:
            _save(directory / "checkpoint.pt", network, optimiser, schedule, step + 1)
    torch.save(network.state_dict(), directory / "weights.pt")
    summary = {
        "examples": len(ids),
        "steps": steps,
        "seconds": round(time.monotonic() - began, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "recipe": asdict(recipe),
        "torch": torch.__version__,
    }
    (directory / "stage.json").write_text(json.dumps(summary, indent=1) + "\n")
    logger.info("stage %s done: %s", directory.name, summary)
    return network.eval()


def _save(path: Path, network: Network, optimiser: Any, schedule: Any, step: int) -> None:
    state = {
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": schedule.state_dict(),
        "step": step,
    }
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _resume(path: Path, network: Network, optimiser: Any, schedule: Any) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.load_state_dict(state["schedule"])
    logger.info("resumed at step %d", state["step"])
    return int(state["step"])


@torch.no_grad()
def outputs_of(
    network: Network, ids: Sequence[Sequence[int]], batch: int = 64
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Run the network over all ids; give outputs (n, 86) and meanings (n, 384) in input order."""
    network.eval()
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    outputs, pooled = [], []
    for start in range(0, len(order), batch):
        words, mask = padded([ids[row] for row in order[start : start + batch]])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            one, other = network(words, mask)
        outputs.append(one.float())
        pooled.append(other.float())
    back = np.argsort(order)
    return torch.cat(outputs).numpy()[back], torch.cat(pooled).numpy()[back]
