"""A shared sheet that its owner published as CSV at an https address: the pulled form of a CSV."""

import hashlib
from collections.abc import Mapping

from chalicelib.domain.errors import FeedbackFileError, SourceContractError
from chalicelib.domain.feedback import Page
from chalicelib.ports import PullContext, SourceKind
from chalicelib.pull.csv_file import FeedbackFile, has_no_rows, read_file


class PublishedCsv:
    """A sheet that its owner published as CSV at an https address, read whole at each look.

    Options: `address`, and `columns` as in `read_file`. A sheet grows at its end: when the rows
    we hold are still its beginning, only what follows is new; when they are not, all of it goes
    through once more and the store drops what it has.
    """

    def __init__(self, context: PullContext) -> None:
        self._business = context.business
        self._settings = context.settings
        self._http = context.http
        self._now = context.now

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """All that is new in the sheet, as one page. Raises a SourceError."""
        options = self._settings.options
        answer = self._http.get(str(options["address"]), now=self._now)
        named = options.get("columns")
        columns = named if isinstance(named, Mapping) else None
        held_bytes = int(str(cursor.get("bytes", 0)))
        if held_bytes and hashlib.sha256(answer.body).hexdigest() == cursor.get("hash"):
            return Page(feedback=(), cursor=cursor, is_complete=True)
        try:
            held = self._read(answer.body, columns)
        except FeedbackFileError as error:
            if has_no_rows(answer.body, columns):
                return Page(
                    feedback=(), cursor=cursor, is_complete=True, is_empty_suspect=held_bytes > 0
                )
            raise SourceContractError(
                f"the sheet cannot be read: {error}",
                advice="Open the published address: it must show the table as CSV with a header.",
            ) from error
        known = str(cursor.get("hash", ""))
        starts_with_held = (
            held_bytes > 0 and hashlib.sha256(answer.body[:held_bytes]).hexdigest() == known
        )
        said = held.feedback
        if starts_with_held:
            before = self._held(answer.body[:held_bytes], columns)
            said = tuple(one for one in said if (one.external_id, one.content_hash) not in before)
        return Page(
            feedback=said,
            cursor={
                "bytes": len(answer.body),
                "hash": hashlib.sha256(answer.body).hexdigest(),
            },
            is_complete=True,
            refused=len(held.bad_rows),
        )

    def _held(self, raw: bytes, columns: Mapping[str, str] | None) -> frozenset[tuple[str, str]]:
        return frozenset(
            (one.external_id, one.content_hash) for one in self._read(raw, columns).feedback
        )

    def _read(self, raw: bytes, columns: Mapping[str, str] | None) -> FeedbackFile:
        return read_file(
            raw,
            business_id=self._business.business_id,
            source=self._settings.name,
            time_zone=self._business.time_zone,
            now=self._now,
            columns=columns,
            location_ids=self._business.location_ids,
            default_location=self._settings.location,
        )


KIND = SourceKind(
    name="csv",
    title="sheet published as CSV",
    required={"address": "the https address at which the sheet is published as CSV"},
    optional={"columns": 'which column is what, for example {text = "What went wrong?"}'},
    needs_secret=False,
    build=PublishedCsv,
)
