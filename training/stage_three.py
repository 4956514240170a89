"""Stage 3: goes on from the joint pass, for what it left weak, without unlearning the rest.

More critical texts, more drills, twins that must be read the same, and half of the pool, whose
polarities are also learned from what the weights of stages 1 and 2 said of them.
"""

import json
import logging
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from chalicelib.score.critical import PATTERNS, PLAIN
from chalicelib.score.wording import worded
from training.drills import drills
from training.examples import Example, blank, read_pool
from training.labels import CRITICAL, POLARITIES, SLICES
from training.learn import Guides, Recipe, learn, outputs_of
from training.meaning import solve_meaning
from training.more_drills import more_drills
from training.network import Network
from training.stage_one import encode
from training.stage_two import PHRASES, base_meanings, corpus_part, phrases
from training.twins import twins
from training.variation import mistyped_words, with_people, with_typing_errors

logger = logging.getLogger(__name__)

REPLAY = {
    "dynasent_dev": 1.6,
    "cebab": 0.6,
    "nhs_p1": 0.25,
    "nhs_v6": 0.7,
    "goemotions": 0.22,
    "womens_clothing": 0.22,
    "pros_cons": 0.25,
    "product_reviews_2": 1.0,
    "vader_movieReviewSnippets": 0.6,
    "vader_nytEditorialSnippets": 0.6,
    "vader_tweets": 0.9,
    "mams": 0.8,
    "banking77": 0.3,
}
"""How often each row of a source of the pool is seen again."""
NOT_ALARMING = frozenset(REPLAY) - {"nhs_p1", "nhs_v6", "banking77"}
"""These sources tell of nothing critical to a business, unless a word of a kind occurs."""
MAY_BE_SELF_HARM = frozenset({"goemotions", "vader_tweets"})
"""Posts by anybody on anything: despair may be meant."""
CORPUS_TIMES, CRITICAL_TIMES, POLARITY_TIMES, NEW_TIMES = 2, 3, 2, 5
NEWEST = {
    "safety": 401,
    "self_harm": 266,
    "legal_threat": 254,
    "discrimination": 250,
    "injury": 463,
    "data_leak": 397,
    "allergy_illness": 344,
}
"""Critical scenarios above these numbers are new to the weights and are seen more often."""
DRILLS, MORE_DRILLS, TWINS = 4_500, 9_000, 8_500
TYPING_SHARE, MISTYPED_SHARE, PEOPLE_SHARE = 0.04, 0.04, 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The rows of the pass, the clean text behind each (for the teacher) and their twins' rows."""

    examples: list[Example]
    clean: list[str]
    twins: list[int]


def recipe_of(seed: int) -> Recipe:
    """Lower rates than the joint pass: the weights already know most of it."""
    return Recipe(
        epochs=1.0,
        seed=seed,
        encoder_rate=5e-5,
        head_rate=4e-4,
        critical_weight=4.0,
        teacher_weight=0.7,
        twin_weight=4.0,
    )


def gather(pool: Path, corpus: Path, seed: int) -> Gathered:
    """Choose and vary what the pass learns from; twins stand at the end."""
    chance = random.Random(seed)  # noqa: S311 - sampling texts, not secrets
    ours = corpus_part(corpus, "train")
    chosen = ours * CORPUS_TIMES + corpus_part(corpus, "train", "polarity") * POLARITY_TIMES
    for example in corpus_part(corpus, "train", "critical"):
        chosen += [example] * (NEW_TIMES if _is_new(example) else CRITICAL_TIMES)
    drilled = drills(DRILLS, seed + 100) + more_drills(MORE_DRILLS, seed)
    for text, mood in drilled:
        example = blank(text, "drills")
        example.polarity = POLARITIES.index(mood)
        chosen.append(example)
    replayed = _replayed(pool, chance)
    chosen += replayed
    examples = [_varied(example, chance) for example in chosen]
    clean = [worded(example.text) for example in chosen]
    partners = [-1] * len(examples)
    shops = [one for one in replayed if one.source != "vader_nytEditorialSnippets"]
    small = [one for one in chosen if one.source == "drills"]
    for one, other in twins(ours * 2 + shops + small[::2], TWINS, seed):
        partners += [len(examples) + 1, -1]
        for example in (one, other):
            examples.append(example.with_text(worded(example.text)))
            clean.append("")
    return Gathered(examples=examples, clean=clean, twins=partners)


def _is_new(example: Example) -> bool:
    kind, number = example.scenario.rsplit("-", 1)
    return int(number) > NEWEST[kind]


def _replayed(pool: Path, chance: random.Random) -> list[Example]:
    found = []
    for example in read_pool(pool, "train"):
        if example.source in NOT_ALARMING:
            _call_not_critical(example)
        whole, part = divmod(REPLAY[example.source], 1.0)
        found += [example] * (int(whole) + (chance.random() < part))
    return found


