"""A model's file: equal both ways, and whatever somebody else put there refused in one line."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from detector.domain.errors import InputError
from detector.scoring import artefact
from detector.scoring.artefact import from_bytes, to_bytes
from detector.scoring.canonical import SCHEMA, canonical
from tests.scoring import worlds

Files = dict[str, bytes]


@cache
def written() -> bytes:
    return to_bytes(worlds.model())


@pytest.fixture
def data() -> bytes:
    return written()


def unpacked(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_is_written_is_read_again(data: bytes) -> None:
    again, table = from_bytes(data), worlds.world().month_table
    np.testing.assert_array_equal(again.values(table), worlds.model().values(table))


class Trap:
    """Says so if it is ever unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return pytest.fail, ("a pickle was run",)


def huge_shape(files: Files) -> Files:
    """An array that says it has a trillion rows."""
    name = next(name for name in files if name.endswith(".npy"))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    return files | {name: header.getvalue() + b"\0" * 64}


def object_array(files: Files) -> Files:
    """An array of pickled objects."""
    name = next(name for name in files if name.endswith(".npy"))
    buffer = io.BytesIO()
    np.save(buffer, np.array([Trap()], object), allow_pickle=True)
    return files | {name: buffer.getvalue()}


def schema(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        told = json.loads(files[SCHEMA])
        change(told)
        return files | {SCHEMA: json.dumps(told).encode()}

    return changed


def a_function(told: dict[str, Any]) -> None:
    told["content"]["calibration"] |= {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode"}


def a_method(told: dict[str, Any]) -> None:
    told["content"]["calibration"] |= {"__loader__": "MethodNode"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (huge_shape, r"shape \(1000000000000,\)"),
        (object_array, "type object"),
        (schema(a_function), "os.system"),
        (schema(a_method), "no model of ours is made of"),
        (schema(lambda told: told["content"].pop("missing")), "its parts are others"),
        (lambda files: files | {"run.sh": b"#!"}, "no array"),
        (lambda files: files | {"../1.npy": b""}, "no array"),
        (lambda files: {name: files[name] for name in files if name != SCHEMA}, "damaged"),
        (lambda files: files | {SCHEMA: b"[" * 200_000}, "damaged"),
        (lambda files: files | {SCHEMA: b"{}"}, "no model"),
        (lambda files: files | {SCHEMA: b"\xff"}, "damaged"),
    ],
)
def test_what_is_not_of_the_form_is_refused(data: bytes, change: Callable[[Files], Files], said: str) -> None:
    with pytest.raises(InputError, match=said):
        from_bytes(packed(change(unpacked(data))))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x05\x06" + b"\0" * 18, pickle.dumps(Trap()), b"not a model" * 100],
    ids=["empty", "empty zip", "pickle", "text"],
)
def test_what_is_no_skops_file_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        from_bytes(content)


def test_another_model_is_refused() -> None:
    other = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(InputError, match="no model of ours is made of"):
        from_bytes(canonical(skops.io.dumps(other)))


def test_a_file_that_swells_is_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefact, "MOST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(InputError, match="unpacked"):
        from_bytes(data)


@pytest.mark.parametrize("child", [-7, 0, 10**9])
def test_a_tree_whose_branches_lead_nowhere_is_refused(data: bytes, child: int) -> None:
    """scikit-learn follows them without looking, out of its memory or in a circle."""
    files = unpacked(data)
    for name, content in files.items():
        if not name.endswith(".npy"):
            continue
        array = np.load(io.BytesIO(content))
        if array.dtype.names and "left_child" in array.dtype.names:
            array["left_child"][0] = child
            buffer = io.BytesIO()
            np.save(buffer, array)
            with pytest.raises(InputError):
                from_bytes(packed(files | {name: buffer.getvalue()}))
            return
    raise AssertionError("the file has no tree")


@settings(max_examples=25)
@given(place=st.floats(0.0, 0.999), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_changes_nothing(place: float, bit: int) -> None:
    """The hash in the manifest finds all of them; this is what is behind it."""
    data = bytearray(written())
    data[int(place * len(data))] ^= 1 << bit
    try:
        model = from_bytes(bytes(data))
    except InputError:
        return
    assert np.isfinite(model.values(worlds.world().month_table[:50])).all()
