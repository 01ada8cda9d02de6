"""CSV: columns, times, and the two ways of reading a line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch
from detector.framing.csv import CsvFramer, encode
from detector.framing.time_text import microseconds_of
from tests.framing.streams import Result, columns, cut, frames, in_chunks, read, result

LONG, SHORT = b"8D406B909945DE10000405999BE4", b"210000bd6b441a"
places = st.lists(st.integers(0, 4_000), max_size=6)


def rows(text: bytes) -> tuple[list[tuple[int, str]], dict[str, int]]:
    """(us, hex) of every frame, and what was dropped."""
    framer = CsvFramer()
    found = read(framer, [text])
    texts = [row[:length].tobytes().hex() for row, length in zip(found.payload, found.length, strict=True)]
    return [(round(at * 1e6), frame) for at, frame in zip(found.heard_at.tolist(), texts, strict=True)], dict(
        framer.rejects.counts
    )


@given(frames(max_size=60), places)
def test_frames_survive_encoding_and_any_cut(batch: FrameBatch, cuts: list[int]) -> None:
    found = columns(read(CsvFramer(7), cut(encode(batch), cuts)))
    assert found[:4] == columns(batch)[:4]


times = st.sampled_from(
    b"1698140962.119813|1698140962|1698140962.5|1698140962.|1698140962.1198135|1698140962119|1698140962119813|"
    b"1698140962119813499|2023-10-24T09:49:22.119813Z|12||1.6e9|9999999999|-1698140962| 1698140962|"
    b'"1698140962"|1698140962.11981x|169814096x'.split(b"|")
)
hexes = st.sampled_from(
    [
        *(
            LONG,
            SHORT,
            SHORT.upper(),
            LONG.lower(),
            LONG[:-1],
            b"zz" + LONG[2:],
            b'"' + SHORT + b'"',
            SHORT + b" ",
            b"",
        ),
        *(
            LONG[:14],
            LONG + SHORT,
            b"1b33000023bb50f025" + LONG,
            b"1a33000023bb50f025" + LONG,
            b"1A32000023BB50F0FF" + SHORT,
        ),
        *(b"1a33000023bb50f025" + SHORT, b"1a32000023bb50gg25" + SHORT),
    ]
)
odd_lines = st.builds(
    lambda at, frame, end: at + b"," + frame + end, times, hexes, st.sampled_from((b"\n", b"\r\n", b",5\n"))
)


@given(st.lists(odd_lines | st.just(b"\n") | st.just(b"ts,hex\n"), min_size=30, max_size=80), places)
@settings(max_examples=60)
def test_lines_read_as_arrays_and_one_at_a_time_are_the_same(lines: list[bytes], cuts: list[int]) -> None:
    text = b"ts,hex\n" + b"".join(lines)

    def read_in(chunks: list[bytes]) -> Result:
        return result(lambda: CsvFramer(3), chunks)

    assert read_in([text]) == read_in(in_chunks(text, 1)) == read_in(cut(text, cuts))


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        (b"1698140962.119813", 1698140962119813),
        (b"1698140962", 1698140962000000),
        (b"1698140962.1", 1698140962100000),
        (b"1698140962.1198134", 1698140962119813),
        (b"1698140962.1198135", 1698140962119814),
        (b"1698140962.9999999", 1698140963000000),
        (b"1698140962119", 1698140962119000),
        (b"1698140962119.813", 1698140962119813),
        (b"1698140962119813", 1698140962119813),
        (b"1698140962119813499", 1698140962119813),
        (b"1698140962119813500", 1698140962119814),
        (b"2023-10-24T09:49:22.119813Z", 1698140962119813),
        (b"2023-10-24 09:49:22,1198135", 1698140962119814),
        (b"2023-10-24T11:49:22+02:00", 1698140962000000),
        (b"2023-10-24T11:49:22+0200", 1698140962000000),
    ],
)
def test_times_are_exact_to_the_microsecond(text: bytes, microseconds: int) -> None:
    assert microseconds_of(text) == microseconds


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"0",
        b"12",
        b"631151999",
        b"4102444800",
        b"-1698140962",
        b"1e9",
        b"nan",
        b"2023-13-01T00:00:00",
        b"1989-12-31T23:59:59Z",
    ],
)
def test_what_is_no_time_of_this_field_is_none(text: bytes) -> None:
    assert microseconds_of(text) is None


@given(st.integers(631_152_000_000_000, 4_102_444_799_999_999), st.sampled_from((6, 3, 0, -3)))
def test_every_unit_gives_the_same_instant(microseconds: int, power: int) -> None:
    digits = str(microseconds * 1000)
    point = len(digits) - 3 - power
    text = f"{digits[:point]}.{digits[point:]}" if digits[point:] else digits
    assert microseconds_of(text.encode()) == microseconds


LINE = (1457996400_000000, LONG.decode().lower())


@pytest.mark.parametrize(
    "text",
    [
        b"ts,hex\n1457996400," + LONG,
        b"timestamp,rawmsg\r\n1457996400," + LONG + b"\r\n",
        b"1457996400," + LONG + b"\n",
        b"\xef\xbb\xbf1457996400," + LONG + b"\n",
        b"\xef\xbb\xbfhex;timestamp\n" + LONG + b";1457996400\n",
        b"1457996400\t" + LONG + b"\n",
        b'1457996400,"' + LONG + b'","406B90",19\n',
        b"1457996400,4D010D," + LONG + b"\n",
        b'"icao","hex","time"\n406b90,' + LONG + b",2016-03-14T23:00:00Z\n",
        b"1457996400000,1a330000000000017f" + LONG + b"\n",
    ],
)
def test_columns_are_found_by_name_or_by_look(text: bytes) -> None:
    assert rows(text) == ([LINE], {})


def test_a_bad_line_costs_itself_only_and_is_counted_by_reason() -> None:
    good = b"1457996400," + LONG + b"\n"
    found, rejects = rows(good + b"1457996400,8D40\n12," + LONG + b"\nnonsense\n\n" + b"x" * 70_000 + b"\n" + good)
    assert found == [LINE, LINE]
    assert rejects == {Reject.BAD_HEX: 2, Reject.BAD_TIME: 1, Reject.OVERLONG: 1}


def test_garbage_before_the_first_frame_does_not_hide_the_columns() -> None:
    found, rejects = rows(b"# recorded by hand\n\n1457996400," + LONG + b"\n")
    assert (found, rejects) == ([LINE], {Reject.BAD_HEX: 1})


@pytest.mark.parametrize("size", [1, 1_000, 65_536, 200_000])
def test_an_endless_line_is_skipped_to_its_newline_at_any_cut(size: int) -> None:
    framer = CsvFramer()
    text = b"1457996400," + LONG + b"\n" + b"y" * 150_000 + b"\n1457996400," + LONG + b"\n"
    assert len(read(framer, in_chunks(text[:300] + text[-140_000:], size))) == 2
    assert framer.rejects.counts == {Reject.OVERLONG: 1}


def test_the_level_comes_from_the_beast_header() -> None:
    found = read(CsvFramer(), [b"1457996400,1a330000000000017f" + LONG + b"\n"])
    assert found.level.tolist() == [0x7F]


def test_frames_of_the_wrong_length_for_their_format_are_counted() -> None:
    found, rejects = rows(b"1457996400,8d406b90994500\n1457996400," + LONG + b"\n")
    assert (found, rejects) == ([LINE], {Reject.LENGTH: 1})
