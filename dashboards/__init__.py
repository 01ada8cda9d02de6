"""Grafana's dashboards as code. `make dashboards` writes them to config/grafana/dashboards, and the land under maps.

A new dashboard is one file and one line in `DASHBOARDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.analysts import analysts
from dashboards.api import connected
from dashboards.operations import operations

GRAFANA = Path(__file__).parents[1] / "config" / "grafana"
FOLDER = GRAFANA / "dashboards"
LAND = GRAFANA / "maps" / "land.geojson"

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {"analysts": analysts, "operations": operations}
"""By the name of the file."""


def text_of(name: str) -> str:
    """The dashboard as JSON, as Grafana reads it: the same in every run."""
    built = DASHBOARDS[name]().build()
    for number, panel in enumerate(built.panels or (), 1):
        # Grafana would number them itself; then a link to one would not hold.
        panel.id_val = number
    connected([panel for panel in built.panels or () if isinstance(panel, Panel)])
    return JSONEncoder(sort_keys=True, indent=1).encode(built) + "\n"
