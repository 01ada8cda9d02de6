"""`detector run`: the service. It listens until it is told to stop, and says on standard error what it does."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from detector import cases
from detector.app.serving import Serving
from detector.service.clock import SystemClock
from detector.service.log import CLOSE_S, BackgroundStream, Log, json_log
from detector.settings import Configuration, load_configuration

SWITCH_S = 0.0005
THREADS = 32
LATEST_S = 9.0
HANGING_S = 3.0
INTERRUPTED = 130
M_ARENA_MAX = -8
"""mallopt(3)."""


def run(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
    store: Annotated[
        str | None, typer.Option(metavar="STORE", help="embedded, memory or redis://...; default as in the settings.")
    ] = None,
) -> None:
    """The service: feeds, state, webhooks, health and metrics. SIGTERM or Ctrl-C ends it, with its state written."""
    asyncio.run(_until_stopped(load_configuration(config), store))


async def _until_stopped(configuration: Configuration, store: str | None) -> None:
    _one_heap()
    stream = BackgroundStream(sys.stderr)
    log = json_log(stream)
    loop = asyncio.get_running_loop()
    # Look-ups of names and files on a disk that hangs take threads, too; the small default pool would be full of them.
    loop.set_default_executor(ThreadPoolExecutor(THREADS, "any"))
    ending = _Ending(log)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.asked)
    status = 1
    try:
        serving = Serving(configuration, SystemClock(), log, store=store, export=cases.export_stored)
        ending.stop = serving.service.stop
        # Imported and made at its first use, else: half a second, while the first landing waits.
        configuration.airports.within(0.0, 0.0, 0.0)
        # What is there now stays: the collector need not look at it again and again while frames wait.
        gc.freeze()
        # While the state is put into words beside it, the loop waits so long (by default 5 ms) each time it has asked
        # the system for something, and a delivery asks often.
        sys.setswitchinterval(SWITCH_S)
        await serving.service.run()
        serving.close()
        status = 0
    finally:
        stream.close()
        # What still hangs - a look-up, a disk - is not waited for: all that counts is written.
        ending.at_latest(HANGING_S, status)


class _Ending:
    """Sees to it that the program ends: in order, or after ten seconds, or at the second signal."""

    def __init__(self, log: Log) -> None:
        self.stop: Callable[[], None] = lambda: None
        self._log = log
        self._asked = False

    def asked(self) -> None:
        """A signal has come."""
        if self._asked:
            os._exit(INTERRUPTED)
        self._asked = True
        self.at_latest(LATEST_S, 1)
        self.stop()

    def at_latest(self, seconds: float, status: int) -> None:
        """End after so long, whatever still hangs: the spool and the store have what a start needs."""
        timer = threading.Timer(seconds, self._end, [status])
        timer.daemon = True
        timer.start()

    def _end(self, status: int) -> None:
        self._log.error("something hangs; ended without it")
        time.sleep(CLOSE_S)  # the log has a thread of its own, which has yet to write that line
        os._exit(status)


def _one_heap() -> None:
    """One heap for all threads: glibc's own for each keep what they once had, a tenth of all memory under a flood."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
