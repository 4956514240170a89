"""The demo's out folder: what was sent, as files. A file is there whole or not at all."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that has no name until it is complete, so that a kill leaves no half of it."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        handle = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o644)
    except (AttributeError, OSError):
        # Not on Linux, or a file system without such files: a temporary name is the next best.
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
        return
    finally:
        os.close(folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        _name(handle, path)


def _name(handle: int, path: Path) -> None:
    path.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # With a folder's descriptor Python follows the link to the file without a name.
        os.link(f"/proc/self/fd/{handle}", path.name, dst_dir_fd=folder)
    finally:
        os.close(folder)


def name_of_email(number: int) -> str:
    """`email-07` for the seventh that was sent."""
    return f"email-{number:02d}"


def write_emails(out: Path, emails: Sequence[Mapping[str, Any]]) -> None:
    """`email-01.eml` and `email-01.html` for each, in the order in which they were sent."""
    for number, email in enumerate(emails, start=1):
        name = name_of_email(number)
        write_whole(out / f"{name}.html", str(email.get("BodyHtml") or "").encode())
        # The library moves a long subject below an empty line; some mail programs then show none.
        raw = _message(email).as_bytes().replace(b"\nSubject:\r\n ", b"\nSubject: ", 1)
        write_whole(out / f"{name}.eml", raw)


def _message(email: Mapping[str, Any]) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = str(email["Source"])
    message["To"] = ", ".join(email["To"])
    message["Subject"] = str(email["Subject"])
    message["Date"] = datetime.fromtimestamp(float(email["Timestamp"]), UTC)
    message.set_content(str(email.get("BodyText") or ""))
    message.add_alternative(str(email.get("BodyHtml") or ""), subtype="html")
    return message


def write_texts(out: Path, texts: Sequence[str]) -> None:
    """`sms-01.txt` for each, in the order in which they were sent."""
    for number, text in enumerate(texts, start=1):
        write_whole(out / f"sms-{number:02d}.txt", f"{text}\n".encode())
