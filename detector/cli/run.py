"""`detector run`: the service. It listens until it is told to stop, and says on standard error what it does."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from detector.app.serving import Serving
from detector.service.clock import SystemClock
from detector.service.log import json_log
from detector.settings import Configuration, load_configuration

SWITCH_S = 0.0005
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
    serving = Serving(configuration, SystemClock(), json_log(sys.stderr), store=store)
    # Imported and made at its first use, else: half a second, while the first landing waits.
    configuration.airports.within(0.0, 0.0, 0.0)
    # What is there now stays: the collector need not look at it again and again while frames wait.
    gc.freeze()
    # While the state is put into words beside it, the loop waits so long (by default 5 ms) each time it has asked the
    # system for something, and a delivery asks often.
    sys.setswitchinterval(SWITCH_S)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.service.stop)
    try:
        await serving.service.run()
    finally:
        serving.close()


def _one_heap() -> None:
    """One heap for all threads: glibc's own for each keep what they once had, a tenth of all memory under a flood."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
