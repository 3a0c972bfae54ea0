"""People from a shell: the real kith against two real kithd. How alice and bob come to trust each other, share, and part
again; what scripts see; what admins do; and texts that mean harm to a terminal."""

import contextlib
import http.server
import json
import os
import pty
import select
import subprocess
import threading
import unittest
import urllib.parse

from kith_instance import Instance, until
from kith_shell import ABSENT, FAILED, NO_GOOD, OK, SENSELESS, Shell

PURPOSE = "the photos of our holidays"


class Person:
    """Somebody with an account, logged in with kith on a computer of their own."""

    def __init__(self, instance, handle, admin=False):
        self.user = instance.add_user(handle, admin=admin)
        self.address = self.user.address
        self.shell = Shell()
        self.ok("login", f"http://127.0.0.1:{instance.local_port}", "--email", self.user.email, "--password-stdin",
                *(["--admin"] if admin else []), stdin=self.user.password + "\n")

    def run(self, *arguments, stdin=""):
        return self.shell.run(*arguments, stdin=stdin)

    def ok(self, *arguments, stdin=""):
        return self.shell.ok(*arguments, stdin=stdin)

    def json(self, *arguments, stdin=""):
        """The one document of a command that must do."""
        return json.loads("\n".join(self.ok("--json", *arguments, stdin=stdin)))

    def pending(self):
        return self.json("connections", "--pending")

    def request_of(self, other):
        """Their request, once it is here."""
        return until(lambda: next((c for c in self.pending() if c["peer"] == other.address), None),
                     lambda: f"{other.address} asked, but it is not here")

    def state(self, connection_id):
        return next(c for c in self.json("connections", "--all") if c["id"] == connection_id)["state"]


class Terminal:
    """A command with somebody before it: what it says is read, and answered."""

    def __init__(self, shell, *arguments):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(shell.line(arguments), cwd=shell.folder, env=shell.environment, stdin=theirs,
                                        stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self.said = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.ours)

    def piece(self, seconds=60):
        """False at the end."""
        if not select.select([self.ours], [], [], seconds)[0]:
            raise TimeoutError(f"nothing comes any more behind {self.said!r}")
        try:
            piece = os.read(self.ours, 65536)
        except OSError:  # how a terminal says that nobody else has it open
            return False
        self.said += piece.decode(errors="replace")
        return bool(piece)

    def answer(self, question, text):
        while question not in self.said:
            if not self.piece():
                raise AssertionError(f"{question!r} was not asked: {self.said!r}")
        os.write(self.ours, text.encode() + b"\n")
        return self

    def end(self):
        """Exit status, once all was said."""
        while self.piece():
            pass
        return self.process.wait(60)


class Households(unittest.TestCase):
    """Two instances for a whole class, and as many people on them as its stories need."""

    @classmethod
    def setUpClass(cls):
        cls.a, cls.b = Instance("Alice's server"), Instance("Bob's server")
        for instance in (cls.a, cls.b):
            cls.addClassCleanup(instance.close)
            instance.start()
        cls.b.add_user("root", admin=True)
        cls.root = Person(cls.a, "root", admin=True)
        cls.addClassCleanup(cls.root.shell.__exit__)

    def people(self, *handles):
        """The first on A, the second on B, the third on A again …"""
        found = [Person((self.a, self.b)[number % 2], handle) for number, handle in enumerate(handles)]
        for person in found:
            self.addCleanup(person.shell.__exit__)
        return found

    def connect(self, one, other):
        """With an invite, which asks no questions."""
        one.ok("connect", "-", "--wait", stdin=other.ok("invite")[0] + "\n")

    def assert_refused(self, done, status, code):
        self.assertEqual(done.returncode, status, done)
        error = json.loads(done.stdout)["error"]
        self.assertEqual(error["code"], code, done)
        self.assertTrue(error["detail"], done)


