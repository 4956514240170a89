"""What steers a pass beside the labels: earlier weights as a teacher, and twins to read alike."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True)
class Guides:
    """What else steers a pass: `teacher` (n, 3), polarities of earlier weights, zeros where there
    are none; `twins` (n), the row that must be read the same as this one, or -1."""

    teacher: Tensor
    twins: Tensor


def guides_loss(
    outputs: Tensor, rows: Tensor, guides: Guides, *, teacher_weight: float, twin_weight: float
) -> Tensor:
    """Pull polarities (rows, 3) to the teacher's (Kullback-Leibler) and twins to each other's.

    Twins of a row stand after all rows of the batch, in the order of the rows that have one.
    """
    told = functional.log_softmax(outputs.float(), dim=1)
    aims = guides.teacher[rows]
    known = aims.sum(1) > 0
    total = told.sum() * 0.0
    if known.any():
        far = functional.kl_div(told[known], aims[known], reduction="batchmean")
        total = total + teacher_weight * far * known.float().mean()
    with_twin = (guides.twins[rows] >= 0).nonzero().flatten()
    if len(with_twin):
        one, other = told[with_twin], told[-len(with_twin) :]
        apart = ((one.exp() - other.exp()) * (one - other)).sum(1)
        total = total + twin_weight * apart.mean()
    return total
