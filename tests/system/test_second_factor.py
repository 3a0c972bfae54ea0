"""The second factor: an authenticator app of our own (RFC 6238), recovery codes, and log-ins that need them."""

import base64
import contextlib
import hashlib
import hmac
import json
import sqlite3
import struct
import time
import unittest
import urllib.parse

from kith_instance import Instance, try_log_in, until


class App:
    """What an authenticator app does with the link behind the QR code."""

    def __init__(self, uri):
        link = urllib.parse.urlsplit(uri)
        fields = dict(urllib.parse.parse_qsl(link.query, strict_parsing=True))
        if (link.scheme, link.netloc) != ("otpauth", "totp") or fields["algorithm"] != "SHA1":
            raise ValueError(uri)
        self.label = urllib.parse.unquote(link.path[1:])
        self.issuer = fields["issuer"]
        self.key = base64.b32decode(fields["secret"])
        self.digits, self.period = int(fields["digits"]), int(fields["period"])

    def code(self, ahead=0):
        """What it shows, `ahead` steps from now."""
        counter = struct.pack(">Q", int(time.time()) // self.period + ahead)
        digest = hmac.digest(self.key, counter, hashlib.sha1)
        number = struct.unpack_from(">I", digest, digest[-1] & 15)[0] & 0x7fffffff
        return str(number % 10 ** self.digits).zfill(self.digits)


def wrong(code):
    """Six digits that are no code of the steps around now, but for a chance of three in a million."""
    return f"{(int(code) + 314159) % 1000000:06}"


class SecondFactors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(name="Müllers Haus")
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.admin = cls.instance.add_user("root-admin", admin=True)

    def begin(self, user):
        return App(user.ok("POST", "/api/users/me/second-factor", {"current_password": user.password})["uri"])

    def set_up(self, user):
        """The app and the recovery codes. The code of the present step is used, the next one is not."""
        app = self.begin(user)
        confirmed = user.ok("POST", "/api/users/me/second-factor/confirm", {"code": app.code()})
        return app, confirmed["recovery_codes"]

    def log_in(self, user, code=None, password=None):
        credentials = base64.b64encode(f"{user.email}:{password or user.password}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", **({"X-Kith-Code": code} if code else {})}
        return self.instance.local.request("POST", "/api/tokens", headers=headers)

    def log_in_by_page(self, user, **fields):
        body = json.dumps({"email": user.email, "password": user.password, **fields})
        return self.instance.local.request("POST", "/api/session", body, {"Content-Type": "application/json"})

    def assert_refused(self, answer, status, code):
        self.assertEqual((answer.status, answer.json()["code"]), (status, code))

    def test_from_the_secret_to_a_log_in_with_a_code(self):
        alice = self.instance.add_user("alice")
        elsewhere = self.instance.add_user("alice-two")  # somebody else
        there = try_log_in(self.instance, alice.email, alice.password).json()["token"]
        self.assertEqual(alice.ok("GET", "/api/users/me/second-factor"),
                         {"enabled": False, "recovery_codes_left": 0, "confirmed_at": None})
        app = self.begin(alice)
        self.assertEqual((app.label, app.issuer), ("Müllers Haus:alice@mail.example", "Müllers Haus"))
        self.assertEqual(self.log_in(alice).status, 201)  # nothing asks for codes yet
        self.assert_refused(alice.post("/api/users/me/second-factor/confirm", {"code": wrong(app.code())}),
                            401, "wrong_second_factor")
        answer = alice.post("/api/users/me/second-factor/confirm", {"code": app.code()})
        self.assertEqual((answer.status, answer.headers["cache-control"]), (200, "no-store"))
        for code in answer.json()["recovery_codes"]:
            self.assertRegex(code, r"^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$")
        self.assertEqual(len(set(answer.json()["recovery_codes"])), 10)
        status = alice.ok("GET", "/api/users/me/second-factor")  # this log-in lives on
        self.assertEqual((status["enabled"], status["recovery_codes_left"]), (True, 10))
        ended = self.instance.local.request("GET", "/api/users/me", headers={"Authorization": f"Bearer {there}"})
        self.assertEqual(ended.status, 401)
        self.assertEqual(elsewhere.get("/api/users/me").status, 200)
        self.assert_refused(self.log_in(alice), 401, "second_factor_required")
        self.assert_refused(self.log_in(alice, wrong(app.code())), 401, "wrong_second_factor")
        fresh = app.code(ahead=1)
        self.assertEqual(self.log_in(alice, fresh).status, 201)
        self.assert_refused(self.log_in(alice, fresh), 401, "wrong_second_factor")  # none is taken twice

    def mails_to(self, user):
        """The mails that `user` got."""
        read = [file.read_text() for file in (self.instance.data / "outbox").glob("*.eml")]
        return [mail for mail in read if f"To: {user.email}" in mail or f"<{user.email}>" in mail]

    def test_its_owner_is_told_by_mail(self):
        heidi = self.instance.add_user("heidi")
        _, codes = self.set_up(heidi)
        until(lambda: len(self.mails_to(heidi)) == 1, "the mail that it is on")
        self.assertEqual(self.log_in(heidi, codes[0]).status, 201)
        until(lambda: len(self.mails_to(heidi)) == 2, "the mail that a recovery code was used")
        for mail in self.mails_to(heidi):
            self.assertFalse([code for code in codes if code in mail])

    def test_only_the_right_password_hears_of_it(self):
        bob = self.instance.add_user("bob")
        app, _ = self.set_up(bob)
        for code in (None, app.code(ahead=1), "000000"):
            answer = self.log_in(bob, code, password="not bob's password")
            self.assert_refused(answer, 401, "unauthorized")
        self.assertEqual(self.log_in(bob, app.code(ahead=1)).status, 201)

    def test_the_page_sends_the_code_in_its_body(self):
        carol = self.instance.add_user("carol")
        app, codes = self.set_up(carol)
        self.assert_refused(self.log_in_by_page(carol), 401, "second_factor_required")
        self.assert_refused(self.log_in_by_page(carol, code=wrong(app.code())), 401, "wrong_second_factor")
        answer = self.log_in_by_page(carol, code=app.code(ahead=1))
        self.assertEqual(answer.status, 201)
        self.assertIn("HttpOnly", answer.headers["set-cookie"])
        self.assertEqual(self.log_in_by_page(carol, code=codes[0]).status, 201)
        self.assert_refused(self.log_in_by_page(carol, code=codes[0]), 401, "wrong_second_factor")
        self.assertEqual(self.log_in_by_page(carol, code=7).status, 400)
        # A link from an admin asks for nothing: it is for who lost all.
        link = self.instance.command("user", "log-in-link", "carol").stdout.rsplit("token=", 1)[1].strip()
        answer = self.instance.local.request("POST", "/api/session", json.dumps({"link": link}),
                                             {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 201)

    def test_recovery_codes_survive_a_restart_and_are_replaced(self):
        dave = self.instance.add_user("dave")
        self.assert_refused(dave.post("/api/users/me/recovery-codes", {"current_password": dave.password}),
                            409, "conflict")
        _, old = self.set_up(dave)
        self.instance.restart(kill=True)
        self.assertEqual(self.log_in(dave, old[0].upper().replace("-", " ")).status, 201)
        self.assertEqual(dave.ok("GET", "/api/users/me/second-factor")["recovery_codes_left"], 9)
        fresh = dave.ok("POST", "/api/users/me/recovery-codes", {"current_password": dave.password})["recovery_codes"]
        self.assert_refused(self.log_in(dave, old[1]), 401, "wrong_second_factor")
        self.assertEqual(self.log_in(dave, fresh[9]).status, 201)

    def test_changes_need_the_current_password(self):
        erin = self.instance.add_user("erin")
        bad = {"current_password": "not erin's password"}
        self.assert_refused(erin.post("/api/users/me/second-factor", bad), 403, "wrong_current_password")
        self.assert_refused(erin.post("/api/users/me/second-factor/confirm", {"code": "123456"}), 409, "conflict")
        app, _ = self.set_up(erin)
        good = {"current_password": erin.password}
        self.assert_refused(erin.post("/api/users/me/second-factor", good), 409, "conflict")
        self.assert_refused(erin.request("DELETE", "/api/users/me/second-factor", bad), 403, "wrong_current_password")
        self.assert_refused(erin.post("/api/users/me/recovery-codes", bad), 403, "wrong_current_password")
        self.assert_refused(self.log_in(erin), 401, "second_factor_required")
        self.assertEqual(erin.request("DELETE", "/api/users/me/second-factor", good).status, 204)
        self.assertEqual(self.log_in(erin).status, 201)
        for body in ({}, {"current_password": 1}, {"current_password": "x" * 1025}, {**good, "more": 1}):
            self.assertEqual(erin.post("/api/users/me/second-factor", body).status, 400, body)
        again = self.begin(erin)
        self.assertNotEqual(again.key, app.key)

    def test_guessing_codes_is_throttled_and_written_down(self):
        frank = self.instance.add_user("frank")
        app, _ = self.set_up(frank)
        statuses = []
        while 429 not in statuses and len(statuses) < 12:
            answer = self.log_in(frank, wrong(app.code()))
            statuses.append(answer.status)
        self.assertEqual((set(statuses[:-1]), statuses[-1]), ({401}, 429))
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        self.assertEqual(self.log_in(frank, app.code(ahead=1)).status, 429)  # the right one too
        self.assertEqual(frank.get("/api/users/me").status, 200)  # who is in stays in
        acts = [(e["action"], e["subject"]) for e in self.admin.ok("GET", "/api/admin/audit-log", limit=500)["items"]]
        self.assertEqual(acts.count(("wrong_second_factor", frank.id)), len(statuses) - 1)
        for action in ("second_factor_begun", "second_factor_on"):
            self.assertIn((action, frank.id), acts)

    def test_nothing_of_it_lies_in_the_clear(self):
        grace = self.instance.add_user("grace")
        app, codes = self.set_up(grace)
        self.assertEqual(self.log_in(grace, codes[0]).status, 201)
        self.instance.stop()
        lying = b"".join(file.read_bytes() for file in self.instance.data.rglob("*") if file.is_file())
        self.instance.start()
        self.assertIn(b"grace@mail.example", lying)  # looked into the right files
        log = "\n".join(self.instance.log).encode()
        for secret in (app.key, base64.b32encode(app.key), app.key.hex().encode(), *(c.encode() for c in codes),
                       *(c.replace("-", "").encode() for c in codes),
                       *(hashlib.sha256(c.encode()).digest() for c in codes)):
            self.assertNotIn(secret, lying)
            self.assertNotIn(secret, log)


class Secrets(unittest.TestCase):
    """The secret that signs tokens."""

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()

    def signing(self):
        with contextlib.closing(sqlite3.connect(self.instance.data / "kith.db")) as database:
            return database.execute("SELECT id FROM token_secrets WHERE retired_at IS NULL").fetchall()

    def test_an_admin_rotates_it_and_nobody_is_logged_out(self):
        admin = self.instance.add_user("root-admin", admin=True)
        alice = self.instance.add_user("alice")
        before = self.signing()
        self.assertEqual(alice.post("/api/admin/secrets/rotate").status, 404)
        self.assertEqual(self.signing(), before)
        for _ in range(6):
            self.assertEqual(admin.post("/api/admin/secrets/rotate").status, 204)
        self.assertNotEqual(self.signing(), before)
        self.assertEqual(len(self.signing()), 1)
        for _ in range(2):
            self.assertEqual([user.get("/api/users/me").status for user in (admin, alice)], [200, 200])
            self.instance.restart()
        self.assertEqual(alice.post("/api/tokens/renew").status, 201)
        acts = [entry for entry in admin.ok("GET", "/api/admin/audit-log")["items"]
                if entry["action"] == "token_secret_rotated"]
        self.assertEqual([entry["actor"] for entry in acts], [admin.id] * 6)


if __name__ == "__main__":
    unittest.main()
