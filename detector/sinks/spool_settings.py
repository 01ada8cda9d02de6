"""Named limits of the spool, each with its reason."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0.0)]


class SpoolSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The log of all that was heard. It resumes the service after a crash, and `detector replay` reads it.

    enabled         without it, what was heard after the last checkpoint is lost in a crash
    folder          a relative one is beside the settings file; null is `spool` in the directory of the state
    segment_mb      a new file when the current one would become larger: some 5 million frames
    segment_age_s   ... or is this old: old files are deleted whole
    keep_gb         the oldest files are deleted beyond this; 2 GB is two days of 1,000 frames a second
    keep_hours      ... or when all in them is older than this; never what a crash would still need
    """

    enabled: bool = True
    folder: str | None = None
    segment_mb: Annotated[float, Meta(ge=0.1, le=4096.0)] = 64.0
    segment_age_s: Positive = 3600.0
    keep_gb: Positive = 2.0
    keep_hours: Positive = 72.0
