"""Browsers: logging in with a cookie, by password, link or as the first admin, and what other sites can't do with it."""

import base64
import contextlib
import hashlib
import hmac
import re
import sqlite3
import unittest
from concurrent.futures import ThreadPoolExecutor

from browser_session import Browser, Cookie, CookieJar
from kith_instance import Instance, User, until
from test_operations import secure

NOBODY = "0" * 26


def database(instance):
    return contextlib.closing(sqlite3.connect(instance.data / "kith.db"))


def everything(instance):
    """All that is stored, to see that nothing changed."""
    with database(instance) as connection:
        return list(connection.iterdump()), sorted(path for path in (instance.data / "blobs").rglob("*"))


def count_log_ins(instance):
    with database(instance) as connection:
        return connection.execute("SELECT count(*) FROM log_ins").fetchone()[0]


class OneInstance(unittest.TestCase):
    """What the classes below share: an instance, carol who uses it and alice who looks after it."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(settings=cls.settings)
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.carol, cls.alice = cls.instance.add_user("carol"), cls.instance.add_user("alice", admin=True)

    def browser(self, user=None, **options):
        browser = Browser(self.instance, **options)
        if user:
            self.assertEqual(browser.log_in(user).status, 201)
        return browser

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json()["code"]), (status, code), answer)
        self.assertNotIn("set-cookie", answer.headers)


class LoggingIn(OneInstance):
    def test_a_cookie_for_a_password(self):
        browser = self.browser()
        answer = browser.log_in(self.carol)
        self.assertEqual(answer.status, 201)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        session = answer.json()
        self.assertEqual(set(session), {"user", "csrf", "expires_at"})
        self.assertEqual(session["user"], self.carol.ok("POST", "/api/tokens/renew")["user"])
        self.carol.log_in()
        [token] = browser.jar.cookies.values()
        self.assertNotIn(token.encode(), answer.body)
        mac = hmac.new(token.encode(), b"kith csrf", hashlib.sha256).digest()
        self.assertEqual(session["csrf"], base64.urlsafe_b64encode(mac).decode().rstrip("="))
        again = browser.request("GET", "/api/session")
        self.assertEqual((again.status, again.json(), again.headers["cache-control"]), (200, session, "no-store"))
        me = browser.request("GET", "/api/users/me")
        self.assertEqual((me.json()["id"], me.headers["cache-control"]), (self.carol.id, "no-store"))

    def test_wrong_passwords(self):
        for email, password in ((self.carol.email, "not carol's password"), ("nobody@mail.example", "a password"),
                                (self.carol.email, "")):
            answer = self.browser().request("POST", "/api/session", {"email": email, "password": password})
            self.assert_problem(answer, 401, "unauthorized")

    def test_without_a_session(self):
        for cookies in ({}, {"Cookie": "kith-00000000=x"}, {"Cookie": "theme=dark"}):
            for method, target in (("GET", "/api/session"), ("GET", "/files"), ("POST", "/api/session/renew"),
                                   ("DELETE", "/api/session")):
                self.assert_problem(self.browser().request(method, target, headers=cookies), 401, "unauthorized")

    def test_guessing_is_throttled(self):
        heidi = self.instance.add_user("heidi")
        browser, statuses = self.browser(heidi), []
        while 429 not in statuses and len(statuses) < 12:
            answer = self.browser().request("POST", "/api/session",
                                            {"email": heidi.email, "password": f"guess {len(statuses)}"})
            statuses.append(answer.status)
        self.assertEqual(set(statuses[:-1]), {401})
        self.assert_problem(answer, 429, "too_many_requests")
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        self.assertEqual(self.browser().log_in(heidi).status, 429)  # the right one too
        self.assertTrue(browser.is_in())
        until(lambda: self.browser().log_in(heidi).status == 201, "heidi back in", 10)

    def test_what_is_not_a_log_in(self):
        good = {"email": self.carol.email, "password": self.carol.password}
        for body in ({}, {**good, "link": "x"}, {**good, "remember": True}, {"email": self.carol.email},
                     {**good, "password": None}, {**good, "password": 5}, {"link": None}, {"link": "x" * 2000},
                     {**good, "password": "x" * 1025}):
            self.assert_problem(self.browser().request("POST", "/api/session", body), 400, "bad_request")
        json_type = {"Content-Type": "application/json"}
        for body in (b"", b"[]", b"\xff", b'{"email":"a","email":"b"}'):
            self.assert_problem(self.browser().request("POST", "/api/session", body, json_type), 400, "bad_request")
        self.assert_problem(self.browser().request("POST", "/api/session", b" " * 20000, json_type), 413, "too_large")

    def test_forms_can_not_log_in(self):
        """What a page of another site may send without asking first: carol would work in somebody else's account."""
        body = f'{{"email": "{self.carol.email}", "password": "{self.carol.password}"}}'
        before = count_log_ins(self.instance)
        for kind in (None, "", "text/plain", "text/plain; x=application/json", "application/x-www-form-urlencoded",
                     "multipart/form-data; boundary=application/json", "application/jsonx", "application/json, x/y"):
            answer = self.browser().request("POST", "/api/session", body, {"Content-Type": kind})
            self.assert_problem(answer, 415, "unsupported_media_type")
        self.assertEqual(count_log_ins(self.instance), before)
        answer = self.browser().request("POST", "/api/session", body, {"Content-Type": "Application/JSON ; charset=utf-8"})
        self.assertEqual(answer.status, 201)

    def test_another_site_can_not_log_in(self):
        before = count_log_ins(self.instance)
        answer = self.browser(headers={"Sec-Fetch-Site": "cross-site"}).log_in(self.carol)
        self.assert_problem(answer, 403, "csrf")
        self.assertEqual(count_log_ins(self.instance), before)


