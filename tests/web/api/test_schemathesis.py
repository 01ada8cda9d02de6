"""Schemathesis asks the whole API by its own description: what it says is valid is answered, what is not is refused,
and every answer is of the form it says. The stream of events has tests of its own: it does not end. So have maps: each
takes some tenths of a second to draw.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from detector import cases
from detector.alerting.evidence import lines
from tests.app.test_case_files import Played
from tests.web.pages import Client, Page, asked

EXAMPLES, SEED = 12, 20241107
LONGEST_S = 90.0
"""Far beyond what it takes; a guard."""


@contextmanager
def served(page: Page) -> Iterator[int]:
    """Its port, while it is served in a thread of its own."""
    ports: list[int] = []
    begun, ended = threading.Event(), threading.Event()

    async def work(ask: Client) -> None:
        ports.append(ask.port)
        begun.set()
        await asyncio.get_running_loop().run_in_executor(None, ended.wait)

    thread = threading.Thread(target=asked, args=(work, page))
    thread.start()
    assert begun.wait(20.0)
    try:
        yield ports[0]
    finally:
        ended.set()
        thread.join(20.0)


def with_evidence(page: Page) -> None:
    """As the service makes bundles of what is under watch."""
    made: dict[str, bytes] = {}

    async def bundle(alert_id: str) -> bytes | None:
        for mine in page.pipeline.alerts.watches.values():
            for stop_id, watch in mine.items():
                if watch.alert.id == alert_id and alert_id not in made:
                    frames = lines(page.pipeline.evidence.of(stop_id))
                    state = {f"evidence:{stop_id}": msgspec.json.encode(frames)}
                    made[alert_id] = cases.export_stored(watch.alert, state, page.configuration)
        return made.get(alert_id)

    page.with_bundles(bundle)


def test_every_answer_is_as_described_and_every_question_that_is_not_is_refused(tmp_path: Path) -> None:
    played = Played()
    page = played.page
    page.with_cases(played.views().of)
    with_evidence(page)
    (alert,) = page.model.alerts.newest(None, lambda _: True)
    stop, gap = (next(shelf.newest(None, lambda _: True)) for shelf in (page.model.stops, page.model.gaps))
    ids = {"DETECTOR_ALERT": alert.id, "DETECTOR_STOP": stop.id, "DETECTOR_GAP": gap.id}
    with served(page) as port:
        done = subprocess.run(
            [
                Path(sys.executable).parent / "schemathesis",
                *("run", f"http://127.0.0.1:{port}/openapi.json", "--exclude-path", "/api/v1/events"),
                *("--exclude-path-regex", "/map[.](svg|png)$"),
                *("--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--seed", str(SEED)),
                *("--continue-on-failure", "--no-color"),
            ],
            cwd=tmp_path,
            env=os.environ
            | ids
            | {"SCHEMATHESIS_HOOKS": "tests.web.api.known_ids", "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6_000:]
    asked_for = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert asked_for is not None, done.stdout[-2_000:]
    assert int(asked_for[1]) == int(asked_for[2]) > 500
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested is not None
    assert int(tested[1]) == 22
