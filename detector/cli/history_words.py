"""What a person reads of the stops of the past."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table

from detector.domain.durations import duration_text
from detector.domain.times import iso
from detector.reference.refusals import by_reason

if TYPE_CHECKING:
    from detector.app.history_import import Imported
    from detector.app.history_ranking import Ranked

ROWS_SHOWN = 100
MOST_ACROSS = 8
"""More columns than these stand below each other."""
LEAST_QUARTILES = 4
FIELD_LISTS = ("types", "operators", "states", "origins", "destinations")
FORMATS = {
    "replay": "stops of a replay",
    "service": "stops of the service",
    "opensky": "OpenSky flight list",
    "bts": "BTS on-time list",
}

Record = dict[str, Any]


def taken_in(done: Imported) -> str:
    """One line on a file."""
    what = f"{done.path}: {FORMATS[done.format]}, {done.lines:,} lines, {done.visits:,} visits"
    refused = by_reason(done.unused.elements())
    return f"{what}; refused: {refused}" if refused else what


def months(record: Record) -> list[str]:
    """How much there is."""
    lines = [f"{record['visits']:,} visits in {record['folder']}"]
    return lines + [f"  {month['month']}  {month['visits']:>11,}" for month in record["months"]]


def field(record: Record) -> list[str]:
    """A field."""
    if not record["visits"]:
        return [f"{record['airport']}  {record['name']}", "  no visits are known"]
    lines = [
        f"{record['airport']}  {record['name']}",
        f"  visits       {record['visits']:,} of {record['aircraft']:,} aircraft{_days(record)}",
    ]
    lines += [f"  {name:<12} {_counts(record[name])}" for name in FIELD_LISTS if record[name]]
    ground = record["ground_time_s"]
    if ground["visits"] >= LEAST_QUARTILES:
        quarter, half, most = (duration_text(ground[name]) for name in ("quarter", "half", "three_quarters"))
        of = f"of the {ground['visits']:,} visits whose time is known well"
        lines.append(f"  on ground    a quarter {of} up to {quarter}, half {half}, three quarters {most}")
    return lines


def aircraft(record: Record) -> list[str]:
    """An aircraft, or those that had the name."""
    lines = [
        " ".join([*record["registrations"], *record["icao24"]]),
        f"  visits       {record['visits']:,}{_days(record)}",
    ]
    return lines + [f"  {one['name']:<11}  {one['visits']:,}" for one in record["fields"]]


def ranked(found: Sequence[Ranked], of: int) -> Iterator[str]:
    """Stops of the past with their scores and reasons."""
    yield f"The {len(found):,} oddest of {of:,} stops"
    for number, (visit, score) in enumerate(found, start=1):
        who = " ".join(part for part in (visit.type_code, visit.registration or visit.icao24) if part)
        whose = f" ({visit.operator})" if visit.operator else ""
        yield ""
        yield f"{number:>3}  {score.value:.4f}  {visit.airport}  {iso(visit.landed_at)}  {who}{whose}"
        yield from (f"     - {reason}" for reason in score.reasons)


def with_times(record: Record) -> Record:
    """A visit as JSON has it: times as the contracts write them."""
    times = {name: None if record[name] is None else iso(record[name]) for name in ("landed_at", "departed_at")}
    return record | times


def answer(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """The first rows of an answer."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    if len(names) > MOST_ACROSS:
        table.add_column("column")
        table.add_column("value", overflow="fold")
        for row in itertools.islice(rows, ROWS_SHOWN):
            for name, value in zip(names, row, strict=True):
                table.add_row(escape(name), escape(_cell(value)))
            table.add_section()
        return table
    for name in names:
        table.add_column(escape(name), overflow="fold")
    for row in itertools.islice(rows, ROWS_SHOWN):
        table.add_row(*(escape(_cell(value)) for value in row))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    text = "-" if value is None else str(value)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _counts(counts: list[Record]) -> str:
    return ", ".join(f"{one['name']} {one['visits']:,}" for one in counts)


def _days(record: Record) -> str:
    return f", {record['first_day']} to {record['last_day']}" if record["first_day"] else ""


def learned(record: Record) -> Iterator[str]:
    """What baselines rest on, and who goes by them."""
    yield (
        f"Learned from {record['visits']:,} visits, {record['from']} to {record['to']}; "
        f"{record['timed']:,} of them tell a time on the ground"
    )
    yield f"{record['file']} (SHA-256 {record['sha256'][:12]}): runs that begin from now on go by it"
