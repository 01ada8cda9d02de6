"""A column of texts that costs little before anybody reads it: each different text once, its number in every row."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]


class Texts:
    """Texts of n rows; row `i` holds the `number[i]`-th of the texts in `joined`, which are divided by newlines.

    The text of number 0 is always "". `begin` (one more than there are texts) is where each begins in `joined`.
    """

    def __init__(self, number: I32, joined: bytes) -> None:
        self.number = number
        self.joined = joined
        ends = np.flatnonzero(np.frombuffer(joined, np.uint8) == ord("\n"))
        self.begin = np.concatenate([[0], ends + 1, [len(joined) + 1]]).astype(np.int32)

    @staticmethod
    def of(values: Iterable[str]) -> Texts:
        """From one text a row; white space is folded, so that none holds a newline."""
        numbers: dict[str, int] = {"": 0}
        column = [numbers.setdefault(" ".join(value.split()), len(numbers)) for value in values]
        return Texts(np.array(column, np.int32), "\n".join(numbers).encode())

    def columns(self) -> tuple[I32, U8]:
        """The same as two arrays."""
        return self.number, np.frombuffer(self.joined, np.uint8)

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, row: int) -> str:
        number = self.number[row]
        return self.joined[self.begin[number] : self.begin[number + 1] - 1].decode()

    def rows_with(self, text: str) -> npt.NDArray[np.intp]:
        """Rows that hold exactly this text, but for case and hyphens, ascending; of "" none."""
        wanted = _plain(text.encode())
        if not wanted or b"\n" in wanted:
            return np.zeros(0, np.intp)
        numbers = []
        at = self._searched.find(b"\n" + wanted + b"\n")
        while at >= 0:
            numbers.append(self._searched.count(b"\n", 0, at))
            at = self._searched.find(b"\n" + wanted + b"\n", at + 1)
        return np.flatnonzero(np.isin(self.number, numbers))

    @cached_property
    def _searched(self) -> bytes:
        return b"\n" + _plain(self.joined) + b"\n"


def _plain(text: bytes) -> bytes:
    return text.upper().replace(b"-", b"")
