"""A page as the service has it (`tests.web.pages`), served by a thread of this process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from detector.web.edge import EdgeServer, bound, edge
from tests.web.pages import METRICS, Page


@dataclass
class Served:
    """`url`: where it is."""

    url: str
    loop: asyncio.AbstractEventLoop

    def call(self, work: Callable[[], None]) -> None:
        """Do something between two answers."""
        self.loop.call_soon_threadsafe(work)


@contextlib.contextmanager
def beside(page: Page, token: str | None = None) -> Iterator[Served]:
    """While the test goes on."""
    taken = bound("127.0.0.1", 0)
    port = taken.getsockname()[1]
    loop = asyncio.new_event_loop()
    server = EdgeServer(edge(page.streams, lambda: METRICS, token), taken, page.streams.end)
    running = loop.create_task(server.run())

    def work() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(running)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{port}", loop)
    finally:
        loop.call_soon_threadsafe(running.cancel)
        thread.join()
