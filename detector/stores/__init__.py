"""Where state survives: `open_store` turns what the person wrote after `--store` into a store.

A new kind of store is one file and one line in `STORES`.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from detector.domain.errors import UsageError
from detector.domain.ports import Store


class OpenStore(Store, Protocol):
    """A store that has been opened, with what its keeper ought to know."""

    notes: tuple[str, ...]
    """One sentence each, for the person: what was opened, and what of it may be lost."""


class _Opener(Protocol):
    def __call__(self, spec: str, *, namespace: str, data_dir: Path) -> OpenStore: ...


STORES: dict[str, str] = {
    # scheme: module:function; imported when asked for, as the Redis client takes 0.2 s to import
    "memory": "detector.stores.memory:open_memory",
    "embedded": "detector.stores.embedded:open_embedded",
    "redis": "detector.stores.redis:open_redis",
    "rediss": "detector.stores.redis:open_redis",
    "unix": "detector.stores.redis:open_redis",
}
WITHOUT_ADDRESS = frozenset({"memory", "embedded"})


def check_spec(spec: str) -> None:
    """Raises UsageError for what `open_store` would not understand; nothing is opened."""
    scheme, separator, _ = spec.partition("://")
    if scheme not in STORES or bool(separator) == (scheme in WITHOUT_ADDRESS):
        raise UsageError(f"store {spec!r} is not known: use memory, embedded, redis://..., rediss://... or unix://...")
    if separator:
        import_module("detector.stores.redis").client_of(spec).close()


def open_store(spec: str, *, namespace: str, data_dir: Path) -> OpenStore:
    """The store that `spec` names: `memory`, `embedded`, `redis://...`, `rediss://...` or `unix://...`.

    Keys of different namespaces (letters, digits, `.`, `_`, `-`) never meet. `data_dir` is used by `embedded` alone.
    Raises UsageError for a `spec` or namespace that cannot be, StoreError where the store cannot be opened.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]+", namespace):
        raise UsageError(f"store namespace {namespace!r}: use letters, digits, '.', '_' and '-' only")
    check_spec(spec)
    module, _, function = STORES[spec.partition("://")[0]].partition(":")
    opener = cast(_Opener, getattr(import_module(module), function))
    return opener(spec, namespace=namespace, data_dir=data_dir)
