"""The cryptography of kith-live/1 a second time, from docs/live.md alone: stories play sender and receiver with it,
and live_vectors.py prints tests/vectors/live.json."""

import base64
import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

PIECE = 262144
DIGEST = 32
TAG = 16


class Refused(Exception):
    """What came is not what somebody with the secret sent."""


def to_text(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_of(secret_key):
    return X25519PrivateKey.from_private_bytes(secret_key).public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def dec(number):
    return "" if number is None else str(number)


def lengthened(*parts):
    """LP of each, one behind the other."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(struct.pack(">Q", len(part)) + part for part in encoded)


def mac_of(key, *parts):
    return hmac.new(key, lengthened(*parts), hashlib.sha256).digest()


def auth_key(secret):
    return HKDF(hashes.SHA256(), 32, None, b"kith-live/1 authentication").derive(secret)


def files_mac(auth, files):
    parts = [part for file in files for part in (file["name"], dec(file["size"]), file["type"])]
    return mac_of(auth, "kith-live/1 files", *parts)


def receiver_mac(auth, live_id, file, receiver_key):
    return mac_of(auth, "kith-live/1 receiver", live_id, dec(file), receiver_key)


def sender_mac(auth, of, salt, chunks, start):
    """`of`: the Request."""
    return mac_of(auth, "kith-live/1 sender", of.live_id, of.request_id, dec(of.file), of.receiver_key, of.sender_key,
                  salt, dec(chunks), dec(start))


def chunks_of(size):
    return -(-size // PIECE) + 1


class Request:
    """What both sides know of one request once the sender opened."""

    def __init__(self, live_id, request_id, file, receiver_key, sender_key):
        self.live_id, self.request_id, self.file = live_id, request_id, file
        self.receiver_key, self.sender_key = receiver_key, sender_key


class Keys:
    """The keys of one opening."""

    def __init__(self, secret, of, own_secret_key, other_public_key, salt):
        try:
            self.shared = X25519PrivateKey.from_private_bytes(own_secret_key).exchange(
                X25519PublicKey.from_public_bytes(other_public_key))
        except ValueError as error:  # all zero
            raise Refused("a public key of low order") from error
        binding = lengthened(of.live_id, of.request_id, dec(of.file), of.receiver_key, of.sender_key)
        self.request_id = of.request_id
        self.prk = hmac.new(salt, self.shared + secret, hashlib.sha256).digest()  # RFC 5869, section 2.2
        self.content = self.expand("kith-live/1 content", binding)
        self.receipt = self.expand("kith-live/1 receipt", binding)
        self.cipher = AESGCM(self.content)

    def expand(self, label, binding):
        return HKDFExpand(hashes.SHA256(), 32, lengthened(label) + binding).derive(self.prk)

    def associated(self, number, last):
        return self.request_id.encode() + struct.pack(">QB", number, int(last))

    def seal(self, number, last, plain):
        return self.cipher.encrypt(number.to_bytes(12, "big"), plain, self.associated(number, last))

    def open(self, number, last, sealed):
        try:
            return self.cipher.decrypt(number.to_bytes(12, "big"), sealed, self.associated(number, last))
        except InvalidTag as error:
            raise Refused(f"chunk {number} does not open") from error

    def receipt_mac(self, digest):
        return mac_of(self.receipt, "kith-live/1 received", self.request_id, digest)


class Taking:
    """A receiver's side of one file: chunks in order, and the digest at the end. Goes on over several openings."""

    def __init__(self, size):
        self.size, self.next, self.had = size, 0, 0
        self.digest, self.short, self.complete = hashlib.sha256(), False, False
        self.keys = self.chunks = None

    def opened(self, keys, chunks, start):
        if start != self.next:
            raise Refused(f"begins with chunk {start} and not {self.next}")
        if self.size is not None and chunks is not None and chunks != chunks_of(self.size):
            raise Refused("another number of chunks than the listing's size has")
        self.keys, self.chunks = keys, chunks

    def is_closing(self, number, sealed):
        """The closing chunk and its content; with a length nobody knows, whatever opens as one is it."""
        if self.chunks is not None:
            last = number == self.chunks - 1
            return last, self.keys.open(number, last, sealed)
        if len(sealed) == DIGEST + TAG:
            try:
                return True, self.keys.open(number, True, sealed)
            except Refused:
                pass
        return False, self.keys.open(number, False, sealed)

    def take(self, number, sealed):
        """The content of a piece; b"" for the closing chunk."""
        if self.complete or number != self.next:
            raise Refused(f"chunk {number} where {self.next} is next")
        last, plain = self.is_closing(number, sealed)
        if last:
            if self.size is not None and self.had != self.size:
                raise Refused("fewer bytes than the listing says")
            if not hmac.compare_digest(plain, self.digest.digest()):
                raise Refused("the digest is not that of what came")
            self.complete, self.next = True, number + 1
            return b""
        short = len(plain) < PIECE
        before_the_end = short and self.chunks is not None and number != self.chunks - 2
        if self.short or before_the_end or not 0 < len(plain) <= PIECE:
            raise Refused("a piece of a wrong size")
        self.short = short
        self.had += len(plain)
        if self.size is not None and self.had > self.size:
            raise Refused("more bytes than the listing says")
        self.digest.update(plain)
        self.next = number + 1
        return plain

    def ended(self):
        if not self.complete:
            raise Refused("an end without the closing chunk")


def content(size):
    """Byte i is (7 i + (i >> 8)) mod 256."""
    period = bytes((7 * i + (i >> 8)) & 255 for i in range(65536))
    return (period * (size // 65536 + 1))[:size]


def sealed_file(keys, plain, start=0):
    """Number, last and sealed bytes of each chunk from `start` on."""
    total = chunks_of(len(plain))
    for number in range(start, total):
        last = number == total - 1
        piece = hashlib.sha256(plain).digest() if last else plain[number * PIECE:(number + 1) * PIECE]
        yield number, last, keys.seal(number, last, piece)

