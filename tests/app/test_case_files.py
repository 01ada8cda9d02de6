"""Bundles of a running service: of what is under watch out of memory, of what is over out of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
import pytest

from detector import cases
from detector.alerting.evidence import lines
from detector.app.case_files import MOST_WAITING, CaseFiles
from detector.app.case_views import CaseViews
from detector.cases import archive
from detector.checkpoint import Journal
from detector.domain.alert import Alert
from detector.domain.errors import OutputError, StoreError
from detector.pipeline import Changes
from detector.service.core import Core
from detector.service.keeping import Keeping
from detector.settings import Configuration
from tests.service.test_scenarios import heard
from tests.web.pages import Page


class Stored:
    """Stands for the keeping of a service: gives what a checkpoint has written."""

    def __init__(self, state: Mapping[str, bytes]) -> None:
        self.state = state

    async def read(self, prefix: str) -> Mapping[str, bytes]:
        return {key: value for key, value in self.state.items() if key.startswith(prefix)}


class Played:
    """A service after the story. `files` make bundles with `export`."""

    def __init__(self) -> None:
        self.page = Page()
        self.journal = Journal(self.page.pipeline, "test")
        note = self.page.model.note

        def both(changes: Changes) -> None:
            self.journal.note(changes)
            note(changes)

        self.page.note = both  # type: ignore[method-assign]
        self.page.hear(heard(), 60.0)
        self.state, _ = self.journal.changes()
        (self.record,) = self.page.model.alerts.newest(None, lambda _: True)

    def views(self) -> CaseViews:
        keeping: Keeping = Stored(self.state)  # type: ignore[assignment]
        return CaseViews(self.core(), keeping, self.page.model, self.page.configuration)

    def core(self) -> Core:
        return Core(self.page.pipeline, self.journal, None, _lost)

    def files(self, export: object = cases.export_stored) -> CaseFiles:
        keeping: Keeping = Stored(self.state)  # type: ignore[assignment]
        return CaseFiles(self.core(), keeping, self.page.model, self.page.configuration, export)  # type: ignore[arg-type]


def _lost(error: OutputError) -> None:
    raise error


@pytest.fixture(scope="module")
def played() -> Played:
    return Played()


def test_a_bundle_proves_the_alert_that_is_told(played: Played) -> None:
    bundle = asyncio.run(played.files().bundle(played.record.id))
    assert bundle is not None
    verification = cases.verified(bundle, "bundle.zip")
    assert verification.counts()[cases.Outcome.DIFFERENT] == 0
    assert verification.counts()[cases.Outcome.SAME] > 10
    _, members = archive.unpacked(bundle, "bundle.zip")
    assert members["alert.json"] == played.record.line + b"\n"


def test_it_is_the_same_when_the_alert_is_no_longer_under_watch(played: Played) -> None:
    given: list[tuple[Alert, Mapping[str, bytes]]] = []

    def export(alert: Alert, state: Mapping[str, bytes], _: Configuration) -> bytes:
        given.append((alert, dict(state)))
        return b"PK"

    watches = played.page.pipeline.alerts.watches
    asyncio.run(played.files(export).bundle(played.record.id))
    played.page.pipeline.alerts.watches = {}
    try:
        asyncio.run(played.files(export).bundle(played.record.id))
    finally:
        played.page.pipeline.alerts.watches = watches
    assert given[0] == given[1]
    stop_id = given[0][0].stop.id
    assert msgspec.json.decode(given[0][1][f"evidence:{stop_id}"]) == lines(played.page.pipeline.evidence.of(stop_id))
    assert [key.partition(":")[0] for key in given[0][1]] == ["evidence", "gap"]


def test_an_alert_that_nobody_knows_has_none(played: Played) -> None:
    assert asyncio.run(played.files().bundle("alert-none")) is None


def test_a_revision_is_made_once_and_too_many_at_a_time_are_not_begun(played: Played) -> None:
    made: list[str] = []

    def export(alert: Alert, *_: object) -> bytes:
        made.append(alert.id)
        return b"PK"

    async def many() -> None:
        files = played.files(export)
        assert [await files.bundle(played.record.id) for _ in range(3)] == [b"PK"] * 3
        assert len(made) == 1
        files._made.clear()
        files._waiting = MOST_WAITING
        with pytest.raises(StoreError, match="try again"):
            await files.bundle(played.record.id)
        files.close()

    asyncio.run(many())
