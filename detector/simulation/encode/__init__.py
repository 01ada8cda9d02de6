"""The inverse of a Mode S decoder: values in their units become the bits that an aircraft would send.

All functions work on columns (int64 or float64 arrays of one length, or scalars that broadcast), because a scenario
has hundreds of thousands of frames. A 56-bit field (ME, MB, MV) fits an int64 with room to spare.

    parity       CRC-24 and address/parity
    frames       DF 0, 4, 5, 11, 16, 17, 18, 20, 21 around their fields
    cpr          compact position reporting
    altitude     13-bit and 12-bit altitude codes, identity code
    position     TC 5-8, 9-18, 20-22
    velocity     TC 19
    status       TC 1-4, 28, 29, 31
    comm_b       BDS 2,0  4,0  5,0  6,0
"""
