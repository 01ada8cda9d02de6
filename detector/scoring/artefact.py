"""A model as bytes and back. What is read may come from a stranger: nothing in it is run, and nothing is believed.

Before skops sees the file: its size, its entries, the shape of every array, and the name of every class, which must be
one of the few that our own models are made of. After that: the nodes of every tree, which scikit-learn follows without
looking, and all shapes.
"""

from __future__ import annotations

import io
import json
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import skops.io
from sklearn.ensemble import IsolationForest
from sklearn.pipeline import Pipeline

from detector.domain.errors import InputError
from detector.scoring.canonical import SCHEMA, canonical
from detector.scoring.features import NAMES
from detector.scoring.model import USED, OutlierModel

MOST_BYTES = 64 << 20
MOST_UNPACKED_BYTES = 256 << 20
MOST_ENTRIES = 20_000
TREE = "sklearn.tree._tree.Tree"
"""skops does not trust it, because it does not look at its nodes; `_refuse_wild_trees` does."""
CLASSES = frozenset(
    {
        "builtins.dict", "builtins.list", "builtins.slice", "builtins.str", "builtins.tuple", "numpy.ndarray",
        "sklearn.compose._column_transformer.ColumnTransformer", "sklearn.ensemble._iforest.IsolationForest",
        "sklearn.pipeline.Pipeline", "sklearn.preprocessing._function_transformer.FunctionTransformer",
        "sklearn.tree._classes.ExtraTreeRegressor", TREE,
    }
)  # fmt: skip
LOADERS = frozenset(
    {"DictNode", "JsonNode", "ListNode", "NdArrayNode", "ObjectNode", "SliceNode", "TreeNode", "TupleNode", "TypeNode"}
)
ENTRY = re.compile(r"[0-9]{1,6}\.npy")
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What reading a damaged zip file, array header or schema raises."""
PARTS = ("estimator", "calibration", "quantiles", "missing")


def to_bytes(model: OutlierModel) -> bytes:
    """The skops file; models trained alike give equal bytes."""
    return canonical(skops.io.dumps({name: getattr(model, name) for name in PARTS}))


def from_bytes(data: bytes) -> OutlierModel:
    """Read what `to_bytes` wrote. Raises InputError for anything else."""
    _refuse_strange_file(data)
    try:
        with warnings.catch_warnings():
            # scikit-learn only warns of a file from another version of itself.
            warnings.simplefilter("error")
            parts = skops.io.loads(data, trusted=[TREE])
        return _model(parts)
    except InputError:
        raise
    except Exception as error:  # whatever a file of the right form and wrong content leads to in skops and below
        raise InputError(f"no model of ours ({_first_line(error)})") from error


def _refuse_strange_file(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise InputError(f"larger than {MOST_BYTES >> 20} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_strange_entries(archive.infolist())
            schema = json.loads(archive.read(SCHEMA))
            for name in (entry.filename for entry in archive.infolist() if entry.filename != SCHEMA):
                _refuse_strange_array(archive, name)
    except UNREADABLE as error:
        raise InputError(f"no skops file, or a damaged one ({_first_line(error)})") from error
    for node in _nodes(schema):
        named = f"{node.get('__module__')}.{node.get('__class__')}"
        if named not in CLASSES or node.get("__loader__") not in LOADERS:
            raise InputError(f"holds {named!r:.120}, which no model of ours is made of")


def _refuse_strange_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_ENTRIES or len(set(names)) != len(names):
        raise InputError("too many entries, or one twice")
    if any(name != SCHEMA and not ENTRY.fullmatch(name) for name in names):
        raise InputError("an entry that is no array")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise InputError(f"larger than {MOST_UNPACKED_BYTES >> 20} MB unpacked")


def _refuse_strange_array(archive: zipfile.ZipFile, name: str) -> None:
    """Its header has to say what it is, and no more than there is."""
    content = archive.read(name)
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise InputError(f"{name}: an array of format {version}")
    shape, _, dtype = read(file)
    size = len(content) - file.tell()
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != size:
        raise InputError(f"{name}: an array of shape {shape} and type {dtype} in {size} bytes")


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of the schema that names a class. Without recursion: a file may be nested as deep as it likes."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__class__" in node or "__loader__" in node:
                yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _model(parts: Any) -> OutlierModel:
    if not isinstance(parts, dict) or set(parts) != set(PARTS):
        raise InputError("no model of ours (its parts are others)")
    model = OutlierModel(**parts)
    if not isinstance(model.estimator, Pipeline) or not isinstance(model.estimator[-1], IsolationForest):
        raise InputError("no model of ours (no isolation forest)")
    forest = model.estimator[-1]
    _refuse_wild_trees(forest)
    used = np.arange(forest.n_features_in_)
    if forest.n_features_in_ != len(USED) or any((own != used).any() for own in forest.estimators_features_):
        raise InputError("no model of ours (its trees look at other columns)")
    wanted = {"quantiles": (len(NAMES), 101), "missing": (len(NAMES),)}
    if any(getattr(model, name).shape != shape for name, shape in wanted.items()) or model.calibration.ndim != 1:
        raise InputError("no model of ours (its arrays have other shapes)")
    if not len(model.calibration) or not (np.diff(model.calibration) >= 0.0).all():
        raise InputError("no model of ours (its calibration does not rise)")
    if not np.isfinite(model.raw(np.zeros((1, len(NAMES))))).all():
        raise InputError("no model of ours (it gives no number)")
    return model


def _refuse_wild_trees(forest: IsolationForest) -> None:
    """Children come after their parent and exist, features exist: no walk down a tree leaves it, and each one ends."""
    for tree in (grown.tree_ for grown in forest.estimators_):
        nodes = tree.__getstate__()["nodes"]
        left, right, feature = (nodes[name].astype(np.int64) for name in ("left_child", "right_child", "feature"))
        own = np.arange(len(nodes))
        leaf = left == -1
        sound = np.where(leaf, right == -1, (left > own) & (right > own) & (left < len(own)) & (right < len(own)))
        known = leaf | ((feature >= 0) & (feature < forest.n_features_in_))
        if not len(nodes) or not (sound & known).all() or tree.n_features != forest.n_features_in_:
            raise InputError("no model of ours (a tree whose branches lead nowhere)")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
