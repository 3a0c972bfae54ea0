"""What a hostile relay (live_relay.py) does to live transfers, a trick a class."""

import os

import second_live as live
from live_relay import END, Tricks


class FlippedBit(Tricks):
    def chunk(self, number, sealed):
        if number != 1:
            return [(number, sealed)]
        self.done += 1
        return [(number, sealed[:1000] + bytes([sealed[1000] ^ 4]) + sealed[1001:])]


class Swapped(Tricks):
    """Two chunks, each under the other's number."""

    def chunk(self, number, sealed):
        if number == 0:
            self.held = sealed
            return []
        if number != 1:
            return [(number, sealed)]
        self.done += 1
        return [(0, sealed), (1, self.held)]


class Repeated(Tricks):
    """A chunk again in the place of the next one."""

    def chunk(self, number, sealed):
        if number == 0:
            self.held = sealed
        if number != 1:
            return [(number, sealed)]
        self.done += 1
        return [(1, self.held)]


class LeftOut(Tricks):
    """A chunk is missing and those behind it move up."""

    def chunk(self, number, sealed):
        self.done += number == 1
        return [] if number == 1 else [(number - (number > 1), sealed)]


class CutOff(Tricks):
    """All but the closing chunk, then a clean end of the body; whoever asks again hears that it is over."""

    def __init__(self, closing):
        super().__init__()
        self.closing = closing

    def chunk(self, number, sealed):
        if number != self.closing:
            return [(number, sealed)]
        self.done += 1
        return [END]

    def line(self, line):
        return {"error": {"code": "transfer_ended", "detail": "All done."}} if self.done else line


class Fewer(Tricks):
    """The number of chunks becomes one less."""

    def line(self, line):
        if not line.get("chunks"):
            return line
        self.done += 1
        return {**line, "chunks": line["chunks"] - 1}


class SendersKey(Tricks):
    """The relay's own key in the place of the sender's."""

    def __init__(self):
        super().__init__()
        self.key = live.to_text(live.public_of(os.urandom(32)))

    def line(self, line):
        if "public_key" not in line:
            return line
        self.done += 1
        return {**line, "public_key": self.key}


class ReceiversKey(Tricks):
    """The relay's own key in the place of the receiver's; with a MAC of its own as well, though not of the secret."""

    def __init__(self, with_mac):
        super().__init__()
        self.with_mac, self.live_id = with_mac, ""

    def answered(self, body):
        self.live_id = body.get("live_id", self.live_id)
        return body

    def asked(self, path, body):
        if not path.endswith("/requests"):
            return body
        self.done += 1
        own = live.public_of(os.urandom(32))
        mac = live.to_text(live.receiver_mac(live.auth_key(bytes(32)), self.live_id, body["file"], own))
        return {**body, "public_key": live.to_text(own), "mac": mac if self.with_mac else body["mac"]}


class Listing(Tricks):
    """Something else about the first file."""

    def __init__(self, **changed):
        super().__init__()
        self.changed = changed

    def answered(self, body):
        if "files" in body:
            self.done += 1
            body["files"][0].update(self.changed)
        return body


class FromLater(Tricks):
    """A receiver that wants all of it seems to want it from a later chunk on."""

    def asked(self, path, body):
        return {**body, "from": 1} if path.endswith("/requests") else body

    def path(self, path):
        bare = path.split("?")[0]
        if not bare.endswith("/stream"):
            return path
        self.done += 1
        return bare + "?from=1"


class Replayed(Tricks):
    """The opening of the first request in the place of every later one's."""

    def __init__(self):
        super().__init__()
        self.first = None

    def line(self, line):
        if "public_key" not in line:
            return line
        self.done += self.first is not None
        self.first = self.first or line
        return {**line, **{name: self.first[name] for name in ("public_key", "mac", "salt")}}


class ForgedReceipt(Tricks):
    def asked(self, path, body):
        if not path.endswith("/received"):
            return body
        self.done += 1
        return {"mac": live.to_text(bytes(32))}
