from __future__ import annotations

import importlib.resources
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from detector.reference.ofac.entries import SdnList
from scripts.build_identity import listing_days

ROOT = Path(__file__).parents[3]
SHIPPED = (importlib.resources.files("detector.reference") / "data" / "ofac_sdn.json").read_bytes()


def test_the_packed_list_is_what_the_sources_give() -> None:
    script = ROOT / "scripts" / "build_identity.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_as_many_aircraft_have_a_day_as_the_documents_speak_of() -> None:
    """117 in 2012 less Iran Air's, which left the list in 2016; then 9, 16, 31, 1, 67, 2, 3, 15 and 40."""
    found = SdnList.from_bytes(SHIPPED, "ofac_sdn.json")
    counts = Counter(entry.listed_from for entry in found.entries if entry.dated_by.endswith(")"))
    assert counts == {
        date(2012, 9, 19): 47,
        date(2015, 5, 21): 9,
        date(2016, 12, 2): 16,
        date(2018, 5, 24): 31,
        date(2018, 9, 25): 1,
        date(2018, 11, 5): 67,
        date(2019, 1, 24): 2,
        date(2019, 9, 30): 3,
        date(2020, 1, 21): 15,
        date(2020, 2, 7): 40,
    }


def test_an_aircraft_without_a_document_is_listed_from_the_day_the_list_itself_proves_and_says_so() -> None:
    found = SdnList.from_bytes(SHIPPED, "ofac_sdn.json")
    undated = [entry for entry in found.entries if not entry.dated_by.endswith(")")]
    assert len(undated) == 46
    assert {entry.listed_from for entry in undated} == {found.dated} == {date(2020, 2, 7)}
    assert {entry.dated_by for entry in undated} == {
        "on the list of about 2020; the day it was listed is not known here"
    }


def test_every_range_of_days_names_its_document_and_a_link() -> None:
    for numbers, day, document in listing_days():
        assert numbers
        assert day <= date(2020, 2, 7)
        assert " (http" in document
