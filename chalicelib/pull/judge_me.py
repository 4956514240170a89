"""Product reviews of a shop that uses Judge.me (contracts A16).

Pages are numbered, newest first, and shift while reviews come in; reading them twice does no harm.
An edit stays in its place and a deletion says nothing, so known reviews are asked again in turn.
The answers hold e-mail, phone and network address of customers: none of them is read.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.errors import SettingsError, SourceAuthError, SourceError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.ports import HttpAnswer, PullContext, SourceKind
from chalicelib.pull.follow_up import end_of_asking, end_of_walk, is_asking, shown_from
from chalicelib.pull.json_answer import (
    first_word,
    inside,
    moment,
    needed_rows,
    number,
    read_all,
    read_object,
    word,
)
from chalicelib.pull.newest_first import above_mark, newest_of, walk_from, written_at
from chalicelib.pull.options import word_of
from chalicelib.pull.plain_text import from_html

API = "https://judge.me/api/v1/reviews"
PAGE_SIZE = 100
ASK_AGAIN, ASKED_AGAIN = timedelta(hours=1), 10


class JudgeMe:
    """The reviews of one shop. Options: `shop`."""

    def __init__(self, context: PullContext) -> None:
        self._business_id = context.business.business_id
        self._settings = context.settings
        self._http = context.http
        self._now = context.now
        self._shop = word_of(context.settings.options, "shop")
        if not context.secrets:
            raise SettingsError("a judge_me source needs a secret: the private API token")
        self._login = {"api_token": context.secrets[0], "shop_domain": self._shop}

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """One page, oldest first. Raises a SourceError."""
        if is_asking(cursor, self._now):
            return self._ask_again(cursor)
        walk = walk_from(cursor.get("walk"))
        page = walk.token or "1"
        answer = self._get("", page=page, per_page=str(PAGE_SIZE))
        entries = needed_rows(answer, read_object(answer), "reviews")
        said, refused = read_all([one for one in entries if not _is_spam(one)], self._read)
        fresh, reached_mark = above_mark(said, walk.mark, by=written_at)
        walk = walk.after_page(
            newest=newest_of(said, by=written_at),
            # Only an empty page is surely the last: the site may give fewer than asked for.
            token=str(int(page) + 1) if entries else None,
            reached_mark=reached_mark,
        )
        shown = shown_from(cursor.get("shown"), self._now).with_page(said)
        moved: dict[str, Any] = {**cursor, "walk": walk.to_cursor(), "shown": shown.to_cursor()}
        is_complete = walk.is_complete
        if is_complete:
            moved, is_complete = end_of_walk(moved, self._now, ASK_AGAIN)
        return Page(
            feedback=tuple(reversed(fresh)),
            cursor=moved,
            is_complete=is_complete,
            refused=refused,
            is_empty_suspect=not entries and page == "1" and walk.mark is not None,
        )

    def _get(self, path: str, good: frozenset[int] = frozenset({200}), **asked: str) -> HttpAnswer:
        # The token travels in the address, which nobody may log.
        return self._http.get(
            f"{API}{path}?{urlencode({**self._login, **asked})}",
            now=self._now,
            good=good,
            explain=_explain,
        )

    def _read(self, review: Mapping[str, Any]) -> Feedback | None:
        key, stars = word(review.get("id")), number(review.get("rating"))
        title, body = (_text(review.get(name)) for name in ("title", "body"))
        text = body if not title or body.startswith(title) else f"{title}\n{body}".strip()
        stars = stars if stars is not None and 1 <= stars <= 5 else None
        created_at = moment(review.get("created_at")) or moment(review.get("updated_at"))
        if key is None or created_at is None or (stars is None and not text):
            return None
        reviewer = inside(review, "reviewer")
        product = word(review.get("product_handle"))
        return Feedback(
            business_id=self._business_id,
            source=self._settings.name,
            external_id=key,
            kind=FeedbackKind.REVIEW,
            text=text,
            written_at=created_at,
            updated_at=moment(review.get("updated_at")) or created_at,
            stars=stars,
            author=word(reviewer.get("name")),
            author_id=first_word(reviewer, "external_id", "id"),
            location=self._settings.location,
            url=f"https://{self._shop}/products/{quote(product)}" if product else None,
        ).clamped(self._now)

    def _ask_again(self, cursor: Mapping[str, object]) -> Page:
        shown = shown_from(cursor.get("shown"), self._now)
        asked, gone, found = shown.next_to_ask(ASKED_AGAIN), set(), []
        for key in asked:
            answer = self._get(f"/{quote(key, safe='')}", frozenset({200, 404}))
            review = inside(read_object(answer), "review") if answer.status == 200 else {}
            if answer.status == 404 or _is_spam(review):
                gone.add(key)
            elif review:
                found.append(dict(review))
        said, _ = read_all(found, self._read)
        deletions = shown.deletions(
            gone,
            business_id=self._business_id,
            source=self._settings.name,
            kind=FeedbackKind.REVIEW,
            location=self._settings.location,
            now=self._now,
        )
        return Page(
            feedback=(*said, *deletions),
            cursor=end_of_asking(cursor, shown.after_asking(asked, gone)),
            is_complete=True,
        )


def _text(value: Any) -> str:
    return from_html(value) if isinstance(value, str) else ""


def _is_spam(review: Any) -> bool:
    return inside(review).get("curated") == "spam"


def _explain(answer: HttpAnswer, now: datetime) -> SourceError | None:
    if answer.status not in (401, 403):
        return None
    return SourceAuthError(
        f"judge.me does not take this token for this shop ({answer.status})",
        advice="Copy the private API token from Judge.me's settings and store it as the secret; "
        "shop is the shop's myshopify.com name.",
    )


KIND = SourceKind(
    name="judge_me",
    title="Judge.me product reviews",
    required={"shop": "the shop's name at Shopify, such as rosa.myshopify.com"},
    optional={},
    needs_secret=True,
    build=JudgeMe,
    secret_form="the private API token",  # noqa: S106
)
