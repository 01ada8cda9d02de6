"""Kinds of operations: which types fly them, how far, and how long they stay between two flights.

How long they stay is after published figures:

[ATV]  AeroNewsTV, "What is the turnaround time of a plane?" (aeronewstv.com): regional jets 20 to 40 minutes, narrow
       bodies 30 to 60, wide bodies 60 to 90, A380 and 747 90 to 120; an earlier edition: low-cost airlines about half
       an hour, others about an hour; at Air France at least two and a half hours for a 777 or an A380.
[PRU]  EUROCONTROL Performance Review Unit, definition of turnaround (ansperformance.eu): up to 90 minutes for 31 to 80
       seats, 120 up to 180 seats, 150 up to 220 seats, 180 above: longer stays are something else.
[LSG]  Lange, Sieling, Gonzalez Parra, "Convergence in airline operations: the case of ground times" (Journal of Air
       Transport Management), from ADS-B: low-cost airlines are the quickest, network airlines the slowest.
[WC]   Wu and Caves, "Aircraft operational costs and turnaround efficiency at airports" (Journal of Air Transport
       Management 6, 2000): stays scatter around the schedule, with a long tail to the right.

Freighters, business, light and military aircraft have no published distribution that we know of: theirs are ours,
wide on purpose.
"""

from __future__ import annotations

from typing import NamedTuple


class Stay(NamedTuple):
    """Lognormal minutes on the ground, touchdown to lift-off: `median_min` and the `spread` of the logarithm.

    `shortest_min`: nobody is quicker. `long_share`: so many of the stays are long ones (a night, a check, a wait for
    the passenger) of `long_h` hours, lognormal with a spread of 0.6.
    """

    median_min: float
    spread: float
    shortest_min: float
    long_share: float
    long_h: float


class Operation(NamedTuple):
    """A kind of operation.

    `types`: ICAO designators; `cruise_kt`; `reach_nm`: from the base, the nearest and the farthest field flown to;
    `operators`, `aircraft` of each; `fields` of each; `evenness`: 0 flies to its first field almost always, 1 to all
    alike; `hub_share`: how often the next flight leads to the base; `elsewhere`: share of flights to a field that is in
    nobody's schedule; `night`: share that waits for the morning when it lands between 22 and 5.
    """

    name: str
    types: tuple[str, ...]
    cruise_kt: float
    reach_nm: tuple[float, float]
    operators: int
    aircraft: int
    fields: int
    evenness: float
    hub_share: float
    elsewhere: float
    night: float
    stay: Stay
    least_runway_ft: float
    military: bool = False
    named: bool = True
    """Whether the operator is known by name."""


OPERATIONS = (
    Operation("low-cost", ("B738", "A320", "A20N", "A21N"), 430.0, (150.0, 1_500.0), 6, 12, 40, 0.6, 0.5, 0.002, 0.95,
              Stay(35.0, 0.25, 22.0, 0.03, 5.0), 6_000.0),  # [ATV] [LSG] [PRU]
    Operation("network", ("A319", "A320", "A321", "B738", "E190"), 430.0, (120.0, 1_400.0), 5, 10, 45, 0.6, 0.5, 0.002,
              0.9, Stay(55.0, 0.3, 28.0, 0.05, 4.0), 6_000.0),  # [ATV] [LSG] [PRU]
    Operation("regional", ("AT76", "DH8D", "E75L", "CRJ9"), 330.0, (60.0, 500.0), 5, 6, 20, 0.6, 0.5, 0.002, 0.95,
              Stay(30.0, 0.28, 16.0, 0.05, 4.0), 4_500.0),  # [ATV] [PRU]
    Operation("long-haul", ("B77W", "A333", "B789", "A359", "B772"), 480.0, (2_000.0, 6_500.0), 5, 8, 25, 0.6, 0.5,
              0.002, 0.1, Stay(110.0, 0.35, 60.0, 0.2, 7.0), 8_500.0),  # [ATV] [PRU]
    Operation("very large", ("A388", "B744"), 485.0, (2_000.0, 6_500.0), 2, 6, 10, 0.6, 0.5, 0.002, 0.1,
              Stay(140.0, 0.3, 85.0, 0.2, 8.0), 9_500.0),  # [ATV]
    Operation("freight", ("B744", "B77L", "B763", "MD11", "A306"), 470.0, (400.0, 4_500.0), 5, 6, 30, 0.6, 0.45, 0.02,
              0.0, Stay(150.0, 0.55, 45.0, 0.2, 12.0), 7_500.0),
    Operation("night post", ("B752", "AT76", "B734"), 400.0, (150.0, 900.0), 3, 5, 12, 0.6, 0.5, 0.005, 0.0,
              Stay(70.0, 0.5, 25.0, 0.25, 14.0), 6_000.0),
    Operation("state airline", ("T204", "IL62", "A332", "B742", "A306", "YK40", "A320", "AN24"), 430.0,
              (200.0, 3_000.0), 6, 4, 10, 0.5, 0.5, 0.01, 0.3, Stay(90.0, 0.45, 40.0, 0.2, 18.0), 7_000.0),
    Operation("business", ("GLF6", "CL60", "C56X", "F2TH", "GLEX", "E55P"), 430.0, (150.0, 2_500.0), 30, 4, 60, 1.0,
              0.3, 0.25, 0.2, Stay(60.0, 0.6, 14.0, 0.45, 26.0), 4_800.0),
    Operation("light", ("C172", "P28A", "SR22", "DA40", "BE58"), 120.0, (20.0, 300.0), 50, 1, 12, 0.5, 0.5, 0.1, 0.95,
              Stay(45.0, 0.8, 5.0, 0.4, 30.0), 1_800.0, named=False),
    Operation("helicopter", ("EC35", "A139", "H145", "B407"), 130.0, (10.0, 120.0), 15, 2, 10, 0.6, 0.5, 0.1, 0.5,
              Stay(18.0, 0.8, 3.0, 0.35, 10.0), 0.0),
    Operation("air force", ("C17", "C130", "IL76", "A400", "K35R", "C295"), 400.0, (200.0, 3_500.0), 14, 5, 20, 0.6,
              0.45, 0.05, 0.1, Stay(150.0, 0.6, 25.0, 0.45, 30.0), 5_500.0, military=True),
    Operation("government", ("IL62", "T154", "A319", "B752", "GLF5", "F900", "IL96", "B762"), 440.0, (200.0, 4_500.0),
              16, 2, 25, 0.8, 0.4, 0.1, 0.4, Stay(180.0, 0.7, 30.0, 0.5, 30.0), 6_500.0, military=True),
)  # fmt: skip
