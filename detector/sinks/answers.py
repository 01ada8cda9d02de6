"""One HTTP request to a receiver of alerts, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from detector import __version__
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.retries import LONGEST_S, verdict_on
from detector.net.errors import ExchangeError, Failure
from detector.net.exchange import Answer
from detector.sinks.means import Client

TIMEOUT_S = 15.0
ANSWER_BYTES = 65_536
"""Of an answer no more is read."""
ANSWER_SHOWN = 200
HOPELESS = frozenset({Failure.REQUEST, Failure.REFUSED_ADDRESS})
"""What can only be set right by a person. All else may pass: a redirect, too, is tried again and never followed."""

_DIGITS = re.compile(r"[0-9]+")


async def posted(client: Client, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Outcome:
    """What became of a POST at `now`. Never raises."""
    sent = {"user-agent": f"stop-detector/{__version__}"} | {name.lower(): value for name, value in headers.items()}
    try:
        answer = await client.exchange("POST", url, sent, body, timeout_s=TIMEOUT_S, max_bytes=ANSWER_BYTES)
    except ExchangeError as error:
        kind = OutcomeKind.DEAD if error.kind in HOPELESS else OutcomeKind.RETRY
        return Outcome(kind, reason=f"{error.kind}: {error}")
    return _outcome(answer, now)


def retry_after_s(text: str, now: float) -> float | None:
    """`Retry-After` (RFC 9110 10.2.3), seconds or a date, as seconds from `now`: 0 to a day; None if it is neither."""
    text = text.strip()
    if _DIGITS.fullmatch(text):
        return min(float(text), LONGEST_S)
    try:
        moment = parsedate_to_datetime(text)
        # A date with the zone -0000 has none here; HTTP dates are UTC.
        at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(at - now, 0.0), LONGEST_S)


def printable(text: str, most: int) -> str:
    """One line without anything that could move a cursor or end the line."""
    return "".join(c if c.isprintable() else " " for c in text[: most * 2]).strip()[:most]


def _outcome(answer: Answer, now: float) -> Outcome:
    kind = verdict_on(answer.status)
    if kind is OutcomeKind.DELIVERED:
        return Outcome(kind, answer.status)
    # A page for a browser says no more than the status.
    body = b"" if "html" in answer.headers.get("content-type", "") else answer.body[: ANSWER_SHOWN * 4]
    said = printable(body.decode("utf-8", "replace"), ANSWER_SHOWN)
    asked = answer.headers.get("retry-after")
    return Outcome(
        kind,
        answer.status,
        f"HTTP {answer.status}" + (f": {said}" if said else ""),
        None if asked is None else retry_after_s(asked, now),
    )
