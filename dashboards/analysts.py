"""The dashboard of whoever looks at what was found: which stops, where, for how long, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import CustomVariable, Dashboard, DatasourceVariable, TextBoxVariable
from grafana_foundation_sdk.models.common import GraphDrawStyle
from grafana_foundation_sdk.models.dashboard import VariableOption

from dashboards.api import PLUGIN, AlertMarks, alerts, stops
from dashboards.asking import OPENED, Ask, by, of
from dashboards.case_panels import count, distribution, dots_in_time, listing, most_of, summed_up, world
from dashboards.page import bare, filled
from dashboards.panels import HEIGHT, Panel, curves

SEVERITIES = {
    "any": "severity=low&severity=medium&severity=high",
    "medium and high": "severity=medium&severity=high",
    "high": "severity=high",
}
LEVELS = {
    "1 and above - in the dark": "1",
    "2 and above - one side heard": "2",
    "3 and above - both sides heard": "3",
    "4 - observed": "4",
    "all - rejected ones too": "0",
}
"""What can be chosen, the first of them at first; in words that have no comma and no colon."""
PAGE = "http://127.0.0.1:8090"
"""Where a browser finds the service, if nobody says otherwise."""
ALERTS, STOPS = "Alerts, the latest first", "Stops, the latest first"
TEN_MINUTES_S, MOST_FIELDS = 600, 15
A_MINUTE = "1m"
TALL = HEIGHT + HEIGHT // 2
ALERT_COLUMNS = {
    "opened": "opened",
    "severity": "severity",
    "title": "what",
    "airport": "field",
    "country": "country",
    "type_code": "type",
    "operator": "operator",
    "landed": "landed about",
    "ground_time_min_s": "stayed at least",
    "ground_time_max_s": "at most",
    "level": "level",
    "kind": "kind",
    "status": "status",
    "alert": "case",
}
STOP_COLUMNS = {
    "landed": "landed about",
    "departed": "departed about",
    "airport": "field",
    "airport_name": "name of the field",
    "country": "country",
    "icao24": "address",
    "registration": "registration",
    "type_code": "type",
    "callsign_in": "call sign in",
    "callsign_out": "call sign out",
    "ground_time_s": "stayed about",
    "level": "level",
    "kind": "kind",
    "status": "status",
    "severity": "severity",
    "score": "score",
    "rules": "rules",
    "stop": "stop",
    "alert": "case",
}


def analysts() -> Dashboard:
    """All of it."""
    empty = bare(
        "detector-analysts",
        "Detector: stops and alerts",
        "What was found in the air: asked of the API of the service, which holds the last 2,000 alerts and 10,000 "
        "stops. docs/operations.md tells how to connect it. Times are UTC.",
    )
    empty.time("now-7d", "now").refresh("1m")
    empty.with_variable(DatasourceVariable("api").label("API").type(PLUGIN))
    empty.with_variable(_one_of("severity", "Severity of alerts", SEVERITIES))
    empty.with_variable(_one_of("level", "Level of stops", LEVELS))
    empty.with_variable(TextBoxVariable("page").label("Page of the service").default_value(PAGE))
    empty.annotation(AlertMarks())
    return filled(
        empty,
        [
            ("Alerts", found()),
            ("Where", places()),
            ("How long", stays()),
            ("When", times()),
            ("All stops", [all_stops()]),
        ],
    )


def found() -> Sequence[Panel]:
    """Figures, and the alerts."""
    return [
        count("Alerts", "Opened in the span shown, of the severity chosen.", ALERTS, "alert", "count"),
        count("Stops", "That lasted in the span shown, for a part, of the level chosen.", STOPS, "stop", "count"),
        count("Aircraft", "That stopped.", STOPS, "icao24", "distinctCount"),
        count("Fields", "That are known to have been stopped at.", STOPS, "airport", "distinctCount"),
        listing(ALERTS, "The last column leads to the page of the case: its map, evidence and journey. How long it "
                "stayed lies between the two times; an inferred stay may have been shorter than anybody could hear.",
                alerts(*ALERT_COLUMNS), ALERT_COLUMNS, height=TALL),
    ]  # fmt: skip


def places() -> Sequence[Panel]:
    """The map."""
    told = ("title", "landed", "level", "kind", "latitude_deg", "longitude_deg", "alert")
    return [
        world("Map of stops", "Each at its field; one whose field is not known, or that was made at none, is not on "
              "it. Dots: stops by level; rings: alerts. Land and coast are drawn, no borders.",
              stops(*told), alerts("title", "opened", "severity", "latitude_deg", "longitude_deg", "alert"),
              height=2 * HEIGHT),
        most_of("Stops by field", "Those with most stops.", STOPS, "airport_name", most=MOST_FIELDS, span=12),
        most_of("Stops by country", "Of the field.", STOPS, "country", most=MOST_FIELDS, span=6),
        most_of("Stops by kind", "How sure they are: observed, inferred, dark, rejected.", STOPS, "kind",
                most=MOST_FIELDS, span=6),
    ]  # fmt: skip


def stays() -> Sequence[Panel]:
    """Times on the ground."""
    names = {
        "airport_name": "field",
        "stop (count)": "stops",
        "ground_time_s (min)": "shortest",
        "ground_time_s (mean)": "on average",
        "ground_time_s (max)": "longest",
    }
    types = {name: title for name, title in names.items() if name != "airport_name"} | {"type_code": "type"}
    return [
        distribution("Time on the ground", "Of stops that are over, as estimated; a bar is ten minutes wide.",
                     STOPS, "ground_time_s", bucket=TEN_MINUTES_S, unit="s"),
        dots_in_time("Each stay, when and how long", "A dot is a stop, at the time it landed; short ones lie low. "
                     "Alerts are marked.", STOPS, "landed", "ground_time_s", "kind", unit="s"),
        summed_up("Time on the ground by field", "As estimated, of stops that are over.", STOPS, ["airport_name"],
                  "ground_time_s", names, span=12),
        summed_up("Time on the ground by type", "As estimated, of stops that are over.", STOPS, ["type_code"],
                  "ground_time_s", types, span=12),
    ]  # fmt: skip


def times() -> Sequence[Panel]:
    """What came when, as Prometheus has counted it: further back than the API holds."""
    by_level = by("level, kind", f"increase({of('detector_stops_total')}[$__interval])")
    by_rule = by("rule, severity", f"increase({of('detector_alert_findings_total', OPENED)}[$__interval])") + " > 0"
    asked = [
        ("Stops by level and time", "As they opened.", Ask(by_level, "{{level}} {{kind}}")),
        ("Alerts by rule and time", "As they opened; an alert of two rules counts twice. Those of the API are marked.",
         Ask(by_rule, "{{rule}}, {{severity}}")),
    ]  # fmt: skip
    return [
        curves(title, description, [ask], stacked=True).draw_style(GraphDrawStyle.BARS).interval(A_MINUTE)
        for title, description, ask in asked
    ]


def all_stops() -> Panel:
    """The table that most panels share."""
    return listing(
        STOPS,
        "Of the level chosen, alerted or not; at most 5,000. Columns can be filtered and sorted.",
        stops(*STOP_COLUMNS),
        STOP_COLUMNS,
        height=2 * HEIGHT,
    )


def _one_of(name: str, label: str, choices: dict[str, str]) -> CustomVariable:
    """A variable of which one value is chosen; `choices`: values by what they are called."""
    (first, value), *_ = choices.items()
    listed = [VariableOption(selected=words == first, text=words, value=choice) for words, choice in choices.items()]
    return (
        CustomVariable(name)
        .label(label)
        .values(", ".join(f"{words} : {choice}" for words, choice in choices.items()))
        .options(listed)
        .current(VariableOption(selected=True, text=first, value=value))
        .allow_custom_value(False)
    )
