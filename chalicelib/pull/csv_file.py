"""Feedback that somebody exported as a CSV file (contracts A15).

Exports differ in everything, so the columns are guessed by their names and may be named; the
separator, the form of the dates and the scale of the stars are read off the whole file, and what
was assumed is said in words. One bad row is reported with its line and never stops the others.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import FeedbackFileError
from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.pull.csv_dates import DateForm, read_dates
from chalicelib.pull.csv_stars import StarScale, guess_scale, read_stars
from chalicelib.pull.plain_text import clean

# Column names seen in exports of review sites, shops and forms, most telling first.
NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("review_id", "reviewid", "id", "response_id", "submission_id", "uuid"),
    "date": ("date", "created_at", "created", "review_date", "submitted_at", "timestamp", "time",
             "datum", "published", "written_at"),
    "text": ("review", "text", "comment", "review_text", "content", "body", "message", "feedback",
             "description", "bewertung", "kommentar", "answer"),
    "stars": ("rating", "stars", "star_rating", "score", "sterne", "note"),
    "location": ("location", "store", "branch", "place", "shop", "filiale", "standort"),
    "author": ("author", "reviewer", "name", "customer", "user", "reviewer_name"),
    "language": ("language", "lang"),
    "url": ("url", "link", "permalink", "review_url"),
}  # fmt: skip
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that could not be read: its line in the file and why, without the customer's words."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFile:
    """What a file holds: feedback oldest first, unreadable rows, and assumptions in words."""

    feedback: tuple[Feedback, ...]
    bad_rows: tuple[BadRow, ...]
    assumptions: tuple[str, ...]


def read_file(
    raw: bytes,
    *,
    business_id: str,
    source: str,
    time_zone: str,
    now: datetime,
    columns: Mapping[str, str] | None = None,
    location_ids: Mapping[str, str] | None = None,
    default_location: str = "main",
) -> FeedbackFile:
    """Every feedback of a CSV.

    `columns` names columns that the guess would miss (`{"text": "What did you think?"}`);
    `location_ids` maps place names of the file to ids. Raises FeedbackFileError when the file as a
    whole cannot be read, naming what is missing and what to do.
    """
    text, encoding_note = _decode(raw)
    header, rows = _table(text)
    found = _choose_columns(header, columns or {})
    dates, date_note = read_dates(
        [(line, row.get(found["date"], "")) for line, row in rows] if "date" in found else []
    )
    raw_stars = [row.get(found["stars"], "") for _, row in rows] if "stars" in found else []
    scale, scale_note = guess_scale(raw_stars)
    said: list[Feedback] = []
    bad: list[BadRow] = []
    twins: Counter[str] = Counter()
    for line, row in rows:
        try:
            said.append(
                _feedback(
                    row,
                    line=line,
                    found=found,
                    dates=dates,
                    scale=scale,
                    zone=ZoneInfo(time_zone),
                    twins=twins,
                    business_id=business_id,
                    source=source,
                    location_ids=location_ids or {},
                    default_location=default_location,
                ).clamped(now)
            )
        except ValueError as error:
            bad.append(BadRow(line=line, reason=str(error)))
    if not said:
        raise FeedbackFileError(
            "no row of the file can be read"
            + (f"; line {bad[0].line}: {bad[0].reason}" if bad else "; it has a header and no rows")
        )
    notes = [f"columns: {', '.join(f'{kind} = {name}' for kind, name in found.items())}"]
    notes += [note for note in (encoding_note, date_note, scale_note) if note]
    return FeedbackFile(
        feedback=tuple(sorted(said, key=lambda one: (one.written_at, one.external_id))),
        bad_rows=tuple(bad),
        assumptions=tuple(notes),
    )


def _decode(raw: bytes) -> tuple[str, str]:
    if not raw.strip():
        raise FeedbackFileError("the file is empty; export it again with at least one row")
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise FeedbackFileError("this is a spreadsheet, not a CSV; save it as CSV (UTF-8) first")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace"), "read as UTF-16"
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), "not UTF-8, so read as Windows-1252"


def _table(text: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    first = text.lstrip("\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    # A field of a stolen or broken quote can swallow the rest of the file; the limit stops it.
    csv.field_size_limit(1_000_000)
    header: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    line = 1
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                line = reader.line_num + 1
                continue
            if not header:
                header = [cell.strip() for cell in cells]
            else:
                rows.append((line, dict(zip(header, cells, strict=False))))
            line = reader.line_num + 1
    except csv.Error as error:
        raise FeedbackFileError(
            f"line {line} is not CSV ({error}); check its quotation marks"
        ) from error
    if not header:
        raise FeedbackFileError("the file is empty; export it again with a header line")
    return header, rows


def _choose_columns(header: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
    plain = {name.strip().lower().replace(" ", "_"): name for name in header}
    found: dict[str, str] = {}
    for kind, candidates in NAMES.items():
        if kind in named:
            if named[kind] not in header:
                raise FeedbackFileError(
                    f"there is no column {named[kind]!r}; the file has: {', '.join(header)}"
                )
            found[kind] = named[kind]
            continue
        chosen = next((plain[name] for name in candidates if name in plain), None)
        if chosen is not None and chosen not in found.values():
            found[kind] = chosen
    for kind, why in (("date", "when it was written"), ("text", "what the customer wrote")):
        if kind not in found and not (kind == "text" and "stars" in found):
            raise FeedbackFileError(
                f"no column says {why}; the file has: {', '.join(header)}. "
                f"Name it with --{kind}-column."
            )
    return found


def _feedback(
    row: Mapping[str, str],
    *,
    line: int,
    found: Mapping[str, str],
    dates: DateForm,
    scale: StarScale,
    zone: ZoneInfo,
    twins: Counter[str],
    business_id: str,
    source: str,
    location_ids: Mapping[str, str],
    default_location: str,
) -> Feedback:
    def cell(kind: str) -> str:
        return clean(row.get(found[kind], "") or "") if kind in found else ""

    written = dates.moment(row.get(found["date"], ""))
    written_at = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
    stars = read_stars(cell("stars"), scale)
    text = cell("text")
    if not text and stars is None:
        raise ValueError("neither text nor stars")
    place = cell("location")
    location = location_ids.get(place, place) or default_location
    url = cell("url")
    return Feedback(
        business_id=business_id,
        source=source,
        external_id=cell("id")
        or _made_id(row.get(found["date"], ""), cell("author"), text, stars, twins),
        kind=FeedbackKind.REVIEW,
        text=text,
        written_at=written_at,
        updated_at=written_at,
        stars=stars,
        author=cell("author") or None,
        language=cell("language")[:2].lower() or None,
        location=location,
        url=url if url.startswith(("https://", "http://")) else None,
    )


def _made_id(date: str, author: str, text: str, stars: float | None, twins: Counter[str]) -> str:
    said = "\0".join((date.strip(), author, text, "" if stars is None else f"{stars:g}"))
    twins[said] += 1
    return hashlib.sha256(f"{said}\0{twins[said]}".encode()).hexdigest()[:32]
