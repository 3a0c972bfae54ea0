"""The audit log: every act that matters for security is done once here, and is found with who did it, to what, and from
where."""

import base64
import json
import re
import unittest

import token_kinds
from kith_instance import SOURCE, Instance, User, connect, free_port, pending_request, try_log_in, until
from second_conventions import b64
from test_second_factor import App

HERE = "127.0.0.1"
JSON = {"Content-Type": "application/json"}
# Done in unit tests: one comes 30 days after a deletion, the others need a configuration without name and domain.
ELSEWHERE = {"address_freed", "instance_named", "instance_moved"}
# How the sources name what they write.
NAMED = (r'write\(\s*(?:transaction,\s*)?\{[^{};]*?,\s*"([a-z_]+)"', r'note_act\(call,\s*"([a-z_]+)"',
         r'note_act\(call, match \? "([a-z_]+)"', r'(?<!store\.)note\("([a-z_]+)"', r'audit_event\(actor, "([a-z_]+)"',
         r'act_on<[^>]+>\(call, "([a-z_]+)"', r'\{peer, "([a-z_]+)", std::string\(step\)')


def acts_in_sources():
    found = set()
    for folder in ("accounts", "daemon"):
        for file in (SOURCE / folder).rglob("*.cpp"):
            text = file.read_text(encoding="utf-8")
            found |= {name for form in NAMED for name in re.findall(form, text)}
    return found


