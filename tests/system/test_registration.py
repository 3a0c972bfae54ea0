"""Making an account in the browser, and getting back in: challenge, registration, links in mails, invites, resets."""

import base64
import contextlib
import email
import email.policy
import json
import re
import sqlite3
import time
import unittest

from kith_instance import Instance, User, try_log_in, until
from token_kinds import make_api_token, registration_token, solve

PASSWORD = "a quiet green lamp"
NEW_PASSWORD = "an owl sits in the barn"
LINK = re.compile(r"^\s*(http://\S+)\s*$", re.MULTILINE)
EASY = {"accounts": {"challenge_difficulty": 1000}}


def mails_to(instance, address):
    """The texts of all mails to an address so far, the oldest first."""
    found = []
    for file in sorted((instance.data / "outbox").glob("*.eml")):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if address.lower() in mail["To"].lower():
            found.append(mail.get_body(("plain",)).get_content())
    return found


def mailed_link(instance, address, number=1):
    """The link in the nth mail to an address, which stands on a line of its own."""
    texts = until(lambda: (found := mails_to(instance, address))[number - 1:] and found,
                  lambda: f"mail {number} to {address}")
    return LINK.search(texts[number - 1]).group(1)


def token_in(link):
    return re.search(r"(?:token|invite)=([A-Za-z0-9_-]{43})$", link).group(1)


def rows(instance, statement, *values):
    with contextlib.closing(sqlite3.connect(instance.data / "kith.db", timeout=30)) as opened:
        return opened.execute(statement, values).fetchall()


class Stranger:
    """Somebody who has no account."""

    def __init__(self, instance):
        self.instance = instance

    def post(self, target, body, headers=None):
        content = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.instance.local.request("POST", target, content,
                                           {"Content-Type": "application/json", **(headers or {})})

    def solution(self, **changes):
        challenge = self.instance.local.request("GET", "/api/challenge").json()
        found = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
        return {**found, "number": solve(challenge), **changes}

    def offer(self, solution, **more):
        altcha = base64.b64encode(json.dumps(solution).encode()).decode()
        return self.post("/api/registration-tokens", {"altcha": altcha, **more})

    def register(self, address, token=None, headers=None, **fields):
        token = token or registration_token(self.instance)
        wanted = {"email": address, "password": PASSWORD, "first_name": "Bodo", "last_name": "Beispiel", **fields}
        return self.post("/api/users", wanted, {"Authorization": f"Bearer {token}", **(headers or {})})

    def verify(self, token):
        return self.post("/api/users/verify-email", {"token": token})


class Stories(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.instance = Instance(settings={**EASY, **self.settings})
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.stranger = Stranger(self.instance)

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json()["code"]), (status, code), answer)

    def restart_with(self, **accounts):
        self.instance.settings = {"accounts": {**EASY["accounts"], **accounts}}
        self.instance.restart()


