"""Aircraft on the Specially Designated Nationals list of OFAC (US Treasury): readers of its files, and its history.

An entry is OFAC's published word about an airframe. It is no legal finding about a flight.
"""

from __future__ import annotations

from detector.reference.ofac.entries import Refused, SdnAircraft, SdnList
from detector.reference.ofac.merge import SdnChanges, changes, merged
from detector.reference.ofac.sdn_csv import read_sdn_csv
from detector.reference.ofac.sdn_xml import read_sdn_advanced

__all__ = [
    "Refused",
    "SdnAircraft",
    "SdnChanges",
    "SdnList",
    "changes",
    "merged",
    "read_sdn_advanced",
    "read_sdn_csv",
]
