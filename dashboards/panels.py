"""Panels over Prometheus, one look for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import bargauge, common, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

from dashboards.asking import SOURCE, Ask, at_the_end, over_time

Panel = Builder[models.Panel]
REFS = "ABCDEFGH"
GOOD, WORTH_A_LOOK, BAD, PLAIN = "green", "orange", "red", "text"
HEIGHT = 8
"""Of a panel in the grid; a figure has half of it."""

Steps = Sequence[tuple[float | None, str]]
"""Colours, each from a value on; the first from None."""


def figure(
    title: str,
    description: str,
    ask: Ask,
    *,
    unit: str = "short",
    decimals: int = 0,
    steps: Steps = ((None, PLAIN),),
    summed: bool = False,
    span: int = 4,
) -> stat.Panel:
    """One number, large, as it is now, with its curve behind it. `summed`: over the span shown, so without a curve."""
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .with_target(at_the_end(ask, "A") if summed else over_time(ask, "A"))
        .unit(unit)
        .decimals(decimals)
        .thresholds(steps_of(steps))
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .height(HEIGHT // 2)
        .span(span)
    )


def state(title: str, description: str, ask: Ask, words: Mapping[str, tuple[str, str]], *, span: int = 4) -> stat.Panel:
    """One word for a number: `words` has word and colour by value."""
    return figure(title, description, ask, span=span).graph_mode(BigValueGraphMode.NONE).mappings([words_of(words)])


def curves(
    title: str,
    description: str,
    asks: Sequence[Ask],
    *,
    unit: str = "short",
    stacked: bool = False,
    span: int = 12,
    bad_from: float | None = None,
) -> timeseries.Panel:
    """Curves over time. `bad_from`: a red line, above which something is wrong."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .targets([over_time(ask, ref) for ask, ref in zip(asks, REFS, strict=False)])
        .unit(unit)
        .axis_soft_min(0)
        .color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .fill_opacity(25 if stacked else 8)
        .show_points(VisibilityMode.AUTO)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
        .height(HEIGHT)
        .span(span)
    )
    if stacked:
        panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    if bad_from is not None:
        panel.thresholds(steps_of(((None, GOOD), (bad_from, BAD))))
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    return panel


def states(
    title: str, description: str, asks: Sequence[Ask], words: Mapping[str, tuple[str, str]], *, span: int = 12
) -> statetimeline.Panel:
    """Bars over time that change their colour with the state: `words` has word and colour by value."""
    return (
        statetimeline.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .targets([over_time(ask, ref) for ask, ref in zip(asks, REFS, strict=False)])
        .mappings([words_of(words)])
        .thresholds(steps_of(((None, PLAIN),)))
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(False)
        )
        .height(HEIGHT)
        .span(span)
    )


def bars(title: str, description: str, ask: Ask, *, unit: str = "short", span: int = 8) -> bargauge.Panel:
    """A bar for each series, summed up over the span that the page shows."""
    return (
        bargauge.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .with_target(at_the_end(ask, "A"))
        .unit(unit)
        .decimals(0)
        .min(0)
        .orientation(VizOrientation.HORIZONTAL)
        .thresholds(steps_of(((None, "blue"),)))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .height(HEIGHT)
        .span(span)
    )


def rows(
    title: str, description: str, ask: Ask, columns: Mapping[str, str], *, span: int = 24, height: int = HEIGHT
) -> table.Panel:
    """A table of the labels of the answer. `columns`: which of them, in their order, and how they are called."""
    chosen = {"include": {"names": list(columns)}}
    arranged = {"indexByName": {name: i for i, name in enumerate(columns)}, "renameByName": dict(columns)}
    return (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .with_target(at_the_end(ask, "A", table=True))
        .with_transformation(DataTransformerConfig(id_val="filterFieldsByName", options=chosen))
        .with_transformation(DataTransformerConfig(id_val="organize", options=arranged))
        .no_value("none")
        .height(height)
        .span(span)
    )


def steps_of(steps: Steps) -> ThresholdsConfig:
    """Colours, as Grafana has them."""
    return (
        ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([Threshold(value=value, color=c) for value, c in steps])
    )


def words_of(words: Mapping[str, tuple[str, str]]) -> ValueMap:
    """Word and colour by value, as Grafana has them."""
    return ValueMap(
        {
            value: ValueMappingResult(text=text, color=color, index=i)
            for i, (value, (text, color)) in enumerate(words.items())
        }
    )