class Trust(Households):
    def test_alice_and_bob_with_nothing_but_kith(self):
        alice, bob = self.people("alice", "bob")
        # She asks, and waits for him.
        asking = alice.shell.start("connect", bob.address, "--purpose", PURPOSE, "--wait")
        request = bob.request_of(alice)
        self.assertEqual((request["purpose"], request["state"]), (PURPOSE, "pending_in"))
        listed = bob.run("connections", "--pending").stdout
        for text in (alice.address, PURPOSE, request["fingerprint"]):
            self.assertIn(text, listed)

        # Without the fingerprint, or with another one, nothing happens.
        self.assertEqual(bob.run("approve", alice.address).returncode, SENSELESS)
        wrong = ("A" if request["fingerprint"][0] != "A" else "B") + request["fingerprint"][1:]
        self.assert_refused(bob.run("--json", "approve", alice.address, "--fingerprint", wrong), FAILED,
                            "fingerprint_mismatch")
        self.assertEqual(bob.state(request["id"]), "pending_in")

        # He approves, as she read it to him: small letters, no spaces.
        read = request["fingerprint"].replace(" ", "").lower()
        approved = bob.run("approve", "alice", "--fingerprint", read, "--wait")
        self.assertEqual(approved.returncode, OK, approved)
        said = asking.communicate(timeout=60)
        self.assertEqual(asking.returncode, OK, said)
        self.assertIn(f"kith words {bob.address}", said[0])
        self.assertIn(request["fingerprint"], said[1], "hers is what she has to read to him")

        # The words are the same, and they say so.
        words = alice.ok("words", bob.address)
        self.assertEqual(len(words[0].split()), 6)
        self.assertEqual(bob.ok("words", alice.address), words)
        for one, other in ((alice, bob), (bob, alice)):
            self.assertTrue(one.json("words", other.address, "--match")["verified"])

        # A file, shared and taken back.
        alice.shell.file("beach.jpg", b"a photo of the beach")
        alice.ok("put", "beach.jpg")
        made = alice.json("share", "beach.jpg", "--with", bob.address, "--expires", "7d")
        self.assertEqual([share["with"] for share in made], [bob.address])
        self.assertIsNotNone(made[0]["expires_at"])
        self.assertIn("beach.jpg", "\n".join(alice.ok("shares")))
        bob.ok("get", "beach.jpg", "--from", alice.address)
        self.assertEqual((bob.shell.folder / "beach.jpg").read_bytes(), b"a photo of the beach")
        self.assertEqual(alice.run("unshare", "beach.jpg", "--with", "somebody@else.example").returncode, ABSENT)
        self.assertEqual(len(alice.json("shares")), 1)
        alice.ok("unshare", "beach.jpg", "--with", bob.address)
        self.assertEqual(alice.json("shares"), [])
        until(lambda: bob.run("get", "beach.jpg", "--from", alice.address, "-o", "again").returncode == ABSENT,
              "bob can still get it")

        # They part, which both see.
        alice.ok("disconnect", "bob")
        self.assertEqual(alice.json("connections"), [])
        until(lambda: bob.json("connections") == [], "bob's side goes on")
        self.assertEqual(alice.run("words", bob.address).returncode, ABSENT)

    def test_who_is_declined_hears_of_it(self):
        carol, dave = self.people("carol", "dave")
        asking = carol.shell.start("connect", dave.address, "--wait")
        dave.request_of(carol)
        dave.ok("reject", carol.address)
        said = asking.communicate(timeout=60)
        self.assertEqual(asking.returncode, FAILED, said)
        self.assertIn("declined", said[1])
        self.assertEqual(dave.pending(), [])

    def test_an_invite_asks_no_questions(self):
        erin, frank = self.people("erin", "frank")
        invite = frank.json("invite", "--expires", "2h", "--uses", "2")
        made = erin.json("connect", "-", "--wait", stdin=invite["link"] + "\n")
        self.assertEqual((made["state"], made["verified"]), ("established", True))
        until(lambda: [i["spent"] for i in frank.json("invite", "--list")] == [1], "it was not counted")
        self.assertNotIn("link", frank.json("invite", "--list")[0])
        frank.ok("invite", "--delete", invite["id"])
        self.assertEqual(frank.json("invite", "--list"), [])
        self.assert_refused(frank.run("--json", "invite", "--delete", invite["id"]), ABSENT, "not_found")

    def test_words_that_differ_end_it(self):
        grace, heidi = self.people("grace", "heidi")
        self.connect(grace, heidi)
        ended = grace.json("words", heidi.address, "--no-match")
        self.assertEqual(ended["state"], "revoked")
        self.assertEqual(grace.json("connections"), [])

    def test_nobody_is_taken_for_somebody_else(self):
        ivan, judy = self.people("ivan", "judy")
        self.assert_refused(ivan.run("--json", "words", judy.address), ABSENT, "not_found")
        self.assert_refused(ivan.run("--json", "approve", judy.address, "--fingerprint", "A"), ABSENT, "not_found")
        self.assertEqual(ivan.run("connect").returncode, SENSELESS)
        self.assertEqual(ivan.run("words", judy.address, "--match", "--no-match").returncode, SENSELESS)
        self.assertEqual(ivan.run("share", "nothing.jpg", "--with", judy.address).returncode, ABSENT)
        self.assertEqual(ivan.run("unshare", "nothing.jpg").returncode, SENSELESS)
        ivan.shell.file("a.txt", b"a")
        ivan.ok("put", "a.txt")
        self.assertEqual(ivan.run("share", "a.txt", "--with", judy.address).returncode, ABSENT, "not connected")
        self.assertEqual(ivan.json("shares"), [])

    def test_at_a_terminal_people_are_asked(self):
        mallory, niaj = self.people("mallory", "niaj")
        mallory.ok("connect", niaj.address, "--purpose", PURPOSE)
        request = niaj.request_of(mallory)
        with Terminal(niaj.shell, "approve", mallory.address) as terminal:
            self.assertEqual(terminal.answer("[yes/no]", "perhaps").answer("perhaps", "no").end(), FAILED)
            for text in (mallory.address, PURPOSE, request["fingerprint"], "Alice's server"):
                self.assertIn(text, terminal.said)
        self.assertEqual(niaj.state(request["id"]), "pending_in")
        with Terminal(niaj.shell, "approve", mallory.address, "--wait") as terminal:
            self.assertEqual(terminal.answer("[yes/no]", "yes").end(), OK, terminal.said)
        with Terminal(niaj.shell, "words", mallory.address) as terminal:
            self.assertEqual(terminal.answer("[yes/no]", "y").end(), OK, terminal.said)
            self.assertIn("6.", terminal.said)
        self.assertTrue(niaj.json("connections")[0]["verified"])
        with Terminal(niaj.shell, "disconnect", mallory.address) as terminal:
            self.assertEqual(terminal.answer("[yes/no]", "no").end(), FAILED)
        self.assertEqual(niaj.json("connections")[0]["state"], "established")
        with Terminal(niaj.shell, "invite") as terminal:
            self.assertEqual(terminal.end(), OK)
            self.assertIn("█", terminal.said)
            self.assertIn("/invite#kith1.", terminal.said)
        self.assertNotIn("█", "\n".join(niaj.ok("invite")), "a script wants the link only")


