from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.alerting import EvidenceBook, EvidenceFrame
from detector.alerting.evidence import EDGE, LIMIT, SHARP_EDGE, lines, parsed
from detector.domain.alert import Alert, AlertEvent
from detector.domain.observation import Heard
from detector.domain.stop import Moment, Severity, Status, Stop
from tests.alerting.test_book import T0, left, revised, stop

FOUND = stop()
"""Landed between T0 and T0 + 300 s."""
ALERT = Alert(id="alert-1", revision=1, event=AlertEvent.OPENED, at=T0, severity=Severity.HIGH, stop=FOUND)
OPEN_WITHOUT = stop(findings=())


def frames(*at: float) -> tuple[Heard, ...]:
    return tuple(Heard(T0 + one, f"{int(one * 1000) % (1 << 56):014x}") for one in at)


def every(step: float, begin: float, end: float) -> tuple[Heard, ...]:
    return frames(*np.arange(begin, end, step).tolist())


def taken(book: EvidenceBook, told: Stop, heard: tuple[Heard, ...], alert: Alert | None = None) -> list[float]:
    book.take_in(told, lambda: heard, alert)
    return [frame.at - T0 for frame in book.of(told.id)]


def test_frames_of_several_revisions_are_merged_in_order_of_time_without_duplicates() -> None:
    book = EvidenceBook()
    taken(book, FOUND, frames(-20.0, -10.0, 5.0))
    gone = left(FOUND, 3_000.0)
    assert taken(book, gone, frames(5.0, 2_990.0, 3_010.0)) == [-20.0, -10.0, 5.0, 2_990.0, 3_010.0]


def test_only_the_time_around_landing_and_departure_is_kept_with_the_edges_of_the_silence() -> None:
    book = EvidenceBook()
    gone = left(FOUND, 7_000.0)
    kept = taken(book, gone, every(10.0, -4_000.0, 10_000.0))
    inside = [at for at in kept if 600.0 + EDGE * 10.0 < at < 6_400.0 - 10.0]
    assert inside == []
    assert (min(kept), max(kept)) == (-1_800.0, 7_600.0)
    assert len([at for at in kept if -1_800.0 <= at <= 600.0]) == 241


def test_the_last_frames_before_a_silence_stay_however_long_before_the_landing_it_began() -> None:
    book = EvidenceBook()
    far = msgspec.structs.replace(FOUND, landed=Moment(T0 + 9_000.0, T0 + 12_000.0, T0 + 9_500.0, False))
    kept = taken(book, far, every(1.0, -100.0, 0.0))
    assert kept == np.arange(-EDGE, 0.0).tolist()


def test_more_than_the_limit_is_thinned_but_not_next_to_the_silence() -> None:
    book = EvidenceBook()
    gone = left(FOUND, 7_000.0)
    kept = taken(book, gone, every(1.0, -1_700.0, 300.5) + every(1.0, 6_700.0, 7_500.0))
    assert len(kept) == LIMIT
    before, after = [at for at in kept if at <= 300.0], [at for at in kept if at > 300.0]
    assert before[-SHARP_EDGE:] == np.arange(301.0 - SHARP_EDGE, 301.0).tolist()
    assert after[:SHARP_EDGE] == np.arange(6_700.0, 6_700.0 + SHARP_EDGE).tolist()
    gaps = np.diff(before[:-SHARP_EDGE])
    assert gaps.max() <= 2 * gaps.mean() + 1


def test_an_open_stop_is_kept_without_a_finding_and_let_go_when_it_ends_without_one() -> None:
    book = EvidenceBook()
    assert taken(book, OPEN_WITHOUT, frames(-10.0)) == [-10.0]
    assert list(book.changes()[0]) == [FOUND.id]
    assert taken(book, revised(OPEN_WITHOUT, 3_000.0, status=Status.CLOSED), frames(-10.0)) == []
    assert book.changes() == ({}, {FOUND.id})


def test_a_stop_that_was_never_written_down_is_let_go_without_a_trace() -> None:
    book = EvidenceBook()
    taken(book, OPEN_WITHOUT, frames(-10.0))
    taken(book, revised(OPEN_WITHOUT, 3_000.0, status=Status.CLOSED), frames(-10.0))
    assert book.changes() == ({}, set())


def test_a_stop_with_an_alert_is_kept_whatever_becomes_of_it() -> None:
    book = EvidenceBook()
    taken(book, FOUND, frames(-10.0))
    gone = revised(FOUND, 3_000.0, status=Status.RETRACTED, findings=())
    assert taken(book, gone, frames(-10.0, 20.0), ALERT) == [-10.0, 20.0]


def test_an_alert_that_was_taken_back_keeps_the_frames_of_its_last_revision() -> None:
    book = EvidenceBook()
    taken(book, FOUND, frames(-10.0))
    gone = revised(FOUND, 3_000.0, findings=())
    taken_back = msgspec.structs.replace(ALERT, event=AlertEvent.RETRACTED)
    assert taken(book, gone, frames(20.0), taken_back) == [-10.0]
    assert taken(book, FOUND, frames(20.0), taken_back) == [-10.0, 20.0]


def test_what_is_released_is_forgotten_only_after_it_was_written_down() -> None:
    book = EvidenceBook()
    taken(book, FOUND, frames(-10.0))
    book.release([FOUND.id])
    changed, dropped = book.changes()
    assert (list(changed), dropped) == ([FOUND.id], set())
    assert book.of(FOUND.id) == ()


def test_only_what_changed_is_told_again() -> None:
    book = EvidenceBook()
    taken(book, FOUND, frames(-10.0))
    book.changes()
    taken(book, revised(FOUND, 700.0), frames(-10.0))
    assert book.changes() == ({}, set())


FRAME = st.sampled_from([7, 14]).flatmap(lambda n: st.binary(min_size=n, max_size=n))


@given(st.lists(st.tuples(st.integers(0, 4 * 10**15), FRAME, st.integers(0, 2**64 - 1)), max_size=5))
def test_lines_of_frames_are_read_back_as_they_were(told: list[tuple[int, bytes, int]]) -> None:
    kept = tuple(EvidenceFrame(us / 1e6, frame.hex(), receiver) for us, frame, receiver in told)
    assert parsed(lines(kept)) == kept


@pytest.mark.parametrize("line", ["", "1 2", "x 8d15522c 0", "1 8d1 0", "1 8d zz"])
def test_a_line_that_is_no_frame_is_an_error(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  several messages
        parsed([line])
