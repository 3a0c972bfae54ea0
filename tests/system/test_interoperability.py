"""kithd and a second implementation of kith/1, written from PROTOCOL.md alone, do everything with each other."""

import hashlib
import json
import pathlib
import unittest

from interoperability import Story, photo, ulid
from second_conventions import (
    KEY_STATEMENT, BoxKey, Invite, Refusal, SigningKey, address_of, b64, dump, fingerprint, grouped, is_signed_refusal,
    labelled_hash, make_statement, moment_of, statement_bytes, statements_hold, timestamp, unb64)
from second_implementation import Initiator, Responder
from second_peer import Reply, post, until
from second_sessions import Acceptor, Connection, Opening, Session

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors"
RANDOM_OF_RECORD = {"handshake_id": "handshake_id", "nonce_a": "nonce_a", "nonce_b": "nonce_b",
                    "exchange_request_seal_nonce": "request_seal_nonce",
                    "exchange_answer_seal_nonce": "answer_seal_nonce"}


def vectors(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def cases(name):
    return [(case["inputs"], case["outputs"]) for case in vectors(name)["cases"]]


class Vectors(unittest.TestCase):
    """The second implementation gets every value of tests/vectors/."""

    def as_recorded(self, outputs, name, message):
        self.assertEqual((outputs[name]["body"], outputs[name]["kith_signature"]), (message[0].decode(), message[1]))

    def handshake(self, inputs):
        draws = {ours: bytes.fromhex(inputs[theirs]) for theirs, ours in RANDOM_OF_RECORD.items()}
        draws.update({name: inputs[name] for name in ("init_time", "init_answer_time", "verify_time",
                                                      "verify_answer_time")})
        secrets = {side: {"temporary": bytes.fromhex(inputs[f"{side}_temporary_secret"]),
                          "sign_seed": bytes.fromhex(inputs[f"{side}_sign_seed"]),
                          "box_secret": bytes.fromhex(inputs[f"{side}_box_secret"])}
                   for side in ("initiator", "responder")}
        keys = {side: SigningKey(bytes.fromhex(inputs[f"{side}_instance_seed"])) for side in secrets}
        invite = None
        if "invite_id" in inputs:
            invite = Invite(inputs["responder"], fingerprint(keys["responder"].public),
                            bytes.fromhex(inputs["invite_id"]), bytes.fromhex(inputs["invite_secret"]))
        a = Initiator(keys["initiator"], inputs["initiator"], inputs["responder"], inputs["purpose"], invite,
                      draws={**draws, **secrets["initiator"]})
        b = Responder(keys["responder"], inputs["responder"].split("@")[1], *a.init, [invite] if invite else [],
                      draws={**draws, **secrets["responder"]})
        a.take_init_answer(*b.init_answer, keys["responder"].public)
        return a, b

    def test_handshake(self):
        for inputs, outputs in cases("handshake.json"):
            a, b = self.handshake(inputs)
            self.as_recorded(outputs, "init_request", a.init)
            self.as_recorded(outputs, "init_answer", b.init_answer)
            self.assertEqual(outputs["init_request_hash"], labelled_hash("kith/1 request", a.init[0]).hex())
            for side in (a, b):
                for name in ("th1", "i2r", "r2i", "confirm", "words_key"):
                    self.assertEqual(outputs[name], getattr(side, name).hex(), name)
            self.as_recorded(outputs, "rejection_request", b.decide(False))
            rejected, _ = self.handshake(inputs)
            self.as_recorded(outputs, "rejection_answer", rejected.take_exchange(*b.exchange))
            refusal = outputs["refusal_410_of_init"]
            self.assertEqual(b.signed_error("init", a.init[0], refusal["body"].encode()), refusal["kith_signature"])
            self.assertEqual(is_signed_refusal(b.instance_key.public, "init", a.init[0], 410,
                                               refusal["body"].encode(), refusal["kith_signature"]), "handshake_ended")
            self.as_recorded(outputs, "exchange_request", b.decide(True))
            self.as_recorded(outputs, "exchange_answer", a.take_exchange(*b.exchange))
            self.as_recorded(outputs, "poll_request", a.poll(30))
            b.take_exchange_answer(*a.exchange[1])
            self.polls(outputs, a, b)
            self.as_recorded(outputs, "verify_request", a.verify())
            self.as_recorded(outputs, "verify_answer", b.take_verify(*a.verify_request))
            a.take_verify_answer(*b.answers["verify"][1])
            self.as_recorded(outputs, "complete_request", a.complete())
            self.as_recorded(outputs, "complete_answer", b.take_complete(*a.complete_request))
            a.take_complete_answer(*b.answers["complete"][1])
            for side in (a, b):
                self.assertEqual(outputs["words"], " ".join(side.words()))
                self.assertEqual((outputs["words_mac"], outputs["th2"], outputs["th3"], outputs["connection_id"]),
                                 (side.words_mac().hex(), side.th2.hex(), side.th3.hex(), side.connection_id().hex()))

    def polls(self, outputs, a, b):
        request = a.poll(30)[0]
        decided = {"handshake_id": b64(b.id), "status": "decided", "request": b64(b.exchange[0]),
                   "request_signature": b.exchange[1]}
        self.as_recorded(outputs, "poll_answer_accepted", b.signed_answer("poll", request, dump(
            {"handshake_id": b64(b.id), "status": "accepted"})))
        body, signature = outputs["poll_answer_decided"].values()
        self.assertEqual(body.encode(), dump(decided))
        first_poll = a.signed("poll", dump({"handshake_id": b64(a.id), "initiator": a.initiator, "wait": 30}))
        signatures = [b.signed_answer("poll", asked, body.encode())[1] for asked in (request, first_poll[0])]
        self.assertIn(signature, signatures)

    def test_key_statement(self):
        for inputs, outputs in cases("key_statement.json"):
            old, new = (SigningKey(bytes.fromhex(inputs[f"{which}_seed"])) for which in ("old", "new"))
            made = make_statement(inputs["domain"], inputs["number"], old, new, inputs["timestamp"])
            statement = KEY_STATEMENT(made)
            self.assertEqual(outputs["signed_bytes"], statement_bytes(statement).hex())
            for name in ("old_key", "new_key", "old_signature", "new_signature"):
                self.assertEqual(outputs[name], statement[name].hex())
            self.assertTrue(statements_hold([statement], inputs["domain"], new.public))
            self.assertFalse(statements_hold([statement], inputs["domain"], old.public))

    def test_fingerprint_and_invite_link(self):
        for inputs, outputs in cases("fingerprint.json"):
            compact = fingerprint(bytes.fromhex(inputs["instance_key"]))
            self.assertEqual((outputs["compact"], outputs["grouped"]), (compact, grouped(compact)))
        for inputs, outputs in cases("invite_link.json"):
            invite = Invite(inputs["address"], fingerprint(bytes.fromhex(inputs["instance_key"])),
                            bytes.fromhex(inputs["id"]), bytes.fromhex(inputs["secret"]))
            self.assertEqual(outputs["link"], invite.link(inputs["web_url"]))
            self.assertEqual(vars(Invite.read(outputs["link"])), vars(invite))

    def test_addresses(self):
        for inputs, outputs in cases("addresses.json"):
            try:
                taken = bool(address_of(inputs["text"]))
            except ValueError:
                taken = False
            self.assertEqual(outputs["taken"], taken, inputs["text"])

    def test_times(self):
        self.assertTrue(moment_of("2028-02-29T23:59:59.999Z"))
        for text in ("2026-02-29T00:00:00.000Z", "2026-11-20T13:15:02Z", "2026-11-20t13:15:02.123Z",
                     "2026-11-20T13:15:60.000Z", "1969-12-31T23:59:59.999Z", "2026-11-20T13:15:02.123+00:00"):
            self.assertRaises(ValueError, moment_of, text)

    def test_opening_a_session(self):
        vector = vectors("session_auth.json")
        value = {name: bytes.fromhex(text) for name, text in vector.items() if not name.endswith(("body", "signature"))}
        opener, answerer = SigningKey(value["opener_signing_seed"]), SigningKey(value["answerer_signing_seed"])
        request, answer = vector["request_body"].encode(), vector["answer_body"].encode()
        asked, said = json.loads(request), json.loads(answer)
        box = BoxKey(value["answerer_box_secret"])
        side = object.__new__(Connection)
        side.__dict__.update(id=unb64(asked["connection_id"]), own=asked["from"], peer=asked["to"], ended=False,
                             pairs={1: type("Pair", (), {"sign": opener})},
                             peer_keys={0: {"box_key": box.public, "sign_key": answerer.public}}, epoch=1, peer_epoch=0)
        opening = Opening(side, timestamp=asked["timestamp"], draws={
            "session_key": value["session_key"], "ephemeral": value["opener_ephemeral_secret"],
            "sealed_box": value["sealed_box_ephemeral_secret"]})
        self.assertEqual((opening.body, opening.signature), (request, vector["request_signature"]))
        other = object.__new__(Connection)
        other.__dict__.update(id=side.id, own=side.peer, peer=side.own, ended=False,
                              pairs={0: type("Pair", (), {"sign": answerer, "box": box})},
                              peer_keys={1: {"sign_key": opener.public}})
        acceptor = Acceptor({side.id: other})
        taken = acceptor.take(request, vector["request_signature"], {
            "now": 1795176000, "ephemeral": value["answerer_ephemeral_secret"], "session_id": unb64(said["session_id"]),
            "expires_at": said["expires_at"], "tls_spki": unb64(said["tls_spki"])})
        self.assertEqual(taken, (answer, vector["answer_signature"]))
        for session in (opening.take(*taken), acceptor.sessions[unb64(said["session_id"])]):
            self.assertEqual((session.prk, session.o2a, session.a2o, session.mac),
                             (value["prk"], value["o2a"], value["a2o"], value["mac"]))

    def session(self, vector, cipher=None):
        session = object.__new__(Session)
        session.__dict__.update({name: bytes.fromhex(vector[name]) for name in ("o2a", "a2o", "mac") if name in vector})
        session.__dict__.update(id=bytes.fromhex(vector["session"]), cipher=cipher)
        return session

    def test_sealed_requests_and_answers(self):
        for cipher in ("aes256gcm", "chacha20poly1305"):
            vector = vectors(f"session_sealed_{cipher}.json")
            session, counter = self.session(vector, vector["cipher"]), vector["counter"]
            self.assertEqual(session.data("request", counter).hex(), vector["request_associated_data"])
            self.assertEqual(session.data("response", counter).hex(), vector["answer_associated_data"])
            self.assertEqual(session.seal_request(counter, vector["request_plaintext"].encode()).hex(),
                             vector["request_body"])
            status, headers, content, frames = session.open_answer(counter, bytes.fromhex(vector["answer_body"]))
            self.assertEqual((status, content, frames), (206, b"the first piece and the second", 3))
            again = session.seal_answer(counter, status, headers, content, len("the first piece "))
            self.assertEqual([frame.hex() for frame in again], [f["frame"] for f in vector["answer_frames"]])

    def test_direct_requests_and_answers(self):
        vector = vectors("session_direct.json")
        session, request = self.session(vector), vector["request"]
        body = hashlib.sha256(request["body"].encode()).digest()
        self.assertEqual(request["kith_mac"], session.direct_mac(
            "request", vector["counter"], request["method"], request["target"], request["range"], request["if_range"],
            body))
        for answer in (vector["answer"], vector["empty_answer"]):
            headers = dict(answer.get("headers", []))
            names = ("content-type", "content-length", "content-range", "etag", "repr-digest")
            self.assertEqual(answer["kith_mac"], session.direct_mac(
                "response", vector["counter"], str(answer["status"]), *(headers.get(name) for name in names)))


class Asking(Story):
    """The second implementation asks, bob on kithd is asked."""

    def test_asks_and_reads(self):
        known = self.peer.ask("alice", self.bob.address, purpose="Ferien ☀")
        shown = self.pending(self.peer.address("alice"))
        self.assertEqual((shown["purpose"], shown["fingerprint"].replace(" ", "")),
                         ("Ferien ☀", fingerprint(self.peer.key.public)))
        self.assertEqual(self.peer.requests, [], "kithd makes no request before its person approved")
        self.approve(shown)
        connection = self.peer.connection(known)
        shown = self.state(shown, "established")
        self.assertEqual((shown["words"], shown["verified"]), (known.words(), False))
        self.confirm(shown)
        contents = [photo(900_000), photo(9)]
        assets = self.share("alice", *contents)
        for aes in (True, False):
            session = self.peer.open_session(connection, aes=aes)
            if not aes:
                self.assertEqual(session.cipher, "chacha20poly1305")
            listed = self.peer.call(session, "GET", "/api/private/v1/photos?limit=1").json()
            rest = self.peer.call(session, "GET", f"/api/private/v1/photos?cursor={listed['next']}").json()
            self.assertNotIn("next", rest)
            items = {item["id"]: item for item in listed["items"] + rest["items"]}
            self.assertEqual(set(items), {a["id"] for a in assets})
            for asset, content in zip(assets, contents):
                self.reads(session, items[asset["id"]], content)

    def reads(self, session, item, content):
        target = f"/api/private/v1/assets/{item['id']}"
        self.assertEqual(self.peer.call(session, "GET", target).json(), item)
        self.assertEqual(set(item) - {"expires_at"}, {
            "id", "name", "size", "media_type", "kind", "digest", "created_at", "shared_at", "etag", "has_thumbnail"})
        digest = hashlib.sha256(content)
        self.assertEqual((item["size"], item["digest"], item["kind"], item["media_type"]),
                         (len(content), "sha-256:" + digest.hexdigest(), "photo", "image/png"))
        whole = self.peer.call(session, "GET", target + "/content")
        self.assertEqual((whole.status, whole.body, whole.headers["etag"]), (200, content, item["etag"]))
        self.assertGreaterEqual(whole.frames, 1 + -(-len(content) // 262144))
        half = len(content) // 2
        for wanted, part in ((f"bytes={half}-", content[half:]), ("bytes=0-0", content[:1]), ("bytes=-5", content[-5:]),
                             (f"bytes=3-{half}", content[3:half + 1])):
            answer = self.peer.call(session, "GET", target + "/content", {"range": wanted, "if-range": item["etag"]})
            self.assertEqual((answer.status, answer.body), (206, part), wanted)
            self.assertRegex(answer.headers["content-range"], rf"bytes \d+-\d+/{len(content)}")
        self.unusual(session, item, target + "/content")

    def unusual(self, session, item, target):
        for headers, status in (({"range": "bytes=0-1", "if-range": '"other"'}, 412),
                                ({"if-none-match": item["etag"]}, 304), ({"range": "bytes=0-0,2-3"}, 400),
                                ({"range": f"bytes={item['size']}-"}, 416)):
            answer = self.peer.call(session, "GET", target, headers)
            self.assertEqual(answer.status, status, (headers, answer))
            if status == 416:
                self.assertEqual(answer.headers["content-range"], f"bytes */{item['size']}")

    def test_is_rejected(self):
        known = self.peer.ask("unwanted", self.bob.address)
        shown = self.pending(self.peer.address("unwanted"))
        self.bob.ok("POST", f"/api/connections/{shown['id']}/reject")
        until(lambda: known.exchange, "the rejection")
        self.assertIs(known.approved, False)
        self.state(shown, "rejected")

    def test_asks_with_an_invite(self):
        invite = Invite.read(self.bob.ok("POST", "/api/invites", {"expires_in": 3600, "uses": 1})["link"])
        self.assertEqual((invite.address, invite.fingerprint), (self.bob.address, fingerprint(self.instance_key)))
        known = self.peer.ask("guest", self.bob.address, invite)
        connection = self.peer.connection(known)
        shown = until(lambda: next((c for c in self.connections() if c["peer"] == self.peer.address("guest") and
                                    c["state"] == "established"), None), "a connection by invite")
        self.assertTrue(shown["verified"])
        self.assertEqual(self.peer.call(self.peer.open_session(connection), "GET", "/api/private/v1/assets").json(),
                         {"items": []})
        with self.assertRaises(Refusal) as spent:
            self.peer.ask("second-guest", self.bob.address, invite)
        self.assertEqual(spent.exception.code, "handshake_rejected")

    def test_polls_because_it_cannot_be_reached(self):
        refused = []
        for path in ("/.well-known/kith", "/handshake/exchange"):
            self.peer.answers[path] = lambda *_: refused.append(1) or Reply(503, b"{}")
        known = self.peer.ask("hidden", self.bob.address, delivery="poll")
        shown = self.pending(self.peer.address("hidden"))
        self.assertEqual(shown["peer_delivery"], "poll")
        self.approve(shown)
        connection = self.peer.connection(known)
        shown = self.state(shown, "established")
        self.assertEqual(shown["words"], known.words())
        self.confirm(shown)
        asset, = self.share("hidden", photo(1000))
        listed = self.peer.call(self.peer.open_session(connection), "GET", "/api/private/v1/assets").json()
        self.assertEqual([item["id"] for item in listed["items"]], [asset["id"]])
        self.assertNotIn(("POST", "/handshake/exchange"), self.peer.requests)

    def test_poll_is_told_of_a_rejection(self):
        known = self.peer.ask("hidden-unwanted", self.bob.address, delivery="poll")
        self.bob.ok("POST", f"/api/connections/{self.pending(self.peer.address('hidden-unwanted'))['id']}/reject")
        until(lambda: known.approved is False, "the rejection by poll")

    def test_rotates_both_ways(self):
        _, connection, shown = self.connect("turning")
        session = self.peer.open_session(connection)
        event = connection.rotation(ulid())
        for _ in range(2):  # the second time as if the answer had been lost
            answer = self.peer.call(session, "POST", "/api/private/v1/rotate", {"content-type": "application/json"},
                                    dump(event))
            self.assertEqual(answer.status, 204, answer)
        connection.epoch = 1
        self.peer.open_session(connection)
        self.assertEqual(list(connection.pairs), [1])
        connection.pairs[0] = connection.pairs[1]  # what follows would be an old pair's auth
        with self.assertRaises(Refusal) as ended:
            self.peer.open_session(connection, epoch=0)
        self.assertEqual(ended.exception.code, "handshake_rejected")
        del connection.pairs[0]
        self.bob.ok("POST", f"/api/connections/{shown['id']}/rotate")
        until(lambda: connection.peer_epoch == 1, "kithd's new pair")
        self.peer.open_session(connection)
        connection.peer_keys[0] = connection.peer_keys[1]
        with self.assertRaises(Refusal) as ended:
            self.peer.open_session(connection, peer_epoch=0)
        self.assertEqual(ended.exception.code, "handshake_rejected")
        del connection.peer_keys[0]
        self.share("turning", photo(100))
        session = self.peer.open_session(connection)
        self.assertEqual(len(self.peer.call(session, "GET", "/api/private/v1/assets").json()["items"]), 1)
        until(lambda: self.peer.notifications, "a notification under the new pairs")

    def test_rotations_that_are_refused(self):
        _, connection, _ = self.connect("bad-turn")
        session = self.peer.open_session(connection)
        good = connection.rotation(ulid())
        stranger = b64(bytes(64))
        for change in ({"epoch": 0}, {"epoch": 2}, {"old_signature": stranger}, {"new_signature": stranger},
                       {"instance_signature": stranger}, {"box_key": b64(bytes(32))}, {"sign_key": b64(bytes(32))}):
            answer = self.peer.call(session, "POST", "/api/private/v1/rotate", None, dump({**good, **change,
                                                                                           "event_id": ulid()}))
            self.assertIn(answer.status, (400, 403, 409), (change, answer))
        self.assertEqual(self.peer.call(session, "POST", "/api/private/v1/rotate", None, dump(good)).status, 204)

    def test_revokes(self):
        _, connection, shown = self.connect("leaving")
        session = self.peer.open_session(connection)
        self.assertEqual(self.peer.call(session, "POST", "/api/private/v1/revoke", None,
                                        dump({"event_id": ulid()})).status, 204)
        self.state(shown, "revoked")
        inside = self.peer.call(session, "GET", "/api/private/v1/assets")
        self.assertEqual((inside.status, inside.code), (403, "connection_ended"))
        opening = Opening(connection)  # unsigned if kithd has no key any more, who revoked knows it
        self.refused(post(self.kithd.domain, "auth", opening.body, opening.signature), 403, "connection_ended")

    def test_is_revoked(self):
        _, connection, shown = self.connect("left")
        session = self.peer.open_session(connection)
        self.bob.ok("POST", f"/api/connections/{shown['id']}/revoke")
        until(lambda: connection.ended, "kithd's revoke")
        inside = self.peer.call(session, "GET", "/api/private/v1/assets")
        self.assertEqual((inside.status, inside.code), (403, "connection_ended"))
        self.ended_for_good(connection)

    def ended_for_good(self, connection):
        opening = Opening(connection)
        received = post(self.kithd.domain, "auth", opening.body, opening.signature)
        self.refused(received, 403, "connection_ended")
        self.assertEqual(is_signed_refusal(connection.peer_keys[0]["sign_key"], "auth", opening.body, 403,
                                           received.body, received.signature), "connection_ended")

    def test_notifies_and_is_notified(self):
        _, connection, _ = self.connect("talking")
        self.peer.notifications.clear()
        asset, = self.share("talking", photo(50))
        told = until(lambda: next((n for n in self.peer.notifications if n["kind"] == "shared"), None), "shared")
        self.assertEqual(told["asset_ids"], [asset["id"]])
        session = self.peer.open_session(connection)
        event = ulid()
        for kind in ("shared", "shared", "somethingelse"):
            answer = self.peer.call(session, "POST", "/api/private/v1/notifications", None,
                                    self.peer.notification(event, kind, [ulid()]))
            self.assertEqual(answer.status, 204, answer)
        too_many = self.peer.notification(ulid(), "shared", [ulid() for _ in range(501)])
        self.assertEqual(self.peer.call(session, "POST", "/api/private/v1/notifications", None, too_many).status, 400)

    def test_old_session_retires_when_a_new_one_is_used(self):
        _, connection, _ = self.connect("twice")
        old, new = self.peer.open_session(connection), self.peer.open_session(connection)
        for session in (old, new, old, new):
            self.assertEqual(self.peer.call(session, "GET", "/api/private/v1/assets").status, 200)
        self.kithd.restart()
        with self.assertRaises(Refusal) as unknown:
            self.peer.call(new, "GET", "/api/private/v1/assets")
        self.assertEqual((unknown.exception.status, unknown.exception.code), (401, "session_unknown"))
        again = self.peer.open_session(connection)
        self.assertEqual(self.peer.call(again, "GET", "/api/private/v1/assets").status, 200)


class Asked(Story):
    """bob on kithd asks, somebody of the second implementation is asked."""

    def test_approves_and_serves(self):
        _, _, _ = self.connect_from_kithd("dora")
        shown = [self.show(photo(size)) for size in (1_000_000, 300_000, 20)]
        items = self.bob.ok("GET", "/api/photos", owner=self.peer.address("dora"))["items"]
        self.assertEqual({i["id"]: i["digest"] for i in items}, {p.id: p.item()["digest"] for p in shown})
        for one in shown:
            target = f"/api/assets/{one.id}"
            item = self.bob.ok("GET", target, owner=self.peer.address("dora"))
            self.assertEqual(item["digest"], one.item()["digest"])
            answer = self.bob.get(target + "/content", owner=self.peer.address("dora"))
            self.assertEqual((answer.status, answer.body == one.content), (200, True))
            part = self.bob.request("GET", target + "/content", headers={"Range": "bytes=7-15"},
                                    owner=self.peer.address("dora"))
            self.assertEqual((part.status, part.body), (206, one.content[7:16]))
        sessions = self.peer.requests.count(("POST", "/api/auth"))
        self.assertEqual(sessions, 1, "one session is enough")
        self.peer.acceptor.sessions.clear()  # as if restarted
        self.assertEqual(len(self.bob.ok("GET", "/api/photos", owner=self.peer.address("dora"))["items"]), 3)
        absent = self.bob.get(f"/api/assets/{ulid()}", owner=self.peer.address("dora"))
        self.assertEqual(absent.status, 404)

    def test_resumes_a_transfer_that_was_cut(self):
        _, connection, _ = self.connect_from_kithd("cutter")
        one, ranges = self.show(photo(1_000_000)), []

        def cut_once(session, counter, frames, headers):
            ranges.append(headers)
            if len(ranges) > 1:
                return None
            body = b"".join(frames)

            def act(handler):
                handler.send_response(200)
                handler.send_header("Content-Type", "application/vnd.kith.sealed")
                handler.send_header("Content-Length", str(len(body)))
                handler.end_headers()
                handler.wfile.write(body[:len(body) // 2 + 17])
                handler.close_connection = True
            return Reply(act=act)

        self.peer.frames[one.id] = cut_once
        answer = self.bob.get(f"/api/assets/{one.id}/content", owner=self.peer.address("cutter"))
        self.assertEqual((answer.status, len(answer.body), answer.body == one.content), (200, 1_000_000, True))
        self.assertEqual(len(ranges), 2)
        self.assertEqual(ranges[1]["if-range"], one.etag)
        self.assertRegex(ranges[1]["range"], r"bytes=[1-9]\d*-\d*")

    def test_rejects(self):
        shown = self.ask_from_kithd("busy")
        self.peer.decide(self.peer.wait_for_request(self.bob.address, "busy"), False)
        self.state(shown, "rejected")

    def test_made_an_invite(self):
        invite = Invite(self.peer.address("host"), fingerprint(self.peer.key.public))
        self.peer.invites.append(invite)
        shown = self.ask_from_kithd("host", invite=invite.link("https://web.example"))
        shown = self.state(shown, "established")
        self.assertTrue(shown["verified"])
        self.assertEqual(self.bob.ok("GET", "/api/photos", owner=self.peer.address("host"))["items"][:0], [])

    def test_invite_of_another_instance_key(self):
        invite = Invite(self.peer.address("host"), fingerprint(SigningKey().public))
        answer = self.bob.post("/api/connections", {"peer": invite.address, "purpose": "",
                                                    "invite": invite.link("https://web.example")})
        if answer.status < 300:
            self.state(answer.json(), "failed")

    def test_crossed(self):
        """Both ask: exactly one handshake goes on, whichever has the smaller temporary key, nobody has to approve."""
        for _ in range(3):
            handle = "cross" + ulid()[-6:]
            shown = self.ask_from_kithd(handle)
            theirs = self.peer.wait_for_request(self.bob.address, handle)
            ours = Initiator(self.peer.key, self.peer.address(handle), self.bob.address)
            self.peer.asking[ours.id] = ours
            received = self.peer.push(ours, "init", *ours.init)
            status = ours.take_init_answer(received.body, received.signature, self.instance_key)
            kithd_goes_on = unb64(json.loads(theirs.init[0])["initiator_key"]) < ours.temporary.public
            self.assertEqual(status, "crossed" if kithd_goes_on else "pending")
            if kithd_goes_on:
                self.peer.decide(theirs, True)
            self.peer.connection(theirs if kithd_goes_on else ours)
            until(lambda: [c["state"] for c in self.connections() if c["peer"].startswith(handle)].count("established")
                  == 1, "one connection")
            self.assertIsNotNone(shown)


class Unreachable(Story):
    """kithd can't be reached and polls; the second implementation is asked."""

    settings = {"federation": {"delivery": "poll"}}

    def test_polls(self):
        shown = self.ask_from_kithd("erin")
        known = self.peer.wait_for_request(self.bob.address, "erin")
        self.assertEqual(known.delivery, "poll")
        until(lambda: ("POST", "/handshake/poll") in self.peer.requests, "a poll")
        self.peer.decide(known, True)
        self.peer.connection(known)
        shown = self.state(shown, "established")
        self.assertEqual(shown["words"], known.words())
        one = self.show(photo(400_000))
        answer = self.bob.get(f"/api/assets/{one.id}/content", owner=self.peer.address("erin"))
        self.assertEqual((answer.status, answer.body == one.content), (200, True))

    def test_polls_a_rejection(self):
        shown = self.ask_from_kithd("frank")
        known = self.peer.wait_for_request(self.bob.address, "frank")
        self.peer.decide(known, False)
        self.state(shown, "rejected")
        until(lambda: known.th2, "the answer by poll")


if __name__ == "__main__":
    unittest.main()
