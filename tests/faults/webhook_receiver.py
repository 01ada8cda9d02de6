"""A receiver of webhooks as a process of its own, to be killed and started again on the same port.

What it has taken in is a line of JSON in a file (`Taken`) before it answers. A message that is not signed with the
secret is answered 401, and is a line all the same, with `"signed": false`.

    python -m tests.faults.webhook_receiver --port 8080 --secret whsec_... --file taken.jsonl
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

LINGER_S = 0.03
"""Up to so long between taking a message in and saying so: room for a kill in between."""


class Envelope(msgspec.Struct, frozen=True):
    """Of a CloudEvent what counts here."""

    id: str
    data: msgspec.Raw


class Taken(msgspec.Struct, frozen=True):
    """One message taken in. `at`: wall time, Unix s; `alert`: the object that was told; `sha256`: of its bytes."""

    at: float
    id: str
    sha256: str
    alert: msgspec.Raw
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Book:
    """The file, written line by line, each in one write."""

    descriptor: int
    webhook: Webhook

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status to answer with."""
        try:
            self.webhook.verify(body, headers)
            signed = True
        except WebhookVerificationError:
            signed = False
        told = msgspec.json.decode(body, type=Envelope)
        signed = signed and told.id == headers.get("webhook-id")
        digest = hashlib.sha256(bytes(told.data)).hexdigest()
        line = msgspec.json.encode(Taken(time.time(), told.id, digest, told.data, signed)) + b"\n"
        assert os.write(self.descriptor, line) == len(line)
        return 204 if signed else 401


class Handler(BaseHTTPRequestHandler):
    book: Book

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.book.take({name.lower(): value for name, value in self.headers.items()}, body)
        time.sleep(random.uniform(0.0, LINGER_S))
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Nobody reads it."""


def taken_from(path: Path) -> list[Taken]:
    """All that was taken in, in order. A line that a kill has cut short was never answered, and does not count."""
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines(keepends=True)
    return [msgspec.json.decode(line, type=Taken) for line in lines if line.endswith(b"}\n")]


def opened(path: Path) -> int:
    """The file, to be added to: a line that was cut short is ended first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")
    return descriptor


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--secret", required=True)
    arguments.add_argument("--file", type=Path, required=True)
    chosen = arguments.parse_args()
    Handler.book = Book(opened(chosen.file), Webhook(chosen.secret))
    ThreadingHTTPServer(("127.0.0.1", chosen.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
