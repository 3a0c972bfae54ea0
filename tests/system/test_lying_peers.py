"""What a peer answers kithd when it lies: nothing wrong is taken, and an honest answer afterwards still is."""

import http.client
import json
import os
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from interoperability import Story, changed, photo
from openapi_contract import contract
from second_conventions import Invite, SigningKey, answer_bytes, b64, dump, make_statement, u64
from second_implementation import Initiator
from second_peer import Reply, post, until
from second_sessions import LAST

# What a person can be told who looks at what somebody elsewhere shares.
FROM_PEERS = ("forbidden", "not_found", "too_many_requests", "busy", "not_verified", "wrong_state", "key_mismatch",
              "timestamp_out_of_range", "peer_error", "peer_unreachable")


def raw_answer(head, *pieces, pause=None):
    """An answer sent byte by byte as given; `pause` is waited for between the pieces."""
    def act(handler):
        handler.wfile.write(head)
        for piece in pieces:
            handler.wfile.write(piece)
            handler.wfile.flush()
            if pause:
                pause.wait(20)
        handler.close_connection = True
    return Reply(act=act)


def endless(content_type):
    """A body far over every limit; ends when the other side has enough."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: 1000000000\r\n\r\n".encode()
    return raw_answer(head, *[b" " * 65536] * 200)


class LyingInHandshakes(Story):
    def lie_once(self, path, reply, count=1):
        """`reply` for the first requests, then the truth."""
        lies = []

        def answer(headers, body):
            lies.append(1)
            return (reply(headers, body) if callable(reply) else reply) if len(lies) <= count else None
        self.peer.answers[path] = answer
        return lies

    def ends_well(self, handle, shown):
        """kithd tries again; the honest handshake is established."""
        self.bob.post(f"/api/connections/{shown['id']}/retry")
        known = self.peer.wait_for_request(self.bob.address, handle)
        if not known.exchange:
            self.peer.decide(known, True)
        self.peer.connection(known)
        self.assertEqual(self.state(shown, "established")["words"], known.words())

    def nonsense(self):
        return {"huge": endless("application/json"), "type": Reply(200, b"<html>", content_type="text/html"),
                "redirect": Reply(302, headers={"Location": f"http://{self.kithd.domain}/.well-known/kith"}),
                "array": Reply(200, b"[]"), "empty": Reply(200, b""), "error": Reply(500, b"{}"),
                "cut": raw_answer(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"),
                "noise": raw_answer(os.urandom(500)),
                "unsigned-end": Reply(410, dump({"status": 410, "code": "handshake_ended"}))}

    def test_discovery(self):
        honest = json.loads(self.peer.discovery())
        lies = {f"d-{n}": r for n, r in self.nonsense().items()}
        for name, field in (("domain", {"domain": "elsewhere.example"}), ("old", {"protocols": ["kith/0"]}),
                            ("key", {"instance_key": b64(bytes(32))}), ("long", {"name": "x" * 201}),
                            ("list", {"key_statements": [make_statement(self.peer.domain, 1, self.peer.key,
                                                                        SigningKey())]})):
            lies["d-" + name] = Reply(200, dump({**honest, **field}))
        for handle, lie in lies.items():
            with self.subTest(handle):
                told = self.lie_once("/.well-known/kith", lie, 1000)
                shown = self.bob.post("/api/connections", {"peer": self.peer.address(handle), "purpose": "x"})
                until(lambda: told, "a discovery")
                self.assertNotIn(handle, [h.responder.split("@")[0] for h in self.peer.asked.values()])
                self.peer.answers.clear()
                if shown.status < 300 and handle == "d-list":
                    self.state(shown.json(), "failed")
                elif shown.status < 300:
                    self.ends_well(handle, shown.json())

    def test_init_answers_that_are_tried_again(self):
        for name, lie in self.nonsense().items():
            handle = "i-" + name
            with self.subTest(name):
                told = self.lie_once("/handshake/init", lie)
                shown = self.ask_from_kithd(handle)
                until(lambda: told, "an init")
                self.ends_well(handle, shown)

    def wrong_init(self, handle, state, **options):
        def answer(headers, body):
            honest = self.peer.init(body, headers.get("Kith-Signature"))
            value = {**json.loads(honest.body), **options.get("fields", {})}
            if "key" in options:
                value["instance_key"] = b64(options["key"].public)
            wrong = dump(value)
            key = options.get("key") or self.peer.key
            return Reply(200, wrong, b64(key.sign(answer_bytes("init", options.get("request", body), wrong))))
        told = self.lie_once("/handshake/init", answer)
        shown = self.ask_from_kithd(handle)
        until(lambda: told, "an init")
        if state == "failed":
            self.state(shown, "failed")
        else:
            self.ends_well(handle, shown)

    def test_init_answers_that_end_it(self):
        for number, options in enumerate((
                {"key": SigningKey()}, {"fields": {"handshake_id": b64(bytes(16))}},
                {"fields": {"responder": self.peer.address("somebody")}}, {"fields": {"responder_key": b64(bytes(32))}},
                {"fields": {"responder_key": b64(u64(1)[::-1] + bytes(24))}})):
            with self.subTest(options):
                self.wrong_init(f"ends{number}", "failed", **options)

    def test_init_answers_badly_signed_or_malformed_are_tried_again(self):
        for number, options in enumerate(({"request": b"another"}, {"fields": {"status": "done"}},
                                          {"fields": {"responder_key": None}}, {"fields": {"timestamp": "now"}})):
            with self.subTest(options):
                self.wrong_init(f"again{number}", "established", **options)

    def test_exchange_answers_that_are_tried_again(self):
        lies = self.nonsense()
        lies["signature"] = lambda headers, body: Reply(200, dump({"handshake_id": "A" * 22}), b64(bytes(64)))
        for name, lie in lies.items():
            handle = "x-" + name
            with self.subTest(name):
                told = self.lie_once("/handshake/exchange", lie)
                known = self.peer.ask(handle, self.bob.address)
                shown = self.pending(self.peer.address(handle))
                self.approve(shown)
                until(lambda: told, "an exchange")
                self.bob.post(f"/api/connections/{shown['id']}/retry")
                self.peer.connection(known)
                self.assertEqual(self.state(shown, "established")["words"], known.words())

    def test_verify_and_complete_answers_that_are_tried_again(self):
        for step in ("verify", "complete"):
            for name in ("type", "cut", "unsigned-end", "error"):
                handle = f"{step}-{name}"
                with self.subTest(handle):
                    told = self.lie_once(f"/handshake/{step}", self.nonsense()[name])
                    shown = self.ask_from_kithd(handle)
                    known = self.peer.wait_for_request(self.bob.address, handle)
                    self.peer.decide(known, True)
                    until(lambda: told, step)
                    self.bob.post(f"/api/connections/{shown['id']}/retry")
                    self.peer.connection(known)
                    self.state(shown, "established")

    def test_wrong_transcript_is_refused(self):
        shown = self.ask_from_kithd("th1")
        known = self.peer.wait_for_request(self.bob.address, "th1")
        self.init_answered(shown)
        good = known.decide(True)
        wrong = changed(good, self.peer.key, "exchange", transcript=b64(os.urandom(32)))
        self.refused_unsigned(post(self.kithd.domain, "exchange", *wrong), 403, "handshake_rejected")
        received = self.peer.push(known, "exchange", *good)
        known.take_exchange_answer(received.body, received.signature)
        self.peer.connection(known)

    def test_another_key_in_discovery_after_approval(self):
        lie = Reply(200, dump({**json.loads(self.peer.discovery()), "instance_key": b64(SigningKey().public)}))
        known = self.peer.ask("impostor", self.bob.address)
        shown = self.pending(self.peer.address("impostor"))
        self.peer.answers["/.well-known/kith"] = lambda *_: lie
        self.approve(shown)
        self.bob.wait_for_connection(shown["id"], lambda c: "key_mismatch" in json.dumps(c["timeline"]))
        self.assertNotIn(("POST", "/handshake/exchange"), self.peer.requests)
        self.peer.answers.clear()
        self.bob.ok("POST", f"/api/connections/{shown['id']}/retry")
        self.peer.connection(known)

    def test_slow_peer_holds_up_nobody(self):
        never = threading.Event()
        self.addCleanup(never.set)
        self.peer.answers["/.well-known/kith"] = lambda *_: raw_answer(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n", *[b" "] * 100,
            pause=never)
        for number in range(12):
            self.bob.post("/api/connections", {"peer": self.peer.address(f"slow{number}"), "purpose": "x"})
        begin = time.monotonic()
        self.assertEqual(self.bob.get("/api/connections").status, 200)
        self.assertLess(time.monotonic() - begin, 2)


class LyingInSessions(Story):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = cls("connect_once")
        cls.story.connect_from_kithd("dora")

    def connect_once(self):
        pass

    def fetch(self, one):
        """What kithd's client takes for a complete answer, or nothing if it saw that it is not."""
        try:
            answer = self.bob.get(f"/api/assets/{one.id}/content", owner=self.peer.address("dora"))
        except (http.client.HTTPException, OSError):
            return None
        return answer.body if answer.status in (200, 206) else None

    def test_frames_that_are_not_as_sent(self):
        def body(*frames):
            return Reply(200, b"".join(frames), content_type="application/vnd.kith.sealed")

        def flip(frame, at):
            return frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1:]

        def reseal(session, counter, number, plaintext):
            sealed = session.aead(session.a2o).encrypt(u64(counter) + number.to_bytes(4, "big"), plaintext,
                                                       session.data("response", counter))
            return len(sealed).to_bytes(4, "big") + sealed

        def head(one):
            return {"content-length": "500000", "etag": one.etag}

        lies = {
            "cut in a frame": lambda one, s, c, f: body(*f[:-1], f[-1][:-1]),
            "without the last": lambda one, s, c, f: body(*f[:-1]),
            "head only": lambda one, s, c, f: body(f[0]),
            "reordered": lambda one, s, c, f: body(f[0], f[2], f[1], *f[3:]),
            "repeated": lambda one, s, c, f: body(f[0], f[1], f[1], *f[2:]),
            "left out": lambda one, s, c, f: body(f[0], *f[2:]),
            "one more after the last": lambda one, s, c, f: body(*f, reseal(s, c, len(f) | LAST, b"more")),
            "bytes after the last": lambda one, s, c, f: body(*f, b"\x00\x00"),
            "flipped content": lambda one, s, c, f: body(f[0], flip(f[1], 50), *f[2:]),
            "flipped head": lambda one, s, c, f: body(flip(f[0], 10), *f[1:]),
            "flipped tag at the end": lambda one, s, c, f: body(*f[:-1], flip(f[-1], len(f[-1]) - 1)),
            "length over the limit": lambda one, s, c, f: body(f[0], b"\xff\xff\xff\xff" + f[1][4:], *f[2:]),
            "length zero": lambda one, s, c, f: body(f[0], bytes(4), *f[1:]),
            "of another answer": lambda one, s, c, f: body(*s.seal_answer(c + 1, 200, {}, one.content)),
            "shorter than said": lambda one, s, c, f: body(*s.seal_answer(c, 200, head(one), one.content[:400_000])),
            "longer than said": lambda one, s, c, f: body(*s.seal_answer(c, 200, head(one), one.content + b"more")),
            "other content": lambda one, s, c, f: body(*s.seal_answer(c, 200, head(one), bytes(500_000))),
            "not frames": lambda one, s, c, f: Reply(200, b"hello", content_type="application/vnd.kith.sealed"),
            "not sealed": lambda one, s, c, f: Reply(200, one.content, content_type="image/png"),
            "redirect": lambda one, s, c, f: Reply(307, headers={"Location": f"http://{self.peer.domain}/other"}),
            "huge": lambda one, s, c, f: endless("application/vnd.kith.sealed")}
        with ThreadPoolExecutor(3) as pool:  # more at once of one person would be told busy
            done = {(name, always): pool.submit(self.lied_about, lie, always)
                    for name, lie in lies.items() for always in (False, True)}
        for (name, always), result in done.items():
            with self.subTest(name, always=always):
                one, count, got, afterwards = result.result()
                self.assertGreater(count, 0)
                self.assertIn(got, (None, one.content), "wrong bytes as a complete answer")
                self.assertEqual(afterwards, one.content, "the honest answer afterwards")

    def lied_about(self, lie, always):
        """A photo whose content comes with a lie once or always: how often, what was got, what was got afterwards."""
        one, lied = self.show(photo(500_000)), []

        def frames(session, counter, sealed, headers):
            lied.append(1)
            return lie(one, session, counter, sealed) if always or len(lied) == 1 else None
        self.peer.frames[one.id] = frames
        got = self.fetch(one)
        del self.peer.frames[one.id]
        return one, len(lied), got, self.fetch(one)

    def test_lists_that_are_not_lists(self):
        owner = self.peer.address("dora")
        honest, private = len(self.bob.ok("GET", "/api/photos", owner=owner)["items"]), self.peer.private
        for status, headers, content in ((200, {"content-type": "application/json"}, b"[]"), (200, {}, b"{}"),
                                         (200, {}, b'{"items":[{"id":"../../x"}]}'), (302, {"location": "/x"}, b""),
                                         (200, {}, b'{"items":[],"items":[]}'), (999, {}, b"")):
            self.peer.private = lambda *_, a=(status, headers, content): (a[0], dict(a[1]), a[2])
            try:
                self.assertGreaterEqual(self.bob.get("/api/photos", owner=owner).status, 500, content)
            finally:
                self.peer.private = private
        self.assertEqual(len(self.bob.ok("GET", "/api/photos", owner=owner)["items"]), honest)

    def test_what_photos_cannot_be(self):
        owner, one, private = self.peer.address("dora"), self.show(photo(10)), self.peer.private

        def told(**fields):
            item = {**one.item(), **fields}
            self.peer.private = lambda *_: (200, {"content-type": "application/json"}, dump({"items": [item]}))
            try:
                return self.bob.get("/api/photos", owner=owner)
            finally:
                self.peer.private = private
        good = {"captured_at": "2024-07-01T12:00:00+02:00", "width": 4000, "height": 3000, "camera": "Canon EOS 5D",
                "unheard_of": {"x": []}}
        answer = told(**good)
        self.assertEqual(answer.status, 200)
        self.assertEqual({name: answer.json()["items"][0].get(name) for name in good}, {**good, "unheard_of": None})
        for name, values in {"captured_at": ["2024-02-30T00:00:00", "2024-07-01", "", None, 5, "2024-07-01T12:00:00Z"],
                             "width": [0, -1, 1.5, "4000", 10**10, None], "height": [0, True],
                             "camera": ["a\nb", "\x7f", "x" * 101, None, 5]}.items():
            for value in values:
                self.assertEqual(told(**{**good, name: value}).status, 502, (name, value))

    def test_thumbnails_that_are_none(self):
        owner, one, private = self.peer.address("dora"), self.show(photo(10)), self.peer.private
        target = f"/api/assets/{one.id}/thumbnail"
        tag = {"etag": '"t"'}
        said = [({"content-type": "image/svg+xml", **tag}, b"<svg/>"), ({"content-type": "text/html", **tag}, b"x"),
                ({"content-type": "image/webp; x=text/html", **tag}, b"x"), (tag, b"x"),
                ({"content-type": "image/webp"}, b"x"), ({"content-type": "image/webp", "etag": "W/weak"}, b"x"),
                ({"content-type": "image/webp", "etag": '"' + "x" * 200 + '"'}, b"x"),
                ({"content-type": "image/webp", **tag}, bytes(2**20 + 1))]
        try:
            for headers, body in said:
                self.peer.private = lambda *_, h=headers, b=body: (200, dict(h), b)
                self.assertEqual(self.bob.get(target, owner=owner).status, 502, (headers, len(body)))
            self.peer.private = lambda *_: (200, {"content-type": "image/webp", **tag}, b"anything")
            got = self.bob.get(target, owner=owner)
        finally:
            self.peer.private = private
        self.assertEqual((got.status, got.body, got.headers["content-type"]), (200, b"anything", "image/webp"))
        self.assertIn("sandbox", got.headers["content-security-policy"])

    def test_refusals_that_are_about_something_else(self):
        """Nothing a peer says may look as if kithd had said it of bob's own log-in or request."""
        owner, private = self.peer.address("dora"), self.peer.private
        codes = set(contract().document["components"]["schemas"]["ErrorCode"]["enum"])
        codes.remove("connection_ended")  # that one is believed, and over it is
        said = [(401, code) for code in codes] + [(status, "odd") for status in (400, 401, 410, 421, 429, 503, 504)]
        for status, code in said:
            problem = dump({"status": status, "title": "x", "detail": "x", "code": code})
            self.peer.private = lambda *_, s=status, p=problem: (s, {"content-type": "application/problem+json"}, p)
            try:
                told = self.bob.get("/api/photos", owner=owner)  # the document says which statuses may come
            finally:
                self.peer.private = private
            self.assertIn(told.status, (400, 403, 404, 409, 429, 502, 503), (code, status))
            self.assertIn(told.json()["code"], FROM_PEERS, (code, status))
        self.assertEqual(self.bob.get("/api/photos", owner=owner).status, 200)

    def test_auth_answers_that_do_not_hold(self):
        owner, auth = self.peer.address("dora"), self.peer.auth

        def flipped(body, signature):
            reply = auth(body, signature)
            return Reply(200, reply.body.replace(b"aes256gcm", b"chacha20poly1305"), reply.headers["Kith-Signature"])

        def by_instance(body, signature):
            reply = auth(body, signature)
            return Reply(200, reply.body, b64(self.peer.key.sign(answer_bytes("auth", body, reply.body))))
        for lie in (flipped, by_instance, lambda *_: Reply(200, b"{}"), lambda *_: endless("application/json"),
                    lambda *_: Reply(403, dump({"status": 403, "code": "connection_ended"}))):
            self.kithd.restart()  # no session is left
            self.peer.answers["/api/auth"] = lambda headers, body: lie(body, headers.get("Kith-Signature"))
            self.assertGreaterEqual(self.bob.get("/api/photos", owner=owner).status, 500)
            self.peer.answers.clear()
            until(lambda: self.bob.get("/api/photos", owner=owner).status == 200, "the honest session")


