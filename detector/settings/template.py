"""`config/detector.yaml` written from the defaults and the docstrings of the code, so that neither can drift.

    python -m detector.settings.template > config/detector.yaml

A docstring describes its fields in lines of `name[, name]  text`, two spaces or more between; deeper lines continue.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import textwrap
from typing import Any

import msgspec

from detector.settings.schema import Settings

HEAD = """\
# Settings of the detector, all with their defaults. Delete what you do not change: a key left out has its default.
# Units are in the names: _s seconds, _ft feet, _nm nautical miles, _kt knots, _fpm feet per minute.
# An unknown key, a wrong type or a value out of range is an error with file and line.
"""
TAIL = """\

# Receivers whose place is known. A position near one of them resolves positions on the ground, and says who could have
# heard what. `id` is what frames carry: the receiver identity of Beast data, or the number of the feed.
# Example:
#   - {id: 1, name: roof, lat: 43.6287, lon: 1.3679, height_ft: 600}
receivers: []

# Lists of airports on watch. File names are relative to the directory of this file.
watchlists:
  - watchlists/listed_airports.yaml

# Fields that the airports table lacks or has wrong; null for none.
airports: airports.yaml
"""
WIDTH = 118

_FIELD = re.compile(r"^(?P<names>[a-z0-9_]+(?:, [a-z0-9_]+)*) {2,}(?P<text>\S.*)$")


def default_config() -> str:
    """The text of `config/detector.yaml`."""
    settings = Settings()
    parts = [HEAD]
    for name in ("tracking", "movements", "rules", "alerting"):
        section = getattr(settings, name)
        summary, comments = described(type(section))
        parts.append("\n" + _comment(summary, "") + f"{name}:\n" + _fields(section, comments, "  "))
    return "".join(parts) + TAIL


def described(kind: type[msgspec.Struct]) -> tuple[str, dict[str, str]]:
    """First paragraphs of the docstring, and the text about each field; of several named together, with the first."""
    summary: list[str] = []
    comments: dict[str, str] = {}
    current: str | None = None
    for line in inspect.cleandoc(kind.__doc__ or "").splitlines():
        match = _FIELD.match(line)
        names = match["names"].split(", ") if match else []
        if match and set(names) <= set(kind.__struct_fields__):
            current = names[0]
            comments |= dict.fromkeys(names, "")
            comments[current] = match["text"]
        elif current and line.startswith("  "):
            comments[current] += " " + line.strip()
        elif line.strip():
            current = None
            summary.append(line.strip())
    return " ".join(summary), comments


def _fields(section: msgspec.Struct, comments: dict[str, str], indent: str) -> str:
    lines = []
    for field in msgspec.structs.fields(section):
        value = getattr(section, field.name)
        lines.append(_comment(comments.get(field.name, ""), indent))
        if isinstance(value, msgspec.Struct):
            lines.append(f"{indent}{field.encode_name}:\n{_fields(value, described(type(value))[1], indent + '  ')}")
        else:
            lines.append(f"{indent}{field.encode_name}: {_value(value)}\n")
    return "".join(lines) if lines else f"{indent}{{}}\n"


def _comment(text: str, indent: str) -> str:
    prefix = f"{indent}# "
    return "".join(line + "\n" for line in textwrap.wrap(text, WIDTH, initial_indent=prefix, subsequent_indent=prefix))


def _value(value: Any) -> str:
    """JSON is YAML; whole floats are shown without their point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(default_config())
