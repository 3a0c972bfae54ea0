"""What tests/vectors/live.json holds: kith-live/1 worked through with fixed secrets, by second_live.py.
Run as a program it prints them."""

import hashlib
import json

from second_live import (PIECE, Keys, Refused, Request, Taking, auth_key, chunks_of, content, files_mac, from_text,
                         public_of, receiver_mac, sealed_file, sender_mac, to_text)

ABOUT = [
    "Worked examples of docs/live.md, by a second implementation, printed by tests/system/live_vectors.py. Bytes "
    "are base64url without padding.",
    "`rule` content: byte i of a file is (7 i + (i >> 8)) mod 256. Where bytes would be long their SHA-256 stands "
    "for them.",
    "secret and auth_key: the link's secret and what MACs are made with. keys: X25519 secret and public keys by "
    "name.",
    "listings: files_mac over `files`. receivers: receiver_mac for `file` of live_id with receiver_key.",
    "openings: all that one opening derives. `receiver` and `sender` name the keys; shared is X25519 of them; "
    "receipt is receipt_mac for `digest`.",
    "chunks: `plain` sealed with the content_key of openings[opening] under `number` and `last`.",
    "contents: files by the rule, sealed from chunk `from` on with openings[opening]. digest is the whole file's; "
    "sealed[n] is the size and SHA-256 of chunk `number`; all_sha256 is that of the sealed chunks from `from` on, "
    "one behind the other.",
    "refused.chunks: with openings[opening]'s content_key and `request_id` these don't open as `number` with "
    "`last`.",
    "refused.public_keys: X25519 with any secret key gives zeros: refused, whoever sends them.",
    "refused.files, refused.receivers, refused.senders: MACs that are not the ones of what stands beside them.",
    "streams: what a receiver takes or refuses. The listing says `size`; the sender opened with "
    "openings[opening], `chunks` and `from`, and the receiver's next chunk is `next`, all before it being taken, "
    "by the rule. `sent` are the chunks as they come: `number` is what the line says; the bytes are `plain` "
    "sealed as `sealed_number` and `sealed_last`. Plain is {rule: [offset, length]} or {bytes}. Then the stream "
    "ends. `taken`: at most so many of `sent` are taken before it is refused; `complete`: whether the file is. A "
    "stream that isn't complete is refused, at the end if not before.",
]

SECRET = bytes(range(32))
LIVE_ID = "01jd0f9qv0000000000000000a"
REQUEST_IDS = ["01jd0f9qw00000000000000001", "01jd0f9qw00000000000000002", "01jd0f9qw00000000000000003"]
SECRET_KEYS = {name: hashlib.sha256(b"kith-live/1 example " + name.encode()).digest()
               for name in ("receiver", "sender", "second receiver", "second sender", "relay")}
