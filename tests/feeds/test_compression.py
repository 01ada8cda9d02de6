"""Compressed files: members, damage, bounds."""

from __future__ import annotations

import gzip
import io
import lzma
import random
from collections.abc import Callable

import pytest
import zstandard

from detector.domain.errors import InputError
from detector.feeds.compression import CompressedFile

CONTENT = random.Random(1).randbytes(150_000) + bytes(150_000)  # half of it does not shrink
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "zstandard": zstandard.ZstdCompressor(write_checksum=True).compress,
}
packed_all_ways = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)


def unpacked(data: bytes, size: int = 10_000) -> tuple[bytes, bool]:
    file = CompressedFile(io.BytesIO(data), "name")
    return b"".join(file.chunks(size)), file.damaged


@packed_all_ways
def test_content_comes_in_chunks_of_the_size_asked_for(pack: Callable[[bytes], bytes]) -> None:
    chunks = list(CompressedFile(io.BytesIO(pack(CONTENT)), "name").chunks(70_000))
    assert [len(chunk) for chunk in chunks] == [70_000] * 4 + [20_000]
    assert b"".join(chunks) == CONTENT


@packed_all_ways
def test_several_members_are_one_stream(pack: Callable[[bytes], bytes]) -> None:
    assert unpacked(pack(b"one") + pack(CONTENT) + pack(b"") + pack(b"two")) == (b"one" + CONTENT + b"two", False)


@packed_all_ways
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_file_cut_off_gives_what_came_before(pack: Callable[[bytes], bytes], share: float) -> None:
    data = pack(CONTENT)
    found, damaged = unpacked(data[: int(len(data) * share)])
    assert damaged
    assert CONTENT.startswith(found)
    # zstandard gives whole blocks of 128 kB only, and the content has one of these that is not all zeros.
    if pack is not PACKERS["zstandard"]:
        assert len(found) > 150_000 * share - 70_000


@packed_all_ways
def test_a_broken_member_ends_the_stream_and_keeps_those_before_it(pack: Callable[[bytes], bytes]) -> None:
    second = bytearray(pack(CONTENT))
    second[40:60] = b"\xff" * 20
    found, damaged = unpacked(pack(b"good") + bytes(second))
    assert damaged
    assert found.startswith(b"good")


@packed_all_ways
def test_zeros_behind_the_last_member_are_padding_and_anything_else_is_damage(pack: Callable[[bytes], bytes]) -> None:
    assert unpacked(pack(b"good") + bytes(512)) == (b"good", False)
    assert unpacked(pack(b"good") + b"rubbish") == (b"good", True)


@packed_all_ways
def test_chunks_stay_small_however_well_it_was_packed(pack: Callable[[bytes], bytes]) -> None:
    sizes = {len(chunk) for chunk in CompressedFile(io.BytesIO(pack(bytes(20_000_000))), "name").chunks(100_000)}
    assert sizes == {100_000}


def test_a_plain_file_is_passed_through() -> None:
    assert unpacked(b"plain text") == (b"plain text", False)


def test_a_failing_disk_is_one_line() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match=r"name: cannot be read on \(Input/output error\); check the disk"):
        list(CompressedFile(Failing(), "name").chunks(10))
