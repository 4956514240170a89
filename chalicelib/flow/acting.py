"""The page behind the link of an alert: it shows the incident, and its buttons act on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Business
from chalicelib.domain.concern import correction_of, outcomes_of
from chalicelib.domain.errors import ConflictError, TransitionError
from chalicelib.domain.incident import (
    Incident,
    Outcome,
    acknowledge,
    record_outcome,
    resolve,
    snooze,
)
from chalicelib.domain.session import Role
from chalicelib.flow.briefing import brief
from chalicelib.flow.links import Behind, PageAnswer, open_link
from chalicelib.flow.recovering import act_on_noted, outcome_acts
from chalicelib.flow.telling import decide
from chalicelib.flow.troubles import TRIES
from chalicelib.ports import Services


def incident_page(services: Services, token: str, now: datetime) -> PageAnswer:
    """The page behind a link. Shows and never changes anything."""
    behind = open_link(services, token, now)
    if isinstance(behind, PageAnswer):
        return behind
    return _show_incident(services, behind, token, now, notice="")


def act_on_incident(services: Services, token: str, body: bytes, now: datetime) -> PageAnswer:
    """A button of that page. Each may be pressed twice; the second time changes nothing."""
    from chalicelib.pages.actions import read_form

    for _ in range(TRIES):
        behind = open_link(services, token, now)
        if isinstance(behind, PageAnswer):
            return behind
        if behind.contact.role is Role.READ_ONLY:
            return _show_incident(services, behind, token, now, notice="refused")
        try:
            fields = read_form(body.decode("utf-8", "replace"))
            by = behind.contact.name
            notice, incident = act_on(services, behind.business, behind.incident, by, fields, now)
            return _show_incident(
                services, replace(behind, incident=incident), token, now, notice=notice
            )
        except ConflictError:
            continue
        except TransitionError:
            return _show_incident(services, behind, token, now, notice="refused")
    raise ConflictError("the incident kept changing while somebody acted on it")


def act_on(
    services: Services,
    business: Business,
    incident: Incident,
    by: str,
    fields: Mapping[str, str],
    now: datetime,
) -> tuple[str, Incident]:
    """Do what a form on an incident's page asks for: the name of the notice, and the incident.

    Raises ConflictError when somebody was faster, TransitionError when it is not possible any more.
    """
    from chalicelib.pages import actions

    outcomes: Mapping[str, Outcome] = {}
    did = Act(
        business_id=business.business_id,
        at=now,
        who=by,
        what=ActKind.ACKNOWLEDGE,
        about=incident.incident_id,
    )
    acts = [did]
    match actions.action_of(fields):
        case actions.Acknowledge():
            changed, notice = acknowledge(incident, by, now), "done_acknowledge"
        case actions.Snooze(hours=hours):
            changed, notice = snooze(incident, now + timedelta(hours=hours)), "done_snooze"
            acts = [replace(did, what=ActKind.SNOOZE, detail=f"{hours} h")]
        case actions.Resolve(outcomes=outcomes):
            ended = resolve(incident, by, now)
            changed, notice = _with_outcomes(ended, outcomes), "done_resolve"
            acts = [replace(did, what=ActKind.RESOLVE)] if ended != incident else []
        case actions.SaveOutcomes(outcomes=outcomes):
            changed, notice = _with_outcomes(incident, outcomes), "done_outcomes"
            acts = []
        case actions.NotNegative(feedback_id=feedback_id):
            if feedback_id in incident.feedback_ids:
                act = replace(did, what=ActKind.NOT_NEGATIVE, detail=feedback_id)
                services.store.mark_not_negative(business.business_id, feedback_id, now, act)
                corrected = correction_of(business.business_id, feedback_id, now)
                act_on_noted(services, business, corrected, now)
            return "done_not_negative", incident
        case _:
            return "not_understood", incident
    if changed == incident:
        return notice, incident
    decision = decide(services, business, changed, now)
    concern = outcomes_of(incident, outcomes, by, now)
    if concern is not None:
        acts += outcome_acts(services, concern)
    services.store.save_incident(
        decision.incident, decision.notifications, acts=acts, concern=concern
    )
    if concern is not None:
        act_on_noted(services, business, concern, now)
    return notice, decision.incident


def _with_outcomes(incident: Incident, outcomes: Mapping[str, Outcome]) -> Incident:
    for feedback_id, outcome in outcomes.items():
        # A storm may have pushed out what the page still showed; the rest of the form holds.
        if feedback_id in incident.feedback_ids:
            incident = record_outcome(incident, feedback_id, outcome)
    return incident


def _show_incident(
    services: Services, behind: Behind, token: str, now: datetime, *, notice: str
) -> PageAnswer:
    from chalicelib.pages.headers import PAGE_HEADERS
    from chalicelib.pages.incident import render_incident_page

    page = render_incident_page(
        brief(services, now, behind.business, behind.incident, (), behind.contact),
        contact=behind.contact,
        action=token,
        now=now,
        notice=notice,
    )
    return PageAnswer(status=200, body=page, headers=PAGE_HEADERS)
