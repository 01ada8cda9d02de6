"""The composition root: settings to objects. The only package that knows every other.

Replay    recordings through the path, once
Serving   the service: live feeds through the path, until it is stopped
"""

from __future__ import annotations

from detector.app.path import build_pipeline
from detector.app.replaying import (
    RUN_INDEX,
    RUN_PREFIX,
    Progress,
    Replay,
    ReplayOptions,
    ReplayResult,
    RunRecord,
)
from detector.settings.homes import replay_home, service_home, state_home

__all__ = [
    "RUN_INDEX",
    "RUN_PREFIX",
    "Progress",
    "Replay",
    "ReplayOptions",
    "ReplayResult",
    "RunRecord",
    "build_pipeline",
    "replay_home",
    "service_home",
    "state_home",
]
