"""Feedback that somebody exported as a CSV file (contracts A15).

Exports differ in everything, so the columns are guessed by their names and may be named; the
separator, the form of the dates and the scale of the stars are read off the whole file, and what
was assumed is said in words. One bad row is reported with its line and never stops the others.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.domain.errors import FeedbackFileError
from chalicelib.domain.feedback import Feedback, FeedbackKind
from chalicelib.pull.csv_dates import DateForm, read_dates
from chalicelib.pull.csv_stars import StarScale, guess_scale, read_stars
from chalicelib.pull.csv_table import BadRow, decode, read_table
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
# More of a header than this says nothing, and what is no header may be a customer's words.
NAMES_SHOWN, NAME_SHOWN = 20, 40
# Reviews on the web began later; what lies before is an empty cell in disguise.
FIRST_YEAR, LAST_YEAR = 1990, 2200
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?")


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
    whole cannot be read, naming what is missing and what to do, and ZoneInfoNotFoundError.
    """
    zone = _zone(time_zone)
    text, encoding_note = decode(raw)
    header, rows, bad = read_table(text)
    found = _choose_columns(header, columns or {})
    id_note = _drop_false_id(found, rows)
    dates, date_note = read_dates(
        [(line, row.get(found["date"], "")) for line, row in rows] if "date" in found else []
    )
    raw_stars = [row.get(found["stars"], "") for _, row in rows] if "stars" in found else []
    scale, scale_note = guess_scale(raw_stars)
    said: list[Feedback] = []
    twins: Counter[str] = Counter()
    seen: dict[str, int] = {}
    for line, row in rows:
        try:
            feedback = _feedback(
                row,
                found=found,
                dates=dates,
                scale=scale,
                zone=zone,
                twins=twins,
                business_id=business_id,
                source=source,
                location_ids=location_ids or {},
                default_location=default_location,
            ).clamped(now)
            before = seen.setdefault(feedback.external_id, line)
            if before != line:
                raise ValueError(f"it has the id of line {before}")
        except ValueError as error:
            bad.append(BadRow(line=line, reason=str(error)))
            continue
        said.append(feedback)
    bad.sort(key=lambda row: row.line)
    if not said:
        raise FeedbackFileError(
            "no row of the file can be read"
            + (f"; line {bad[0].line}: {bad[0].reason}" if bad else "; it has a header and no rows")
        )
    notes = [f"columns: {', '.join(f'{kind} = {name}' for kind, name in found.items())}"]
    notes += [note for note in (id_note, encoding_note, date_note, scale_note) if note]
    return FeedbackFile(
        feedback=tuple(sorted(said, key=lambda one: (one.written_at, one.external_id))),
        bad_rows=tuple(bad),
        assumptions=tuple(notes),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError) as error:
        # A folder of zones such as "Europe", or no name at all.
        raise ZoneInfoNotFoundError(name) from error


def has_no_rows(raw: bytes, columns: Mapping[str, str] | None = None) -> bool:
    """True for a table that is empty, or has its header and nothing more."""
    if not raw.strip(b"\xef\xbb\xbf \r\n"):
        return True
    try:
        header, rows, bad = read_table(decode(raw)[0])
        _choose_columns(header, columns or {})
    except FeedbackFileError:
        return False
    return not rows and not bad


def _choose_columns(header: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
    if any(_is_date(name) for name in header):
        # Also lest a customer's row be shown as the names of columns.
        raise FeedbackFileError(
            "its first line is a row already; put a header before it, such as date,rating,review"
        )
    plain = {name.strip().lower().replace(" ", "_"): name for name in reversed(header)}
    found: dict[str, str] = {}
    for kind, candidates in NAMES.items():
        if kind in named:
            if named[kind] not in header:
                raise FeedbackFileError(
                    f"there is no column {named[kind]!r}; the file has: {_shown(header)}"
                )
            found[kind] = named[kind]
            continue
        chosen = next((plain[name] for name in candidates if name in plain), None)
        if chosen is not None and chosen not in found.values():
            found[kind] = chosen
    for kind, why in (("date", "when it was written"), ("text", "what the customer wrote")):
        if kind not in found and not (kind == "text" and "stars" in found):
            raise FeedbackFileError(
                f"no column says {why}; the file has: {_shown(header)}. "
                f"Name it: --{kind}-column, or columns = {{{kind} = …}} in heedful.toml."
            )
    return found


def _drop_false_id(found: dict[str, str], rows: Sequence[tuple[int, Mapping[str, str]]]) -> str:
    # A column `id` may name the product or the shop.
    if "id" not in found:
        return ""
    ids = [row.get(found["id"], "").strip() for _, row in rows]
    given = [one for one in ids if one]
    if len(set(given)) * 10 >= len(given) * 9:
        return ""
    return f"the column {found.pop('id')} repeats itself, so it is not taken for the review's id"


def _is_date(name: str) -> bool:
    try:
        read_dates([(1, name)])
    except FeedbackFileError:
        return False
    return bool(name)


def _shown(header: Sequence[str]) -> str:
    shown = ", ".join(name[:NAME_SHOWN] for name in header[:NAMES_SHOWN])
    return f"{shown} and {len(header) - NAMES_SHOWN} more" if len(header) > NAMES_SHOWN else shown


def _feedback(
    row: Mapping[str, str],
    *,
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
    if not FIRST_YEAR <= written.year < LAST_YEAR:
        raise ValueError(f"the date lies before {FIRST_YEAR} or after {LAST_YEAR}")
    written_at = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
    stars = read_stars(cell("stars"), scale)
    text = cell("text")
    if not text and stars is None:
        raise ValueError("neither text nor stars")
    place = cell("location")
    location = location_ids.get(place, place) or default_location
    url, language = cell("url"), _LANGUAGE.fullmatch(cell("language"))
    return Feedback(
        business_id=business_id,
        source=source,
        external_id=cell("id")
        or _made_id((row.get(found["date"], ""), cell("author"), text, cell("stars")), twins),
        kind=FeedbackKind.REVIEW,
        text=text,
        written_at=written_at,
        updated_at=written_at,
        stars=stars,
        author=cell("author") or None,
        language=language.group(1).lower() if language else None,
        location=location,
        url=url if url.startswith(("https://", "http://")) else None,
    )


def _made_id(cells: tuple[str, str, str, str], twins: Counter[str]) -> str:
    # The stars as they are written: their scale is a guess that a later row may change.
    said = "\0".join(cell.strip() for cell in cells)
    twins[said] += 1
    return hashlib.sha256(f"{said}\0{twins[said]}".encode()).hexdigest()[:32]
