"""kill -9 of the service, of its server and of the receiver of its webhooks, at random moments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import kills
from tests.faults.world import AIRCRAFT


def _run(
    folder: Path, count: int, seed: int, pace_s: float, capsys: pytest.CaptureFixture[str], aircraft: int = AIRCRAFT
) -> None:
    account = kills.run(folder, count, seed, pace_s=pace_s, aircraft=aircraft)
    found = account.verdict
    assert found is not None
    with capsys.disabled():
        print("\n" + "\n".join(account.lines()))  # noqa: T201  the counts are what is to be shown
    assert account.kills.total() == count
    assert found.revisions > 10
    assert found.lost == ()
    assert found.second == ()
    assert found.twice <= count
    assert found.clean
    assert account.stop_status == 0


def test_no_kill_loses_an_alert_or_gives_it_a_second_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(tmp_path, 10, 1, 1.5, capsys, aircraft=2 * AIRCRAFT)


@pytest.mark.soak
def test_a_thousand_kills_lose_no_alert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(tmp_path, 1000, 2, 3.0, capsys)