SALTS = [bytes(range(start, start + 32)) for start in (64, 96, 128)]
P = 2**255 - 19
ORDER_8 = [bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
           bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
LOW_ORDER = [bytes(32), (1).to_bytes(32, "little"), *ORDER_8, (P - 1).to_bytes(32, "little"), P.to_bytes(32, "little"),
             (P + 1).to_bytes(32, "little"), bytes(31) + b"\x80"]

LISTINGS = {
    "one file": [{"name": "hello.txt", "size": 18, "type": "text/plain"}],
    "names in several scripts": [{"name": "Größe & Gewicht 📷.jpg", "size": 262145, "type": "image/jpeg"},
                                 {"name": "写真.tar", "size": 0, "type": ""},
                                 {"name": "e\u0301 is not \u00e9", "size": 10**12, "type": "application/octet-stream"}],
    "a size that nobody knows": [{"name": "stdin", "size": None, "type": "application/octet-stream"}],
    "what would be one without lengths": [{"name": "a1", "size": 2, "type": "t"},
                                          {"name": "b", "size": None, "type": ""}],
    "the largest size": [{"name": "x", "size": 2**53 - 1, "type": "text/plain; charset=utf-8"}],
}


class Opening:
    def __init__(self, what, number, receiver="receiver", sender="sender", file=0, salt=0, chunks=None, start=0):
        public = {name: public_of(key) for name, key in SECRET_KEYS.items()}
        self.what, self.receiver, self.sender, self.salt = what, receiver, sender, SALTS[salt]
        self.of = Request(LIVE_ID, REQUEST_IDS[number], file, public[receiver], public[sender])
        self.chunks, self.start = chunks, start
        self.keys = Keys(SECRET, self.of, SECRET_KEYS[sender], self.of.receiver_key, self.salt)
        other = Keys(SECRET, self.of, SECRET_KEYS[receiver], self.of.sender_key, self.salt)
        assert other.content == self.keys.content

    def mac(self):
        return sender_mac(auth_key(SECRET), self.of, self.salt, self.chunks, self.start)

    def listed(self):
        digest = hashlib.sha256(content(262145)).digest()
        return {"what": self.what, "live_id": self.of.live_id, "request_id": self.of.request_id, "file": self.of.file,
                "receiver": self.receiver, "sender": self.sender, "salt": to_text(self.salt), "chunks": self.chunks,
                "from": self.start, "sender_mac": to_text(self.mac()), "shared": to_text(self.keys.shared),
                "prk": to_text(self.keys.prk), "content_key": to_text(self.keys.content),
                "receipt_key": to_text(self.keys.receipt), "digest": to_text(digest),
                "receipt_mac": to_text(self.keys.receipt_mac(digest))}


OPENINGS = [
    Opening("262,145 bytes from the start", 0, chunks=3),
    Opening("the same going on from chunk 1: a fresh salt, so other keys", 0, chunks=3, start=1, salt=1),
    Opening("a length that nobody knows", 1, "second receiver", "second sender", file=1, salt=2),
    Opening("another request's", 2, "second receiver", chunks=3),
]


def sealed_chunks():
    whole, chosen = content(2 * PIECE), []
    for number, last, plain in ((0, False, b"K"), (1, False, whole[:100]), (2, True, hashlib.sha256(b"").digest()),
                                (255, False, b"255"), (2**32, False, b"beyond 32 bits"),
                                (2**53 - 1, False, b"the last"), (2**32, True, hashlib.sha256(b"K").digest())):
        for opening in (0, 2):
            chosen.append({"opening": opening, "number": number, "last": last, "plain": to_text(plain),
                           "sealed": to_text(OPENINGS[opening].keys.seal(number, last, plain))})
    return chosen


def contents():
    listed = []
    for size, opening in ((0, 0), (1, 0), (PIECE, 0), (PIECE + 1, 0), (PIECE + 1, 1), (3 * PIECE, 2)):
        plain, start, together, sealed = content(size), OPENINGS[opening].start, hashlib.sha256(), []
        for number, last, data in sealed_file(OPENINGS[opening].keys, plain, start):
            together.update(data)
            sealed.append({"number": number, "last": last, "bytes": len(data),
                           "sha256": to_text(hashlib.sha256(data).digest())})
        listed.append({"size": size, "opening": opening, "from": start, "chunks": chunks_of(size),
                       "digest": to_text(hashlib.sha256(plain).digest()), "sealed": sealed,
                       "all_sha256": to_text(together.digest())})
    return listed


def refused_chunks():
    keys, plain = OPENINGS[0].keys, b"twenty-one bytes here"
    good = keys.seal(5, False, plain)

    def flipped(at):
        return good[:at] + bytes([good[at] ^ 1]) + good[at + 1:]

    cases = [("a flipped bit of content", flipped(3), 5, False),
             ("a flipped bit of the tag", flipped(len(good) - 1), 5, False),
             ("another number", good, 6, False), ("a number 2^32 ahead", good, 5 + 2**32, False),
             ("said to be the closing chunk", good, 5, True),
             ("the closing chunk as a piece", keys.seal(5, True, plain), 5, False),
             ("cut off by a byte", good[:-1], 5, False), ("a byte more", good + b"\0", 5, False),
             ("shorter than a tag", good[:15], 5, False), ("empty", b"", 5, False),
             ("sealed for another opening", OPENINGS[1].keys.seal(5, False, plain), 5, False)]
    listed = [{"what": what, "opening": 0, "request_id": REQUEST_IDS[0], "number": number, "last": last,
               "sealed": to_text(sealed)}
              for what, sealed, number, last in cases]
    listed.append({"what": "another request's id beside it", "opening": 0, "request_id": REQUEST_IDS[1], "number": 5,
                   "last": False, "sealed": to_text(good)})
    return listed


def refused_macs():
    """What stands there is not what the MAC was made over."""
    auth, opening = auth_key(SECRET), OPENINGS[0]
    one, several = LISTINGS["one file"], LISTINGS["names in several scripts"]
    files = [("another name", [{**one[0], "name": "hello.exe"}], one), ("another size", [{**one[0], "size": 19}], one),
             ("no size", [{**one[0], "size": None}], one), ("another type", [{**one[0], "type": "text/html"}], one),
             ("one left out", several[:2], several), ("another order", several[::-1], several),
             ("one more", [*one, *one], one),
             ("a digit moved from the size to the name", [{**one[0], "name": "hello.txt1", "size": 8}], one)]
    public = {name: public_of(key) for name, key in SECRET_KEYS.items()}
    receivers = [("another key", LIVE_ID, 0, "relay"), ("another file", LIVE_ID, 1, "receiver"),
                 ("another offer", LIVE_ID[:-1] + "b", 0, "receiver")]
    senders = [("another key of the sender", {"sender": "relay"}),
               ("another key of the receiver", {"receiver": "relay"}),
               ("another salt", {"salt": to_text(SALTS[1])}), ("fewer chunks", {"chunks": 2}),
               ("chunks unknown", {"chunks": None}), ("another start", {"from": 1}),
               ("another request", {"request_id": REQUEST_IDS[1]}), ("another file", {"file": 1})]
    as_made = {"live_id": LIVE_ID, "request_id": REQUEST_IDS[0], "file": 0, "receiver": "receiver", "sender": "sender",
               "salt": to_text(opening.salt), "chunks": 3, "from": 0}
    return {
        "files": [{"what": what, "files": shown, "mac": to_text(files_mac(auth, made))} for what, shown, made in files],
        "receivers": [{"what": what, "live_id": live_id, "file": file, "receiver_key": to_text(public[key]),
                       "mac": to_text(receiver_mac(auth, LIVE_ID, 0, public["receiver"]))}
                      for what, live_id, file, key in receivers],
        "senders": [{"what": what, **as_made, **changed, "mac": to_text(opening.mac())} for what, changed in senders],
    }


def rule(offset, length):
    return {"rule": [offset, length]}


def plain_of(plain):
    if "bytes" in plain:
        return from_text(plain["bytes"])
    offset, length = plain["rule"]
    return content(offset + length)[offset:]


def stream(what, size, sent, taken, complete, chunks=-1, opening=0, start=0, next_chunk=None):
    return {"what": what, "size": size, "opening": opening, "chunks": chunks_of(size) if chunks == -1 else chunks,
            "from": start, "next": start if next_chunk is None else next_chunk, "sent": sent, "taken": taken,
            "complete": complete}


def sent(number, plain, last=False, sealed_number=None):
    return {"number": number, "sealed_number": number if sealed_number is None else sealed_number, "sealed_last": last,
            "plain": plain}


def digest_of(size):
    return hashlib.sha256(content(size)).digest()


def closing(number, size):
    return sent(number, {"bytes": to_text(digest_of(size))}, True)


def streams():
    two, size = [sent(0, rule(0, PIECE)), sent(1, rule(PIECE, 5))], PIECE + 5
    whole, unknown = [*two, closing(2, size)], {"chunks": None, "opening": 2}
    other = sent(1, rule(0, PIECE), sealed_number=0)
    return [
        stream("two pieces", size, whole, 3, True),
        stream("nothing but the closing chunk", 0, [closing(0, 0)], 1, True),
        stream("full pieces only", PIECE, [sent(0, rule(0, PIECE)), closing(1, PIECE)], 2, True),
        stream("going on", size, whole[1:], 2, True, opening=1, start=1),
        stream("a length that nobody knows", None, whole, 3, True, **unknown),
        stream("such a one with a last piece of 32 bytes", None, [sent(0, rule(0, 32)), closing(1, 32)], 2, True,
               **unknown),
        stream("an empty one of a length that nobody knows", None, [closing(0, 0)], 1, True, **unknown),
        stream("nothing at all", size, [], 0, False),
        stream("no closing chunk", size, two, 2, False),
        stream("no closing chunk, of a length that nobody knows", None, two, 2, False, **unknown),
        stream("fewer chunks said than the listing has", size, [two[0], closing(1, PIECE)], 0, False, chunks=2),
        stream("a chunk left out", size, [two[0], whole[2]], 1, False),
        stream("a chunk left out, the next one under its number", size, [two[0], {**whole[2], "number": 1}], 1, False),
        stream("a chunk twice", size, [two[0], two[0], *whole[1:]], 1, False),
        stream("a chunk again under the next number", size, [two[0], other, whole[2]], 1, False),
        stream("two chunks in the other order", size, [two[1], two[0], whole[2]], 0, False),
        stream("two chunks under each other's number", 2 * PIECE,
               [sent(0, rule(PIECE, PIECE), sealed_number=1), sent(1, rule(0, PIECE), sealed_number=0),
                closing(2, 2 * PIECE)], 0, False),
        stream("a piece that says it closes", size, [two[0], {**two[1], "sealed_last": True}, whole[2]], 1, False),
        stream("a closing chunk that says it does not", size, [*two, {**whole[2], "sealed_last": False}], 2, False),
        stream("another file's digest", size, [*two, closing(2, size + 1)], 2, False),
        stream("a digest cut short", size,
               [*two, sent(2, {"bytes": to_text(digest_of(size)[:31])}, True)], 2, False),
        stream("a short piece that is not the last", 2 * PIECE,
               [sent(0, rule(0, 5)), sent(1, rule(5, PIECE)), closing(2, PIECE + 5)], 0, False),
        stream("the same, of a length that nobody knows", None,
               [sent(0, rule(0, 5)), sent(1, rule(5, 5)), closing(2, 10)], 1, False, **unknown),
        stream("an empty piece", None, [sent(0, rule(0, 0)), closing(1, 0)], 0, False, **unknown),
        stream("a piece that is too long", None, [sent(0, rule(0, PIECE + 1)), closing(1, PIECE + 1)], 0, False,
               **unknown),
        stream("a byte less than the listing says", size,
               [two[0], sent(1, rule(PIECE, 4)), closing(2, size - 1)], 2, False),
        stream("a byte more than the listing says", size,
               [two[0], sent(1, rule(PIECE, 6)), closing(2, size + 1)], 1, False),
        stream("begins before what the receiver has", size, whole, 0, False, next_chunk=1),
        stream("begins behind what the receiver has", size, whole[1:], 0, False, opening=1, start=1, next_chunk=0),
    ]


def outcome(case):
    """How many of the chunks this implementation takes, and whether the file is complete."""
    opening, taking, taken = OPENINGS[case["opening"]], Taking(case["size"]), 0
    had = content(case["next"] * PIECE)
    taking.next, taking.had = case["next"], len(had)
    taking.digest.update(had)
    try:
        taking.opened(opening.keys, case["chunks"], case["from"])
        for chunk in case["sent"]:
            plain = plain_of(chunk["plain"])
            taking.take(chunk["number"], opening.keys.seal(chunk["sealed_number"], chunk["sealed_last"], plain))
            taken += 1
        taking.ended()
    except Refused:
        pass
    return taken, taking.complete


def vectors():
    auth = auth_key(SECRET)
    public = {name: to_text(public_of(key)) for name, key in SECRET_KEYS.items()}
    told = streams()
    for case in told:
        assert outcome(case) == (case["taken"], case["complete"]), (case["what"], outcome(case))
    for low in LOW_ORDER:
        try:
            Keys(SECRET, OPENINGS[0].of, SECRET_KEYS["sender"], low, SALTS[0])
        except Refused:
            continue
        raise AssertionError(low.hex())
    return {
        "about": ABOUT,
        "secret": to_text(SECRET), "auth_key": to_text(auth),
        "keys": {name: {"secret": to_text(key), "public": public[name]} for name, key in SECRET_KEYS.items()},
        "listings": [{"what": what, "files": files, "files_mac": to_text(files_mac(auth, files))}
                     for what, files in LISTINGS.items()],
        "receivers": [{"live_id": LIVE_ID, "file": file, "receiver": name, "receiver_key": public[name],
                       "receiver_mac": to_text(receiver_mac(auth, LIVE_ID, file, public_of(SECRET_KEYS[name])))}
                      for file, name in ((0, "receiver"), (1, "second receiver"), (99, "receiver"))],
        "openings": [opening.listed() for opening in OPENINGS],
        "chunks": sealed_chunks(),
        "contents": contents(),
        "refused": {"chunks": refused_chunks(), "public_keys": [to_text(key) for key in LOW_ORDER], **refused_macs()},
        "streams": told,
    }


if __name__ == "__main__":
    print(json.dumps(vectors(), indent=1, ensure_ascii=False))
