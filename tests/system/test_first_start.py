"""What an admin sets in the browser: the name and the domain of an instance whose configuration names neither."""

import concurrent.futures
import contextlib
import http.client
import os
import pathlib
import signal
import socket
import sqlite3
import threading
import time
import unittest

from kith_instance import Instance, RawConnection, connect, until


class FreshInstance(Instance):
    """Nothing about itself in its configuration but what `named` says."""

    def __init__(self, name="fresh", named=(), **others):
        super().__init__(name, **others)
        self.named = named

    def config(self):
        config = super().config()
        for key in ("domain", "name"):
            if key not in self.named:
                del config["instance"][key]
        return config

    def discovery(self):
        return self.public.request("GET", "/.well-known/kith").json()

    def change(self, admin, **wish):
        """A PATCH that must be good; the daemon is there again when this returns."""
        known = len(self.log)
        answer = admin.request("PATCH", "/api/instance", wish)
        if answer.status != 200:
            raise RuntimeError(f"{wish}: {answer}")
        if answer.json()["restarting"]:
            self.wait_for_log("listening", after=known)
        return answer.json()

    def settings_in_database(self, **values):
        """Puts them where the daemon keeps what was chosen; only while it is stopped."""
        with contextlib.closing(sqlite3.connect(self.data / "kith.db")) as database, database:
            for name, value in values.items():
                database.execute("INSERT OR REPLACE INTO instance_settings (name, value) VALUES (?, ?)",
                                 (name.replace("_", "."), value.encode()))

    def process_entries(self, what):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/{what}").iterdir()))


