from __future__ import annotations

from pathlib import Path

import pytest

from detector.reference.airports import Airports

TABLE = Path(__file__).parents[2] / "detector" / "reference" / "data" / "airports.npz"


@pytest.fixture(scope="session")
def packed() -> bytes:
    return TABLE.read_bytes()


@pytest.fixture(scope="session")
def airports(packed: bytes) -> Airports:
    return Airports.from_bytes(packed)
