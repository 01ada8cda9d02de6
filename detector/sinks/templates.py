"""Templates: texts with `${path}` in them, filled from an alert's JSON.

    ${id} ${severity} ${stop.airport} ${stop.findings.0.reason} ${journey.0.near}    what `--alerts` writes
    ${summary} ${title} ${message.id} ${message.type} ${message.time}                made here
    ${stop.airport|no field}     the words after | where the value is missing or null
    ${env.TOKEN}                 of the environment, in headers and URLs only
    $${                          the characters ${

A body is written as a mapping and becomes JSON only after it is filled, so no value can break out of its string. A text
that is one placeholder and nothing else becomes the value itself: a number, a list or an object.
"""

from __future__ import annotations

import difflib
import json
import string
from collections.abc import Mapping
from typing import Any

from detector.domain.errors import ConfigError

Value = Any
"""What JSON knows."""


class _Text(string.Template):
    idpattern = r"(?!)"  # a placeholder without braces is an error, not a guess
    braceidpattern = r"(?a:[A-Za-z][A-Za-z0-9_.]*(?:\|[^{}]*)?)"


class _Missing:
    """A path that leads nowhere."""


MISSING = _Missing()


class Values(Mapping[str, str]):
    """The values by path, as texts. `asked` collects the paths that lead nowhere."""

    def __init__(self, root: Mapping[str, Value]) -> None:
        self._root = root
        self.asked: list[str] = []

    def __getitem__(self, key: str) -> str:
        found = self.value(key)
        if found is None or isinstance(found, str):
            return found or ""
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def __iter__(self) -> Any:
        return iter(self._root)

    def __len__(self) -> int:
        return len(self._root)

    def value(self, key: str) -> Value:
        """The value itself."""
        path, has_default, default = key.partition("|")
        found = _at(self._root, path)
        if found is MISSING:
            self.asked.append(path)
        if found is None or found is MISSING:
            return default if has_default else None
        return found


def filled(template: Value, values: Values) -> Value:
    """The template with its placeholders filled: texts, and those within lists and mappings."""
    if isinstance(template, str):
        match = _Text.pattern.fullmatch(template)
        if match is not None and match["braced"]:
            return values.value(match["braced"])
        return _Text(template).substitute(values)
    if isinstance(template, dict):
        return {name: filled(inner, values) for name, inner in template.items()}
    if isinstance(template, list | tuple):
        return [filled(inner, values) for inner in template]
    return template


def text(template: str, values: Values) -> str:
    """The template as a text, whatever its one placeholder is."""
    return _Text(template).substitute(values)


def check(where: str, template: Value, root: Mapping[str, Value]) -> None:
    """Raise ConfigError for a template that cannot be filled from `root`, which has every path there can be."""
    values = Values(root)
    try:
        filled(template, values)
    except (ValueError, KeyError) as error:
        raise ConfigError(f"{where}: a `$` in it is no placeholder: write ${{path}}, or $$ for a dollar") from error
    for path in values.asked:
        close = difflib.get_close_matches(path, _paths(root), n=1, cutoff=0.5)
        hint = f"; did you mean ${{{close[0]}}}?" if close else ""
        raise ConfigError(f"{where}: no alert has ${{{path}}}{hint}")


def _at(root: Value, path: str) -> Value:
    found = root
    for step in path.split("."):
        if isinstance(found, Mapping) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return MISSING
    return found


def _paths(root: Value, before: str = "") -> list[str]:
    pairs = root.items() if isinstance(root, Mapping) else enumerate(root) if isinstance(root, list) else ()
    paths = []
    for name, inner in pairs:
        path = f"{before}{name}"
        paths += [path, *_paths(inner, f"{path}.")]
    return paths


def environment(template: str) -> list[str]:
    """The names of the environment variables that a text asks for."""
    found = [match["braced"] or "" for match in _Text.pattern.finditer(template)]
    return [name.removeprefix("env.") for name in found if name.startswith("env.")]
