"""API tokens for scripts, and the list of one's log-ins."""

import unittest

from browser_session import Browser
from kith_instance import Instance, User
from test_events import listen

YEAR = 365 * 24 * 3600


class Script:
    """What runs at night: an API token and nothing else."""

    def __init__(self, instance, token):
        self.instance, self.headers = instance, {"Authorization": f"Bearer {token}"}

    def ask(self, method, target, body=None, headers=None):
        return self.instance.local.request(method, target, body, {**self.headers, **(headers or {})})


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.alice, cls.root = cls.instance.add_user("alice"), cls.instance.add_user("root", admin=True)

    def make(self, *scopes, user=None, **wishes):
        return (user or self.alice).ok("POST", "/api/users/me/api-tokens",
                                       {"name": "nightly backup", "scopes": list(scopes), **wishes})

    def script(self, *scopes, user=None):
        return Script(self.instance, self.make(*scopes, user=user)["token"])

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json()["code"]), (status, code), answer)

    def audit(self):
        return self.root.ok("GET", "/api/admin/audit-log", limit=500)["items"]


class ApiTokens(Story):
    def test_a_nightly_script_uploads_and_may_nothing_else(self):
        script = self.script("files:write")
        self.assertEqual(script.ask("PUT", "/files/backup.tar", b"everything").status, 201)
        self.assertEqual(self.alice.get("/files/backup.tar").body, b"everything")
        self.assert_problem(script.ask("GET", "/files/backup.tar"), 403, "scope_missing")
        self.assert_problem(script.ask("POST", "/api/users/me/api-tokens", b"{}"), 403, "scope_missing")
        self.assert_problem(script.ask("DELETE", "/api/users/me"), 403, "scope_missing")
        self.assertEqual(script.ask("GET", "/api/users/me").json()["id"], self.alice.id)
        seen = script.ask("POST", "/api/tokens/verify").json()
        self.assertEqual((seen["user_id"], seen["permission"]), (self.alice.id, "user"))

    def test_a_token_ends_itself_and_nothing_else(self):
        leaving, staying = self.script("files:read"), self.script("files:read")
        self.assertEqual(leaving.ask("DELETE", "/api/tokens/current").status, 204)
        self.assert_problem(leaving.ask("GET", "/api/users/me"), 401, "unauthorized")
        self.assertEqual(staying.ask("GET", "/api/users/me").status, 200)
        self.assertEqual(self.alice.get("/api/users/me").status, 200)

    def test_a_refused_upload_is_not_even_asked_for(self):
        script = self.script("files:read")
        answer = script.ask("PUT", "/files/no.tar", b"x" * 1000, {"Expect": "100-continue"})
        self.assert_problem(answer, 403, "scope_missing")
        self.assertEqual(self.alice.get("/files/no.tar").status, 404)

    def test_a_resumable_upload_needs_the_scope_at_every_step(self):
        writer, reader = self.script("files:write"), self.script("files:read")
        tus = {"Tus-Resumable": "1.0.0"}
        begin = {**tus, "Upload-Length": "5", "Upload-Metadata": "filename dHVz"}
        self.assertEqual(reader.ask("POST", "/api/uploads", headers=begin).status, 403)
        begun = writer.ask("POST", "/api/uploads", headers=begin)
        self.assertEqual(begun.status, 201)
        place = begun.headers["location"]
        piece = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        for method, body, headers in (("HEAD", None, tus), ("PATCH", b"Hello", piece), ("DELETE", None, tus)):
            self.assertEqual(reader.ask(method, place, body, headers).status, 403)
        self.assertEqual(writer.ask("PATCH", place, b"Hello", piece).status, 204)
        self.assertEqual(reader.ask("GET", "/files/tus").body, b"Hello")

    def test_the_text_is_shown_once_and_the_list_tells_of_its_use(self):
        made = self.make("files:read", "shares")
        self.assertRegex(made["token"], "^kith_[A-Za-z0-9_-]{43}$")
        listed = self.alice.ok("GET", "/api/users/me/api-tokens")
        self.assertNotIn(made["token"], str(listed))
        entry = listed["items"][0]
        self.assertEqual(entry, {name: value for name, value in made.items() if name != "token"})
        self.assertEqual((entry["scopes"], entry["last_used_at"]), (["files:read", "shares"], None))
        self.assertEqual(Script(self.instance, made["token"]).ask("GET", "/api/assets").status, 200)
        entry = self.alice.ok("GET", "/api/users/me/api-tokens")["items"][0]
        self.assertEqual(entry["last_client"], "127.0.0.1")
        self.assertGreaterEqual(entry["last_used_at"], entry["created_at"])

    def test_it_ends_at_once_when_deleted_and_the_audit_log_says_so(self):
        made = self.make("files:read")
        script = Script(self.instance, made["token"])
        self.assertEqual(script.ask("GET", "/api/assets").status, 200)
        self.alice.ok("DELETE", f"/api/users/me/api-tokens/{made['id']}")
        self.assert_problem(script.ask("GET", "/api/assets"), 401, "unauthorized")
        self.assertEqual(self.alice.request("DELETE", f"/api/users/me/api-tokens/{made['id']}").status, 404)
        told = [entry["action"] for entry in self.audit() if entry["subject"] == made["id"]]
        self.assertEqual(told, ["api_token_deleted", "api_token_made"])
        self.assertNotIn(made["token"], str(self.audit()))

    def test_it_outlives_log_outs_and_restarts(self):
        bob = self.instance.add_user("bob")
        script = self.script("files:read", user=bob)
        bob.ok("DELETE", "/api/tokens")
        self.assertEqual(script.ask("GET", "/api/assets").status, 200)
        self.instance.restart()
        self.assertEqual(script.ask("GET", "/api/assets").status, 200)
        self.instance.command("user", "set-permission", bob.email, "none")
        self.assert_problem(script.ask("GET", "/api/assets"), 404, "not_found")

    def test_an_admins_script_is_an_admin_only_with_the_scope_for_it(self):
        theirs = self.alice.ok("POST", "/api/connections", {"peer": "dave@127.0.0.1:1"})["id"]
        self.assertEqual(self.root.get(f"/api/connections/{theirs}").status, 200)
        for scopes, status in ((["connections"], 404), (["connections", "admin"], 200)):
            script = self.script(*scopes, user=self.root)
            self.assertEqual(script.ask("GET", f"/api/connections/{theirs}").status, status)
        self.assertEqual(self.script("admin", user=self.root).ask("GET", "/api/admin/users").status, 200)
        answer = self.alice.post("/api/users/me/api-tokens", {"name": "n", "scopes": ["admin"]})
        self.assert_problem(answer, 403, "forbidden")

    def test_what_makes_no_sense_is_refused(self):
        good = {"name": "n", "scopes": ["shares"]}
        for change in ({"name": ""}, {"name": "x" * 201}, {"name": "a\nb"}, {"name": 1}, {"scopes": []},
                       {"scopes": ["everything"]}, {"scopes": "shares"}, {"scopes": [1]}, {"expires_in": 59},
                       {"expires_in": 10 * YEAR + 1}, {"expires_in": "60"}, {"expires_in": None}, {"admin": True}):
            answer = self.alice.post("/api/users/me/api-tokens", {**good, **change})
            self.assert_problem(answer, 400, "bad_request")
        for missing in ("name", "scopes"):
            answer = self.alice.post("/api/users/me/api-tokens", {k: v for k, v in good.items() if k != missing})
            self.assert_problem(answer, 400, "bad_request")

    def test_there_are_at_most_a_hundred(self):
        carol = self.instance.add_user("carol")
        for _ in range(100):
            self.make("shares", user=carol)
        answer = carol.post("/api/users/me/api-tokens", {"name": "n", "scopes": ["shares"]})
        self.assert_problem(answer, 409, "conflict")


