"""Panels over the API: tables with links to case pages, a map, distributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import barchart, common, geomap, histogram, stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor
from grafana_foundation_sdk.models.common import (
    FrameGeometrySourceMode,
    GraphDrawStyle,
    LegendDisplayMode,
    LegendPlacement,
    TableCellHeight,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue, FieldColorModeId
from grafana_foundation_sdk.models.geomap import MapCenterID, TooltipMode

from dashboards import api
from dashboards.api import AnswerOf, Asked, Question
from dashboards.panels import BAD, GOOD, HEIGHT, PLAIN, WORTH_A_LOOK, Steps, steps_of, words_of

SEVERITIES = {"high": ("high", BAD), "medium": ("medium", WORTH_A_LOOK), "low": ("low", "blue")}
LEVELS: Steps = ((None, PLAIN), (1, "purple"), (2, "yellow"), (3, "blue"), (4, GOOD))
CASE = {"title": "Case", "url": "${page:raw}/cases/${__data.fields.alert}", "targetBlank": True}
"""A link in each row to the page of its alert."""
LAND = "public/maps/land.geojson"
"""Where Grafana serves config/grafana/maps from."""
DOT = 7


def listing(
    title: str,
    description: str,
    question: Question,
    columns: Mapping[str, str],
    *,
    height: int = HEIGHT,
) -> table.Panel:
    """A table with links to case pages. `columns`: how they are called, in their order."""
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(api.SOURCE)
        .with_target(Asked(question))
        .with_transformation(_organised({name: i for i, name in enumerate(columns)}, columns))
        .filterable(True)
        .cell_height(TableCellHeight.SM)
        .no_value("none")
        .override_by_name(columns["alert"], [_property("links", [CASE]), _property("custom.width", 210)])
        .height(height)
        .span(24)
    )
    panel.override_by_name(columns["severity"], [_property("mappings", [words_of(SEVERITIES)]), _coloured()])
    panel.override_by_name(columns["level"], [_property("thresholds", steps_of(LEVELS).build()), _coloured()])
    for name in columns:
        if name.startswith("ground_time"):
            panel.override_by_name(columns[name], [_property("unit", "s")])
    return panel


def count(title: str, description: str, of: str, column: str, calc: str, *, unit: str = "short") -> stat.Panel:
    """One figure of the rows that the panel `of` shows: `calc` of a column."""
    reduced = common.ReduceDataOptions().calcs([calc]).fields(f"/^{column}$/").values(False)
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(api.SHARED)
        .with_target(AnswerOf(of))
        .unit(unit)
        .reduce_options(reduced)
        .no_value("0")
        .thresholds(steps_of(((None, PLAIN),)))
        .height(HEIGHT // 2)
        .span(6)
    )


def world(title: str, description: str, stops: Question, alerts: Question, *, height: int) -> geomap.Panel:
    """Stops as dots in the colour of their level, alerts as rings around them."""
    return (
        geomap.Panel()
        .title(title)
        .description(description)
        .datasource(api.SOURCE)
        .targets([Asked(stops, "A"), Asked(alerts, "B")])
        .view(geomap.MapViewConfig().id(MapCenterID.ZERO).zoom(2))
        .basemap(_land())
        .layers(
            [
                _dots("Stops", "A", {"field": "level", "fixed": PLAIN}, DOT, opacity=0.8),
                _dots("Alerts", "B", {"fixed": BAD}, 2 * DOT, opacity=0.3),
            ]
        )
        .controls(geomap.ControlsOptions().show_zoom(True).mouse_wheel_zoom(True).show_scale(True))
        .thresholds(steps_of(LEVELS))
        .tooltip(geomap.TooltipOptions().mode(TooltipMode.DETAILS))
        .override_by_name("alert", [_property("links", [CASE])])
        .height(height)
        .span(24)
    )


def distribution(title: str, description: str, of: str, column: str, *, bucket: int, unit: str) -> histogram.Panel:
    """How often a column has which value, among the rows that the panel `of` shows."""
    return (
        histogram.Panel()
        .title(title)
        .description(description)
        .datasource(api.SHARED)
        .with_target(AnswerOf(of))
        .with_transformation(_only([column]))
        .bucket_size(bucket)
        .unit(unit)
        .legend(_legend(show=False))
        .color_scheme(FieldColor().mode(FieldColorModeId.FIXED).fixed_color("blue"))
        .height(HEIGHT)
        .span(12)
    )


def dots_in_time(
    title: str, description: str, of: str, at: str, column: str, by: str, *, unit: str
) -> timeseries.Panel:
    """A dot for each row, at its time, as high as a column; colours by another."""
    return (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(api.SHARED)
        .with_target(AnswerOf(of))
        .with_transformation(_only([at, column, by]))
        .with_transformation(DataTransformerConfig(id_val="sortBy", options={"sort": [{"field": at, "desc": False}]}))
        .with_transformation(DataTransformerConfig(id_val="partitionByValues", options={"fields": [by]}))
        .draw_style(GraphDrawStyle.POINTS)
        .show_points(VisibilityMode.ALWAYS)
        .point_size(DOT)
        .unit(unit)
        .axis_soft_min(0)
        .color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(_legend(show=True))
        .height(HEIGHT)
        .span(12)
    )


def most_of(title: str, description: str, of: str, by: str, *, most: int, span: int) -> barchart.Panel:
    """How many rows have each value of a column: those with most of them."""
    counted = "stop (count)"
    return (
        barchart.Panel()
        .title(title)
        .description(description)
        .datasource(api.SHARED)
        .with_target(AnswerOf(of))
        .with_transformation(_grouped(by, {"stop": ["count"]}))
        .with_transformation(
            DataTransformerConfig(id_val="sortBy", options={"sort": [{"field": counted, "desc": True}]})
        )
        .with_transformation(DataTransformerConfig(id_val="limit", options={"limitField": most}))
        .orientation(VizOrientation.HORIZONTAL)
        .x_field(by)
        .show_value(VisibilityMode.AUTO)
        .legend(_legend(show=False))
        .min(0)
        .decimals(0)
        .color_scheme(FieldColor().mode(FieldColorModeId.FIXED).fixed_color("blue"))
        .height(HEIGHT + HEIGHT // 2)
        .span(span)
    )


def summed_up(
    title: str, description: str, of: str, by: Sequence[str], column: str, names: Mapping[str, str], *, span: int
) -> table.Panel:
    """By the values of some columns: how many rows, and how a number is spread. `names`: what columns are called."""
    calcs = {"stop": ["count"], column: ["min", "mean", "max"]}
    made = [*by, "stop (count)", *(f"{column} ({calc})" for calc in calcs[column])]
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(api.SHARED)
        .with_target(AnswerOf(of))
        .with_transformation(_grouped(by, calcs))
        .with_transformation(
            DataTransformerConfig(id_val="sortBy", options={"sort": [{"field": "stop (count)", "desc": True}]})
        )
        .with_transformation(_organised({name: i for i, name in enumerate(made)}, names))
        .filterable(True)
        .cell_height(TableCellHeight.SM)
        .no_value("none")
        .height(HEIGHT + HEIGHT // 2)
        .span(span)
    )
    for name in made[len(by) + 1 :]:
        panel.override_by_name(names[name], [_property("unit", "s"), _property("decimals", 0)])
    return panel


def _land() -> common.MapLayerOptions:
    style = {"color": {"fixed": "text"}, "opacity": 0.15, "lineWidth": 1}
    return common.MapLayerOptions().type("geojson").name("Land").config({"src": LAND, "rules": [], "style": style})


def _dots(name: str, ref_id: str, colour: dict[str, str], size: int, *, opacity: float) -> common.MapLayerOptions:
    place = common.FrameGeometrySource().mode(FrameGeometrySourceMode.COORDS)
    symbol = {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"}
    style = {"color": colour, "opacity": opacity, "size": {"fixed": size, "min": 2, "max": 30}, "symbol": symbol}
    return (
        common.MapLayerOptions()
        .type("markers")
        .name(name)
        .config({"showLegend": True, "style": style})
        .location(place.latitude("latitude_deg").longitude("longitude_deg"))
        .filter_data({"id": "byRefId", "options": ref_id})
        .tooltip(True)
    )


def _legend(*, show: bool) -> common.VizLegendOptions:
    listed = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    return listed.show_legend(show)


def _only(columns: Sequence[str]) -> DataTransformerConfig:
    return DataTransformerConfig(id_val="filterFieldsByName", options={"include": {"names": list(columns)}})


def _organised(order: Mapping[str, int], names: Mapping[str, str]) -> DataTransformerConfig:
    options = {"indexByName": dict(order), "renameByName": dict(names), "excludeByName": {}}
    return DataTransformerConfig(id_val="organize", options=options)


def _grouped(by: str | Sequence[str], calcs: Mapping[str, Sequence[str]]) -> DataTransformerConfig:
    keys = [by] if isinstance(by, str) else by
    fields: dict[str, object] = {name: {"operation": "groupby", "aggregations": []} for name in keys}
    fields |= {name: {"operation": "aggregate", "aggregations": list(which)} for name, which in calcs.items()}
    return DataTransformerConfig(id_val="groupBy", options={"fields": fields})


def _property(name: str, value: object) -> DynamicConfigValue:
    return DynamicConfigValue(id_val=name, value=value)


def _coloured() -> DynamicConfigValue:
    return _property("custom.cellOptions", {"type": "color-text"})
