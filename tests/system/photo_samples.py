"""Photos for stories: those of tests/photos, with Exif put in, and hostile ones."""

import os
import struct
import zlib

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "photos")


def sample(name):
    """640 x 480: redder to the right, greener downwards, a white square in the upper left corner."""
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def _directory(entries, at):
    """A TIFF directory at offset `at`: (tag, type, bytes of the value), big-endian."""
    head, tail = struct.pack(">H", len(entries)), b""
    tail_at = at + 2 + 12 * len(entries) + 4
    for tag, kind, value in entries:
        count = len(value) // {2: 1, 3: 2, 4: 4, 5: 8}[kind]
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(">I", tail_at + len(tail))
        head += struct.pack(">HHI", tag, kind, count) + place
        tail += value if len(value) > 4 else b""
    return head + struct.pack(">I", 0) + tail


def exif(taken=None, offset=None, make=None, model=None, orientation=None, place=False):
    def text(value):
        return value.encode() + b"\0"

    main, inner, gps = [], [], []
    if make:
        main.append((0x010F, 2, text(make)))
    if model:
        main.append((0x0110, 2, text(model)))
    if orientation:
        main.append((0x0112, 3, struct.pack(">H", orientation)))
    if taken:
        inner.append((0x9003, 2, text(taken)))
    if offset:
        inner.append((0x9011, 2, text(offset)))
    if place:
        degrees = struct.pack(">6I", 52, 1, 31, 1, 12, 1)
        gps = [(1, 2, text("N")), (2, 5, degrees), (3, 2, text("E")), (4, 5, degrees)]
    links = [(tag, 4, bytes(4)) for tag, entries in ((0x8769, inner), (0x8825, gps)) if entries]
    at = 8 + len(_directory(main + links, 8))
    for index, (tag, kind, _) in enumerate(links):
        links[index] = (tag, kind, struct.pack(">I", at))
        at += len(_directory(inner if tag == 0x8769 else gps, at))
    out = b"MM\0*" + struct.pack(">I", 8) + _directory(main + links, 8)
    for entries in (inner, gps):
        if entries:
            out += _directory(entries, len(out))
    return out


def jpeg(unique=b"", **facts):
    """plain.jpg with this Exif, and a comment that makes its content another."""
    plain = sample("plain.jpg")
    block = b"Exif\0\0" + exif(**facts)
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(unique)) + unique if unique else b""
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(block)) + block + comment + plain[2:]


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, rows=None):
    """An RGB picture of one colour; of a bomb `rows` are fewer than it says."""
    line = b"\0" + b"\x20\x60\xa0" * width
    data = zlib.compress(line * (height if rows is None else rows), 1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def size_of_webp(picture):
    """(width, height) of WebP of any of its three forms."""
    assert picture[:4] == b"RIFF" and picture[8:12] == b"WEBP", picture[:16]
    kind, body = picture[12:16], picture[20:]
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 ":
        return tuple(n & 0x3FFF for n in struct.unpack("<HH", body[6:10]))
    bits = int.from_bytes(body[1:5], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
