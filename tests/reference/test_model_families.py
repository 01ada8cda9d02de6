from __future__ import annotations

import importlib.resources

import pytest

from detector.reference.csv_rows import rows
from detector.reference.model_families import MAKERS, MODELS, designators, family
from detector.reference.ofac import SdnList

DATA = importlib.resources.files("detector.reference") / "data"


@pytest.mark.parametrize(
    ("model", "codes"),
    [
        ("ATR-72", "AT72 AT73 AT75 AT76"),
        ("ATR-72-212A", "AT72 AT73 AT75 AT76"),
        ("ATR42", "AT43 AT44 AT45 AT46"),
        ("ERJ190", "E190"),
        ("ERJ-145", "E145"),
        ("EMB135", "E135 E35L"),
        ("Embraer 190", "E190"),
        ("Learjet 45", "LJ45"),
        ("BAe 146-200", "B462"),
        ("B.146-300", "B463"),
        ("BAe-146 Avro RJ300", "B463"),
        ("BAe-146 Avro RJ100", "B463 RJ1H"),
        ("BAe RJ85", "RJ85"),
        ("DHC7", "DHC7"),
        ("Yak-40K(F)", "YK40"),
        ("Falcon 900EX", "F900"),
        ("Falcon 200EX", "F2TH"),
        ("Dassault Falcon 2000LX", "F2TH"),
        ("Falcon 200", "FA20"),
        ("Tu-134BK-3", "T134"),
        ("T154-B", "T154"),
        ("T204-300", "T204"),
        ("1900D", "B190"),
        ("208", "C208"),
        ("Cessna 208B", "C208"),
        ("AN24-RV", "AN24"),
        ("An-74TK-200", "AN72"),
        ("A148-100", "A148"),
        ("Antonov An-12BK", "AN12"),
        ("An-124-100", "A124"),
        ("IL18-D", "IL18"),
        ("IL62-M", "IL62"),
        ("Il-76TD", "IL76"),
        ("A300B2K-3C", "A30B"),
        ("A300B4-203", "A30B"),
        ("A300B4-622R", "A306"),
        ("A300-600", "A306"),
        ("A300", "A306 A30B"),
        ("A310-304", "A310"),
        ("A320", "A20N A320"),
        ("Airbus A321-131", "A321"),
        ("A320-251N", "A20N"),
        ("A330", "A332 A333 A338 A339"),
        ("A340", "A342 A343 A345 A346"),
        ("A340-313X", "A343"),
        ("Airbus A340-642", "A346"),
        ("B.727-269", "B722 R722"),
        ("Boeing 737-300", "B733"),
        ("B747-3B3", "B743"),
        ("Boeing B747", "B741 B742 B743 B744 B748 B74D B74R B74S"),
        ("777-300ER", "B773 B77W"),
        ("DC-9", "DC91 DC92 DC93 DC94 DC95 MD81 MD82 MD83 MD87 MD88 MD90"),
        ("MD-83", "MD83"),
        ("F28", "F100 F28 F70"),
        ("Fokker 100", "F100"),
        ("G200", "GALX"),
        ("Gulfstream 200", "GALX"),
        ("Hawker 800XP", "H25B"),
        ("BAE 125 Series 800B", "H25B"),
        ("A340-642; A340-313X", "A343 A346"),
    ],
)
def test_a_model_has_the_designators_of_the_row_that_names_it_first(model: str, codes: str) -> None:
    assert designators(model) == set(codes.split())


@pytest.mark.parametrize("model", ["", ";", "Spaceship One", "A3", "A34", "B7", "B74", "Airbus", "*", "A340; Airship"])
def test_a_model_that_the_table_does_not_know_has_none(model: str) -> None:
    assert designators(model) == family(model) == frozenset()


def test_the_family_of_a_model_is_that_of_all_its_versions() -> None:
    assert family("B.747-422") == family("Boeing B747") == designators("B747")
    assert family("A340-642") == designators("A340")
    assert family("MD-83") == designators("MD-8")
    assert family("1900D") == {"B190"}
    assert not family("B747") & family("B737")


def test_every_model_of_the_shipped_list_has_designators() -> None:
    shipped = SdnList.from_bytes((DATA / "ofac_sdn.json").read_bytes(), "ofac_sdn.json")
    models = {each.model for each in shipped.entries}
    assert len(models) > 60
    assert {model for model in models if not designators(model)} == set()


def test_every_designator_of_the_table_is_one_of_doc_8643() -> None:
    known = {row[0] for row in rows((DATA / "model_types.csv.gz").read_bytes(), ("ICAO", "Model"), "types")}
    assert {code for _, codes in MODELS for code in codes.split()} <= known


def test_every_row_of_the_table_can_be_the_first_that_fits() -> None:
    """A row below one that covers it would never be reached, and its designators never told."""
    for names, codes in MODELS:
        for name in names.split(","):
            model = name.replace("*", "").replace("?", "1")
            if designators(model) != set(codes.split()):
                # A plain name that a version above it has as well, as the 737-1 of 737-1*.
                assert designators(model) < set(codes.split()), name


def test_makers_are_stripped_before_a_model_and_the_longer_name_first() -> None:
    for at, maker in enumerate(MAKERS):
        assert not any(later.startswith(maker) for later in MAKERS[at + 1 :])
        assert designators(f"{maker} A340-642") == {"A346"}
