"""A poller of readsb's or tar1090's `aircraft.json`, and of the aggregators that share the v2 form.

http://192.168.1.10/tar1090/data/aircraft.json      with `allow_private`
https://api.adsb.lol/v2/point/39.2/125.7/250
https://api.airplanes.live/v2/point/39.2/125.7/250
https://opendata.adsb.fi/api/v2/lat/39.2/lon/125.7/dist/250
"""

from __future__ import annotations

from random import Random

from detector.feeds.polling import Poller
from detector.feeds.settings import FeedSettings
from detector.framing.readsb_document import FleetDocuments
from detector.net.exchange import HttpClient


class ReadsbPoller(Poller):
    """A Feed of the kinds readsb and v2."""

    def __init__(
        self, settings: FeedSettings, *, client: HttpClient | None = None, random: Random | None = None
    ) -> None:
        reader = FleetDocuments(settings.number, many=settings.kind == "v2")
        super().__init__(settings, reader, client=client, random=random)
