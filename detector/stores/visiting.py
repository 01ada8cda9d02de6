"""A look into a store that a running service may have open: its embedded server answers more than one client."""

from __future__ import annotations

from pathlib import Path

import redis

from detector.domain.errors import StoreError
from detector.stores import OpenStore, open_store
from detector.stores.redis import RedisStore, client_options


def visited(spec: str, *, namespace: str, data_dir: Path) -> OpenStore:
    """The store of a service, whether it runs or not. Raises StoreError, also where there is nothing to visit.

    Only keys that are a visitor's to write may be written there: the service has the others in memory.
    """
    if spec == "embedded" and not data_dir.is_dir():
        raise StoreError(f"no service has kept anything in {data_dir}; run `detector run` first")
    try:
        return open_store(spec, namespace=namespace, data_dir=data_dir)
    except StoreError:
        # In use: its server is asked, by the socket where a short path puts it.
        socket = data_dir / "run" / "server.sock"
        if spec != "embedded" or not socket.is_socket():
            raise
    client = redis.Redis(unix_socket_path=str(socket), **client_options())
    return RedisStore(client, namespace=namespace, label=f"the embedded store in {data_dir}")