class Exchanges(Households):
    def test_links_are_listed_and_revoked(self):
        (alice,) = self.people("alice")
        alice.shell.file("a.txt", b"for anybody")
        link = alice.ok("exchange", "send", "a.txt", "--note", "look at this")[0]
        listed = alice.json("exchange", "list")
        self.assertEqual([[file["name"] for file in each["files"]] for each in listed], [["a.txt"]])
        shown = alice.run("exchange", "list").stdout
        for text in (listed[0]["id"], "a.txt", "look at this"):
            self.assertIn(text, shown)
        alice.ok("exchange", "revoke", listed[0]["id"])
        self.assertEqual(alice.json("exchange", "list"), [])
        self.assertEqual(alice.run("exchange", "get", link).returncode, NO_GOOD)
        self.assert_refused(alice.run("--json", "exchange", "revoke", "0" * 26), ABSENT, "not_found")


class Administration(Households):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carol, cls.bob = Person(cls.a, "carol"), Person(cls.b, "bob")
        for person in (cls.carol, cls.bob):
            cls.addClassCleanup(person.shell.__exit__)

    def test_accounts(self):
        listed = {user["handle"]: user for user in self.root.json("admin", "users")}
        self.assertEqual(set(listed), {"root", "carol"})
        self.assertEqual(self.root.json("admin", "users", "list"), self.root.json("admin", "users"))
        self.assertIn("carol@mail.example", self.root.run("admin", "users").stdout)
        self.assertEqual(self.root.json("admin", "users", "set-quota", "carol", "5GB")["quota_bytes"], 5_000_000_000)
        suspended = self.root.json("admin", "users", "suspend", "carol@mail.example")
        self.assertEqual(suspended["state"], "suspended")
        self.assertEqual(self.carol.run("connections").returncode, NO_GOOD)
        self.root.ok("admin", "users", "reactivate", self.carol.address)
        self.assertEqual(self.carol.run("connections").returncode, OK)
        self.assertEqual(self.root.json("admin", "users", "set-permission", self.carol.user.id, "user")["permission"],
                         "user")
        self.assert_refused(self.root.run("--json", "admin", "users", "suspend", "nobody"), ABSENT, "not_found")
        self.assert_refused(self.root.run("--json", "admin", "users", "suspend", "root"), FAILED, "conflict")
        for arguments in (("suspend",), ("set-permission", "carol", "king"), ("set-quota", "carol", "much")):
            self.assertEqual(self.root.run("admin", "users", *arguments).returncode, SENSELESS, arguments)

    def test_other_servers(self):
        self.connect(self.carol, self.bob)
        seen = self.root.json("admin", "connections")
        self.assertEqual([(c["local"], c["peer"]) for c in seen], [(self.carol.address, self.bob.address)])
        self.assertNotIn("words", seen[0])
        self.assertEqual(self.root.json("connections"), [], "an admin's own connections are their own")
        self.assertIn(self.b.domain, self.root.run("admin", "instances").stdout)
        self.assertTrue(self.root.json("admin", "instances", "block", "m.example")["blocked"])
        blocked = [i["domain"] for i in self.root.json("admin", "instances", "list") if i["blocked"]]
        self.assertEqual(blocked, ["m.example"])
        self.assertFalse(self.root.json("admin", "instances", "unblock", "m.example")["blocked"])
        # Another key of theirs is accepted by its fingerprint only.
        accept = ("admin", "instances", "accept-key", self.b.domain)
        own, right = (one.json("status")["instance"]["fingerprint"] for one in (self.root, self.bob))
        self.assertEqual(self.root.run(*accept).returncode, SENSELESS, "no key unseen")
        refused = self.root.run(*accept, "--fingerprint", own)
        self.assertNotEqual(refused.returncode, OK)
        self.assertIn(right, refused.stderr, "it says which one it would be")
        self.assertEqual(self.root.json(*accept, "--fingerprint", right)["domain"], self.b.domain)

    def test_upkeep(self):
        self.carol.shell.file("a.bin", b"x" * 1000)
        self.carol.ok("put", "a.bin")
        storage = self.root.json("admin", "storage")
        self.assertEqual(next(u["used_bytes"] for u in storage["users"] if u["handle"] == "carol"), 1000)
        self.assertIn("carol", self.root.run("admin", "storage").stdout)
        checks = {check["check"] for check in self.root.json("admin", "health")["checks"]}
        self.assertIn("disk", checks)
        self.assertIn("disk", self.root.run("admin", "health").stdout)
        self.assertIsInstance(self.root.json("admin", "alerts"), list)
        self.root.ok("admin", "rotate-secrets")
        rotated = self.root.json("admin", "audit-log", "--action", "token_secret_rotated", "--actor", "root")
        self.assertEqual({entry["actor"] for entry in rotated}, {self.root.user.id})
        self.assertIn(self.root.address, self.root.run("admin", "audit-log", "--limit", "500").stdout)
        self.assertEqual(self.root.json("admin", "audit-log", "--to", "2020-01-01"), [])
        self.assertEqual(self.root.run("admin", "audit-log", "--limit", "0").returncode, SENSELESS)

    def test_nobody_else_may(self):
        for arguments in (("users",), ("connections",), ("instances",), ("storage",), ("health",), ("alerts",),
                          ("audit-log",), ("rotate-secrets",), ("users", "suspend", "root"),
                          ("instances", "block", "m.example")):
            with self.subTest(arguments=arguments):
                done = self.carol.run("--json", "admin", *arguments)
                self.assertIn(done.returncode, (NO_GOOD, ABSENT), done)
                self.assertIn("error", json.loads(done.stdout))
        self.assertEqual(self.root.run("status").returncode, OK)


