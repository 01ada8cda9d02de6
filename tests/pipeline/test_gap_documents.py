"""Gaps in the stored state: the last revision of each, and back."""

from __future__ import annotations

import msgspec

from detector.checkpoint import Journal
from detector.domain.gap import Gap, GapClass, GapPlace
from detector.pipeline import Changes
from tests.pipeline import story

OPEN = Gap(
    id="gap-1", revision=1, icao24="71c001", callsign="KOR151", begin=1_000.0, end=None, kind=GapClass.UNKNOWN,
    reason="nobody knows", lost=GapPlace(990.0, 39.0, 125.5, 34_000.0, None, 450.0), found=None, listened_s=None,
)  # fmt: skip
OVER = msgspec.structs.replace(OPEN, revision=2, end=9_000.0, kind=GapClass.COVERAGE, listened_s=7_000.5)


def test_the_last_revision_of_a_gap_is_kept_and_given_back() -> None:
    journal = Journal(story.new_pipeline(), "a run")
    journal.note(Changes(gaps=[OPEN]))
    state = journal.changes()[0]
    assert msgspec.json.decode(state["gap:gap-1"], type=Gap) == OPEN
    journal.note(Changes(gaps=[OVER]))
    state |= journal.changes()[0]
    assert Journal(story.new_pipeline(), "a run").restore(state)[1].gaps == [OVER]
