"""A column of texts that costs little before anybody reads it: each different text once, its number in every row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]


class Texts:
    """Texts of n rows; row `i` holds the `number[i]`-th of the texts in `joined`, which are divided by newlines.

    The texts are in order of what is compared of them (`rows_with`), so that one can be found; number 0 is always "".
    `begin` (one more than there are texts) is where each begins in `joined`.
    """

    def __init__(self, number: I32, joined: bytes) -> None:
        self.number = number
        self.joined = joined
        ends = np.flatnonzero(np.frombuffer(joined, np.uint8) == ord("\n"))
        self.begin = np.concatenate([[0], ends + 1, [len(joined) + 1]]).astype(np.int32)

    @staticmethod
    def of(values: Iterable[str]) -> Texts:
        """From one text a row; white space is folded, so that none holds a newline."""
        column = [" ".join(value.split()) for value in values]
        texts = sorted({"", *column}, key=lambda text: (_plain(text.encode()), text))
        numbers = {text: number for number, text in enumerate(texts)}
        return Texts(np.array([numbers[text] for text in column], np.int32), "\n".join(texts).encode())

    def columns(self) -> tuple[I32, U8]:
        """The same as two arrays."""
        return self.number, np.frombuffer(self.joined, np.uint8)

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, row: int) -> str:
        return self._text(int(self.number[row])).decode()

    def rows_with(self, text: str) -> npt.NDArray[np.intp]:
        """Rows that hold exactly this text, but for case and hyphens, ascending; of "" none."""
        wanted = _plain(" ".join(text.split()).encode())
        if not wanted:
            return np.zeros(0, np.intp)
        numbers = range(len(self.begin) - 1)
        first = bisect_left(numbers, wanted, key=self._compared)
        last = bisect_right(numbers, wanted, lo=first, key=self._compared)
        order, starts = self._by_number
        return np.sort(order[starts[first] : starts[last]])

    def _text(self, number: int) -> bytes:
        return self.joined[self.begin[number] : self.begin[number + 1] - 1]

    def _compared(self, number: int) -> bytes:
        return _plain(self._text(number))

    @cached_property
    def _by_number(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Rows in the order of their texts, and where among these each text begins."""
        order = np.argsort(self.number, kind="stable")
        return order, np.searchsorted(self.number[order], np.arange(len(self.begin)))


def _plain(text: bytes) -> bytes:
    return text.upper().replace(b"-", b"")
