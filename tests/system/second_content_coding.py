"""The encrypted content coding of RFC 8188 and what exchanges make of it, a second time and on its own:
stories open with it what kith and the page sealed. Run as a program it prints tests/vectors/content_coding.json."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD = 65536
TAG = 16
HEADER = 21  # without a key id


def to_text(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def derive(ikm, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt or None, info).derive(ikm)


def record_keys(ikm, salt):
    return (AESGCM(derive(ikm, salt, b"Content-Encoding: aes128gcm\0", 16)),
            derive(ikm, salt, b"Content-Encoding: nonce\0", 12))


def nonce_of(base, number):
    return (int.from_bytes(base, "big") ^ number).to_bytes(12, "big")


def header(salt, record_size, key_id=b""):
    return salt + record_size.to_bytes(4, "big") + bytes([len(key_id)]) + key_id


def seal_records(ikm, salt, blocks):
    """Blocks as they are, delimiters and all; hostile ones too."""
    key, base = record_keys(ikm, salt)
    return [key.encrypt(nonce_of(base, number), block, b"") for number, block in enumerate(blocks)]


def seal(ikm, salt, plain, record_size=RECORD, key_id=b""):
    room = record_size - TAG - 1
    pieces = [plain[at:at + room] for at in range(0, len(plain), room)] or [b""]
    blocks = [piece + b"\1" for piece in pieces[:-1]] + [pieces[-1] + b"\2"]
    return header(salt, record_size, key_id) + b"".join(seal_records(ikm, salt, blocks))


def open_sealed(ikm, sealed):
    """The content; raises for everything that is not exactly whole."""
    salt, record_size = sealed[:16], int.from_bytes(sealed[16:20], "big")
    body = sealed[HEADER + sealed[20]:]
    key, base = record_keys(ikm, salt)
    records = [body[at:at + record_size] for at in range(0, len(body), record_size)]
    plain = b""
    for number, record in enumerate(records):
        block = key.decrypt(nonce_of(base, number), record, b"").rstrip(b"\0")
        if block[-1:] != (b"\2" if number == len(records) - 1 else b"\1"):
            raise ValueError("the wrong delimiter")
        plain += block[:-1]
    if not records:
        raise ValueError("no record")
    return plain


def content_key(link_key):
    return derive(link_key, b"", b"kith exchange content", 32)


def name_key(link_key):
    return derive(link_key, b"", b"kith exchange name", 32)


def sealed_name(link_key, name_salt, name, media_type, content_salt):
    about = json.dumps({"name": name, "type": media_type, "salt": to_text(content_salt)}, ensure_ascii=False,
                       separators=(",", ":"))
    return to_text(seal(name_key(link_key), name_salt, about.encode()))


def pattern(size):
    """Content that vectors name by its size: byte i is (7 i + (i >> 8)) mod 256."""
    return bytes((7 * i + (i >> 8)) & 255 for i in range(size))


def sealed_sizes():
    room = RECORD - TAG - 1
    return [{"plain": plain, "sealed": HEADER + plain + (TAG + 1) * max(1, -(-plain // room))}
            for plain in (0, 1, room - 1, room, room + 1, 2 * room, 2 * room + 1, 10**12)]


def refused():
    """Sealed content that is not to be opened, each with what was done to it. Records of 25 bytes: 8 of content."""
    ikm, salt, plain = bytes(range(16, 48)), bytes(range(200, 216)), b"twenty-one bytes here"
    whole = seal(ikm, salt, plain, 25)
    records = [whole[at:at + 25] for at in range(HEADER, len(whole), 25)]
    head = header(salt, 25)

    def sealed_blocks(*blocks):
        return head + b"".join(seal_records(ikm, salt, blocks))

    cases = {
        "cut off between records": whole[:HEADER + 50],
        "cut off within a record": whole[:-1],
        "cut off behind the header": head,
        "cut off within the header": head[:20],
        "empty": b"",
        "records in another order": head + records[1] + records[0] + records[2],
        "a record left out": head + records[0] + records[2],
        "a record twice": head + records[0] + records[0] + records[1] + records[2],
        "a byte behind the end": whole + b"\0",
        "a record behind the end": sealed_blocks(b"12345678\2", b"12345678\2"),
        "the last record says that more come": sealed_blocks(b"12345678\1", b"1234\1"),
        "a full last record says that more come": sealed_blocks(b"12345678\1"),
        "no delimiter": sealed_blocks(b"\0\0\0\0\0\0\0\0\0"),
        "an unknown delimiter": sealed_blocks(b"12345678\3"),
        "one bit of the salt": bytes([whole[0] ^ 1]) + whole[1:],
        "one bit of the record size": whole[:19] + bytes([whole[19] ^ 1]) + whole[20:],
        "one bit of content": whole[:30] + bytes([whole[30] ^ 128]) + whole[31:],
        "one bit of the last tag": whole[:-1] + bytes([whole[-1] ^ 1]),
        "records with no room for content": header(salt, 17) + whole[HEADER:],
        "records of a gigabyte": header(salt, 1 << 30) + whole[HEADER:],
    }
    listed = [{"what": what, "ikm": to_text(ikm), "sealed": to_text(sealed)} for what, sealed in cases.items()]
    listed.append({"what": "another key", "ikm": to_text(bytes(32)), "sealed": to_text(whole)})
    return listed


def vectors():
    walrus = b"I am the walrus"
    link_key, name_salt, content_salt = bytes(range(32)), bytes(range(100, 116)), bytes(range(150, 166))
    padded_ikm, padded_salt = from_text("BO3ZVPxUlnLORbVGMpbT1Q"), from_text("uNCkWiNYzKTnBN9ji3-qWA")
    padded = header(padded_salt, 25, b"a1") + b"".join(
        seal_records(padded_ikm, padded_salt, [walrus[:7] + b"\1\0", walrus[7:] + b"\2"]))
    rfc = [
        {"what": "RFC 8188, section 3.1", "ikm": "yqdlZ-tYemfogSmv7Ws5PQ", "salt": "I1BsxtFttlv3u_Oo94xnmw",
         "record_size": 4096, "key_id": "", "padded": False, "plain": to_text(walrus),
         "sealed": "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"},
        {"what": "RFC 8188, section 3.2", "ikm": to_text(padded_ikm), "salt": to_text(padded_salt), "record_size": 25,
         "key_id": to_text(b"a1"), "padded": True, "plain": to_text(walrus),
         "sealed": "uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA"},
    ]
    assert seal(from_text(rfc[0]["ikm"]), from_text(rfc[0]["salt"]), walrus, 4096) == from_text(rfc[0]["sealed"])
    assert padded == from_text(rfc[1]["sealed"])
    small = [{"what": f"{size} bytes in records of 25", "ikm": to_text(content_key(link_key)),
              "salt": to_text(content_salt), "record_size": 25, "key_id": "", "padded": False,
              "plain": to_text(pattern(size)),
              "sealed": to_text(seal(content_key(link_key), content_salt, pattern(size), 25))}
             for size in (0, 1, 7, 8, 9, 16, 20)]
    room = RECORD - TAG - 1
    large = [{"plain_size": size, "plain_sha256": hashlib.sha256(pattern(size)).hexdigest(),
              "sealed_size": len(seal(content_key(link_key), content_salt, pattern(size))),
              "sealed_sha256": hashlib.sha256(seal(content_key(link_key), content_salt, pattern(size))).hexdigest()}
             for size in (0, 1, room - 1, room, room + 1, 3 * room, 200000)]
    name, media_type = "Größe & Gewicht 📷.jpg", "image/jpeg"
    text = sealed_name(link_key, name_salt, name, media_type, content_salt)
    return {
        "records": rfc + small,
        "link": {"key": to_text(link_key), "content_ikm": to_text(content_key(link_key)),
                 "name_ikm": to_text(name_key(link_key))},
        "contents": {"what": "byte i of the plain content is (7 i + (i >> 8)) mod 256; sealed with link.content_ikm",
                     "salt": to_text(content_salt), "record_size": RECORD, "of": large},
        "name": {"name": name, "type": media_type, "content_salt": to_text(content_salt), "salt": to_text(name_salt),
                 "json": json.dumps({"name": name, "type": media_type, "salt": to_text(content_salt)},
                                    ensure_ascii=False, separators=(",", ":")),
                 "sealed_name": text},
        "sizes": sealed_sizes(),
        "refused": refused(),
    }


if __name__ == "__main__":
    print(json.dumps(vectors(), indent=2, ensure_ascii=False))
