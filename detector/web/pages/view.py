"""What a case page is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detector.domain.alert import Alert
from detector.web.picture import PictureCase


@dataclass(frozen=True, slots=True)
class CaseView:
    """One alert as it is known now.

    picture    its last revision, with all that is drawn of it
    revisions  all of them, the first one first
    listings   behind its findings, as `detector.alert/1` has them
    """

    picture: PictureCase
    revisions: Sequence[Alert]
    listings: Sequence[Mapping[str, Any]] = ()


Cases = Callable[[str], Awaitable[CaseView | None]]
"""From the id of an alert to its case; None where no such alert is known (any more). Raises DetectorError."""
