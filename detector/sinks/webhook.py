"""Webhooks: a CloudEvent, or a body after a template, posted and signed."""

from __future__ import annotations

from typing import Any

import msgspec

from detector.alerting.cloudevent import CONTENT_TYPE, cloud_event
from detector.alerting.entries import Entry
from detector.alerting.outcome import Outcome
from detector.domain.errors import ConfigError
from detector.net.errors import ExchangeError
from detector.net.urls import parse
from detector.sinks import templates
from detector.sinks.answers import posted, printable
from detector.sinks.means import Client, Means
from detector.sinks.sample import every_field
from detector.sinks.settings import EndpointSettings
from detector.sinks.signing import Signer, secrets_of
from detector.sinks.words import values_of

HEADER_LENGTH = 1000


class WebhookSink:
    """Posts each message to one URL."""

    def __init__(self, settings: EndpointSettings, url: str, client: Client, signer: Signer, means: Means) -> None:
        self._settings = settings
        self._url = url
        self._client = client
        self._signer = signer
        self._means = means

    async def send(self, entry: Entry, now: float) -> Outcome:
        """Try once. The signature is that of this attempt, the body that of every attempt."""
        body = self.body(entry)
        headers = self.headers(entry) | self._signer.headers(entry.id, body, now)
        return await posted(self._client, self._url, headers, body, now)

    def body(self, entry: Entry) -> bytes:
        """What is posted."""
        template = self._settings.body
        if template is None:
            return cloud_event(entry, self._means.source)
        values = templates.Values(values_of(entry))
        if isinstance(template, str):
            return templates.text(template, values).encode()
        return msgspec.json.encode(templates.filled(template, values))

    def headers(self, entry: Entry) -> dict[str, str]:
        """All but the signature; what the settings say goes before what is usual."""
        template = self._settings.body
        kind = CONTENT_TYPE if template is None else "application/json"
        headers = {"content-type": "text/plain; charset=utf-8" if isinstance(template, str) else kind}
        return headers | extra_headers(self._settings, self._means, values_of(entry))


def open_webhook(settings: EndpointSettings, means: Means) -> WebhookSink:
    """Raises ConfigError."""
    sample = every_field(settings.name, as_digest=settings.digest_s > 0.0)
    templates.check("body", settings.body, values_of(sample))
    secrets = secrets_of(settings.secrets, settings.secrets_env, settings.secrets_file, means.environ, means.folder)
    sink = WebhookSink(settings, checked_url(settings, means), means.client(settings), Signer(secrets), means)
    check_headers(settings, means, values_of(sample))
    return sink


def checked_url(settings: EndpointSettings, means: Means) -> str:
    """The URL with its `${env.NAME}` filled in. Raises ConfigError for one that no request can be made of."""
    root = {"env": means.environ}
    _check_environment("url", settings.url, means)
    url = templates.text(settings.url, templates.Values(root))
    try:
        parse(url)
    except ExchangeError as error:
        raise ConfigError(f"`url` is no URL that can be asked ({error})") from error
    return url


def check_headers(settings: EndpointSettings, means: Means, sample: dict[str, Any]) -> None:
    """Raise ConfigError for headers that cannot be made or sent."""
    for name, value in settings.headers.items():
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise ConfigError(f"headers: {name!r} is no name of a header")
        if name.lower().startswith("webhook-") or name.lower() in ("host", "content-length"):
            raise ConfigError(f"headers: {name} is set by the program")
        _check_environment(f"headers: {name}", value, means)
        templates.check(f"headers: {name}", value, sample | {"env": means.environ})


def extra_headers(settings: EndpointSettings, means: Means, values: dict[str, Any]) -> dict[str, str]:
    """The headers of the settings, filled; nothing in a value can end its line."""
    filled = templates.Values(values | {"env": means.environ})
    return {
        name.lower(): printable(templates.text(value, filled), HEADER_LENGTH)
        for name, value in settings.headers.items()
    }


def _check_environment(where: str, template: str, means: Means) -> None:
    for name in templates.environment(template):
        if not means.environ.get(name):
            raise ConfigError(f"{where}: the environment has no {name}; set it")
