"""Protect: addresses and numbers go, and a trace takes their place, before anything is queued."""

from dataclasses import replace

from chalicelib.domain.business import Business, Purpose
from chalicelib.domain.feedback import Feedback
from chalicelib.ports import Services
from chalicelib.privacy.consent import may_process
from chalicelib.privacy.likeness import likeness_of
from chalicelib.privacy.traces import TRACE_KEY, Tracer, protect


def protected(services: Services, business: Business, feedback: Feedback) -> Feedback:
    """A feedback as it may be queued and kept."""
    if not may_process(business, Purpose.ALERTS, feedback):
        # Stars and scores may be counted; what was said is not ours to read.
        feedback = replace(feedback, text="", author=None, author_id=None)
    tracer = tracer_of(services, business)
    kept = protect(feedback, business.country, tracer)
    return replace(kept, likeness=likeness_of(kept, tracer))


def tracer_of(services: Services, business: Business) -> Tracer:
    """What makes the traces of this business; its key is read when first needed."""
    return Tracer(business.business_id, lambda: services.secrets.get(TRACE_KEY)[0])
