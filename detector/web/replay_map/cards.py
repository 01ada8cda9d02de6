"""The stops in words: a card for each alert, a table for the others."""

from __future__ import annotations

from collections.abc import Sequence

from detector.domain.alert import Alert, AlertEvent, JourneyStep
from detector.domain.names import aircraft_name
from detector.domain.stop import Check, Level, Moment, Stop, Verdict
from detector.reference.airports import Airports
from detector.web.replay_map.fields import field_of
from detector.web.replay_map.markup import Markup, element, join
from detector.web.replay_map.words import (
    CHECKS,
    RULES,
    VERDICTS,
    aircraft_text,
    callsign_text,
    check_text,
    clock,
    contradiction_text,
    dated_interval_text,
    day,
    ground_time_text,
    held_text,
    meaning,
    moment_text,
    off_field_text,
    probability_text,
    readable,
    stands,
)

ROWS = 200
"""Stops in the table; more would make the page heavy, and the JSON has them all."""
SIGNS = {Verdict.PASS: "\u2713", Verdict.FAIL: "\u2717", Verdict.NOT_EVALUABLE: "?"}


def alert_card(alert: Alert, number: int, figure: Markup, unknown: Sequence[str], airports: Airports) -> Markup:
    """All that is known of an alerted stop. `number` names the view of the map that goes with it."""
    stop = alert.stop
    left = stop.departed
    if stands(stop) and stop.level is Level.DARK:
        landed, departed, stayed = "If it landed (UTC)", "If so, left (UTC)", "If so, on the ground"
        not_left = "not heard leaving"
    elif stands(stop):
        landed, departed, stayed, not_left = "Landed (UTC)", "Left (UTC)", "On the ground", "not heard leaving"
    else:
        landed, departed, stayed = "Would have landed (UTC)", "Would have left (UTC)", "Would have been on the ground"
        not_left = ""
    rows = [
        ("Aircraft", element("span", aircraft_text(stop))),
        ("Call sign", element("span", callsign_text(stop))),
        ("Operator", element("span", stop.operator or "")),
        ("Field", _field(stop, airports)),
        (landed, _words(_when(stop, stop.landed))),
        (departed, _words(_when(stop, left) if left else not_left)),
        (stayed, _words(_stay(stop))),
        ("How sure", _level(stop)),
        ("Held back", _words(held_text(stop))),
    ]  # fmt: skip
    facts = [join([element("dt", name), element("dd", value)]) for name, value in rows if _has_text(value)]
    head = element(
        "header",
        element("h2", headline(alert, airports)),
        element("p", badge(f"severity {alert.severity}", f"severity {alert.severity}"), Markup(" "),
                badge(f"level {int(stop.level)}, {stop.kind}", "level"), Markup(" "),
                badge(state_text(alert), "state"), Markup(" "),
                *_buttons(number, stop), class_="badges"),
    )  # fmt: skip
    blocks = [
        head,
        figure,
        element("div", element("dl", *facts), findings_section(stop), class_="columns"),
        element("section", element("h3", "What we do not know"), *(element("p", s) for s in unknown), class_="unknown"),
        element("div", candidates_section(stop, airports), journey_section(alert.journey, airports), class_="columns"),
        checks_section(stop.checks),
        evidence_line(alert),
    ]
    return element("article", *blocks, class_="alert", id=f"alert{number}")


def stop_table(title: str, stops: Sequence[Stop], airports: Airports) -> Markup:
    """Stops that no alert is about, one row each."""
    if not stops:
        return Markup("")
    names = ("Aircraft", "Call sign", "Field", "Landed (UTC)", "Left (UTC)", "On the ground", "Level", "Remark")
    head = element("tr", *(element("th", name, scope="col") for name in names))
    body = [
        element(
            "tr",
            element("td", aircraft_text(stop)),
            element("td", callsign_text(stop)),
            element("td", _field(stop, airports)),
            element("td", f"{_would(stop)}{_when(stop, stop.landed)}"),
            element("td", f"{_would(stop)}{_when(stop, stop.departed)}" if stop.departed else ""),
            element("td", _stay(stop)),
            element("td", f"{int(stop.level)} {stop.kind}"),
            element("td", contradiction_text(stop) or held_text(stop)),
        )
        for stop in stops[:ROWS]
    ]
    more = len(stops) - ROWS
    rest = (
        element("p", f"{more:,} more stops are in the JSON of the replay.", class_="note") if more > 0 else Markup("")
    )
    table = element("div", element("table", element("thead", head), element("tbody", *body)), class_="scroll")
    return element("section", element("h2", title), table, rest, class_="stops")


