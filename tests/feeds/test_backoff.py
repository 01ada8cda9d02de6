"""Waits between attempts."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from detector.feeds.backoff import FIRST_S, LASTED_S, MOST_S, Backoff


@given(seed=st.integers(0, 10_000), failures=st.integers(1, 40))
def test_waits_double_with_jitter_and_stay_bounded(seed: int, failures: int) -> None:
    backoff = Backoff(Random(seed))
    for n in range(failures):
        ceiling_s = min(MOST_S, FIRST_S * 2**n)
        assert ceiling_s / 2 <= backoff.after(0.0) <= ceiling_s


def test_a_connection_that_lasted_starts_over_and_one_that_broke_at_once_does_not() -> None:
    backoff = Backoff(Random(1))
    for _ in range(10):
        backoff.after(0.0)
    assert backoff.after(LASTED_S - 1.0) > FIRST_S
    assert backoff.after(LASTED_S) <= FIRST_S


def test_two_clients_do_not_come_back_in_step() -> None:
    assert Backoff(Random(1)).after(0.0) != Backoff(Random(2)).after(0.0)
