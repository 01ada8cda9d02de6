"""The program itself, but for two things: failed deliveries come again within seconds, as in `tests.faults`, and drift
of the model is told from the first score on: 200 stops take longer than a test may.
"""

from __future__ import annotations

import sys

from detector.alerting import retries
from detector.cli import main
from detector.scoring import drift
from tests.faults.quick_retries import SCHEDULE_S

if __name__ == "__main__":
    retries.SCHEDULE_S = SCHEDULE_S
    drift.LEAST_STOPS = 1
    sys.exit(main())
