"""Sources that failed or fell silent: what a digest says before anything else.

No reviews and no connection look the same from far away. A source is silent when by its own pace
at least five days would have brought a voice since its last one: by chance that happens in 0.7 %
of looks (a Poisson count of 0 where 5 are expected). Days are counted and not voices, because
voices come in bursts.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.digest import SourceTrouble, TroubleKind
from chalicelib.domain.source import SourceState

EXPECTED_AT_LEAST = 5.0
# The pace of a source is that of the eight weeks that end with its last voice.
PACE_DAYS = 56
SHORTEST_PACE_DAYS = 28
LOOKS_MISSED = 3
LOOKED_AT_LEAST_EVERY = timedelta(days=2)

Counts = Mapping[tuple[str, str], Mapping[str, int]]


def source_troubles(
    business: Business,
    states: Mapping[str, SourceState],
    counts: Counts,
    until: date,
    now: datetime,
) -> tuple[SourceTrouble, ...]:
    """Each source in trouble, in the order of heedful.toml. `counts` should reach back a year and
    end with `until`."""
    found = (
        _trouble(settings, states.get(settings.name), counts, until, now)
        for settings in business.sources
    )
    return tuple(trouble for trouble in found if trouble)


def _trouble(
    settings: SourceSettings, state: SourceState | None, counts: Counts, until: date, now: datetime
) -> SourceTrouble | None:
    if state is not None and state.failures:
        return SourceTrouble(
            source=settings.name,
            kind=TroubleKind.FAILING,
            since=state.failing_since,
            detail=state.trouble or "",
            advice=state.advice or "",
        )
    if settings.every is not None and _is_overdue(settings.every, state, now):
        looked_at = state.looked_at if state else None
        return SourceTrouble(source=settings.name, kind=TroubleKind.NOT_LOOKED_AT, since=looked_at)
    return _silence(settings, counts, until)


def _is_overdue(every: timedelta, state: SourceState | None, now: datetime) -> bool:
    if state is None or state.looked_at is None:
        return True
    return now - state.looked_at > max(LOOKS_MISSED * every, LOOKED_AT_LEAST_EVERY)


def _silence(settings: SourceSettings, counts: Counts, until: date) -> SourceTrouble | None:
    if settings.every is None and settings.secret is None:
        # Files brought by hand come when somebody brings them.
        return None
    by_day = voices_by_day(counts, settings.name)
    if not by_day:
        return None
    last = max(by_day)
    first = max(min(by_day), last - timedelta(days=PACE_DAYS - 1))
    days = max((last - first).days + 1, SHORTEST_PACE_DAYS)
    lately = [n for day, n in by_day.items() if day >= first]
    silent = (until - last).days
    if silent * len(lately) / days < EXPECTED_AT_LEAST:
        return None
    return SourceTrouble(
        source=settings.name,
        kind=TroubleKind.SILENT,
        since=datetime.combine(last, time(12), UTC),
        days=silent,
        expected=silent * sum(lately) / days,
    )


def voices_by_day(counts: Counts, source: str) -> dict[date, int]:
    """On which local dates a source brought how many."""
    found: dict[date, int] = defaultdict(int)
    for (day, _), row in counts.items():
        if n := row.get(f"source.{source}", 0):
            found[date.fromisoformat(day)] += n
    return dict(found)
