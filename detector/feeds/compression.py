"""Decompressed chunks of one file, whatever it is packed in, told by its first bytes.

Names lie: there is gzip inside `.json`.
Several members one after the other are read as one. A file that is cut off or broken gives what came before the damage
and then ends; `damaged` tells. Memory is bounded however well the content was packed.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Generator, Iterator
from typing import BinaryIO, Protocol

import zstandard

from detector.domain.errors import InputError

GZIP, XZ, ZSTANDARD = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
_ZSTANDARD_SKIPPABLE = b"\x2a\x4d\x18"
_READ_BYTES = 65_536
_SIP_BYTES = 4_096
"""Compressed bytes decompressed at a time: at damage, what they held is lost."""
_ZSTANDARD_SIP_BYTES = 1_024
"""zstandard's decompressor gives all there is at once; four bytes can hold 128 kB, so 1 kB is 32 MB at worst."""
_MAX_WINDOW_BYTES = 1 << 27
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class _Member(Protocol):
    """One compressed member, read with bounded output."""

    @property
    def eof(self) -> bool:
        """Whether its end was reached."""

    @property
    def unused_data(self) -> bytes:
        """Bytes behind its end."""

    def more(self, data: bytes, limit: int) -> bytes:
        """At most about `limit` bytes out of `data` and what was held back; b"" if it needs more input."""


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def more(self, data: bytes, limit: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, limit)


class _Xz:
    def __init__(self) -> None:
        self._inner = lzma.LZMADecompressor(lzma.FORMAT_XZ)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def more(self, data: bytes, limit: int) -> bytes:
        return self._inner.decompress(data, limit)


class _Zstandard:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES).decompressobj()

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def more(self, data: bytes, limit: int) -> bytes:
        del limit  # bounded by _ZSTANDARD_SIP_BYTES
        return self._inner.decompress(data) if data else b""


_MEMBERS: dict[bytes, type[_Gzip | _Xz | _Zstandard]] = {GZIP: _Gzip, XZ: _Xz, ZSTANDARD: _Zstandard}
_DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError)


class CompressedFile:
    """`chunks()` are the decompressed bytes of an open file; `bytes_read`, how far into the file itself they reach."""

    def __init__(self, file: BinaryIO, path: str) -> None:
        self._file = file
        self._path = path
        self.bytes_read = 0
        self.damaged = False

    def chunks(self, size: int) -> Iterator[bytes]:
        """Chunks of `size` bytes, the last one shorter. Raises InputError if the device fails."""
        pending = bytearray()
        for piece in self._pieces(size):
            pending += piece
            while len(pending) >= size:
                yield bytes(pending[:size])
                del pending[:size]
        if pending:
            yield bytes(pending)

    def _read(self, size: int) -> bytes:
        try:
            data = self._file.read(size)
        except OSError as error:
            raise InputError(f"{self._path}: cannot be read on ({error.strerror}); check the disk") from error
        self.bytes_read += len(data)
        return data

    def _pieces(self, limit: int) -> Iterator[bytes]:
        head = self._read(_READ_BYTES)
        kind = _kind(head)
        if kind is None:
            while head:
                yield head
                head = self._read(_READ_BYTES)
            return
        while head:
            kind = _kind(head)
            if kind is None:
                # Zeros behind the last member are padding (tapes, blocks); anything else should not be there.
                self.damaged = bool(head.strip(b"\0"))
                return
            head = yield from self._member(_MEMBERS[kind](), head, limit, kind)

    def _member(self, member: _Member, data: bytes, limit: int, kind: bytes) -> Generator[bytes, None, bytes]:
        """One member's content; returns the bytes behind it, b"" at the end of the file or at damage."""
        sip = _ZSTANDARD_SIP_BYTES if kind == ZSTANDARD else _SIP_BYTES
        rest = data
        while not member.eof:
            give, rest = rest[:sip], rest[sip:]
            try:
                out = member.more(give, limit)
            except _DAMAGE:
                self.damaged = True
                return b""
            if out:
                yield out
            elif not give and not member.eof:
                rest = self._read(_READ_BYTES)
                if not rest:
                    self.damaged = True
                    return b""
        behind = member.unused_data + rest
        if len(behind) < len(XZ):
            behind += self._read(_READ_BYTES)
        return behind


def _kind(head: bytes) -> bytes | None:
    return next((magic for magic in _MEMBERS if head.startswith(magic)), None)
