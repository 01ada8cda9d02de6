"""Prometheus Alertmanager, by its API v2 (POST /api/v2/alerts; openapi.yaml of prometheus/alertmanager).

An alert is known there by its labels. Where a revision changes one of them (graver, another field), the alert under the
old labels is ended in the same request. Alertmanager ends by itself what is not repeated, after five minutes: so
`endsAt` of an alert that goes on is far ahead, and that of one that is over is the time of the revision.
"""

from __future__ import annotations

from typing import Any

import msgspec

from detector.alerting.entries import TEST, Entry, Item, Told
from detector.alerting.outcome import Outcome
from detector.domain.alert import AlertEvent
from detector.domain.times import iso
from detector.sinks import templates
from detector.sinks.answers import posted
from detector.sinks.means import Client, Means
from detector.sinks.sample import every_field
from detector.sinks.settings import EndpointSettings
from detector.sinks.webhook import check_headers, checked_url, extra_headers
from detector.sinks.words import summary, title, values_of

PATH = "/api/v2/alerts"
ALERTNAME = "UnusualStop"
GOES_ON_S = 30 * 86_400.0
TEST_S = 300.0
OVER = frozenset({AlertEvent.CLOSED, AlertEvent.RETRACTED})


class AlertmanagerSink:
    """Posts each revision to one Alertmanager."""

    def __init__(self, settings: EndpointSettings, url: str, client: Client, means: Means) -> None:
        self._settings = settings
        self._url = url.rstrip("/") + PATH
        self._client = client
        self._means = means

    async def send(self, entry: Entry, now: float) -> Outcome:
        """Try once."""
        headers = {"content-type": "application/json"} | extra_headers(self._settings, self._means, values_of(entry))
        return await posted(self._client, self._url, headers, self.body(entry), now)

    def body(self, entry: Entry) -> bytes:
        """The alerts of the message, and the ends of those that were known by other labels."""
        alerts = []
        for item in entry.items:
            alerts.append(self._alert(entry, item))
            if item.before is not None and item.before != item.told:
                ended = {"labels": self._labels(item, item.before), **_span(item, item.at)}
                alerts.append(ended)
        return msgspec.json.encode(alerts)

    def _alert(self, entry: Entry, item: Item) -> dict[str, Any]:
        record = msgspec.json.decode(item.line)
        goes_on_s = TEST_S if entry.event == TEST else 0.0 if item.event in OVER else GOES_ON_S
        alert = {
            "labels": self._labels(item, item.told),
            "annotations": {
                "title": title(record),
                "summary": summary(record),
                "revision": str(item.revision),
                "event": entry.event,
            },
            **_span(item, item.at + goes_on_s),
        }
        if self._settings.link:
            alert["generatorURL"] = templates.text(self._settings.link, templates.Values(values_of(entry)))
        return alert

    def _labels(self, item: Item, told: Told) -> dict[str, str]:
        record = msgspec.json.decode(item.line)
        labels = {
            "alertname": ALERTNAME,
            "source": self._means.source,
            "alert": item.alert,
            "icao24": record["stop"]["icao24"],
            "severity": told.severity.value,
            "airport": told.airport or "",
            "rule": told.rule or "",
        }
        # An empty label is no label.
        return {name: value for name, value in labels.items() if value}


def open_alertmanager(settings: EndpointSettings, means: Means) -> AlertmanagerSink:
    """Raises ConfigError."""
    sample = values_of(every_field(settings.name, as_digest=False))
    templates.check("link", settings.link, sample)
    check_headers(settings, means, sample)
    return AlertmanagerSink(settings, checked_url(settings, means), means.client(settings), means)


def _span(item: Item, until: float) -> dict[str, str]:
    return {"startsAt": iso(min(item.since, item.at)), "endsAt": iso(until)}
