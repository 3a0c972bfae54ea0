"""What an attacker sends to a running kithd: each gets the refusal PROTOCOL.md names, and nothing changes."""

import json
import os
import unittest
from concurrent.futures import ThreadPoolExecutor

from interoperability import Story, changed, photo, ulid
from second_conventions import (
    Invite, answer_bytes, b64, dump, hmac_sha256, make_statement, request_bytes, timestamp, unb64)
from second_peer import post, send, until
from second_sessions import Opening, sealed_plaintext

PRIME = 2 ** 255 - 19
LOW_ORDER = [
    0, 1, PRIME - 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823]
UNSOUND_BOX_KEYS = [value.to_bytes(32, "little") for value in LOW_ORDER + [
    PRIME, PRIME + 1, PRIME + 9, 2 ** 255 - 1, 2 ** 255, 2 ** 255 + 9, 2 ** 256 - 1]]
UNSOUND_SIGN_KEYS = [bytes(32), bytes([1]) + bytes(31), b"\xff" * 32, bytes([1]) + bytes(30) + b"\x80",
                     bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
                     (PRIME - 1).to_bytes(32, "little"), (2).to_bytes(32, "little")]


class UntouchedStory(Story):
    def nothing_changed(self):
        return sorted((c["id"], c["state"], c["verified"], c["updated_at"]) for c in self.connections())

    def setUp(self):
        super().setUp()
        self.before = self.nothing_changed()

    def unchanged(self):
        self.assertEqual(self.before, self.nothing_changed())

    def honest_flow(self, handle):
        known, connection, _ = self.connect(handle)
        session = self.peer.open_session(connection)
        self.assertEqual(self.peer.call(session, "GET", "/api/private/v1/assets").status, 200)
        return known, connection


