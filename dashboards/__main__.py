"""Writes all dashboards: `python -m dashboards`."""

from __future__ import annotations

from dashboards import DASHBOARDS, FOLDER, LAND, text_of
from dashboards.land import land

for name in DASHBOARDS:
    path = FOLDER / f"{name}.json"
    path.write_text(text_of(name), encoding="utf-8")
    print(path)
LAND.parent.mkdir(exist_ok=True)
LAND.write_text(land(), encoding="utf-8")
print(LAND)