def _would(stop: Stop) -> str:
    if not stands(stop):
        return "would have: "
    return "if at all: " if stop.level is Level.DARK else ""


def _when(stop: Stop, moment: Moment) -> str:
    text = dated_interval_text(moment, guess=stop.level is not Level.DARK)
    # What does not count was not seen either.
    return text if stands(stop) else text.removesuffix(", seen")


def _stay(stop: Stop) -> str:
    if stop.ground_time is None:
        return ""
    return ground_time_text(stop.ground_time, guess=stop.level is not Level.DARK)


def headline_place(stop: Stop, airports: Airports, *, short: bool = False) -> str:
    """`Pyongyang International (ZKPY)` (`short`: `Pyongyang (ZKPY)`), or that the place is not known."""
    field = field_of(airports, stop.airport)
    if field is None:
        return stop.airport or ("no airfield" if off_field_text(stop) else "a place not known")
    return f"{field.short if short else field.title} ({field.code})"


def headline(alert: Alert, airports: Airports, *, short: bool = False) -> str:
    """What happened, in a line."""
    stop = alert.stop
    type_name = (stop.identity.type_name if stop.identity else None) or stop.type_code
    name = stop.registration or callsign_text(stop) or stop.icao24
    who = aircraft_name(name, None, type_name if stop.registration else None, stop.operator)
    place = headline_place(stop, airports, short=short)
    if alert.event is AlertEvent.RETRACTED:
        return f"Taken back: a stop of {who} at {place}"
    if stop.level is Level.DARK:
        return f"{who}: a silence long enough for a stop"
    return f"{who}: stop at {place}"


def state_text(alert: Alert) -> str:
    """`closed, revision 3`, or why it was taken back."""
    if alert.stop.retraction:
        return f"taken back: {alert.stop.retraction}"
    return f"{alert.stop.status}, revision {alert.revision}"


def _buttons(number: int, stop: Stop) -> list[Markup]:
    views = [("flight", "Show the flights")] + ([("stop", "Show the stop")] if stop.airport else [])
    return [element("button", text, type="button", data_view=f"{name}{number}") for name, text in views]


def badge(text: str, kind: str) -> Markup:
    """A word in a frame."""
    return element("span", text, class_=f"badge {kind}")


def _words(text: str) -> Markup:
    return element("span", text)


def _has_text(value: Markup) -> bool:
    return value != "<span></span>"


def _field(stop: Stop, airports: Airports) -> Markup:
    name = element("span", headline_place(stop, airports))
    country = _country(stop.country)
    return join([name, Markup(", "), country]) if stop.country else name


def _country(code: str | None) -> Markup:
    """The code; the page puts the name beside it where the browser knows it."""
    return element("span", code or "", data_country=code or "")


def _level(stop: Stop) -> Markup:
    return join([element("b", f"Level {int(stop.level)} of 4, {stop.kind}"), element("span", f": {meaning(stop)}.")])


def findings_section(stop: Stop) -> Markup:
    """Why it stands out: findings, and what the model says."""
    if not stop.findings:
        return Markup("")
    items = [
        element(
            "li",
            element("b", readable(finding.rule, RULES)),
            element("span", f" ({finding.certainty}, severity {finding.severity}): {finding.reason}"),
        )
        for finding in stop.findings
    ]
    score = []
    if stop.score is not None:
        reasons = f" ({'; '.join(stop.score.reasons)})" if stop.score.reasons else ""
        score = [element("p", f"Oddness by model {stop.score.model}: {stop.score.value:.2f}{reasons}")]
    return element("section", element("h3", "Why it stands out"), element("ul", *items), *score)