class HostileInit(UntouchedStory):
    def tearDown(self):
        self.unchanged()

    def init(self, message, headers=None):
        return post(self.kithd.domain, "init", *message, headers=headers)

    def test_unsound_temporary_keys(self):
        for key in UNSOUND_BOX_KEYS:
            with self.subTest(key.hex()):
                message = changed(self.initiator().init, self.peer.key, "init", initiator_key=b64(key))
                self.refused_for_good(self.init(message), "init", message[0])

    def test_unsound_instance_keys(self):
        for key in UNSOUND_SIGN_KEYS:
            with self.subTest(key.hex()):
                body, signature = changed(self.initiator().init, self.peer.key, "init", instance_key=b64(key))
                self.refused_unsigned(self.init((body, signature)), 403, "handshake_rejected")
                self.refused_unsigned(self.init((body, b64(bytes([1]) + bytes(63)))), 403, "handshake_rejected")

    def test_signatures_of_others_and_for_other_purposes(self):
        body, signature = self.initiator().init
        raw, sign = unb64(signature), self.peer.key.sign
        order = 2 ** 252 + 27742317777372353535851937790883648493
        for wrong in (None, "", signature[:-1], signature + "=", signature[:-1] + "_", b64(bytes(64)), "A" * 200,
                      b64(self.new_key().sign(request_bytes("init", body))), b64(sign(body)),
                      b64(sign(answer_bytes("init", b"", body))), b64(sign(answer_bytes("init", body, body, "error"))),
                      b64(raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")),
                      *(b64(sign(request_bytes(step, body))) for step in ("exchange", "verify", "complete", "poll",
                                                                          "auth"))):
            with self.subTest(wrong):
                self.refused_unsigned(self.init((body, wrong)), 403, "handshake_rejected")

    def test_bodies_that_are_not_well_formed(self):
        body, _ = self.initiator().init
        text, sent = body.decode(), json.loads(body)
        bodies = [b"", b"[]", b"null", body + b"{}", body[:-1], b"\xff" + body,
                  text.replace("{", '{"protocol":"x",', 1),
                  text.replace("{", '{"z":{"a":1,"a":2},', 1), text.replace("photos", r"\ud800"),
                  text.replace("{", '{"z":' + "[" * 17 + "]" * 17 + ",", 1),
                  text.replace("{", '{"z":[' + "0," * 10000 + "0],", 1)]
        fields = [{"purpose": None}, {"initiator": None}, {"protocol": "kith/2"}, {"delivery": "carrier pigeon"},
                  {"purpose": "x" * 281}, {"purpose": "line\nbreak"}, {"purpose": "\u0085"}, {"purpose": 7},
                  {"timestamp": "2026-11-20T13:15:02Z"}, {"timestamp": "2026-02-30T13:15:02.123Z"}, {"timestamp": 1},
                  {"handshake_id": sent["handshake_id"] + "=="}, {"handshake_id": sent["handshake_id"][:-1] + "_"},
                  {"handshake_id": sent["handshake_id"][:-2]}, {"commitment": "+" + sent["commitment"][1:]},
                  {"initiator": "Alice@a.example"}, {"initiator": "alice@a.example:443"}, {"invite": {}},
                  {"invite": []}, {"key_statements": {}}, {"key_statements": [{}]}, {"key_statements": "none"}]
        bodies += [changed((body, ""), self.peer.key, "init", **field)[0] for field in fields]
        bodies += [dump({**sent, name: None}) for name in ("purpose", "invite", "key_statements", "initiator_key")]
        for wrong in bodies:
            wrong = wrong.encode() if isinstance(wrong, str) else wrong
            with self.subTest(wrong[:300]):
                signature = b64(self.peer.key.sign(request_bytes("init", wrong)))
                self.refused_unsigned(self.init((wrong, signature)), 400, "bad_request")

    def test_too_large_or_encoded_bodies(self):
        message = changed(self.initiator().init, self.peer.key, "init", padding="x" * 65536)
        self.refused_unsigned(self.init(message), 413, "too_large")
        
    def test_content_encoding(self):
        self.refused_unsigned(self.init(self.initiator().init, {"Content-Encoding": "gzip"}), 400, "bad_request")

    def test_clock_six_minutes_off(self):
        for offset in (-360, 360):
            message = self.initiator(draws={"clock": offset}).init
            self.refused_unsigned(self.init(message), 400, "timestamp_out_of_range")

    def test_addresses_of_other_instances(self):
        for fields in ({"responder": "bob@elsewhere.example"}, {"initiator": f"mallory@{self.kithd.domain}"}):
            message = changed(self.initiator().init, self.peer.key, "init", **fields)
            self.refused_for_good(self.init(message), "init", message[0])

    def test_key_statements_that_do_not_hold(self):
        old = self.new_key()
        good = make_statement(self.peer.domain, 1, old, self.peer.key)
        for wrong in ([{**good, "domain": "a.example"}], [{**good, "number": 2}], [good, good],
                      [make_statement(self.peer.domain, 1, self.peer.key, old)], [{**good, "old_key": b64(bytes(32))}],
                      [make_statement(self.peer.domain, n, old, self.peer.key) for n in (1, 3)]):
            message = changed(self.initiator().init, self.peer.key, "init", key_statements=wrong)
            self.refused_for_good(self.init(message), "init", message[0])

    def test_invites_that_are_not_valid(self):
        real = Invite.read(self.bob.ok("POST", "/api/invites", {"expires_in": 60, "uses": 1})["link"])
        for invite in (Invite(real.address, real.fingerprint), Invite(real.address, real.fingerprint, real.id)):
            message = self.initiator(invite=invite).init
            self.refused_for_good(self.init(message), "init", message[0])
        message = self.initiator(invite=real, responder=f"nobody@{self.kithd.domain}").init
        self.refused_for_good(self.init(message), "init", message[0])


class HostileHandshake(UntouchedStory):
    """Around handshakes that go on; each story ends with the honest one established."""

    def test_reflected_messages(self):
        self.ask_from_kithd("mirror")
        known = self.peer.wait_for_request(self.bob.address, "mirror")
        self.refused_unsigned(post(self.kithd.domain, "init", *known.init), 403, "handshake_rejected")
        answer = known.decide(True)
        self.assertIn(post(self.kithd.domain, "init", *answer).status, (400, 404))
        received = self.peer.push(known, "exchange", *answer)
        known.take_exchange_answer(received.body, received.signature)
        connection = self.peer.connection(known)
        request, reply = known.answers["verify"]
        self.refused_unsigned(post(self.kithd.domain, "verify", request, b64(bytes(64))), 404, "not_found")
        self.refused_unsigned(post(self.kithd.domain, "verify", *reply), 404, "not_found")
        self.assertTrue(connection)

    def test_unknown_people_look_like_known_ones(self):
        answers = {name: self.send_init(self.initiator(f"m-{name}", responder=f"{name}@{self.kithd.domain}"))
                   for name in ("bob", "zoe")}
        known, unknown = answers.values()
        self.assertEqual(len(known.body), len(unknown.body))
        self.assertEqual(set(known.headers), set(unknown.headers))
        self.assertEqual(set(known.json()), set(unknown.json()))

    def test_unknown_people_are_polled_like_known_ones(self):
        sizes = []
        for name in ("bob", "zoe"):
            known = self.initiator(f"p-{name}", responder=f"{name}@{self.kithd.domain}", delivery="poll")
            self.send_init(known)
            self.assertEqual(self.send_init(known).status, 200)
            body, signature = known.poll(0)
            received = post(self.kithd.domain, "poll", body, signature)
            self.assertEqual(known.take_poll_answer(body, received.body, received.signature), "pending")
            sizes.append(len(received.body))
            self.refused_unsigned(post(self.kithd.domain, "verify", *self.early(known, "verify")), 409, "not_ready")
        self.assertEqual(sizes[0], sizes[1])

    def early(self, known, step):
        known.th2 = known.th3 = bytes(32)
        message = getattr(known, step)()
        known.th2 = known.th3 = None
        return message

    def test_replayed_and_changed_steps(self):
        known = self.peer.ask("replay", self.bob.address)
        first = post(self.kithd.domain, "init", *known.init)
        self.assertEqual((first.status, first.body), (200, post(self.kithd.domain, "init", *known.init).body))
        other = changed(known.init, self.peer.key, "init", purpose="something else")
        self.refused_unsigned(post(self.kithd.domain, "init", *other), 409, "conflict")
        for step in ("verify", "complete"):
            self.refused_unsigned(post(self.kithd.domain, step, *self.early(known, step)), 409, "not_ready")
        shown = self.pending(self.peer.address("replay"))
        self.approve(shown)
        self.peer.connection(known)
        for step in ("verify", "complete"):
            message = getattr(known, f"{step}_request")
            answers = [post(self.kithd.domain, step, *message) for _ in range(2)]
            self.assertEqual([a.status for a in answers], [200, 200])
            self.assertEqual((answers[0].body, answers[0].signature), (answers[1].body, answers[1].signature))
            other = changed(message, self.peer.key, step, extra="field")
            self.refused_unsigned(post(self.kithd.domain, step, *other), 409, "conflict")
            wrong = b64(self.new_key().sign(request_bytes(step, message[0])))
            self.refused_unsigned(post(self.kithd.domain, step, message[0], wrong), 403, "handshake_rejected")
        self.assertEqual(post(self.kithd.domain, "init", *known.init).body, first.body)
        self.state(shown, "established")

    def exchange_ready(self, handle):
        """A handshake by poll: approved, the exchange request taken, nothing answered."""
        known = self.initiator(handle, delivery="poll")
        self.send_init(known)
        self.approve(self.pending(self.peer.address(handle)))
        until(lambda: self.poll(known) == "decided", "a decision")
        return known

    def poll(self, known, wait=1):
        body, signature = known.signed("poll", dump({"handshake_id": b64(known.id), "initiator": known.initiator,
                                                     "wait": wait}))
        received = post(self.kithd.domain, "poll", body, signature)
        return known.take_poll_answer(body, received.body, received.signature)

    def exchange_answer(self, known, key=None, sealing=None, **payload):
        """An exchange answer with another payload, and a poll that carries it."""
        plain = {**known.pair.public(), "nonce": b64(known.nonce_a), **payload}
        sealed = known.seal(sealing or known.i2r, "response", plain, os.urandom(24))
        body = dump({"handshake_id": b64(known.id), "initiator": known.initiator, "sealed": b64(sealed)})
        signature = (key or known.instance_key).sign(answer_bytes("exchange", known.exchange[0], body))
        return known.signed("poll", dump({"handshake_id": b64(known.id), "initiator": known.initiator, "wait": 0,
                                          "answer": b64(body), "answer_signature": b64(signature)}))

    def test_exchange_answers_that_end_it(self):
        wrong = [{"nonce": b64(os.urandom(16))}, {"sign_key": b64(bytes(32))},
                 *({"box_key": b64(key)} for key in UNSOUND_BOX_KEYS[:3] + UNSOUND_BOX_KEYS[-2:])]
        for number, payload in enumerate(wrong):
            with self.subTest(payload):
                handle = f"ending{number}"
                known = self.exchange_ready(handle)
                message = self.exchange_answer(known, **payload)
                self.refused_for_good(post(self.kithd.domain, "poll", *message), "poll", message[0])
                self.refused_for_good(post(self.kithd.domain, "verify", *self.early(known, "verify")), "verify",
                                      known.verify_request[0], 410, "handshake_ended")
                state, = {c["state"] for c in self.connections() if c["peer"] == self.peer.address(handle)}
                self.assertEqual(state, "failed")

    def test_badly_signed_poll_changes_nothing(self):
        """Nobody has to be trusted for this one: it must not stop the daemon either."""
        known = self.exchange_ready("bad-poll")
        body, _ = known.poll(0)
        self.refused_unsigned(post(self.kithd.domain, "poll", body, b64(bytes(64))), 403, "handshake_rejected")
        self.assertEqual(self.bob.post(f"/api/connections/{ulid()}/approve", {"fingerprint": "x"}).status, 404)
        self.finish(known)

    def test_own_keys_in_the_exchange_answer(self):
        known = self.exchange_ready("own-keys")
        message = self.exchange_answer(known, **{name: b64(key) for name, key in known.peer_permanent.items()})
        self.refused_for_good(post(self.kithd.domain, "poll", *message), "poll", message[0])

    def test_badly_signed_exchange_answer_changes_nothing(self):
        known = self.exchange_ready("bad-answer")
        message = self.exchange_answer(known, key=self.new_key())
        self.refused_unsigned(post(self.kithd.domain, "poll", *message), 403, "handshake_rejected")
        self.finish(known)

    def finish(self, known):
        body, signature = known.poll(5)
        received = post(self.kithd.domain, "poll", body, signature)
        self.assertEqual(known.take_poll_answer(body, received.body, received.signature), "accepted")
        self.peer.finish(known)

    def test_verify_and_complete_that_do_not_hold(self):
        known = self.exchange_ready("wrong-inside")
        body, signature = known.poll(5)
        received = post(self.kithd.domain, "poll", body, signature)
        self.assertEqual(known.take_poll_answer(body, received.body, received.signature), "accepted")
        good = known.verify()
        role = b64(known.pair.sign.sign(known.verify_bytes("responder", json.loads(good[0])["timestamp"])))
        for fields in ({"signature": role}, {"signature": b64(bytes(64))}, {"timestamp": timestamp(1)},
                       {"initiator": "other@a.example"}):
            wrong = changed(good, self.peer.key, "verify", **fields)
            self.refused_unsigned(post(self.kithd.domain, "verify", *wrong), 403, "handshake_rejected")
        received = self.peer.push(known, "verify", *good)
        known.take_verify_answer(received.body, received.signature)
        for mac in (known.complete_mac("responder"), bytes(32), hmac_sha256(known.i2r, b"")):
            wrong = changed(known.complete(), self.peer.key, "complete", confirmation=b64(mac))
            self.refused_unsigned(post(self.kithd.domain, "complete", *wrong), 403, "handshake_rejected")
        received = self.peer.push(known, "complete", *known.complete())
        known.take_complete_answer(received.body, received.signature)

    def test_exchange_requests_that_change_nothing(self):
        shown = self.ask_from_kithd("patient")
        known = self.peer.wait_for_request(self.bob.address, "patient")
        self.init_answered(shown)
        good = known.decide(True)
        sealed = bytearray(unb64(json.loads(good[0])["sealed"]))
        sealed[-1] ^= 1
        wrong_key = known.seal(known.i2r, "request", known.pair.public(), os.urandom(24))
        for fields in ({"transcript": b64(bytes(32))}, {"sealed": b64(bytes(sealed))}, {"sealed": b64(wrong_key)},
                       {"initiator": "carol@" + self.kithd.domain}, {"responder": self.peer.address("other")}):
            with self.subTest(fields):
                wrong = changed(good, self.peer.key, "exchange", **fields)
                self.refused_unsigned(post(self.kithd.domain, "exchange", *wrong), 403, "handshake_rejected")
        for fields in ({"approval": "rejected"}, {"nonce": None}, {"sealed": None}, {"nonce": b64(bytes(15))}):
            with self.subTest(fields):
                wrong = changed(good, self.peer.key, "exchange", **fields)
                self.refused_unsigned(post(self.kithd.domain, "exchange", *wrong), 400, "bad_request")
        large = changed(good, self.peer.key, "exchange", padding="x" * 16384)
        self.refused_unsigned(post(self.kithd.domain, "exchange", *large), 413, "too_large")
        for signature in (None, b64(self.new_key().sign(request_bytes("exchange", good[0]))),
                          b64(self.peer.key.sign(request_bytes("init", good[0])))):
            self.refused_unsigned(post(self.kithd.domain, "exchange", good[0], signature), 403, "handshake_rejected")
        received = self.peer.push(known, "exchange", *good)
        known.take_exchange_answer(received.body, received.signature)
        self.assertEqual(post(self.kithd.domain, "exchange", *good).body, received.body)
        other = changed(good, self.peer.key, "exchange", extra=1)
        self.refused_unsigned(post(self.kithd.domain, "exchange", *other), 409, "conflict")
        self.peer.connection(known)
        self.state(shown, "established")

    def test_unsound_keys_in_the_exchange_request_end_it(self):
        for number, keys in enumerate([{"box_key": b64(key)} for key in UNSOUND_BOX_KEYS[:4]] +
                                      [{"sign_key": b64(UNSOUND_SIGN_KEYS[0])}]):
            handle = f"unsound{number}"
            shown = self.ask_from_kithd(handle)
            known = self.peer.wait_for_request(self.bob.address, handle)
            self.init_answered(shown)
            sealed = known.seal(known.r2i, "request", {**known.pair.public(), **keys}, os.urandom(24))
            message = changed(known.decide(True), self.peer.key, "exchange", sealed=b64(sealed))
            self.refused_for_good(post(self.kithd.domain, "exchange", *message), "exchange", message[0])
            self.state(shown, "failed")

    def test_flood_of_polls(self):
        known = self.initiator("flood", delivery="poll")
        self.send_init(known)
        body, signature = known.poll(20)
        with ThreadPoolExecutor(40) as pool:
            polls = [pool.submit(post, self.kithd.domain, "poll", body, signature) for _ in range(40)]
            until(lambda: sum(p.done() for p in polls) == 39, "a newer poll answers the older ones")
            self.assertEqual(self.bob.get("/api/connections").status, 200)
            self.approve(self.pending(self.peer.address("flood")))
            statuses = [p.result().json().get("status") for p in polls]
        self.assertEqual((statuses.count("decided"), statuses.count("pending")), (1, 39), statuses)
        self.assertEqual(self.poll(known), "decided")
        self.finish(known)


class HostileSessions(UntouchedStory):
    def setUp(self):
        super().setUp()
        self.handle = "s" + ulid()[-8:]
        self.known, self.connection = self.honest_flow(self.handle)

    def auth(self, opening):
        return post(self.kithd.domain, "auth", opening.body, opening.signature)

    def test_auth_that_does_not_hold(self):
        stranger = self.new_key()
        good = Opening(self.connection)
        cases = [(Opening(self.connection, connection_id=b64(os.urandom(16))), 404, "not_found"),
                 (Opening(self.connection, timestamp=timestamp(-360)), 400, "timestamp_out_of_range"),
                 (Opening(self.connection, timestamp=timestamp(360)), 400, "timestamp_out_of_range"),
                 (Opening(self.connection, aes="yes"), 400, "bad_request"),
                 (Opening(self.connection, session_key=b64(bytes(79))), 400, "bad_request"),
                 (Opening(self.connection, session_key=b64(os.urandom(80))), 403, "handshake_rejected"),
                 (Opening(self.connection, **{"from": self.connection.peer, "to": self.connection.own}), 403,
                  "handshake_rejected"),
                 (Opening(self.connection, to=f"carol@{self.kithd.domain}"), 403, "handshake_rejected")]
        cases += [(Opening(self.connection, ephemeral_key=b64(key)), 403, "handshake_rejected")
                  for key in UNSOUND_BOX_KEYS[:5]]
        self.connection.pairs[7], self.connection.peer_keys[7] = self.connection.pairs[0], self.connection.peer_keys[0]
        cases += [(Opening(self.connection, epoch=7), 403, "handshake_rejected"),
                  (Opening(self.connection, peer_epoch=7), 403, "handshake_rejected")]
        for opening, status, code in cases:
            with self.subTest(opening.body):
                self.refused_unsigned(self.auth(opening), status, code)
        for signature in (None, b64(stranger.sign(request_bytes("auth", good.body))),
                          b64(self.peer.key.sign(request_bytes("auth", good.body))),
                          b64(self.connection.pairs[0].sign.sign(request_bytes("verify", good.body)))):
            self.refused_unsigned(post(self.kithd.domain, "auth", good.body, signature), 403, "handshake_rejected")
        received = self.auth(good)
        session = good.take(received.body, received.signature)
        self.assertEqual(self.peer.call(session, "GET", "/api/private/v1/assets").status, 200)

    def test_replayed_auth(self):
        opening = Opening(self.connection)
        self.assertEqual(self.auth(opening).status, 200)
        self.refused_unsigned(self.auth(opening), 409, "replayed")
        self.kithd.restart()
        self.refused_unsigned(self.auth(opening), 409, "replayed")

    def test_counters(self):
        session = self.peer.open_session(self.connection)
        plain = sealed_plaintext("GET", "/api/private/v1/assets")

        def ask(counter, body=None):
            return self.peer.send_sealed(session, body or session.seal_request(counter, plain), counter)
        first = session.seal_request(5000, plain)
        self.assertEqual(ask(5000, first).status, 200)
        self.refused_unsigned(ask(5000, first), 409, "counter_seen")
        self.refused_unsigned(ask(5000), 409, "counter_seen")
        self.refused_unsigned(ask(5000 - 2048), 409, "counter_seen")
        self.refused_unsigned(ask(0), 409, "counter_seen")
        self.assertEqual(ask(5000 - 2047).status, 200)
        self.refused_unsigned(ask(5001, first), 401, "unauthorized")
        flipped = bytearray(session.seal_request(5002, plain))
        flipped[7] ^= 1
        self.refused_unsigned(ask(5002, bytes(flipped)), 401, "unauthorized")
        self.assertEqual(ask(5002).status, 200, "what does not authenticate takes no counter")
        for counter in ("-1", "01", "x", "", str(2 ** 64), "18446744073709551615"):
            answer = self.peer.send_sealed(session, first, counter)
            self.assertIn((answer.status, answer.code), ((400, "bad_request"), (401, "unauthorized")), counter)
        self.refused_unsigned(self.peer.send_sealed(session, first, 1, b64(bytes(16))), 401, "session_unknown")
        self.refused_unsigned(self.peer.send_sealed(session, first, 1, "AA=="), 400, "bad_request")
        self.refused_unsigned(self.peer.send_sealed(session, bytes(1048577), 6000), 413, "too_large")
        self.refused_unsigned(send(self.kithd.domain, "GET", "/api/private/v1/assets", headers={
            "Kith-Session": b64(session.id), "Kith-Counter": "6000", "Kith-Mac": b64(bytes(32))}), 403, "forbidden")

    def test_sealed_requests_for_other_paths(self):
        session = self.peer.open_session(self.connection)
        for target in ("/api/connections", "/api/private/v1/sealed", "/api/private/v1/../../connections", "/files",
                       "/api/private/v1/%2e%2e/x", "/api/private/v1//assets", "/api/private/v1/assets%2fx",
                       "/api/private/v1/a\\b", "/api/private/v1/%5Cx", "/api/private/v1/./assets", "", "*",
                       "http://127.0.0.1/api/private/v1/assets", "/api/private/v1/assets?limit=0",
                       "/api/private/v1/assets?limit=501", "/api/private/v1/assets?other=1",
                       "/api/private/v1/assets?limit=1&limit=1"):
            answer = self.peer.call(session, "GET", target)
            self.assertEqual(answer.status, 400, (target, answer))
        for headers in ({"authorization": "Bearer x"}, {"Range": "bytes=0-1"}, {"range": 1}, []):
            answer = self.peer.call(session, "GET", "/api/private/v1/assets", headers or {"host": "x"})
            self.assertEqual(answer.status, 400, (headers, answer))
        for target in ("/api/private/v1/nothing", "/api/private/v1/assets/" + ulid() + "/other"):
            self.assertEqual(self.peer.call(session, "GET", target).status, 404)

    def test_assets_of_others_are_absent(self):
        self.honest_flow(self.handle + "other")
        theirs, = self.share(self.handle + "other", photo(99))
        session = self.peer.open_session(self.connection)
        for ending in ("", "/content", "/thumbnail"):
            answers = [self.peer.call(session, "GET", f"/api/private/v1/assets/{name}{ending}")
                       for name in (theirs["id"], ulid(), "not-an-id")]
            self.assertEqual({(a.status, a.code) for a in answers}, {(404, "not_found")})
            one, absent = ({k: v for k, v in a.json().items() if k != "request_id"} for a in answers[:2])
            self.assertEqual(one, absent)
            self.assertEqual(set(answers[0].headers), set(answers[1].headers))
        self.assertEqual(self.peer.call(session, "GET", "/api/private/v1/assets").json()["items"], [])

    def test_ranges_of_more_than_a_gibibyte(self):
        size = (1 << 30) + 5
        file = self.kithd.directory / "large"
        with open(file, "wb") as out:
            out.truncate(size)
        with open(file, "rb") as content:
            asset = self.bob.request("POST", f"/files?filename={self.handle}.bin", body=content,
                                     headers={"Content-Length": str(size)}).json()
        self.bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": self.peer.address(self.handle)})
        session, target = self.peer.open_session(self.connection), f"/api/private/v1/assets/{asset['id']}/content"
        for headers in ({}, {"range": "bytes=0-"}, {"range": f"bytes=0-{1 << 30}"}, {"range": f"bytes=-{size}"}):
            answer = self.peer.call(session, "GET", target, headers)
            self.assertEqual((answer.status, answer.code), (400, "range_required"), (headers, answer))
        answer = self.peer.call(session, "GET", target, {"range": f"bytes={1 << 30}-"})
        self.assertEqual((answer.status, answer.body), (206, bytes(5)))
        self.bob.request("DELETE", f"/files?filename={self.handle}.bin")
        file.unlink()


if __name__ == "__main__":
    unittest.main()