class StayingAndLeaving(OneInstance):
    def test_renewing(self):
        for target in ("/api/session/renew", "/api/tokens/renew"):
            with self.subTest(target):
                browser = self.browser(self.carol)
                old, old_csrf = dict(browser.jar.cookies), browser.csrf
                answer = browser.begin("POST", target)
                self.assertEqual((answer.status, answer.headers["cache-control"]), (201, "no-store"))
                self.assertEqual(set(answer.json()), {"user", "csrf", "expires_at"})  # no script sees the token
                self.assertNotEqual((browser.jar.cookies, browser.csrf), (old, old_csrf))
                self.assertEqual(browser.request("POST", "/api/tokens/verify").status, 200)
                stale = browser.request("POST", "/api/tokens/verify", headers={"X-Kith-CSRF": old_csrf})
                self.assert_problem(stale, 403, "csrf")
                browser.jar.cookies = old
                self.assertFalse(browser.is_in())

    def test_logging_out_here(self):
        for target in ("/api/session", "/api/tokens/current"):
            with self.subTest(target):
                here, there = self.browser(self.carol), self.browser(self.carol)
                kept = dict(here.jar.cookies)
                answer = here.request("DELETE", target)
                self.assertEqual(answer.status, 204)
                self.assertTrue(Cookie(answer.headers["set-cookie"]).expires_now)
                self.assertEqual(here.jar.cookies, {})
                here.jar.cookies = kept
                self.assertFalse(here.is_in())
                self.assertTrue(there.is_in())

    def test_logging_out_everywhere(self):
        frank = self.instance.add_user("frank")
        here, there = self.browser(frank), self.browser(frank)
        self.assertEqual(here.request("DELETE", "/api/tokens").status, 204)
        self.assertEqual(here.jar.cookies, {})
        self.assertFalse(there.is_in())
        self.assertEqual(frank.get("/api/users/me").status, 401)

    def test_a_session_ends_with_its_user(self):
        grace = self.instance.add_user("grace")
        browser = self.browser(grace)
        self.instance.command("user", "set-password", "grace", "--password-stdin", stdin="a new one for grace\n")
        self.assertFalse(browser.is_in())

    def test_a_session_survives_a_restart(self):
        browser = self.browser(self.carol)
        self.instance.restart(kill=True)
        self.assertTrue(browser.is_in())
        self.assertEqual(browser.request("POST", "/api/tokens/verify").status, 200)


