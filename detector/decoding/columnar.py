"""The columnar decoder: a batch of frames to a batch of reports, all array work.

Layouts: ICAO Doc 9871 (registers 0,5 to 6,5), Annex 10 Vol IV 3.1.2 (downlink formats), RTCA DO-260B 2.2.3.2.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from detector.decoding import content, crc, integrity, positions
from detector.decoding.addresses import AddressBook
from detector.decoding.content import Kind, bits
from detector.domain.columns import SlotTable
from detector.domain.errors import Reject
from detector.domain.frame import LONG_BYTES, FrameBatch, RejectCounts
from detector.domain.report import ADSR, ANONYMOUS, ICAO, NAMESPACE_SHIFT, TISB, Positions, ReportBatch

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

LONG_FORMAT = 16
"""Downlink formats from 16 on have 112 bits."""
_NAMESPACE_BY_CF = np.array([ICAO, ANONYMOUS, TISB, -1, -1, TISB, ADSR, -1])
"""DF18 control field (DO-260B 2.2.3.2.1.3). CF 3 (coarse TIS-B) and 4 (management) have other layouts: not used."""

_KNOWN = np.isin(np.arange(256) >> 3, (0, 4, 5, 11, 16, 17, 18, 20, 21))
_CARRIES_ADDRESS = np.isin(np.arange(256) >> 3, (11, 17, 18))


def _highest_residual() -> U32:
    """By first byte: none for DF17, 18; the interrogator's seven bits for DF11 (Annex 10 Vol IV 3.1.2.3.3.2); any for
    the formats that carry their address there."""
    highest = np.full((32, 8), 0xFFFFFF, np.uint32)
    highest[11], highest[17], highest[18] = 127, 0, 0
    return highest.reshape(-1)


_HIGHEST_RESIDUAL = _highest_residual()

COLUMNS = positions.COLUMNS | integrity.COLUMNS


class ColumnarDecoder:
    """Decodes batches; keeps, per aircraft, what later messages need to be understood.

    `receiver_places`: (latitude, longitude) in degrees by receiver identity, for receivers that stand still.
    """

    def __init__(self, receiver_places: Mapping[int, tuple[float, float]] | None = None) -> None:
        self.addresses = AddressBook()
        self.table = SlotTable(COLUMNS)
        self.rejects = RejectCounts()
        self._receiver_places = dict(receiver_places or {})

    def decode(self, frames: FrameBatch) -> ReportBatch:
        """Reports of the frames that are whole, clean and of a known aircraft; the others are counted by reason."""
        words = crc.words(frames.payload)
        first_byte = (words[0] >> np.uint16(8)).astype(np.uint8)
        long = first_byte >= LONG_FORMAT << 3
        # Some recorders pad short replies to 14 bytes; the first seven are the frame.
        fits = (frames.length == LONG_BYTES) | ~long
        whole = fits & _KNOWN.take(first_byte)
        key, announces, usable = self._addresses(words, first_byte, whole, long)
        slot = self.addresses.slots(key, frames.heard_at, announces)
        refused = self.addresses.refused()
        accepted = usable & (slot >= 0)
        rows = np.flatnonzero(accepted)
        self.rejects.add(Reject.LENGTH, len(fits) - int(np.count_nonzero(fits)))
        self.rejects.add(Reject.UNKNOWN_FORMAT, int(np.count_nonzero(fits) - np.count_nonzero(whole)))
        self.rejects.add(Reject.TABLE_FULL, refused)
        self.rejects.add(Reject.UNANNOUNCED, int(np.count_nonzero(usable)) - len(rows) - refused)
        self.table.grow_to(self.addresses.size)
        if len(rows) < len(frames):
            words, first_byte, slot, key = words.take(rows, axis=1), first_byte[rows], slot[rows], key[rows]
        return self._reports(frames, rows, words, first_byte, slot, key)

    def _addresses(self, words: U16, first_byte: U8, whole: Flags, long: Flags) -> tuple[U32, Flags, Flags]:
        """(address key, announces itself cleanly, usable) of each row; the key of a row that is not usable is 0."""
        residual = np.zeros(len(whole), dtype=np.uint32)
        for rows, remainder in (
            (np.flatnonzero(whole & long), crc.residual_long),
            (np.flatnonzero(whole & ~long), crc.residual_short),
        ):
            residual[rows] = remainder(words if len(rows) == len(whole) else words.take(rows, axis=1))
        usable = whole & (residual <= _HIGHEST_RESIDUAL.take(first_byte))
        self.rejects.add(Reject.CRC, int(np.count_nonzero(whole) - np.count_nonzero(usable)))
        carries = _CARRIES_ADDRESS.take(first_byte)
        announced = ((words[0] & np.uint16(0xFF)).astype(np.uint32) << np.uint32(16)) | words[1]
        key = np.where(carries, announced, residual)
        df18 = np.flatnonzero(usable & (first_byte >> 3 == 18))
        if len(df18):
            namespace = _NAMESPACE_BY_CF[first_byte[df18] & 7]
            key[df18] |= np.maximum(namespace, 0).astype(np.uint32) << np.uint32(NAMESPACE_SHIFT)
            other_layout = df18[namespace < 0]
            usable[other_layout] = False
            self.rejects.add(Reject.UNKNOWN_FORMAT, len(other_layout))
        key[~usable] = 0
        return key, usable & carries & (residual == 0), usable

    def _reports(
        self, frames: FrameBatch, rows: Rows, words: U16, first_byte: U8, slot: npt.NDArray[np.int32], key: U32
    ) -> ReportBatch:
        """`rows` of the frames are reported; the other arrays hold these rows only."""
        heard_at = frames.heard_at[rows]
        df: U8 = first_byte >> np.uint8(3)
        # Bits 20-32 of every surveillance reply: altitude or identity code.
        code = words[1] & np.uint16(0x1FFF)
        squitter = np.flatnonzero((df == 17) | (df == 18))
        me = (words[2].take(squitter).astype(np.int64) << 40) | (words[3].take(squitter).astype(np.int64) << 24)
        me |= (words[4].take(squitter).astype(np.int64) << 8) | (words[5].take(squitter) >> np.uint16(8))
        typecode = np.zeros(len(rows), dtype=np.uint8)
        typecode[squitter] = me >> 51
        kind = content.KIND.take(me >> 48)

        def of(wanted: Kind) -> tuple[Rows, npt.NDArray[np.int64]]:
            which = np.flatnonzero(kind == int(wanted))
            return squitter[which], me[which]

        surface, surface_me = of(Kind.SURFACE)
        airborne, airborne_me = of(Kind.AIRBORNE)
        statuses = content.statuses(*of(Kind.STATUS))
        place = np.flatnonzero(kind <= int(Kind.AIRBORNE))
        at_surface = kind[place] == int(Kind.SURFACE)
        place_row, place_me = squitter[place], me[place]
        latitude, longitude, paired = positions.resolve(
            self.table,
            positions.Messages(
                slot=slot[place_row],
                heard_at=heard_at[place_row],
                lat=bits(place_me, 23, 17),
                lon=bits(place_me, 40, 17),
                odd=bits(place_me, 22, 1) == 1,
                surface=at_surface,
                receiver=frames.receiver[rows[place_row]],
            ),
            self._receiver_places,
        )
        self.rejects.add(Reject.NO_REFERENCE, int(np.count_nonzero(at_surface & np.isnan(latitude))))
        nic = integrity.categories(
            self.table, slot, place_row, place_me >> 51, bits(place_me, 8, 1), at_surface, statuses
        )
        return ReportBatch(
            heard_at=heard_at,
            slot=slot,
            address=key,
            df=df,
            typecode=typecode,
            on_ground=content.on_ground(first_byte, surface, airborne),
            frame_row=rows.astype(np.int32),
            positions=Positions(place_row.astype(np.int32), latitude, longitude, at_surface, nic, paired),
            altitudes=content.altitudes(df, code, airborne, airborne_me),
            velocities=content.velocities(*of(Kind.VELOCITY), surface, surface_me),
            idents=content.idents(*of(Kind.IDENT)),
            squawks=content.squawks(df, code, *of(Kind.EMERGENCY)),
            statuses=statuses,
        )
