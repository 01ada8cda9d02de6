"""Where alerts go: `open_sink` makes of an endpoint's settings something that sends.

A new kind of sink is one file, one line in `SINKS`, and its settings in `settings.TARGET` and `settings.OF_KIND`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from detector.alerting.entries import Entry
from detector.alerting.outcome import Outcome
from detector.domain.errors import ConfigError
from detector.sinks.means import Means
from detector.sinks.settings import EndpointSettings


class Sink(Protocol):
    """Sends messages to one endpoint."""

    async def send(self, entry: Entry, now: float) -> Outcome:
        """Try once, at `now` (Unix s UTC), in bounded time. Never raises.

        Called again with the same entry it sends the same content; at an endpoint that remembers ids, or keeps what it
        has, the second one changes nothing.
        """


class _Opener(Protocol):
    def __call__(self, settings: EndpointSettings, means: Means) -> Sink: ...


SINKS: dict[str, str] = {
    # kind: module:function; imported when there is such an endpoint, as some of them take a second
    "webhook": "detector.sinks.webhook:open_webhook",
    "alertmanager": "detector.sinks.alertmanager:open_alertmanager",
    "notify": "detector.sinks.notify:open_notify",
    "jsonl": "detector.sinks.jsonl:open_jsonl",
}


def open_sink(settings: EndpointSettings, means: Means) -> Sink:
    """The sink of an endpoint. Raises ConfigError for secrets, templates and URLs that cannot work."""
    module, _, function = SINKS[settings.kind].partition(":")
    opener = cast(_Opener, getattr(import_module(module), function))
    try:
        return opener(settings, means)
    except ConfigError as error:
        raise ConfigError(f"endpoint {settings.name}: {error}") from error
