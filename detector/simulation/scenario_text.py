"""YAML to `Scenario`. Values are read as text and converted by type, so that `icao24: 010203` stays what it is."""

from __future__ import annotations

import re

import msgspec
import yaml

from detector.domain.errors import ConfigError
from detector.simulation.scenario import Scenario

_MESSAGE = re.compile(r"^(?P<what>.*?)(?: - at `\$?(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<key>[A-Za-z_0-9]+)|\[(?P<index>\d+|\.\.\.)\]")


def parse_scenario(text: str, *, source: str = "scenario") -> Scenario:
    """The scenario in `text`. Raises ConfigError beginning with `source:line:` and naming the path of the value."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes only str, list and dict
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"{source}:{line}: not valid YAML: {problem}") from None
    _refuse_repeated_keys(root, source)
    try:
        return msgspec.convert(values, Scenario, strict=False)
    except msgspec.ValidationError as error:
        match = _MESSAGE.match(str(error))
        what, path = (match["what"], match["path"] or "") if match else (str(error), "")
        unknown = re.search(r"unknown field `([^`]*)`", what)
        if unknown:
            path, what = f"{path}.{unknown[1]}", "unknown key"
        shown = path.lstrip(".") or "the whole scenario"
        raise ConfigError(f"{source}:{_line_of(root, path)}: {shown}: {what}") from None


def _line_of(root: yaml.Node | None, path: str) -> int:
    """The line of the value at `path` such as `.aircraft[0].flights[1].to`, or of the nearest thing around it."""
    node = root
    line = 1 if root is None else root.start_mark.line + 1
    for step in _STEP.finditer(path):
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode) and step["key"]:
            for key, value in node.value:
                if key.value == step["key"]:
                    found, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and step["index"] and step["index"].isdigit():
            found = node.value[int(step["index"])]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line


def _refuse_repeated_keys(node: yaml.Node | None, source: str) -> None:
    """YAML lets the last of two equal keys win in silence; a scenario would then not say what it does."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item, source)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise ConfigError(f"{source}:{key.start_mark.line + 1}: {key.value}: key given twice")
            seen.add(key.value)
            _refuse_repeated_keys(value, source)
