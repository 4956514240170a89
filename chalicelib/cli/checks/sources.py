"""Call each source once as Lambda would, throw the page away, and say how it went.

The module is built by the same table and reads from the cursor that the stage stands at, so that
what is seen here is what the next look will meet. Nothing is saved: no cursor, no feedback.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.cli.checks.credentials import (
    LIVES_FOR,
    NOT_NEEDED,
    WARN_BEFORE,
    end_in_secret,
    until_words,
)
from chalicelib.cli.checks.noted_http import NotedHttp
from chalicelib.cli.checks.rows import Finding, Row
from chalicelib.cli.providers import CONNECTABLE, PROVIDERS
from chalicelib.domain.business import Business, SourceSettings, StoragePolicy
from chalicelib.domain.errors import (
    SettingsError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.domain.feedback import Page
from chalicelib.domain.source import SourceState
from chalicelib.ports import FeedbackSource, PullContext, Services, SourceKind
from chalicelib.pull.look import in_our_words

# plan_pulls runs every five minutes, and a busy queue may hold a look up for a while.
LATE_AFTER = timedelta(minutes=30)
# A first page may be a sign-in alone, or of a place that has no review yet.
MOST_PAGES = 4
# Tokens that the stage keeps in the cursor: renewing them here would take them from it.
SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose source is called, what the stage knows of it, and when its secret was stored."""

    business: Business
    settings: SourceSettings
    kind: SourceKind
    state: SourceState | None
    stage: str
    stored_at: datetime | None = None

    @property
    def what(self) -> str:
        """How the table names it."""
        return f"{self.business.business_id}/{self.settings.name} ({self.settings.kind})"

    @property
    def how_to_store(self) -> str:
        """The command that puts the secret where it is looked for."""
        provider = PROVIDERS.get(CONNECTABLE.get(self.kind.name, ""))
        if provider is not None:
            site = f" --site {self.settings.options.get('address')}" if provider.needs_site else ""
            return (
                f"./dev heedful connect {provider.name} --name {self.settings.secret}{site} "
                f"--stage {self.stage}"
            )
        form = f" and give it {self.kind.secret_form}" if self.kind.secret_form else ""
        return f"./dev heedful secret set {self.settings.secret} --stage {self.stage}{form}"


def check_source(services: Services, asked: Asked) -> Row:
    """One row. Never raises for what the source does."""
    row = Row(
        what=asked.what,
        finding=Finding.GOOD,
        good_until="" if asked.settings.secret else NOT_NEEDED,
        newest=asked.state.newest_written_at if asked.state else None,
        cost=asked.kind.costs,
    )
    try:
        secrets = services.secrets.get(asked.settings.secret) if asked.settings.secret else ()
    except SettingsError:
        return _to_fix(
            row,
            f"the secret {asked.settings.secret} is missing or empty in SSM",
            f"Run {asked.how_to_store}",
        )
    except (BotoCoreError, ClientError) as error:
        return _to_fix(
            row,
            f"the secret {asked.settings.secret} cannot be read ({_code(error)})",
            "Set AWS_PROFILE and AWS_REGION to an account that may call ssm:GetParameter",
        )
    now = services.clock()
    ends_at = end_in_secret(secrets)
    lives_for = LIVES_FOR.get(asked.kind.name)
    if lives_for and asked.stored_at:
        ends_at = asked.stored_at + lives_for
    row = replace(row, good_until=until_words(has_secret=bool(secrets), ends_at=ends_at))
    if not asked.settings.is_pulled or asked.kind.build is None:
        return _with_end(_uncalled(row, asked), ends_at, asked, now)
    http = NotedHttp(services.http)
    context = PullContext(
        business=asked.business, settings=asked.settings, secrets=secrets, http=http, now=now
    )
    row = _within_terms(_called(row, asked, context), asked)
    ends_at = ends_at or http.ends_at
    row = replace(
        row, quota=http.quota, good_until=until_words(has_secret=bool(secrets), ends_at=ends_at)
    )
    row = _with_end(row, ends_at, asked, now)
    return _as_deployed(row, asked, now) if row.finding is Finding.GOOD else row


