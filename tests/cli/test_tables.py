"""What a person reads at the end of a replay, from what was found."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from detector import app
from detector.cli import tables
from detector.domain.movement import Movement, MovementKind
from detector.domain.stop import GroundTime, Level, Moment, Status, Stop

LANDED = Moment(1_752_113_224.0, 1_752_200_987.0, 1_752_120_000.0, observed=False)


def stop(**values: Any) -> Stop:
    usual: dict[str, Any] = {
        "id": "stop-1", "revision": 1, "status": Status.CLOSED, "icao24": "1553a2", "airport": None, "country": None,
        "candidates": (), "landed": LANDED, "departed": LANDED, "ground_time": GroundTime(300.0, 190_000.0, 9_000.0),
        "level": Level.DARK, "opened_at": 0.0, "revised_at": 9.0,
    }  # fmt: skip
    return Stop(**(usual | values))


def printed(result: app.ReplayResult, unit: str = "frames") -> str:
    to = io.StringIO()
    tables.print_result(result, Console(file=to, width=tables.PLAIN_WIDTH), unit)
    return to.getvalue()


def landings(count: int) -> list[Movement]:
    return [
        Movement(MovementKind.LANDING, "1553a2", "OLBA", 60.0 * k, 60.0 * k + 1, "it came down") for k in range(count)
    ]


def test_a_dark_stop_is_told_as_one_that_may_not_have_been() -> None:
    shown = printed(app.ReplayResult(stops=[stop()]))
    assert all(words in shown for words in ("not known", "if so", "whether it landed"))
    assert "2 d" not in shown


def test_a_long_stay_is_told_in_days() -> None:
    shown = printed(app.ReplayResult(stops=[stop(level=Level.ONE_SIDE, airport="UHWW", country="RU")]))
    assert "5 min .. 2 d 4 h" in shown
    assert "if so" not in shown


@pytest.mark.parametrize(("count", "listed"), [(12, False), (13, True)])
def test_where_movements_are_only_counted_it_is_said_who_lists_them(count: int, listed: bool) -> None:
    shown = printed(app.ReplayResult(movements=landings(count)))
    assert ("it came down" in shown) is not listed
    assert f"Movements: {count} landing" in shown
    assert (f"({count} movements; --json lists them)" in shown) is listed


def test_a_movement_whose_stop_is_elsewhere_names_no_field() -> None:
    there = Moment(0.0, 1.0, 0.5, observed=True)
    elsewhere = stop(level=Level.ONE_SIDE, airport="LLBG", country="IL", landed=there, departed=None, ground_time=None)
    shown = printed(app.ReplayResult(movements=landings(1), stops=[elsewhere]))
    assert "position not trusted" in shown
    assert "OLBA" not in shown


def test_what_is_counted_is_called_by_its_name() -> None:
    assert "7 rows of 2 aircraft" in printed(app.ReplayResult(frames=7, aircraft=2), "rows")
