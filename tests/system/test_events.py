"""What a page is told while it is open: server-sent events of the real daemon, and nothing is ever asked for again."""

import contextlib
import json
import time
import unittest

from browser_session import Browser
from kith_instance import Instance, RawConnection, User, is_sanitized, pending_request, until

STREAMS_A_USER = 16


class Page:
    """An open stream. Events come as (name, data), in order; comments only count."""

    def __init__(self, user, timeout=30, headers=None):
        self.connection = user.instance.local.connect()
        self.connection.timeout = timeout
        self.connection.request("GET", "/api/events", headers=headers or user.authorization)
        self.response = self.connection.getresponse()
        self.comments = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.response.close()
        self.connection.close()

    def next(self):
        """The next event; None once the stream has ended."""
        name, data = None, []
        while True:
            line = self.response.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif line.startswith(":"):
                self.comments += 1
            elif not line and name:
                return name, json.loads("\n".join(data))

    def until(self, name, data=None):
        """Reads up to that event; what came before it."""
        before = []
        while (event := self.next()) is not None:
            if event[0] == name and data in (None, event[1]):
                return before
            before.append(event)
        raise AssertionError(f"the stream ended without {name} {data}; there came {before}")

    def ends(self):
        """Reads to the end; what came before it."""
        return list(iter(self.next, None))


def listen(user, **options):
    page = Page(user, **options)
    if page.response.status != 200:
        raise RuntimeError(f"no stream: {page.response.status} {page.response.read()}")
    assert page.next() == ("hello", {})
    return page


def read_until(connection, text):
    while text not in connection.received:
        piece = connection.socket.recv(65536)
        if not piece:
            raise AssertionError(f"the stream ended without {text}: {connection.received[-1000:]}")
        connection.received += piece


def log_in_again(user):
    return User(user.instance, user.email, user.password)


class OneInstance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.alice, cls.carol, cls.dave = (cls.instance.add_user(name) for name in ("alice", "carol", "dave"))

    def page(self, user, **options):
        page = listen(user, **options)
        self.addCleanup(page.close)
        return page


class Listening(OneInstance):
    def test_what_browsers_and_proxies_need_to_know(self):
        with Page(self.alice) as page:
            self.assertEqual(page.response.status, 200)
            self.assertEqual(page.response.getheader("Content-Type"), "text/event-stream")
            self.assertEqual(page.response.getheader("Cache-Control"), "no-store")
            self.assertEqual(page.response.getheader("X-Accel-Buffering"), "no")
            self.assertIsNone(page.response.getheader("ETag"))
            self.assertEqual(page.response.readline(), b"retry: 2000\n")
            self.assertEqual(page.next(), ("hello", {}))

    def test_nobody_listens_without_a_log_in(self):
        self.assertEqual(self.instance.local.request("GET", "/api/events").status, 401)
        self.assertEqual(self.instance.public.request("GET", "/api/events", headers=self.alice.authorization).status,
                         404)
        self.assertEqual(self.alice.get("/api/events", since="1").status, 400)

    def test_head_opens_no_stream(self):
        for _ in range(STREAMS_A_USER + 1):
            answer = self.alice.request("HEAD", "/api/events")
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.headers["content-type"], "text/event-stream")
        self.page(self.alice)

    def test_http_1_0(self):
        with RawConnection(self.instance.local_port) as old:
            old.send(f"GET /api/events HTTP/1.0\r\nAuthorization: Bearer {self.alice.token}\r\n\r\n".encode())
            status, head = old.read_head()
            self.assertEqual(status, 200)
            self.assertNotIn("chunked", head)
            self.alice.upload("old.txt", b"old")
            read_until(old, b"event: assets")
            self.assertTrue(old.received.startswith(b"retry: 2000\nevent: hello\ndata: {}\n\n"), old.received)

    def test_own_files(self):
        page = self.page(self.alice)
        asset = self.alice.upload("a.txt", b"first")
        self.assertEqual(page.next(), ("assets", {}))
        target = f"/api/assets/{asset['id']}"
        for method, path, body, query in (("POST", "/files", b"second", {"filename": "a.txt"}),
                                          ("PATCH", target, {"name": "b.txt"}, {}),
                                          ("DELETE", target, None, {}),
                                          ("POST", target + "/undelete", None, {}),
                                          ("DELETE", "/files", None, {"filename": "b.txt"})):
            self.alice.ok(method, path, body, **query)
            self.assertEqual(page.next(), ("assets", {}), f"{method} {path}")

    def test_shares_among_people_here_and_nothing_for_others(self):
        alice, carol, dave = (self.page(user) for user in (self.alice, self.carol, self.dave))
        asset = self.alice.upload("shared.txt", b"for carol")
        share = self.alice.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": "carol"})["items"][0]
        self.assertEqual(alice.until("shares"), [("assets", {})])
        self.assertEqual(carol.next(), ("shared_with_me", {"owner": self.alice.address}))
        self.alice.ok("PATCH", f"/api/assets/{asset['id']}", {"name": "renamed.txt"})
        alice.until("shares")
        self.assertEqual(carol.next(), ("shared_with_me", {"owner": self.alice.address}))
        self.alice.ok("DELETE", f"/api/shares/{share['id']}")
        alice.until("shares")
        self.assertEqual(carol.next(), ("shared_with_me", {"owner": self.alice.address}))
        self.dave.upload("own.txt", b"dave's own")
        self.assertEqual(dave.next(), ("assets", {}), "nothing of the others before")

    def test_too_many_pages_are_refused_until_one_goes(self):
        pages = [self.page(self.carol) for _ in range(STREAMS_A_USER)]
        with Page(self.carol) as refused:
            self.assertEqual(refused.response.status, 503)
            self.assertEqual(json.loads(refused.response.read())["code"], "busy")
            self.assertGreater(int(refused.response.getheader("Retry-After")), 0)
        self.page(self.alice)  # others have places of their own
        pages[0].close()

        def is_taken():
            with Page(self.carol) as again:
                return again.response.status == 200

        until(is_taken, "a place again")


