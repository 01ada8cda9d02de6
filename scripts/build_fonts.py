#!/usr/bin/env python3
"""Build `detector/web/assets/fonts/` from the DejaVu Sans that matplotlib ships.

    python scripts/build_fonts.py [--check]

A picture must come out the same on a machine without fonts, so it brings its own: regular and bold, cut down to Latin,
Greek, Cyrillic and some signs; the widths of the letters as JSON, because whoever places words must know how long they
are; and the licence. `--check` writes nothing and fails if what is there is not what the source gives.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

import matplotlib as mpl
from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path(mpl.get_data_path()) / "fonts" / "ttf"
TARGET = ROOT / "detector" / "web" / "assets" / "fonts"
FONTS = {"regular": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
LICENCE = "LICENSE_DEJAVU"
WIDTHS = "widths.json"
CHARACTERS = (
    *range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), *range(0x370, 0x400), *range(0x400, 0x460),
    *range(0x1E80, 0x1E86), *range(0x2010, 0x2027), 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2116, 0x2122,
    *range(0x2190, 0x2196), 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x25A0, 0x25CB, 0x25CF, 0x2713, 0x2717, 0xFFFD,
)  # fmt: skip


def cut_down(name: str) -> bytes:
    """The font with the characters of CHARACTERS; no hinting, which pictures do not use."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["kern"]
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.recalc_timestamp = False
    font = TTFont(SOURCE / name, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=CHARACTERS)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def widths(data: bytes) -> dict[str, int]:
    """Thousandths of the height of the type, by character."""
    font = TTFont(io.BytesIO(data))
    unit = font["head"].unitsPerEm
    advance = font["hmtx"]
    return {chr(code): round(advance[name][0] * 1000 / unit) for code, name in sorted(font.getBestCmap().items())}


def wanted() -> dict[str, bytes]:
    """Files by name."""
    files = {name: cut_down(name) for name in FONTS.values()}
    table = {style: widths(files[name]) for style, name in FONTS.items()}
    files[WIDTHS] = (json.dumps(table, ensure_ascii=True, sort_keys=True, separators=(",", ":")) + "\n").encode()
    files["LICENSE"] = (SOURCE / LICENCE).read_bytes()
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    files = wanted()
    if parser.parse_args().check:
        old = [name for name, data in files.items() if not _same(TARGET / name, data)]
        for name in old:
            print(f"{(TARGET / name).relative_to(ROOT)} is out of date: run without --check", file=sys.stderr)
        return 1 if old else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (TARGET / name).write_bytes(data)
    return 0


def _same(path: Path, data: bytes) -> bool:
    """The tables of a font, and not its bytes: another fontTools may lay them out otherwise."""
    if not path.exists():
        return False
    if path.suffix != ".ttf":
        return path.read_bytes() == data
    return widths(path.read_bytes()) == widths(data)


if __name__ == "__main__":
    sys.exit(main())
