"""AVR text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch
from detector.framing.avr import AvrFramer, encode
from tests.framing.streams import START_AT, columns, cut, frames, in_chunks, read, result

FRAME = b"8D4B969699155600E87406F5B69F"


def found(text: bytes) -> tuple[int, dict[str, int]]:
    framer = AvrFramer(1, START_AT)
    return len(read(framer, [text])), dict(framer.rejects.counts)


@given(frames(), st.lists(st.integers(0, 2_000), max_size=6))
def test_frames_survive_encoding_and_any_cut(batch: FrameBatch, cuts: list[int]) -> None:
    framer = AvrFramer(7, float(batch.heard_at[0]))
    assert columns(read(framer, cut(encode(batch), cuts)))[:4] == columns(batch)[:4]
    assert framer.rejects.counts == {}


def test_frames_without_a_time_get_the_start_time() -> None:
    assert read(AvrFramer(1, START_AT), [b"*" + FRAME + b";\n*" + FRAME + b";\n"]).heard_at.tolist() == [START_AT] * 2


def test_without_a_start_time_nothing_can_be_dated() -> None:
    framer = AvrFramer(1)
    assert len(read(framer, [b"*" + FRAME + b";\n"])) == 0
    assert framer.undated
    assert framer.rejects.counts == {Reject.BAD_TIME: 1}


@pytest.mark.parametrize(
    "text",
    [
        b"*" + FRAME + b";",
        b"*" + FRAME.lower() + b";\r\n",
        b"@016CE3671AA8" + FRAME + b";\r",
        b"<016CE3671AA87F" + FRAME + b";\n",
        b"*" + FRAME + b";F5508025;0A;2B2B;\r\n",
        b"*0000;\n*" + FRAME + b";(12,3,0A)\r\n",
        b"\xef\xbb\xbf*" + FRAME + b";\n",
    ],
)
def test_every_dialect_is_read(text: bytes) -> None:
    assert found(text) == (1, {})


def test_several_frames_stand_on_one_line() -> None:
    assert found(b"*" + FRAME + b";*" + FRAME + b"; *" + FRAME + b";\n") == (3, {})


def test_damage_is_counted_by_reason_and_costs_no_other_frame() -> None:
    text = (
        b"*8D4B96;*"
        + FRAME
        + b";\nfoo*"
        + FRAME
        + b";bar\n*8D4B9696*"
        + FRAME
        + b";\n*0A83;\n*"
        + FRAME[:-2]
        + b"xy;\n"
    )
    assert found(text) == (
        3,
        {Reject.BAD_HEX: 2, Reject.GARBAGE: 2, Reject.TRUNCATED: 1, Reject.MODE_AC: 1},
    )


def test_the_level_is_read_where_it_is_given() -> None:
    assert read(AvrFramer(1, START_AT), [b"<016CE3671AA87F" + FRAME + b";\n"]).level.tolist() == [0x7F]


@given(st.lists(st.sampled_from((b"*", FRAME, b";", b"@016CE3671AA8", b"\n", b"\r\n", b"xy", b"*0A83;")), max_size=40))
def test_damaged_text_gives_the_same_at_any_cut(parts: list[bytes]) -> None:
    text = b"".join(parts)

    def make() -> AvrFramer:
        return AvrFramer(1, START_AT)

    assert result(make, [text]) == result(make, in_chunks(text, 1)) == result(make, in_chunks(text, 37))
