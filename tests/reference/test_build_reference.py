from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from detector.reference.runway_placing import surface_of

ROOT = Path(__file__).parents[2]


def test_the_packed_table_is_what_its_sources_give() -> None:
    script = ROOT / "scripts" / "build_reference.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "34,128  fields" in done.stdout


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("ASP", "paved"),
        ("ASPH-TURF", "paved"),
        ("TURF-ASPH", "unpaved"),
        ("Concrete", "paved"),
        ("GRE", "unpaved"),
        ("GRVL", "unpaved"),
        ("PIÇARRA", "unpaved"),
        ("WATER-E", "water"),
        ("", "unknown"),
        ("UNK", "unknown"),
    ],
)
def test_free_text_about_a_surface_falls_into_a_class(text: str, surface: str) -> None:
    assert surface_of(text) == surface
