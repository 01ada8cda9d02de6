"""Writes all dashboards: `python -m dashboards`."""

from __future__ import annotations

from dashboards import DASHBOARDS, FOLDER, text_of

for name in DASHBOARDS:
    path = FOLDER / f"{name}.json"
    path.write_text(text_of(name), encoding="utf-8")
    print(path)