class BesideBearerTokens(OneInstance):
    def test_a_token_needs_no_csrf_value_and_wins(self):
        browser = self.browser(self.carol)
        bearer = {**self.alice.authorization, "X-Kith-CSRF": None}
        me = browser.request("GET", "/api/users/me", headers=bearer)
        self.assertEqual(me.json()["id"], self.alice.id)
        stored = browser.request("POST", "/files", b"alice's", bearer, filename="bearer.txt")
        self.assertEqual((stored.status, stored.json()["owner"]), (201, self.alice.address))
        fresh = User(self.instance, self.alice.email, self.alice.password)
        out = browser.request("DELETE", "/api/session", headers={**fresh.authorization, "X-Kith-CSRF": None})
        self.assertEqual((out.status, "set-cookie" in out.headers), (204, False))
        self.assertEqual(fresh.get("/api/users/me").status, 401)
        self.assertTrue(browser.is_in())

    def test_a_broken_token_is_not_made_up_for_by_the_cookie(self):
        browser = self.browser(self.carol)
        for field in ("Bearer", "Bearer ", "bearer x", f"Bearer {self.carol.token[:-1]}A", "Bearer" + "x" * 5000):
            answer = browser.request("GET", "/api/users/me", headers={"Authorization": field})
            self.assert_problem(answer, 401, "unauthorized")

    def test_a_password_for_a_proxy_is_not_ours(self):
        browser = self.browser(self.carol, headers={"Authorization": "Basic " + base64.b64encode(b"a:b").decode()})
        self.assertTrue(browser.is_in())
        self.assertEqual(browser.request("POST", "/api/tokens/verify", headers={"X-Kith-CSRF": None}).status, 403)


class Links(OneInstance):
    def link(self, user, *options):
        printed = self.instance.command("user", "log-in-link", user, *options).stdout
        match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/#/log-in\?token=([\w-]{43})\n", printed)
        self.assertTrue(match, printed)
        self.assertEqual(int(match[1]), self.instance.local_port)
        return match[2]

    def test_good_once(self):
        for user in ("carol", self.carol.email):
            token = self.link(user)
            browser = self.browser()
            answer = browser.redeem(token)
            self.assertEqual((answer.status, answer.json()["user"]["id"]), (201, self.carol.id))
            self.assertTrue(browser.is_in())
            self.assertEqual(browser.request("POST", "/files", b"x", filename="x").status, 201)
            self.assert_problem(self.browser().redeem(token), 401, "unauthorized")

    def test_of_many_at_once_one_gets_in(self):
        token, other = self.link("carol"), self.link("carol")
        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(lambda _: self.browser().redeem(token).status, range(8)))
        self.assertEqual(statuses, [201] + [401] * 7)
        self.assertEqual(self.browser().redeem(other).status, 201)

    def test_runs_out(self):
        token, longer = self.link("carol", "--minutes", "1"), self.link("carol", "--minutes", "10080")
        with database(self.instance) as connection, connection:
            lives = sorted(row[0] for row in connection.execute("SELECT expires_at - created_at FROM login_links"))
            self.assertEqual((lives[0], lives[-1]), (60_000, 7 * 86_400_000))
            connection.execute("UPDATE login_links SET expires_at = expires_at - 60000")
        self.assert_problem(self.browser().redeem(token), 401, "unauthorized")
        self.assertEqual(self.browser().redeem(longer).status, 201)

    def test_nonsense(self):
        good = self.link("carol")
        for token in ("", "x", good[:-1], good + "A", good.swapcase(), self.carol.token):
            self.assert_problem(self.browser().redeem(token), 401, "unauthorized")
        set_up = self.browser().request("POST", "/api/set-up", {"token": good, "email": "m@mail.example",
                                                                "password": "a good password"})
        self.assert_problem(set_up, 401, "unauthorized")
        self.assertEqual(self.browser().redeem(good).status, 201)

    def test_a_new_password_ends_it(self):
        self.instance.add_user("olga")
        token = self.link("olga")
        self.instance.command("user", "set-password", "olga", "--password-stdin", stdin="a new one for olga\n")
        self.assert_problem(self.browser().redeem(token), 401, "unauthorized")

    def test_refused(self):
        for arguments in (("nobody",), ("carol", "--minutes", "0"), ("carol", "--minutes", "10081"),
                          ("carol", "--minutes", "soon"), ()):
            answer = self.instance.command("user", "log-in-link", *arguments, check=False)
            self.assertNotEqual(answer.returncode, 0, arguments)
            self.assertEqual(answer.stdout, "")
            self.assertNotEqual(answer.stderr, "")


