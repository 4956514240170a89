"""Which places a Google account has, as lines for heedful.toml: nobody finds their ids by hand."""

import json
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from chalicelib.ports import Http
from chalicelib.pull import google_errors
from chalicelib.pull.google_login import GoogleLogin
from chalicelib.pull.json_answer import inside, read_object, rows, web_address, word

ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com/v1/accounts"
LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com/v1/{account}/locations"
MOST_PAGES = 20


def place_lines(http: Http, secret: str, now: datetime) -> Iterator[str]:
    """`places` and `maps` of every place that the owner may see. Raises a SourceError."""
    login = GoogleLogin(http, (secret,), now)
    found: dict[str, tuple[str, str | None]] = {}
    for account in _all(http, login, now, ACCOUNTS, {"pageSize": "20"}, "accounts"):
        name = word(account.get("name"))
        if name is None:
            continue
        asked = {"readMask": "name,title,metadata", "pageSize": "100"}
        address = LOCATIONS.format(account=name)
        for place in _all(http, login, now, address, asked, "locations"):
            key, title = word(place.get("name")), word(place.get("title")) or "?"
            if key is not None:
                maps = web_address(inside(place, "metadata").get("mapsUri"))
                found[f"{name}/{key}"] = (title, maps)
    if not found:
        yield "This account manages no place on Google yet: sign in with the one that does."
        return
    for key, (title, _) in found.items():
        yield f"# {key} is {' '.join(title.split())}"
    yield "places = {" + ", ".join(f'{json.dumps(key)} = "main"' for key in found) + "}"
    linked = {key: maps for key, (_, maps) in found.items() if maps}
    if linked:
        pairs = ", ".join(f"{json.dumps(key)} = {json.dumps(maps)}" for key, maps in linked.items())
        yield "maps = {" + pairs + "}"


def _all(
    http: Http, login: GoogleLogin, now: datetime, address: str, asked: dict[str, str], name: str
) -> Iterator[dict[str, object]]:
    token: str | None = ""
    for _ in range(MOST_PAGES):
        more = {"pageToken": token} if token else {}
        answer = http.get(
            f"{address}?{urlencode(asked | more)}",
            now=now,
            headers=login.headers(),
            explain=google_errors.explain,
        )
        frame = read_object(answer)
        yield from (one for one in rows(answer, frame, name) if isinstance(one, dict))
        token = word(frame.get("nextPageToken"))
        if not token:
            return
