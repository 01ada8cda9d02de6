"""What is said of a model beside its file, and whether file and program fit it. Needs no scikit-learn."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from detector.domain.errors import InputError
from detector.scoring.features import NAMES, VERSION
from detector.scoring.model import NAME
from detector.scoring.model import VERSION as MODEL_VERSION

SCHEMA = "detector.model/1"
MODEL = f"{NAME}/{MODEL_VERSION}"
MODEL_FILE = "model.skops"
MANIFEST_FILE = "manifest.json"
CARD_FILE = "MODEL_CARD.md"
AGAIN = "train again with `detector train`"


class FeatureTable(msgspec.Struct, frozen=True):
    """The table that the model looks at: its version, and its columns in order."""

    version: int
    names: tuple[str, ...]


class Training(msgspec.Struct, frozen=True):
    """`on`: generated or history, in words; `stops`: rows that it was made from; days UTC."""

    on: str
    seed: int
    stops: int
    first_day: str
    last_day: str


class Manifest(msgspec.Struct, frozen=True):
    """`versions`: of the libraries that wrote it; `sha256`: of the file; `metrics`: as measured at training."""

    schema: str
    model: str
    sha256: str
    features: FeatureTable
    versions: dict[str, str]
    trained: Training
    metrics: dict[str, Any]

    def to_bytes(self) -> bytes:
        """The file, for people too."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def described(data: bytes, versions: dict[str, str], trained: Training, metrics: dict[str, Any]) -> Manifest:
    """The manifest of a model of this program."""
    return Manifest(
        SCHEMA, MODEL, hashlib.sha256(data).hexdigest(), FeatureTable(VERSION, NAMES), versions, trained, metrics
    )


def fitting(manifest: bytes, data: bytes, scikit_learn: str | None) -> Manifest:
    """The manifest, if it describes a model that this program can use, and `data` is that model.

    `scikit_learn`: the version that is installed, None for none. Raises InputError.
    """
    try:
        told = msgspec.json.decode(manifest, type=Manifest)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InputError(f"{MANIFEST_FILE} cannot be read ({error})") from error
    if (told.schema, told.model) != (SCHEMA, MODEL):
        raise InputError(
            f"it is {told.model!r:.60} in the form {told.schema!r:.60}, this program uses {MODEL}; {AGAIN}"
        )
    if told.features != FeatureTable(VERSION, NAMES):
        raise InputError(f"it looks at other features (table {told.features.version}, here {VERSION}); {AGAIN}")
    if hashlib.sha256(data).hexdigest() != told.sha256:
        raise InputError(f"{MODEL_FILE} is not the file that {MANIFEST_FILE} describes (its hash is another)")
    written_by = told.versions.get("scikit-learn")
    if scikit_learn is not None and written_by != scikit_learn:
        raise InputError(f"it was made by scikit-learn {written_by!r:.40}, here is {scikit_learn}; {AGAIN}")
    return told
