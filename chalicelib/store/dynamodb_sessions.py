"""Sessions in the table. Nothing here is ever deleted by us: pages may write and never delete."""

from chalicelib.domain.audit import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.session import Session
from chalicelib.store import case_rows, keys, session_rows
from chalicelib.store.dynamodb_incidents import IncidentRows
from chalicelib.store.dynamodb_table import version_condition

_EPOCH = "epoch"


class SessionRows(IncidentRows):
    """Implements `ports.SessionStore`."""

    def begin_session(self, session: Session, link_hash: str, act: Act) -> None:
        """See the port."""
        used = session_rows.used_row(link_hash, session)
        refused = self._table.write_together(
            [
                self._table.put_of(used, **version_condition(0)),
                self._table.put_of(session_rows.session_row(session)),
                self._table.put_of(case_rows.act_row(act)),
            ]
        )
        # Our own row in the way: the answer to the first try was lost.
        if refused and refused.get(0, {}).get("by") != used["by"]:
            raise ConflictError("the link was used before")

    def find_session(self, token_hash: str) -> Session | None:
        """See the port."""
        row = self._table.get(keys.session_key(token_hash))
        return None if row is None else session_rows.session_from(row)

    def session_epoch(self, business_id: str, contact: str) -> int:
        """See the port."""
        row = self._table.get(keys.epoch_key(business_id, contact))
        return 0 if row is None else int(row[_EPOCH]["N"])

    def end_sessions(self, business_id: str, contact: str, epoch: int, act: Act) -> None:
        """See the port."""
        row = session_rows.epoch_row(business_id, contact, epoch + 1, act.at)
        expected = {
            "ConditionExpression": "#epoch = :epoch",
            "ExpressionAttributeNames": {"#epoch": _EPOCH},
            "ExpressionAttributeValues": {":epoch": {"N": str(epoch)}},
        }
        condition = expected if epoch else version_condition(0)
        refused = self._table.write_together(
            [self._table.put_of(row, **condition), self._table.put_of(case_rows.act_row(act))]
        )
        # Whoever was faster ended the same sessions.
        if refused and int(refused.get(0, {}).get(_EPOCH, {"N": "0"})["N"]) <= epoch:
            raise ConflictError("the sessions changed since they were read")
