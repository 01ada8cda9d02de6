"""Units of the field. Names carry the unit everywhere else; the factors stand here, once.

Sources: the international foot and nautical mile are exact by definition (ICAO Annex 5, table 3-3).
"""

FT_PER_M = 1 / 0.3048
M_PER_NM = 1852.0
FT_PER_NM = M_PER_NM * FT_PER_M
SECONDS_PER_HOUR = 3600.0
