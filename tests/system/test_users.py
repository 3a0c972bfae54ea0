"""People and their accounts: what they change themselves, what admins change, and how an account ends."""

import contextlib
import email
import email.policy
import os
import re
import sqlite3
import unittest

from exchange_stories import Outsider
from kith_instance import Instance, User, connect, try_log_in, until
from test_events import listen

NEW_PASSWORD = "a wholly new password"
MONTH = 31 * 24 * 3600 * 1000
TOKEN = re.compile(r"#/verify-email\?token=([A-Za-z0-9_-]{43})")


def content_of(asset):
    return f"/api/assets/{asset['id']}/content"


def database(instance):
    return contextlib.closing(sqlite3.connect(instance.data / "kith.db", timeout=30))


def rows(instance, statement, *values):
    with database(instance) as opened:
        return opened.execute(statement, values).fetchall()


def mails_to(instance, address):
    """Subject and text of all mails to an address so far, the oldest first."""
    found = []
    for file in sorted((instance.data / "outbox").glob("*.eml")):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if address in mail["To"]:
            found.append((mail["Subject"], mail.get_body(("plain",)).get_content()))
    return found


def mailed(instance, address, pattern, seconds=10):
    """What `pattern` finds in the last mail to an address that holds it."""
    def read():
        return next((hit for _, text in reversed(mails_to(instance, address)) if (hit := pattern.search(text))), None)

    return until(read, lambda: f"{pattern.pattern} in {mails_to(instance, address)}", seconds)


def blob_files(instance):
    return {str(file.relative_to(instance.data)) for folder in ("blobs", "thumbnails")
            for file in (instance.data / folder).rglob("*") if file.is_file()}


class Stories(unittest.TestCase):
    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json().get("code")), (status, code), answer)

    def again(self, user):
        """A second log-in of the same person."""
        return User(user.instance, user.email, user.password)


class OneInstance(Stories):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.root = cls.instance.add_user("root-admin", admin=True)

    def audit(self, action, subject):
        items = self.root.ok("GET", "/api/admin/audit-log", limit=500)["items"]
        return [item for item in items if (item["action"], item["subject"]) == (action, subject)]