class FirstStart(unittest.TestCase):
    ADMIN = {"email": "root@mail.example", "password": "the very first one", "handle": "root-admin",
             "first_name": "Ada", "last_name": "L."}

    def setUp(self):
        self.instance = Instance("Our house")
        self.addCleanup(self.instance.close)

    def link(self, after=0):
        line = self.instance.wait_for_log("/#/set-up?token=", after=after)
        match = re.search(r" http://127\.0\.0\.1:(\d+)/#/set-up\?token=([\w-]{43})$", line)
        self.assertTrue(match, line)
        self.assertEqual(int(match[1]), self.instance.local_port)
        return match[2]

    def set_up(self, token, browser=None, **fields):
        return (browser or Browser(self.instance)).begin("POST", "/api/set-up", {"token": token, **self.ADMIN, **fields})

    def welcome(self):
        answer = self.instance.local.request("GET", "/api/welcome")
        self.assertEqual((answer.status, answer.headers["cache-control"]), (200, "no-store"))
        return answer.json()

    def test_the_first_admin_is_made_once(self):
        self.instance.start()
        welcome = self.welcome()
        self.assertRegex(welcome.pop("version"), r"^\d+\.\d+")
        self.assertEqual(welcome, {"name": "Our house", "domain": self.instance.domain, "set_up_needed": True,
                                   "registration": "open", "sends_mail": False})
        token, browser = self.link(), Browser(self.instance)
        for wrong in ("", "x", token[:-1] + ("A" if token[-1] != "A" else "B")):
            self.assertEqual(self.set_up(wrong).status, 401)
            self.assertEqual(browser.redeem(token).status, 401)  # not for logging in
        for fields in ({"password": "short"}, {"email": "nonsense"}, {"handle": "a b"}, {"permission": "admin"}):
            self.assertEqual(self.set_up(token, **fields).status, 400, fields)
        form = browser.request("POST", "/api/set-up", "{}", {"Content-Type": "text/plain"})
        self.assertEqual(form.status, 415)
        cross = browser.request("POST", "/api/set-up", {}, {"Sec-Fetch-Site": "cross-site"})
        self.assertEqual((cross.status, cross.json()["code"]), (403, "csrf"))
        self.assertTrue(self.welcome()["set_up_needed"])

        answer = self.set_up(token, browser)
        self.assertEqual((answer.status, set(answer.json())), (201, {"user", "csrf", "expires_at"}))
        user = answer.json()["user"]
        self.assertEqual((user["permission"], user["handle"], user["first_name"]), ("admin", "root-admin", "Ada"))
        self.assertEqual(browser.request("GET", "/api/admin/users").status, 200)
        self.assertEqual(browser.request("POST", "/files", b"x", filename="x").status, 201)
        self.assertFalse(self.welcome()["set_up_needed"])
        self.assertEqual(self.set_up(token, email="second@mail.example", handle="second").status, 401)
        before = len(self.instance.log)
        self.instance.restart()
        self.assertNotIn("set-up?token=", "\n".join(self.instance.log[before:]))
        self.assertTrue(browser.is_in())
        User(self.instance, self.ADMIN["email"], self.ADMIN["password"])

    def test_a_further_start_makes_another_link(self):
        self.instance.start()
        first = self.link()
        before = len(self.instance.log)
        self.instance.restart()
        second = self.link(before)
        self.assertEqual(self.set_up(first).status, 401)
        self.assertEqual(self.set_up(second).status, 201)

    def test_an_admin_made_in_the_shell_ends_it(self):
        self.instance.start()
        token = self.link()
        self.instance.add_user("alice", admin=True)
        self.assertFalse(self.welcome()["set_up_needed"])
        answer = self.set_up(token)
        self.assertEqual((answer.status, answer.json()["code"]), (409, "conflict"))
        self.assertNotIn("root-admin", self.instance.command("user", "list").stdout)

    def test_it_runs_out(self):
        self.instance.start()
        token = self.link()
        with database(self.instance) as connection, connection:
            connection.execute("UPDATE login_links SET expires_at = expires_at - 24 * 3600 * 1000")
        self.assertEqual(self.set_up(token).status, 401)

    def test_outsiders_see_none_of_it(self):
        self.instance.start()
        for method, target in (("GET", "/api/welcome"), ("POST", "/api/set-up"), ("POST", "/api/session"),
                               ("GET", "/api/session")):
            self.assertEqual(self.instance.public.request(method, target).status, 404)


