"""A poller of the OpenSky Network's state vectors, with a token by OAuth 2 client credentials (RFC 6749 4.4).

Without a client it asks as anybody may: seldom, and only for now. Source: The OpenSky Network API documentation, REST.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import msgspec

from detector.domain.live import Clock
from detector.feeds.polling import HEADERS, OK, TIMEOUT_S, UNAUTHORIZED, Poller, RefusedError, refused
from detector.feeds.settings import FeedSettings
from detector.framing.opensky_document import StateDocuments
from detector.net.exchange import HttpClient

STATES_URL = "https://opensky-network.org/api/states/all"
TOKEN_URL = "https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token"
EARLY_S = 120.0
"""A token is renewed so long before it ends (they last for 30 minutes)."""
SHORTEST_S = 60.0
MAX_TOKEN_BYTES = 65_536
_BAD_REQUEST = 400
_CORNERS = ("lamin", "lomin", "lamax", "lomax")


class _Token(msgspec.Struct):
    """What the token endpoint says (RFC 6749 5.1)."""

    access_token: str
    expires_in: float = 1800.0


class OpenSkyPoller(Poller):
    """A Feed of the kind opensky. `token_url`: where its tokens come from."""

    def __init__(
        self,
        settings: FeedSettings,
        *,
        client: HttpClient | None = None,
        random: Random | None = None,
        token_url: str = TOKEN_URL,
    ) -> None:
        super().__init__(settings, StateDocuments(settings.number), client=client, random=random)
        self._url = states_url(settings)
        self._token_url = token_url
        self._token = ""
        self._good_until = 0.0

    async def _ask(self, client: HttpClient, clock: Clock) -> bytes:
        if self._settings.client_id is None:
            return await self._get(client, clock, self._url, {})
        known = bool(self._token) and clock.now() < self._good_until
        try:
            return await self._with_token(client, clock)
        except RefusedError as error:
            # A token may be taken back before its time; a fresh one that is refused is no accident.
            if error.status != UNAUTHORIZED or not known:
                raise
        return await self._with_token(client, clock)

    async def _with_token(self, client: HttpClient, clock: Clock) -> bytes:
        if not self._token or clock.now() >= self._good_until:
            await self._renew(client, clock)
        try:
            return await self._get(client, clock, self._url, {"authorization": f"Bearer {self._token}"})
        except RefusedError as error:
            if error.status == UNAUTHORIZED:
                self._token = ""
            raise

    async def _renew(self, client: HttpClient, clock: Clock) -> None:
        """Get a token. The secret is read anew each time, so that it can be changed while we run."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id or "",
            "client_secret": secret_of(self._settings),
        }
        asked_at = clock.now()
        answer = await client.exchange(
            "POST", self._token_url, {**HEADERS, "content-type": "application/x-www-form-urlencoded"},
            urlencode(form).encode("ascii"), timeout_s=TIMEOUT_S, max_bytes=MAX_TOKEN_BYTES, whole=True,
        )  # fmt: skip
        if answer.status in (_BAD_REQUEST, UNAUTHORIZED):
            raise RefusedError(f"no token, HTTP {answer.status}: client_id or its secret is wrong")
        if answer.status != OK:
            raise refused(answer, clock.now())
        try:
            token = msgspec.json.decode(answer.body, type=_Token)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise RefusedError("no token: the answer is none") from None
        if not token.access_token.isascii() or not token.access_token.isprintable() or not token.access_token:
            raise RefusedError("no token: the answer is none")
        self._token = token.access_token
        self._good_until = asked_at + max(SHORTEST_S, token.expires_in - EARLY_S)


def states_url(settings: FeedSettings) -> str:
    """What to ask, for the box of the settings. `extended`: with the category."""
    query: dict[str, float] = {"extended": 1}
    if settings.bbox is not None:
        query |= dict(zip(_CORNERS, settings.bbox, strict=True))
    base = settings.url or STATES_URL
    return f"{base}{'&' if '?' in base else '?'}{urlencode(query)}"


def secret_of(settings: FeedSettings) -> str:
    """The secret of the client, from where the settings say. Raises RefusedError."""
    if settings.client_secret_env is not None:
        secret = os.environ.get(settings.client_secret_env, "")
        where = f"the environment variable {settings.client_secret_env}"
    else:
        where = f"the file {settings.client_secret_file}"
        try:
            secret = Path(settings.client_secret_file or "").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise RefusedError(f"the secret of the client cannot be read from {where}: {error}") from error
    if not secret:
        raise RefusedError(f"the secret of the client is missing: {where} is empty")
    return secret
