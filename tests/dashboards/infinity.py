"""What Grafana's data source Infinity (parser: backend) and Grafana's transformations do to an answer of the API, as
far as our dashboards use them.

Infinity: the URL is the source's own with the query's behind it, then the parameters; the rows are what the root
selector (gjson: names, and # for all of a list) finds; a column is one name in a row.
"""

from __future__ import annotations

import json
import statistics
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from detector.domain.times import parse_iso

SOURCE = Path(__file__).parents[2] / "config" / "grafana" / "provisioning" / "datasources" / "detector.yml"
Row = dict[str, Any]
CALCS: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "distinctCount": lambda values: len(set(values)),
    "min": min,
    "max": max,
    "mean": statistics.fmean,
}


class Infinity:
    """The data source as it is provisioned, in an environment like Grafana's."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        text = SOURCE.read_text(encoding="utf-8")
        for name, value in environment.items():
            text = text.replace(f"${name}", value)
        (self._source,) = yaml.safe_load(text)["datasources"]
        assert "$" not in json.dumps(self._source)

    def rows(self, query: Mapping[str, Any], variables: Mapping[str, str]) -> list[Row]:
        """The frame of a query: its columns, each of its type."""
        assert (query["type"], query["source"], query["parser"], query["format"]) == ("json", "url", "backend", "table")
        url = self._source["url"] + with_values(query["url"], variables)
        parts = urllib.parse.urlsplit(url)
        asked = urllib.parse.parse_qsl(parts.query, strict_parsing=bool(parts.query))
        asked += [(one["key"], with_values(one["value"], variables)) for one in query["url_options"]["params"]]
        url = parts._replace(query=urllib.parse.urlencode(asked)).geturl()
        assert any(url.startswith(host) for host in self._source["jsonData"]["allowedHosts"]), url
        found = selected(self._answer(url), query["root_selector"])
        return [{c["text"]: _typed(row[c["selector"]], c["type"]) for c in query["columns"]} for row in found]

    def _answer(self, url: str) -> Any:
        assert self._source["jsonData"]["auth_method"] == "bearerToken"
        told = {"Authorization": f"Bearer {self._source['secureJsonData']['bearerToken']}"}
        with urllib.request.urlopen(urllib.request.Request(url, headers=told), timeout=30.0) as answer:
            return json.load(answer)


def with_values(text: str, variables: Mapping[str, str]) -> str:
    """A text with its variables in it."""
    for name, value in variables.items():
        text = text.replace(name, value)
    assert "$" not in text, text
    return text


def selected(document: Any, selector: str) -> Any:
    """What a selector finds: `features.#.properties`."""
    name, _, rest = selector.partition(".")
    if name == "#":
        return [selected(one, rest) if rest else one for one in document]
    return selected(document[name], rest) if rest else document[name]


def transformed(rows: list[Row], transformations: Sequence[Mapping[str, Any]]) -> list[Row]:
    """After Grafana's transformations. Fails where one names a column that is not there."""
    for one in transformations:
        rows = TRANSFORMATIONS[one["id"]](rows, one["options"])
    return rows


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "timestamp":
        return parse_iso(value)
    assert isinstance(value, (int, float) if kind == "number" else str), (value, kind)
    assert not isinstance(value, bool), value
    return value


def _only(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    return [{name: row[name] for name in options["include"]["names"]} for row in rows]


def _organised(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    names, order = options["renameByName"], options["indexByName"]
    assert names.keys() <= order.keys()
    assert len(set(names.values())) == len(names)
    for row in rows:
        assert set(order) == set(row), "all of them are put in order"
    return [{names.get(name, name): row[name] for name in sorted(row, key=order.__getitem__)} for row in rows]


def _grouped(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    keys = [name for name, how in options["fields"].items() if how["operation"] == "groupby"]
    calcs = {name: how["aggregations"] for name, how in options["fields"].items() if how["operation"] == "aggregate"}
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    found = []
    for key, mine in groups.items():
        one: Row = dict(zip(keys, key, strict=True))
        for name, which in calcs.items():
            values = [row[name] for row in mine if row[name] is not None]
            one |= {f"{name} ({calc})": CALCS[calc](values) if values else None for calc in which}
        found.append(one)
    return found


def _sorted(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    (by,) = options["sort"]
    known = [row for row in rows if row[by["field"]] is not None]
    return sorted(known, key=lambda row: row[by["field"]], reverse=by["desc"])


def _limited(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    return rows[: options["limitField"]]


def _parted(rows: list[Row], options: Mapping[str, Any]) -> list[Row]:
    assert all(name in row for row in rows for name in options["fields"])
    return rows


TRANSFORMATIONS = {
    "filterFieldsByName": _only,
    "organize": _organised,
    "groupBy": _grouped,
    "sortBy": _sorted,
    "limit": _limited,
    "partitionByValues": _parted,
}
