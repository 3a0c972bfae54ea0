"""Live transfers at the daemon (docs/live.md): who is told what and when, and where everything goes. What is carried is
opaque to the daemon, and is anything here; the clients' tests are about what it means."""

import base64
import contextlib
import hashlib
import http.client
import json
import threading
import time
import unittest

from kith_instance import Instance, User, is_sanitized, until
from token_kinds import make_api_token

FULL = 256 * 1024 + 16  # bytes of a sealed piece
WINDOW = 16
AHEAD = 4


def text_of(label):
    """32 bytes that stand for a key, a MAC or a salt."""
    return base64.urlsafe_b64encode(hashlib.sha256(label.encode()).digest()).decode().rstrip("=")


def content_of(pieces, seed):
    """The sealed chunks of a file: `pieces` full ones, and the closing one."""
    full = [hashlib.shake_128(f"{seed} {n}".encode()).digest(1024) * 256 + bytes(16) for n in range(pieces)]
    return [*full, hashlib.shake_128(f"{seed} end".encode()).digest(48)]


def listing(*files):
    return [{"name": f"{n}.bin", "size": (len(chunks) - 1) * 256 * 1024, "type": "application/octet-stream"}
            for n, chunks in enumerate(files)]


class Open:
    """A connection whose answer does not end."""

    def __init__(self, client, target, headers):
        self.connection = client.connect()
        self.connection.request("GET", target, headers=headers)
        self.response = self.connection.getresponse()
        if self.response.status != 200:
            raise RuntimeError(f"{target}: {self.response.status} {self.response.read()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.response.close()
        self.connection.close()


class Events(Open):
    """The sender's."""

    def __init__(self, user, live_id, headers=None):
        super().__init__(user.instance.local, f"/api/live/{live_id}/events", headers or user.authorization)

    def next(self):
        """(name, data); None once the stream has ended."""
        name, data = None, None
        while line := self.response.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data = json.loads(value)
            elif not line.strip() and name:
                return name, data
        return None

    def until(self, wanted):
        """The data of the next event of this name."""
        while event := self.next():
            if event[0] == wanted:
                return event[1]
        raise AssertionError(f"the events ended without {wanted}")


class Put:
    """A chunk on its way; answer() waits."""

    def __init__(self, user, target, content):
        self.connection = user.instance.local.connect()
        self.connection.request("PUT", target, content, user.authorization)

    def answer(self):
        with contextlib.closing(self.connection):
            response = self.connection.getresponse()
            return response.status, json.loads(response.read())


class Offer:
    """What a sender does, call by call."""

    def __init__(self, user, *files):
        self.user, self.files = user, files
        self.made = user.ok("POST", "/api/live", {"files": listing(*files), "mac": text_of("files")})
        self.code = self.made["code"]

    def listen(self, **options):
        return Events(self.user, self.made["live_id"], **options)

    def target(self, rest=""):
        return f"/api/live/{self.made['live_id']}{rest}"

    def open(self, request, chunks, **more):
        return self.user.request("POST", self.target(f"/requests/{request}"), {
            "public_key": text_of("sender"), "mac": text_of("sender's"), "salt": text_of("salt"), "chunks": chunks,
            **more})

    def begin(self, request, number, content, query=""):
        return Put(self.user, self.target(f"/requests/{request}/chunks/{number}{query}"), content)

    def put(self, request, number, content, query=""):
        return self.begin(request, number, content, query).answer()

    def end(self, request="", query=""):
        return self.user.request("DELETE", self.target(f"/requests/{request}{query}" if request else "")).status


class Program:
    """A whole sender: answers what the events ask for, each on a thread, for as long as it is open."""

    def __init__(self, offer):
        self.offer, self.seen, self.threads = offer, [], []
        self.events = None
        self.listen()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()
        for thread in self.threads:
            thread.join()

    def listen(self):
        self.events = self.offer.listen()
        self.start(self.read, self.events)

    def leave(self):
        """The connection breaks."""
        self.events.connection.sock.shutdown(2)

    def start(self, run, *arguments):
        self.threads.append(threading.Thread(target=run, args=arguments))
        self.threads[-1].start()

    def read(self, events):
        files = {}
        with events, contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            while event := events.next():
                name, data = event
                self.seen.append(event)
                if name == "request":
                    files[data["request_id"]] = data["file"]
                if name in ("request", "resume"):
                    self.start(self.send, data, files.get(data["request_id"], 0))

    def send(self, asked, file):
        chunks, request = self.offer.files[file], asked["request_id"]
        exact = {"attempt": asked["attempt"], "from": asked["from"]}
        if self.offer.open(request, len(chunks), **exact).status != 200:
            return
        number = asked["from"]
        while number < len(chunks):
            status, _ = self.offer.put(request, number, chunks[number], f"?attempt={asked['attempt']}")
            if status != 503:
                number += 1
            if status in (409, 410):
                return  # another event tells how it goes on

    def wait_for(self, name, count=1):
        def found():
            return [data for seen, data in self.seen if seen == name][count - 1:count]
        return until(found, lambda: f"no {name} came, but {self.seen}")[0]


class Receiver:
    """Whoever has the link, by one of the two listeners."""

    def __init__(self, client, code, file=0, **more):
        self.client, self.code = client, code
        asked = client.request("POST", f"/live/{code}/requests", json.dumps(
            {"file": file, "public_key": text_of("receiver"), "mac": text_of("receiver's"), **more}))
        if asked.status != 201:
            raise RuntimeError(f"nothing asked for: {asked}")
        self.id, self.token = asked.json()["request_id"], asked.json()["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def target(self, rest=""):
        return f"/live/{self.code}/requests/{self.id}{rest}"

    def stream(self, query=""):
        return Stream(self.client, self.target("/stream" + query), self.headers)

    def confirm(self):
        return self.client.request("POST", self.target("/received"), json.dumps({"mac": text_of(self.id)}),
                                   self.headers).status

    def give_up(self):
        return self.client.request("DELETE", self.target(), headers=self.headers).status


class Stream(Open):
    """The receiver's."""

    def next(self):
        """The next line, a chunk's with its content; None at the end."""
        while line := self.response.readline():
            if not line.strip():
                continue
            said = json.loads(line)
            if "chunk" in said:
                said["content"] = self.response.read(said["bytes"])
            return said
        return None

    def until(self, field):
        while said := self.next():
            if field in said:
                return said
        raise AssertionError(f"the stream ended without {field}")

    def chunks(self):
        """All that come until the end, by number; each once and in order."""
        found = {}
        while said := self.next():
            if "chunk" in said:
                assert said["chunk"] == max(found, default=said["chunk"] - 1) + 1, said["chunk"]
                found[said["chunk"]] = said["content"]
            elif "error" in said:
                raise AssertionError(said)
        return found


def fetch(receiver, query=""):
    """A whole file, however often the sender begins anew."""
    with receiver.stream(query) as stream:
        return stream.chunks()


class OneInstance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(name="Home", settings={"trusted_proxies": ["127.0.0.1"]})
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.alice = cls.instance.add_user("alice")

    def opened(self, thing):
        self.addCleanup(thing.close)
        return thing

    def offer(self, *files):
        offer = Offer(self.alice, *files)
        self.addCleanup(offer.end)
        return offer


class Transfers(OneInstance):
    def test_two_receivers_get_two_files_at_once(self):
        files = [content_of(21, "first"), content_of(5, "second")]
        offer, got = self.offer(*files), {}

        def receive(client):
            for number in range(len(files)):
                receiver = Receiver(client, offer.code, number)
                got[client, number] = fetch(receiver), receiver.confirm(), receiver.id

        with Program(offer) as program:
            threads = [threading.Thread(target=receive, args=(client,))
                       for client in (self.instance.local, self.instance.public)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            program.wait_for("received", 4)
            receipts = {data["request_id"]: data["mac"] for name, data in program.seen if name == "received"}
        self.assertEqual(len(got), 4)
        for (_, number), (chunks, confirmed, request) in got.items():
            self.assertEqual([chunks[n] for n in sorted(chunks)], files[number])
            self.assertEqual(confirmed, 204)
            self.assertEqual(receipts[request], text_of(request))

    def test_what_a_link_shows(self):
        offer = self.offer(content_of(1, "shown"), content_of(0, "empty"))
        self.assertEqual(offer.made["page"], f"http://{self.instance.domain}/live/l")
        for client in (self.instance.local, self.instance.public):
            answer = client.request("GET", f"/live/{offer.code}")
            shown = answer.json()
            self.assertEqual(shown["files"], listing(*offer.files))
            self.assertEqual((shown["mac"], shown["live_id"]), (text_of("files"), offer.made["live_id"]))
            self.assertEqual(shown["from"], {"person": "alice", "instance": "Home"})
            self.assertIs(shown["sender_here"], False)
            self.assertEqual(answer.headers["cache-control"], "no-store")
            self.assertIn("noindex", answer.headers["x-robots-tag"])
        with offer.listen() as events:
            self.assertEqual(events.next(), ("hello", {"requests": []}))
            self.assertEqual(events.response.getheader("X-Accel-Buffering"), "no")
            self.assertIs(self.instance.local.request("GET", f"/live/{offer.code}").json()["sender_here"], True)
        self.assertEqual(self.alice.request("HEAD", offer.target("/events")).status, 200)

    def test_a_chunk_is_answered_when_there_is_room_behind_it_and_goes_out_in_its_turn(self):
        offer = self.offer(content_of(40, "paced"))
        chunks = offer.files[0]
        receiver = Receiver(self.instance.local, offer.code)
        self.assertEqual(offer.put(receiver.id, 0, chunks[0])[1]["code"], "not_ready")
        self.assertEqual(offer.open(receiver.id, len(chunks)).json(), {"attempt": 1, "from": 0})
        held = offer.begin(receiver.id, WINDOW - AHEAD, chunks[12])
        self.assertEqual(offer.put(receiver.id, WINDOW, chunks[16])[1]["code"], "conflict")
        self.assertEqual(offer.put(receiver.id, WINDOW - AHEAD - 1, chunks[11]), (200, {"taken": 0}))
        for number in (3, 1, 2, 0, 2):  # in any order, and again
            self.assertEqual(offer.put(receiver.id, number, chunks[number])[0], 200)
        with receiver.stream() as stream:
            self.assertEqual(stream.response.getheader("Content-Type"), "application/vnd.kith.live")
            self.assertEqual(stream.until("salt"), {
                "public_key": text_of("sender"), "mac": text_of("sender's"), "salt": text_of("salt"),
                "chunks": len(chunks), "from": 0, "attempt": 1})
            for number in range(4):
                said = stream.next()
                self.assertEqual((said["chunk"], said["content"] == chunks[number]), (number, True))
            status, told = held.answer()  # nobody asked again
            self.assertEqual(status, 200)
            self.assertGreaterEqual(told["taken"], 1)
            self.assertEqual(offer.put(receiver.id, 0, chunks[0]), (200, {"taken": 4}))

    def test_a_stream_of_unknown_length_ends_with_the_chunk_said_to_be_the_last(self):
        chunks = content_of(2, "unknown")
        made = self.alice.ok("POST", "/api/live", {"files": [{"name": "-", "size": None, "type": "x/y"}]})
        offer = self.offer(chunks)
        self.assertIsNone(self.instance.local.request("GET", f"/live/{made['code']}").json()["files"][0]["size"])
        offer.end()
        offer.made, offer.code = made, made["code"]
        receiver = Receiver(self.instance.public, offer.code)
        self.assertEqual(offer.open(receiver.id, None).status, 200)
        for number, chunk in enumerate(chunks):
            self.assertEqual(offer.put(receiver.id, number, chunk, f"?last={int(number == 2)}")[0], 200)
        self.assertEqual(fetch(receiver), dict(enumerate(chunks)))


class Breaks(OneInstance):
    def test_a_receiver_goes_on_after_its_connection_broke(self):
        offer = self.offer(content_of(60, "broken"))
        chunks = offer.files[0]
        with Program(offer) as program:
            receiver = Receiver(self.instance.public, offer.code)
            with receiver.stream() as stream:
                before = [stream.until("chunk")["content"] for _ in range(3)]
            program.wait_for("paused")
            with receiver.stream("?from=3") as stream:
                opening = stream.until("salt")
                self.assertEqual(opening["from"], 3)
                after = stream.chunks()
            resumed = program.wait_for("resume")
            self.assertEqual((resumed["from"], resumed["attempt"]), (3, opening["attempt"]))
            self.assertEqual(before + [after[n] for n in sorted(after)], chunks)
            late = offer.put(receiver.id, 30, chunks[30], "?attempt=1")
            self.assertEqual((late[0], late[1]["code"]), (409, "transfer_superseded"))
            self.assertEqual(offer.open(receiver.id, len(chunks), attempt=1).json()["code"], "transfer_superseded")

    def test_a_receiver_hears_that_the_sender_is_away_and_back(self):
        offer = self.offer(content_of(2, "away"))
        events = offer.listen()
        self.addCleanup(events.close)
        receiver = Receiver(self.instance.public, offer.code)
        stream = self.opened(receiver.stream())
        self.assertEqual(events.until("request")["request_id"], receiver.id)
        events.close()
        self.assertEqual(stream.until("event"), {"event": "sender_away"})
        with Program(offer) as program:
            self.assertEqual(program.wait_for("hello"), {"requests": [receiver.id]})
            self.assertEqual(stream.until("event"), {"event": "sender_back"})
            self.assertEqual(stream.chunks(), dict(enumerate(offer.files[0])))
            self.assertEqual(receiver.confirm(), 204)
            program.wait_for("received")

    def test_a_second_connection_takes_the_place_of_the_first(self):
        offer = self.offer(content_of(2, "twice"))
        first, second = self.opened(offer.listen()), self.opened(offer.listen())
        self.assertEqual(second.next(), ("hello", {"requests": []}))
        self.assertIsNone(next((e for e in iter(first.next, None) if e[0] != "hello"), None))
        receiver = Receiver(self.instance.local, offer.code)
        one, other = self.opened(receiver.stream()), self.opened(receiver.stream())
        self.assertIsNone(one.next())
        offer.open(second.until("request")["request_id"], 3)
        self.assertIn("salt", other.next())


class Ends(OneInstance):
    def receiving(self, offer):
        receiver = Receiver(self.instance.public, offer.code)
        return receiver, self.opened(receiver.stream())

    def test_each_side_is_told_that_the_other_has_ended_it(self):
        offer = self.offer(content_of(30, "ended"))
        events = self.opened(offer.listen())
        for query, code in (("", "transfer_ended"), ("?reason=file_changed", "file_changed"),
                            ("?reason=not_authentic", "not_authentic")):
            receiver, stream = self.receiving(offer)
            self.assertEqual(offer.end(receiver.id, query), 204)
            self.assertEqual(stream.until("error")["error"]["code"], code)
            self.assertIsNone(stream.next())
            again = self.instance.local.request("GET", receiver.target("/stream"), headers=receiver.headers)
            self.assertEqual(again.json()["code"], code)
        receiver, stream = self.receiving(offer)
        self.assertEqual(offer.open(receiver.id, 31).status, 200)
        self.assertIn("salt", stream.next())
        held = offer.begin(receiver.id, WINDOW - AHEAD, offer.files[0][12])
        self.assertEqual(offer.put(receiver.id, 2, offer.files[0][2])[0], 200)
        self.assertEqual(receiver.give_up(), 204)
        self.assertEqual(events.until("cancel"), {"request_id": receiver.id, "reason": "cancelled"})
        self.assertEqual(held.answer()[1]["code"], "transfer_ended")
        self.assertEqual(offer.put(receiver.id, 0, b"." * 100)[1]["code"], "transfer_ended")
        receiver, stream = self.receiving(offer)
        self.assertEqual(offer.end(), 204)
        self.assertEqual(stream.until("error")["error"]["code"], "sender_gone")
        self.assertEqual(events.until("end"), {"reason": "closed"})
        self.assertIsNone(events.next())
        self.assertEqual(self.instance.public.request("GET", f"/live/{offer.code}").status, 404)
        self.assertEqual(offer.end(), 404)

    def test_a_log_in_that_ends_takes_its_events_along(self):
        other = User(self.instance, self.alice.email, self.alice.password)
        offer = self.offer(content_of(1, "logged out"))
        with self.subTest("logged out"), Events(other, offer.made["live_id"]) as events:
            self.assertEqual(events.next()[0], "hello")
            other.ok("DELETE", "/api/tokens/current")
            self.assertIsNone(events.next())
        carol = self.instance.add_user("carol")
        here, there = carol, User(self.instance, carol.email, carol.password)
        hers = Offer(there, content_of(1, "hers"))
        with self.subTest("another password"), hers.listen() as events:
            self.assertEqual(events.next()[0], "hello")
            here.ok("PATCH", "/api/users/me", {"password": "quite another one", "current_password": carol.password})
            self.assertIsNone(events.next())
            there.token = here.token
        with self.subTest("an API token"):
            token = make_api_token(here, "shares")
            with hers.listen(headers={"Authorization": f"Bearer {token['token']}"}) as events:
                self.assertEqual(events.next()[0], "hello")
                here.ok("DELETE", f"/api/users/me/api-tokens/{token['id']}")
                self.assertIsNone(events.next())
        with self.subTest("the account"), Receiver(self.instance.public, hers.code).stream() as stream:
            here.password = "quite another one"
            here.ok("DELETE", "/api/users/me", {"current_password": here.password})
            self.assertEqual(stream.until("error")["error"]["code"], "sender_gone")

    def test_stopping_is_quick_while_streams_are_open(self):
        with Instance() as instance:
            offer = Offer(instance.add_user("alice"), content_of(30, "stopped"))
            events = self.opened(offer.listen())
            receiver = Receiver(instance.public, offer.code)
            stream = self.opened(receiver.stream())
            self.assertEqual(offer.open(receiver.id, 31).status, 200)
            held = offer.begin(receiver.id, WINDOW - AHEAD, offer.files[0][12])
            self.assertEqual(offer.put(receiver.id, 1, offer.files[0][1])[0], 200)
            both = f"kith_live_held_bytes {2 * FULL}\n".encode()
            until(lambda: both in instance.local.request("GET", "/metrics").body, "the chunks never arrived")
            begin = time.monotonic()
            self.assertEqual(instance.stop(), 0)
            self.assertLess(time.monotonic() - begin, 5)  # a chunk that waits would be waited for much longer
            self.assertEqual(events.until("end"), {"reason": "closed"})
            self.assertEqual(stream.until("error")["error"]["code"], "sender_gone")
            self.assertIn(held.answer()[0], (410, 404, 503))
            self.assertFalse([line for line in instance.log if offer.code in line or receiver.token in line])


class Bounds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(settings={"live": {"transfers": 4}, "trusted_proxies": ["127.0.0.1"]})
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.alice, cls.carol = cls.instance.add_user("alice"), cls.instance.add_user("carol")

    def test_what_is_not_well_formed_is_refused(self):
        offer = Offer(self.alice, content_of(1, "strict"))
        self.addCleanup(offer.end)
        receiver = Receiver(self.instance.local, offer.code)
        file, mac = listing(offer.files[0])[0], text_of("any")
        opening = {"public_key": mac, "mac": mac, "salt": mac, "chunks": 2}
        wish = {"file": 0, "public_key": mac, "mac": mac}
        answer, ask = offer.target(f"/requests/{receiver.id}"), f"/live/{offer.code}/requests"
        bodies = [("/api/live", body) for body in (
            {}, {"files": []}, {"files": [file] * 101}, {"files": [file], "more": 1}, {"files": {"0": file}},
            {"files": ["name"]}, {"files": [file], "mac": mac + "="}, {"files": [file], "mac": mac[:-1]},
            {"files": [file], "mac": None}, {"files": [{**file, "more": 1}]}, {"files": [{**file, "type": 1}]},
            *({"files": [{**file, "size": size}]} for size in (-1, 2 ** 53 + 1, 1.5, "1", True)),
            *({"files": [{**file, "name": name}]} for name in ("", "a/b", "..", "x" * 256, "\u0000", None)),
            {"files": [{"name": "x", "type": "x/y"}]},
            *({"files": [{**file, "type": kind}]} for kind in ("", "x" * 101, "\u00e9", "a\nb")))]
        bodies += [(answer, body) for body in (
            {}, {**opening, "more": 1}, {**opening, "chunks": 0}, {**opening, "chunks": 2 ** 53},
            {**opening, "salt": "AAAA"}, {**opening, "public_key": 7}, {**opening, "attempt": -1},
            {**opening, "attempt": 2}, {**opening, "from": 1}, {k: v for k, v in opening.items() if k != "chunks"})]
        bodies += [(ask, body) for body in (
            {}, {**wish, "file": 1}, {**wish, "file": -1}, {**wish, "file": "0"}, {**wish, "from": 2},
            {**wish, "from": 2 ** 60}, {**wish, "mac": mac + "A"}, {**wish, "more": 1})]
        bodies += [(receiver.target("/received"), body) for body in ({}, {"mac": 1}, {"mac": mac, "more": 1})]
        for target, body in bodies:
            refused = self.alice.request("POST", target, body)
            self.assertEqual(refused.status, 400, f"{target} {body}: {refused}")
        self.assertEqual(offer.open(receiver.id, 2).status, 200)
        chunk = offer.files[0][0]
        for number, query in (("01", ""), ("-1", ""), ("x", ""), (2 ** 60, ""), (0, "?attempt=x"), (0, "?attempt=2"),
                              (0, "?last=2"), (0, "?last="), (0, "?more=1")):
            self.assertEqual(offer.put(receiver.id, number, chunk, query)[0], 400, f"{number}{query}")
        for content, status in ((b"", 400), (b"." * 16, 400), (chunk + b".", 413)):
            self.assertEqual(offer.put(receiver.id, 0, content)[0], status)
        for query in ("?from=2", "?from=x", "?from=01", "?more=1"):
            self.assertEqual(self.instance.local.request("GET", receiver.target("/stream" + query),
                                                         headers=receiver.headers).status, 400, query)
        for query in ("?reason=whatever", "?more=1"):
            self.assertEqual(offer.end(receiver.id, query), 400)

    def test_unknown_codes_are_slowed_down_and_known_ones_are_not(self):
        offer = Offer(self.alice, content_of(1, "guessed"))
        self.addCleanup(offer.end)
        receiver = Receiver(self.instance.local, offer.code)
        guesser = {"X-Forwarded-For": "198.51.100.7"}

        def status(target, method="GET", **headers):
            return self.instance.public.request(method, target, headers={**guesser, **headers}).status

        guesses = [status(f"/live/{n:012d}") for n in range(20)]
        self.assertEqual(guesses, [404] * 20)
        until(lambda: status("/live/000000000000") == 429, "nobody slowed the guesser down")
        self.assertEqual(status(f"/live/{offer.code}"), 200)
        wrong = f"Bearer {text_of('another token')}"
        for target, method in ((f"/live/{offer.code.upper()}", "GET"), (receiver.target("/stream"), "GET"),
                               (receiver.target(), "DELETE")):
            self.assertIn(status(target, method, Authorization=wrong), (404, 429))
        self.assertEqual(status(receiver.target(), "DELETE", Authorization=f"Bearer {receiver.token}"), 204)
        self.assertEqual(self.instance.public.request("GET", "/live/000000000000", headers={
            "X-Forwarded-For": "198.51.100.8"}).status, 404)

    def test_there_are_so_many_transfers_and_no_more(self):
        def offers(user):
            return user.request("POST", "/api/live", {"files": listing(content_of(0, "empty"))})

        first, second = (Offer(self.alice, content_of(0, "empty")) for _ in range(2))
        refused = offers(self.alice)
        self.assertEqual((refused.status, refused.json()["code"]), (503, "busy"))
        third, fourth = (Offer(self.carol, content_of(0, "empty")) for _ in range(2))
        first.end()
        self.assertEqual(self.carol.request("DELETE", second.target()).status, 404)
        key = {"Idempotency-Key": "once"}
        again = [self.alice.request("POST", "/api/live", {"files": listing(content_of(0, "empty"))}, key).json()
                 for _ in range(2)]
        self.assertEqual(again[0], again[1])
        first.made = again[0]
        for offer in (first, second, third, fourth):
            self.assertEqual(offer.end(), 204)


class Memory(unittest.TestCase):
    @unittest.skipIf(is_sanitized(), "memory says nothing with a sanitizer")
    def test_what_was_carried_leaves_nothing_behind(self):
        with Instance() as instance:
            offer = Offer(instance.add_user("alice"), content_of(40, "again and again"))

            def transfers(count):
                receivers = [Receiver(instance.public, offer.code) for _ in range(count)]
                threads = [threading.Thread(target=lambda one=one: (fetch(one), one.confirm())) for one in receivers]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()

            with Program(offer) as program:
                transfers(4)
                before = instance.memory_kib()
                transfers(8)
                transfers(8)
                program.wait_for("received", 20)
            after = instance.memory_kib()
            most = instance.memory_kib("VmHWM")
            print(f"20 transfers: {before} KiB, then {after} KiB, at most {most} KiB")
            self.assertLess(after - before, 8 * 8 * 1024)
            self.assertLess(most - before, 8 * 8 * 1024)


if __name__ == "__main__":
    unittest.main()
