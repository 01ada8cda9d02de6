"""What the outbox holds: messages that wait or could not be delivered, what was delivered, the state of endpoints.

All of it is kept as JSON under these keys:

    outbox:<endpoint>:<message id>      waits
    dead:<endpoint>:<message id>        could not be delivered
    delivered:<endpoint>:<alert id>     a mark: which revisions of an alert the endpoint has
    endpoint:<endpoint>                 since when it listens, whether it is disabled
    resend:<endpoint>:<message id>      a person's wish, written by another program
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from detector.domain.alert import Alert, AlertEvent
from detector.domain.errors import StoreError
from detector.domain.stop import SEVERITY_ORDER, Severity
from detector.domain.wire import alert_line

OUTBOX, DEAD, DELIVERED, ENDPOINT, RESEND = "outbox:", "dead:", "delivered:", "endpoint:", "resend:"
DIGEST = "digest"
TEST = "test"


class Told(msgspec.Struct, frozen=True):
    """What a revision said of the things by which some receivers tell alerts apart."""

    severity: Severity
    airport: str | None
    rule: str | None
    """The gravest finding's."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of an alert. `line`: the very bytes of `wire.alert_line`; `before`: what the endpoint was told of
    the alert before, if anything. `at`: event time of the revision, `since`: of the landing as estimated; Unix s UTC.
    """

    alert: str
    revision: int
    event: AlertEvent
    severity: Severity
    at: float
    since: float
    stop: str
    told: Told
    line: msgspec.Raw
    before: Told | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message to one endpoint.

    id          `<alert id>.<revision>`, or of a digest a hash of the ids within
    event       that of the alert, or `digest` or `test`
    due_at      not tried before; `offered_at`, `tried_at`, `due_at`: Unix s UTC
    attempts    that failed so far
    status, reason   of the last failure
    """

    endpoint: str
    id: str
    event: str
    items: tuple[Item, ...]
    offered_at: float
    due_at: float
    attempts: int = 0
    tried_at: float | None = None
    status: int | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """Its name among all entries."""
        return f"{self.endpoint}:{self.id}"

    @property
    def severity(self) -> Severity:
        """That of the gravest within."""
        return max((item.severity for item in self.items), key=lambda severity: SEVERITY_ORDER[severity])

    @property
    def at(self) -> float:
        """Event time of the last revision within."""
        return max(item.at for item in self.items)


class Mark(msgspec.Struct, frozen=True):
    """The revisions of an alert that an endpoint has (or that newer ones made needless), when the last one went, and
    what that told."""

    revisions: tuple[int, ...]
    at: float
    told: Told


class EndpointState(msgspec.Struct, frozen=True, omit_defaults=True):
    """`heard_from`: event time of the first frame since it is an endpoint; `digest_at`: when its last digest was made;
    `disabled`: why nothing is sent to it; `address`: the receiver that all this is about."""

    heard_from: float | None = None
    digest_at: float | None = None
    disabled: str | None = None
    address: str = ""


def item_of(alert: Alert) -> Item:
    """A revision as the outbox keeps it."""
    findings = sorted(alert.stop.findings, key=lambda finding: -SEVERITY_ORDER[finding.severity])
    return Item(
        alert=alert.id,
        revision=alert.revision,
        event=alert.event,
        severity=alert.severity,
        at=alert.at,
        since=alert.stop.landed.estimate,
        stop=alert.stop.id,
        told=Told(alert.severity, alert.stop.airport, findings[0].rule if findings else None),
        line=msgspec.Raw(alert_line(alert)),
    )


def message_id(alert: str, revision: int) -> str:
    """The id under which a revision goes out, always and everywhere."""
    return f"{alert}.{revision}"


def digest_id(items: Iterable[Item]) -> str:
    """The id of a digest: another one for other contents."""
    text = "\n".join(message_id(item.alert, item.revision) for item in items)
    return f"digest-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


Kept = TypeVar("Kept", Entry, Mark, EndpointState)


def unpacked(key: str, value: bytes, kind: type[Kept]) -> Kept:
    """What was kept under a key. Raises StoreError."""
    try:
        return msgspec.json.decode(value, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"what the store holds under {key} is not what this program writes: {error}") from error


def sections(found: Mapping[str, bytes], prefix: str) -> dict[str, dict[str, bytes]]:
    """Of the keys that begin with `prefix`: endpoint to rest of the key to value (`endpoint:` keys have no rest)."""
    parts: dict[str, dict[str, bytes]] = {}
    for key, value in found.items():
        if key.startswith(prefix):
            endpoint, _, rest = key[len(prefix) :].partition(":")
            parts.setdefault(endpoint, {})[rest] = value
    return parts
