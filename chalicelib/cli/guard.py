"""Keeps a server no longer than whoever asked for it lives, however that one ends.

Run as a file: `python guard.py COMMAND...`. Writes the folder it made for the server to standard
output, one line, and, should the server end by itself, the end of its log. Reads standard input,
whose end (also after kill -9 of the other side) means: kill the server with everything it started,
and remove the folder. Standard library only, because it runs in the server's environment.
"""

import contextlib
import ctypes
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of linux/prctl.h: what the server leaves behind becomes our child."""

LOOK_EVERY_SECONDS = 0.2


def main(command: list[str]) -> int:
    """Run the command until standard input ends or the command does."""
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    folder = Path(tempfile.mkdtemp(prefix="heedful-"))
    try:
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(  # noqa: S603  the command is our own
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=dict(os.environ) | {"TMPDIR": str(folder), "HOME": str(folder)},
                start_new_session=True,
            )
        try:
            os.write(1, f"{folder}\n".encode())
            if asker_is_gone(server):
                return 0
            os.write(1, (folder / "server.log").read_bytes()[-2000:])
            return 1
        except BrokenPipeError:
            return 0
        finally:
            kill_all(server.pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def asker_is_gone(server: "subprocess.Popen[bytes]") -> bool:
    """True once nobody listens any more, False when the server ended before that."""
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    while True:
        if selector.select(LOOK_EVERY_SECONDS) and not os.read(0, 1024):
            return True
        if server.poll() is not None:
            return False


def kill_all(session: int) -> None:
    """Kill every process of the session and, on Linux, all that came from it and were adopted."""
    for _ in range(50):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)
        for child in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        time.sleep(0.02)


def children() -> list[int]:
    """Process ids of our children; empty where the system does not tell."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == os.getpid():
            found.append(int(stat.parent.name))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