def _called(row: Row, asked: Asked, context: PullContext) -> Row:
    build = asked.kind.build
    assert build is not None  # noqa: S101  asked by the caller
    try:
        with in_our_words(asked.settings.name):
            page = _first_page(build(context), asked.state)
    except SourceRateLimited as error:
        return replace(
            row,
            finding=Finding.NOTE,
            is_reachable=True,
            trouble=f"{error} until {error.retry_at:%H:%M} UTC",
            to_fix=error.advice,
        )
    except SourceUnavailable as error:
        return _to_fix(replace(row, is_reachable=False), str(error), error.advice)
    except SourceError as error:
        return _to_fix(replace(row, is_reachable=True), str(error), error.advice)
    except SettingsError as error:
        return _to_fix(row, "", f"Correct heedful.toml or the secret: {error}")
    return _with_page(replace(row, is_reachable=True), page)


def _within_terms(row: Row, asked: Asked) -> Row:
    """What the site's terms let us keep comes before what heedful.toml wishes."""
    order = tuple(StoragePolicy)
    kept, allowed = asked.settings.storage_policy, asked.kind.keeps
    if row.finding is Finding.TO_FIX or order.index(kept) >= order.index(allowed):
        return row
    return _to_fix(
        row,
        f"the site's terms let nobody keep that much (storage_policy is {kept})",
        f'Write storage_policy = "{allowed}" into this source in heedful.toml and apply it',
    )


def _first_page(source: FeedbackSource, state: SourceState | None) -> Page:
    """The first page that says something, read from where the stage stands."""
    cursor = dict(state.cursor) if state else {}
    cursor.pop(SESSION, None)
    page = source.fetch(cursor)
    for _ in range(MOST_PAGES - 1):
        if page.feedback or page.is_complete or page.is_empty_suspect:
            break
        page = source.fetch(page.cursor)
    return page


def _with_page(row: Row, page: Page) -> Row:
    times = [one.written_at for one in page.feedback if not one.is_deleted]
    row = replace(row, newest=max([*times, *([row.newest] if row.newest else [])], default=None))
    if page.is_empty_suspect:
        return _to_fix(
            row,
            "it answers empty where it used to have feedback",
            "Open the source and see whether the feedback is still there",
        )
    if page.refused and not page.feedback:
        return _to_fix(
            row,
            f"none of {page.refused} entries can be understood",
            "Compare what stands at the source with what this kind expects, in docs/sources.md",
        )
    if row.newest is None:
        return replace(
            row,
            finding=Finding.NOTE,
            trouble="it answers and holds no feedback yet",
            to_fix="Look whether its settings name the right place, if you know that there is some",
        )
    return row


def _uncalled(row: Row, asked: Asked) -> Row:
    if asked.kind.receive is None:
        return replace(row, good_until="", trouble="brought by hand: nothing to call")
    if asked.state is not None and asked.state.looked_at is None and row.newest is None:
        return replace(
            row,
            finding=Finding.NOTE,
            trouble="it calls us, and has not yet",
            to_fix=asked.kind.try_it or "Send one response from the tool",
        )
    return replace(row, trouble="it calls us: nothing to call")


def _with_end(row: Row, ends_at: datetime | None, asked: Asked, now: datetime) -> Row:
    if ends_at is None or row.finding is Finding.TO_FIX or ends_at > now + WARN_BEFORE:
        return row
    trouble = "its credential has ended" if ends_at <= now else "its credential ends soon"
    return _to_fix(row, trouble, f"Run {asked.how_to_store}")


def _as_deployed(row: Row, asked: Asked, now: datetime) -> Row:
    state = asked.state
    if state is None:
        return row
    if state.failures:
        return replace(
            row,
            finding=Finding.NOTE,
            trouble=f"it answers now; the last {state.failures} look(s) of the stage failed "
            f"({state.trouble})",
            to_fix="Wait for the next look, or see the log of pull_source if this lasts",
        )
    if state.due is not None and state.due < now - LATE_AFTER:
        return _to_fix(
            row,
            f"its look was due at {state.due:%Y-%m-%d %H:%M} UTC and did not come",
            "Look at the rows of the stage below and at the log of plan_pulls",
        )
    return row


def _to_fix(row: Row, trouble: str, to_fix: str) -> Row:
    return replace(row, finding=Finding.TO_FIX, trouble=trouble, to_fix=to_fix)


def _code(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__
