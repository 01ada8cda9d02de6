from __future__ import annotations

import numpy as np
import pytest

from detector.decoding import DECODERS, ColumnarDecoder
from detector.decoding.addresses import CONFIRM_S, PENDING_LIMIT, AddressBook
from detector.domain.errors import Reject
from detector.domain.report import ADSR, ANONYMOUS, ICAO, TISB, address_text
from tests.decoding.frames import all_call, squitter, stream, surveillance

T0 = 1_700_000_000.0
ONE, OTHER = 0x4840D6, 0x15522C


@pytest.fixture(params=DECODERS, ids=str)
def decoder(request: pytest.FixtureRequest) -> ColumnarDecoder:
    made: ColumnarDecoder = DECODERS[request.param]()  # type: ignore[assignment]
    return made


@pytest.mark.parametrize("df", [0, 4, 5, 16, 20, 21])
def test_a_reply_of_an_address_never_announced_is_a_ghost(decoder: ColumnarDecoder, df: int) -> None:
    ghosts = [(T0 + i, surveillance(OTHER, 0x0A10, df=df)) for i in range(20)]
    real = [(T0 + 20.0, squitter(ONE)), (T0 + 21.0, squitter(ONE)), (T0 + 22.0, surveillance(ONE, 0x0A10, df=df))]
    reports = decoder.decode(stream(*ghosts, *real))
    assert reports.address.tolist() == [ONE, ONE]
    assert decoder.rejects.counts[Reject.UNANNOUNCED] == 21


def test_two_clean_frames_make_an_aircraft_and_the_first_is_not_reported(decoder: ColumnarDecoder) -> None:
    reports = decoder.decode(stream((T0, squitter(ONE)), (T0 + 1.0, all_call(ONE)), (T0 + 2.0, squitter(ONE))))
    assert reports.frame_row.tolist() == [1, 2]
    assert reports.slot.tolist() == [0, 0]


def test_one_frame_heard_by_two_receivers_makes_no_aircraft(decoder: ColumnarDecoder) -> None:
    twice = [(T0, squitter(ONE)), (T0 + 0.004, squitter(ONE))]
    assert len(decoder.decode(stream(*twice))) == 0
    assert len(decoder.decode(stream((T0 + 0.5, squitter(ONE))))) == 1


def test_two_frames_too_far_apart_make_no_aircraft(decoder: ColumnarDecoder) -> None:
    late = T0 + CONFIRM_S + 1.0
    assert len(decoder.decode(stream((T0, squitter(ONE)), (late, squitter(ONE))))) == 0
    assert len(decoder.decode(stream((late + 1.0, squitter(ONE))))) == 1


def test_an_all_call_with_an_interrogator_code_announces_nothing_but_is_heard(decoder: ColumnarDecoder) -> None:
    coded = [(T0 + i, all_call(ONE, interrogator=17)) for i in range(3)]
    assert len(decoder.decode(stream(*coded))) == 0
    clean = [(T0 + 3.0, all_call(ONE)), (T0 + 4.0, all_call(ONE)), (T0 + 5.0, all_call(ONE, interrogator=127))]
    assert decoder.decode(stream(*clean)).frame_row.tolist() == [1, 2]


def test_parity_beyond_the_interrogator_code_is_an_error(decoder: ColumnarDecoder) -> None:
    decoder.decode(stream((T0, all_call(ONE, interrogator=128))))
    assert decoder.rejects.counts[Reject.CRC] == 1


def test_the_kinds_of_df18_are_kept_apart(decoder: ColumnarDecoder) -> None:
    kinds = {0: ICAO, 1: ANONYMOUS, 2: TISB, 5: TISB, 6: ADSR}
    frames = [(T0 + i + cf / 10, squitter(ONE, df=18, field=cf)) for i in range(2) for cf in range(8)]
    reports = decoder.decode(stream(*frames))
    assert sorted(set((reports.address >> 24).tolist())) == sorted(set(kinds.values()))
    assert {address_text(int(key)) for key in reports.address} == {"4840d6", "~4840d6"}
    assert len(set(reports.slot.tolist())) == 4
    assert decoder.rejects.counts[Reject.UNKNOWN_FORMAT] == 6


def test_df17_and_df18_of_one_icao_address_are_one_aircraft(decoder: ColumnarDecoder) -> None:
    reports = decoder.decode(stream((T0, squitter(ONE)), (T0 + 1.0, squitter(ONE, df=18, field=0))))
    assert reports.slot.tolist() == [0]


def test_a_long_format_in_seven_bytes_is_dropped_and_a_padded_short_one_is_not(decoder: ColumnarDecoder) -> None:
    announced = [(T0, squitter(ONE)), (T0 + 1.0, squitter(ONE))]
    padded = surveillance(ONE, 0x0A10) + b"\x01\x02\x03\x04\x05\x06\x07"
    reports = decoder.decode(stream(*announced, (T0 + 2.0, squitter(ONE)[:7]), (T0 + 3.0, padded)))
    assert reports.df.tolist() == [17, 4]
    assert decoder.rejects.counts[Reject.LENGTH] == 1


def test_slots_are_given_in_order_of_confirmation() -> None:
    book = AddressBook()
    keys = np.array([ONE, OTHER, OTHER, ONE, ONE], np.uint32)
    slots = book.slots(keys, T0 + np.arange(5.0), np.ones(5, np.bool_))
    assert slots.tolist() == [-1, -1, 0, 1, 1]
    assert book.keys == [OTHER, ONE]


def test_addresses_heard_once_are_forgotten_oldest_first() -> None:
    book = AddressBook()
    n = PENDING_LIMIT + 10
    book.slots(np.arange(1, n + 1, dtype=np.uint32), T0 + np.arange(n, dtype=np.float64) * 1e-6, np.ones(n, np.bool_))
    assert len(book.pending) == PENDING_LIMIT
    assert min(book.pending) == 11
