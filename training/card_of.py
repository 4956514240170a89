"""Write the model card: `python -m training.card_of FIGURES.json [--runs DIR]`."""

import argparse
from pathlib import Path

from chalicelib.score.files import HERE
from training.card import write_card


def main() -> None:
    """Read the arguments and write `CARD.md` beside the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path)
    parser.add_argument("--runs", type=Path, default=Path("training/runs"))
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    stages = [
        options.runs / f"{name}-seed{options.seed}" / "stage.json"
        for name in ("stage1", "joint", "third")
    ]
    write_card(options.figures, stages, HERE)


if __name__ == "__main__":
    main()