class LogInsEnding(OneInstance):
    def test_a_log_out_ends_the_streams_of_that_log_in_at_once(self):
        other = log_in_again(self.alice)
        here, there = self.page(self.alice, timeout=10), self.page(other)
        self.alice.request("DELETE", "/api/tokens/current")
        self.assertEqual(here.ends(), [])
        with Page(self.alice) as page:
            self.assertEqual(page.response.status, 401)
        other.upload("still.txt", b"here")
        self.assertEqual(there.next(), ("assets", {}))
        other.request("DELETE", "/api/tokens")
        self.assertEqual(there.ends(), [])
        self.alice.log_in()

    def test_a_renewed_log_in_keeps_its_stream(self):
        user = log_in_again(self.carol)
        page = self.page(user, timeout=40)
        user.token = user.ok("POST", "/api/tokens/renew")["token"]
        user.upload("renewed.txt", b"renewed")
        self.assertEqual(page.next(), ("assets", {}))
        user.request("DELETE", "/api/tokens/current")
        self.assertEqual(page.ends(), [])

    def test_a_browser_listens_with_its_cookie(self):
        browser = Browser(self.instance)
        self.assertEqual(browser.log_in(self.carol).status, 201)
        page = self.page(self.carol, headers=browser.jar.field())
        self.assertEqual(browser.renew().status, 201)
        self.carol.upload("cookie.txt", b"cookie")
        self.assertEqual(page.next(), ("assets", {}))
        self.assertEqual(browser.request("DELETE", "/api/session").status, 204)
        self.assertEqual(page.ends(), [])

    def test_the_heartbeat_finds_log_ins_that_another_process_ended(self):
        begin = time.monotonic()
        dave, alice = self.page(self.dave, timeout=30), self.page(self.alice, timeout=30)
        self.instance.command("user", "set-password", "dave", "--password-stdin", stdin="another password for dave\n")
        self.assertEqual(dave.ends(), [])
        self.assertLess(time.monotonic() - begin, 30)
        # It goes out to everybody at the same time.
        self.alice.upload("beat.txt", b"beat")
        self.assertEqual(alice.next(), ("assets", {}))
        self.assertGreaterEqual(alice.comments, 1)


class Load(OneInstance):
    def test_a_page_that_reads_nothing_costs_little(self):
        events = 1000
        asset = self.alice.upload("a.txt", b"content")
        with RawConnection(self.instance.local_port, receive_buffer=4096) as deaf:
            deaf.send_head("GET", "/api/events", Authorization=f"Bearer {self.alice.token}")
            self.assertEqual(deaf.read_head()[0], 200)
            before = self.instance.memory_kib()
            for number in range(events):
                self.alice.ok("PATCH", f"/api/assets/{asset['id']}", {"name": f"{number}.txt"})
            grown = self.instance.memory_kib() - before
            print(f"{events} events to a page that reads nothing: {grown} KiB more")
            if not is_sanitized():
                self.assertLess(grown, 8 << 10)
            # However many were joined on the way: it was told.
            read_until(deaf, b"event: assets\ndata: {}\n\n")

    def test_stopping_is_quick_while_pages_are_open(self):
        with Instance() as instance, contextlib.ExitStack() as pages:
            users = [instance.add_user("alice"), instance.add_user("carol")]
            open_pages = [pages.enter_context(listen(user)) for user in users for _ in range(10)]
            begin = time.monotonic()
            self.assertEqual(instance.stop(), 0)
            took = time.monotonic() - begin
            print(f"stopped with {len(open_pages)} pages open in {took:.2f} s")
            self.assertLess(took, 5)  # without being told to go they would be waited for much longer
            for page in open_pages:
                self.assertEqual(page.ends(), [])

    def test_pages_that_vanish_leave_their_places(self):
        def all_free():
            with contextlib.ExitStack() as stack:
                opened = [stack.enter_context(Page(self.dave)) for _ in range(STREAMS_A_USER)]
                return all(page.response.status == 200 for page in opened)

        for _ in range(3):
            until(all_free, "all places are free")
            pages = [RawConnection(self.instance.local_port) for _ in range(STREAMS_A_USER)]
            for page in pages:
                page.send_head("GET", "/api/events", Authorization=f"Bearer {self.dave.token}")
            for page in pages:
                page.read_head()
            for page in pages:
                page.socket.close()
        until(all_free, "all places are free again")