class Cookies(unittest.TestCase):
    PLAIN = {"path": "/", "httponly": None, "samesite": "Strict"}

    def logged_in(self, instance, handle="carol", **options):
        """A browser, and the cookie it got."""
        user, browser = instance.add_user(handle), Browser(instance, **options)
        answer = browser.log_in(user)
        self.assertEqual(answer.status, 201)
        cookie = Cookie(answer.headers["set-cookie"])
        self.assertIn(int(cookie.attributes.pop("max-age")), range(7100, 7201))
        self.assertTrue(browser.is_in())
        self.assertEqual(browser.request("POST", "/files", b"x", filename="x").status, 201)
        return browser, cookie

    def test_over_plain_http(self):
        with Instance() as instance:
            _, cookie = self.logged_in(instance)
            self.assertEqual(cookie.attributes, self.PLAIN)
            key = instance.public.request("GET", "/.well-known/kith").json()["instance_key"]
            digest = hashlib.sha256(base64.urlsafe_b64decode(key + "=")).hexdigest()
            self.assertEqual(cookie.name, "kith-" + digest[:8])

    def test_over_tls(self):
        with secure("a") as instance:
            browser, cookie = self.logged_in(instance)
            self.assertEqual(cookie.attributes, {**self.PLAIN, "secure": None})
            self.assertRegex(cookie.name, "^__Host-kith-[0-9a-f]{8}$")
            # Anybody on the way of a plain request to this host could have set this one.
            browser.jar.cookies = {cookie.name.removeprefix("__Host-"): cookie.value}
            self.assertFalse(browser.is_in())

    def test_behind_a_proxy_that_ends_tls(self):
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        with Instance(settings={"trusted_proxies": ["127.0.0.1"]}) as instance:
            browser, cookie = self.logged_in(instance, headers=forwarded)
            self.assertEqual(cookie.attributes, {**self.PLAIN, "secure": None})
            self.assertTrue(cookie.name.startswith("__Host-kith-"))
            out = browser.request("DELETE", "/api/session")
            self.assertEqual(Cookie(out.headers["set-cookie"]).name, cookie.name)
            _, plain = self.logged_in(instance, "dave", headers={**forwarded, "X-Forwarded-Proto": "http"})
            self.assertEqual(plain.attributes, self.PLAIN)

    def test_anybody_may_say_https(self):
        with Instance() as instance:
            _, cookie = self.logged_in(instance, headers={"X-Forwarded-Proto": "https"})
            self.assertEqual(cookie.attributes, self.PLAIN)

    def test_two_instances_on_one_host(self):
        with Instance("a") as a, Instance("b") as b:
            jar = CookieJar()
            (at_a, first), (at_b, second) = self.logged_in(a, jar=jar), self.logged_in(b, "dave", jar=jar)
            self.assertNotEqual(first.name, second.name)
            self.assertEqual(len(jar.cookies), 2)
            self.assertEqual(at_a.request("GET", "/api/users/me").json()["handle"], "carol")
            self.assertEqual(at_b.request("GET", "/api/users/me").json()["handle"], "dave")
            self.assertEqual(at_b.request("DELETE", "/api/session").status, 204)
            self.assertEqual([at_a.is_in(), at_b.is_in()], [True, False])
            # b's token says nothing at a.
            at_a.jar.cookies = {first.name: second.value}
            self.assertFalse(at_a.is_in())


