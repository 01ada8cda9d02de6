"""What a server of the Redis protocol answers when it will not, as errors by what the caller does about them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import redis

from detector.domain.errors import StoreError, StoreUnavailableError

TIMEOUT_S = 10.0

GONE = "cannot be reached, or is gone"

SAYINGS: list[tuple[type[redis.RedisError], str, type[StoreError]]] = [
    # The first that fits. What a person can do about it, where the server's own words do not say.
    (redis.exceptions.AuthenticationError, "refuses the user or password", StoreError),
    (redis.exceptions.AuthorizationError, "does not permit this user to do what is needed", StoreError),
    (redis.exceptions.NoPermissionError, "does not permit this user to do what is needed", StoreError),
    (
        redis.exceptions.OutOfMemoryError,
        "is full: raise its maxmemory; nothing of this checkpoint was written",
        StoreUnavailableError,
    ),
    (redis.exceptions.ReadOnlyError, "is a read-only replica: name its primary", StoreUnavailableError),
    (redis.exceptions.BusyLoadingError, "is still loading its data: try again later", StoreUnavailableError),
    (redis.exceptions.MasterDownError, "is a replica that has lost its primary", StoreUnavailableError),
    (redis.exceptions.TryAgainError, "cannot answer now", StoreUnavailableError),
    (redis.exceptions.ClusterDownError, "belongs to a cluster that is down", StoreUnavailableError),
    (redis.exceptions.TimeoutError, f"did not answer within {TIMEOUT_S:.0f} s", StoreUnavailableError),
    (redis.exceptions.WatchError, GONE, StoreUnavailableError),  # told apart from a change by `is_changed`
    (redis.exceptions.ConnectionError, GONE, StoreUnavailableError),
]

WORDS: list[tuple[str, str]] = [
    # First words of answers that redis-py has no class for; all of them pass.
    ("MISCONF", "cannot write its data to its disk, and takes no more until it can"),
    ("NOREPLICAS", "has fewer replicas than it must have for a write"),
    ("BUSY", "is busy with a script"),
    ("UNBLOCKED", "was put back into another role"),
]


@contextlib.contextmanager
def store_errors(label: str) -> Iterator[None]:
    """Turns what redis-py raises into one line of StoreError, or of the kind of it that says what to do."""
    try:
        yield
    except redis.RedisError as error:
        said = str(error)
        for word, saying in WORDS:
            if re.search(rf"(?:^|caused error: ){word}\b", said):
                raise StoreUnavailableError(f"{label} {saying} ({said})") from error
        for kind, saying, raised in SAYINGS:
            if isinstance(error, kind):
                raise raised(f"{label} {saying} ({said})") from error
        raise StoreError(f"{label} refuses ({said})") from error


def is_changed(error: redis.WatchError) -> bool:
    """Whether a watched key was changed by somebody; else the connection broke while one was watched."""
    return "occurred while watching" not in str(error)