class Registering(Stories):
    def test_from_the_challenge_to_the_first_log_in(self):
        answer = self.stranger.register("bodo@mail.example", organization="Beispiel e.V.")
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        told = answer.json()
        self.assertEqual((told["verified"], told["permission"], told["handle"]), (False, "none", "bodo"))
        self.assert_problem(try_log_in(self.instance, "bodo@mail.example", PASSWORD), 401, "unauthorized")
        link = mailed_link(self.instance, "bodo@mail.example")
        self.assertTrue(link.startswith(f"http://127.0.0.1:{self.instance.local_port}/#/verify-email?token="), link)
        # Programs that look through mails open links, without what stands behind the '#'.
        for method in ("GET", "HEAD"):
            self.assertEqual(self.instance.local.request(method, "/").status, 200)
        self.assertEqual(self.instance.local.request("GET", "/api/users/verify-email").status, 405)
        self.assert_problem(try_log_in(self.instance, "bodo@mail.example", PASSWORD), 401, "unauthorized")
        self.assertEqual(self.stranger.verify(token_in(link)).status, 204)
        user = User(self.instance, "bodo@mail.example", PASSWORD)
        me = user.ok("GET", "/api/users/me")
        self.assertEqual((me["id"], me["verified"], me["permission"], me["handle"], me["organization"]),
                         (told["id"], True, "user", "bodo", "Beispiel e.V."))
        self.assert_problem(self.stranger.verify(token_in(link)), 401, "unauthorized")
        self.assertEqual(user.upload("hello.txt", b"hello")["size"], 5)

    def test_a_registration_outlives_a_crash(self):
        self.assertEqual(self.stranger.register("cleo@mail.example", handle="cleo.k").status, 201)
        link = mailed_link(self.instance, "cleo@mail.example")
        self.instance.restart(kill=True)
        self.assertEqual(self.stranger.verify(token_in(link)).status, 204)
        self.assertEqual(User(self.instance, "cleo@mail.example", PASSWORD).address.split("@")[0], "cleo.k")

    def test_a_token_is_for_one_account_and_survives_mistakes(self):
        token = registration_token(self.instance)
        self.assert_problem(self.stranger.register("dan@mail.example", token, password="short"), 400, "bad_request")
        self.assert_problem(self.stranger.register("nonsense", token), 400, "bad_request")
        self.assertEqual(self.stranger.register("dan@mail.example", token).status, 201)
        self.assert_problem(self.stranger.register("eve@mail.example", token), 401, "unauthorized")
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
            answer = self.stranger.post("/api/users", {"email": "x@mail.example", "password": PASSWORD,
                                                       "first_name": "", "last_name": ""}, headers)
            self.assert_problem(answer, 401, "unauthorized")

    def test_a_taken_address_cannot_be_told_from_a_free_one(self):
        alice = self.instance.add_user("alice")
        before = len(rows(self.instance, "SELECT 1 FROM registrations"))
        taken = self.stranger.register("Alice@mail.example")
        free = self.stranger.register("Boris@mail.example")
        self.assertEqual((taken.status, free.status), (201, 201))
        same = lambda text: re.sub(r"(?i)alice|boris", "somebody", re.sub(r'"(id|\w+_at)":"[^"]*"', r'"\1"', text))
        self.assertEqual(same(taken.body.decode()), same(free.body.decode()))
        varying = ("date", "x-request-id", "content-length")
        self.assertEqual(*({k: v for k, v in answer.headers.items() if k not in varying} for answer in (taken, free)))
        self.assertEqual(len(rows(self.instance, "SELECT 1 FROM registrations")), before + 2)
        told = until(lambda: mails_to(self.instance, "alice@mail.example"), "a mail to alice")
        self.assertNotIn("token=", told[0])
        mailed_link(self.instance, "boris@mail.example")
        self.assertEqual(len(told), 1)
        self.assertEqual(try_log_in(self.instance, alice.email, PASSWORD).status, 401)
        self.assertEqual(alice.get("/api/users/me").status, 200)

    def test_the_later_of_two_registrations_counts(self):
        self.stranger.register("fay@mail.example")
        first = mailed_link(self.instance, "fay@mail.example")
        self.assertEqual(self.stranger.register("FAY@mail.example", password=NEW_PASSWORD).status, 201)
        second = mailed_link(self.instance, "fay@mail.example", 2)
        self.assert_problem(self.stranger.verify(token_in(first)), 401, "unauthorized")
        self.assertEqual(self.stranger.verify(token_in(second)).status, 204)
        self.assertEqual(try_log_in(self.instance, "fay@mail.example", PASSWORD).status, 401)
        self.assertEqual(try_log_in(self.instance, "fay@mail.example", NEW_PASSWORD).status, 201)

    def test_handles(self):
        self.instance.add_user("gil")
        self.assert_problem(self.stranger.register("a@mail.example", handle="gil"), 409, "conflict")
        self.assert_problem(self.stranger.register("a@mail.example", handle="G I L"), 400, "bad_request")
        self.assertEqual(self.stranger.register("a@mail.example", handle="waiting").status, 201)
        self.assert_problem(self.stranger.register("b@mail.example", handle="waiting"), 409, "conflict")
        refused = self.instance.command("user", "add", "c@mail.example", "--handle", "waiting", "--password-stdin",
                                        stdin=PASSWORD + "\n", check=False)
        self.assertIn("handle", refused.stderr)
        self.assertEqual(self.stranger.register("gil@other.example").json()["handle"], "gil")
        self.assertEqual(self.stranger.verify(token_in(mailed_link(self.instance, "gil@other.example"))).status, 204)
        self.assertEqual(User(self.instance, "gil@other.example", PASSWORD).address.split("@")[0], "gil2")

    def test_passwords_that_are_guessed_first(self):
        token = registration_token(self.instance)
        for password in ("password1234", "Password123!", "qwertyuiop12", "aaaaaaaaaaaa", "hal@mail.example",
                         "letmeinletmein", "correcthorsebatterystaple", "kith12345678"):
            self.assert_problem(self.stranger.register("hal@mail.example", token, password=password), 400,
                                "weak_password")
        refused = self.instance.command("user", "add", "hal@mail.example", "--password-stdin",
                                        stdin="iloveyou1234\n", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("password", refused.stderr)
        set_up = token_in(re.search(r"http://\S+", self.instance.wait_for_log("#/set-up")).group(0))
        self.assert_problem(self.stranger.post("/api/set-up", {"token": set_up, "email": "hal@mail.example",
                                                               "password": "hal@mail.example"}), 400, "weak_password")
        self.assertEqual(self.stranger.register("hal@mail.example", token, password=" spaces count ").status, 201)
        self.assertEqual(self.stranger.verify(token_in(mailed_link(self.instance, "hal@mail.example"))).status, 204)
        self.assertEqual(try_log_in(self.instance, "hal@mail.example", "spaces count").status, 401)
        self.assertEqual(try_log_in(self.instance, "hal@mail.example", " spaces count ").status, 201)

    def test_the_language_of_the_mail(self):
        german = "Bestätig"
        self.stranger.register("ida@mail.example", headers={"Accept-Language": "fr, de-AT;q=0.8, en;q=0.5"})
        self.stranger.register("jan@mail.example", language="de")
        self.stranger.register("kai@mail.example", headers={"Accept-Language": "de"}, language="en")
        texts = {}
        for name in ("ida", "jan", "kai"):
            mailed_link(self.instance, f"{name}@mail.example")
            texts[name] = mails_to(self.instance, f"{name}@mail.example")[0].splitlines()[0]
        self.assertEqual(texts["ida"], texts["jan"], german)
        self.assertNotEqual(texts["ida"], texts["kai"])


class Challenges(Stories):
    def test_a_solution_is_taken_once(self):
        solution = self.stranger.solution()
        self.assertEqual(self.stranger.offer(solution).status, 201)
        self.assert_problem(self.stranger.offer(solution), 400, "challenge_failed")
        self.assert_problem(self.stranger.offer({**solution, "took": 5}), 400, "challenge_failed")

    def test_forged_and_unsolved_ones(self):
        right = self.stranger.solution()
        other = self.stranger.solution()
        late = right["salt"].split("=")[0] + "=" + str(int(right["salt"].split("=")[1]) + 60)
        for changes in ({"number": right["number"] + 1}, {"number": -1}, {"number": str(right["number"])},
                        {"signature": "0" * 64}, {"signature": other["signature"]}, {"challenge": other["challenge"]},
                        {"salt": late}, {"salt": ""}, {"algorithm": "SHA-1"}, {"more": 1}):
            self.assert_problem(self.stranger.offer({**right, **changes}), 400, "challenge_failed")
        for altcha in ("", "!", "e30=", base64.b64encode(b"[1]").decode(), "A" * 1000):
            self.assert_problem(self.stranger.post("/api/registration-tokens", {"altcha": altcha}), 400,
                                "challenge_failed")
        self.assertEqual(self.stranger.offer(right).status, 201)

    def test_none_outlives_the_daemon_but_what_it_was_given_for_does(self):
        solution = self.stranger.solution()
        token = registration_token(self.instance)
        self.instance.restart()
        self.assert_problem(self.stranger.offer(solution), 400, "challenge_failed")
        self.assertEqual(self.stranger.register("lea@mail.example", token).status, 201)


class Hostile(Stories):
    def test_bodies(self):
        token = registration_token(self.instance)
        good = {"email": "x@mail.example", "password": PASSWORD, "first_name": "X", "last_name": "Y"}
        bearer = {"Authorization": f"Bearer {token}"}
        for body in (b"", b"{", b"[]", b"null", b"\xff", {**good, "permission": "admin"}, {**good, "email": None},
                     {**good, "email": ["x@mail.example"]}, {**good, "password": 123456789012},
                     {**good, "email": "x@mail.example\r\nBcc: y@mail.example"}, {**good, "email": "<x@mail.example>"},
                     {**good, "email": "x@mail.example,y@mail.example"}, {**good, "email": "x" * 300 + "@m.example"},
                     {**good, "first_name": "a\nb"}, {**good, "last_name": "x" * 201}, {**good, "handle": ""},
                     {**good, "organization": "\x00"}, {**good, "language": "xx"}, {**good, "password": "x" * 1025},
                     {k: v for k, v in good.items() if k != "last_name"}):
            self.assertEqual(self.stranger.post("/api/users", body, bearer).status, 400, body)
        self.assert_problem(self.stranger.post("/api/users", b"x" * 20_000, bearer), 413, "too_large")
        self.assertEqual(self.instance.local.request("POST", "/api/users?token=x", b"{}", bearer).status, 400)
        self.assertEqual(rows(self.instance, "SELECT * FROM registrations"), [])
        self.assertEqual(mails_to(self.instance, "x@mail.example"), [])

    def test_other_sites_and_forms(self):
        calls = (("/api/registration-tokens", {"altcha": "x"}), ("/api/users", {}),
                 ("/api/users/verify-email", {"token": "x"}), ("/api/password-resets", {"email": "x@mail.example"}),
                 ("/api/password-resets/redeem", {"token": "x", "password": PASSWORD}))
        for target, body in calls:
            self.assert_problem(self.stranger.post(target, body, {"Sec-Fetch-Site": "cross-site"}), 403, "csrf")
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
                self.assert_problem(self.stranger.post(target, body, {"Content-Type": kind}), 415,
                                    "unsupported_media_type")
        answer = self.instance.local.request("GET", "/api/challenge", headers={"Sec-Fetch-Site": "cross-site"})
        self.assert_problem(answer, 403, "csrf")

    def test_tokens_that_are_none(self):
        for token in ("", "x", "A" * 43, "A" * 1024, "ä" * 43, "'; DROP TABLE users; --"):
            self.assert_problem(self.stranger.verify(token), 401, "unauthorized")
            self.assert_problem(self.stranger.post("/api/password-resets/redeem",
                                                   {"token": token, "password": PASSWORD}), 401, "unauthorized")
        self.assert_problem(self.stranger.verify("A" * 1025), 400, "bad_request")
        self.stranger.register("mia@mail.example")
        token = token_in(mailed_link(self.instance, "mia@mail.example"))
        self.assert_problem(self.stranger.post("/api/password-resets/redeem", {"token": token, "password": PASSWORD}),
                            401, "unauthorized")
        self.assert_problem(self.stranger.post("/api/session", {"link": token}), 401, "unauthorized")
        self.assertEqual(self.stranger.verify(token).status, 204)

    def asked_until_refused(self, ask, status, least):
        begin = time.monotonic()
        for taken in range(1000):
            answer = ask()
            if answer.status != status:
                break
        self.assert_problem(answer, 429, "too_many_requests")
        self.assertGreaterEqual(taken, least)
        self.assertLessEqual(taken, least + 1 + (time.monotonic() - begin))
        return answer

    def test_who_asks_too_often_has_to_wait(self):
        # Sixty at once, and one more each second that this takes.
        refused = self.asked_until_refused(lambda: self.instance.local.request("GET", "/api/challenge"), 200, 60)
        self.assertIn(int(refused.headers["retry-after"]), range(1, 61))
        refused = self.asked_until_refused(
            lambda: self.stranger.post("/api/password-resets", {"email": "x@mail.example"}), 202, 20)
        self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
        self.assertTrue(self.instance.add_user("nora").token)  # who has an account is not bothered


class Invites(Stories):
    settings = {"accounts": {**EASY["accounts"], "registration": "invite"}}

    def test_one_makes_one_account(self):
        root = self.instance.add_user("root-admin", admin=True)
        self.assertEqual(self.instance.local.request("GET", "/api/welcome").json()["registration"], "invite")
        self.assert_problem(self.stranger.offer(self.stranger.solution()), 403, "registration_closed")
        made = root.ok("POST", "/api/admin/registration-invites", {"note": "for Olga", "expires_in": 3600})
        self.assertIn("/#/register?invite=", made["link"])
        invite = token_in(made["link"])
        self.assertEqual([item["note"] for item in root.ok("GET", "/api/admin/registration-invites")["items"]],
                         ["for Olga"])
        offers = [self.stranger.offer(self.stranger.solution(), invite=invite) for _ in range(2)]
        self.assertEqual({offer.status for offer in offers}, {201})
        first, second = (offer.json()["token"] for offer in offers)
        self.assertEqual(self.stranger.register("olga@mail.example", first).status, 201)
        self.assert_problem(self.stranger.register("pia@mail.example", second), 403, "registration_closed")
        self.assertEqual(root.ok("GET", "/api/admin/registration-invites")["items"], [])
        self.assertEqual(self.stranger.verify(token_in(mailed_link(self.instance, "olga@mail.example"))).status, 204)
        self.assertEqual(try_log_in(self.instance, "olga@mail.example", PASSWORD).status, 201)

    def test_taken_back(self):
        root, carol = self.instance.add_user("root-admin", admin=True), self.instance.add_user("carol")
        made = root.ok("POST", "/api/admin/registration-invites", {})
        target = f"/api/admin/registration-invites/{made['id']}"
        for method, path in (("GET", "/api/admin/registration-invites"), ("DELETE", target)):
            self.assertEqual(carol.request(method, path).status, 404)
        self.assertEqual(root.request("DELETE", target).status, 204)
        self.assertEqual(root.request("DELETE", target).status, 404)
        self.assert_problem(self.stranger.offer(self.stranger.solution(), invite=token_in(made["link"])), 403,
                            "registration_closed")
        for body in ({"note": "x" * 201}, {"expires_in": 59}, {"expires_in": 7776001}, {"note": 5}, {"uses": 2}):
            self.assertEqual(root.post("/api/admin/registration-invites", body).status, 400, body)

    def test_closed_means_nobody(self):
        token = self.instance.add_user("root-admin", admin=True).ok(
            "POST", "/api/admin/registration-invites", {})["link"]
        given = self.stranger.offer(self.stranger.solution(), invite=token_in(token)).json()["token"]
        self.restart_with(registration="closed")
        self.assertEqual(self.instance.local.request("GET", "/api/welcome").json()["registration"], "closed")
        self.assert_problem(self.stranger.offer(self.stranger.solution(), invite=token_in(token)), 403,
                            "registration_closed")
        self.assert_problem(self.stranger.register("quin@mail.example", given), 403, "registration_closed")
        self.restart_with(registration="open")
        self.assertEqual(self.stranger.register("quin@mail.example").status, 201)


class ForgottenPasswords(Stories):
    def ask(self, address):
        return self.stranger.post("/api/password-resets", {"email": address})

    def redeem(self, token, password=NEW_PASSWORD):
        return self.stranger.post("/api/password-resets/redeem", {"token": token, "password": password})

    def test_a_link_sets_a_new_one_and_ends_what_was_open(self):
        rita = self.instance.add_user("rita")
        script = make_api_token(rita, "files:read")["token"]
        self.assertEqual(self.ask("RITA@mail.example").status, 202)
        token = token_in(mailed_link(self.instance, rita.email))
        self.assertEqual(rita.get("/api/users/me").status, 200)
        self.assert_problem(self.redeem(token, "rita@mail.example"), 400, "weak_password")
        self.assertEqual(self.redeem(token).status, 204)
        self.assertEqual(rita.get("/api/users/me").status, 401)
        listed = self.instance.local.request("GET", "/files", headers={"Authorization": f"Bearer {script}"})
        self.assertEqual(listed.status, 401)
        self.assertEqual(try_log_in(self.instance, rita.email, rita.password).status, 401)
        self.assertEqual(try_log_in(self.instance, rita.email, NEW_PASSWORD).status, 201)
        self.assert_problem(self.redeem(token), 401, "unauthorized")
        until(lambda: len(mails_to(self.instance, rita.email)) == 2, "the mail that tells of it")

    def test_unknown_addresses_are_answered_the_same(self):
        self.instance.add_user("sven")
        known, unknown = self.ask("sven@mail.example"), self.ask("nobody@mail.example")
        self.assertEqual((known.status, known.body), (unknown.status, unknown.body))
        self.assertEqual(known.headers.keys(), unknown.headers.keys())
        mailed_link(self.instance, "sven@mail.example")
        self.assertEqual(mails_to(self.instance, "nobody@mail.example"), [])
        self.assert_problem(self.ask("not an address"), 400, "bad_request")


if __name__ == "__main__":
    unittest.main()
