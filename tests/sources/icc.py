"""Colour profiles made by hand (ICC.1:2001-04, 6 and 8.2)."""

import struct

__all__ = ["grey_profile", "rgb_profile"]

SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
"""Red, green and blue as X, Y and Z under D50."""


def rgb_profile(
    curve: float | bytes = 1.0,
    name: str = "a name",
    primaries: tuple[tuple[float, float, float], ...] = SRGB,
) -> bytes:
    """Light is a power of the numbers, or what a ``curv`` tag says; 1.0 is linear."""
    tone = curve if isinstance(curve, bytes) else gamma(curve)
    colorants = zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    tags = {tag: b"XYZ " + bytes(4) + fixed(*colour) for tag, colour in colorants}
    return profile(b"RGB ", name, tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), tone))


def grey_profile(curve: float = 1.0, name: str = "a name") -> bytes:
    return profile(b"GRAY", name, {b"kTRC": gamma(curve)})


def gamma(power: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(power * 256)) + bytes(2)


def srgb_curve(points: int = 1024) -> bytes:
    """The curve of IEC 61966-2-1, sampled."""
    values = [index / (points - 1) for index in range(points)]
    light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return (
        b"curv"
        + bytes(4)
        + struct.pack(f">I{points}H", points, *(round(one * 65535) for one in light))
    )


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def profile(space: bytes, name: str, own: dict[bytes, bytes]) -> bytes:
    text = name.encode() + b"\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(79),
        b"cprt": b"text" + bytes(4) + b"none\0\0\0\0",
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249),
    } | own
    table, data = struct.pack(">I", len(tags)), b""
    for tag, body in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    size = 128 + len(table) + len(data)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02100000, b"mntr", space, b"XYZ ")
    middle = bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return (header + middle).ljust(128, b"\0") + table + data
