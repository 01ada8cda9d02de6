from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.alerting.outcome import OutcomeKind
from detector.alerting.retries import JITTER, LONGEST_S, SCHEDULE_S, delay_s, verdict_on


def test_the_schedule_is_the_one_that_is_promised() -> None:
    hour = 3600
    assert (5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour) == SCHEDULE_S


@given(st.text(max_size=40), st.integers(1, len(SCHEDULE_S)))
def test_each_delay_is_within_a_tenth_of_the_schedule_and_always_the_same(message: str, failures: int) -> None:
    delay = delay_s(message, failures)
    assert delay is not None
    assert abs(delay / SCHEDULE_S[failures - 1] - 1.0) <= JITTER
    assert delay_s(message, failures) == delay


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    delays = [delay_s(f"alert-{i}.1", 1) or 0.0 for i in range(100)]
    assert len(set(delays)) == 100
    assert min(delays) < 4.7
    assert max(delays) > 5.3


def test_the_tenth_failure_is_the_last() -> None:
    assert delay_s("alert-a.1", 9) is not None
    assert delay_s("alert-a.1", 10) is None


def test_a_longer_wait_that_is_asked_for_is_kept_up_to_a_day() -> None:
    assert delay_s("alert-a.1", 1, 120.0) == 120.0
    assert delay_s("alert-a.1", 1, 1e12) == LONGEST_S == 86_400.0
    assert delay_s("alert-a.1", 4, 1.0) == delay_s("alert-a.1", 4)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "delivered"),
        (201, "delivered"),
        (202, "delivered"),
        (204, "delivered"),
        (299, "delivered"),
        (100, "retry"),
        (300, "retry"),
        (301, "retry"),
        (304, "retry"),
        (308, "retry"),
        (400, "dead"),
        (401, "dead"),
        (403, "dead"),
        (404, "dead"),
        (405, "dead"),
        (408, "retry"),
        (409, "dead"),
        (410, "gone"),
        (413, "dead"),
        (422, "dead"),
        (425, "retry"),
        (429, "retry"),
        (451, "dead"),
        (500, "retry"),
        (501, "retry"),
        (502, "retry"),
        (503, "retry"),
        (504, "retry"),
        (599, "retry"),
        (600, "retry"),
        (999, "retry"),
    ],
)
def test_what_each_status_means(status: int, kind: str) -> None:
    assert verdict_on(status) is OutcomeKind(kind)
