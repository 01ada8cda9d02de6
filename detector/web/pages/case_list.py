"""All cases in a table, newest first: for who has no scripts, or wants to print it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response

from detector.domain.alert import Alert
from detector.reference.airports import Airports
from detector.web.pages.assets import Assets
from detector.web.pages.document import page
from detector.web.replay_map.cards import headline, state_text
from detector.web.replay_map.markup import element
from detector.web.replay_map.words import dated_interval_text

MOST = 200
HEADINGS = ("Case", "Landed (UTC)", "Severity", "Level", "State")


def case_list(alerts: Sequence[Alert], in_all: int, airports: Airports, one: Assets) -> Response:
    """The page of the `alerts`, of `in_all`."""
    rows = [
        element(
            "tr",
            element("td", element("a", headline(alert, airports), href=f"/cases/{alert.id}")),
            element("td", dated_interval_text(alert.stop.landed)),
            element("td", alert.severity),
            element("td", f"{int(alert.stop.level)} {alert.stop.kind}"),
            element("td", state_text(alert)),
        )
        for alert in alerts
    ]
    head = element("tr", *(element("th", name, scope="col") for name in HEADINGS))
    table = element("div", element("table", element("thead", head), element("tbody", *rows)), class_="scroll")
    told = f"The latest {len(alerts)} of {in_all:,}" if in_all > len(alerts) else f"{in_all:,} in all"
    content = table if alerts else element("p", "No alert so far.")
    bar = element("header", element("nav", element("a", "Map", href="/"), aria_label="Pages"), class_="bar")
    main = element("main", element("h1", "Cases"), element("p", told, class_="lead"), content)
    return page("Cases - detector", [bar, main], one, styles=["case-drawings.css", "frame.css", "case.css"])


def no_case(one: Assets, words: str, status: int) -> Response:
    """A page that says why there is none."""
    bar = element(
        "header", element("nav", element("a", "Map", href="/"), element("a", "All cases", href="/cases"),
                          aria_label="Pages"), class_="bar",
    )  # fmt: skip
    main = element("main", element("h1", "No such case"), element("p", words))
    return page("No such case - detector", [bar, main], one, styles=["case-drawings.css", "frame.css", "case.css"],
                status=status)  # fmt: skip
