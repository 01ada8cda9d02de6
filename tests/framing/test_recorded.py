"""Every framer on recorded files and on the broken ones."""

from __future__ import annotations

import gzip
import lzma
import re
from pathlib import Path

import numpy as np
import pytest

from detector.domain.errors import Reject
from detector.framing import FORMATS
from detector.framing.beast import encode
from tests.framing.streams import START_AT, in_chunks, read, result

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
FUZZ = sorted((RECORDINGS / "fuzz").iterdir())


@pytest.mark.parametrize("name", FORMATS)
def test_broken_inputs_raise_nothing_and_give_the_same_at_any_cut(name: str) -> None:
    for path in FUZZ:
        data = path.read_bytes()
        whole = result(lambda: FORMATS[name](1, START_AT), [data])
        assert result(lambda: FORMATS[name](1, START_AT), in_chunks(data, 97)) == whole, path.name


def test_broken_inputs_still_give_every_whole_frame_that_a_plain_search_finds() -> None:
    searches = {
        "beast": re.compile(rb"\x1a(?:3(?:[^\x1a]|\x1a\x1a){21}|2(?:[^\x1a]|\x1a\x1a){14})", re.DOTALL),
        "raw": re.compile(rb"\*(?:[0-9A-Fa-f]{14}){1,2};"),
    }
    for family, framer_name in (("beast", "beast"), ("raw", "avr")):
        for path in (path for path in FUZZ if path.name.startswith(family)):
            data = path.read_bytes()
            framer = FORMATS[framer_name](1, START_AT)
            taken = len(read(framer, [data])) + framer.rejects.counts.get(Reject.LENGTH, 0)
            assert taken >= len(searches[family].findall(data)), path.name


def test_a_recording_is_the_same_from_csv_from_beast_headers_and_from_beast() -> None:
    with gzip.open(RECORDINGS / "long_flight.csv.gz") as content:
        plain = read(FORMATS["csv"](1, None), in_chunks(content.read(), 262_144))
    with lzma.open(RECORDINGS / "long_flight.beast.csv.xz") as content:
        headed = read(FORMATS["csv"](1, None), in_chunks(content.read(), 100_000))
    beast = read(FORMATS["beast"](1, float(plain.heard_at[0])), in_chunks(encode(plain), 70_001))
    assert len(plain) == 172_432
    for other in (headed, beast):
        np.testing.assert_array_equal(other.heard_at, plain.heard_at)
        np.testing.assert_array_equal(other.payload, plain.payload)
    assert headed.level.min() > 0
