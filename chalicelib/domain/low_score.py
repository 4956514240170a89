"""Which survey scores are so low that somebody should speak to the customer.

NPS 0-6 are its detractors; CSAT 1 and 2 of 5, and CES 1 and 2 of 7 (higher is easier), lie below
the middle by more than one answer that was meant as "so so".
"""

from collections.abc import Mapping
from types import MappingProxyType

from chalicelib.domain.feedback import Feedback, SurveyMetric

LOW_UP_TO: Mapping[SurveyMetric, float] = MappingProxyType(
    {SurveyMetric.NPS: 6, SurveyMetric.CSAT: 2, SurveyMetric.CES: 2}
)


def has_low_score(feedback: Feedback) -> bool:
    """True when one of its survey scores is low."""
    return any(score <= LOW_UP_TO[metric] for metric, score in feedback.survey_scores.items())
