"""Stage 2: our corpus, the drills and the pool once more, learned together."""

import itertools
import json
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from chalicelib.score.critical import PATTERNS
from chalicelib.score.wording import worded
from training.drills import drills
from training.examples import Example, blank, read_corpus, read_pool
from training.labels import POLARITIES
from training.learn import Recipe, learn, padded
from training.network import WIDTH, Network, embedding, load_base
from training.parts import part_of
from training.stage_one import base_directory, encode
from training.variation import with_people, with_typing_errors

logger = logging.getLogger(__name__)

PHRASES = 2_500
"""Frequent words and pairs of the pool, so that the meaning head knows short topic names too."""
MEANINGS, LONGEST_MEANING = 15_000, 40
"""The meaning head is small: a sample of the shorter texts (in word pieces) teaches it."""
REPLAY = {
    "dynasent_dev": 3.0,
    "cebab": 1.0,
    "nhs_p1": 0.7,
    "nhs_v6": 1.0,
    "goemotions": 0.8,
    "womens_clothing": 0.5,
    "pros_cons": 0.5,
    "product_reviews_2": 1.0,
    "vader_movieReviewSnippets": 1.0,
    "vader_nytEditorialSnippets": 1.0,
    "vader_tweets": 1.0,
    "mams": 1.0,
    "banking77": 0.5,
}
"""How often each row of a source of the pool is seen again: most of it, against forgetting."""
NOT_ALARMING = frozenset(
    {"cebab", "womens_clothing", "dynasent_dev", "pros_cons", "product_reviews_2", "mams"}
)
"""Reviews of these sources are nothing critical, unless a word of a critical kind occurs."""
TYPING_SHARE, PEOPLE_SHARE = 0.06, 0.10
RARE_EMOTIONS = (1, 2, 3, 4)
"""Disappointment, fear, sadness and confusion are rare: their rows are always replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass of going on: how often each part of the corpus, how many drills, what rates."""

    name: str
    corpus_times: int = 4
    critical_times: int = 4
    polarity_times: int = 4
    drills: int = 9_000
    encoder_rate: float = 7e-5
    head_rate: float = 6e-4
    epochs: float = 1.0


JOINT = Pass(name="joint")


def corpus_part(corpus: Path, part: str, folder: str = "en") -> list[Example]:
    """Give the rows of one part (train, dev, test) of one folder of the corpus."""
    return [one for one in read_corpus(corpus / folder) if part_of(one.scenario) == part]


def pass_examples(plan: Pass, pool: Path, corpus: Path, seed: int) -> list[Example]:
    """Gather what one pass learns from."""
    chance = random.Random(seed)  # noqa: S311 - sampling texts, not secrets
    chosen = corpus_part(corpus, "train") * plan.corpus_times
    chosen += corpus_part(corpus, "train", "critical") * plan.critical_times
    chosen += corpus_part(corpus, "train", "polarity") * plan.polarity_times
    for text, mood in drills(plan.drills, seed):
        example = blank(text, "drills")
        example.polarity = POLARITIES.index(mood)
        chosen.append(example)
    for example in read_pool(pool, "train"):
        times = REPLAY[example.source]
        if example.source == "goemotions" and _is_rare(example):
            times = 1.0
        if example.source in NOT_ALARMING and not _names_danger(example.text):
            example.critical[:] = 0.0
        whole, part = divmod(times, 1.0)
        chosen += [example] * (int(whole) + (chance.random() < part))
    return [_varied(example, chance) for example in chosen]


def _names_danger(text: str) -> bool:
    return any(pattern.search(text) for pattern in PATTERNS.values())


def _is_rare(example: Example) -> bool:
    return any(example.emotions[place] == 1.0 for place in RARE_EMOTIONS)


def _varied(example: Example, chance: random.Random) -> Example:
    text, draw = worded(example.text), chance.random()
    if draw < TYPING_SHARE:
        text = with_typing_errors(text, chance)
    elif draw < TYPING_SHARE + PEOPLE_SHARE and len(text.split()) < 40:
        text = with_people(text, chance)
    return example.with_text(text)


def phrases(texts: Sequence[str], count: int) -> list[str]:
    """Give the most frequent words and pairs of words, as short names of topics to come."""
    import re
    from collections import Counter

    found: Counter[str] = Counter()
    for text in texts:
        words = re.findall(r"[a-z]{3,}", text.lower())
        found.update(words)
        found.update(f"{one} {two}" for one, two in itertools.pairwise(words))
    return [name for name, _ in found.most_common(count + 200)[200:]]


def base_meanings(ids: Sequence[Sequence[int]]) -> Tensor:
    """Give the base model's sentence embeddings (n, 384) of a sample; zeros for the other rows."""
    network = Network()
    load_base(network, base_directory())
    network.eval()
    texts = sorted({tuple(row) for row in ids if len(row) <= LONGEST_MEANING})
    chance = random.Random(1)  # noqa: S311 - sampling texts, not secrets
    order = sorted(chance.sample(texts, min(MEANINGS, len(texts))), key=len)
    found: dict[tuple[int, ...], Tensor] = {}
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        words, mask = padded(part)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = embedding(network, words, mask).float()
        found.update(zip(part, vectors, strict=True))
    nothing = torch.zeros(WIDTH)
    return torch.stack([found.get(tuple(row), nothing) for row in ids])


def _encoded(
    plan: Pass, recipe: Recipe, *, pool: Path, corpus: Path
) -> tuple[list[Example], list[list[int]]]:
    examples = pass_examples(plan, pool, corpus, recipe.seed)
    names = phrases([example.text for example in examples], PHRASES)
    examples += [blank(phrase, "phrases") for phrase in names]
    return examples, encode([example.text for example in examples], recipe.tokens)


def run_pass(plan: Pass, *, pool: Path, corpus: Path, runs: Path, start: Path, seed: int) -> Path:
    """Train from `start` and give the path of the weights; nothing happens when they are there."""
    directory = runs / f"{plan.name}-seed{seed}"
    weights = directory / "weights.pt"
    if weights.exists():
        return weights
    directory.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(
        epochs=plan.epochs,
        seed=seed,
        encoder_rate=plan.encoder_rate,
        head_rate=plan.head_rate,
    )
    examples, ids = _encoded(plan, recipe, pool=pool, corpus=corpus)
    logger.info("%d examples; base meanings begin", len(examples))
    cached = directory / "meanings.pt"
    if cached.exists():
        meanings = torch.load(cached, weights_only=True)
    else:
        meanings = base_meanings(ids)
        torch.save(meanings, cached)
    torch.manual_seed(seed)
    network = Network()
    state = torch.load(start, weights_only=True)
    missing = network.load_state_dict(state, strict=False).missing_keys
    logger.info("from %s, new: %s", start, missing)
    learn(network, examples, ids, recipe=recipe, directory=directory, meanings=meanings)
    sources = {example.source for example in examples}
    counts = {name: sum(example.source == name for example in examples) for name in sorted(sources)}
    (directory / "sources.json").write_text(json.dumps(counts, indent=1) + "\n")
    return weights
