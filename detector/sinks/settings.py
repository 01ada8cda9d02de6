"""Endpoints as a person writes them down, in the list `endpoints` of the configuration."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from datetime import time
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from detector.alerting.quiet import QuietHours
from detector.alerting.routing import BASELINE_S, Endpoint, Route, address_mark
from detector.domain.alert import AlertEvent
from detector.domain.identity import TypeClass
from detector.domain.stop import Level, Severity
from detector.net.guard import Allowed
from detector.reference.watch_entry import words
from detector.rules.settings import RouteSettings

TARGET = {"webhook": "url", "alertmanager": "url", "notify": "urls", "jsonl": "path"}
"""By kind, the setting that says where the alerts go."""
OF_KIND = {
    "url": {"webhook", "alertmanager"},
    "urls": {"notify"},
    "path": {"jsonl"},
    "headers": {"webhook", "alertmanager"},
    "allow": {"webhook", "alertmanager"},
    "allow_http": {"webhook", "alertmanager"},
    "link": {"alertmanager"},
    "secrets": {"webhook"},
    "secrets_env": {"webhook"},
    "secrets_file": {"webhook"},
    "body": {"webhook", "notify"},
    "title": {"notify"},
    "picture": {"notify"},
}
"""Settings that only some kinds have: set for another kind, they would be a promise that nobody keeps."""

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY_S = 86_400.0


class FilterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an endpoint gets; all that is set must hold. A retraction goes wherever an earlier word of its alert went.

    severity     at least this: low, medium or high
    min_level    at least this level
    rules        one of the findings is of one of these rules
    airports     ICAO codes: the stop's, or one of its candidates where it has none
    countries    of the stop, two letters
    aircraft     addresses, six hexadecimal digits
    events       opened, updated, closed, retracted
    """

    severity: Severity = Severity.LOW
    min_level: Annotated[int, Meta(ge=0, le=4)] = 0
    rules: tuple[str, ...] = ()
    airports: tuple[
        Annotated[str, Meta(pattern="^[A-Z0-9-]{2,8}$", description="capital letters, digits and -, 2 to 8, as ZKPY")],
        ...,
    ] = ()
    countries: tuple[Annotated[str, Meta(pattern="^[A-Z]{2}$", description="two capital letters, as KP")], ...] = ()
    aircraft: tuple[
        Annotated[str, Meta(pattern="^~?[0-9a-f]{6}$", description="six of 0-9 and a-f, in small letters, as 15522c")],
        ...,
    ] = ()
    events: tuple[AlertEvent, ...] = ()

    def route(self) -> Route:
        """The same for the outbox."""
        return Route(
            self.severity,
            Level(self.min_level),
            frozenset(self.rules),
            frozenset(self.airports),
            frozenset(self.countries),
            frozenset(self.aircraft),
            frozenset(self.events),
        )


class QuietSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the day in which nothing is sent; it goes when that ends.

    from, to    HH:MM on the clock of `timezone`, across midnight where `to` is the earlier
    timezone    a name of the IANA list, as Europe/Paris
    unless      what is at least so severe is sent all the same
    """

    begin: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    timezone: str = "UTC"
    unless: Severity | None = None

    def __post_init__(self) -> None:
        """Refuse what is no time, no span or no zone."""
        for text in (self.begin, self.end):
            if not _CLOCK.fullmatch(text):
                raise ValueError(f"quiet: {text!r} is no time; write HH:MM, as 22:00")
        if self.begin == self.end:
            raise ValueError("quiet: `from` and `to` are the same; to send nothing at all, set enabled: false")
        self.hours()

    def hours(self) -> QuietHours:
        """The same for the outbox."""
        try:
            zone = zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"quiet: there is no time zone {self.timezone!r}; write one as Europe/Paris") from error
        return QuietHours(time.fromisoformat(self.begin), time.fromisoformat(self.end), zone, self.unless)


class EndpointSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somewhere that alerts go.

    name           of small letters, digits, `_` and `-`; what the store and the metrics call it
    kind           webhook (CloudEvents, signed), alertmanager, notify (chat and mail through Apprise), jsonl (a file)
    enabled        false: nothing is sent, and nothing is kept for it
    url            where to, https://...; for alertmanager without the path of its API
    urls           of notify: the service URLs of Apprise
    path           of jsonl: the file that lines are added to
    secrets        that webhooks are signed with, whsec_...; with several there are as many signatures, so that a secret
                   can be changed without a gap: add the new one, change the receiver, remove the old one
    secrets_env    names of environment variables that hold secrets, instead
    secrets_file   a file with one secret a line, instead
    filters        what it gets
    headers        added to each request; values may hold ${...} as in `body`, and ${env.NAME}
    body           a template instead of the CloudEvent, as a mapping that becomes JSON with its ${...} filled in
                   ({text: "Stop at ${stop.airport}"}), or as plain text; ${a.b|x} is x where there is no a.b
    title          of notify: a template for the title
    picture        of notify: a map of the case goes with each message, as PNG (extra `pictures`)
    link           of alertmanager: a template for the address of a page about the alert
    digest_s       all that comes together goes as one message, at most once in so many seconds; 0: each by itself
    quiet          hours without messages: {from: "22:00", to: "07:00", timezone: Europe/Paris, unless: high}
    allow          private targets that may be asked: networks (10.0.0.0/8) or host:port
    allow_http     public targets may be asked by http, too: anybody on the way reads along
    baseline_s     for so long after its first start it is told nothing of stops that were there before
    """

    name: Annotated[
        str,
        Meta(
            pattern="^[a-z0-9][a-z0-9_-]{0,62}$",
            description="small letters, digits, - and _, at most 63, the first a letter or digit",
        ),
    ]
    kind: str = "webhook"
    enabled: bool = True
    url: str = ""
    urls: tuple[str, ...] = ()
    path: str = ""
    secrets: tuple[str, ...] = ()
    secrets_env: tuple[str, ...] = ()
    secrets_file: str = ""
    filters: FilterSettings = FilterSettings()
    headers: dict[str, str] = {}
    body: Any = None
    title: str = ""
    picture: bool = False
    link: str = ""
    digest_s: Annotated[float, Meta(ge=0.0, le=_DAY_S)] = 0.0
    quiet: QuietSettings | None = None
    allow: tuple[str, ...] = ()
    allow_http: bool = False
    baseline_s: Annotated[float, Meta(ge=0.0, le=7 * _DAY_S)] = BASELINE_S

    def __post_init__(self) -> None:
        """Refuse an endpoint that could not work. No message repeats what may be secret."""
        if self.kind not in TARGET:
            raise ValueError(f"endpoint {self.name}: kind {self.kind!r} is not known; there are {', '.join(TARGET)}")
        if not getattr(self, TARGET[self.kind]):
            raise ValueError(f"endpoint {self.name}: a {self.kind} needs `{TARGET[self.kind]}`")
        for name, kinds in OF_KIND.items():
            if getattr(self, name) and self.kind not in kinds:
                raise ValueError(f"endpoint {self.name}: `{name}` means nothing for a {self.kind}")
        if self.body is not None and not isinstance(self.body, str | dict | list):
            raise ValueError(f"endpoint {self.name}: `body` is a mapping, a list or a text")
        if self.kind == "alertmanager" and self.digest_s:
            raise ValueError(f"endpoint {self.name}: Alertmanager groups by itself; leave `digest_s` out")
        if self.url and not re.match(r"https?://|\$\{env\.", self.url):
            raise ValueError(f"endpoint {self.name}: `url` begins with https:// (or http://)")
        Allowed.of(self.allow)

    def __repr__(self) -> str:
        """Without what may be secret: it may end up in a log."""
        return f"EndpointSettings(name={self.name!r}, kind={self.kind!r})"

    def endpoint(self, routes: Iterable[RouteSettings] = ()) -> Endpoint:
        """The same for the outbox, with those of the routes of the rules file that name it."""
        target = "\n".join((self.kind, self.url, *self.urls, self.path))
        return Endpoint(
            name=self.name,
            route=self.filters.route(),
            quiet=None if self.quiet is None else self.quiet.hours(),
            digest_s=self.digest_s,
            baseline_s=self.baseline_s,
            address=address_mark(target),
            routes=tuple(_route(one) for one in routes if self.name in words(one.to)),
        )


def _route(settings: RouteSettings) -> Route:
    return Route(
        severity=settings.severity,
        rules=frozenset(words(settings.rule)),
        lists=frozenset(words(settings.list)),
        type_classes=frozenset(TypeClass(word) for word in words(settings.type_class)),
    )