def _call_not_critical(example: Example) -> None:
    """Mark each kind absent unless its words occur; praise only if nothing is said plainly."""
    is_praise = example.polarity == POLARITIES.index("positive")
    for place, (kind, pattern) in enumerate(PATTERNS.items()):
        if pattern.search(example.text) and not is_praise:
            continue
        if PLAIN[kind].search(example.text):
            continue
        if CRITICAL[place] == "self_harm" and example.source in MAY_BE_SELF_HARM:
            continue
        example.critical[place] = 0.0


def _varied(example: Example, chance: random.Random) -> Example:
    text, draw = worded(example.text), chance.random()
    if draw < TYPING_SHARE:
        text = with_typing_errors(text, chance)
    elif draw < TYPING_SHARE + MISTYPED_SHARE:
        text = mistyped_words(text, chance)
    elif draw < TYPING_SHARE + MISTYPED_SHARE + PEOPLE_SHARE and len(text.split()) < 40:
        text = with_people(text, chance)
    return example.with_text(text)


def taught(clean: list[str], examples: list[Example], teachers: list[Path], cache: Path) -> Tensor:
    """Give the mean polarities (n, 3) that the teachers read in the pool's clean texts."""
    wanted = sorted(
        {
            text
            for text, example in zip(clean, examples, strict=True)
            if text and example.source in REPLAY
        }
    )
    known: dict[str, Tensor] = {}
    if cache.exists():
        kept = torch.load(cache, weights_only=True)
        known = dict(zip(kept["texts"], kept["probs"], strict=True))
    new = [text for text in wanted if text not in known]
    if new:
        logger.info("teachers read %d texts", len(new))
        ids = encode(new, Recipe(epochs=1.0).tokens)
        shares = torch.zeros(len(new), len(POLARITIES))
        for weights in teachers:
            network = Network()
            network.load_state_dict(torch.load(weights, weights_only=True), strict=False)
            outputs, _ = outputs_of(network, ids)
            shares += torch.softmax(torch.from_numpy(outputs[:, SLICES["polarity"]]), 1)
        known |= dict(zip(new, shares / len(teachers), strict=True))
        cache.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"texts": list(known), "probs": torch.stack(list(known.values()))}, cache)
    nothing = torch.zeros(len(POLARITIES))
    return torch.stack(
        [
            known.get(text, nothing) if example.source in REPLAY else nothing
            for text, example in zip(clean, examples, strict=True)
        ]
    )


def run_stage_three(
    *, pool: Path, corpus: Path, runs: Path, start: Path, first: Path, seed: int
) -> Path:
    """Train from `start` (the joint pass), with `start` and `first` (stage 1) as teachers.

    Gives the weights with their meaning head solved; nothing happens when they are there.
    """
    directory = runs / f"third-seed{seed}"
    weights = directory / "weights.pt"
    solved = directory / "weights-meaning.pt"
    if solved.exists():
        return solved
    directory.mkdir(parents=True, exist_ok=True)
    recipe = recipe_of(seed)
    gathered = gather(pool, corpus, seed)
    examples = gathered.examples
    names = phrases([one.text for one in examples], PHRASES)
    extra = [blank(name, "phrases") for name in names]
    teacher = taught(gathered.clean, examples, [start, first], directory / "taught.pt")
    guides = Guides(
        teacher=torch.cat([teacher, torch.zeros(len(extra), len(POLARITIES))]),
        twins=torch.tensor(gathered.twins + [-1] * len(extra)),
    )
    examples = examples + extra
    ids = encode([example.text for example in examples], recipe.tokens)
    counts = {
        name: sum(example.source == name for example in examples)
        for name in sorted({example.source for example in examples})
    }
    (directory / "sources.json").write_text(json.dumps(counts, indent=1) + "\n")
    logger.info("%d rows, %d pieces", len(ids), sum(len(row) for row in ids))
    cached = directory / "meanings.pt"
    if cached.exists():
        meanings = torch.load(cached, weights_only=True)
    else:
        meanings = base_meanings(ids)
        torch.save(meanings, cached)
    if not weights.exists():
        torch.manual_seed(seed)
        network = Network()
        network.load_state_dict(torch.load(start, weights_only=True), strict=False)
        learn(
            network,
            examples,
            ids,
            recipe=recipe,
            directory=directory,
            meanings=meanings,
            guides=guides,
        )
    return solve_meaning(weights, ids, meanings, solved)


def mean_weights(parts: dict[Path, float], target: Path) -> Path:
    """Write the weighted mean of several weights of the same line of training."""
    total: dict[str, Tensor] = {}
    for path, share in parts.items():
        for name, values in torch.load(path, weights_only=True).items():
            total[name] = total.get(name, torch.zeros_like(values)) + share * values
    if not np.isclose(sum(parts.values()), 1.0):
        raise ValueError(f"shares must add up to 1: {parts}")
    torch.save(total, target)
    return target
