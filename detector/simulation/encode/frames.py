"""Downlink formats around their fields (ICAO Annex 10 Vol IV, 3.1.2; figures 3-8 and following).

Every function returns `payload`, uint8 (n, 14), zero-padded after 7 bytes for the short formats. An `icao24` is the
address as a number. Scalars broadcast to the longest column.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.frame import LONG_BYTES
from detector.simulation.encode.parity import crc24

Ints = npt.NDArray[np.int64]
IntLike = npt.ArrayLike
Payload = npt.NDArray[np.uint8]


def extended_squitter(me: IntLike, *, icao24: IntLike, capability: IntLike = 5, df: IntLike = 17) -> Payload:
    """DF17 with `capability` CA, or DF18 with `capability` as its control field CF; plain parity."""
    return _frame(_header(df, capability, icao24), me, overlay=0)


def all_call_reply(*, icao24: IntLike, capability: IntLike = 5, interrogator: IntLike = 0) -> Payload:
    """DF11: an acquisition squitter where `interrogator` (7 bits, CL and IC) is 0, else a reply to it."""
    return _frame(_header(11, capability, icao24), None, overlay=interrogator)


def surveillance_altitude(*, icao24: IntLike, flight_status: IntLike, altitude_code: IntLike) -> Payload:
    """DF4: flight status and the 13-bit altitude code; no downlink request, no utility message."""
    return _frame(_header(4, flight_status, altitude_code), None, overlay=icao24)


def surveillance_identity(*, icao24: IntLike, flight_status: IntLike, identity_code: IntLike) -> Payload:
    """DF5: flight status and the 13-bit identity code."""
    return _frame(_header(5, flight_status, identity_code), None, overlay=icao24)


def comm_b_altitude(mb: IntLike, *, icao24: IntLike, flight_status: IntLike, altitude_code: IntLike) -> Payload:
    """DF20: DF4 with a 56-bit Comm-B field."""
    return _frame(_header(20, flight_status, altitude_code), mb, overlay=icao24)


def comm_b_identity(mb: IntLike, *, icao24: IntLike, flight_status: IntLike, identity_code: IntLike) -> Payload:
    """DF21: DF5 with a 56-bit Comm-B field."""
    return _frame(_header(21, flight_status, identity_code), mb, overlay=icao24)


def air_air_short(*, icao24: IntLike, on_ground: IntLike, altitude_code: IntLike) -> Payload:
    """DF0: vertical status and altitude; sensitivity level 7 and reply information 3 (ACAS, vertical only)."""
    return _frame(_header(0, _vertical_status(on_ground), _acas_fields(altitude_code)), None, overlay=icao24)


def air_air_long(mv: IntLike, *, icao24: IntLike, on_ground: IntLike, altitude_code: IntLike) -> Payload:
    """DF16: DF0 with a 56-bit field MV."""
    return _frame(_header(16, _vertical_status(on_ground), _acas_fields(altitude_code)), mv, overlay=icao24)


def length_of(payload: Payload) -> npt.NDArray[np.uint8]:
    """Lengths (n,), 7 or 14 bytes: the first bit of the format decides (Annex 10 Vol IV, 3.1.2.3.1)."""
    return np.where(payload[:, 0] >> 7, 14, 7).astype(np.uint8)


def _vertical_status(on_ground: IntLike) -> Ints:
    return np.asarray(on_ground, np.int64) << 2


def _acas_fields(altitude_code: IntLike) -> Ints:
    sensitivity_level, reply_information = 7, 3
    return np.asarray(altitude_code, np.int64) | sensitivity_level << 21 | reply_information << 15


def _header(df: IntLike, three_bits: IntLike, low_24_bits: IntLike) -> Ints:
    first = np.asarray(df, np.int64) << 27 | np.asarray(three_bits, np.int64) << 24
    header: Ints = first | np.asarray(low_24_bits, np.int64)
    return header


def _frame(header: Ints, field: IntLike | None, *, overlay: IntLike) -> Payload:
    columns = [header, np.asarray(0 if field is None else field, np.int64), np.asarray(overlay, np.int64)]
    head, body, overlaid = np.broadcast_arrays(*(np.atleast_1d(c) for c in columns))
    payload = np.zeros((len(head), LONG_BYTES), np.uint8)
    payload[:, 0:4] = _octets(head, 4)
    data_bytes = 4
    if field is not None:
        payload[:, 4:11] = _octets(body, 7)
        data_bytes = 11
    payload[:, data_bytes : data_bytes + 3] = _octets(crc24(payload[:, :data_bytes]) ^ overlaid, 3)
    return payload


def _octets(values: Ints, count: int) -> Payload:
    """The low `count` bytes of each value, most significant first: uint8 (n, count)."""
    return values.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 8 - count :]
