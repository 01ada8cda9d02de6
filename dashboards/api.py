"""Questions to the detector's own API (docs/api.md), asked by Grafana's data source Infinity.

Its columns have the names of the fields in the answer, nothing else: Infinity tells columns under other names only in
some of its versions. It gives them in the order of the alphabet; panels put them in theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import dashboard as models

PLUGIN = "yesoreyeram-infinity-datasource"
SOURCE = models.DataSourceRef(type_val=PLUGIN, uid="${api}")
SHARED = models.DataSourceRef(type_val="datasource", uid="-- Dashboard --")
"""Grafana's name for what another panel of the page was answered."""
ROWS = "features.#.properties"
"""Of a layer (GeoJSON), the flat rows; in the words of gjson, which Infinity reads before all others."""
SPAN = {"since": "${__from:date:iso}", "until": "${__to:date:iso}"}
MOST = "5000"
NUMBERS = frozenset(
    {"ground_time_s", "ground_time_min_s", "ground_time_max_s", "latitude_deg", "level", "longitude_deg", "score"}
)
TIMES = frozenset({"opened", "landed", "landed_earliest", "landed_latest", "departed"})
"""Columns that are no text."""


@dataclass(frozen=True, slots=True)
class Question:
    """A path of the API, with words of Grafana in it, and the columns wanted of its rows."""

    path: str
    columns: Sequence[str]
    parameters: Mapping[str, str] = field(default_factory=dict)


def alerts(*columns: str) -> Question:
    """Alerts opened in the span that the page shows, of the severity chosen on it."""
    return Question("/api/v1/alerts.geojson?${severity:raw}", columns, SPAN | {"limit": MOST})


def stops(*columns: str) -> Question:
    """Stops that lasted in it, of the level chosen."""
    return Question("/api/v1/stops.geojson", columns, SPAN | {"level": "${level:raw}", "limit": MOST})


class ApiQuery(Dataquery):
    """A query as Infinity has it. The library knows no such data source."""

    def __init__(self, question: Question, ref_id: str) -> None:
        self.question, self.ref_id = question, ref_id

    def to_json(self) -> dict[str, object]:
        asked = self.question
        return {
            "datasource": SOURCE,
            "refId": self.ref_id,
            "type": "json",
            "source": "url",
            "parser": "backend",
            "format": "table",
            "url": asked.path,
            "url_options": {
                "method": "GET",
                "data": "",
                "params": [{"key": key, "value": value} for key, value in asked.parameters.items()],
            },
            "root_selector": ROWS,
            "columns": [{"selector": name, "text": name, "type": _type(name)} for name in asked.columns],
            "filters": [],
        }


class Asked(Builder[Dataquery]):
    """Builds an `ApiQuery`."""

    def __init__(self, question: Question, ref_id: str = "A") -> None:
        self._query = ApiQuery(question, ref_id)

    def build(self) -> Dataquery:
        return self._query


class SharedQuery(Dataquery):
    """What the panel of that title was answered. `panel_id` is known when the page is whole."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.panel_id = 0.0

    def to_json(self) -> dict[str, object]:
        return {"datasource": SHARED, "refId": "A", "panelId": self.panel_id, "withTransforms": False}


class AnswerOf(Builder[Dataquery]):
    """Builds a `SharedQuery`."""

    def __init__(self, title: str) -> None:
        self._query = SharedQuery(title)

    def build(self) -> Dataquery:
        return self._query


def connected(panels: Sequence[models.Panel]) -> None:
    """Tell shared queries the number of the panel that they share. Raises KeyError for a title that is not there."""
    numbers = {panel.title: panel.id_val for panel in panels}
    for panel in panels:
        for target in panel.targets or ():
            if isinstance(target, SharedQuery):
                target.panel_id = numbers[target.title] or 0.0


class AlertMarks(Builder[models.AnnotationQuery]):
    """A mark in time for each alert."""

    def build(self) -> models.AnnotationQuery:
        return _ApiMarks(name="Alerts", datasource=SOURCE, enable=True, icon_color="purple")


class _ApiMarks(models.AnnotationQuery):
    """The library knows no target but Grafana's own, and no mapping."""

    def to_json(self) -> dict[str, Any]:
        read = {"time": "opened", "title": "title", "text": "airport_name", "tags": "severity"}
        told: dict[str, Any] = super().to_json()
        return told | {
            "target": ApiQuery(alerts("opened", "title", "airport_name", "severity"), "Anno"),
            "mappings": {name: {"source": "field", "value": column} for name, column in read.items()},
        }


def _type(column: str) -> str:
    if column in TIMES:
        return "timestamp"
    return "number" if column in NUMBERS else "string"
