"""What the service has found and hears, held in memory for those who look: fed by the path, never asking it to wait.

findings   alerts, stops and gaps in their last revisions, in pages
fleet      aircraft that are heard, as columns, looked up at most once a second
trails     where they were
ring       the latest news, numbered, so that who was away can catch up
model      all of it together
"""

from detector.web.live.model import LiveModel

__all__ = ["LiveModel"]