class FirstStart(unittest.TestCase):
    def setUp(self):
        self.instance = FreshInstance()
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.admin = self.instance.add_user("alice", admin=True)
        self.reachable = f"127.0.0.1:{self.instance.public_port}"

    def get(self):
        return self.admin.ok("GET", "/api/instance")

    def test_what_a_fresh_instance_says_of_itself(self):
        derived = f"{socket.gethostname().lower()}:{self.instance.public_port}"
        shown = self.get()
        self.assertEqual((shown["domain"], shown["name"], shown["public_url"]),
                         (derived, derived, "http://" + derived))
        self.assertEqual((shown["domain_fixed"], shown["domain_fixed_by"], shown["name_fixed"]), (False, None, False))
        self.assertEqual((shown["reachability"], shown["reached_at"]), ("unknown", None))
        self.assertEqual((shown["delivery"], shown["public_listen"], shown["public_tls"]),
                         ("push", self.reachable, False))
        self.assertEqual(self.instance.discovery()["name"], derived)

    def test_a_name_holds_at_once_and_stays(self):
        answer = self.instance.change(self.admin, name="Our house 🏡")
        self.assertEqual((answer["name"], answer["restarting"]), ("Our house 🏡", False))
        self.assertEqual(self.get()["name"], "Our house 🏡")
        self.assertEqual(self.instance.discovery()["name"], "Our house 🏡")
        self.assertEqual(len([line for line in self.instance.log if "listening" in line]), 1, "it did not restart")
        self.instance.restart(kill=True)
        self.assertEqual(self.instance.discovery()["name"], "Our house 🏡")

    def test_a_domain_takes_effect_in_place_and_data_and_log_in_survive(self):
        content = os.urandom(200_000)
        asset = self.admin.upload("photo.bin", content)
        key = self.instance.discovery()["instance_key"]
        process = self.instance.process.pid
        answer = self.instance.change(self.admin, name="Our house", domain=self.reachable)
        self.assertTrue(answer["restarting"])
        self.assertEqual((answer["domain"], answer["name"], answer["public_url"]),
                         (self.reachable, "Our house", "http://" + self.reachable))
        self.assertEqual({**self.get(), "restarting": True}, answer, "the answer told what holds afterwards")
        seen = self.instance.discovery()
        self.assertEqual((seen["domain"], seen["name"], seen["instance_key"]), (self.reachable, "Our house", key))
        self.assertEqual(self.instance.process.poll(), None)
        self.assertEqual(self.instance.process.pid, process)
        self.assertEqual(self.admin.get("/files/photo.bin").body, content)
        self.assertEqual(self.admin.ok("GET", f"/api/assets/{asset['id']}")["owner"], f"alice@{self.reachable}")
        self.assertEqual(self.admin.ok("GET", "/api/users/me")["address"], f"alice@{self.reachable}")
        # The same after an ordinary restart, also one that nobody prepared.
        self.instance.restart(kill=True)
        self.assertEqual(self.instance.discovery()["domain"], self.reachable)

    def test_the_name_follows_the_domain_until_it_is_chosen(self):
        self.instance.change(self.admin, domain="home.example")
        shown = self.get()
        self.assertEqual((shown["name"], shown["public_url"]), ("home.example", "https://home.example"))
        self.instance.change(self.admin, name="Us")
        self.instance.change(self.admin, domain="other.example")
        self.assertEqual(self.get()["name"], "Us")

    def test_the_page_stays_where_it_is_when_the_domain_moves(self):
        host = {"Host": f"{socket.gethostname()}:{self.instance.local_port}"}
        self.assertEqual(self.instance.local.request("GET", "/healthz", headers=host).status, 200)
        self.instance.change(self.admin, domain="home.example")
        self.assertEqual(self.instance.local.request("GET", "/healthz", headers=host).status, 200)
        self.assertEqual(self.instance.local.request("GET", "/healthz", headers={"Host": "home.example"}).status, 200)
        self.assertEqual(self.instance.local.request("GET", "/healthz", headers={"Host": "evil.example"}).status, 421)

    def test_what_changes_nothing_is_fine_and_restarts_nothing(self):
        shown = self.get()
        answer = self.instance.change(self.admin, name=shown["name"], domain=shown["domain"])
        self.assertFalse(answer.pop("restarting"))
        self.assertEqual(answer, shown)
        self.assertEqual(self.get(), shown)

    def test_changes_are_in_the_audit_log(self):
        before = self.get()["domain"]
        self.instance.change(self.admin, name="Our house", domain="home.example")
        entries = self.admin.ok("GET", "/api/admin/audit-log")["items"]
        told = {e["action"]: e for e in entries if e["action"] in ("instance_named", "instance_moved")}
        self.assertEqual((told["instance_named"]["subject"], told["instance_named"]["actor"]),
                         ("Our house", self.admin.id))
        self.assertEqual((told["instance_moved"]["subject"], told["instance_moved"]["detail"]),
                         ("home.example", "was " + before))

    def test_hostile_names_and_domains_change_nothing(self):
        before, seen = self.get(), self.instance.discovery()
        wishes = [{}, {"name": None}, {"name": 7}, {"name": ["x"]}, {"domain": None}, {"domain": {"a": 1}},
                  {"name": "fine", "colour": "red"}, {"name": "fine", "domain": "NOT.example"}]
        wishes += [{"name": name} for name in (
            "", " ", " front", "back ", "back\u00a0", "\u3000front", "two\nlines", "tab\there", "bell\x07", "nul\x00",
            "del\x7f", "c1\x85", "line\u2028", "turned\u202egpj", "isolate\u2066", "mark\u200f", "arabic\u061c",
            "zero\u200bwidth", "bom\ufeff", "tag\U000e0041", "x" * 81, "ü" * 81, "x" * 5000)]
        wishes += [{"domain": domain} for domain in (
            "", " ", "Home.example", "home.example.", "home.example:443", "home.example:0", "home.example:65536",
            "home.example:081", "home.example:", "https://home.example", "home.example/", "home.example/x",
            "user@home.example", "a..example", "-a.example", "a_b.example", "münchen.example", "1.2.3", "1.2.3.4.5",
            "0x7f.1", "0x7f000001", "[::1", "::1", "[0:0:0:0:0:0:0:1]:8471", "home.example\n", "home.example ",
            "home\x00.example", "a" * 64 + ".example", "a." * 127 + "example", "x" * 4000)]
        for wish in wishes:
            answer = self.admin.request("PATCH", "/api/instance", wish)
            self.assertIn(answer.status, (400, 413), f"{wish}: {answer}")
            self.assertTrue(answer.json()["detail"], wish)
        for body in (b"", b"[]", b"null", b'{"name": "a", "name": "b"}', b'{"name": "\xff"}', b'{"name": "\\ud800"}'):
            answer = self.admin.request("PATCH", "/api/instance", body)
            self.assertEqual(answer.status, 400, f"{body}: {answer}")
        self.assertEqual(self.get(), before)
        self.assertEqual(self.instance.discovery(), seen)
        self.instance.restart()
        self.assertEqual(self.get(), before)

    def test_only_an_admin_may(self):
        bob = self.instance.add_user("bob")
        before = self.get()
        self.assertEqual(bob.ok("GET", "/api/instance"), before)
        self.assertEqual(bob.request("PATCH", "/api/instance", {"name": "Mine"}).status, 404)
        self.assertEqual(bob.request("PATCH", "/api/instance", {"domain": "mine.example"}).status, 404)
        self.assertEqual(self.instance.local.request("PATCH", "/api/instance", b'{"name": "Mine"}').status, 401)
        self.assertEqual(self.instance.public.request("PATCH", "/api/instance", b'{"name": "Mine"}',
                                                      self.admin.authorization).status, 404)
        self.assertEqual(self.get(), before)


