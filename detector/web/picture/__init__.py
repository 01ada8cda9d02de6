"""One alert as a picture that a newspaper could print: SVG of our own, and PNG of it."""

from detector.web.picture.case import HeardCell, PictureCase, Receiver
from detector.web.picture.sheet import svg

__all__ = ["HeardCell", "PictureCase", "Receiver", "svg"]
