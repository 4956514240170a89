"""Incidents, notifications and links in the table."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from chalicelib.domain.alert import Notification, PageLink
from chalicelib.domain.audit import Act
from chalicelib.domain.clock import to_text
from chalicelib.domain.concern import Concern
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.incident import Incident
from chalicelib.store import case_rows, keys, rows, rules
from chalicelib.store.attributes import Row
from chalicelib.store.dynamodb_table import MARK, Table, Write, version_condition
from chalicelib.store.keys import Key, Shard


class IncidentRows:
    """Implements `ports.IncidentStore`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def load_incident(self, business_id: str, incident_id: str) -> Incident | None:
        """See the port."""
        row = self._table.get(keys.incident_key(business_id, incident_id))
        return None if row is None else rows.incident_from(row)

    def open_incidents(self, business_id: str) -> list[Incident]:
        """See the port. A business has tens of incidents a year: all are read."""
        return [incident for incident in self.incidents_of(business_id) if incident.is_open]

    def incidents_of(self, business_id: str) -> list[Incident]:
        """See the port."""
        partition, _ = keys.incident_key(business_id, "")
        found = map(rows.incident_from, self._table.query(partition))
        return sorted(found, key=lambda incident: (incident.opened_at, incident.incident_id))

    def save_incident(
        self,
        incident: Incident,
        notifications: Sequence[Notification],
        *,
        acts: Sequence[Act] = (),
        concern: Concern | None = None,
    ) -> None:
        """See the port."""
        mark = self._table.new_mark()
        row = rows.incident_row(replace(incident, version=incident.version + 1))
        row[MARK] = {"S": mark}
        beside = [case_rows.act_row(act) for act in acts]
        if concern is not None:
            beside.append(case_rows.concern_row(concern))
        writes = [self._table.put_of(row, **version_condition(incident.version))]
        writes += map(self._table.put_of, beside)
        self._write_with_notifications(writes, mark, (), notifications)

    def _write_with_notifications(
        self,
        writes: list[Write],
        mark: str,
        incidents: Sequence[Incident],
        notifications: Sequence[Notification],
    ) -> None:
        """In one transaction; a notification that exists is left out. Raises ConflictError.

        The first row written bears `mark`: when it is there already, an answer was lost and
        everything is written.
        """
        writes = [*writes]
        for incident in incidents:
            row = rows.incident_row(replace(incident, version=incident.version + 1))
            row[MARK] = {"S": mark}
            writes.append(self._table.put_of(row, **version_condition(incident.version)))
        told = rules.one_of_each(notifications)
        while True:
            tellings = [
                self._table.put_of(
                    rows.notification_row(replace(new, version=new.version + 1)),
                    **version_condition(0),
                )
                for new in told
            ]
            refused = self._table.write_together([*writes, *tellings])
            if not refused or refused.get(0, {}).get(MARK) == {"S": mark}:
                return
            if min(refused) < len(writes):
                raise ConflictError("the incident or its judge changed since they were read")
            told = [new for place, new in enumerate(told, len(writes)) if place not in refused]

    def listed_incidents(
        self, business_id: str, *, is_open: bool, limit: int, before: datetime | None = None
    ) -> list[Incident]:
        """See the port."""
        listed = self._table.query_list(
            keys.listed_incidents_partition(business_id, is_open=is_open),
            last=to_text(before) if before else None,
            limit=limit,
            newest_first=True,
        )
        return [rows.incident_from(row) for row in listed]

    def notifications_of(self, business_id: str, incident_id: str) -> list[Notification]:
        """See the port."""
        partition, _ = keys.notification_key(business_id, incident_id, "")
        found = map(rows.notification_from, self._table.query(partition))
        return sorted(found, key=lambda told: (told.created_at, told.notification_id))

    def due_notifications(self, now: datetime, limit: int) -> list[Notification]:
        """See the port."""
        due = (
            told
            for told in map(rows.notification_from, self._due_rows(Shard.NOTIFICATION, now))
            if told.is_waiting and told.due <= now
        )
        first = list(islice(due, limit))
        return sorted(first, key=lambda told: (told.due, told.notification_id))

    def due_incidents(self, now: datetime, limit: int) -> list[Incident]:
        """See the port."""
        due = (
            incident
            for incident in map(rows.incident_from, self._due_rows(Shard.INCIDENT, now))
            if incident.is_open and incident.due is not None and incident.due <= now
        )
        return list(islice(due, limit))

    def _due_rows(self, shard: Shard, now: datetime) -> Iterable[Row]:
        """Rows of a kind that the index lists as due, in its order, each as it is now."""
        listed = self._table.query_index(keys.DUE_INDEX, shard, last=to_text(now))
        while some := list(islice(listed, 25)):
            found: dict[Key, Row] = self._table.get_many(some)
            yield from (found[key] for key in some if key in found)

    def save_notification(self, notification: Notification) -> Notification:
        """See the port."""
        saved = replace(notification, version=notification.version + 1)
        self._table.put_versioned(rows.notification_row(saved), notification.version)
        return saved

    def find_notification(
        self, business_id: str, incident_id: str, notification_id: str
    ) -> Notification | None:
        """See the port."""
        row = self._table.get(keys.notification_key(business_id, incident_id, notification_id))
        return None if row is None else rows.notification_from(row)

    def save_link(self, link: PageLink) -> None:
        """See the port."""
        self._table.put(rows.link_row(link))

    def find_link(self, token_hash: str) -> PageLink | None:
        """See the port."""
        row = self._table.get(keys.link_key(token_hash))
        return None if row is None else rows.link_from(row)
