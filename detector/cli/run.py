"""`detector run`: the service. It listens until it is told to stop, and says on standard error what it does."""

from __future__ import annotations

import asyncio
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


def run(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
    store: Annotated[
        str | None, typer.Option(metavar="STORE", help="embedded, memory or redis://...; default as in the settings.")
    ] = None,
) -> None:
    """The service: feeds, state, webhooks, health and metrics. SIGTERM or Ctrl-C ends it, with its state written."""
    asyncio.run(_until_stopped(load_configuration(config), store))


async def _until_stopped(configuration: Configuration, store: str | None) -> None:
    serving = Serving(configuration, SystemClock(), json_log(sys.stderr), store=store)
    # What is there now stays: the collector need not look at it again and again while frames wait.
    gc.freeze()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.service.stop)
    try:
        await serving.service.run()
    finally:
        serving.close()
