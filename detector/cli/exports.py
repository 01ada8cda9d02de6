"""`detector alerts export`: which files are asked for, and what goes into each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detector.cli import outputs
from detector.domain.errors import UsageError
from detector.web.exports import csv_table, geojson, kml
from detector.web.picture import PictureCase, svg
from detector.web.picture.png import DEFAULT_WIDTH, WIDTHS, png

FORMATS: dict[str, Callable[[PictureCase], bytes]] = {"--geojson": geojson, "--kml": kml, "--csv": csv_table}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Files by option; None where one was not asked for. `width`: of the map in pixels, None for the usual one."""

    map: str | None
    geojson: str | None
    kml: str | None
    csv: str | None
    width: int | None

    def files(self) -> dict[str, str]:
        """Targets by option, of those that were asked for."""
        named = {"--map": self.map, "--geojson": self.geojson, "--kml": self.kml, "--csv": self.csv}
        return {option: target for option, target in named.items() if target is not None}

    def check(self) -> None:
        """Raise UsageError for what cannot be meant."""
        if self.width is not None and self.map is None:
            raise UsageError("--width: is that of a map; name one with --map")
        if self.width is not None and not WIDTHS[0] <= self.width <= WIDTHS[1]:
            raise UsageError(f"--width {self.width}: not between {WIDTHS[0]} and {WIDTHS[1]:,} pixels")
        if self.map is not None and _suffix(self.map) not in (".svg", ".png", outputs.STANDARD_OUTPUT):
            raise UsageError(f"--map {self.map}: a map is .svg or .png; name it so")

    def written(self, case: PictureCase) -> list[tuple[str, int]]:
        """Write all of them; (target, bytes) of each. Raises OutputError, UsageError where a PNG cannot be made."""
        # All is made before anything is written.
        made = [(target, self._content(option, case)) for option, target in self.files().items()]
        for target, content in made:
            outputs.write(target, content)
        return [(target, len(content)) for target, content in made]

    def _content(self, option: str, case: PictureCase) -> bytes:
        if option != "--map":
            return FORMATS[option](case)
        if _suffix(self.map or "") == ".png":
            return png(svg(case), self.width or DEFAULT_WIDTH)
        return svg(case, width=self.width).encode()


def _suffix(name: str) -> str:
    return name if name == outputs.STANDARD_OUTPUT else Path(name).suffix.lower()
