"""PromQL for panels: of the instance that is chosen on the page, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
INSTANCE = 'instance=~"$instance"'
ALARM, FIRING = 'alertname=~"Detector.+"', 'alertstate="firing"'
"""Of config/prometheus/rules; all names there begin so."""
OPENED = 'event="opened"'
FEED = 'feed=~"$feed"'
ENDPOINT = 'endpoint=~"$endpoint"'


@dataclass(frozen=True, slots=True)
class Ask:
    """An expression, and how each series of its answer is called."""

    expr: str
    legend: str = "__auto"


def of(metric: str, *labels: str) -> str:
    """The series of a metric, and of these labels."""
    return f"{metric}{{{', '.join((INSTANCE, *labels))}}}"


def rate(metric: str, *labels: str) -> str:
    """Of a counter, by second."""
    return f"rate({of(metric, *labels)}[$__rate_interval])"


def grown(metric: str, *labels: str) -> str:
    """Of a counter, over the span that the page shows."""
    return f"increase({of(metric, *labels)}[$__range])"


def by(labels: str, expr: str) -> str:
    """Summed over all other labels."""
    return f"sum by ({labels}) ({expr})"


def over_time(ask: Ask, ref: str) -> Dataquery:
    """A curve."""
    return Dataquery().datasource(SOURCE).ref_id(ref).expr(ask.expr).legend_format(ask.legend).range()


def at_the_end(ask: Ask, ref: str, *, table: bool = False) -> Dataquery:
    """A figure: as it is at the end of the span that the page shows."""
    query = Dataquery().datasource(SOURCE).ref_id(ref).expr(ask.expr).legend_format(ask.legend).instant()
    return query.format(PromQueryFormat.TABLE) if table else query
