"""What ICAO calls a model of OFAC's list: a table from its names to the designators of Doc 8643.

OFAC copies the name from whoever reported the aircraft: `A340-642`, `Airbus A340-642` and `A340` are of one type.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache

MODELS: tuple[tuple[str, str], ...] = (
    # Airbus
    ("A300B2*, A300B4-1*, A300B4-2*, A300C4-2*, A300F4-2*", "A30B"),
    ("A300-6*, A300B4-6*, A300C4-6*, A300F4-6*", "A306"),
    ("A300*", "A30B A306"),
    ("A310*", "A310"),
    ("A318*", "A318"),
    ("A319neo, A319-1*N", "A19N"),
    ("A319-1*", "A319"),
    ("A319*", "A319 A19N"),
    ("A320neo, A320-2*N", "A20N"),
    ("A320-1*, A320-2*", "A320"),
    ("A320*", "A320 A20N"),
    ("A321neo, A321-2*N, A321-2*NX", "A21N"),
    ("A321-1*, A321-2*", "A321"),
    ("A321*", "A321 A21N"),
    ("A330-2*", "A332"),
    ("A330-3*", "A333"),
    ("A330-8*", "A338"),
    ("A330-9*", "A339"),
    ("A330*", "A332 A333 A338 A339"),
    ("A340-2*", "A342"),
    ("A340-3*", "A343"),
    ("A340-5*", "A345"),
    ("A340-6*", "A346"),
    ("A340*", "A342 A343 A345 A346"),
    ("A350-9*", "A359"),
    ("A350-10*", "A35K"),
    ("A350*", "A359 A35K"),
    ("A380*", "A388"),
    # Boeing; the maker's B before the number does not count
    ("707-1*", "B701"),
    ("707-3*", "B703"),
    ("707*", "B701 B703"),
    ("727-1*", "B721 R721"),
    ("727-2*", "B722 R722"),
    ("727*", "B721 B722 R721 R722"),
    ("737 MAX 7", "B37M"),
    ("737 MAX 8*", "B38M"),
    ("737 MAX 9", "B39M"),
    ("737 MAX 10", "B3XM"),
    ("737-1*", "B731 B3XM"),
    ("737-2*", "B732"),
    ("737-3*", "B733"),
    ("737-4*", "B734"),
    ("737-5*", "B735"),
    ("737-6*", "B736"),
    ("737-7*", "B737 B37M"),
    ("737-8*", "B738 B38M"),
    ("737-9*", "B739 B39M"),
    ("737*", "B731 B732 B733 B734 B735 B736 B737 B738 B739 B37M B38M B39M B3XM"),
    ("747SP*", "B74S"),
    ("747SR*", "B74R"),
    ("747-1*", "B741 B74R"),
    ("747-2*", "B742"),
    ("747-3*", "B743"),
    ("747-4*", "B744 B74D"),
    ("747-8*", "B748"),
    ("747*", "B741 B742 B743 B744 B748 B74D B74R B74S"),
    ("757-2*", "B752"),
    ("757-3*", "B753"),
    ("757*", "B752 B753"),
    ("767-2*", "B762"),
    ("767-3*", "B763"),
    ("767-4*", "B764"),
    ("767*", "B762 B763 B764"),
    ("777F*", "B77L"),
    ("777-2*", "B772 B77L"),
    ("777-3*", "B773 B77W"),
    ("777-8*", "B778"),
    ("777-9*", "B779"),
    ("777*", "B772 B773 B778 B779 B77L B77W"),
    ("787-8*", "B788"),
    ("787-9*", "B789"),
    ("787-10*", "B78X"),
    ("787*", "B788 B789 B78X"),
    # Douglas. OFAC calls the MD-80 by the name of its type certificate: EP-CPD, a DC-9, has the number of an MD-83.
    ("DC-9-1*", "DC91"),
    ("DC-9-2*", "DC92"),
    ("DC-9-3*", "DC93"),
    ("DC-9-4*", "DC94"),
    ("DC-9-5*", "DC95"),
    ("DC-9-81*, MD-81*", "MD81"),
    ("DC-9-82*, MD-82*", "MD82"),
    ("DC-9-83*, MD-83*", "MD83"),
    ("DC-9-87*, MD-87*", "MD87"),
    ("MD-88*", "MD88"),
    ("MD-90*", "MD90"),
    ("DC-9*", "DC91 DC92 DC93 DC94 DC95 MD81 MD82 MD83 MD87 MD88 MD90"),
    ("MD-8*", "MD81 MD82 MD83 MD87 MD88"),
    ("MD-11*", "MD11"),
    # ATR
    ("ATR-42*", "AT43 AT44 AT45 AT46"),
    ("ATR-72*", "AT72 AT73 AT75 AT76"),
    # British Aerospace. There is no RJ300: its two have serial numbers of the 146-300, as one of the five RJ100 has.
    ("146-1*", "B461"),
    ("146-2*", "B462"),
    ("146-3*, 146*RJ300", "B463"),
    ("RJ70*, Avro RJ70*, 146*RJ70", "RJ70"),
    ("RJ85*, Avro RJ85*, 146*RJ85", "RJ85"),
    ("146*RJ100", "RJ1H B463"),
    ("RJ100*, Avro RJ100*", "RJ1H"),
    ("146*, RJ70*, RJ85*, RJ100*, Avro RJ*", "B461 B462 B463 RJ70 RJ85 RJ1H"),
    ("125*700*, 125*800*, Hawker 750*, Hawker 800*, Hawker 850*, Hawker 900*", "H25B"),
    # Embraer
    ("EMB-135BJ*, Legacy 600, Legacy 650*", "E35L"),
    ("ERJ-135*, EMB-135*", "E135 E35L"),
    ("ERJ-145XR, EMB-145XR", "E45X"),
    ("ERJ-145*, EMB-145*", "E145"),
    ("ERJ-190-2*, E195, 195", "E195"),
    ("ERJ-190*, EMB-190*, E190, 190", "E190"),
    # Bombardier, Canadair, Learjet, De Havilland Canada
    ("CRJ-100*", "CRJ1"),
    ("CRJ-200*", "CRJ2"),
    ("CRJ-700*", "CRJ7"),
    ("CRJ-900*", "CRJ9"),
    ("Challenger 300", "CL30"),
    ("Challenger 350*", "CL35"),
    ("Challenger 60?, Challenger 650", "CL60"),
    ("Global 5*", "GL5T"),
    ("Global Express*, Global 6*", "GLEX"),
    ("Global 7*", "GL7T"),
    ("Learjet 31*", "LJ31"),
    ("Learjet 35*, Learjet 36*", "LJ35"),
    ("Learjet 40*", "LJ40"),
    ("Learjet 45*", "LJ45"),
    ("Learjet 55*", "LJ55"),
    ("Learjet 60*", "LJ60"),
    ("Learjet 75*", "LJ75"),
    ("DHC-7*, Dash 7*", "DHC7"),
    ("DHC-8*, Dash 8*", "DH8A DH8B DH8C DH8D"),
    # Dassault. There is no Falcon 200EX: OFAC's YV3360 is a 2000EX.
    ("Falcon 20, Falcon 20?", "FA20"),
    ("Falcon 2000*, Falcon 200EX*", "F2TH"),
    ("Falcon 50*", "FA50"),
    ("Falcon 900*", "F900"),
    ("Falcon 7X", "FA7X"),
    ("Falcon 8X", "FA8X"),
    # Gulfstream
    ("G200, Gulfstream 200, Gulfstream G200", "GALX"),
    ("G280, Gulfstream 280, Gulfstream G280", "G280"),
    ("G450, Gulfstream G450, G-IV*, Gulfstream IV*", "GLF4"),
    ("G550, Gulfstream G550, G-V, Gulfstream V", "GLF5"),
    ("G650*, Gulfstream G650*", "GLF6"),
    # Fokker. The Fokker 100 is the F28 Mark 0100; all of OFAC's F28 have serial numbers of it (from 11244 on).
    ("F28*0100, Fokker 100*", "F100"),
    ("F28*0070, Fokker 70*", "F70"),
    ("F28*", "F28 F70 F100"),
    ("F27*", "F27"),
    ("Fokker 50*", "F50"),
    # Cessna, Beech, Let
    ("208*", "C208"),
    ("1900*", "B190"),
    ("L-410*", "L410"),
    # Antonov, Ilyushin, Sukhoi, Tupolev, Yakovlev
    ("An-124*", "A124"),
    ("An-12, An-12?, An-12B?", "AN12"),
    ("An-24*", "AN24"),
    ("An-26*", "AN26"),
    ("An-32*", "AN32"),
    ("An-72*, An-74*", "AN72"),
    ("An-140*", "A140"),
    ("An-148*, A148*", "A148"),
    ("An-158*, A158*", "A158"),
    ("Il-18*", "IL18"),
    ("Il-62*", "IL62"),
    ("Il-76*, Il-78*", "IL76"),
    ("Il-96*", "IL96"),
    ("Superjet 100*, SSJ-100*, RRJ-95*", "SU95"),
    ("Tu-134*, T134*", "T134"),
    ("Tu-154*, T154*", "T154"),
    ("Tu-204*, Tu-214*, T204*", "T204"),
    ("Yak-40*", "YK40"),
    ("Yak-42*", "YK42"),
)
"""Names, and designators as divided by blanks. Of a name * is any characters and ? is one; case, blanks and punctuation
do not count, nor does a maker of `MAKERS` before it.

