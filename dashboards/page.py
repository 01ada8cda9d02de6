"""What all dashboards have in common: variables, marks of alerts, rows of panels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard, DashboardLink, DatasourceVariable, QueryVariable, Row
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

from dashboards.asking import ALARM, FIRING, OPENED, SOURCE, Ask, of
from dashboards.panels import Panel

TAG = "detector"
LABEL_VALUES = 1
"""Grafana's number for the kind of query that asks for the values of a label."""


class Marks(Builder[models.AnnotationQuery]):
    """Marks in time from PromQL: one wherever a series of `ask` is there. The legend is the title of the mark."""

    def __init__(self, name: str, ask: Ask, color: str, *, step: str, enable: bool = True) -> None:
        self._marks = _PrometheusMarks(name=name, datasource=SOURCE, enable=enable, icon_color=color, expr=ask.expr)
        self._marks.title_format = ask.legend
        self._marks.step = step

    def build(self) -> models.AnnotationQuery:
        """The query."""
        return self._marks


class _PrometheusMarks(models.AnnotationQuery):
    """The library knows no fields of the data source but `expr`."""

    title_format = ""
    step = ""

    def to_json(self) -> dict[str, object]:
        return super().to_json() | {"titleFormat": self.title_format, "step": self.step}


def page(uid: str, title: str, description: str) -> Dashboard:
    """An empty dashboard over Prometheus, with marks of alerts and of Prometheus' alarms."""
    return (
        bare(uid, title, description)
        .annotation(Marks("Something is wrong", Ask(_wrong(), "{{alertname}} {{feed}}{{endpoint}}"), "red", step="60s"))
        .annotation(Marks("Stop alerts", Ask(_opened(), "{{severity}}: {{rule}}"), "purple", step="60s", enable=False))
    )


def bare(uid: str, title: str, description: str) -> Dashboard:
    """An empty dashboard that can ask Prometheus about one instance, with the way to the others of ours."""
    others = DashboardLink("Detector").type(models.DashboardLinkType.DASHBOARDS).tags([TAG]).keep_time(True)
    return (
        Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .timezone("utc")
        .time("now-6h", "now")
        .refresh("30s")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(others)
        .with_variable(DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .with_variable(choice("instance", "Detector", "detector_build_info"))
    )


def choice(label: str, title: str, metric: str) -> QueryVariable:
    """A variable with the values that a label of a metric has; all of them at first."""
    query: dict[str, object] = {
        "qryType": LABEL_VALUES,
        "query": f"label_values({metric}, {label})",
        "refId": "PrometheusVariableQueryEditor-VariableQuery",
    }
    return (
        QueryVariable(label)
        .label(title)
        .datasource(SOURCE)
        .query(query)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def filled(empty: Dashboard, parts: Iterable[tuple[str, Sequence[Panel]]]) -> Dashboard:
    """Rows of panels below each other."""
    for title, panels in parts:
        empty.with_row(Row(title))
        for panel in panels:
            empty.with_panel(panel)
    return empty


def _wrong() -> str:
    return of("ALERTS", ALARM, FIRING)


def _opened() -> str:
    return f"sum by (severity, rule) (increase({of('detector_alert_findings_total', OPENED)}[1m])) > 0"