class Limits(Story):
    """The places for undecided requests; loopback has a /24 for every source that is needed."""

    def ask_from(self, source, key, handle, responder=None):
        known = self.initiator(handle, key=key, responder=responder or self.bob.address)
        connection = http.client.HTTPConnection(*self.kithd.domain.split(":"), timeout=20, source_address=(source, 0))
        try:
            body, signature = known.init
            connection.request("POST", "/handshake/init", body, {"Content-Type": "application/json",
                                                                 "Kith-Signature": signature})
            response = connection.getresponse()
            return known, response.status, response.headers, json.loads(response.read())
        finally:
            connection.close()

    def test_places_for_undecided_requests(self):
        keys = [SigningKey() for _ in range(8)]
        first = [self.ask_from("127.0.1.1", keys[0], f"a{n}") for n in range(8)]
        self.assertEqual([status for _, status, _, _ in first], [200] * 8)
        _, status, headers, problem = self.ask_from("127.0.2.1", keys[0], "a8")
        self.assertEqual((status, problem["code"]), (429, "too_many_requests"), "the ninth of one instance")
        self.assertGreater(int(headers["Retry-After"]), 0)
        self.assertEqual([self.ask_from("127.0.1.9", keys[1], f"b{n}")[1] for n in range(8)], [200] * 8)
        _, status, _, problem = self.ask_from("127.0.1.17", keys[2], "c0")
        self.assertEqual((status, problem["code"]), (429, "too_many_requests"), "the 17th of one source")
        for key in (keys[3], keys[4]):
            self.assertEqual([self.ask_from("127.0.2.1" if key is keys[3] else "127.0.3.1", key, f"d{n}")[1]
                              for n in range(8)], [200] * 8)
        self.assertEqual(len(self.connections()), 32)
        _, status, _, answer = self.ask_from("127.0.4.1", keys[5], "late")
        self.assertEqual((status, answer["status"]), (200, "pending"), "the 33rd for one person")
        self.assertEqual(sum(c["state"] == "pending_in" for c in self.connections()), 32)
        oldest = first[0][0]
        self.refused_for_good(post(self.kithd.domain, "init", *oldest.init), "init", oldest.init[0], 410,
                              "handshake_ended")
        self.assertEqual(post(self.kithd.domain, "init", *first[1][0].init).status, 200)
        invite = Invite.read(
            self.bob.ok("POST", "/api/invites", {"expires_in": 60, "uses": 1})["link"])
        guest = Initiator(keys[0], self.peer.address("guest"), self.bob.address, "x", invite)
        self.assertEqual(post(self.kithd.domain, "init", *guest.init).status, 200, "a valid invite needs no place")


if __name__ == "__main__":
    unittest.main()
