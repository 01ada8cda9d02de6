from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.frame import FrameBatch
from detector.tracking import fusion
from detector.tracking.fusion import ROUNDS, SAME_S, Duplicates, DuplicatesState

T0 = 1_700_000_000.0
Heard = list[tuple[float, int, int]]
"""(time, content, receiver)"""


def frames(heard: Heard) -> FrameBatch:
    payload = np.zeros((len(heard), 14), np.uint8)
    payload[:, 13] = [content for _, content, _ in heard]
    return FrameBatch(
        np.array([T0 + at for at, _, _ in heard]),
        payload,
        np.full(len(heard), 14, np.uint8),
        np.array([receiver for _, _, receiver in heard], np.uint64),
        np.zeros(len(heard), np.uint8),
        np.zeros(len(heard), np.bool_),
    )


def kept(heard: Heard) -> list[tuple[float, int, int]]:
    batch = frames(heard)
    given, _ = Duplicates().drop(batch, np.maximum.accumulate(batch.heard_at))
    return [
        (round(float(at) - T0, 6), int(content), int(receiver))
        for at, content, receiver in zip(given.heard_at, given.payload[:, 13], given.receiver, strict=True)
    ]


def test_one_transmission_heard_by_two_receivers_is_one_frame() -> None:
    heard = [(0.001, 2, 2), (0.1, 1, 1), (0.11, 1, 2), (0.2, 3, 1), (0.2, 2, 1)]
    assert kept([(0.0, 9, 1), *heard]) == [(0.0, 9, 1), (0.001, 2, 2), (0.1, 1, 1), (0.2, 3, 1)]


@pytest.mark.parametrize(("apart_s", "count"), [(SAME_S, 1), (SAME_S + 0.001, 2)])
def test_the_same_bytes_later_than_that_are_another_transmission(apart_s: float, count: int) -> None:
    assert len(kept([(-1.0, 9, 1), (0.0, 1, 2), (apart_s, 1, 1)])) == 1 + count


def test_frames_that_repeat_for_ever_are_not_all_dropped() -> None:
    found = kept([(0.25 * k, 1, 1 + k % 2) for k in range(1, 20)])
    # The second receiver begins the search; from there on, every third is kept.
    assert [at for at, _, _ in found] == [0.25, 0.5, 1.25, 2.0, 2.75, 3.5, 4.25]


def test_a_long_row_of_repetitions_is_thinned_the_same_however_it_is_cut() -> None:
    heard = [(0.0, 9, 2)] + [(0.2 * k, 1, 1 + k % 2) for k in range(1, 40 * ROUNDS)]
    found = kept(heard)
    assert found == [one for one, alone in zip(heard_rounded(heard), plainly(heard), strict=True) if alone]
    assert np.allclose(np.diff([at for at, _, _ in found][2:]), 0.6)


def test_one_receiver_alone_is_searched_among_neighbours_only() -> None:
    assert kept([(0.0, 1, 7), (0.01, 1, 7), (0.02, 2, 7), (0.03, 1, 7)]) == [(0.0, 1, 7), (0.02, 2, 7), (0.03, 1, 7)]


def test_duplicates_are_counted() -> None:
    duplicates = Duplicates()
    batch = frames([(0.0, 1, 1), (0.0, 2, 2), (0.1, 1, 2), (0.1, 1, 3), (0.1, 2, 1)])
    duplicates.drop(batch, batch.heard_at)
    assert duplicates.rejects.counts == {"duplicate": 2}


def test_contents_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = [(0.01 * k, content, 1 + k % 2) for k, content in enumerate([5, 3, 1, 2, 1, 2, 3, 1])]
    plain = kept(heard)
    monkeypatch.setattr(fusion, "hashes", lambda head, _: np.zeros(len(head), np.uint32))
    assert kept(heard) == plain


def heard_rounded(heard: Heard) -> Heard:
    return [(round(at, 6), content, receiver) for at, content, receiver in heard]


def plainly(heard: Heard) -> list[bool]:
    """The rule as it is written."""
    result, many, event = [], False, -np.inf
    last: dict[int, float] = {}
    for at, content, receiver in heard:
        if not many and receiver != heard[0][2]:
            many, last = True, {}
        event = max(event, at)
        before = last.get(content)
        same = before is not None and event - before <= SAME_S and before - at <= SAME_S
        if not many:
            last = {content: before} if same and before is not None else {c: t for c, t in last.items() if c == content}
        if not same:
            last[content] = at if before is None else max(before, at)
        result.append(not same)
    return result


heard_by_many = st.lists(
    st.tuples(
        st.sampled_from([-2.0, -0.75, -0.5, -0.25, 0.0, 0.0, 0.125, 0.25, 0.5, 1.0]),
        st.integers(0, 3),
        st.sampled_from([1, 1, 1, 2, 3]),
    ),
    min_size=1,
    max_size=40,
)


@given(heard_by_many, st.lists(st.integers(0, 40), max_size=6), st.booleans())
def test_no_cut_of_the_stream_changes_which_frames_are_kept(moves: Heard, cuts: list[int], resume: bool) -> None:
    times = np.cumsum([step for step, _, _ in moves])
    heard = [(float(at), content, receiver) for at, (_, content, receiver) in zip(times, moves, strict=True)]
    batch = frames(heard)
    clock = np.maximum.accumulate(batch.heard_at)
    batch.level[:] = np.arange(len(batch))
    one, found = Duplicates(), []
    for rows in np.split(np.arange(len(batch)), sorted(min(cut, len(batch)) for cut in cuts)):
        given_out, after = one.drop(batch.take(rows), clock[rows])
        found += given_out.level.tolist()
        assert np.array_equal(after, clock[given_out.level])
        if resume:
            state = msgspec.json.decode(msgspec.json.encode(one.dump()), type=DuplicatesState)
            one = Duplicates()
            one.restore(state)
    assert found == np.flatnonzero(plainly(heard)).tolist()
