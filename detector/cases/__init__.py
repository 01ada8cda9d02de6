"""Cases: alerts as they were stored, the bundle that proves one, and its recomputation."""

from detector.cases.bundle import export, export_stored, verified, verify
from detector.cases.comparison import Fact, Outcome, Verification
from detector.cases.picturing import picture_of, picture_of_record
from detector.cases.stored import StoredRun, alert_of, chosen, newest_run, service_run

__all__ = [
    "Fact",
    "Outcome",
    "StoredRun",
    "Verification",
    "alert_of",
    "chosen",
    "export",
    "export_stored",
    "newest_run",
    "picture_of",
    "picture_of_record",
    "service_run",
    "verified",
    "verify",
]
