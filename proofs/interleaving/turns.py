"""Workers that run one call at a time, in an order drawn from a seed."""

import threading
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from proofs.town.faults import CallFailed, Fuse, ProcessDied

# One worker in so many dies at one of its first calls.
DIES_ONE_IN = 8
FIRST_CALLS = 25
PATIENCE_SECONDS = 60


class Turns(Fuse):
    """A fuse at which each worker stops before each of its calls until its turn comes."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._random = random
        self._workers: dict[int, _Worker] = {}

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        """Wait for the turn, then make the call; whoever is no worker waits for nobody."""
        worker = self._workers.get(threading.get_ident())
        if worker is None:
            return function()
        worker.stop()
        worker.calls_to_live -= 1
        if worker.calls_to_live == 0:
            raise ProcessDied(f"at {name}")
        return function()

    def run(self, tasks: Sequence[Callable[[], Any]]) -> list[int]:
        """All tasks at the same time; returns the places of those that did not live through it."""
        workers = [_Worker(self, task, self._life()) for task in tasks]
        waiting = list(workers)
        while waiting:
            worker = self._random.choice(waiting)
            worker.step()
            if worker.is_done:
                waiting.remove(worker)
        for worker in workers:
            worker.join()
            if worker.error is not None:
                raise worker.error
        return [place for place, worker in enumerate(workers) if worker.has_failed]

    def _life(self) -> int:
        if self._random.randrange(DIES_ONE_IN):
            return 0
        return self._random.randrange(1, FIRST_CALLS)

    def enter(self, worker: "_Worker") -> None:
        """The thread that calls is this worker."""
        self._workers[threading.get_ident()] = worker

    def leave(self) -> None:
        """It is none any more."""
        del self._workers[threading.get_ident()]


class _Worker:
    """One task in a thread of its own that moves only when told to."""

    def __init__(self, turns: Turns, task: Callable[[], Any], calls_to_live: int) -> None:
        self.is_done = self.has_failed = False
        self.error: BaseException | None = None
        self.calls_to_live = calls_to_live
        self._turns, self._task = turns, task
        self._may_go, self._has_stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._may_go.acquire()
        self._turns.enter(self)
        try:
            self._task()
        except (ProcessDied, CallFailed):
            self.has_failed = True
        except BaseException as error:  # noqa: BLE001  raised again where the seed is known
            self.error = error
        finally:
            self._turns.leave()
            self.is_done = True
            self._has_stopped.release()

    def stop(self) -> None:
        """Called by the worker before each of its calls."""
        self._has_stopped.release()
        self._may_go.acquire()

    def step(self) -> None:
        """Let it go on until it stops again or is done."""
        self._may_go.release()
        if not self._has_stopped.acquire(timeout=PATIENCE_SECONDS):
            raise AssertionError("a worker neither stops nor ends")

    def join(self) -> None:
        """Wait for its thread."""
        self._thread.join(PATIENCE_SECONDS)
