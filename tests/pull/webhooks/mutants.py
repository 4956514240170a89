"""Deliveries that are right, and every way in which one can be almost right."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.pull.webhooks.senders import Sender

TOLERATED, TOO_MUCH = timedelta(minutes=5), timedelta(minutes=5, seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery, and what is special about it."""

    name: str
    path: str
    headers: dict[str, str]
    body: bytes


def good(sender: Sender, now: datetime) -> Iterator[Sent]:
    """Deliveries to be accepted while the older secret is still alive."""
    yield _sent("signed", sender, "live", now)
    yield _sent("signed with the older of two live secrets", sender, "retired", now)
    if sender.is_stamped:
        yield _sent("five minutes old", sender, "live", now - TOLERATED)
        yield _sent("five minutes ahead", sender, "live", now + TOLERATED)


def bad(sender: Sender, now: datetime) -> Iterator[Sent]:
    """Deliveries to be refused once the older secret is dead."""
    plain = _sent("signed", sender, "live", now)
    yield _sent("signed with a retired secret", sender, "retired", now)
    yield _sent("signed with another business's secret", sender, "other", now)
    for name, path in {
        "at an unknown business": plain.path.replace("bakery", "nobody"),
        "at another business": plain.path.replace("bakery", "florist"),
    }.items():
        yield _with(plain, name, path=path)
    if not sender.header:
        yield from _bad_addresses(sender, plain)
        return
    yield _with(plain, "at an unknown provider", path=_elsewhere(plain.path))
    yield from _bad_bodies(plain)
    yield from _bad_signatures(sender, plain)
    if sender.is_stamped:
        for name, distance in {
            "too old": -TOO_MUCH,
            "too far ahead": TOO_MUCH,
            "from another year": -timedelta(days=400),
        }.items():
            yield _sent(name, sender, "live", now + distance)
        yield from _bad_stamps(sender, plain)


def _sent(name: str, sender: Sender, secret: str, now: datetime) -> Sent:
    path, headers, body = sender.request(sender.secrets[secret], now)
    return Sent(name=name, path=path, headers=headers, body=body)


def _with(
    sent: Sent,
    name: str,
    *,
    path: str | None = None,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Sent:
    return Sent(
        name=name,
        path=sent.path if path is None else path,
        headers=sent.headers if headers is None else {**sent.headers, **headers},
        body=sent.body if body is None else body,
    )


def _elsewhere(path: str) -> str:
    head, _, _ = path.rpartition("/")
    return f"{head}/unknown"


def _bad_bodies(plain: Sent) -> Iterator[Sent]:
    places = {0, 1, len(plain.body) // 3, len(plain.body) // 2, len(plain.body) - 1}
    for place in sorted(places):
        flipped = plain.body[:place] + bytes([plain.body[place] ^ 1]) + plain.body[place + 1 :]
        yield _with(plain, f"byte {place} of the body flipped", body=flipped)
    for name, body in {
        "the body cut": plain.body[:-1],
        "a space after the body": plain.body + b" ",
        "a line feed after the body": plain.body + b"\n",
        "no body": b"",
        "another body": b"{}",
        "the body not UTF-8": b"\xff" + plain.body,
    }.items():
        yield _with(plain, name, body=body)


def _bad_signatures(sender: Sender, plain: Sent) -> Iterator[Sent]:
    header, prefix = sender.header, sender.prefix
    written = plain.headers[header].removeprefix(prefix)
    raw = bytes.fromhex(written) if sender.is_hex else base64.b64decode(written)
    other_form = base64.b64encode(raw).decode() if sender.is_hex else raw.hex()
    flipped = bytes([raw[0] ^ 1]) + raw[1:]
    again = flipped.hex() if sender.is_hex else base64.b64encode(flipped).decode()
    values = {
        "no signature": "",
        "only the prefix": prefix,
        "a byte of the signature flipped": prefix + again,
        "the signature cut": prefix + written[:-1],
        "half a signature": prefix + written[: len(written) // 2],
        "a letter after the signature": prefix + written + "A",
        "hex for base64, or base64 for hex": prefix + other_form,
        "another case": prefix + written.swapcase(),
        "another prefix": "sha512=" + written,
        "the prefix of another tool": ("v1," if prefix != "v1," else "sha256=") + written,
        "a letter that is not ASCII": prefix + written[:-1] + "é",
        "a sign beyond Latin-1": prefix + "€" * 10,
        "half a surrogate pair": prefix + "\udcff",
        "nothing but zero bytes": prefix + "\x00" * 44,
        "a very long signature": prefix + "A" * 5_000,
        "many wrong signatures": " ".join([prefix + "AAAA"] * 50),
    }
    if prefix:
        values["no prefix"] = written
    for name, value in values.items():
        yield _with(plain, name, headers={header: value})
    without = {one: value for one, value in plain.headers.items() if one != header}
    yield Sent(name="no header", path=plain.path, headers=without, body=plain.body)


def _bad_stamps(sender: Sender, plain: Sent) -> Iterator[Sent]:
    stamps = [name for name in plain.headers if "timestamp" in name]
    for stamp in stamps:
        held = plain.headers[stamp]
        for name, value in {
            "no time": "",
            "another time": held[:-1] + ("1" if held[-1] != "1" else "2"),
            "a time that is none": "yesterday",
            "a time in other digits": "１７６７２２５６００",
            "an endless time": "1" * 5_000,
            "a time not ASCII": "é",
        }.items():
            yield _with(plain, name, headers={stamp: value})
    if "webhook-id" in plain.headers:
        for name, value in {"no id": "", "another id": "msg_other", "an id in two": "a.b"}.items():
            yield _with(plain, name, headers={"webhook-id": value})


def _bad_addresses(sender: Sender, plain: Sent) -> Iterator[Sent]:
    head, _, word = plain.path.rpartition("/")
    for name, given in {
        "the word cut": word[:-1],
        "half the word": word[: len(word) // 2],
        "a letter after the word": word + "A",
        "a letter flipped": chr(ord(word[0]) ^ 1) + word[1:],
        "another case": word.swapcase(),
        "the API key for the word": sender.secrets["live"].split()[1],
        "both parts of the secret": sender.secrets["live"].replace(" ", "+"),
        "a letter that is not ASCII": word[:-1] + "é",
        "a zero byte": word + "\x00",
        "one letter": "x",
        "an endless word": "A" * 3_000,
    }.items():
        yield _with(plain, name, path=f"{head}/{given}")