The first row that fits tells the designators. All rows that fit tell the family: so the row of a plain name, which
stands below those of its versions, has the designators of all of them.
"""

MAKERS = (
    *("Airbus", "Antonov", "Beechcraft", "Beech", "Boeing", "Bombardier", "British Aerospace", "BAE Systems", "BAe"),
    *("Canadair", "Cessna", "Dassault Aviation", "Dassault", "De Havilland Canada", "De Havilland", "Embraer"),
    *("Ilyushin", "Let", "McDonnell Douglas", "Douglas", "Mystere", "Raytheon", "Sukhoi", "Tupolev", "Yakovlev"),
)
"""A name with another one in it at its beginning stands before that one."""


def designators(model: str) -> frozenset[str]:
    """Those that an aircraft of the model can have; none of a name that the table does not know."""
    return _together(model, first=True)


def family(model: str) -> frozenset[str]:
    """Those of all versions of the model: sources mix up a 747-200 and a 747-400 more often than a 747 and a 737."""
    return _together(model, first=False)


@cache
def _together(model: str, *, first: bool) -> frozenset[str]:
    """Several models are divided by semicolons. Where one of them is unknown, the aircraft may be anything."""
    each = [_of_one(name, first=first) for name in model.split(";")]
    return frozenset().union(*each) if all(each) else frozenset()


def _of_one(model: str, *, first: bool) -> frozenset[str]:
    name = _MAKER.sub("", _plain(model))
    found = [codes for patterns, codes in _TABLE if any(fnmatchcase(name, pattern) for pattern in patterns)]
    return frozenset().union(*(found[:1] if first else found))


def _plain(text: str, wild: str = "") -> str:
    return re.sub(f"[^0-9A-Z{wild}]", "", text.upper())


_MAKER = re.compile(f"^(?:{'|'.join(_plain(maker) for maker in MAKERS)})*(?:B(?=7[0-8]7|146))?")
_TABLE = tuple(
    (tuple(_plain(name, wild="*?") for name in names.split(",")), frozenset(codes.split())) for names, codes in MODELS
)
