"""The state of a stream as keys and values, and back: readable JSON documents, one or two an aircraft.

    stream                 event time, frames and heartbeats taken in, rejects, addresses heard once, the held frames
    aircraft:<address>     decoder halves, track, phase of flight, open stop
    past:<address>         its recent past: points and frames, written when there are new ones
    watch:<stop id>        an alert under watch, with its journey
    stop:<stop id>         last revision of every stop
    alert:<number>         every revision of every alert, in order
    evidence:<stop id>     raw frames behind a stop: of those that have alerted, and of open ones
    track:<stop id>        where the aircraft of an alert was heard, as long as it is under watch
    movement:<number>      movements, in order
    gap:<gap id>           last revision of every gap
    ledger:<receiver>.<day>, ledger:open   who listened when, by the minute
    coverage:<cell>        who was heard in an area, by altitude
    reception              frames that wait for earlier ones, the clocks of the receivers, what was heard just now
    interference:<piece>   where positions are not to be believed (`tracking.interference`)

Columns of many numbers (the rings of an aircraft, held frames) are their little-endian bytes, in base64.

    journal.snapshot()     what is new since the last one: quick, where the pipeline runs
    snapshot.encoded()     the same as (puts, deletes): in any thread, while the pipeline goes on
    Pending                adds up several of these where one could not be written

Writing them in one transaction is the store's part (`detector.stores`).
"""

from __future__ import annotations

from detector.checkpoint.documents import SCHEMA, StreamState
from detector.checkpoint.journal import Journal
from detector.checkpoint.pending import Pending
from detector.checkpoint.restore import evidence_of
from detector.checkpoint.snapshot import COMPLETE, Snapshot
from detector.checkpoint.trails import track_of

__all__ = ["COMPLETE", "SCHEMA", "Journal", "Pending", "Snapshot", "StreamState", "evidence_of", "track_of"]