class Forgery(OneInstance):
    """Requests that another site makes an innocent browser send."""

    # Those that log in or come before that have no cookie to misuse; LoggingIn and
    # test_registration.py say what keeps other sites from them.
    OPEN = {("post", "/api/session"), ("post", "/api/set-up"), ("post", "/api/tokens"),
            ("post", "/api/registration-tokens"), ("post", "/api/users/verify-email"),
            ("post", "/api/password-resets"), ("post", "/api/password-resets/redeem")}
    LOG_INS = {"logged_in", "user", "admin", "anyone"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.alice.upload("mine.txt", b"mine")
        share = cls.alice.ok("POST", "/api/shares", {"asset_ids": [cls.asset["id"]], "with": "carol"})
        share_id = (share.get("items") or [share])[0]["id"]
        invite = cls.alice.ok("POST", "/api/invites", {})
        cls.ids = {"/api/assets/": cls.asset["id"], "/api/shares/": share_id, "/api/invites/": invite["id"]}

    def changing_calls(self):
        """Every call there is that changes something by a log-in, with a target that exists."""
        document = self.instance.local.request("GET", "/api/openapi.json").json()
        for path, operations in document["paths"].items():
            for method in ("post", "put", "patch", "delete"):
                operation = operations.get(method, {"x-kith-access": "nothing"})
                if operation.get("x-kith-access") in self.LOG_INS and (method, path) not in self.OPEN:
                    known = next((known for start, known in self.ids.items() if path.startswith(start)), NOBODY)
                    target = path.replace("{id}", known).replace("{name}", "mine.txt").replace("{domain}", "b.example")
                    yield method.upper(), target

    def body_for(self, method, target):
        if target.startswith("/files"):
            return None if method == "DELETE" else b"forged"
        return {"PATCH": {"name": "forged"}}.get(method)

    def send(self, browser, method, target, headers):
        query = {"filename": "mine.txt"} if target == "/files" else {}
        return browser.request(method, target, self.body_for(method, target), headers, **query)

    def test_nothing_changes_without_the_right_csrf_value(self):
        browser, other = self.browser(self.alice), self.browser(self.alice)
        calls = list(self.changing_calls())
        self.assertGreater(len(calls), 20)
        before = everything(self.instance)
        for method, target in calls:
            for headers in ({"X-Kith-CSRF": None}, {"X-Kith-CSRF": ""}, {"X-Kith-CSRF": other.csrf},
                            {"X-Kith-CSRF": browser.csrf + "A"}, {"X-Kith-CSRF": None, "csrf": browser.csrf},
                            {"Sec-Fetch-Site": "cross-site"}):
                answer = self.send(browser, method, target, headers)
                self.assertEqual((answer.status, answer.json()["code"]), (403, "csrf"), (method, target, headers))
        self.assertEqual(everything(self.instance), before)
        self.assertTrue(browser.is_in())

    def test_uploads(self):
        browser = self.browser(self.carol)
        for method, target in (("POST", "/files?filename=up.bin"), ("PUT", "/files/up.bin")):
            refused = browser.request(method, target, b"x" * 3_000_000, {"X-Kith-CSRF": None})
            self.assertEqual((refused.status, refused.json()["code"]), (403, "csrf"))
            self.assertEqual(browser.request("GET", "/files/up.bin").status, 404)
            self.assertEqual(browser.request(method, target, b"x" * 3_000_000).status, 201)
            self.assertEqual(len(browser.request("GET", "/files/up.bin").body), 3_000_000)
            self.assertEqual(browser.request("DELETE", "/files", filename="up.bin").status, 204)

    def test_reading_from_another_site(self):
        browser = self.browser(self.carol)
        for site, status in (("same-origin", 200), ("same-site", 200), ("none", 200), ("cross-site", 403)):
            self.assertEqual(browser.request("GET", "/files", headers={"Sec-Fetch-Site": site}).status, status, site)
        self.assertEqual(browser.request("HEAD", "/files", headers={"X-Kith-CSRF": None}).status, 200)

    def test_a_name_that_points_here(self):
        """DNS rebinding: the other site's page is of the same origin then, but its name is not ours."""
        browser = self.browser(self.carol)
        for host in ("evil.example", f"evil.example:{self.instance.local_port}", "127.0.0.1.evil.example"):
            for method, target in (("GET", "/api/session"), ("GET", "/api/welcome"), ("POST", "/api/session/renew")):
                answer = browser.request(method, target, headers={"Host": host})
                self.assert_problem(answer, 421, "misdirected")
        self.assertTrue(browser.is_in())

    def test_pages_elsewhere_are_not_let_in(self):
        """No answer to a preflight lets another origin send what only our page sends."""
        asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "content-type, x-kith-csrf"}
        for target in ("/api/session", "/files", "/api/shares"):
            answer = self.browser(self.carol).request("OPTIONS", target, headers=asked)
            self.assertEqual([name for name in answer.headers if name.startswith("access-control")], [])


