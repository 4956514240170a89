"""How much one feedback speaks for "more negative than usual", as a likelihood ratio.

P(negative) at even odds is first corrected to the usual share (Saerens, Latinne, Decaestecker
2002), then put into the ratio of "the odds are eight times the usual ones" to "all is as usual",
interpolated between its two ends. The result is an e-value: whatever the distribution of the
evidence, its mean is at most 1 while the mean of the evidence is at most the usual share (Shin,
Ramdas, Rinaldo: E-detectors).
"""

from math import sqrt

from chalicelib.detect.parameters import DOUBT, FIRST_WEIGHT, MOST_SHARE, ODDS


def correct_for_share(negative: float, share: float) -> float:
    """P(negative) at even odds, corrected to a usual share of negatives."""
    for_it = share * negative
    return for_it / (for_it + (1.0 - share) * (1.0 - negative))


def weigh(negative: float, share: float, known: float) -> float:
    """The likelihood ratio of one feedback, where `share` rests on `known` feedbacks."""
    corrected = correct_for_share(negative, share)
    doubted = share + DOUBT * sqrt(share * (1.0 - share) / (known + FIRST_WEIGHT))
    usual = min(MOST_SHARE, doubted)
    worse = ODDS * usual / (1.0 - usual + ODDS * usual)
    return corrected * worse / usual + (1.0 - corrected) * (1.0 - worse) / (1.0 - usual)
