"""Chat and mail: anything that Apprise has a URL for (extra `notify`).

Apprise makes its own connections, so the guard over private addresses does not hold here: the URLs are the operator's.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from detector.alerting.entries import Entry
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.domain.errors import ConfigError
from detector.sinks import templates
from detector.sinks.answers import TIMEOUT_S, printable
from detector.sinks.means import Means, no_picture
from detector.sinks.sample import every_field
from detector.sinks.settings import EndpointSettings
from detector.sinks.words import values_of

REMEMBERED = 1000
TITLE = "${title}"
BODY = "${summary}"
FILE_NAME = "map.png"
Picture = Callable[[Entry], Awaitable[bytes | None]]


class Service(Protocol):
    """One Apprise URL."""

    def send(self, title: str, body: str, picture: bytes | None) -> str | None:
        """Blocks; None when it was taken, otherwise why not. `picture`: a PNG to go with it."""


class NotifySink:
    """Tells each of several services. What one of them has taken is not told there again when another one fails."""

    def __init__(self, settings: EndpointSettings, services: list[Service], picture: Picture = no_picture) -> None:
        self._title = settings.title or TITLE
        self._body = settings.body or BODY
        self._services = services
        self._picture = picture if settings.picture else no_picture
        self._taken: dict[str, set[int]] = {}
        """Services that have taken a message of which others have not, by its id. Not kept over a restart."""

    async def send(self, entry: Entry, now: float) -> Outcome:
        """Try once, in a thread."""
        values = templates.Values(values_of(entry))
        title, body = templates.text(self._title, values), templates.text(self._body, values)
        picture = await self._picture(entry)
        taken = self._taken.pop(entry.id, set())
        failed = []
        for number, service in enumerate(self._services):
            if number in taken:
                continue
            why = await asyncio.to_thread(service.send, title, body, picture)
            if why is None:
                taken.add(number)
            else:
                failed.append(why)
        if not failed:
            return Outcome(OutcomeKind.DELIVERED)
        if taken:
            self._taken[entry.id] = taken
            while len(self._taken) > REMEMBERED:
                del self._taken[next(iter(self._taken))]
        return Outcome(OutcomeKind.RETRY, reason="; ".join(failed))


class _AppriseService:
    def __init__(self, url: str, number: int) -> None:
        try:
            import apprise  # noqa: PLC0415  an extra, and a second to import
            from apprise.attachment.memory import AttachMemory  # noqa: PLC0415
        except ImportError as error:
            raise ConfigError("a notify endpoint needs the package apprise: install stop-detector[notify]") from error
        # What it logs may hold what a service answered, as it came.
        logging.getLogger("apprise").disabled = True
        self._apprise = apprise.Apprise()
        self._attachment: Any = AttachMemory
        if not self._apprise.add(url) or not len(self._apprise):
            raise ConfigError(f"urls: Apprise cannot read number {number} (it is not shown: it may hold a password)")
        self._name = str(getattr(self._apprise[0], "service_name", None) or f"service {number}")

    def send(self, title: str, body: str, picture: bytes | None) -> str | None:
        attached = None if picture is None else self._attachment(content=picture, name=FILE_NAME, mimetype="image/png")
        result = self._apprise.notify(body=body, title=title, body_format="text", timeout=TIMEOUT_S, attach=attached)
        if result:
            return None
        return printable(f"{self._name} did not take it ({result.status.name.lower()})", 200)


def open_notify(settings: EndpointSettings, means: Means) -> NotifySink:
    """Raises ConfigError, also where Apprise is missing."""
    sample = values_of(every_field(settings.name, as_digest=settings.digest_s > 0.0))
    if settings.body is not None and not isinstance(settings.body, str):
        raise ConfigError("body: that of a notify endpoint is a text")
    templates.check("body", settings.body or BODY, sample)
    templates.check("title", settings.title or TITLE, sample)
    if settings.picture and importlib.util.find_spec("resvg_py") is None:
        raise ConfigError("picture: needs the package resvg-py: install stop-detector[pictures]")
    services: list[Service] = []
    for number, url in enumerate(settings.urls, 1):
        for name in templates.environment(url):
            if not means.environ.get(name):
                raise ConfigError(f"urls: the environment has no {name}; set it")
        filled = templates.text(url, templates.Values({"env": means.environ})) if "${env." in url else url
        services.append(_AppriseService(filled, number))
    return NotifySink(settings, services, means.picture)
