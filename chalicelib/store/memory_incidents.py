"""Incidents, notifications and links of the store's twin in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.alert import Notification, PageLink
from chalicelib.domain.audit import Act
from chalicelib.domain.clock import to_text
from chalicelib.domain.concern import Concern
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.incident import Incident
from chalicelib.store import rules


class MemoryIncidents:
    """Implements `ports.IncidentStore` without any outside."""

    def __init__(self) -> None:
        self._incidents: dict[tuple[str, str], Incident] = {}
        self._notifications: dict[tuple[str, str], dict[str, Notification]] = {}
        self._waiting: dict[tuple[str, str, str], Notification] = {}
        self._links: dict[str, PageLink] = {}
        self._acts: dict[tuple[str, str, str], Act] = {}
        self._concerns: dict[str, dict[str, Concern]] = {}

    def _refuse_changed(self, incidents: Sequence[Incident]) -> None:
        for incident in incidents:
            found = self._incidents.get((incident.business_id, incident.incident_id))
            version = found.version if found else 0
            refuse_unless(incident.version == version, "incident", incident.incident_id)

    def _write_incidents(
        self, incidents: Sequence[Incident], notifications: Sequence[Notification]
    ) -> None:
        for incident in incidents:
            key = (incident.business_id, incident.incident_id)
            self._incidents[key] = replace(incident, version=incident.version + 1)
        for new in rules.one_of_each(notifications):
            of_incident = self._notifications.get((new.business_id, new.incident_id), {})
            if new.notification_id not in of_incident:
                self._write_notification(replace(new, version=new.version + 1))

    def _write_notification(self, notification: Notification) -> None:
        business_id, incident_id = notification.business_id, notification.incident_id
        notification_id = notification.notification_id
        of_incident = self._notifications.setdefault((business_id, incident_id), {})
        of_incident[notification_id] = notification
        if notification.is_waiting:
            self._waiting[business_id, incident_id, notification_id] = notification
        else:
            self._waiting.pop((business_id, incident_id, notification_id), None)

    def load_incident(self, business_id: str, incident_id: str) -> Incident | None:
        """See `ports.IncidentStore`."""
        return self._incidents.get((business_id, incident_id))

    def open_incidents(self, business_id: str) -> list[Incident]:
        """See `ports.IncidentStore`."""
        return [incident for incident in self.incidents_of(business_id) if incident.is_open]

    def incidents_of(self, business_id: str) -> list[Incident]:
        """See `ports.IncidentStore`."""
        found = [
            incident for (owner, _), incident in self._incidents.items() if owner == business_id
        ]
        return sorted(found, key=lambda incident: (incident.opened_at, incident.incident_id))

    def save_incident(
        self,
        incident: Incident,
        notifications: Sequence[Notification],
        *,
        acts: Sequence[Act] = (),
        concern: Concern | None = None,
    ) -> None:
        """See `ports.IncidentStore`."""
        self._refuse_changed([incident])
        self._write_incidents([incident], notifications)
        for act in acts:
            self.save_act(act)
        self._note(concern)

    def save_act(self, act: Act) -> None:
        """See `ports.AuditStore`."""
        name = "\0".join((act.who, act.what, act.about, act.detail))
        self._acts[act.business_id, to_text(act.at), name] = act

    def _note(self, concern: Concern | None) -> None:
        if concern is not None:
            waiting = self._concerns.setdefault(concern.business_id, {})
            waiting[concern.concern_id] = concern

    def listed_incidents(
        self, business_id: str, *, is_open: bool, limit: int, before: datetime | None = None
    ) -> list[Incident]:
        """See `ports.IncidentStore`."""
        found = [
            incident
            for incident in reversed(self.incidents_of(business_id))
            if incident.is_open == is_open and (before is None or incident.opened_at < before)
        ]
        return found[:limit]

    def notifications_of(self, business_id: str, incident_id: str) -> list[Notification]:
        """See `ports.IncidentStore`."""
        found = self._notifications.get((business_id, incident_id), {}).values()
        return sorted(found, key=lambda told: (told.created_at, told.notification_id))

    def due_notifications(self, now: datetime, limit: int) -> list[Notification]:
        """See `ports.IncidentStore`."""
        due = [told for told in self._waiting.values() if told.due <= now]
        return sorted(due, key=lambda told: (told.due, told.notification_id))[:limit]

    def due_incidents(self, now: datetime, limit: int) -> list[Incident]:
        """See `ports.IncidentStore`."""
        due = [
            (incident.due, incident.business_id, incident.incident_id, incident)
            for incident in self._incidents.values()
            if incident.is_open and incident.due is not None and incident.due <= now
        ]
        return [waiting[3] for waiting in sorted(due, key=lambda waiting: waiting[:3])[:limit]]

    def save_notification(self, notification: Notification) -> Notification:
        """See `ports.IncidentStore`."""
        found = self.find_notification(
            notification.business_id, notification.incident_id, notification.notification_id
        )
        version = found.version if found else 0
        refuse_unless(notification.version == version, "notification", notification.notification_id)
        saved = replace(notification, version=version + 1)
        self._write_notification(saved)
        return saved

    def find_notification(
        self, business_id: str, incident_id: str, notification_id: str
    ) -> Notification | None:
        """See `ports.IncidentStore`."""
        return self._notifications.get((business_id, incident_id), {}).get(notification_id)

    def save_link(self, link: PageLink) -> None:
        """See `ports.IncidentStore`."""
        self._links[link.token_hash] = link

    def find_link(self, token_hash: str) -> PageLink | None:
        """See `ports.IncidentStore`."""
        return self._links.get(token_hash)


def refuse_unless(is_unchanged: bool, kind: str, name: str) -> None:
    """Raises ConflictError when somebody else wrote in between."""
    if not is_unchanged:
        raise ConflictError(f"{kind} {name} changed since it was read")
