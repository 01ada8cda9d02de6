"""A webhook receiver that checks signatures and notes when what arrived; a process of its own.

    python -m benchmarks.live.receiver FILE PORT SECRET

One line of JSON for each delivery: `arrived_at` (Unix s, when its body was complete), `id`, `verified`, `body`.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TextIO

from standardwebhooks import Webhook, WebhookVerificationError


def handler(out: TextIO, webhook: Webhook) -> type[BaseHTTPRequestHandler]:
    """Answers every POST with 204, one that is not signed rightly with 400."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            arrived_at = time.time()
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                webhook.verify(body, headers)
                verified = True
            except WebhookVerificationError:
                verified = False
            self.send_response(204 if verified else 400)
            self.send_header("content-length", "0")
            self.end_headers()
            line = {"arrived_at": arrived_at, "id": headers.get("webhook-id"), "verified": verified}
            out.write(json.dumps(line | {"body": body.decode("utf-8", "replace")}) + "\n")
            out.flush()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


if __name__ == "__main__":
    with Path(sys.argv[1]).open("w", encoding="utf-8") as file:
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), handler(file, Webhook(sys.argv[3]))).serve_forever()