class Acts(unittest.TestCase):
    """One story; `noted` is asked after each act."""

    driven = set()

    @classmethod
    def setUpClass(cls):
        settings = {"accounts": {"registration": "open", "challenge_difficulty": 1000, "argon2_passes": 1,
                                 "argon2_memory_mib": 8}}
        cls.a, cls.b = Instance("A", settings=settings), Instance("B")
        for instance in (cls.a, cls.b):
            cls.addClassCleanup(instance.close)
            instance.start()
        link = token_kinds.LINK_TOKEN.search(cls.a.wait_for_log("set-up")).group(1)
        cls.root_password = "root's own password"
        answer = cls.a.local.request("POST", "/api/set-up", json.dumps(
            {"token": link, "email": "root@mail.example", "handle": "root", "password": cls.root_password}), JSON)
        if answer.status != 201:
            raise RuntimeError(answer)
        cls.root = User(cls.a, "root@mail.example", cls.root_password)
        cls.bob = cls.b.add_user("bob", admin=True)

    @classmethod
    def tearDownClass(cls):
        """Nothing is written down anywhere that this story does not do."""
        missing = acts_in_sources() - cls.driven - ELSEWHERE
        if missing and cls.driven >= {"log_in", "shared", "instance_blocked", "user_registered"}:
            raise AssertionError(f"acts nobody did here: {sorted(missing)}")

    def noted(self, action, actor, subject=None, client=HERE, detail="", admin=None):
        """The latest entry of that act."""
        type(self).driven.add(action)

        def read():
            items = (admin or self.root).ok("GET", "/api/admin/audit-log", action=action, limit=1)["items"]
            return items[0] if items else None

        entry = until(read, f"{action} in the audit log")
        self.assertEqual((entry["actor"], entry["client"]), (actor, client), entry)
        if subject is not None:
            self.assertEqual(entry["subject"], subject, entry)
        self.assertIn(detail, entry["detail"])
        return entry

    def post(self, target, body, headers=None):
        return self.a.local.request("POST", target, json.dumps(body), {**JSON, **(headers or {})})

    def test_first_start_and_log_ins(self):
        self.noted("first_admin_added", "", self.root.id)
        alice = self.a.add_user("alice")
        self.noted("user_added", "shell", alice.id, client="")
        self.noted("log_in", alice.id, alice.id)
        other = User(self.a, alice.email, alice.password)
        sessions = other.ok("GET", "/api/users/me/sessions")["items"]
        ended = next(session["id"] for session in sessions if not session["current"])
        other.ok("DELETE", f"/api/users/me/sessions/{ended}")
        self.noted("log_in_ended", alice.id, ended)
        other.ok("DELETE", "/api/tokens/current")
        self.noted("log_out", alice.id, alice.id)
        alice.log_in()
        alice.ok("DELETE", "/api/tokens")
        self.noted("log_out_everywhere", alice.id, alice.id)
        while try_log_in(self.a, alice.email, "not alice's password").status == 401:
            pass
        self.noted("log_in_throttled", "", alice.id)

    def test_registration_and_mails(self):
        invite = self.root.ok("POST", "/api/admin/registration-invites", {"note": "for dora"})
        self.noted("registration_invite_made", self.root.id, invite["id"])
        self.root.ok("DELETE", f"/api/admin/registration-invites/{invite['id']}")
        self.noted("registration_invite_removed", self.root.id, invite["id"])
        form = {"email": "dora@mail.example", "first_name": "Dora", "last_name": "D", "password": "dora's own password"}
        token = token_kinds.registration_token(self.a)
        self.assertEqual(self.post("/api/users", form, {"Authorization": f"Bearer {token}"}).status, 201)
        begun = self.noted("registration_begun", "")
        self.post("/api/users/verify-email", {"token": token_kinds.mailed_token(self.a, form["email"])})
        dora = User(self.a, form["email"], form["password"])
        self.assertEqual(begun["subject"], dora.id)
        self.noted("user_registered", dora.id, dora.id)
        self.post("/api/password-resets", {"email": dora.email})
        self.noted("password_reset_asked", "", dora.id)
        self.post("/api/password-resets/redeem", {"token": token_kinds.mailed_token(self.a, dora.email),
                                                  "password": "another password of dora's"})
        self.noted("password_reset", dora.id, dora.id)

    def test_own_account(self):
        carol = self.a.add_user("carol")
        carol.ok("PATCH", "/api/users/me", {"first_name": "Carol"})
        self.noted("profile_changed", carol.id, carol.id)
        carol.ok("PATCH", "/api/users/me", {"email": "carol@new.example", "current_password": carol.password})
        self.noted("email_change_asked", carol.id, carol.id)
        self.post("/api/users/verify-email", {"token": token_kinds.mailed_token(self.a, "carol@new.example")})
        self.noted("email_changed", carol.id, carol.id)
        carol.ok("PATCH", "/api/users/me", {"password": "carol's next password", "current_password": carol.password})
        self.noted("password_changed", carol.id, carol.id)
        made = token_kinds.make_api_token(carol, "files:read")
        self.noted("api_token_made", carol.id, made["id"])
        carol.ok("DELETE", f"/api/users/me/api-tokens/{made['id']}")
        self.noted("api_token_deleted", carol.id, made["id"])
        carol.ok("DELETE", "/api/users/me", {"current_password": "carol's next password"})
        self.noted("user_deleted", carol.id, carol.id)

    def test_second_factor(self):
        erin = self.a.add_user("erin")
        app = App(erin.ok("POST", "/api/users/me/second-factor", {"current_password": erin.password})["uri"])
        self.noted("second_factor_begun", erin.id, erin.id)
        codes = erin.ok("POST", "/api/users/me/second-factor/confirm", {"code": app.code()})["recovery_codes"]
        self.noted("second_factor_on", erin.id, erin.id)
        for code in ("00000-00000", codes[0]):
            basic = base64.b64encode(f"{erin.email}:{erin.password}".encode()).decode()
            self.a.local.request("POST", "/api/tokens", headers={"Authorization": f"Basic {basic}", "X-Kith-Code": code})
        self.noted("wrong_second_factor", "", erin.id)
        self.noted("recovery_code_used", erin.id, erin.id)
        erin.ok("POST", "/api/users/me/recovery-codes", {"current_password": erin.password})
        self.noted("recovery_codes_made", erin.id, erin.id)
        self.root.ok("DELETE", f"/api/admin/users/{erin.id}/second-factor")
        self.noted("second_factor_off", self.root.id, erin.id)

    def test_administration(self):
        frank = self.a.add_user("frank")
        for field, value, action in (("quota_bytes", 1000, "quota_set"), ("permission", "admin", "permission_set"),
                                     ("state", "suspended", "state_set")):
            self.root.ok("PATCH", f"/api/admin/users/{frank.id}", {field: value})
            self.noted(action, self.root.id, frank.id, detail=str(value))
        self.root.ok("PATCH", f"/api/admin/users/{frank.id}", {"state": "active"})
        self.root.ok("POST", f"/api/admin/users/{frank.id}/log-in-link")
        self.noted("login_link_made", self.root.id, frank.id)
        self.root.ok("POST", "/api/admin/secrets/rotate")
        self.noted("token_secret_rotated", self.root.id)

    def test_shell(self):
        gina = self.a.add_user("gina")
        self.a.command("user", "set-password", "gina", "--password-stdin", stdin="a password of the shell\n")
        self.noted("password_set", "shell", gina.id, client="")
        self.a.command("user", "set-permission", "gina", "none")
        self.noted("permission_set", "shell", gina.id, client="", detail="none")
        self.a.command("user", "log-in-link", "gina")
        self.noted("login_link_made", "shell", gina.id, client="")
        self.a.command("user", "suspend", "gina")
        self.noted("state_set", "shell", gina.id, client="", detail="suspended")
        self.a.command("user", "delete", "gina", "--yes")
        self.noted("user_deleted", "shell", gina.id, client="")

    def test_shares_and_links(self):
        hanna, ivan = self.a.add_user("hanna"), self.a.add_user("ivan")
        asset = hanna.upload("a.txt", b"hello")
        shares = hanna.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": "ivan"})["items"]
        self.noted("shared", hanna.id, ivan.id, detail=ivan.address)
        hanna.ok("DELETE", f"/api/shares/{shares[0]['id']}")
        self.noted("share_withdrawn", hanna.id, shares[0]["id"])
        album = hanna.ok("POST", "/api/albums", {"name": "Album"})
        share = hanna.ok("POST", f"/api/albums/{album['id']}/shares", {"with": "ivan"})
        self.noted("album_shared", hanna.id, album["id"], detail=ivan.address)
        hanna.ok("DELETE", f"/api/albums/{album['id']}/shares/{share['id']}")
        self.noted("album_share_withdrawn", hanna.id, album["id"])
        script = {"Authorization": f"Bearer {token_kinds.make_api_token(hanna, 'shares')['token']}"}
        answer = self.a.local.request("POST", "/api/exchanges", "{}", {**JSON, **script})
        self.assertEqual(answer.status, 201, answer)
        self.noted("exchange_made", hanna.id, answer.json()["exchange_id"], detail="by the API token ")
        hanna.ok("DELETE", f"/api/exchanges/{answer.json()['exchange_id']}")
        self.noted("exchange_revoked", hanna.id, answer.json()["exchange_id"])

    def test_connections(self):
        judy = self.a.add_user("judy")
        invite = judy.ok("POST", "/api/invites", {})
        self.noted("invite_made", judy.id, invite["id"])
        judy.ok("DELETE", f"/api/invites/{invite['id']}")
        self.noted("invite_removed", judy.id, invite["id"])
        mine, bobs = connect(judy, self.bob)
        self.noted("connection_asked", judy.id, mine, detail=self.bob.address)
        self.noted("connection_verified", judy.id, mine)
        self.noted("connection_approved", self.bob.id, bobs, detail=judy.address, admin=self.bob)
        judy.ok("POST", f"/api/connections/{mine}/rotate")
        self.noted("connection_keys_rotated", judy.id, mine)
        self.noted("connection_keys_rotated", judy.address, bobs, client="", admin=self.bob)
        judy.ok("POST", f"/api/connections/{mine}/revoke")
        self.noted("connection_revoked", judy.id, mine)
        self.noted("connection_revoked", judy.address, bobs, client="", admin=self.bob)
        kim = self.a.add_user("kim")
        asked = kim.ok("POST", "/api/connections", {"peer": self.bob.address, "purpose": ""})["id"]
        pending = pending_request(kim, self.bob, asked)["id"]
        self.bob.ok("POST", f"/api/connections/{pending}/reject")
        self.noted("connection_rejected", self.bob.id, pending, admin=self.bob)
        self.root.ok("POST", f"/api/admin/instances/{self.b.domain}/accept-key", {})
        self.noted("instance_key_accepted", self.root.id, self.b.domain)
        blocked = f"127.0.0.1:{free_port()}"
        for act in ("block", "unblock"):
            self.root.ok("POST", f"/api/admin/instances/{blocked}/{act}")
            self.noted(f"instance_{act}ed", self.root.id, blocked)

    def test_what_kithd_writes_itself(self):
        self.a.public.request("POST", "/handshake/init", b"{}", {"Kith-Signature": b64(bytes(64))})
        self.noted("handshake_refused", HERE, "init", client="")
        self.a.local.request("GET", "/api/users/me", headers={"Authorization": "Bearer forged"})
        self.noted("alert", "kithd", HERE, client="", detail="invalid_internal_token")