class Restarts(unittest.TestCase):
    def setUp(self):
        self.instance = FreshInstance()
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.admin = self.instance.add_user("alice", admin=True)

    def test_open_pages_hear_the_end_and_come_again(self):
        with RawConnection(self.instance.local_port) as idle, RawConnection(self.instance.local_port) as page:
            idle.send_head("GET", "/healthz")
            self.assertEqual(idle.read_head()[0], 200)
            page.send_head("GET", "/api/events", **self.admin.authorization)
            self.assertEqual(page.read_head()[0], 200)
            while b"event: hello" not in page.received:
                page.received += page.socket.recv(65536)
            begin = time.monotonic()
            self.instance.change(self.admin, domain="home.example")
            self.assertLess(time.monotonic() - begin, 10, "nobody waited for idle pages")
            # The chunked body ends as it should: the page sees the end of a stream, not a broken connection.
            self.assertTrue(page.read_to_end().endswith(b"\r\n0\r\n\r\n"), page.received[-100:])
            self.assertEqual(idle.read_to_end().split(b"\r\n\r\n")[-1], b'{"status":"ok"}')
        with self.admin.open("/api/events") as again:
            self.assertEqual((again.status, again.readline()[:6]), (200, b"retry:"))

    def test_a_running_upload_may_finish(self):
        with RawConnection(self.instance.local_port) as upload:
            upload.send_head("PUT", "/files/late.bin", Content_Length=1 << 20, **self.admin.authorization)
            upload.send(b"u" * (1 << 19))
            until(lambda: any(p.is_file() for p in (self.instance.data / "blobs").rglob("*")), "begun")
            answer = self.admin.request("PATCH", "/api/instance", {"domain": "home.example"})
            self.assertEqual(answer.status, 200)
            self.instance.wait_for_log("starting again")
            upload.send(b"u" * (1 << 19))
            self.assertEqual(upload.read_head()[0], 201)
        self.instance.wait_for_log("home.example")
        self.assertEqual(self.admin.get("/files/late.bin").body, b"u" * (1 << 20))

    def test_no_request_that_was_answered_is_lost(self):
        done, answered = threading.Event(), []

        def upload(thread):
            for number in range(10_000):
                if done.is_set():
                    return
                name, content = f"{thread}-{number}.bin", os.urandom(3000)
                # Refused or cut: nothing was promised. Anything but a whole answer is such.
                with contextlib.suppress(OSError, http.client.HTTPException):
                    answer = self.instance.local.request("PUT", f"/files/{name}", content, self.admin.authorization)
                    if answer.status == 201 and answer.json()["size"] == len(content):
                        answered.append((name, content))

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            threads = [pool.submit(upload, number) for number in range(20)]
            for domain in ("one.example", "two.example"):
                before = len(answered)
                until(lambda before=before: len(answered) > before + 40, "uploads")
                self.instance.change(self.admin, domain=domain)
            before = len(answered)
            until(lambda: len(answered) > before + 40, "uploads after it")
            done.set()
            for thread in threads:
                thread.result()
        self.assertEqual(len(answered), len({name for name, _ in answered}))
        for name, content in answered:
            self.assertEqual(self.admin.get(f"/files/{name}").body, content, name)

    def test_changes_at_once_end_with_one_of_them(self):
        domains = [f"d{number}.example" for number in range(8)]
        known = len(self.instance.log)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            def change(domain):
                with contextlib.suppress(OSError):
                    return self.admin.request("PATCH", "/api/instance", {"domain": domain, "name": f"N {domain}"})
            answers = list(pool.map(change, domains))
        self.assertTrue(any(answer and answer.status == 200 for answer in answers))
        self.instance.wait_for_log("listening", after=known)

        def settled():
            with contextlib.suppress(OSError):
                shown = self.admin.get("/api/instance").json()
                return shown["domain"] in domains and shown["name"] == f"N {shown['domain']}"
        until(settled, "the name and the domain of one of them")

    def test_the_end_is_not_missed_while_it_starts_again(self):
        with RawConnection(self.instance.local_port) as upload:
            upload.send_head("PUT", "/files/late.bin", Content_Length=2, **self.admin.authorization)
            upload.send(b"u")
            until(lambda: any(p.is_file() for p in (self.instance.data / "blobs").rglob("*")), "begun")
            self.admin.request("PATCH", "/api/instance", {"domain": "home.example"})
            self.instance.wait_for_log("starting again")
            self.instance.process.send_signal(signal.SIGTERM)
            upload.send(b"u")
            self.assertEqual(upload.read_head()[0], 201)
        self.assertEqual(self.instance.process.wait(30), 0)
        self.assertFalse(any("home.example" in line for line in self.instance.log), "it did not start again")
        self.instance.restart()
        self.assertEqual(self.admin.ok("GET", "/api/instance")["domain"], "home.example")

    def test_many_restarts_leave_little_behind(self):
        self.instance.change(self.admin, domain="first.example")
        self.admin.ok("GET", "/api/instance")
        threads, descriptors = (self.instance.process_entries(what) for what in ("task", "fd"))
        for number in range(10):
            self.instance.change(self.admin, domain=f"n{number}.example")
        self.assertEqual(self.admin.ok("GET", "/api/instance")["domain"], "n9.example")
        until(lambda: self.instance.process_entries("task") == threads, "as many threads as before")
        # Pistache 0.0.5 forgets one descriptor for each event thread (NotifyFd of its reactor); nothing else may stay.
        until(lambda: self.instance.process_entries("fd") <= descriptors + 10 * 2, "no other descriptors than those")

    def test_a_domain_it_cannot_start_with_is_given_up(self):
        self.instance.change(self.admin, domain="home.example")
        self.instance.stop()
        self.instance.settings_in_database(chosen_domain="not a domain", chosen_domain_before="home.example")
        self.instance.start()
        self.instance.wait_for_log("going back to the one before")
        self.assertEqual(self.admin.ok("GET", "/api/instance")["domain"], "home.example")
        known = len(self.instance.log)
        self.instance.restart()
        self.assertFalse(any("going back" in line for line in self.instance.log[known:]))


