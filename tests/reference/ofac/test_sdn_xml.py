from __future__ import annotations

import io
import itertools
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from detector.domain.errors import InputError
from detector.reference.ofac.entries import Refused, SdnAircraft, SdnList
from detector.reference.ofac.sdn_xml import read_sdn_advanced

DATA = (Path(__file__).parent / "data" / "sdn_advanced.xml").read_bytes()
NAMESPACE = b"https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"
PARTIES = DATA.index(b"<DistinctParties>") + len(b"<DistinctParties>")


def read(data: bytes) -> tuple[SdnList, Refused]:
    return read_sdn_advanced(io.BytesIO(data), "sdn.xml")


def test_an_aircraft_is_taken_with_all_that_the_file_tells_of_it() -> None:
    found, _ = read(DATA)
    assert found.dated == date(2025, 1, 15)
    assert found.entries[0] == SdnAircraft(
        identifier="99001",
        name="ZZ-AAA",
        tails=("ZZ-AAA",),
        previous_tails=("ZZ-AAX",),
        mode_s=("abc123",),
        model="Il-76TD",
        serial="1023400000",
        construction_no="8401",
        operator="EXAMPLE AIR & CARGO",
        linked_to=("EXAMPLE AIR", "DOE ROE, John Example"),
        programmes=("SDGT", "IFSR"),
        listed_from=date(2019, 1, 24),
        dated_by="entry date in sdn_advanced.xml",
    )


def test_without_the_day_it_was_created_an_entry_has_that_of_its_earliest_event() -> None:
    found, _ = read(DATA.replace(b">Created<", b">Made<"))
    assert found.entries[0].listed_from == date(2018, 5, 24)


def test_a_day_that_is_none_and_a_code_that_is_no_address_are_left_out() -> None:
    found, refused = read(DATA)
    assert found.entries[1].name == "MSN 391"
    assert (found.entries[1].listed_from, found.entries[1].dated_by) == (None, "")
    assert found.entries[1].mode_s == ()
    assert any("'42424'" in note for note in refused.notes)
    assert any("MSN 391): an event of the entry without a day" in note for note in refused.notes)


def test_former_ties_and_parties_without_a_name_are_not_linked() -> None:
    assert read(DATA)[0].entries[1].linked_to == ()


def test_an_aircraft_that_no_entry_lists_is_refused_and_other_parties_are_counted() -> None:
    found, refused = read(DATA)
    assert len(found.entries) == 2
    assert refused.rows == ("profile 99003: no sanctions entry names it: it is not on the list",)
    assert refused.others == 2


def test_labels_count_and_neither_their_ids_nor_the_namespace() -> None:
    other = DATA.replace(NAMESPACE, b"http://www.un.org/sanctions/1.0")
    for old, new in ((b'ID="64"', b'ID="9964"'), (b'ID="2"', b'ID="77"'), (b'TypeID="64"', b'TypeID="9964"')):
        other = other.replace(old, new)
    assert other.count(b'PartySubTypeID="77"') == 3
    assert read(other) == read(DATA)


def test_a_feature_beside_the_profile_is_taken_too() -> None:
    beside = DATA.replace(b"</Profile>", b"", 1).replace(b"<Feature ", b"</Profile><Feature ", 1)
    assert read(beside) == read(DATA)


def test_another_encoding_gives_the_same() -> None:
    text = DATA.decode().replace('encoding="utf-8"', 'encoding="utf-16"')
    assert read(text.encode("utf-16")) == read(DATA)


@pytest.mark.parametrize("left", [0, 1, 100, 300, 5_000, len(DATA) // 2, len(DATA) - 13, len(DATA) - 2])
def test_nothing_is_taken_of_a_file_that_is_cut_off(left: int) -> None:
    with pytest.raises(InputError, match=r"^sdn.xml: damaged or cut off.*get the file again$") as caught:
        read(DATA[:left])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        DATA.replace(b"</Profile>", b"</Profil>", 1),
        DATA[:PARTIES] + b"\x00\xff" + DATA[PARTIES:],
        DATA + b"<more/>",
        b"SDN list\n",
        DATA.replace(b'encoding="utf-8"', b'encoding="no-such"'),
        DATA.replace(b'encoding="utf-8"', b'encoding="gb18030"'),
    ],
)
def test_nothing_is_taken_of_a_damaged_file(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^sdn.xml: damaged or cut off"):
        read(data)


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE Sanctions>",
        b'<!DOCTYPE Sanctions SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE Sanctions [<!ENTITY a "b">]>',
        b'<!DOCTYPE Sanctions [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>',
    ],
)
def test_a_document_type_is_refused_in_one_line(doctype: bytes) -> None:
    data = DATA.replace(b"<Sanctions ", doctype + b"<Sanctions ", 1)
    with pytest.raises(InputError, match=r"^sdn.xml: declares a document type") as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_a_bomb_of_entities_does_not_go_off() -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"lol" * 1000) for n in range(12))
    bomb = b"<!DOCTYPE Sanctions [" + entities + b"]><Sanctions>&e11;</Sanctions>"
    tracemalloc.start()
    with pytest.raises(InputError, match="document type"):
        read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("data", [b"<sdnList/>", b"<html><body/></html>", b"<a:sanctions xmlns:a='b'/>"])
