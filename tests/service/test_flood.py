"""A flood of invented addresses cannot fill the memory of the service, nor hide a stop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

MOST_MB = 512.0


def flooded(addresses: int) -> dict[str, Any]:
    """Figures of a run in a process of its own, with one heap for all threads as `detector run` has it."""
    command = [sys.executable, "-m", "tests.service.flood", str(addresses)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "MALLOC_ARENA_MAX": "1"}
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def test_the_stop_is_told_as_without_the_flood() -> None:
    assert flooded(8_000)["told"] == flooded(0)["told"] != []


@pytest.mark.soak
def test_a_million_addresses_take_no_more_than_512_mb() -> None:
    figures = flooded(1_000_000)
    print(figures)  # noqa: T201  the figures are what this is run for
    assert figures["peak_mb"] <= MOST_MB
    assert figures["told"] == flooded(0)["told"] != []
