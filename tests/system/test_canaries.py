"""No password, token or key comes up where it does not belong: recognisable ones are used in every way there is, rightly
and wrongly, and looked for in logs, answers, the database and every other file the daemon keeps."""

import base64
import json
import pathlib
import re
import unittest

import token_kinds
from canaries import Canaries, secret
from exchange_stories import Outsider, path_of
from interoperability import Story
from kith_instance import Instance, RawConnection, User, connect, free_port, try_log_in, until
from test_second_factor import App

JSON = {"Content-Type": "application/json"}
# What people stored, mails for the admin to read, and the key everything else is sealed with.
MEANT = ("blobs", "outbox", "thumbnails", "master.key")


def basic(email, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{email}:{password}".encode()).decode()}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class Household:
    """An instance, what it refused, and the secrets that were used there."""

    def __init__(self, case, name, canaries, **settings):
        self.canaries, self.refusals = canaries, []
        self.webhook_path = canaries.plant(f"path of {name}'s webhook", secret("webhook").replace(" ", "-"))
        settings.setdefault("accounts", {}).update({"registration": "open", "challenge_difficulty": 1000,
                                                    "argon2_passes": 1, "argon2_memory_mib": 8})
        self.instance = Instance(name, settings={
            **settings, "alerts": {"webhook_url": f"http://127.0.0.1:{free_port()}/{self.webhook_path}"}})
        case.addClassCleanup(self.instance.close)
        self.instance.local.check = self.instance.public.check = self.keep_refusal  # others look at the contract
        self.instance.start()
        self.canaries.plant("master key", (self.instance.data / "master.key").read_text().strip(),
                            bytes.fromhex((self.instance.data / "master.key").read_text()))

    def keep_refusal(self, _method, _target, _body, answer):
        if answer.status >= 400:
            head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            self.refusals.append(head.encode() + b"\n\n" + answer.body)

    def ask(self, method, target, body=None, headers=None, public=False):
        listener = self.instance.public if public else self.instance.local
        if isinstance(body, dict):
            body, headers = json.dumps(body), {**JSON, **(headers or {})}
        return listener.request(method, target, body, headers or {})

    def add_user(self, handle, admin=False):
        user = self.instance.add_user(handle, admin, self.canaries.plant(f"{handle}'s password"))
        self.canaries.plant_token(f"{handle}'s log-in", user.token)
        return user

    def files(self):
        return [file for file in self.instance.data.rglob("*")
                if file.is_file() and file.relative_to(self.instance.data).parts[0] not in MEANT]


class TestCanaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canaries = Canaries()
        password_file = pathlib.Path(cls.enterClassContext(temporary_folder())) / "smtp-password"
        password_file.write_text(cls.canaries.plant("SMTP password") + "\n", encoding="utf-8")
        debug = {"level": "debug"}
        cls.a = Household(cls, "A", cls.canaries, log={**debug, "format": "text"})
        cls.b = Household(cls, "B", cls.canaries, log={**debug, "format": "json"},
                          mail={"smtp_url": f"smtp://127.0.0.1:{free_port()}", "user": "kith", "from": "kith@b.example",
                                "password_file": str(password_file)})
        cls.root, cls.alice = cls.a.add_user("root", admin=True), cls.a.add_user("alice")
        cls.bob = cls.b.add_user("bob", admin=True)
        for act in (cls.log_in_wrongly, cls.wrong_places, cls.log_in_rightly, cls.forge, cls.script, cls.second_factor,
                    cls.links, cls.register, cls.forget_and_change, cls.exchange, cls.trust_each_other,
                    cls.mail_that_waits):
            act()

    # ---- where secrets are used

    @classmethod
    def log_in_wrongly(cls):
        plant = cls.canaries.plant
        for typed in ("password typed wrong", "password typed wrong again"):
            try_log_in(cls.a.instance, cls.alice.email, plant(typed))
        try_log_in(cls.a.instance, plant("password typed as address"), "x")
        try_log_in(cls.a.instance, "stranger@mail.example", plant("a stranger's password"))
        body = {"email": cls.alice.email, "password": plant("password typed wrong on the page")}
        cls.a.ask("POST", "/api/session", body)
        cls.a.ask("POST", "/api/session", {**body, "password": [plant("password of the wrong type")]})
        cls.a.ask("POST", "/api/session", '{"password": "' + plant("password in broken JSON"), JSON)
        cls.alice.request("PATCH", "/api/users/me", {"password": "Ab1", "current_password": plant("wrong current")})
        cls.alice.request("PATCH", "/api/users/me", {"password": plant("password never taken"), "handle": "x",
                                                     "current_password": cls.alice.password})
        cls.a.instance.command("user", "add", "x@mail.example", "--password-stdin", stdin=plant("short")[:11],
                               check=False)

    @classmethod
    def wrong_places(cls):
        """Tokens where they do not belong, and requests that are none."""
        plant, token = cls.canaries.plant, secret("misplaced").replace(" ", "-")
        plant("token in a wrong place", token)
        for target in (f"/api/assets?token={token}", f"/api/users/me?access_token={token}", f"/api/{token}",
                       f"/api/assets/{token}", f"/exchange/info?token={token}", f"/exchange/{token}",
                       f"/api/admin/audit-log?cursor={token}", f"/files?filename={token}", f"/{token}?x={token}"):
            for public in (False, True):
                cls.a.ask("GET", target, public=public)
            cls.alice.get(target)
        for field in (f"Digest {token}", f"Bearer {token} {token}", token, f"Basic {token}", f"Bearer {token}"):
            for path in ("/api/users/me", "/api/tokens/verify", "/exchange/info", "/api/private/v1/assets"):
                cls.a.ask("GET", path, headers={"Authorization": field}, public=path.startswith(("/ex", "/api/pr")))
        cls.a.ask("GET", "/api/users/me", headers={"Cookie": f"kith-00000000={token}; kith={token}"})
        cls.a.ask("GET", "/api/assets", headers={**bearer(cls.alice.token), "Host": f"{token}.example"})
        cls.a.ask("POST", "/api/shares", {"asset_ids": [], "with": token}, bearer(cls.alice.token))
        cls.a.ask("POST", "/handshake/init", {"protocol": token}, {"Kith-Signature": token}, public=True)
        cls.a.ask("POST", "/api/auth", {"connection_id": token}, {"Kith-Signature": token}, public=True)
        for head in (f"GET / HTTP/1.1\r\nAuthorization: Bearer {token}\r\nBad header {token}\r\n\r\n",
                     f"{token} / HTTP/1.1\r\n\r\n", f"GET /{token} HTTP/9.9\r\nX: {token}\r\n\r\n",
                     f"GET /{token}%zz HTTP/1.1\r\nHost: x\r\n\r\n", f"GET / HTTP/1.1\r\nCookie: {token * 2000}\r\n"):
            with RawConnection(cls.a.instance.local_port) as raw:
                raw.send(head.encode())
                cls.a.refusals.append(raw.read_to_end())

    @classmethod
    def log_in_rightly(cls):
        cls.canaries.plant_token("log-in that was renewed", cls.alice.token)
        cls.alice.token = cls.canaries.plant_token("renewed log-in", cls.alice.ok("POST", "/api/tokens/renew")["token"])
        other = User(cls.a.instance, cls.alice.email, cls.alice.password)
        cls.canaries.plant_token("log-in that ended", other.token)
        other.ok("DELETE", "/api/tokens/current")
        other.get("/api/users/me")
        answer = cls.a.ask("POST", "/api/session", {"email": cls.alice.email, "password": cls.alice.password})
        cookie = answer.headers["set-cookie"].split(";")[0]
        cls.canaries.plant_token("cookie", cookie.split("=", 1)[1])
        csrf = cls.a.ask("GET", "/api/session", headers={"Cookie": cookie}).json().get("csrf", "")
        if csrf:
            cls.canaries.plant("CSRF value", csrf)
        cls.a.ask("POST", "/api/shares", {}, {"Cookie": cookie})  # without the CSRF value

    @classmethod
    def forge(cls):
        """Each raises an alert, for which the webhook is not there."""
        raw = bytearray(base64.urlsafe_b64decode(cls.alice.token))
        raw[-1] ^= 1
        forged = base64.urlsafe_b64encode(bytes(raw)).decode()
        cls.canaries.plant_token("forged log-in", forged)
        cls.a.ask("GET", "/api/users/me", headers=bearer(forged))
        session = cls.canaries.plant_token("forged session", base64.urlsafe_b64encode(secret("id").encode()[:16]).decode()
                                           .rstrip("="))
        cls.a.ask("POST", "/api/private/v1/sealed", cls.canaries.plant("forged request"),
                  {"Kith-Session": session, "Kith-Counter": "1"}, public=True)
        cls.a.instance.wait_for_log("the webhook of alerts was not reached")

    @classmethod
    def script(cls):
        for name, scopes in (("API token", ["files:read"]), ("API token that ended", ["files:write"])):
            made = token_kinds.make_api_token(cls.alice, *scopes)
            cls.canaries.plant_token(name, made["token"])
            cls.canaries.plant(name, made["token"].removeprefix("kith_"))
            cls.a.ask("GET", "/files", headers=bearer(made["token"]))
            cls.a.ask("DELETE", "/api/users/me", headers=bearer(made["token"]))
            cls.a.ask("GET", f"/files?token={made['token']}")
            try_log_in(cls.a.instance, cls.alice.email, made["token"])
        cls.alice.ok("DELETE", f"/api/users/me/api-tokens/{made['id']}")
        cls.a.ask("GET", "/files", headers=bearer(made["token"]))

    @classmethod
    def second_factor(cls):
        carol = cls.a.add_user("carol")
        begun = carol.ok("POST", "/api/users/me/second-factor", {"current_password": carol.password})
        app = App(begun["uri"])
        cls.canaries.plant("TOTP secret", base64.b32encode(app.key).decode().rstrip("="), app.key)
        carol.post("/api/users/me/second-factor/confirm", {"code": cls.canaries.plant_word("wrong code", "123454")})
        code = cls.canaries.plant_word("code", app.code())
        recovery = carol.ok("POST", "/api/users/me/second-factor/confirm", {"code": code})["recovery_codes"]
        for number, one in enumerate(recovery):
            cls.canaries.plant(f"recovery code {number}", one)
            cls.canaries.plant(f"recovery code {number}", one.replace("-", ""))
        for given in (recovery[0], recovery[0], cls.canaries.plant_word("code of the next step", app.code(1)), code):
            cls.a.ask("POST", "/api/tokens", headers={**basic(carol.email, carol.password), "X-Kith-Code": given})
        cls.a.ask("POST", "/api/session", {"email": carol.email, "password": carol.password, "code": recovery[1]})
        cls.a.ask("POST", "/api/session", {"email": carol.email, "password": carol.password,
                                           "code": cls.canaries.plant("code of the wrong form")})

    @classmethod
    def links(cls):
        made = cls.root.ok("POST", f"/api/admin/users/{cls.alice.id}/log-in-link")["link"]
        from_shell = cls.a.instance.command("user", "log-in-link", cls.alice.email).stdout
        for name, link in (("log-in link", made), ("log-in link of the shell", from_shell)):
            token = cls.canaries.plant_token(name, token_kinds.LINK_TOKEN.search(link).group(1))
            for _ in range(2):
                cls.a.ask("POST", "/api/session", {"link": token})

    @classmethod
    def register(cls):
        invite = cls.root.ok("POST", "/api/admin/registration-invites", {"note": "for dora"})["link"]
        cls.canaries.plant_token("registration invite", token_kinds.LINK_TOKEN.search(invite).group(1))
        token = cls.canaries.plant_token("registration token", token_kinds.registration_token(cls.a.instance))
        form = {"email": "dora@mail.example", "first_name": "Dora", "last_name": "D",
                "password": cls.canaries.plant("dora's password")}
        for wrong in ({"password": "short"}, {"first_name": 1}, {"email": cls.canaries.plant("no address")}):
            cls.a.ask("POST", "/api/users", {**form, **wrong}, bearer(token))
        for _ in range(2):  # once is enough
            cls.a.ask("POST", "/api/users", form, bearer(token))
        verification = token_kinds.mailed_token(cls.a.instance, form["email"])
        cls.canaries.plant_token("verification token", verification)
        for _ in range(2):
            cls.a.ask("POST", "/api/users/verify-email", {"token": verification})
        taken = {**form, "email": cls.alice.email, "password": cls.canaries.plant("password for a taken address")}
        again = cls.canaries.plant_token("registration token again", token_kinds.registration_token(cls.a.instance))
        cls.a.ask("POST", "/api/users", taken, bearer(again))
        dora = User(cls.a.instance, form["email"], form["password"])
        cls.canaries.plant_token("dora's log-in", dora.token)

    @classmethod
    def forget_and_change(cls):
        erin = cls.a.add_user("erin")
        cls.a.ask("POST", "/api/password-resets", {"email": erin.email})
        token = cls.canaries.plant_token("reset token", token_kinds.mailed_token(cls.a.instance, erin.email))
        for password in ("short", cls.canaries.plant("password of a reset"), cls.canaries.plant("a reset too late")):
            cls.a.ask("POST", "/api/password-resets/redeem", {"token": token, "password": password})
        frank = cls.a.add_user("frank")
        frank.ok("PATCH", "/api/users/me", {"email": "frank@new.example", "current_password": frank.password})
        change = token_kinds.mailed_token(cls.a.instance, "frank@new.example")
        cls.a.ask("POST", "/api/users/verify-email", {"token": cls.canaries.plant_token("change token", change)})
        frank.ok("PATCH", "/api/users/me", {"password": cls.canaries.plant("frank's new password"),
                                            "current_password": frank.password})
        cls.a.instance.command("user", "set-password", "erin", "--password-stdin",
                               stdin=cls.canaries.plant("password of the shell") + "\n")
        gina = cls.a.add_user("gina")
        gina.request("DELETE", "/api/users/me", {"current_password": cls.canaries.plant("wrong farewell")})
        gina.ok("DELETE", "/api/users/me", {"current_password": gina.password})

    @classmethod
    def exchange(cls):
        outsider, plant = Outsider(cls.a.instance), cls.canaries.plant
        outsider.http.check = cls.a.keep_refusal
        password = plant("password of an exchange")
        once = {"Idempotency-Key": "once"}  # its answer is kept for a repetition
        made = cls.alice.request("POST", "/api/exchanges", {"password": password}, once).json()
        for name in ("upload_token", "download_token"):
            cls.canaries.plant_token(f"exchange's {name}", made[name])
        for wrong in (None, plant("wrong password of an exchange")):
            outsider.ask("GET", "/exchange/upload-url", made["upload_token"], wrong, filename="x", size=5)
            outsider.ask("GET", "/exchange/download-url", made["download_token"], wrong)
        up = outsider.ok("GET", "/exchange/upload-url", made["upload_token"], password, filename="x.txt", size=5)["url"]
        outsider.ask("PUT", path_of(up), body=b"hello")
        down = outsider.ok("GET", "/exchange/download-url", made["download_token"], password)["url"]
        for name, url in (("upload", up), ("download", down)):
            signature = max(re.findall(r"[A-Za-z0-9_-]{20,}", path_of(url).partition("?")[2]), key=len)
            cls.canaries.plant_token(f"presigned {name}", signature)
            outsider.ask("GET", path_of(url))
            outsider.ask("GET", path_of(url) + "x")
            outsider.ask("GET", path_of(url).replace("/exchange/", "/nothing/"))
        cls.alice.ok("DELETE", f"/api/exchanges/{made['exchange_id']}")
        outsider.ask("GET", path_of(down))
        outsider.ask("GET", "/exchange/info", made["download_token"])

    @classmethod
    def trust_each_other(cls):
        invite = cls.bob.ok("POST", "/api/invites", {})["link"]
        cls.canaries.plant_token("invite", invite.rpartition(".")[2])
        cls.alice.post("/api/connections", {"invite": invite, "purpose": "", "nonsense": 1})
        cls.alice.ok("POST", "/api/connections", {"invite": invite, "purpose": "photos"})
        until(lambda: any(c["state"] == "established" for c in cls.alice.ok("GET", "/api/connections")["items"]),
              "the invite is taken")
        hanna, ivan = cls.a.add_user("hanna"), cls.b.add_user("ivan")
        connect(hanna, ivan)
        words = hanna.ok("GET", "/api/connections")["items"][0]["words"]
        assert len(words) == 6, words
        asset = ivan.upload("shared.txt", b"hello")
        ivan.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": hanna.address})
        until(lambda: hanna.get(f"/api/assets/{asset['id']}/content", owner=ivan.address).status == 200, "it arrives")

    @classmethod
    def mail_that_waits(cls):
        """For a mail server that is down: what it says holds a token, which is nowhere in the clear."""
        cls.b.ask("POST", "/api/password-resets", {"email": cls.bob.email})
        until(lambda: cls.bob.ok("GET", "/api/admin/mail")["waiting"], "a mail that waits")
        cls.canaries.plant("link of a mail", "reset-password?token=")

    # ---- where they are looked for

    def assert_clean(self, where, data, is_text=False):
        self.assertEqual(self.canaries.found_in(data, is_text), [], where)

    def test_logs(self):
        for house in (self.a, self.b):
            log = "\n".join(house.instance.log).encode()
            self.assertIn(b"alert" if house is self.a else b"listening", log)
            self.assert_clean(f"log of {house.instance.name}", log, is_text=True)

    def test_refusals(self):
        self.assertGreater(len(self.a.refusals), 50)
        for refusal in self.a.refusals + self.b.refusals:
            self.assert_clean(refusal[:2000], refusal, is_text=True)

    def test_what_admins_and_watchers_read(self):
        for user in (self.root, self.bob):
            for target in ("/api/admin/audit-log", "/api/admin/alerts", "/api/admin/users", "/api/admin/instances",
                           "/api/admin/mail", "/api/connections", "/metrics"):
                answer = user.get(target, **({} if target == "/metrics" else {"limit": 500}) if target != "/api/admin/mail"
                                  else {})
                self.assertEqual(answer.status, 200, target)
                self.assert_clean(target, answer.body, is_text=True)

    def test_z_every_byte_that_is_kept(self):
        """Also once everything has stopped: last, for that."""
        for running in (True, False):
            for house in (self.a, self.b):
                if not running:
                    self.assertEqual(house.instance.stop(), 0)
                files = house.files()
                self.assertIn("kith.db", {file.name for file in files})
                kept = b"".join(file.read_bytes() for file in files)
                self.assertIn(b"bob@mail.example" if house is self.b else self.alice.email.encode(), kept, "no secret")
                for file in files:
                    self.assert_clean(f"{file} {'while running' if running else 'at rest'}", file.read_bytes())
        self.test_logs()


class OfPeers(Story):
    """What only the two ends of a session know."""

    settings = {"log": {"level": "debug", "format": "json"}}

    def test_keys_of_sessions_are_in_memory_only(self):
        canaries = Canaries()
        _, connection, _ = self.connect("frida")
        session = self.peer.open_session(connection)
        for name in ("id", "prk", "o2a", "a2o", "mac"):
            canaries.plant(f"session's {name}", bytes(getattr(session, name)))
        self.assertEqual(self.peer.call(session, "GET", "/api/private/v1/assets").status, 200)
        self.peer.send_sealed(session, b"not sealed with its keys", 1000)
        self.kithd.stop()
        files = [file for file in self.kithd.data.rglob("*") if file.is_file()]
        self.assertIn("kith.db", {file.name for file in files})
        for where, data in [("log", "\n".join(self.kithd.log).encode()), *((f, f.read_bytes()) for f in files)]:
            self.assertEqual(canaries.found_in(data), [], where)


class TestTheSearch(unittest.TestCase):
    """A search that finds nothing proves nothing unless it finds what is there."""

    def test_every_form_is_found(self):
        canaries = Canaries()
        value = canaries.plant("it")
        for around in (b"", b"x", b"xy", b"a longer beginning: "):
            text = around + value.encode() + b"; and an end"
            for data in (text, base64.b64encode(text), base64.urlsafe_b64encode(text), text.hex().encode(),
                         text.hex().upper().encode(), json.dumps(text.decode()).encode(),
                         "".join(f"%{byte:02X}" for byte in text).encode()):
                self.assertEqual(canaries.found_in(data), ["it"], data)
        self.assertEqual(canaries.found_in(b"canary it" + bytes(1000)), [])

    def test_tokens_are_found_decoded(self):
        canaries = Canaries()
        raw = bytes(range(32, 64))
        canaries.plant_token("it", base64.urlsafe_b64encode(raw).decode().rstrip("="))
        for data in (raw, raw.hex().encode(), base64.b64encode(b"z" + raw)):
            self.assertEqual(canaries.found_in(b"..." + data + b"..."), ["it"])

    def test_short_ones_are_found_as_words(self):
        canaries = Canaries()
        canaries.plant_word("it", "123456")
        self.assertEqual(canaries.found_in(b'code="123456" no', is_text=True), ["it"])
        self.assertEqual(canaries.found_in(b"1123456 1234567", is_text=True), [])


def temporary_folder():
    import tempfile  # pylint: disable=import-outside-toplevel
    return tempfile.TemporaryDirectory(prefix="kith-")


if __name__ == "__main__":
    unittest.main()