class OwnAccount(OneInstance):
    def test_a_change_touches_only_what_it_names(self):
        carol = self.instance.add_user("carol")
        was = carol.ok("GET", "/api/users/me")
        self.assertEqual((was["prospective_email"], was["language"], was["verified"]), (None, None, True))
        for change in ({"first_name": "Carol"}, {"last_name": "Müller"}, {"organization": "School"},
                       {"language": "de"}, {"first_name": ""}, {"organization": None}, {"language": None}, {},
                       {"first_name": "C", "last_name": "M", "organization": "", "language": "en"}):
            changed = carol.ok("PATCH", "/api/users/me", change)
            expected = {**was, **change, "updated_at": changed["updated_at"]}
            expected["organization"] = expected["organization"] or None
            self.assertEqual(changed, expected, change)
            self.assertEqual(carol.ok("GET", "/api/users/me"), changed)
            was = changed
        self.assertEqual(len(self.audit("profile_changed", carol.id)), 8)  # all but {}

    def test_a_bad_field_changes_nothing(self):
        dave = self.instance.add_user("dave")
        good = {"first_name": "Dave", "email": "dave@new.example", "password": NEW_PASSWORD,
                "current_password": dave.password}
        was = dave.ok("GET", "/api/users/me")
        for spoilt, status, code in (
                ({"last_name": "x" * 201}, 400, "bad_request"), ({"last_name": "a\nb"}, 400, "bad_request"),
                ({"last_name": None}, 400, "bad_request"), ({"language": "fr"}, 400, "bad_request"),
                ({"organization": 7}, 400, "bad_request"), ({"email": "dave"}, 400, "bad_request"),
                ({"email": None}, 400, "bad_request"), ({"password": "short"}, 400, "bad_request"),
                ({"handle": "davy"}, 400, "bad_request"), ({"permission": "admin"}, 400, "bad_request"),
                ({"current_password": "not dave's password"}, 403, "wrong_current_password"),
                ({"current_password": None}, 400, "bad_request")):
            self.assert_problem(dave.request("PATCH", "/api/users/me", {**good, **spoilt}), status, code)
        for secret in ("email", "password"):
            self.assert_problem(dave.request("PATCH", "/api/users/me", {secret: good[secret]}), 403,
                                "wrong_current_password")
        self.assertEqual(dave.ok("GET", "/api/users/me"), was)
        self.assertEqual(try_log_in(self.instance, dave.email, dave.password).status, 201)

    def test_a_new_password_ends_other_log_ins_but_not_this_one(self):
        erin = self.instance.add_user("erin")
        other = self.again(erin)
        link = self.root.ok("POST", f"/api/admin/users/{erin.id}/log-in-link")["link"]
        with other.open("/api/events") as events:
            self.assertEqual(events.status, 200)
            erin.ok("PATCH", "/api/users/me", {"password": NEW_PASSWORD, "current_password": erin.password})
            events.read()  # it ends
        self.assertEqual(erin.get("/api/users/me").status, 200)
        self.assertEqual(other.get("/api/users/me").status, 401)
        self.assertEqual(self.instance.local.request(
            "POST", "/api/session", '{"link": "%s"}' % link.rsplit("token=", 1)[1],
            {"Content-Type": "application/json"}).status, 401)
        self.assertEqual(try_log_in(self.instance, erin.email, erin.password).status, 401)
        self.assertEqual(try_log_in(self.instance, erin.email, NEW_PASSWORD).status, 201)
        until(lambda: mails_to(self.instance, erin.email), "a mail that says so")
        self.assertEqual(len(self.audit("password_changed", erin.id)), 1)

    def test_an_e_mail_address_works_until_the_new_one_is_proven(self):
        frank = self.instance.add_user("frank")
        new = "frank@new.example"
        wanted = frank.ok("PATCH", "/api/users/me", {"email": new, "current_password": frank.password})
        self.assertEqual((wanted["email"], wanted["prospective_email"]), (frank.email, new))
        token = mailed(self.instance, new, TOKEN).group(1)
        mailed(self.instance, frank.email, re.compile(re.escape(new)))  # the old one is told
        self.assertEqual(try_log_in(self.instance, frank.email, frank.password).status, 201)
        self.assertEqual(try_log_in(self.instance, new, frank.password).status, 401)
        proven = self.instance.local.request("POST", "/api/users/verify-email", '{"token": "%s"}' % token,
                                             {"Content-Type": "application/json"})
        self.assertEqual(proven.status, 204, proven)
        me = frank.ok("GET", "/api/users/me")
        self.assertEqual((me["email"], me["prospective_email"]), (new, None))
        self.assertEqual(try_log_in(self.instance, new, frank.password).status, 201)
        self.assertEqual(try_log_in(self.instance, frank.email, frank.password).status, 401)
        until(lambda: len(mails_to(self.instance, frank.email)) == 2, "the old address is told of the switch")

    def test_a_taken_address_looks_like_any_other(self):
        grace, heidi = self.instance.add_user("grace"), self.instance.add_user("heidi")
        change = {"current_password": grace.password}
        free = grace.request("PATCH", "/api/users/me", {**change, "email": "free@mail.example"})
        taken = grace.request("PATCH", "/api/users/me", {**change, "email": heidi.email})
        self.assertEqual((free.status, taken.status), (200, 200))
        self.assertEqual(taken.json()["prospective_email"], heidi.email)
        varying = ("prospective_email", "updated_at")
        self.assertEqual(*({k: v for k, v in answer.json().items() if k not in varying} for answer in (free, taken)))
        until(lambda: mails_to(self.instance, heidi.email), "heidi is told")
        self.assertFalse(any(TOKEN.search(text) for _, text in mails_to(self.instance, heidi.email)))
        self.assertEqual(try_log_in(self.instance, heidi.email, heidi.password).status, 201)

    def test_deleting_needs_the_password_and_ends_everything_at_once(self):
        ivan, judy = self.instance.add_user("ivan"), self.instance.add_user("judy")
        other = self.again(ivan)
        before = blob_files(self.instance)
        asset = ivan.upload("ivan.bin", os.urandom(3000))
        ivans = blob_files(self.instance) - before
        self.assertTrue(ivans)
        ivan.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": "judy"})
        judys = judy.upload("judy.bin", os.urandom(100))
        judy.ok("POST", "/api/shares", {"asset_ids": [judys["id"]], "with": "ivan"})
        self.assertEqual(judy.get(content_of(asset), owner="ivan").status, 200)
        self.assert_problem(ivan.request("DELETE", "/api/users/me", {"current_password": NEW_PASSWORD}), 403,
                            "wrong_current_password")
        self.assertEqual(ivan.request("DELETE", "/api/users/me").status, 400)
        self.assertEqual(ivan.get("/api/users/me").status, 200)

        with listen(judy) as page:
            self.assertEqual(ivan.request("DELETE", "/api/users/me", {"current_password": ivan.password}).status, 204)
            page.until("resync")  # what ivan shared is gone, and his name with it
        self.assertEqual([user.get("/api/users/me").status for user in (ivan, other)], [401, 401])
        self.assertEqual(try_log_in(self.instance, ivan.email, ivan.password).status, 401)
        self.assertEqual(judy.get(content_of(asset), owner="ivan").status, 404)
        self.assertEqual(judy.ok("GET", "/api/shared-with-me")["items"], [])
        until(lambda: not ivans & blob_files(self.instance), lambda: blob_files(self.instance))
        self.assertEqual(judy.ok("GET", f"/api/assets/{judys['id']}")["shared_with"], [])
        self.assertEqual(judy.get(content_of(judys)).status, 200)
        self.assertEqual(judy.post("/api/shares", {"asset_ids": [judys["id"]], "with": "ivan"}).status, 404)
        until(lambda: mails_to(self.instance, ivan.email), "a farewell")
        self.assertNotIn(ivan.id, {user["id"] for user in self.root.ok("GET", "/api/admin/users")["items"]})

    def test_links_are_dead_with_their_owner(self):
        kim, outsider = self.instance.add_user("kim"), Outsider(self.instance)
        made = kim.ok("POST", "/api/exchanges", {})
        outsider.give(made, "secret.bin", os.urandom(2000))
        url = outsider.download_url(made)
        self.assertEqual(outsider.ask("GET", url).status, 200)
        kim.ok("DELETE", "/api/users/me", {"current_password": kim.password})
        for token in (made["upload_token"], made["download_token"]):
            self.assertIn(outsider.ask("GET", "/exchange/info", token).status, (401, 410))
        self.assertIn(outsider.ask("GET", url).status, (401, 403, 404, 410))


