"""Formats told from content."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from detector.domain.frame import FrameBatch
from detector.framing import FORMATS, avr, beast, csv, jet1090
from detector.framing.detect import detect
from tests.framing.streams import frames

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
ENCODERS: dict[str, Callable[[FrameBatch], bytes]] = {
    "beast": beast.encode,
    "avr": avr.encode,
    "csv": csv.encode,
    "jet1090": jet1090.encode,
}


@pytest.mark.parametrize("name", ENCODERS)
@given(batch=frames())
def test_what_is_written_is_recognised(name: str, batch: FrameBatch) -> None:
    assert detect(ENCODERS[name](batch)) == name


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"half a line;\n", b"\x00\x01garbage\n"])
@pytest.mark.parametrize("name", ENCODERS)
@given(batch=frames())
def test_garbage_at_the_beginning_does_not_decide(before: bytes, name: str, batch: FrameBatch) -> None:
    assert detect(before + ENCODERS[name](batch) * 3) == name


@pytest.mark.parametrize(
    ("file", "name"),
    [("long_flight.csv.gz", "csv"), ("full_flight_short.csv.gz", "csv"), ("full_flight_short.jsonl.gz", "jet1090")],
)
def test_recordings_are_recognised(file: str, name: str) -> None:
    with gzip.open(RECORDINGS / file) as content:
        assert detect(content.read(5_000)) == name


@pytest.mark.parametrize("head", [b"", b"hello\n", b"\x00" * 500, b"\x1a", b"a,b,c\n1,2,3\n", b'{"now": 1}\n', b"*;\n"])
def test_anything_else_has_no_format(head: bytes) -> None:
    assert detect(head) is None


def test_every_format_that_is_written_is_registered() -> None:
    assert list(FORMATS) == list(ENCODERS)
