"""Lines out of chunks: complete ones in one block, an unfinished one kept, an endless one thrown away."""

from __future__ import annotations

from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts

MAX_LINE_BYTES = 65_536
"""No format here writes lines of a tenth of this; without a bound a file without newlines would be read into memory."""
BOM = b"\xef\xbb\xbf"


class LineBuffer:
    """Cuts a stream at newlines. A line over `limit` bytes is skipped up to its newline and counted OVERLONG."""

    def __init__(self, rejects: RejectCounts, limit: int = MAX_LINE_BYTES) -> None:
        self._rejects = rejects
        self._limit = limit
        self._tail = b""
        self._skipping = False
        self._at_start = True

    def complete(self, data: bytes) -> bytes:
        """The lines that `data` completes, each with its newline; b"" if none."""
        if self._skipping:
            newline = data.find(b"\n")
            if newline < 0:
                return b""
            data = data[newline + 1 :]
            self._skipping = False
        block = self._tail + data
        cut = block.rfind(b"\n") + 1
        self._tail = block[cut:]
        if len(self._tail) > self._limit:
            self._rejects.add(Reject.OVERLONG)
            self._tail = b""
            self._skipping = True
        return self._without_bom(self._bounded(block[:cut]))

    def rest(self) -> bytes:
        """The last line, if the input ended without a newline; b"" otherwise."""
        tail, self._tail = self._tail, b""
        return self._without_bom(tail + b"\n") if tail else b""

    def _without_bom(self, block: bytes) -> bytes:
        if self._at_start and block:
            self._at_start = False
            return block.removeprefix(BOM)
        return block

    def _bounded(self, block: bytes) -> bytes:
        if len(block) <= self._limit:
            return block
        lines = block.split(b"\n")
        if max(map(len, lines)) <= self._limit:
            return block
        kept = [line for line in lines if len(line) <= self._limit]
        self._rejects.add(Reject.OVERLONG, len(lines) - len(kept))
        return b"\n".join(kept)
