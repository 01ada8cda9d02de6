"""Signatures of webhooks after Standard Webhooks 1.0, by the `standardwebhooks` package."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook

from detector.domain.errors import ConfigError

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as the specification has it."""


class Signer:
    """Signs with every secret, so that a receiver may know only the old one or only the new one."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Raises ConfigError for a secret that is none; it does not show it."""
        self._webhooks = [Webhook(_key(secret, number)) for number, secret in enumerate(secrets, 1)]

    def headers(self, message_id: str, body: bytes, at: float) -> dict[str, str]:
        """The three headers of one attempt at `at` (Unix s UTC); without a secret there is no signature.

        The body has to be UTF-8.
        """
        # The package takes any datetime for UTC, whatever its zone says: so it must be UTC, and of whole seconds.
        moment = datetime.fromtimestamp(int(at), UTC)
        headers = {"webhook-id": message_id, "webhook-timestamp": str(int(at))}
        if self._webhooks:
            text = body.decode()
            headers["webhook-signature"] = " ".join(w.sign(message_id, moment, text) for w in self._webhooks)
        return headers


def secrets_of(
    inline: Sequence[str], variables: Sequence[str], file: str, environ: Mapping[str, str], folder: Path
) -> list[str]:
    """All secrets of an endpoint, whole. `folder`: that of the configuration. Raises ConfigError."""
    found = list(inline)
    for name in variables:
        if not environ.get(name):
            raise ConfigError(f"the environment has no {name}, which is to hold a webhook secret; set it")
        found.append(environ[name].strip())
    if file:
        try:
            text = (folder / file).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "no ASCII text"
            raise ConfigError(f"the webhook secrets cannot be read from {folder / file}: {why}") from error
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if not lines:
            raise ConfigError(f"{folder / file} holds no webhook secret; one a line")
        found += lines
    return found


def _key(secret: str, number: int) -> bytes:
    bare = secret.removeprefix(PREFIX).rstrip("=")
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigError(f"webhook secret {number} is not base64 (whsec_... as the receiver shows it)") from error
    if not SHORTEST <= len(key) <= LONGEST:
        raise ConfigError(
            f"webhook secret {number} has {len(key)} bytes; it must have {SHORTEST} to {LONGEST}: "
            "`head -c 32 /dev/urandom | base64` makes one"
        )
    return key
