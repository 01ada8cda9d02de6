"""The dashboard of whoever runs the service: is it heard, is it kept, is it told?"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.asking import ALARM, ENDPOINT, FEED, FIRING, OPENED, Ask, by, grown, of, rate
from dashboards.page import choice, filled, page
from dashboards.panels import BAD, GOOD, WORTH_A_LOOK, Panel, bars, curves, figure, rows, state, states

UP_OR_NOT = {"1": ("up", GOOD), "0": ("down", BAD)}
YES_OR_NO = {"1": ("yes", GOOD), "0": ("no", BAD)}
OURS = 'job="detector"'
"""Others have processes, too."""
LATE_S, CHECKPOINT_OLD_S, FULL_ROWS, MESSAGE_LATE_S, DRIFT = 90.0, 300.0, 100_000.0, 1800.0, 0.25
"""Where config/prometheus/rules raise an alarm."""


def operations() -> Dashboard:
    """All of it."""
    empty = page(
        "detector-operations",
        "Detector: operations",
        "Whether the detector hears, keeps its state, and tells whom it is to tell. docs/operations.md explains each "
        "metric and each alarm.",
    )
    empty.with_variable(choice("feed", "Feed", "detector_feed_up"))
    empty.with_variable(choice("endpoint", "Endpoint", "detector_endpoint_up"))
    return filled(
        empty,
        [
            ("Now", now()),
            ("Feeds", feeds()),
            ("From frames to aircraft", path()),
            ("What was found", findings()),
            ("The model", model()),
            ("Who was told", delivery()),
            ("The state", store()),
            ("The process", process()),
        ],
    )


def now() -> Sequence[Panel]:
    """Twelve figures, and what is wrong."""
    firing = f"count({of('ALERTS', ALARM, FIRING)}) or vector(0)"
    opened = f"sum({grown('detector_alerts_total', OPENED)})"
    return [
        figure("Alarms", "Rules of Prometheus that fire now. The table below names them.", Ask(firing),
               steps=((None, GOOD), (1, BAD))),
        figure("Feeds that listen", "Of those in the settings.", Ask(f"sum({of('detector_feed_up')})"),
               steps=((None, BAD), (1, GOOD))),
        figure("Frames a second", "Of all feeds, rows of decoded tracks among them.",
               Ask(f"sum({rate('detector_feed_rows_total')})"), steps=((None, BAD), (0.001, GOOD))),
        figure("Aircraft", "Known now.", Ask(f"sum({of('detector_aircraft')})")),
        figure("Event time behind", "How old the newest moment is that has been taken in; alerts are late by as much.",
               Ask(f"max({of('detector_event_time_lag_seconds')})"), unit="s", decimals=1,
               steps=((None, GOOD), (30, WORTH_A_LOOK), (LATE_S, BAD))),
        state("Store", "Whether it takes the state.", Ask(f"min({of('detector_store_up')})"), UP_OR_NOT),
        figure("Alerts opened", "In the span that this page shows.", Ask(opened), summed=True),
        figure("Stops held back", "Until satellite navigation around the field can be believed again.",
               Ask(f"sum({of('detector_stops_held')})")),
        figure("Disturbed cells", "Cells of half a degree in which satellite navigation is disturbed now.",
               Ask(f"sum({of('detector_interference_cells')})"), steps=((None, GOOD), (1, WORTH_A_LOOK))),
        figure("Messages that wait", "For all endpoints.", Ask(f"sum({of('detector_outbox_pending')})")),
        figure("Dead letters", "Messages that nobody tries again: `detector webhooks dead`, then `resend`.",
               Ask(f"sum({of('detector_dead_letters')})"), steps=((None, GOOD), (1, WORTH_A_LOOK))),
        figure("Running for", "Since its last start; counters begin there.",
               Ask(f"time() - max({of('process_start_time_seconds', OURS)})"), unit="s"),
        rows("What is wrong", "Alarms of Prometheus, those that wait for their time (pending) among them.",
             Ask(of("ALERTS", ALARM)),
             {"alertname": "alarm", "severity": "severity", "alertstate": "state", "feed": "feed",
              "endpoint": "endpoint", "instance": "detector"}, span=18),
        rows("Version", "Of each detector.", Ask(of("detector_build_info")),
             {"instance": "detector", "version": "version"}, span=6),
    ]  # fmt: skip


def feeds() -> Sequence[Panel]:
    """What comes in."""
    format_of = by("format", rate("detector_feed_rows_total", FEED))
    unreadable = by("feed, reason", grown("detector_feed_rejects_total", FEED))
    return [
        states("Feeds", "Whether each one listens.", [Ask(of("detector_feed_up", FEED), "{{feed}}")], UP_OR_NOT),
        curves("Frames a second by feed", "Rows, where a feed gives decoded tracks.",
               [Ask(by("feed, kind", rate("detector_feed_rows_total", FEED)), "{{feed}} ({{kind}})")]),
        curves("Frames a second by format", "Downlink formats; DF11, 17 and 18 tell who it is, DF17 and 18 where. "
               "Only from DF11 and Comm-B one cannot see a stop.", [Ask(format_of, "{{format}}")], stacked=True),
        curves("Silence of a feed", "Time since it gave anything.",
               [Ask(of("detector_feed_age_seconds", FEED), "{{feed}}")], unit="s"),
        bars("Not readable", "Pieces of input dropped before they were frames, in the span shown.",
             Ask(unreadable, "{{feed}}: {{reason}}")),
        bars("Connections", "Made in the span shown. Many of them: the other side hangs up.",
             Ask(by("feed", grown("detector_feed_connections_total", FEED)), "{{feed}}")),
        bars("Lost", "Times that a feed was lost after it had been heard, in the span shown.",
             Ask(by("feed", grown("detector_feed_gaps_total", FEED)), "{{feed}}"), span=4),
        bars("Time lost", "In such gaps; one that lasts counts only after its end.",
             Ask(by("feed", grown("detector_feed_gap_seconds_total", FEED)), "{{feed}}"), unit="s", span=4),
    ]  # fmt: skip


def path() -> Sequence[Panel]:
    """What becomes of it."""
    return [
        curves("Frames a second taken in", "And those of them that are dropped on the path.",
               [Ask(f"sum({rate('detector_frames_total')})", "taken in"),
                Ask(f"sum({rate('detector_rejects_total')})", "dropped")]),
        curves("Dropped, by reason", "The words are explained in the README.",
               [Ask(by("reason", rate("detector_rejects_total")), "{{reason}}")], stacked=True),
        curves("Aircraft", "Known; and those followed after an alert.",
               [Ask(f"sum({of('detector_aircraft')})", "known"),
                Ask(f"sum({of('detector_aircraft_watched')})", "followed after an alert")]),
        curves("Event time behind the clock", "Alerts come later by as much. Less than 0: the clock is wrong.",
               [Ask(of("detector_event_time_lag_seconds"), "{{instance}}")], unit="s", bad_from=LATE_S),
        curves("Waiting to be taken in", "It cannot keep up where this grows; feeds wait from 200,000 on.",
               [Ask(of("detector_intake_rows"), "{{instance}}")], bad_from=FULL_ROWS, span=8),
        curves("Disturbed cells", "Cells of half a degree in which satellite navigation is disturbed.",
               [Ask(of("detector_interference_cells"), "{{instance}}")], span=8),
        curves("Clock set back", "By so much the machine's time was set back since the start.",
               [Ask(of("detector_clock_ahead_seconds"), "{{instance}}")], unit="s", span=8),
    ]  # fmt: skip


def findings() -> Sequence[Panel]:
    """What it says of aircraft."""
    return [
        bars("Stops by level and kind", "As they opened, in the span shown.",
             Ask(by("level, kind", grown("detector_stops_total")), "{{level}} {{kind}}")),
        bars("Alerts by rule and severity", "Opened in the span shown. An alert of two rules counts twice.",
             Ask(by("rule, severity", grown("detector_alert_findings_total", OPENED)) + " > 0",
                 "{{rule}}, {{severity}}")),
        bars("Revisions of alerts", "In the span shown.",
             Ask(by("event", grown("detector_alerts_total")), "{{event}}")),
        bars("Movements", "In the span shown.", Ask(by("kind", grown("detector_movements_total")), "{{kind}}")),
        bars("Silences in flight", "By what they were held for, in the span shown.",
             Ask(by("class", grown("detector_gaps_total")), "{{class}}")),
        curves("Held back, taken back", "Stops of which nothing (alert) or less than is known (level) is told now; and "
               "stops taken back within five minutes.",
               [Ask(by("what", of("detector_stops_held")), "held: {{what}}"),
                Ask(f"sum(increase({of('detector_stops_retracted_total')}[5m]))", "taken back")], span=8),
    ]  # fmt: skip


def model() -> Sequence[Panel]:
    """What scores stops."""
    return [
        states("At work", "Whether stops get a score.", [Ask(of("detector_model_up"), "{{instance}}")], YES_OR_NO,
               span=8),
        curves("Scores", "Given since the start.", [Ask(of("detector_model_scored_total"), "{{instance}}")], span=8),
        curves("Drift", "How far scored stops are from those of the training, by feature, once there are 200: below "
               "0.1 alike, above 0.25 other traffic.",
               [Ask(of("detector_model_drift_psi"), "{{feature}}")], bad_from=DRIFT, span=8),
    ]  # fmt: skip


def delivery() -> Sequence[Panel]:
    """What goes out."""
    attempts = f"increase({of('detector_webhook_attempts_total', ENDPOINT)}[5m])"
    return [
        states("Endpoints", "Disabled (down) is one that has answered 410.",
               [Ask(of("detector_endpoint_up", ENDPOINT), "{{endpoint}}")], UP_OR_NOT),
        curves("Attempts within five minutes", "By outcome; retry and dead have failed.",
               [Ask(attempts, "{{endpoint}}: {{outcome}}")]),
        curves("Messages that wait", "For each endpoint.",
               [Ask(of("detector_outbox_pending", ENDPOINT), "{{endpoint}}")], span=8),
        curves("Late", "How long a message should have arrived by now; quiet hours and digests do not count.",
               [Ask(of("detector_outbox_late_seconds", ENDPOINT), "{{endpoint}}")],
               unit="s", bad_from=MESSAGE_LATE_S, span=8),
        curves("Oldest message", "Since it was made, whatever it waits for.",
               [Ask(of("detector_outbox_oldest_seconds", ENDPOINT), "{{endpoint}}")], unit="s", span=8),
        curves("Dead letters", "Messages that could not be delivered.",
               [Ask(of("detector_dead_letters", ENDPOINT), "{{endpoint}}")]),
        bars("Not sent", "On purpose (baseline), or because too many wait or are dead, in the span shown.",
             Ask(by("endpoint, why", grown("detector_outbox_not_sent_total", ENDPOINT)), "{{endpoint}}: {{why}}"),
             span=12),
    ]  # fmt: skip


def store() -> Sequence[Panel]:
    """Where the state is kept."""
    within = by("le", rate("detector_checkpoint_seconds_bucket"))
    return [
        states("Kept", "The store takes the state; what it has taken survives a kill; it throws nothing away; the "
               "spool is written.",
               [Ask(of("detector_store_up"), "store"), Ask(of("detector_store_durable"), "durable"),
                Ask(f"1 - {of('detector_store_evicts')}", "keeps all"), Ask(of("detector_recording_up"), "spool")],
               YES_OR_NO),
        curves("Time since the state was written", "The spool fills the gap after a crash.",
               [Ask(of("detector_checkpoint_age_seconds"), "{{instance}}")], unit="s", bad_from=CHECKPOINT_OLD_S),
        curves("Memory of the store", "And its limit, where it has one.",
               [Ask(of("detector_store_memory_bytes"), "in use"),
                Ask(f"{of('detector_store_memory_limit_bytes')} > 0", "limit")], unit="bytes", span=8),
        curves("Append-only file", "On the store's disk.", [Ask(of("detector_store_log_bytes"), "{{instance}}")],
               unit="bytes", span=8),
        curves("Writing the state takes", "Half of the checkpoints, nine in ten, and 99 in 100 take no longer.",
               [Ask(f"histogram_quantile({q}, {within})", f"{q}") for q in (0.5, 0.9, 0.99)], unit="s", span=8),
    ]  # fmt: skip


def process() -> Sequence[Panel]:
    """What it takes of the machine."""
    return [
        curves("Memory", "Resident.", [Ask(of("process_resident_memory_bytes", OURS), "{{instance}}")],
               unit="bytes", span=8),
        curves("Processor", "1 is one core.", [Ask(rate("process_cpu_seconds_total", OURS), "{{instance}}")], span=8),
        curves("Open files", "And how many may be.",
               [Ask(of("process_open_fds", OURS), "open"), Ask(of("process_max_fds", OURS), "limit")], span=8),
    ]  # fmt: skip