class FixedOnes(unittest.TestCase):
    def test_the_configuration_comes_first(self):
        with FreshInstance() as instance:
            admin = instance.add_user("alice", admin=True)
            instance.change(admin, name="Chosen", domain="chosen.example")
            instance.named, instance.name, instance.domain = ("domain", "name"), "Written", "written.example"
            instance.restart()
            shown = admin.ok("GET", "/api/instance")
            self.assertEqual((shown["name"], shown["domain"]), ("Written", "written.example"))
            self.assertEqual((shown["domain_fixed"], shown["domain_fixed_by"], shown["name_fixed"]),
                             (True, "configuration", True))
            for wish, key in (({"name": "Mine"}, "instance.name"), ({"domain": "mine.example"}, "instance.domain"),
                              ({"name": "Written", "domain": "mine.example"}, "instance.domain")):
                answer = admin.request("PATCH", "/api/instance", wish)
                self.assertEqual((answer.status, answer.json()["code"]), (409, "conflict"))
                self.assertIn(key, answer.json()["detail"])
            answer = instance.change(admin, name="Written", domain="written.example")
            self.assertFalse(answer["restarting"])
            # One of both is enough to fix it; the other stays open, and a refused half keeps the other half out.
            instance.named = ("domain",)
            instance.restart()
            self.assertEqual(admin.ok("GET", "/api/instance")["name"], "Chosen")
            self.assertEqual(admin.request("PATCH", "/api/instance", {"name": "New", "domain": "x.example"}).status, 409)
            self.assertEqual(instance.discovery()["name"], "Chosen")
            instance.change(admin, name="New")
            self.assertEqual(instance.discovery()["name"], "New")
            instance.named = ()
            instance.restart()
            self.assertEqual(admin.ok("GET", "/api/instance")["domain"], "chosen.example")

    def test_a_choice_the_configuration_puts_aside_is_not_given_up(self):
        with FreshInstance(domain="written.example") as instance:
            admin = instance.add_user("alice", admin=True)
            instance.stop()
            instance.settings_in_database(chosen_domain="chosen.example", chosen_domain_before="before.example")
            instance.named = ("domain",)
            with contextlib.closing(socket.create_server(("127.0.0.1", instance.public_port))):
                with self.assertRaises(RuntimeError):
                    instance.start()
                self.assertFalse(any("going back" in line for line in instance.log))
            instance.restart()
            instance.named = ()
            instance.restart()
            self.assertEqual(admin.ok("GET", "/api/instance")["domain"], "chosen.example")

    def test_a_connection_fixes_the_domain_and_shows_that_others_get_through(self):
        with FreshInstance("ours") as ours, Instance("theirs") as theirs:
            alice, bob = ours.add_user("alice", admin=True), theirs.add_user("bob")
            reachable = f"127.0.0.1:{ours.public_port}"
            ours.change(alice, domain="localhost:1")
            ours.change(alice, domain=reachable)
            self.assertEqual(alice.ok("GET", "/api/instance")["reachability"], "unknown")
            alice.log_in()
            alice_side, bob_side = connect(alice, bob)

            shown = alice.ok("GET", "/api/instance")
            self.assertEqual((shown["domain_fixed"], shown["domain_fixed_by"]), (True, "connection"))
            answer = alice.request("PATCH", "/api/instance", {"domain": "other.example", "name": "Not this either"})
            self.assertEqual((answer.status, answer.json()["code"]), (409, "conflict"))
            self.assertIn("revoke", answer.json()["detail"])
            self.assertNotIn("Not this either", ours.discovery()["name"])
            self.assertEqual(ours.change(alice, name="Alice's house")["restarting"], False)

            # Bob's instance came with messages of its own: under this domain others get through, known also later.
            self.assertEqual(shown["reachability"], "reached")
            reached_at = alice.ok("GET", "/api/instance")["reached_at"]
            self.assertIsNotNone(reached_at)
            ours.restart()
            shown = alice.ok("GET", "/api/instance")
            self.assertEqual((shown["reachability"], shown["domain"]), ("reached", reachable))
            self.assertGreaterEqual(shown["reached_at"], reached_at)

            # A choice nobody could make any more, as if a connection had come between it and the restart.
            ours.stop()
            ours.settings_in_database(chosen_domain="late.example", chosen_domain_before=reachable)
            ours.start()
            ours.wait_for_log("going back to the one before")
            self.assertEqual(alice.ok("GET", "/api/instance")["domain"], reachable)
            asset = bob.upload("photo.jpg", b"photo of bob")
            bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": alice.address})
            self.assertEqual(alice.ok("GET", "/api/assets", owner=bob.address)["items"][0]["name"], "photo.jpg")

            # Once nobody relies on it, it may change again, and what was known of the old one says nothing of the new.
            alice.post(f"/api/connections/{alice_side}/revoke")
            bob.wait_for_connection(bob_side, lambda c: c["state"] == "revoked")
            self.assertFalse(alice.ok("GET", "/api/instance")["domain_fixed"])
            answer = ours.change(alice, domain=f"localhost:{ours.public_port}")
            self.assertEqual((answer["reachability"], answer["reached_at"]), ("unknown", None))
            self.assertEqual(alice.ok("GET", "/api/instance")["reachability"], "unknown")
            alice.log_in()
            connect(alice, bob)
            self.assertEqual(alice.ok("GET", "/api/instance")["reachability"], "reached")


if __name__ == "__main__":
    unittest.main()
