"""What the interoperability stories share: kithd with bob on one side, the second implementation on the other."""

import json
import os
import random
import unittest

from kith_instance import Instance
from second_conventions import SigningKey, b64, dump, is_signed_refusal, request_bytes
from second_implementation import Initiator
from second_peer import Peer, Photo, post, until

PNG = b"\x89PNG\r\n\x1a\n"


def ulid():
    return "0" + "".join(random.choices("0123456789abcdefghjkmnpqrstvwxyz", k=25))


def photo(size):
    return PNG + os.urandom(size - len(PNG))


def changed(message, signing_key, step, **fields):
    """A message again with other fields (None takes one away), validly signed."""
    value = {**json.loads(message[0]), **fields}
    body = dump({name: field for name, field in value.items() if field is not None})
    return body, b64(signing_key.sign(request_bytes(step, body)))


class Story(unittest.TestCase):
    """One kithd and one second implementation for all stories of a class; each story has people of its own."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.kithd = Instance("bob's server", settings=cls.settings)
        cls.addClassCleanup(cls.kithd.close)
        cls.kithd.start()
        cls.bob = cls.kithd.add_user("bob", admin=True)
        cls.peer = Peer()
        cls.addClassCleanup(cls.peer.close)
        cls.instance_key = cls.peer.discover(cls.kithd.domain)

    def setUp(self):
        self.peer.answers.clear()
        self.peer.requests.clear()
        self.peer.frames.clear()

    # kithd's people

    def connections(self, user=None):
        return (user or self.bob).ok("GET", "/api/connections", limit=500)["items"]

    def pending(self, address, user=None):
        return until(lambda: next((c for c in self.connections(user)
                                   if c["peer"] == address and c["state"] == "pending_in"), None), f"{address} pending")

    def state(self, shown, wanted, user=None):
        return (user or self.bob).wait_for_connection(shown["id"], lambda c: c["state"] == wanted)

    def approve(self, shown, user=None):
        (user or self.bob).ok("POST", f"/api/connections/{shown['id']}/approve", {"fingerprint": shown["fingerprint"]})

    def confirm(self, shown, user=None):
        (user or self.bob).ok("POST", f"/api/connections/{shown['id']}/confirm-words", {"match": True})

    def ask_from_kithd(self, handle, user=None, **fields):
        user = user or self.bob
        return user.ok("POST", "/api/connections", {"peer": self.peer.address(handle), "purpose": "photos", **fields})

    def init_answered(self, shown):
        """Waits until kithd took the init answer."""
        self.bob.wait_for_connection(
            shown["id"], lambda c: any(step["step"] == "init" and step["done"] for step in c["timeline"]))

    # Whole handshakes, honest from end to end

    def connect(self, handle, user=None, **options):
        """The peer asks, kithd's person approves: handshake, connection of the peer, connection as kithd shows it."""
        user = user or self.bob
        known = self.peer.ask(handle, user.address, **options)
        shown = self.pending(self.peer.address(handle), user)
        self.approve(shown, user)
        connection = self.peer.connection(known)
        shown = self.state(shown, "established", user)
        self.assertEqual(shown["words"], known.words())
        self.confirm(shown, user)
        return known, connection, shown

    def connect_from_kithd(self, handle, user=None):
        user = user or self.bob
        shown = self.ask_from_kithd(handle, user)
        known = self.peer.wait_for_request(user.address, handle)
        self.peer.decide(known, True)
        connection = self.peer.connection(known)
        shown = self.state(shown, "established", user)
        self.assertEqual(shown["words"], known.words())
        self.confirm(shown, user)
        return known, connection, shown

    def share(self, handle, *contents, user=None):
        user = user or self.bob
        assets = [user.upload(f"{ulid()}.png", content) for content in contents]
        user.ok("POST", "/api/shares", {"asset_ids": [a["id"] for a in assets], "with": self.peer.address(handle),
                                        "strip": "none"})
        return assets

    def show(self, content):
        """A photo the peer shows to everybody connected with it."""
        shown = Photo(ulid(), f"{ulid()}.png", content)
        self.peer.photos[shown.id] = shown
        return shown

    # Expectations

    def refused(self, received, status, code):
        self.assertEqual((received.status, received.code), (status, code), received)
        self.assertEqual(received.headers["content-type"].partition(";")[0], "application/problem+json")
        self.assertEqual(received.json()["status"], status)
        return received

    def refused_unsigned(self, received, status, code):
        self.refused(received, status, code)
        self.assertIsNone(received.signature, received)

    def refused_for_good(self, received, step, request, status=403, code="handshake_rejected"):
        self.refused(received, status, code)
        self.assertEqual(is_signed_refusal(self.instance_key, step, request, received.status, received.body,
                                           received.signature), code, received)

    def initiator(self, handle="mallory", key=None, **options):
        """A handshake that is sent by the test itself, message by message."""
        return Initiator(key or self.peer.key, self.peer.address(handle), options.pop("responder", self.bob.address),
                         "photos", **options)

    def send_init(self, known):
        """Init as it should be, answered as it should be."""
        received = post(self.kithd.domain, "init", *known.init)
        self.assertEqual(received.status, 200, received)
        known.take_init_answer(received.body, received.signature, self.instance_key)
        return received

    @staticmethod
    def new_key():
        return SigningKey()
