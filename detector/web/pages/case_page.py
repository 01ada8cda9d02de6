"""One case on one page: all that is known of an alert, without a script; the scripts only tell of new revisions."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response

from detector.domain.alert import Alert
from detector.web.pages.assets import Assets
from detector.web.pages.case_maps import maps, way_in
from detector.web.pages.document import page
from detector.web.pages.identity import identity_section, listings_section
from detector.web.pages.timeline import timeline
from detector.web.pages.view import CaseView
from detector.web.picture.facts import facts
from detector.web.picture.notes import notes, subtitle
from detector.web.picture.own import own_stops
from detector.web.replay_map.cards import (
    badge,
    candidates_section,
    checks_section,
    evidence_line,
    findings_section,
    headline,
    journey_section,
    state_text,
)
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.profile import profile
from detector.web.replay_map.unknowns import unknowns

STYLES = ("case-drawings.css", "frame.css", "case.css")


def case_page(view: CaseView, one: Assets, *, with_png: bool) -> Response:
    """The page. `with_png`: whether pictures can be made of the map."""
    case = view.picture
    alert, airports = case.alert, case.airports
    way = way_in(case)
    title = headline(alert, airports)
    figure = Markup("") if way is None else profile(way, alert.stop, own_stops(case), airports)
    unknown = unknowns(alert, way, airports)
    parts = [
        _head(title, view),
        _downloads(alert, with_png=with_png),
        element("section", maps(case, way), id="map", aria_label="Map"),
        element("section", element("h2", "Altitude and speed"), figure, id="profile") if figure else Markup(""),
        element(
            "div",
            element("section", element("h2", "What is known"), _facts(facts(case, way)), id="facts"),
            element("section", element("h2", "What we do not know"),
                    element("ul", *(element("li", words) for words in unknown)), class_="unknown", id="unknown"),
            class_="columns",
        ),
        element("div", findings_section(alert.stop), candidates_section(alert.stop, airports), class_="columns"),
        listings_section(view.listings),
        element("section", checks_section(alert.stop.checks), id="checks"),
        element(
            "div",
            element("section", element("h2", "How it came to be known"), timeline(view.revisions, airports),
                    id="revisions"),
            element("div", journey_section(alert.journey, airports), id="journey"),
            class_="columns",
        ),
        identity_section(alert.stop.identity),
        _evidence(alert),
        element("footer", *(element("p", words) for words in notes(case, way))),
    ]  # fmt: skip
    return page(
        f"{title} - detector", [_bar(), element("main", *parts, id="case")], one, styles=STYLES, modules=["case.js"],
        data_alert=alert.id, data_revision=alert.revision,
    )  # fmt: skip


def _bar() -> Markup:
    links = (element("a", "Map", href="/"), element("a", "All cases", href="/cases"))
    switch = element(
        "button", "Colours", type="button", id="theme", aria_label="Dark or light colours", hidden="hidden"
    )
    return element("header", element("nav", *links, aria_label="Pages"), element("p", "", id="news", role="status"),
                   switch, class_="bar")  # fmt: skip


def _head(title: str, view: CaseView) -> Markup:
    alert = view.picture.alert
    badges = element(
        "p", badge(f"severity {alert.severity}", f"severity {alert.severity}"), Markup(" "),
        badge(f"level {int(alert.stop.level)} of 4, {alert.stop.kind}", "level"), Markup(" "),
        badge(state_text(alert), "state"), class_="badges",
    )  # fmt: skip
    return element("header", element("h1", title), element("p", subtitle(view.picture), class_="lead"), badges)


def _downloads(alert: Alert, *, with_png: bool) -> Markup:
    at = f"/cases/{alert.id}"
    files = [
        (f"{at}/map.svg", "Map (SVG)"),
        *([(f"{at}/map.png", "Map (PNG)")] if with_png else []),
        (f"{at}/case.geojson", "GeoJSON"),
        (f"{at}/case.kml", "KML"),
        (f"/api/v1/alerts/{alert.id}", "JSON"),
        (f"/api/v1/alerts/{alert.id}/bundle", "Evidence bundle"),
    ]
    links = [element("a", name, href=path, download="") for path, name in files]
    live = element("a", "Show on the live map", href=f"/#alert={alert.id}", class_="live")
    return element("nav", live, *links, class_="downloads", aria_label="Files of this case")


def _facts(told: Sequence[tuple[str, str]]) -> Markup:
    return element("dl", *(part for name, words in told for part in (element("dt", name), element("dd", words))))


def _evidence(alert: Alert) -> Markup:
    tables = [element("li", table.name + (f", of {table.dated}" if table.dated else "")) for table in alert.reference]
    used = [element("p", "Tables and lists it was found with:"), element("ul", *tables)] if tables else []
    how = element(
        "p", "To recompute it from its own frames, with pyModeS alone: ",
        element("code", f"detector verify {alert.id}.zip"),
    )  # fmt: skip
    return element("section", element("h2", "Evidence"), evidence_line(alert), how, *used, id="evidence")
