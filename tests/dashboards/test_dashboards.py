"""The dashboards: what is committed is what the code makes, and every panel has data when the service has a bad day."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboards import DASHBOARDS, FOLDER, text_of
from tests.dashboards.board import (
    ALERTS,
    STOPS,
    Board,
    choices_are_asked_for,
    links_of,
    list_of,
    marks_are_the_alerts,
)
from tests.dashboards.infinity import Infinity
from tests.dashboards.troubles import Troubled, panels_of
from tests.prometheus.server import Prometheus

GUIDE = Path(__file__).parents[2] / "docs" / "operations.md"
VARIABLES = {
    "$instance": ".*",
    "$feed": ".*",
    "$endpoint": ".*",
    "$__rate_interval": "5s",
    "$__interval": "5s",
    "$__range": "60s",
}
GUARD_S = 240.0
BACK_S = 45.0
QUIET = {
    "Clock set back",
    "Disturbed cells",
    "Held back, taken back",
    "Not sent",
    "Silences in flight",
    "Stops held back",
}
"""All that is told here may be 0: a silence takes ten minutes, an overflow ten thousand messages, a hold an hour."""
NO_SERIES = "> 0"
"""A curve of an expression that ends so may be missing."""


@pytest.mark.parametrize("name", DASHBOARDS)
def test_what_is_committed_is_what_the_code_makes(name: str) -> None:
    """When it fails: make dashboards."""
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text_of(name)


def test_nothing_else_is_committed() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(DASHBOARDS)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_do_not_overlap_and_all_say_what_they_show(name: str) -> None:
    dashboard = json.loads(text_of(name))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24, panel["title"]
        taken |= cells
    panels = list(panels_of(dashboard))
    assert all(panel["description"] for panel in panels)
    titles = [panel["title"] for panel in dashboard["panels"]]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(titles)


def test_every_metric_of_the_guide_is_on_the_page_of_operations() -> None:
    guide = set(re.findall(r"`(detector_[a-z_]+)`", GUIDE.read_text(encoding="utf-8")))
    shown = set(re.findall(r"\bdetector_[a-z_]+", text_of("operations")))
    assert guide - {name.removesuffix("_bucket") for name in shown} == set()


def test_every_panel_has_data_when_much_goes_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dashboard = json.loads(text_of("operations"))
    analysts = json.loads(text_of("analysts"))
    with Troubled(tmp_path, seed=1) as rig:
        rig.start_service()
        rig.until(lambda: rig.health() is not None, "the page")
        source = Infinity({"DETECTOR_URL": f"http://{rig.page}", "DETECTOR_TOKEN": "of no use here"})
        with Prometheus(tmp_path, rig.page) as prometheus:
            told = _awaited(lambda: _told(dashboard, prometheus) | _told(analysts, prometheus))
            variables = {v["name"]: v["query"] for v in dashboard["templating"]["list"] if v["type"] == "query"}
            rig.until(lambda: _has_all(Board(source)), "alerts of stops that are over, and scores")
            board = Board(source)
            lines = list_of(board)
            marks_are_the_alerts(board)
            choices_are_asked_for(board, source)
            links = links_of(board)
            case = max(links).replace("http://127.0.0.1:8090", f"http://{rig.page}")
            with urllib.request.urlopen(case, timeout=30.0) as answer:
                assert answer.headers["content-type"].startswith("text/html")
            values = {name: prometheus.label_values(name, _metric(query["query"])) for name, query in variables.items()}
    with capsys.disabled():
        print()  # noqa: T201
        for title, (kind, series, most) in told.items():
            print(f"  {kind:14} {title:32} {series:3} series, at most {most:g}")  # noqa: T201  the list is asked for
        print(*(f"  {line}" for line in lines), sep="\n")  # noqa: T201
    alerts = {row["alert"] for row in board.table(ALERTS)}
    assert {f"http://127.0.0.1:8090/cases/{alert}" for alert in alerts} <= links
    assert values["feed"] == ["lost", "noise", "restless", "world"]
    assert values["endpoint"] == ["failing", "gone", "refusing", "taker"]
    assert values["instance"] == [rig.page]


def _told(dashboard: dict[str, Any], prometheus: Prometheus) -> dict[str, tuple[str, int, float]]:
    """By panel and mark: its kind, how many series it has now, and the largest value."""
    asked: list[tuple[str, str, list[dict[str, Any]]]] = [
        (f"{panel['title']} ({panel['id']})", panel["type"], panel["targets"]) for panel in panels_of(dashboard)
    ]
    asked = [one for one in asked if all("expr" in target for target in one[2])]
    asked += [
        (f"Mark: {one['name']}", "annotation", [one | {"range": True}])
        for one in dashboard["annotations"]["list"]
        if "expr" in one
    ]
    told = {}
    for title, kind, targets in asked:
        answers = [_answer(target, prometheus) for target in targets]
        needed = [
            a for a, t in zip(answers, targets, strict=True) if len(targets) == 1 or not t["expr"].endswith(NO_SERIES)
        ]
        values = [value for answer in answers for value in answer]
        told[title] = kind, len(values) if all(needed) else 0, max(values, default=0.0)
    return told


def _has_all(board: Board) -> bool:
    """Whether what takes longest is there."""
    over = [row for row in board.table(ALERTS) if row["ground_time_max_s"] is not None]
    return bool(over) and any(row["score"] is not None for row in board.table(STOPS))


def _answer(target: dict[str, Any], prometheus: Prometheus) -> list[float]:
    """The largest value of each series."""
    expr = target["expr"]
    for name, value in VARIABLES.items():
        expr = expr.replace(name, value)
    assert "$" not in expr, expr
    if target.get("range"):
        series = prometheus.over_time(expr, BACK_S)
        return [max(float(value) for _, value in one["values"]) for one in series]
    return [float(one["value"][1]) for one in prometheus.instant(expr)]


def _awaited(look: Callable[[], dict[str, tuple[str, int, float]]]) -> dict[str, tuple[str, int, float]]:
    """Looks until each has a series, and a value above 0 but where it is quiet."""
    until = time.monotonic() + GUARD_S
    while True:
        told = look()
        empty = [
            title
            for title, (_, series, most) in told.items()
            if not series or (most <= 0 and title.partition(" (")[0] not in QUIET)
        ]
        if not empty:
            return told
        assert time.monotonic() < until, f"no data in: {', '.join(empty)}"
        time.sleep(1.0)


def _metric(query: str) -> str:
    found = re.fullmatch(r"label_values\((\w+), \w+\)", query)
    assert found is not None, query
    return found[1]
