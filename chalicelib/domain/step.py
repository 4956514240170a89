"""A step of the service as its owner describes it; `blueprint` says what customers say of it."""

from dataclasses import dataclass

from chalicelib.domain.sentiment import JourneyStage


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintStep:
    """One step, in the owner's words: what the customer does, what they see of the business
    (`front`), what they do not (`back`), what it rests on (`support`) and what they keep
    (`evidence`). Feedback belongs to it by `stage` and, when there are any, by `topics`."""

    step: str
    stage: JourneyStage
    topics: tuple[str, ...] = ()
    front: str = ""
    back: str = ""
    support: str = ""
    evidence: str = ""
