"""A new table of fields beside the one in use: what it would change, and what of it is not taken over."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from detector.domain.errors import InputError
from detector.reference.airport_changes import Change, changes_of
from detector.reference.airport_suspicions import Pairs, Suspicion, doubtful, exchanged_anew
from detector.reference.airports import Airports
from detector.reference.refusals import RefusedRow, by_reason
from detector.reference.table import AirportTable, merged

MOST_REMOVED, MOST_REFUSED = 0.05, 0.05
"""A file that would remove a greater share of the fields, or of which a greater share is refused, is no whole table."""


class Suspect(msgspec.Struct, frozen=True):
    """A field of the new table that is not taken over; the one in use keeps its row, if it has one."""

    code: str
    name: str
    country: str
    reason: Suspicion
    text: str
    watched: bool


class Named(msgspec.Struct, frozen=True):
    """A field that comes or goes."""

    code: str
    name: str
    country: str
    watched: bool


class Review(msgspec.Struct, frozen=True):
    """What taking over a new table comes to; every list has watched fields first.

    table       the table to be used from then on: the new one, with the old rows of what was refused
    refused     rows that could not be read; `kept` counts those of them whose old row stays
    """

    table: AirportTable
    before: int
    added: tuple[Named, ...]
    removed: tuple[Named, ...]
    changed: tuple[Change, ...]
    suspects: tuple[Suspect, ...]
    refused: tuple[RefusedRow, ...]
    kept: int
    nudged: int

    def counts(self) -> dict[str, int]:
        """Fields and rows by what happens to them: `added`, `changed name`, `suspect moved`, `refused latitude`, ..."""
        counted = Counter({"added": len(self.added), "removed": len(self.removed), "changed": len(self.changed)})
        counted.update(f"changed {one.column}" for change in self.changed for one in change.differences)
        counted.update(f"suspect {suspect.reason}" for suspect in self.suspects)
        counted.update(f"refused {row.reason}" for row in self.refused)
        return dict(counted)

    def record(self) -> dict[str, Any]:
        """The same in plain values for JSON, without the table."""
        return {
            "fields_before": self.before,
            "fields_after": len(self.table.codes),
            "counts": self.counts(),
            **{
                name: msgspec.to_builtins(getattr(self, name))
                for name in ("suspects", "refused", "removed", "added", "changed")
            },
        }

    def lines(self, limit: int = 20) -> list[str]:
        """For a terminal: watched fields all, of everything else up to `limit` of a kind."""
        parts: tuple[tuple[str, Sequence[Suspect | Named | Change]], ...] = (
            ("not taken over", self.suspects),
            ("removed", self.removed),
            ("added", self.added),
            ("changed", self.changed),
        )
        sums = ", ".join(f"{len(ones):,} {what}" for what, ones in reversed(parts))
        told = [f"{self.before:,} fields before, {len(self.table.codes):,} after: {sums}"]
        watched = [f"  {what}: {_line(one)}" for what, ones in parts for one in ones if one.watched]
        told += ["on the watch lists:", *watched] if watched else []
        if self.refused:
            told += _section("rows refused", [f"line {row.line} {row.code}: {row.text}" for row in self.refused], limit)
            told.append(f"  by reason: {by_reason(row.reason for row in self.refused)}; {self.kept:,} old rows stay")
        for what, ones in parts:
            rest = [one for one in ones if not one.watched]
            told += _section(what, [_line(one) for one in rest[:limit]], limit, len(rest)) if rest else []
        if self.nudged:
            told.append(f"{self.nudged:,} fields move by less than can be told from where they were")
        return told


def review(
    old: Airports,
    new: AirportTable,
    refused: Iterable[RefusedRow] = (),
    watched: Collection[str] = (),
    *,
    name: str = "the new table",
    witnessed: Collection[str] = (),
    astray: Collection[str] = (),
    accepted: Collection[str] = (),
    accept_moves: bool = False,
    forced: bool = False,
) -> Review:
    """What `new` would change in `old`, which is the table in use without the corrections of a configuration.

    `watched`: codes on a watch list. `witnessed`: codes of fields whose own runway says that they lie where they do
    (`PackingNotes.moved`); `astray`: of fields with a runway published amiss; `accepted`: of fields that somebody
    has looked at, to be taken over as they are; `accept_moves`: moves are no suspicion.

    Raises InputError, in one line, where so much is removed or refused that the file must be wrong
    (unless `forced`), and where no field is left.
    """
    refused = tuple(refused)
    index = {code: i for i, code in enumerate(old.codes)}
    there = {code: j for j, code in enumerate(new.codes)}
    both = [(i, j) for code, j in there.items() if (i := index.get(code)) is not None]
    pairs = Pairs(old.table, new, np.array(both, np.intp).reshape(-1, 2))
    fresh = np.array([j for code, j in there.items() if code not in index], np.intp)
    unread = {row.code for row in refused} & index.keys() - there.keys()
    gone = [i for code, i in index.items() if code not in there and code not in unread]

    trusted = frozenset(accepted)
    suspects = [
        Suspect(new.codes[j], new.names[j], new.countries[j], reason, text, new.codes[j] in watched)
        for j, reason, text in (*doubtful(pairs, witnessed, accept_moves, astray), *exchanged_anew(old, new, fresh))
        if new.codes[j] not in trusted
    ]
    missed = [i for i in gone if old.codes[i] in watched and old.codes[i] not in trusted]
    if not forced:
        rows = len(new.codes) + len(refused)
        _refuse_whole(name, len(gone) - len(missed), len(index), [*refused, *suspects], rows)
    text = "it is on a watch list, and not in the new table"
    suspects += [
        Suspect(old.codes[i], old.names[i], old.countries[i], Suspicion.WATCHED_GONE, text, True) for i in missed
    ]
    out = {suspect.code for suspect in suspects}
    kept = sorted(index[code] for code in (out | unread) & index.keys())
    taken = [j for code, j in there.items() if code not in out]
    table = merged(old.table, np.array(kept, np.intp), new, np.array(taken, np.intp))
    if not table.codes:
        raise InputError(f"{name}: no field of it can be used")
    changed, nudged = changes_of(old.table, new, pairs.rows, pairs.moved_nm, out, watched, witnessed)
    left = [Named(new.codes[j], new.names[j], new.countries[j], new.codes[j] in watched) for j in fresh.tolist()]
    lost = [Named(old.codes[i], old.names[i], old.countries[i], old.codes[i] in watched) for i in gone]
    return Review(
        table,
        len(index),
        _watched_first(one for one in left if one.code not in out),
        _watched_first(one for one in lost if one.code not in out),
        changed,
        _watched_first(suspects),
        refused,
        len(unread),
        nudged,
    )


def _refuse_whole(name: str, removed: int, before: int, refused: Sequence[RefusedRow | Suspect], rows: int) -> None:
    if removed > MOST_REMOVED * before:
        raise InputError(
            f"{name}: it would remove {removed:,} of {before:,} fields ({_share(removed, before)}; up to "
            f"{100 * MOST_REMOVED:.0f} % are); is it the whole table? It is taken when forced"
        )
    if len(refused) > MOST_REFUSED * rows:
        raise InputError(
            f"{name}: {len(refused):,} of {rows:,} rows are refused ({_share(len(refused), rows)}; up to "
            f"{100 * MOST_REFUSED:.0f} % may be): {by_reason(one.reason for one in refused)}. It is taken when forced"
        )


def _share(part: int, whole: int) -> str:
    return f"{math.floor(1000 * part / max(whole, 1)) / 10:.1f} %"


def _watched_first(ones: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(ones, key=lambda one: (not one.watched, one.code)))


def _line(one: Suspect | Named | Change) -> str:
    where = f"{one.code} {one.name} ({one.country})"
    if isinstance(one, Suspect):
        return f"{where}: {one.text}"
    return f"{where}: {one.told()}" if isinstance(one, Change) else where


def _section(what: str, lines: Sequence[str], limit: int, total: int | None = None) -> list[str]:
    count = len(lines) if total is None else total
    more = [f"  and {count - limit:,} more"] if count > limit else []
    return [f"{what} ({count:,}):", *(f"  {line}" for line in lines[:limit]), *more]
