"""What readsb's own JSON formats have in common: whose address it is, and the fields of an aircraft object.

Source: wiedehopf/readsb, README-json.md.
"""

from __future__ import annotations

from typing import Any

from detector.domain.report import ADSR, ANONYMOUS, ICAO, TISB
from detector.framing.track_rows import callsign, category, number, squawk

_NAMESPACES = {
    "adsb_other": ANONYMOUS,
    "adsr_icao": ADSR,
    "adsr_other": ADSR,
    "tisb_icao": TISB,
    "tisb_trackfile": TISB,
    "tisb_other": TISB,
}
_SAY_WHERE = frozenset({None, "adsb_icao", "adsb_icao_nt", "adsb_other", "adsr_icao", "adsr_other"})
"""Sources whose altitude as a number comes with the word that the aircraft is in the air; replies have it anywhere."""
GROUND = "ground"


def namespace(kind: object, address: object) -> int:
    """Whose address it is (`domain.report`): by the source of the data, or the `~` of an address not ICAO's."""
    anonymous = isinstance(address, str) and address.startswith("~")
    return _NAMESPACES.get(kind if isinstance(kind, str) else "", ANONYMOUS if anonymous else ICAO)


def on_ground(altitude: object, kind: object) -> int:
    """`ground` stands in place of an altitude; a number is the altitude of a flight. 1, 0, or -1 if neither is told."""
    if altitude == GROUND:
        return 1
    says_where = (kind is None or isinstance(kind, str)) and kind in _SAY_WHERE
    return 0 if number(altitude) == number(altitude) and says_where else -1


def details(of: dict[str, Any]) -> dict[str, Any]:
    """The columns that an aircraft object tells, but for time, place, altitude and motion over ground."""
    true_airspeed = of.get("tas")
    magnetic = of.get("mag_heading")
    return {
        "callsign": callsign(of.get("flight")),
        "category": category(of.get("category")),
        "squawk": squawk(of.get("squawk")),
        "nic": of.get("nic"),
        "nac_p": of.get("nac_p"),
        "airspeed_kt": true_airspeed if true_airspeed is not None else of.get("ias"),
        "airspeed_is_true": true_airspeed is not None,
        "heading_deg": magnetic if magnetic is not None else of.get("true_heading"),
    }
