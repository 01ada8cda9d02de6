"""Findings to alerts."""

from detector.alerting.book import AlertBook, Watch
from detector.alerting.evidence import EvidenceBook, EvidenceFrame
from detector.alerting.settings import AlertSettings

__all__ = ["AlertBook", "AlertSettings", "EvidenceBook", "EvidenceFrame", "Watch"]
