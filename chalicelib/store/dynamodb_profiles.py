"""What customers are known by in the table."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.domain.audit import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.profile import Known
from chalicelib.store import case_rows, keys, profile_rows
from chalicelib.store.dynamodb_incidents import IncidentRows
from chalicelib.store.dynamodb_table import MARK, Write, version_condition


class ProfileRows(IncidentRows):
    """Implements `ports.ProfileStore`."""

    def save_known(
        self, known: Sequence[Known], act: Act | None = None, *, voice: Known | None = None
    ) -> None:
        """See the port."""
        mark = {"S": self._table.new_mark()}
        writes: list[Write] = []
        for one in known:
            row = profile_rows.known_row(replace(one, version=one.version + 1)) | {MARK: mark}
            writes.append(self._table.put_of(row, **version_condition(one.version)))
        if voice is not None:
            rows = (
                profile_rows.voice_row(
                    one.business_id, one.trace, voice.feedback_id, voice.heard_at, voice.keep_until
                )
                for one in known
            )
            writes += [self._table.put_of(row) for row in rows]
        if act is not None:
            writes.append(self._table.put_of(case_rows.act_row(act)))
        refused = self._table.write_together(writes)
        if refused and not all(row.get(MARK) == mark for row in refused.values()):
            raise ConflictError("what a customer is known by changed since it was read")

    def load_known(self, business_id: str, traces: Iterable[str]) -> dict[str, Known]:
        """See the port."""
        wanted = [keys.known_key(business_id, trace) for trace in traces]
        found = map(profile_rows.known_from, self._table.get_many(wanted).values())
        return {one.trace: one for one in found}

    def last_heard(self, business_id: str, limit: int) -> list[Known]:
        """See the port."""
        listed = self._table.query_list(
            keys.heard_partition(business_id), limit=limit, newest_first=True
        )
        return [profile_rows.known_from(row) for row in listed]

    def voices_of(self, business_id: str, trace: str, limit: int) -> list[str]:
        """See the port."""
        partition, first = keys.known_voice_key(business_id, trace, "", "")
        listed = self._table.query(
            partition, first=first.rstrip("#"), last="v~", limit=limit, newest_first=True
        )
        return [row[profile_rows.FEEDBACK]["S"] for row in listed]

    def drop_known(self, business_id: str, traces: Iterable[str]) -> None:
        """See the port."""
        for trace in traces:
            partition, _ = keys.known_key(business_id, trace)
            for row in list(self._table.query(partition)):
                self._table.delete((partition, row[keys.SORT]["S"]))
