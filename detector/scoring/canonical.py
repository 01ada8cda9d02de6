"""Equal models, equal bytes: what skops writes, less what differs from run to run.

skops names arrays and objects by their address in memory, and zip files carry the time of day. Objects and arrays are
numbered anew in the order in which the schema names them.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

SCHEMA = "schema.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can tell."""


def canonical(data: bytes) -> bytes:
    """The same skops file, with numbers for addresses, and packed tightly."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        schema = json.loads(archive.read(SCHEMA))
        ids: dict[int, int] = {}
        files: dict[str, str] = {}
        _number(schema, ids, files)
        contents = {new: archive.read(old) for old, new in files.items()}
    contents[SCHEMA] = json.dumps(schema, separators=(",", ":"), sort_keys=True).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, contents[name], compresslevel=9)
    return buffer.getvalue()


def _number(node: Any, ids: dict[int, int], files: dict[str, str]) -> None:
    """Put numbers where addresses were, through the whole schema."""
    if isinstance(node, list):
        for part in node:
            _number(part, ids, files)
    elif isinstance(node, dict):
        if "__id__" in node:
            node["__id__"] = ids.setdefault(node["__id__"], len(ids))
        if isinstance(node.get("file"), str):
            node["file"] = files.setdefault(node["file"], f"{len(files)}.npy")
        for part in node.values():
            _number(part, ids, files)
