"""The names of every output of the network, in the order of its head.

One linear layer answers all questions at once; `SLICES` says which of its columns belongs to which.
"""

POLARITIES = ("negative", "neutral", "positive")
EMOTIONS = (
    "anger",
    "disappointment",
    "fear",
    "sadness",
    "confusion",
    "joy",
    "gratitude",
    "neutral",
)
TOPICS = (
    "product_quality",
    "staff_service",
    "wait_delivery",
    "price_value",
    "cleanliness_place",
    "booking_website",
    "refund_billing",
    "communication",
    "location_access",
    "safety_privacy",
)
STAGES = (
    "discovering",
    "booking_ordering",
    "waiting_delivery",
    "experience",
    "paying",
    "support_returns",
    "returning_telling",
)
CRITICAL = (
    "safety",
    "allergy_illness",
    "injury",
    "legal_threat",
    "discrimination",
    "data_leak",
    "self_harm",
)
ASPECTS = TOPICS + STAGES

WIDTHS = {
    "polarity": len(POLARITIES),
    "emotions": len(EMOTIONS),
    "topics": len(TOPICS),
    "stages": len(STAGES),
    "critical": len(CRITICAL),
    "aspects": len(ASPECTS) * len(POLARITIES),
}


def _slices() -> dict[str, slice]:
    start, found = 0, {}
    for name, width in WIDTHS.items():
        found[name] = slice(start, start + width)
        start += width
    return found


SLICES = _slices()
OUTPUTS = sum(WIDTHS.values())
"""86 outputs: 3 polarities, 8 emotions, 10 topics, 7 stages, 7 critical kinds, 17 aspects x 3."""
