"""Closing the loop: an improvement is noted, its before and after measured, a text for customers
approved by a person. Nothing is sent."""

from collections.abc import Mapping
from datetime import date, datetime

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business
from chalicelib.domain.clock import local_date
from chalicelib.domain.improvement import Effect, Improvement, approve_text
from chalicelib.domain.session import Visitor
from chalicelib.domain.step import BlueprintStep
from chalicelib.flow.links import GoTo
from chalicelib.ports import Services


def improvements_page(
    services: Services,
    visitor: Visitor,
    business: Business,
    query: Mapping[str, str],
    now: datetime,
) -> str:
    """GET /o/improvements: what was noted, and the form to note another."""
    from chalicelib.pages.improvements import render_improvements

    return render_improvements(
        services.store.improvements(business.business_id),
        steps=_steps(business, visitor),
        today=_today(business, now),
        query=query,
        visitor=visitor,
        business=business,
    )


def improvement_of_name(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    query: Mapping[str, str],
    now: datetime,
) -> str | None:
    """GET /o/improvements/{id}: what came of it, and the text for customers."""
    from chalicelib.pages.improvements import render_improvement

    found = _find(services, business, name)
    if found is None:
        return None
    effect = _effect(services, business, found, visitor, now)
    return render_improvement(found, effect, query=query, visitor=visitor, business=business)


def act_on_improvement(
    services: Services,
    visitor: Visitor,
    business: Business,
    name: str,
    form: Mapping[str, str],
    now: datetime,
) -> GoTo | None:
    """POST /o/improvements/new notes one; /o/improvements/{id} approves the text of one."""
    from chalicelib.pages.improvements import NEW, read_improvement

    if name == NEW:
        noted = read_improvement(
            form,
            steps=_steps(business, visitor),
            topics=business.topics,
            today=_today(business, now),
            business_id=business.business_id,
            by=visitor.contact,
            now=now,
        )
        if noted is None:
            return GoTo(path="improvements", notice="not_understood")
        # Noting the same again must not take away a text that somebody approved.
        if _find(services, business, noted.improvement_id) is None:
            _save(services, noted, visitor, now, "noted")
        return GoTo(path=f"improvements/{noted.improvement_id}", notice="improvement_noted")
    found = _find(services, business, name)
    if found is None:
        return None
    approved = approve_text(found, form.get("text", ""), visitor.contact, now)
    _save(services, approved, visitor, now, "text approved")
    return GoTo(path=f"improvements/{name}", notice="improvement_approved")


def _save(
    services: Services, improvement: Improvement, visitor: Visitor, now: datetime, detail: str
) -> None:
    act = Act(
        business_id=improvement.business_id,
        at=now,
        who=visitor.contact,
        what=ActKind.NOTE_IMPROVEMENT,
        about=f"improvement:{improvement.improvement_id}",
        detail=detail,
    )
    services.store.save_improvement(improvement, act)


def _find(services: Services, business: Business, name: str) -> Improvement | None:
    noted = services.store.improvements(business.business_id)
    return next((one for one in noted if one.improvement_id == name), None)


def _steps(business: Business, visitor: Visitor) -> tuple[BlueprintStep, ...]:
    """Those of the blueprint, as this person sees them."""
    from chalicelib.learn.blueprint import template_of

    return business.blueprint or template_of(business.trade, visitor.language)


def _effect(
    services: Services, business: Business, noted: Improvement, visitor: Visitor, now: datetime
) -> Effect | None:
    """None before its first day is over."""
    from chalicelib.learn.blueprint import template_of
    from chalicelib.learn.improvement import effect_of, periods_of

    periods = periods_of(noted, _today(business, now))
    if periods is None:
        return None
    before, after = periods
    counts = services.store.counts_at_a_glance(
        business.business_id, before.first.isoformat(), after.last.isoformat()
    )
    # A step of a template was noted in the language of whoever noted it.
    known = business.blueprint or tuple(
        step for language in ("en", "de") for step in template_of(business.trade, language)
    )
    return effect_of(noted, counts, periods, (*_steps(business, visitor), *known))


def _today(business: Business, now: datetime) -> date:
    return date.fromisoformat(local_date(now, business.time_zone))
