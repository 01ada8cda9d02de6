"""A session for a browser: a cookie that scripts cannot read, in place of a token in every address.

The cookie says until when it holds, under an HMAC with the token as its key: nothing is kept here, it outlives a start
of the service, and another token ends all sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

COOKIE = "detector_session"
SESSION_S = 7 * 86_400


class Sessions:
    """`token`: what opens a session; None where nobody needs one. `now`: Unix s UTC."""

    def __init__(self, token: str | None, now: Callable[[], float]) -> None:
        self.needed = token is not None
        self._token = token
        self._now = now

    def opened(self, shown: str) -> str | None:
        """The value of a new cookie; None if that is not the token."""
        if self._token is None or not same(shown, self._token):
            return None
        said = f"{int(self._now()) + SESSION_S}.{secrets.token_hex(8)}"
        return f"{said}.{self._signature(said)}"

    def holds(self, cookie: str) -> bool:
        """Whether the value of a cookie is one of ours that holds still."""
        said, _, signature = cookie.rpartition(".")
        until = said.partition(".")[0]
        if self._token is None or not same(signature, self._signature(said)):
            return False
        return int(until) > self._now()

    def _signature(self, said: str) -> str:
        key = f"session {self._token}".encode()
        return hmac.new(key, said.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()


def same(shown: str, secret: str) -> bool:
    """Compared in constant time: how long a refusal takes must not tell how much of it was right."""
    return hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), secret.encode())
