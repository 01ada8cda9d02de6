"""One alert for other programs: GeoJSON, KML and a table."""

from detector.web.exports.geojson import geojson
from detector.web.exports.kml import kml
from detector.web.exports.table import csv_table

__all__ = ["csv_table", "geojson", "kml"]
