"""The form of a bundle: a zip file in one fixed form, with a manifest of the hash of every member.

Equal contents give equal bytes: members in the order of their names, stored without compression (whose bytes depend on
the library), all dated 1980-01-01. So a file that is not byte for byte what its own members make is not whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from detector.domain.errors import InputError

SCHEMA = "detector.bundle/1"
MANIFEST = "manifest.json"
LARGEST_BYTES = 256 << 20
"""A larger file is no bundle of ours: 600 frames and some hundred fields take less than a megabyte."""
_DATED = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o100644 << 16


def packed(members: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The bundle with these members; `about` goes into the manifest."""
    hashes = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(members.items())
    }
    manifest = {"schema": SCHEMA, **about, "members": hashes}
    return _zip({**members, MANIFEST: json_text(manifest)})


def unpacked(data: bytes, source: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """(manifest, members). Raises InputError, naming `source`, unless every byte is as it was packed."""
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{source}: too large for a bundle ({len(data):,} bytes)")
    members = _members(data, source)
    content = members.pop(MANIFEST, None)
    if content is None:
        raise InputError(f"{source}: not a bundle: it has no {MANIFEST}")
    manifest = document(content, source, MANIFEST)
    if manifest.get("schema") != SCHEMA:
        raise InputError(f"{source}: not a bundle of schema {SCHEMA} ({MANIFEST} says {manifest.get('schema')!r})")
    hashes = manifest.get("members")
    if not isinstance(hashes, dict) or hashes.keys() != members.keys():
        raise InputError(f"{source}: changed: its members are not those that {MANIFEST} names")
    for name, member in members.items():
        told = hashes[name]
        if not isinstance(told, dict) or told.get("sha256") != hashlib.sha256(member).hexdigest():
            raise InputError(f"{source}: changed: {name} does not have the hash that {MANIFEST} gives")
    if _zip({**members, MANIFEST: content}) != data:
        raise InputError(f"{source}: changed: not byte for byte what was packed")
    return manifest, members


def document(content: bytes, source: str, name: str) -> dict[str, Any]:
    """A member that is a JSON object. Raises InputError."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{source}: {name} is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise InputError(f"{source}: {name} is not a JSON object")
    return value


def json_text(value: Any) -> bytes:
    """JSON that a person can read, the same for equal values."""
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _zip(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(members.items()):
            entry = zipfile.ZipInfo(name, _DATED)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, content)
    return buffer.getvalue()


def _members(data: bytes, source: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(e.compress_type != zipfile.ZIP_STORED or e.file_size > len(data) for e in entries):
                raise InputError(f"{source}: changed: not byte for byte what was packed")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise InputError(f"{source}: not a bundle, or damaged ({error})") from error
