"""The program itself, but for one thing: a delivery that failed is tried again within seconds, as often as it takes.

Ten attempts within three days are right for a receiver, and too long for a test that kills one a hundred times.
"""

from __future__ import annotations

import sys

from detector.alerting import retries
from detector.cli import main

SCHEDULE_S = (0.5,) * 1000

if __name__ == "__main__":
    retries.SCHEDULE_S = SCHEDULE_S
    sys.exit(main())