class HostileCookies(OneInstance):
    def test_cookies_that_are_not_ours(self):
        browser = self.browser(self.carol)
        [(name, token)] = browser.jar.cookies.items()
        good = f"{name}={token}"
        for field, status in (
                (good, 200), (f"a=b; {good}; c=d", 200), (f"{good}; {good}", 200), (f";;=;{good};", 200),
                ("; ".join(f"c{i}={i}" for i in range(1500)) + f"; {good}", 200),
                (f"\xe4=\xff; {good}; \xfc", 200), ("x=" + "y" * 10_000 + f"; {good}", 200),
                (f"{good}; {name}=other", 401), (f"{name}=; {good}", 401), (f'{name}="{token}"', 401),
                (f"{name}={token}x", 401), (f"{name}={token[:-1]}", 401), (f"{name}={'A' * 192}", 401),
                (f"{name}=" + "A" * 10_000, 401), (f"{name}=\xff\xfe", 401), (f"{name.upper()}={token}", 401),
                (f"{name}", 401), (f"__Host-{good}", 401), (f"x{good}", 401), (";" * 12_000, 401), ("", 401)):
            answer = browser.request("GET", "/api/session", headers={"Cookie": field})
            self.assertEqual(answer.status, status, field[:300])
            if status == 401:
                self.assertEqual(answer.json()["code"], "unauthorized")
        self.assertTrue(browser.is_in())

    def test_too_much(self):
        browser = self.browser(self.carol)
        [good] = browser.jar.field().values()
        answer = browser.request("GET", "/api/session", headers={"Cookie": f"{good}; x={'y' * 20_000}"})
        self.assertEqual((answer.status, answer.json()["code"]), (431, "head_too_large"))
        self.assertTrue(browser.is_in())


if __name__ == "__main__":
    unittest.main()