def test_other_xml_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^sdn.xml: XML with the root <.*>, not <Sanctions>"):
        read(data)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"<Year>2025</Year>", b"", "no day in DateOfIssue"),
        (b"<Month>1</Month><Day>15</Day>", b"<Month>13</Month><Day>15</Day>", "no day in DateOfIssue"),
        (b">Aircraft</PartySubType>", b">Airship</PartySubType>", "no aircraft in it"),
    ],
)
def test_a_file_without_a_day_or_without_aircraft_is_refused(old: bytes, new: bytes, words: str) -> None:
    assert old in DATA
    with pytest.raises(InputError, match=f"^sdn.xml: {words}"):
        read(DATA.replace(old, new))


@pytest.mark.parametrize(
    ("tag", "more"),
    [
        (b"<VersionDetail", b"x" * 100_001),
        (b"<NamePartValue", b"x" * 100_001),
        (b"<FeatureType ", b"xy<b>z</b>" * 50_000),
        (b"<Comment", b"x" * 100_001),
        (b"<FeatureType ", b"\xc3\xa9" * 100_001),
        (b"<DistinctParties", b" " * 100_001),
    ],
)
def test_an_element_with_more_text_than_any_of_the_real_file_is_refused(tag: bytes, more: bytes) -> None:
    at = DATA.index(b">", DATA.index(tag)) + 1
    with pytest.raises(InputError, match=r"^sdn.xml: an element with more than 100,000 characters") as caught:
        read(DATA[:at] + more + DATA[at:])
    assert "\n" not in str(caught.value)


def test_many_elements_have_more_text_together_than_one_may_have() -> None:
    at = DATA.index(b"</FeatureTypeValues>")
    more = b"".join(b'<FeatureType ID="a%d">%s</FeatureType>\n' % (n, b"x" * 90_000) for n in range(5))
    assert read(DATA[:at] + more + DATA[at:]) == read(DATA)


def test_what_a_terminal_obeys_or_nobody_sees_is_left_out() -> None:
    odd = "\u202e\u200b\x9b".encode()
    other = DATA.replace(b">ZZ-AAA<", b">ZZ" + odd + b"-AAA<").replace(b"Il-76TD", b"Il" + odd + b"-76TD")
    assert other.count(odd) >= 2
    assert read(other) == read(DATA)
    _, refused = read(DATA.replace(b'"99003"', b'"99003' + odd + b'"'))
    assert refused.rows == ("profile 99003: no sanctions entry names it: it is not on the list",)


def test_memory_does_not_grow_with_parties_that_are_no_aircraft() -> None:
    """Of each it keeps the name; a party of the real file has some 6 kB of XML."""
    start = DATA.index(b'<DistinctParty FixedRef="102">')
    party = DATA[start : DATA.index(b"</DistinctParty>", start) + len(b"</DistinctParty>")]
    padding = b'<Feature FeatureTypeID="8"><FeatureVersion><Comment>%s</Comment></FeatureVersion></Feature>' % (
        b"x" * 5000
    )
    party = party.replace(b"</Profile>", padding + b"</Profile>")

    class Parties(io.BytesIO):
        """Some 17 MB, made as they are read."""

        def __init__(self) -> None:
            super().__init__()
            numbered = (party.replace(b'"102"', b'"%d"' % n) for n in range(200_000, 203_000))
            self.parts = itertools.chain([DATA[:PARTIES]], numbered, [DATA[PARTIES:]])
            self.rest = b""

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            while len(self.rest) < size and (part := next(self.parts, b"")):
                self.rest += part
            taken, self.rest = self.rest[:size], self.rest[size:]
            return taken

    tracemalloc.start()
    found, refused = read_sdn_advanced(Parties(), "sdn.xml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == read(DATA)[0]
    assert refused.others == 3002
    assert peak < 5_000_000