class LogIns(Story):
    def sessions(self, user):
        return user.ok("GET", "/api/users/me/sessions")["items"]

    def test_one_sees_where_one_is_logged_in_and_ends_what_was_lost(self):
        bob = self.instance.add_user("bob")
        lost = User(self.instance, bob.email, bob.password)
        current = [entry["current"] for entry in self.sessions(bob)]
        self.assertEqual(sorted(current), [False, True])
        entry = next(entry for entry in self.sessions(bob) if not entry["current"])
        self.assertEqual(entry["client"], "127.0.0.1")
        bob.ok("DELETE", f"/api/users/me/sessions/{entry['id']}")
        self.assertEqual(lost.get("/api/users/me").status, 401)
        self.assertEqual([entry["current"] for entry in self.sessions(bob)], [True])
        self.assertEqual(bob.request("DELETE", f"/api/users/me/sessions/{entry['id']}").status, 404)
        told = next(one for one in self.audit() if one["subject"] == entry["id"])
        self.assertEqual((told["action"], told["actor"]), ("log_in_ended", bob.id))

    def test_open_streams_of_an_ended_log_in_end(self):
        dave = self.instance.add_user("dave")
        lost = User(self.instance, dave.email, dave.password)
        entry = next(entry for entry in self.sessions(dave) if not entry["current"])
        with listen(lost) as gone, listen(dave) as kept:
            dave.ok("DELETE", f"/api/users/me/sessions/{entry['id']}")
            self.assertEqual(gone.ends(), [])
            dave.upload("news.txt", b"news")
            kept.until("assets")

    def test_ending_the_one_that_asks_is_logging_out(self):
        browser = Browser(self.instance)
        self.assertEqual(browser.log_in(self.alice).status, 201)
        listed = browser.request("GET", "/api/users/me/sessions").json()["items"]
        here = next(entry["id"] for entry in listed if entry["current"])
        self.assertEqual(browser.request("DELETE", f"/api/users/me/sessions/{here}").status, 204)
        self.assertFalse(browser.jar.cookies)
        self.assertEqual(browser.request("GET", "/api/session").status, 401)


if __name__ == "__main__":
    unittest.main()
