"""`heedful init`, `apply` and `import`: from files on the technician's machine into the store."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from chalicelib import flow
from chalicelib.cli.heedful_toml import read_businesses
from chalicelib.domain.address import take_back
from chalicelib.domain.business import Business, Location, SmsSettings, SourceSettings
from chalicelib.domain.errors import FeedbackFileError, SettingsError, UserError
from chalicelib.domain.source import SourceState
from chalicelib.ports import Secrets, Services
from chalicelib.privacy.traces import TRACE_KEY
from chalicelib.pull.csv_file import read_file
from chalicelib.wiring import SourceKinds

BAD_ROWS_SHOWN = 10
# What the mail or phone service said of an address, not what its reader wished.
MAY_LIVE_AGAIN = frozenset({"bounced", "refused"})


def write_template(path: Path) -> None:
    """Write the commented example. Raises UserError when something is there already."""
    text = Path(__file__).with_name("template.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UserError(f"{path} is there already; move it away or name another --file") from error
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


def make_trace_key(kept: Secrets) -> None:
    """The key of the traces (see `privacy.traces`), drawn once for a deployment."""
    kept.keep(TRACE_KEY, secrets.token_hex(32))


def check_file(path: Path) -> tuple[Business, ...]:
    """The businesses of a heedful.toml. Raises SettingsError naming line, field and fix."""
    return read_businesses(path, SourceKinds())


def apply_file(
    services: Services, businesses: Sequence[Business], *, is_dry_run: bool
) -> Iterator[str]:
    """Bring the store to what the file says; yields one line a change."""
    changed = False
    if not is_dry_run:
        make_trace_key(services.secrets)
    for business in businesses:
        stored = services.store.load_business(business.business_id)
        lines = changes_between(stored, business)
        changed = changed or bool(lines)
        yield from lines
        if not is_dry_run:
            # The business last: whoever stops before it finds the same difference again.
            _apply_sources(services, stored, business)
            _apply_addresses(services, stored, business)
            services.store.save_business(business)
    kept = {business.business_id for business in businesses}
    for business_id in services.store.list_businesses():
        if business_id not in kept:
            changed = True
            yield f"- business {business_id}: taken away (its feedback stays until retention)"
            if not is_dry_run:
                gone = services.store.load_business(business_id)
                for source in gone.sources if gone else ():
                    services.store.remove_source(business_id, source.name)
                services.store.remove_business(business_id)
    if not changed:
        yield "Nothing changes."
    elif is_dry_run:
        yield "Nothing was stored (--dry-run)."


def _apply_sources(services: Services, stored: Business | None, business: Business) -> None:
    now = services.clock()
    for source in business.sources:
        before = stored.source(source.name) if stored else None
        state = services.store.load_source(business.business_id, source.name)
        if state is None:
            state = SourceState(business_id=business.business_id, source=source.name)
        elif before == source:
            continue
        services.store.save_source(_state_after(state, before, source, now))
    names = {source.name for source in business.sources}
    for source in stored.sources if stored else ():
        if source.name not in names:
            services.store.remove_source(business.business_id, source.name)


def _apply_addresses(services: Services, stored: Business | None, business: Business) -> None:
    """Addresses that bounced or were refused are used again once their contact was changed: whoever
    changed it has looked. What a reader ended stays ended; a stand-in ends with the address it
    stood in for, also if that comes back one day."""
    before = {one.name: one for one in stored.contacts} if stored else {}
    emails = {one.name: one.email for one in business.contacts}
    for standin in services.store.standins(business.business_id):
        if emails.get(standin.contact) != standin.instead_of:
            services.store.save_standin(take_back(standin))
    dead = services.store.dead_addresses(business.business_id)
    for contact in business.contacts:
        if before.get(contact.name) == contact:
            continue
        for address in filter(None, (contact.email, contact.phone)):
            if dead.get(address) in MAY_LIVE_AGAIN:
                services.store.revive(business.business_id, address, services.clock())


def _state_after(
    state: SourceState, before: SourceSettings | None, source: SourceSettings, now: datetime
) -> SourceState:
    # Whoever changed a source wants to see whether it works now, not after the pause of a failure.
    # A webhook's cursor holds responses that wait to be fetched: they stay.
    is_waiting = not source.is_pulled and bool(state.cursor)
    state = replace(state, due=now if source.is_pulled or is_waiting else None)
    is_as_before = before is None or (before.kind, before.options) == (source.kind, source.options)
    if before is None or is_as_before or (is_waiting and before.kind == source.kind):
        return state
    # Another place: what we know of the old one would make its first answer look wrong or empty.
    is_same_place = before.kind == source.kind and (
        before.options.get("address") == source.options.get("address")
    )
    return replace(
        state,
        cursor=MappingProxyType({}),
        first_look_done=state.first_look_done and is_same_place,
        looked_at=state.looked_at if is_same_place else None,
    )


def changes_between(old: Business | None, new: Business) -> list[str]:
    """What differs, in lines that begin with +, - or ~."""
    if old is None:
        return [
            f"+ business {new.business_id}: {new.name}, {len(new.contacts)} contact(s), "
            f"{len(new.sources)} source(s), sensitivity {new.sensitivity}"
        ]
    lines = []
    for field in (
        "name", "time_zone", "country", "trade", "languages", "sensitivity", "topics",
        "named_in_praise",
        "escalate_after", "sms", "privacy", "locations",
    ):  # fmt: skip
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            lines.append(
                f"~ business {new.business_id}: {field} {_shown(before)} -> {_shown(after)}"
            )
    if old.blueprint != new.blueprint:
        lines.append(f"~ business {new.business_id}: blueprint, {len(new.blueprint)} step(s)")
    for kind in ("contacts", "sources"):
        before_by_name = {one.name: one for one in getattr(old, kind)}
        after_by_name = {one.name: one for one in getattr(new, kind)}
        word = kind.removesuffix("s")
        for name in sorted({*before_by_name, *after_by_name}):
            mark = _mark(before_by_name.get(name), after_by_name.get(name))
            if mark:
                lines.append(f"{mark} {word} {name} of {new.business_id}")
    if not lines and old != new:
        lines.append(f"~ business {new.business_id}: the order of contacts or sources")
    return lines


def _mark(before: object, after: object) -> str:
    if before is None:
        return "+"
    if after is None:
        return "-"
    return "" if before == after else "~"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_shown(one) for one in value)}]"
    if isinstance(value, Location):
        return f"{value.location_id} ({value.name})"
    if isinstance(value, SmsSettings):
        return f"{value.monthly_cap_usd:g} USD a month by {value.backend}" if value.is_on else "off"
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:g} h"
    return str(value) or "nothing"


def import_file(
    services: Services,
    path: Path,
    source: str,
    business_id: str | None,
    columns: dict[str, str],
) -> Iterator[str]:
    """Queue a CSV's feedback; yields what was assumed, what was left out, and how many went in."""
    business, settings = _target(services, source, business_id)
    raw = read_bytes(path)
    try:
        held = read_file(
            raw,
            business_id=business.business_id,
            source=settings.name,
            time_zone=business.time_zone,
            now=services.clock(),
            columns=columns,
            location_ids=business.location_ids,
            default_location=settings.location,
        )
    except FeedbackFileError as error:
        raise FeedbackFileError(f"{path}: {error}") from error
    yield from (f"Assumed: {note}." for note in held.assumptions)
    for bad in held.bad_rows[:BAD_ROWS_SHOWN]:
        yield f"Left out line {bad.line}: {bad.reason}."
    if len(held.bad_rows) > BAD_ROWS_SHOWN:
        yield f"Left out {len(held.bad_rows) - BAD_ROWS_SHOWN} more lines for such reasons."
    report = flow.import_feedback(services, business, settings, held.feedback, services.clock())
    how = (
        "as history: it teaches what is usual and alarms nobody" if report.is_history else "as new"
    )
    yield f"Queued {report.queued} of {len(held.feedback) + len(held.bad_rows)} rows, {how}."


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises FeedbackFileError naming the path."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FeedbackFileError(
            f"there is no file {path}; check the name and the folder"
        ) from error
    except OSError as error:
        raise FeedbackFileError(f"{path} cannot be read: {error.strerror}") from error


def _target(
    services: Services, source: str, business_id: str | None
) -> tuple[Business, SourceSettings]:
    known = services.store.list_businesses()
    if business_id is None:
        if len(known) != 1:
            raise SettingsError(
                f"name the business with --business; there are: {', '.join(known) or 'none yet'}"
            )
        business_id = known[0]
    business = services.store.load_business(business_id)
    if business is None:
        raise SettingsError(
            f"there is no business {business_id}; there are: {', '.join(known) or 'none yet'}. "
            "Write it into heedful.toml and run heedful apply"
        )
    settings = business.source(source)
    if settings is None or settings.kind != "import":
        names = ", ".join(one.name for one in business.sources if one.kind == "import") or "none"
        raise SettingsError(
            f"{business_id} has no source {source} of kind import (there are: {names}); "
            "add it to heedful.toml and run heedful apply"
        )
    return business, settings
