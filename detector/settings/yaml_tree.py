"""YAML text to plain values, with the line of every one of them.

A small, strict YAML: no anchors, no tags, no duplicate keys, one document; `no` and `on` are text (NO is Norway), and
only what looks like a decimal number, `true`, `false`, `null` or a date is anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from detector.domain.errors import ConfigError

MAPPING = "tag:yaml.org,2002:map"
SEQUENCE = "tag:yaml.org,2002:seq"

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""


@dataclass(frozen=True, slots=True)
class YamlTree:
    """A document: its plain value, and the line (from 1) of every value and key in it."""

    name: str
    value: Any
    lines: dict[Path, int]

    def where(self, path: Path) -> str:
        """`file:line` of the value at `path`, or of the nearest thing around it that is in the file."""
        while path not in self.lines and path:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"

    def value_at(self, path: Path) -> Any:
        """The plain value at `path`; None where there is nothing."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (LookupError, TypeError):
                return None
        return value


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with fewer guesses about what a plain word means."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own form

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(None, None, "references (*name) are not used here", event.start_mark)
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+(?:\.[0-9]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]{1,2})$", "-+0123456789"),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def parse_yaml(text: str, name: str) -> YamlTree:
    """Parse `text`; `name` is what messages call the file. Raises ConfigError `name:line: ...`. Empty text gives {}."""
    lines: dict[Path, int] = {}
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        value = {} if root is None else _plain(loader, root, (), lines, name)
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_syntax_message(error, text, name)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"{name}:{line}: not valid YAML: {error.reason}") from error
    except ValueError as error:  # 2024-02-31 has the form of a date
        raise ConfigError(f"{name}: not valid YAML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{name}: nested too deeply") from error
    return YamlTree(name, value, lines)


def _syntax_message(error: yaml.MarkedYAMLError, text: str, name: str) -> str:
    mark = error.problem_mark or error.context_mark
    # What is missing at the end of the file is missing on its last line.
    line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark else 1
    said = f"{name}:{line}: not valid YAML: {error.problem or error.context}"
    if error.problem and error.context and error.context_mark:
        said += f" ({error.context} that begins on line {error.context_mark.line + 1})"
    return said


def _plain(loader: _Loader, node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if not isinstance(node, yaml.ScalarNode) and node.tag not in (MAPPING, SEQUENCE):
        raise ConfigError(f"{name}:{node.start_mark.line + 1}: not valid YAML: tags ({node.tag}) are not used here")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, i), lines, name) for i, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        try:
            return loader.construct_object(node)
        except ValueError as error:
            raise ConfigError(f"{name}:{node.start_mark.line + 1}: {node.value!r}: {error}") from error
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
            raise ConfigError(f"{name}:{line}: a key must be a word")
        key = key_node.value
        if key in mapping:
            raise ConfigError(f"{name}:{line}: duplicate key `{key}` (first on line {lines[(*path, key)]})")
        lines[(*path, key)] = line
        mapping[key] = _plain(loader, value_node, (*path, key), lines, name)
    return mapping
