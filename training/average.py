"""Averaging: several seeds from one start make one set of weights that is better than each."""

import logging
from collections.abc import Sequence
from pathlib import Path

import torch

logger = logging.getLogger(__name__)


def average_weights(found: Sequence[Path], target: Path) -> Path:
    """Write the mean of weights that began at the same point; give its path.

    Wortsman et al., "Model soups" (2022): runs from one start lie in one basin, so that their mean
    costs nothing at run time.
    """
    states = [torch.load(path, weights_only=True) for path in found]
    mean = {
        name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]
    }
    torch.save(mean, target)
    logger.info("%s is the mean of %s", target, [str(path) for path in found])
    return target