HARM = "\x1b]0;title\x07\x1b[2J\x9b31m\u202egpj"
ID = "01j9z3v7k2m4n6p8q0r2s4t6v8"
OTHER_ID = "01j9z3v7k2m4n6p8q0r2s4t6v9"


def hostile_connection(identifier, peer, state):
    return {"id": identifier, "state": state, "local": "me@here.example", "peer": peer, "purpose": HARM,
            "verified": False, "words": [HARM] * 6, "fingerprint": HARM, "reason": HARM, "created_at": HARM,
            "peer_instance": {"domain": HARM, "name": HARM, "last_seen": None, "down_since": None},
            "timeline": [{"step": HARM, "done": False, "last_error": HARM, "help": HARM}]}


class HostileTexts(unittest.TestCase):
    """What others wrote reaches no terminal as it is, whatever the server lets through."""

    ANSWERS = {
        "/api/users/me": {"address": "me@here.example"},
        "/api/instance": {"fingerprint": HARM},
        "/api/connections": [hostile_connection(ID, "twin@a.example", "established"),
                             hostile_connection(OTHER_ID, "twin@b.example", "established"),
                             hostile_connection(ID, HARM + "@c.example", "pending_in")],
        f"/api/connections/{ID}": hostile_connection(ID, HARM, "failed"),
        "/api/shares": [{"id": ID, "with": HARM, "shared_at": HARM, "expires_at": HARM, "asset": {"name": HARM}}],
        "/api/invites": [{"id": HARM, "expires_at": HARM}],
        "/api/exchanges": [{"id": HARM, "direction": HARM, "state": "open", "note": HARM, "expires_at": HARM,
                            "files": [{"name": HARM}]}],
        "/api/admin/users": [{"id": ID, "address": HARM, "email": HARM, "is_local": True, "state": HARM,
                              "permission": HARM, "last_seen_at": HARM}],
        "/api/admin/connections": [hostile_connection(ID, HARM, HARM)],
        "/api/admin/instances": [{"domain": HARM, "name": HARM, "alert": HARM}],
        "/api/admin/alerts": [{"kind": HARM, "about": HARM, "detail": HARM}],
        "/api/admin/audit-log": [{"actor": HARM, "action": HARM, "subject": HARM, "client": HARM, "detail": HARM}],
        "/api/admin/storage": {"disk": {"path": HARM}, "users": [{"handle": HARM, "email": HARM}]},
        "/api/admin/health": {"version": HARM, "checks": [{"check": HARM, "state": HARM, "text": HARM}]},
    }
    LISTS = (("connections",), ("connections", "--pending"), ("shares",), ("invite", "--list"), ("exchange", "list"),
             ("admin", "users"), ("admin", "connections"), ("admin", "instances"), ("admin", "alerts"),
             ("admin", "audit-log"))
    OTHERS = (("words", ID), ("invite",), ("connect", "x@y.example", "--wait"), ("disconnect", ID),
              ("approve", ID, "--fingerprint", "A"), ("reject", ID), ("admin", "storage"), ("admin", "health"))

    @classmethod
    def setUpClass(cls):
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, value):
                if isinstance(value, list):
                    value = {"items": value, "next": None}
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def do_GET(self):  # pylint: disable=invalid-name
                self.answer(cls.ANSWERS.get(urllib.parse.urlsplit(self.path).path, {}))

            def do_POST(self):  # pylint: disable=invalid-name
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/api/invites":
                    return self.answer({"link": HARM, "id": HARM, "expires_at": HARM})
                return self.answer(hostile_connection(ID, HARM, "failed"))

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.shell = Shell({"KITH_TOKEN": "token", "KITH_SERVER": f"http://127.0.0.1:{server.server_port}"})
        cls.addClassCleanup(cls.shell.__exit__)

    def assert_harmless(self, text):
        for letter in "\x1b\x07\x9b\u202e":
            self.assertNotIn(letter, text)

    def test_nothing_of_it_reaches_the_terminal(self):
        for arguments in self.LISTS + self.OTHERS:
            with self.subTest(arguments=arguments):
                done = self.shell.run(*arguments)
                self.assertIn(done.returncode, (OK, FAILED), done)
                self.assertIn("gpj", done.stdout + done.stderr, "it was shown at all")
                self.assert_harmless(done.stdout + done.stderr)

    def test_scripts_get_one_document(self):
        for arguments in self.LISTS + self.OTHERS:
            with self.subTest(arguments=arguments):
                done = self.shell.run(*arguments, "--json")
                document = json.loads(done.stdout)
                self.assertEqual("error" in document, done.returncode != OK, done)
                if arguments in self.LISTS:
                    self.assertIsInstance(document, list)
                self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_one_of_several_is_not_guessed(self):
        done = self.shell.run("words", "twin")
        self.assertEqual(done.returncode, FAILED, done)
        for text in ("twin@a.example", "twin@b.example", ID, OTHER_ID):
            self.assertIn(text, done.stderr)
        self.assertEqual(self.shell.run("words", "twin@b.example").returncode, OK)


if __name__ == "__main__":
    unittest.main()
