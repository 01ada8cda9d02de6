"""How long a pair serves: airborne by its age, on the ground from the first surface message on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.agreement_positions import distance_m
from benchmarks.generated import encode_cpr
from detector.decoding import DECODERS, ColumnarDecoder, Decoder, ReferenceDecoder
from detector.decoding.positions import ANCHOR_AIRBORNE_S, ANCHOR_SURFACE_S, FIRST_SURFACE_S
from detector.domain.frame import FrameBatch
from tests.decoding.frames import squitter, stream
from tests.decoding.report_columns import assert_same, decoded

T0 = 1_700_000_000.0
FIELD = (48.70, 9.95)
AIRCRAFT = 0x4840D6

EVERY_DECODER = pytest.mark.parametrize("kind", DECODERS)


@dataclass(frozen=True)
class Message:
    """A position message `at` seconds into the stream."""

    at: float
    surface: bool
    odd: bool = False
    place: tuple[float, float] = FIELD
    aircraft: int = AIRCRAFT


def heard(*messages: Message) -> FrameBatch:
    return stream(*((T0 + message.at, _frame(message)) for message in messages))


def _frame(message: Message) -> bytes:
    latitude, longitude = (np.array([degrees]) for degrees in message.place)
    lat, lon = encode_cpr(latitude, longitude, np.array([int(message.odd)]), np.array([message.surface]))
    typecode = 7 if message.surface else 11
    return squitter(message.aircraft, typecode << 51 | int(message.odd) << 34 | int(lat[0]) << 17 | int(lon[0]))


def pair(at: float, place: tuple[float, float] = FIELD) -> tuple[Message, ...]:
    """An even message and then an odd one `at` that time; the address is heard twice, so that it is known."""
    return Message(at - 1.0, False, place=place), Message(at, False, odd=True, place=place)


def right(decoder: Decoder, *messages: Message) -> list[bool | None]:
    """Of each message: whether its place is right; None if it has no place. The first one only announces."""
    places = decoder.decode(heard(Message(messages[0].at - 50.0, False), *messages)).positions
    told = zip(places.latitude_deg[-len(messages) :], places.longitude_deg[-len(messages) :], messages, strict=True)
    return [
        None if np.isnan(latitude) else bool(distance_m(latitude, longitude, *map(np.array, message.place)) < 20.0)
        for latitude, longitude, message in told
    ]


@EVERY_DECODER
@pytest.mark.parametrize(("after_s", "place"), [(FIRST_SURFACE_S, True), (FIRST_SURFACE_S + 0.001, None)])
def test_the_first_surface_message_is_resolved_near_a_pair_no_older_than_the_limit(
    kind: str, after_s: float, place: bool | None
) -> None:
    decoder = DECODERS[kind]()
    assert right(decoder, *pair(0.0), Message(after_s, True)) == [None, True, place]
    assert decoder.rejects.counts.get("no_reference", 0) == (0 if place else 1)


@EVERY_DECODER
def test_a_lone_airborne_message_is_no_pair_and_does_not_make_the_limit_longer(kind: str) -> None:
    lone = Message(FIRST_SURFACE_S - 1.0, False)
    assert right(DECODERS[kind](), *pair(0.0), lone, Message(FIRST_SURFACE_S + 1.0, True)) == [None, True, True, None]


@EVERY_DECODER
def test_an_aircraft_that_flew_on_for_60_nm_before_it_was_heard_on_the_ground_has_no_place(kind: str) -> None:
    before = (FIELD[0] - 1.0, FIELD[1])
    assert right(DECODERS[kind](), *pair(0.0, before), Message(420.0, True)) == [None, True, None]


@EVERY_DECODER
def test_an_aircraft_as_fast_as_can_be_is_placed_right_at_the_limit(kind: str) -> None:
    before = (FIELD[0] - FIRST_SURFACE_S * 595.0 / 3600.0 / 60.0, FIELD[1])
    assert right(DECODERS[kind](), *pair(0.0, before), Message(FIRST_SURFACE_S, True)) == [None, True, True]


@EVERY_DECODER
def test_a_taxi_of_an_hour_stays_resolved_until_a_silence_that_is_too_long(kind: str) -> None:
    taxi = [Message(200.0 + k * ANCHOR_SURFACE_S, True, odd=k % 2 == 1) for k in range(6)]
    assert taxi[-1].at > 3_600.0
    late = Message(taxi[-1].at + ANCHOR_SURFACE_S + 0.001, True)
    assert right(DECODERS[kind](), *pair(0.0), *taxi, late) == [None, True, *[True] * len(taxi), None]


@EVERY_DECODER
def test_what_came_too_late_brings_nothing_behind_it_back_until_a_new_pair(kind: str) -> None:
    late = [Message(FIRST_SURFACE_S + 10.0 + k, True) for k in range(3)]
    again = [*pair(400.0), Message(410.0, True)]
    expected = [None, True, None, None, None, True, True, True]
    # The even half of the new pair is itself resolved near the old one: in the air that still serves.
    assert right(DECODERS[kind](), *pair(0.0), *late, *again) == expected


@EVERY_DECODER
@pytest.mark.parametrize(("after_s", "place"), [(ANCHOR_AIRBORNE_S, True), (ANCHOR_AIRBORNE_S + 1.0, None)])
def test_a_late_surface_message_leaves_the_pair_to_the_airborne_ones(
    kind: str, after_s: float, place: bool | None
) -> None:
    late = Message(FIRST_SURFACE_S + 10.0, True)
    assert right(DECODERS[kind](), *pair(0.0), late, Message(after_s, False)) == [None, True, None, place]


@EVERY_DECODER
def test_a_hop_between_surface_messages_asks_for_a_fresh_pair_again(kind: str) -> None:
    messages = Message(200.0, True), Message(500.0, False), Message(510.0, True)
    assert right(DECODERS[kind](), *pair(0.0), *messages) == [None, True, True, True, None]


@EVERY_DECODER
def test_the_place_of_the_receiver_stands_in_where_the_pair_is_too_old(kind: str) -> None:
    decoder = DECODERS[kind]({0: (FIELD[0] + 0.1, FIELD[1])})
    assert right(decoder, *pair(0.0), *(Message(400.0 + k, True) for k in range(2))) == [None, True, True, True]


MESSAGE = st.tuples(
    st.sampled_from([0.0, 1.0, 5.0, 100.0, 269.0, 270.0, 271.0, 599.0, 601.0, 900.0, 901.0, -30.0]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([AIRCRAFT, AIRCRAFT + 1]),
)


@given(told=st.lists(MESSAGE, min_size=2, max_size=40), cuts=st.lists(st.integers(1, 40), max_size=10))
@example(
    told=[(1.0, False, odd, AIRCRAFT) for odd in (False, True, False)] + [(280.0, True, False, AIRCRAFT)] * 3,
    cuts=[4, 5],
)
def test_any_cut_and_the_plain_sequence_of_steps_give_the_same_places_and_state(
    told: list[tuple[float, bool, bool, int]], cuts: list[int]
) -> None:
    at = np.cumsum([step for step, *_ in told]).tolist()
    announced = [Message(-50.0 + k, False, aircraft=AIRCRAFT + k % 2) for k in range(4)]
    messages = [Message(t, surface, odd, FIELD, who) for t, (_, surface, odd, who) in zip(at, told, strict=True)]
    frames = heard(*announced, *messages)
    whole, parts, steps = ColumnarDecoder(), ColumnarDecoder(), ReferenceDecoder()
    expected = decoded(whole, frames)
    assert_same(decoded(parts, frames, [len(announced) + cut for cut in cuts]), expected)
    reference = decoded(steps, frames)
    for name in ("latitude_deg", "longitude_deg", "paired"):
        np.testing.assert_allclose(
            reference[f"positions.{name}"].astype(float), expected[f"positions.{name}"].astype(float), atol=1e-9
        )
    slots = range(len(whole.addresses))
    state = whole.table.dump(slots)
    assert parts.table.dump(slots) == state
    for mine, theirs in zip(steps.table.dump(slots), state, strict=True):
        assert mine == pytest.approx(theirs)