class Administration(OneInstance):
    def change(self, user, **change):
        return self.root.request("PATCH", f"/api/admin/users/{user.id}", change)

    def test_the_list_tells_what_admins_need(self):
        lena = self.instance.add_user("lena")
        lena.upload("lena.bin", b"x" * 1234)
        def entry():
            return next(u for u in self.root.ok("GET", "/api/admin/users", limit=500)["items"] if u["id"] == lena.id)
        listed = entry()
        self.assertEqual((listed["used_bytes"], listed["second_factor"], listed["verified"]), (1234, False, True))
        seen = listed["last_seen_at"]
        self.assertIsNotNone(seen)
        lena.ok("POST", "/api/tokens/renew")
        self.assertGreater(entry()["last_seen_at"], seen)
        self.assertEqual(try_log_in(self.instance, lena.email, "not lena's password").status, 401)
        lena.log_in()
        lena.ok("DELETE", "/api/tokens")
        self.assertGreater(entry()["last_seen_at"], seen, "it outlives the log-in")

    def test_quota_permission_and_state(self):
        mike = self.instance.add_user("mike")
        changed = self.change(mike, quota_bytes=1000)
        self.assertEqual((changed.status, changed.json()["quota_bytes"], changed.json()["state"]),
                         (200, 1000, "active"))
        self.assertEqual(mike.get("/api/users/me").status, 200)  # a quota ends no log-in
        self.assert_problem(mike.request("POST", "/files", body=b"x" * 1001, filename="big"), 507, "quota_exceeded")
        with mike.open("/api/events") as events:
            self.assertEqual(self.change(mike, permission="admin").status, 200)
            events.read()  # it ends
        self.assertEqual(mike.get("/api/users/me").status, 401)
        mike.log_in()
        self.assertEqual(mike.get("/api/admin/users").status, 200)
        self.assertEqual(self.change(mike, permission="none").status, 200)
        mike.log_in()
        self.assertEqual((mike.get("/api/admin/users").status, mike.get("/api/assets").status), (404, 404))
        entries = self.audit("permission_set", mike.id)
        self.assertEqual([(e["actor"], e["client"]) for e in entries], [(self.root.id, "127.0.0.1")] * 2)

    def test_refused_changes(self):
        nina = self.instance.add_user("nina")
        for change in ({"state": "deleted"}, {"state": "gone"}, {"state": None}, {"permission": "user_registration"},
                       {"permission": 3}, {"quota_bytes": -1}, {"quota_bytes": 2 ** 63}, {"quota_bytes": "1"},
                       {"email": "x@mail.example"}, {"quota_bytes": 1, "state": "gone"}):
            self.assert_problem(self.change(nina, **change), 400, "bad_request")
        self.assertEqual(nina.ok("GET", "/api/users/me")["state"], "active")
        for unknown in ("0" * 26, "nina", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"):
            for method, below in (("PATCH", ""), ("DELETE", ""), ("DELETE", "/second-factor"),
                                  ("POST", "/log-in-link")):
                answer = self.root.request(method, f"/api/admin/users/{unknown}{below}",
                                           {"quota_bytes": 1} if method == "PATCH" else None)
                self.assert_problem(answer, 404, "not_found")

    def test_the_last_admin_stays(self):
        for change in ({"permission": "user"}, {"state": "suspended"}, {"permission": "none", "quota_bytes": 1}):
            self.assert_problem(self.change(self.root, **change), 409, "conflict")
        self.assert_problem(self.root.request("DELETE", f"/api/admin/users/{self.root.id}"), 409, "conflict")
        self.assert_problem(self.root.request("DELETE", "/api/users/me", {"current_password": self.root.password}),
                            409, "conflict")
        refused = self.instance.command("user", "delete", "root-admin", "--yes", check=False)
        self.assertEqual((refused.returncode, "last admin" in refused.stderr), (1, True), refused)
        me = self.root.ok("GET", "/api/users/me")
        self.assertEqual((me["permission"], me["state"]), ("admin", "active"))

    def test_others_cannot(self):
        olga, peter = self.instance.add_user("olga"), self.instance.add_user("peter")
        for method, below, body in (("PATCH", "", {"quota_bytes": 1}), ("DELETE", "", None),
                                    ("DELETE", "/second-factor", None), ("POST", "/log-in-link", None)):
            for target in (peter.id, olga.id):
                answer = olga.request(method, f"/api/admin/users/{target}{below}", body)
                self.assertIn(answer.status, (403, 404), answer)
                self.assertEqual(self.instance.local.request(method, f"/api/admin/users/{target}{below}").status, 401)
        self.assertEqual(peter.get("/api/users/me").status, 200)

    def test_suspended_and_back(self):
        quinn, rita = self.instance.add_user("quinn"), self.instance.add_user("rita")
        outsider = Outsider(self.instance)
        asset = quinn.upload("quinn.png", b"\x89PNG\r\n\x1a\n and so on")
        quinn.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": "rita", "strip": "none"})
        made = quinn.ok("POST", "/api/exchanges", {})
        outsider.give(made, "for you.txt", b"hello")

        def seen():
            return (rita.get(content_of(asset), owner="quinn").status,
                    rita.get(f"/api/assets/{asset['id']}", owner="quinn").status,
                    len(rita.ok("GET", "/api/shared-with-me")["items"]),
                    outsider.ask("GET", "/exchange/download-url", made["download_token"]).status)

        script = quinn.ok("POST", "/api/users/me/api-tokens", {"name": "nightly", "scopes": ["files:read"]})["token"]

        def script_status():
            bearer = {"Authorization": f"Bearer {script}"}
            return self.instance.local.request("GET", "/api/assets", headers=bearer).status

        self.assertEqual((seen(), script_status()), ((200, 200, 1, 200), 200))
        self.assertEqual(self.change(quinn, state="suspended").json()["state"], "suspended")
        self.assertEqual(script_status(), 401)
        self.assertEqual(quinn.get("/api/users/me").status, 401)
        self.assertEqual(try_log_in(self.instance, quinn.email, quinn.password).status, 401)
        self.assert_problem(self.root.post(f"/api/admin/users/{quinn.id}/log-in-link"), 409, "conflict")
        content, one, listed, link = seen()
        self.assertEqual((content, one, listed), (404, 404, 0))
        self.assertIn(link, (401, 404, 410))
        self.assertEqual(self.change(quinn, state="active").status, 200)
        quinn.log_in()
        self.assertEqual((seen(), script_status()), ((200, 200, 1, 200), 200))

    def test_a_link_logs_in_once(self):
        steve = self.instance.add_user("steve")
        answer = self.root.post(f"/api/admin/users/{steve.id}/log-in-link")
        self.assertEqual((answer.status, answer.headers["cache-control"]), (201, "no-store"))
        self.assertRegex(answer.json()["link"], "^http://.*/#/log-in[?]token=[A-Za-z0-9_-]{43}$")
        body = '{"link": "%s"}' % answer.json()["link"].rsplit("token=", 1)[1]
        for status in (201, 401):
            answer = self.instance.local.request("POST", "/api/session", body, {"Content-Type": "application/json"})
            self.assertEqual(answer.status, status)
        self.assertEqual(self.audit("login_link_made", steve.id)[0]["actor"], self.root.id)

    def test_taking_away_a_second_factor_ends_the_log_ins(self):
        vera = self.instance.add_user("vera")
        self.assertEqual(self.root.request("DELETE", f"/api/admin/users/{vera.id}/second-factor").status, 204)
        self.assertEqual(vera.get("/api/users/me").status, 401)
        vera.log_in()

    def test_deleted_by_an_admin(self):
        tina = self.instance.add_user("tina")
        with tina.open("/api/events") as events:
            self.assertEqual(self.root.request("DELETE", f"/api/admin/users/{tina.id}").status, 204)
            events.read()  # it ends
        self.assertEqual(tina.get("/api/users/me").status, 401)
        self.assert_problem(self.root.request("DELETE", f"/api/admin/users/{tina.id}"), 404, "not_found")
        self.assert_problem(self.change(tina, state="active"), 404, "not_found")
        (entry,) = self.audit("user_deleted", tina.id)
        self.assertEqual((entry["actor"], entry["client"]), (self.root.id, "127.0.0.1"))

    def test_the_shell_does_it_too(self):
        uwe = self.instance.add_user("uwe")
        self.instance.command("user", "suspend", "uwe")
        self.assertEqual(uwe.get("/api/users/me").status, 401)
        self.assertRegex(self.instance.command("user", "list").stdout, r"uwe +\S+ +user +suspended")
        self.instance.command("user", "reactivate", uwe.email)
        uwe.log_in()
        doubted = self.instance.command("user", "delete", "uwe", stdin="Uwe\n", check=False)
        self.assertEqual((doubted.returncode, "nothing was deleted" in doubted.stderr), (1, True), doubted)
        self.assertEqual(uwe.get("/api/users/me").status, 200)
        self.assertIn("Type the handle", self.instance.command("user", "delete", uwe.email, stdin="uwe\n").stdout)
        self.assertEqual(uwe.get("/api/users/me").status, 401)
        self.assertNotIn("uwe", self.instance.command("user", "list").stdout)
        gone = self.instance.command("user", "delete", "uwe", "--yes", check=False)
        self.assertEqual((gone.returncode, "no such user" in gone.stderr), (1, True), gone)


class Ends(Stories):
    """Accounts that end while somebody elsewhere trusts them, and daemons that end meanwhile."""

    def household(self, name, *handles, **options):
        instance = Instance(name, **options)
        self.addCleanup(instance.close)
        instance.start()
        return instance, *(instance.add_user(handle, admin=handle == "root-admin") for handle in handles)

    def test_the_peer_hears_and_sees_nothing_any_more(self):
        here, alice, root = self.household("A", "alice", "root-admin")
        there, bob = self.household("B", "bob")
        _, bob_side = connect(alice, bob)
        photo = alice.upload("sunset.png", b"\x89PNG\r\n\x1a\n and so on")
        alice.ok("POST", "/api/shares", {"asset_ids": [photo["id"]], "with": bob.address, "strip": "none"})
        until(lambda: bob.get(content_of(photo), owner=alice.address).status == 200, "the photo reaches bob")

        def told():
            return [item["id"] for item in bob.ok("GET", "/api/shared-with-me")["items"]]

        until(lambda: told() == [photo["id"]], told)
        # Who lives elsewhere is changed there.
        elsewhere = next(u for u in root.ok("GET", "/api/admin/users")["items"] if not u["is_local"])
        for method, below, body in (("PATCH", "", {"state": "suspended"}), ("DELETE", "", None),
                                    ("DELETE", "/second-factor", None), ("POST", "/log-in-link", None)):
            answer = root.request(method, f"/api/admin/users/{elsewhere['id']}{below}", body)
            self.assert_problem(answer, 409, "conflict")
        # Suspended: not served; reactivated: there again, over the same connection.
        root.ok("PATCH", f"/api/admin/users/{alice.id}", {"state": "suspended"})
        self.assertEqual(bob.get(content_of(photo), owner=alice.address).status, 404)
        self.assertEqual(bob.ok("GET", "/api/assets", owner=alice.address)["items"], [])
        until(lambda: told() == [], told)
        root.ok("PATCH", f"/api/admin/users/{alice.id}", {"state": "active"})
        self.assertEqual(bob.get(content_of(photo), owner=alice.address).status, 200)
        until(lambda: told() == [photo["id"]], told)

        alice.log_in()
        alice.ok("DELETE", "/api/users/me", {"current_password": alice.password})
        bob.wait_for_connection(bob_side, lambda c: c["state"] == "revoked")
        until(lambda: told() == [], told)
        self.assertNotEqual(bob.get(content_of(photo), owner=alice.address).status, 200)
        until(lambda: not blob_files(here), lambda: blob_files(here))
        # To those who ask anew, alice is somebody who was never there.
        sides = [bob.ok("POST", "/api/connections", {"peer": f"{who}@{here.domain}", "purpose": "again"})["id"]
                 for who in ("alice", "nobody")]
        states = [bob.wait_for_connection(side, lambda c: any(e["step"] == "init" and e["done"] for e in c["timeline"]))
                  for side in sides]
        self.assertEqual(*({"state": s["state"], "reason": s["reason"]} for s in states))
        shown = {c["state"] for c in root.ok("GET", "/api/connections")["items"]}
        self.assertLessEqual(shown, {"revoked"}, "nobody is asked")
        here.restart()
        until(lambda: not root.ok("GET", "/api/connections")["items"], "the ended connection is shown no more")
        self.assertEqual(bob.ok("GET", f"/api/connections/{bob_side}")["state"], "revoked")

    def test_what_a_crash_left_is_erased_at_the_next_start(self):
        here, alice, carol = self.household("A", "alice", "carol")
        there, bob = self.household("B", "bob")
        _, bob_side = connect(alice, bob)
        assets = [alice.upload(f"{n}.bin", os.urandom(1000)) for n in range(3)]
        alice.ok("POST", "/api/shares", {"asset_ids": [assets[0]["id"]], "with": bob.address})
        carols = carol.upload("carol.bin", os.urandom(1000))
        alice.ok("POST", "/api/exchanges", {})
        alice.ok("POST", "/api/albums", {"name": "summer"})
        here.stop(kill=True)
        # The transaction, without what comes after it.
        here.command("user", "delete", "alice", "--yes")
        self.assertEqual(rows(here, "SELECT count(*) FROM assets WHERE owner = ?", alice.id), [(3,)])
        self.assertEqual(len(blob_files(here)), 4)
        here.start()
        bob.wait_for_connection(bob_side, lambda c: c["state"] == "revoked")
        until(lambda: len(blob_files(here)) == 1, lambda: blob_files(here))
        self.assertEqual(carol.get(content_of(carols)).status, 200)
        for table in ("assets", "exchanges", "albums", "shares"):
            self.assertEqual(rows(here, f"SELECT count(*) FROM {table} WHERE owner = ?", alice.id), [(0,)], table)

    def test_killed_right_after_the_answer(self):
        here, alice, carol = self.household("A", "alice", "carol")
        for n in range(20):
            alice.upload(f"{n}.bin", os.urandom(1000))
        alice.ok("DELETE", "/api/users/me", {"current_password": alice.password})
        here.restart(kill=True)
        self.assertEqual(try_log_in(here, alice.email, alice.password).status, 401)
        until(lambda: not blob_files(here), lambda: blob_files(here))
        self.assertEqual(carol.get("/api/assets").status, 200)

    def test_the_address_is_free_after_a_month(self):
        here, alice, carol = self.household("A", "alice", "carol")
        there, bob = self.household("B", "bob")
        connect(alice, bob)
        alice.upload("a.bin", b"a" * 100)
        alice.ok("POST", "/api/exchanges", {})
        theirs = bob.upload("b.bin", b"b" * 100)
        bob.ok("POST", "/api/shares", {"asset_ids": [theirs["id"]], "with": alice.address})
        until(lambda: alice.ok("GET", "/api/shared-with-me")["items"], "bob's file is told")
        alice.ok("DELETE", "/api/users/me", {"current_password": alice.password})
        until(lambda: not blob_files(here), lambda: blob_files(here))

        def add(email, handle):
            return here.command("user", "add", email, "--handle", handle, "--password-stdin",
                                stdin=NEW_PASSWORD + "\n", check=False).returncode

        self.assertEqual((add(alice.email, "alicia"), add("other@mail.example", "alice")), (1, 1))
        here.stop()
        with database(here) as opened, opened:
            self.assertEqual(opened.execute("UPDATE users SET deleted_at = deleted_at - ? WHERE deleted_at IS NOT NULL",
                                            (MONTH,)).rowcount, 1)
        here.start()
        until(lambda: rows(here, "SELECT count(*) FROM users WHERE id = ?", alice.id) == [(0,)], "the row goes")
        self.assertEqual(add(alice.email, "alice"), 0)
        again = User(here, alice.email, NEW_PASSWORD)
        self.assertNotEqual(again.id, alice.id)
        for target in ("/api/assets", "/api/connections", "/api/shared-with-me", "/api/exchanges"):
            self.assertEqual(again.ok("GET", target)["items"], [], target)


if __name__ == "__main__":
    unittest.main()
