from __future__ import annotations

import msgspec
import numpy as np
import pytest

from benchmarks.generated import moving_aircraft, random_frames
from detector.decoding import DECODERS, Decoder
from detector.domain.frame import FrameBatch
from tests.decoding.report_columns import assert_same, decoded

PLACES = {0: (43.63, 1.37)}
STREAMS = {
    "random content": random_frames(seed=41, n=3_000),
    "moving aircraft": moving_aircraft(seed=42, aircraft=100, messages_each=40),
}


def revived(old: Decoder) -> Decoder:
    """A new decoder with the state of `old`, passed through JSON."""
    state = msgspec.json.encode(
        {
            "keys": old.addresses.keys,
            "pending": list(old.addresses.pending.items()),
            "rows": old.table.dump(range(len(old.addresses))),
        }
    )
    loaded = msgspec.json.decode(state)
    new = type(old)(PLACES)
    for key, row in zip(loaded["keys"], loaded["rows"], strict=True):
        new.table.load(new.addresses.add(key), row)
    new.addresses.restore_pending({int(key): at for key, at in loaded["pending"]})
    return new


@pytest.mark.parametrize("kind", DECODERS)
@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("stop", [1, 30, 777, 1_500, 2_999])
def test_a_decoder_revived_from_json_goes_on_as_if_it_had_never_stopped(kind: str, name: str, stop: int) -> None:
    frames: FrameBatch = STREAMS[name]
    through = DECODERS[kind](PLACES)
    through.decode(frames.take(slice(0, stop)))
    again = revived(through)
    rest = frames.take(slice(stop, None))
    expected = decoded(through, rest)
    assert len(expected["heard_at"]) > 0
    assert_same(decoded(again, rest), expected)
    assert again.addresses.keys == through.addresses.keys
    assert again.addresses.pending == through.addresses.pending


def test_rows_that_hold_nothing_are_dumped_as_nothing() -> None:
    decoder = DECODERS["columnar"]()
    decoder.addresses.add(0x4840D6)
    assert decoder.table.dump([0]) == [{}]


def test_a_dump_tells_the_pair_and_the_anchor_in_words() -> None:
    decoder = DECODERS["columnar"]()
    frames = moving_aircraft(seed=43, aircraft=1, messages_each=30)
    decoder.decode(frames)
    (row,) = decoder.table.dump(np.array([0]))
    assert row.keys() >= {"cpr_even_at", "cpr_odd_lat", "anchor_latitude_deg", "position_heard_at"}
    assert row["position_heard_at"] == frames.heard_at[-1]
