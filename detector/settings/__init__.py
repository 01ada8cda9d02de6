"""Settings: files that a person edits, read into frozen values; every mistake is named with file and line.

load_configuration(path)   everything the application needs: settings, airports, watch list, their hash
"""

from __future__ import annotations

from detector.settings.load import (
    BASELINES,
    OF_CONFIGURATION,
    Configuration,
    find_config,
    history_folder,
    load_configuration,
    load_settings,
    reference_folder,
)
from detector.settings.schema import ReceiverSettings, Settings

__all__ = [
    "BASELINES",
    "OF_CONFIGURATION",
    "Configuration",
    "ReceiverSettings",
    "Settings",
    "find_config",
    "history_folder",
    "load_configuration",
    "load_settings",
    "reference_folder",
]
