#!/usr/bin/env python3
"""Build `detector/web/assets/land.bin` from `data/basemap/land-50m.json.gz`.

    python scripts/build_basemap.py [--check]

The source is TopoJSON (world-atlas 2.0.2, Natural Earth 1:50m land; licences: `data/README.md`).
`--check` writes nothing and fails if the packed file is not what the source gives.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detector.web.replay_map.coastline import STEP_DEG, pack, unpack  # noqa: E402

SOURCE = ROOT / "data" / "basemap" / "land-50m.json.gz"
TARGET = ROOT / "detector" / "web" / "assets" / "land.bin"


def rings(topology: dict[str, Any]) -> Iterator[npt.NDArray[np.int64]]:
    """Every ring of the land, on the grid; arcs are joined as TopoJSON 2.1.4 says (~i: arc i backwards)."""
    scale, origin = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]
    for shape in topology["objects"]["land"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
            # An arc begins where the one before it ends.
            places = np.concatenate([part[:-1] for part in parts])
            grid = np.rint(places / STEP_DEG).astype(np.int64)
            moved = (grid != np.roll(grid, 1, axis=0)).any(axis=1)
            if moved.sum() >= 3:
                yield grid[moved]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    wanted = list(rings(json.loads(gzip.decompress(SOURCE.read_bytes()))))
    if parser.parse_args().check:
        # The rings are compared, not the bytes: another zlib may compress otherwise.
        there = unpack(TARGET.read_bytes())
        same = len(there) == len(wanted) and all(np.array_equal(a, b) for a, b in zip(there, wanted, strict=True))
        if not same:
            print(f"{TARGET.relative_to(ROOT)} is out of date: run without --check", file=sys.stderr)
        return 0 if same else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(pack(wanted))
    points = sum(map(len, wanted))
    print(f"{TARGET.relative_to(ROOT)}: {len(wanted)} rings, {points} places, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