class Filters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.root = cls.instance.add_user("root", admin=True)
        cls.carol, cls.dave = (cls.instance.add_user(handle) for handle in ("carol", "dave"))
        for user in (cls.carol, cls.dave):
            user.ok("PATCH", "/api/users/me", {"first_name": user.email[0]})

    def entries(self, **filters):
        return self.root.ok("GET", "/api/admin/audit-log", limit=500, **filters)["items"]

    def test_each_and_all_together(self):
        everything = self.entries()
        for name, value in (("actor", self.carol.id), ("action", "log_in"), ("subject", self.dave.id),
                            ("actor", "shell"), ("actor", "nobody")):
            expected = [entry for entry in everything if entry[name] == value]
            self.assertEqual(self.entries(**{name: value}), expected, name)
        [entry] = self.entries(actor=self.carol.id, action="profile_changed", subject=self.carol.id)
        self.assertEqual(entry["client"], HERE)
        self.assertEqual(self.entries(actor=self.carol.id, subject=self.dave.id), [])

    def test_times(self):
        everything = self.entries()
        at = everything[2]["at"]
        self.assertEqual(self.entries(**{"from": at}), [entry for entry in everything if entry["at"] >= at])
        self.assertEqual(self.entries(to=at), [entry for entry in everything if entry["at"] < at])
        self.assertEqual(self.entries(**{"from": "2000-01-01", "to": "9999-01-01T00:00:00Z"}), everything)
        self.assertEqual(self.entries(to="2000-01-01T00:00:00.000Z"), [])
        for wrong in ("yesterday", "2026-13-01", "", "2026-01-01T00:00:00+01:00", "Z", "1"):
            self.assertEqual(self.root.get("/api/admin/audit-log", to=wrong).status, 400, wrong)

    def test_pages_of_what_was_looked_for(self):
        seen, cursor = [], {}
        while cursor is not None:
            page = self.root.ok("GET", "/api/admin/audit-log", action="log_in", limit=1, **cursor)
            seen += page["items"]
            cursor = {"cursor": page["next"]} if page["next"] else None
        self.assertEqual(seen, self.entries(action="log_in"))
        self.assertGreaterEqual(len(seen), 3)


if __name__ == "__main__":
    unittest.main()
