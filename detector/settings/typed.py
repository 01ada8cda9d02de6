"""Plain values to frozen msgspec structs; what does not fit is named with file, line and key."""

from __future__ import annotations

import difflib
import enum
import math
import re
import types
import typing
from typing import Any, TypeVar

import msgspec

from detector.domain.errors import ConfigError
from detector.settings.yaml_tree import Path, YamlTree

T = TypeVar("T")

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.S)
_SHAPE = re.compile(r"Expected `(?P<wanted>object|array)(?: \| null)?`, got `(?P<got>\w+)`$")
_GOT = {"array": "a list", "str": "text", "int": "a number", "float": "a number", "bool": "a truth", "null": "nothing"}
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")


def structured(tree: YamlTree, kind: type[T]) -> T:
    """The document as `kind`. Raises ConfigError `file:line: ...` for the first thing that does not fit.

    Numbers without a range of their own must not be negative: every threshold is a length, a time, a speed or a count.
    """
    _refuse_unknown_keys(tree, tree.value, kind, ())
    try:
        return msgspec.convert(tree.value, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(_message(tree, str(error), kind)) from error


def _message(tree: YamlTree, text: str, kind: Any) -> str:
    found = _AT.match(text)
    what, path = (found["what"], _path(found["path"] or "")) if found else (text, ())
    what = _in_words(what, _kind_at(kind, path), tree.value_at(path))
    if "expected `str" in what and ("got `int`" in what or "got `float`" in what or "got `date`" in what):
        what += " (put it in quotes)"
    # msgspec counts the fields of a union or a default one level up; the key is what a person looks for.
    key = f"`{_dotted(path)}`: " if path else ""
    return f"{tree.where(path)}: {key}{what}"


def _in_words(what: str, kind: Any, value: Any) -> str:
    """What msgspec says, as a person would who has the file before them. Values are told only where none is secret."""
    shape = _SHAPE.match(what)
    if shape is not None and shape["wanted"] == "object":
        return f"must be a mapping (`key: value`), not {_GOT.get(shape['got'], shape['got'])}"
    if shape is not None:
        one = "" if shape["got"] == "object" else ", or put it in [ ]"
        return f"must be a list: begin each entry with `- `{one}"
    words = _words(kind)
    if what.startswith("Invalid enum value") and words:
        return f"{what[:1].lower()}{what[1:]}{_suggestion_of(str(value), words)}"
    described = _description(kind)
    if "matching regex" in what and described:
        return f"{value!r} is not made of {described}"
    return what[:1].lower() + what[1:]


def _suggestion_of(value: str, words: list[str]) -> str:
    near = suggestion(value, words)
    known = f"; there are {', '.join(words)}"
    return known + near if "did you mean" in near else known


def _kind_at(kind: Any, path: Path) -> Any:
    """The annotated type of what stands at `path`; None where that leads nowhere."""
    for step in path:
        kind, _ = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            kind = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}.get(str(step))
        elif isinstance(step, int) and typing.get_origin(kind) in (list, tuple, set, frozenset):
            inner = [each for each in typing.get_args(kind) if each is not Ellipsis]
            kind = inner[min(step, len(inner) - 1)]
        else:
            return None
    return kind


def _words(kind: Any) -> list[str]:
    """The words that a choice has, none for other types."""
    kind, _ = _bare(kind)
    if typing.get_origin(kind) is typing.Literal:
        return [str(word) for word in typing.get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return [str(member.value) for member in kind]
    return []


def _description(kind: Any) -> str:
    notes = kind.__metadata__ if typing.get_origin(kind) is typing.Annotated else ()
    return next((note.description for note in notes if isinstance(note, msgspec.Meta) and note.description), "")


def _path(text: str) -> Path:
    return tuple(m["key"] if m["key"] is not None else int(m["index"]) for m in _STEP.finditer(text))


def _dotted(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _refuse_unknown_keys(tree: YamlTree, value: Any, kind: Any, path: Path) -> None:
    """Walk value and type together: unknown keys with a suggestion, and negative or endless numbers."""
    kind, ranged = _bare(kind)
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        for key, inner in value.items():
            if key not in fields:
                raise ConfigError(f"{tree.where((*path, key))}: unknown key `{key}`{suggestion(key, list(fields))}")
            _refuse_unknown_keys(tree, inner, fields[key], (*path, key))
    elif isinstance(value, dict) and typing.get_origin(kind) is dict:
        for key, inner in value.items():
            _refuse_unknown_keys(tree, inner, typing.get_args(kind)[1], (*path, key))
    elif isinstance(value, list) and typing.get_origin(kind) in (list, tuple, set, frozenset):
        inner_kinds = [inner for inner in typing.get_args(kind) if inner is not Ellipsis]
        for i, inner in enumerate(value):
            _refuse_unknown_keys(tree, inner, inner_kinds[min(i, len(inner_kinds) - 1)], (*path, i))
    elif isinstance(value, int | float) and not isinstance(value, bool) and kind in (int, float):
        if not math.isfinite(value):
            raise ConfigError(f"{tree.where(path)}: `{_dotted(path)}`: too large")
        if value < 0 and not ranged:
            raise ConfigError(f"{tree.where(path)}: `{_dotted(path)}`: must not be negative, got {value}")


def _bare(kind: Any) -> tuple[Any, bool]:
    """The type without `Annotated` and `| None`, and whether it carries a range of its own."""
    ranged = False
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            ranged = ranged or any(isinstance(note, msgspec.Meta) for note in kind.__metadata__)
            kind = typing.get_args(kind)[0]
        elif typing.get_origin(kind) in (typing.Union, types.UnionType):
            kinds = [inner for inner in typing.get_args(kind) if inner is not type(None)]
            if len(kinds) != 1:
                return kind, ranged
            kind = kinds[0]
        else:
            return kind, ranged


MOST_NAMED = 50


def suggestion(key: str, known: list[str]) -> str:
    """What to write instead of `key`: the nearest known name, or all of them where they are few."""
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known here: {', '.join(known)}" if len(known) <= MOST_NAMED else ""