class TwoInstances(unittest.TestCase):
    def setUp(self):
        self.a, self.b = Instance("a"), Instance("b")
        for instance in (self.a, self.b):
            self.addCleanup(instance.close)
            instance.start()
        self.alice, self.bob = self.a.add_user("alice"), self.b.add_user("bob")
        self.root = self.b.add_user("root", admin=True)
        self.eve = self.b.add_user("eve")

    def page(self, user):
        page = listen(user)
        self.addCleanup(page.close)
        return page

    def connection_until(self, page, user, condition):
        """Reads the connection each time, and only then, when the page is told of it."""
        while (event := page.next()) is not None:
            if event[0] != "connection":
                continue
            connection = user.ok("GET", f"/api/connections/{event[1]['id']}")
            if condition(connection):
                return connection
        raise AssertionError("the stream ended")

    def state_until(self, page, user, state):
        return self.connection_until(page, user, lambda connection: connection["state"] == state)

    def test_the_whole_story_arrives(self):
        alice, bob, root, eve = (self.page(user) for user in (self.alice, self.bob, self.root, self.eve))
        self.alice.ok("POST", "/api/connections", {"peer": self.bob.address, "purpose": "photos"})
        asked = self.state_until(bob, self.bob, "pending_in")
        self.assertEqual(asked["peer"], self.alice.address)
        root.until("connection", {"id": asked["id"]})  # admins see every request
        self.assertEqual(pending_request(self.alice, self.bob, None)["id"], asked["id"])

        self.bob.ok("POST", f"/api/connections/{asked['id']}/approve", {"fingerprint": asked["fingerprint"]})
        self.state_until(alice, self.alice, "established")
        self.state_until(bob, self.bob, "established")

        asset = self.bob.upload("beach.jpg", b"\xff\xd8\xff a picture")
        share = self.bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": self.alice.address,
                                                   "strip": "none"})["items"][0]
        bob.until("shares")
        alice.until("shared_with_me", {"owner": self.bob.address})
        told = self.alice.ok("GET", "/api/shared-with-me")["items"]
        self.assertEqual([item["name"] for item in told], ["beach.jpg"])

        self.bob.ok("DELETE", f"/api/shares/{share['id']}")
        alice.until("shared_with_me", {"owner": self.bob.address})
        self.assertEqual(self.alice.ok("GET", "/api/shared-with-me")["items"], [])

        self.bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": self.alice.address, "strip": "none"})
        bob.until("shares")
        alice.until("shared_with_me", {"owner": self.bob.address})
        self.bob.ok("POST", f"/api/connections/{asked['id']}/revoke")
        bob.until("shares")
        self.assertEqual(self.bob.ok("GET", "/api/shares")["items"], [])
        self.state_until(alice, self.alice, "revoked")
        alice.until("shared_with_me", {"owner": self.bob.address})
        self.assertEqual(self.alice.ok("GET", "/api/shared-with-me")["items"], [])
        self.eve.upload("own.txt", b"eve's own")
        self.assertEqual([name for name, _ in eve.until("assets")], ["instance"], "nothing of bob's")

    def test_being_reached_for_the_first_time_is_told_to_all(self):
        eve = self.page(self.eve)
        self.assertEqual(self.eve.ok("GET", "/api/instance")["reachability"], "unknown")
        self.alice.ok("POST", "/api/connections", {"peer": self.bob.address, "purpose": "photos"})
        self.assertEqual(eve.next(), ("instance", {}))
        self.assertEqual(self.eve.ok("GET", "/api/instance")["reachability"], "reached")


if __name__ == "__main__":
    unittest.main()
