"""What sinks need of the program around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from detector.alerting.entries import Entry
from detector.net.exchange import Answer, HttpClient
from detector.sinks.settings import EndpointSettings


class Client(Protocol):
    """One request, one answer: `net.exchange.HttpClient`."""

    async def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float, max_bytes: int
    ) -> Answer:
        """Raises ExchangeError and nothing else."""


def guarded_client(settings: EndpointSettings) -> Client:
    """The client of an endpoint: it reaches public targets, and what the endpoint allows."""
    return HttpClient(settings.allow, plain_http=settings.allow_http)


async def no_picture(_entry: Entry) -> bytes | None:
    """For those who can make none."""
    return None


@dataclass(frozen=True, slots=True)
class Means:
    """`source`: what messages name as their sender; `environ`: for secrets; `folder`: that of the configuration, to
    which file names are relative; `picture`: a PNG that goes with a message, where one can be had. Never raises."""

    source: str = "detector"
    environ: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()
    client: Callable[[EndpointSettings], Client] = guarded_client
    picture: Callable[[Entry], Awaitable[bytes | None]] = no_picture
