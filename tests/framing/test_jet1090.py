"""JSON lines of jet1090."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch
from detector.framing.jet1090 import Jet1090Framer, encode
from tests.framing.streams import columns, cut, frames, read

LINE = b'{"timestamp":1720248189.525094,"frame":"8f393322384a02aea63afc43dcba","df":"17"%s}\n'


@given(frames(), st.lists(st.integers(0, 2_000), max_size=6))
def test_frames_survive_encoding_and_any_cut(batch: FrameBatch, cuts: list[int]) -> None:
    assert columns(read(Jet1090Framer(), cut(encode(batch), cuts)))[:4] == columns(batch)[:4]


def test_level_and_sensor_are_read_from_the_object_or_its_metadata() -> None:
    own = LINE % b',"rssi":-20.0,"serial":12'
    nested = LINE % b',"metadata":[{"rssi":-6.0,"serial":34}]'
    found = read(Jet1090Framer(5), [own + nested + LINE % b',"rssi":null,"serial":"x"'])
    assert found.level.tolist() == [26, 128, 0]
    assert found.receiver.tolist() == [12, 34, 5]


def test_bad_lines_are_counted_by_reason_and_cost_only_themselves() -> None:
    bad = (
        b'{"timestamp":1720248189.5}\n{"timestamp":1720248189.5,"frame":"8f39"}\n[1]\nnull\n{"frame\n'
        b'{"timestamp":1720248189.5,"frame":7}\n{"timestamp":1720248189.5,"frame":"\xff"}\n' + b"[" * 5_000 + b"\n"
    )
    undated = LINE.replace(b"1720248189.525094", b"null") % b"" + LINE.replace(b'"timestamp"', b'"t"') % b""
    framer = Jet1090Framer()
    found = read(framer, [LINE % b"" + bad + undated + b"\n" + LINE % b""])
    assert found.heard_at.tolist() == [1720248189.525094] * 2
    assert framer.rejects.counts == {Reject.BAD_HEX: 8, Reject.BAD_TIME: 2}
