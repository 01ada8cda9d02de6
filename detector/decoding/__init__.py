"""Frames to reports. `DECODERS` is the registry: the columnar decoder for work, the reference one to check it."""

from detector.decoding.columnar import ColumnarDecoder
from detector.decoding.interface import Decoder
from detector.decoding.reference import ReferenceDecoder

DECODERS: dict[str, type[Decoder]] = {"columnar": ColumnarDecoder, "reference": ReferenceDecoder}

__all__ = ["DECODERS", "ColumnarDecoder", "Decoder", "ReferenceDecoder"]