def candidates_section(stop: Stop, airports: Airports) -> Markup:
    """The fields it may have been at."""
    if not stop.candidates:
        return Markup("")
    rows = []
    for candidate in stop.candidates:
        field = field_of(airports, candidate.airport)
        name = candidate.airport if field is None else f"{field.code} {field.title}"
        share = probability_text(candidate.probability, stop)
        bar = element("meter", value=f"{candidate.probability:.3f}", min=0, max=1)
        rows.append(
            element(
                "tr", element("td", name), element("td", bar, Markup(" "), _words(share)),
                element("td", f"{candidate.distance_nm:.1f} NM"),
            )
        )  # fmt: skip
    head = element("tr", *(element("th", name, scope="col") for name in ("Field", "Probability", "From nearest fix")))
    table = element("table", element("thead", head), element("tbody", *rows))
    heading = "Fields within reach" if stop.level is Level.DARK else "Fields that fit"
    return element("section", element("h3", heading), element("div", table, class_="scroll"))


def journey_section(steps: Sequence[JourneyStep], airports: Airports) -> Markup:
    """Where it went then."""
    if not steps:
        return Markup("")
    items = [
        element("li", element("b", span_text(step)), element("span", f": {step_text(step, airports)}"))
        for step in steps
    ]
    return element("section", element("h3", "Where it went then"), element("ol", *items))


def span_text(step: JourneyStep) -> str:
    """From when to when a step of a journey was."""
    until = (
        ""
        if step.until is None
        else f" to {'' if day(step.until) == day(step.at) else day(step.until) + ' '}{clock(step.until)}"
    )
    return f"{day(step.at)} {clock(step.at)}{until} UTC"


def step_text(step: JourneyStep, airports: Airports) -> str:
    """A step of a journey in words."""
    if step.kind == "stop":
        field = field_of(airports, step.airport)
        name = step.airport or "a place not known" if field is None else f"{field.title} ({field.code})"
        level = "" if step.level is None else f", level {step.level}"
        return f"stop at {name}{level}" + ("" if step.until is not None else "; not heard leaving")
    parts = [f"in flight{' as ' + step.callsign if step.callsign else ''}"]
    if step.near:
        parts.append(f"last heard {step.near}")
    elif step.latitude_deg is not None and step.longitude_deg is not None:
        parts.append(f"last heard at {step.latitude_deg:.2f}, {step.longitude_deg:.2f}")
    parts += [] if step.altitude_ft is None else [f"at {step.altitude_ft:,.0f} ft"]
    parts += [] if step.track_deg is None else [f"on track {step.track_deg:03.0f}\u00b0"]
    return ", ".join(parts)


def checks_section(checks: Sequence[Check]) -> Markup:
    """Every check with its verdict, as a list."""
    if not checks:
        return Markup("")
    items = [
        element(
            "li",
            element("span", SIGNS[check.verdict], class_="sign", aria_hidden="true"),
            element(
                "span",
                element("b", readable(check.name, CHECKS)),
                _words(f" {VERDICTS[check.verdict]}: {check_text(check)}"),
            ),
            class_=f"check {check.verdict}",
        )
        for check in checks
    ]
    return element("section", element("h3", "Checks"), element("ul", *items, class_="checks"))


def evidence_line(alert: Alert) -> Markup:
    """What was kept of the raw frames, and how they were read again."""
    evidence = alert.evidence
    name = element("span", f"Alert {alert.id}, as of {moment_text(alert.at)} UTC. ")
    if evidence is None:
        return element("p", name, element("span", "No frames were kept as evidence."), class_="evidence")
    again = f"decoded again by {evidence.verified_by}: {evidence.disagreements} disagreements"
    told = f"{evidence.frames:,} raw frames, {again}. SHA-256 "
    return element("p", name, element("span", told), element("code", evidence.sha256), class_="evidence")
