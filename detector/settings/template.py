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
from itertools import chain
from typing import Any

import msgspec

from detector.feeds.settings import FeedSettings
from detector.settings.schema import Settings
from detector.sinks.settings import EndpointSettings, FilterSettings

HEAD = """\
# Settings of the detector, all with their defaults. Delete what you do not change: a key left out has its default.
# Units are in the names: _s seconds, _ft feet, _nm nautical miles, _kt knots, _fpm feet per minute.
# An unknown key, a wrong type or a value out of range is an error with file and line.
"""
TAIL = """\

# Live feeds of `detector run` and `detector record`. Each has a name and a kind:
{feeds}
# Example:
#   - {{name: roof, kind: beast, host: 127.0.0.1, port: 30005, lat: 43.6287, lon: 1.3679, height_ft: 600}}
#   - {{name: readsb, kind: readsb, url: "http://127.0.0.1/tar1090/data/aircraft.json", allow_private: true}}
#   - {{name: adsb-lol, kind: v2, url: "https://api.adsb.lol/v2/point/39.03/125.78/250"}}
#   - {{name: opensky, kind: opensky, client_id: me, client_secret_env: OPENSKY_SECRET, bbox: [30, 120, 45, 135]}}
feeds: []

# Where alerts go. Each has a name and a kind:
{endpoints}
# `filters` chooses what an endpoint gets; all that is set must hold:
{filters}
# Example:
#   - {{name: newsroom, url: "https://example.org/stops", secrets_env: [HOOK_SECRET], filters: {{severity: medium}}}}
#   - name: chat
#     url: "https://chat.example.org/hooks/abc"
#     body: {{text: "${{severity}}: ${{stop.icao24}} stopped at ${{stop.airport|?}} (level ${{stop.level}})"}}
#     quiet: {{from: "22:00", to: "07:00", timezone: Europe/Paris, unless: high}}
#   - {{name: pager, kind: alertmanager, url: "http://127.0.0.1:9093", allow: ["127.0.0.1:9093"]}}
#   - {{name: file, kind: jsonl, path: alerts.jsonl}}
endpoints: []

# Receivers whose place is known. A position near one of them resolves positions on the ground, and says who could have
# heard what. `id` is what frames carry: the receiver identity of Beast data, or the number of the feed.
# Example:
#   - {{id: 1, name: roof, lat: 43.6287, lon: 1.3679, height_ft: 600}}
receivers: []

# Rules: which are on, how severe and how strict they are, and which endpoint is told of what; null for all defaults.
rules: rules.yaml

# Lists of airports and aircraft on watch. File names are relative to the directory of this file. The aircraft of the
# OFAC list are a table of their own, the list us-ofac-sdn.
watchlists:
  - watchlists/listed_airports.yaml
  - watchlists/listed_aircraft.yaml

# Fields that the airports table lacks or has wrong; null for none.
airports: airports.yaml

# Aircraft that the tables lack or have wrong; null for none.
aircraft: aircraft.yaml

# Folder of the tables that `detector reference update` took in; null is `reference` in the directory of the state.
reference: null

# Folder of the stops of the past that `detector history` keeps; null is `history` in the directory of the state.
history: null
# Folder of the model that scores stops; null is what `detector train` made last, else the one that came along. It is
# used once history holds 1,000 visits.
model: null
"""
LISTS: dict[str, type[msgspec.Struct]] = {
    "feeds": FeedSettings,
    "endpoints": EndpointSettings,
    "filters": FilterSettings,
}
"""Settings of which there may be any number: told in comments."""
WIDTH = 118

_FIELD = re.compile(r"^(?P<names>[a-z0-9_]+(?:, [a-z0-9_]+)*) {2,}(?P<text>\S.*)$")


def default_config() -> str:
    """The text of `config/detector.yaml`."""
    settings = Settings()
    parts = [HEAD]
    for name in ("tracking", "movements", "alerting", "service", "spool"):
        section = getattr(settings, name)
        summary, comments = described(type(section))
        parts.append("\n" + _comment(summary, "") + f"{name}:\n" + _fields(section, comments, "  "))
    lists = {name: _commented(kind) for name, kind in LISTS.items()}
    return "".join(parts) + TAIL.format_map(lists)


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


def _commented(kind: type[msgspec.Struct]) -> str:
    """Each field with its text, as a comment; those told together in one."""
    comments = described(kind)[1]
    groups: list[tuple[list[str], str]] = []
    for field in msgspec.structs.fields(kind):
        if text := comments.get(field.name, ""):
            groups.append(([field.encode_name], text))
        else:
            groups[-1][0].append(field.encode_name)
    lines = (
        textwrap.wrap(text, WIDTH, initial_indent=f"#   {', '.join(names)}  ", subsequent_indent="#       ")
        for names, text in groups
    )
    return "\n".join(chain.from_iterable(lines))


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
