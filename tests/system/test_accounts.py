"""Who may use an instance, and what its operator meets at the command line and in the data folder."""

import base64
import contextlib
import hashlib
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from kith_instance import Instance, User, kithd_binary, try_log_in, until


def is_private_key_of(seed, public_key):
    """Whether these 32 bytes are the Ed25519 private key (RFC 8032) of `public_key`."""
    pkcs8 = bytes.fromhex("302e020100300506032b657004220420") + seed
    answer = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=pkcs8,
                            capture_output=True, check=True)
    return answer.stdout[-32:] == public_key


def database(instance):
    """The database as it lies there; for looking and for what an unlucky operator might do to it."""
    return contextlib.closing(sqlite3.connect(instance.data / "kith.db"))


def folder_digest(folder):
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "lock" and not path.name.endswith(("-wal", "-shm"))}


class LogIns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()

    def verify(self, token):
        return self.instance.local.request("POST", "/api/tokens/verify", headers={"Authorization": f"Bearer {token}"})

    def test_a_token_tells_whose_it_is(self):
        carol = self.instance.add_user("carol")
        answer = self.verify(carol.token)
        self.assertEqual(answer.status, 200)
        self.assertEqual((answer.json()["user_id"], answer.json()["permission"]), (carol.id, "user"))
        me = carol.ok("GET", "/api/users/me")
        self.assertEqual((me["email"], me["handle"], me["is_local"]), ("carol@mail.example", "carol", True))
        self.assertNotIn("password", str(me).lower())

    def test_wrong_password_and_unknown_user_look_the_same(self):
        self.instance.add_user("dave")
        wrong = try_log_in(self.instance, "dave@mail.example", "not dave's password")
        unknown = try_log_in(self.instance, "nobody@mail.example", "not dave's password")
        self.assertEqual((wrong.status, unknown.status), (401, 401))
        self.assertEqual(wrong.json()["detail"], unknown.json()["detail"])
        nothing = self.instance.local.request("POST", "/api/tokens")
        self.assertEqual(nothing.status, 401)
        for field in ("Basic", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode(), "Digest x"):
            answer = self.instance.local.request("POST", "/api/tokens", headers={"Authorization": field})
            self.assertEqual(answer.status, 401, field)

    def test_renewing_ends_the_old_token(self):
        erin = self.instance.add_user("erin")
        answer = erin.post("/api/tokens/renew")
        self.assertEqual(answer.status, 201)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual(self.verify(erin.token).status, 401)
        self.assertEqual(self.verify(answer.json()["token"]).status, 200)

    def test_logging_out_here_and_everywhere(self):
        here = self.instance.add_user("frank")
        there, further = (User(self.instance, here.email, here.password) for _ in range(2))
        self.assertEqual(here.request("DELETE", "/api/tokens/current").status, 204)
        self.assertEqual([self.verify(u.token).status for u in (here, there, further)], [401, 200, 200])
        self.assertEqual(there.request("DELETE", "/api/tokens").status, 204)
        self.assertEqual([self.verify(u.token).status for u in (there, further)], [401, 401])

    def test_tokens_survive_a_restart_and_a_crash(self):
        grace = self.instance.add_user("grace")
        for kill in (False, True):
            self.instance.restart(kill)
            self.assertEqual(self.verify(grace.token).status, 200)

    def test_guessing_is_throttled_and_nobody_is_locked_out_for_good(self):
        heidi = self.instance.add_user("heidi")
        statuses = []
        while 429 not in statuses and len(statuses) < 12:
            answer = try_log_in(self.instance, heidi.email, f"guess {len(statuses)}")
            statuses.append(answer.status)
        self.assertEqual(set(statuses[:-1]), {401})
        self.assertEqual((statuses[-1], answer.json()["code"]), (429, "too_many_requests"))
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        self.assertEqual(try_log_in(self.instance, heidi.email, heidi.password).status, 429)  # the right one too
        self.assertEqual(heidi.get("/api/users/me").status, 200)  # who is in stays in
        until(lambda: try_log_in(self.instance, heidi.email, heidi.password).status == 201, "heidi back in", 10)

    def test_long_and_odd_passwords(self):
        for handle, password in (("ivan", "pässwörd mit: Doppelpunkt 夏"), ("judy", " ".join(map(str, range(60))))):
            self.assertTrue(self.instance.add_user(handle, password=password).token)
        refused = self.instance.command("user", "add", "kim@mail.example", "--password-stdin", stdin="short\n",
                                        check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, "password.*characters")


class UserCommands(unittest.TestCase):
    """`kithd user …` beside the running daemon, which shares the database."""

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()

    def test_add_and_list(self):
        root = self.instance.add_user("root-admin", admin=True)
        self.instance.add_user("carol")
        listed = self.instance.command("user", "list").stdout
        self.assertRegex(listed, r"(?m)^root-admin\s+root-admin@mail\.example\s+admin\s+active$")
        self.assertRegex(listed, r"(?m)^carol\s+carol@mail\.example\s+user\s+active$")
        rows = {row["handle"]: row for row in root.ok("GET", "/api/admin/users")["items"]}
        self.assertEqual((rows["carol"]["permission"], rows["carol"]["is_local"]), ("user", True))

    def test_refused(self):
        self.instance.add_user("dora")
        for arguments, told in ((("user", "add", "dora@mail.example", "--password-stdin"), "already"),
                                (("user", "add", "x@mail.example", "--handle", "dora", "--password-stdin"), "already"),
                                (("user", "add", "x@mail.example", "--handle", "a b", "--password-stdin"), "handle"),
                                (("user", "add", "nonsense", "--password-stdin"), "e-mail"),
                                (("user", "add", "x@mail.example"), "--password-stdin"),
                                (("user", "set-password", "nobody", "--password-stdin"), "no such user"),
                                (("user", "set-permission", "dora", "god"), "god")):
            answer = self.instance.command(*arguments, stdin="a good password\n", check=False)
            self.assertNotEqual(answer.returncode, 0, arguments)
            self.assertIn(told, answer.stderr)
        self.assertNotIn("x@mail.example", self.instance.command("user", "list").stdout)

    def test_a_new_password_ends_all_log_ins_at_once(self):
        emil = self.instance.add_user("emil")
        self.instance.command("user", "set-password", "emil", "--password-stdin", stdin="another one for emil\n")
        self.assertEqual(emil.get("/api/users/me").status, 401)
        self.assertEqual(try_log_in(self.instance, emil.email, emil.password).status, 401)
        self.assertEqual(try_log_in(self.instance, emil.email, "another one for emil").status, 201)

    def test_permissions_count_at_once(self):
        fred = self.instance.add_user("fred")
        self.assertEqual(fred.get("/api/admin/users").status, 404)
        self.instance.command("user", "set-permission", "fred", "admin")
        self.assertEqual(fred.get("/api/users/me").status, 401)
        fred.log_in()
        self.assertEqual(fred.get("/api/admin/users").status, 200)
        self.instance.command("user", "set-permission", "fred", "none")
        self.assertEqual(fred.get("/api/users/me").status, 401)
        fred.log_in()
        self.assertEqual(fred.get("/files").status, 404)


class DataFolder(unittest.TestCase):
    def setUp(self):
        self.instance = Instance()
        self.addCleanup(self.instance.close)

    def fingerprint(self, user):
        return user.ok("GET", "/api/instance")["fingerprint"]

    def assert_refuses_to_start(self, *told):
        answer = self.instance.command(check=False)
        self.assertEqual(answer.returncode, 1, answer.stderr)
        for text in told:
            self.assertIn(text, answer.stderr)
        self.assertNotIn("listening", answer.stderr)

    def test_a_second_daemon_is_refused(self):
        self.instance.start()
        carol = self.instance.add_user("carol")
        second = Instance(directory=self.instance.directory / "second")
        second.directory.mkdir()
        second.settings = {"instance": {"data_dir": str(self.instance.data)}}
        answer = second.command(check=False)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("in use by another kithd", answer.stderr)
        self.assertIn(str(self.instance.data), answer.stderr)
        self.assertEqual(carol.get("/api/users/me").status, 200)

    def all_but_alerts(self):
        """What is stored, but for what tells admins of a key that is missing or wrong."""
        told = ("VALUES('master_key',", "'kithd','alert'", "VALUES('audit_log',")
        with database(self.instance) as connection:
            rows = [line for line in connection.iterdump() if not any(words in line for words in told)]
        files = folder_digest(self.instance.data)
        return rows, {name: digest for name, digest in files.items() if not name.endswith("/kith.db")}

    def test_without_its_master_key_it_stops_and_changes_nothing(self):
        self.instance.start()
        carol = self.instance.add_user("carol")
        fingerprint = self.fingerprint(carol)
        self.instance.stop()
        key = self.instance.data / "master.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        kept = key.read_bytes()
        key.unlink()
        before = self.all_but_alerts()
        self.assert_refuses_to_start("master.key", "backup")
        self.assertEqual(self.all_but_alerts(), before)
        self.assertFalse(key.exists())
        key.write_bytes(kept)
        key.chmod(0o600)
        self.instance.start()
        self.assertEqual(self.fingerprint(carol), fingerprint)

    def test_with_another_master_key_it_stops_and_changes_nothing(self):
        self.instance.start()
        carol = self.instance.add_user("carol")
        fingerprint = self.fingerprint(carol)
        self.instance.stop()
        key = self.instance.data / "master.key"
        kept = key.read_bytes()
        for wrong in (os.urandom(32).hex().encode() + b"\n", b"not a key\n", b""):
            key.write_bytes(wrong)
            before = self.all_but_alerts()
            self.assert_refuses_to_start("master key", "backup")
            self.assertEqual(self.all_but_alerts(), before)
        key.write_bytes(kept)
        key.chmod(0o644)
        self.assert_refuses_to_start("master.key", "chmod 600")
        key.chmod(0o600)
        self.instance.start()
        self.assertEqual(self.fingerprint(carol), fingerprint)

    def test_a_newer_schema_is_refused(self):
        self.instance.start()
        self.instance.stop()
        with database(self.instance) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("PRAGMA user_version = 9999")
        before = folder_digest(self.instance.data)
        self.assert_refuses_to_start("9999", str(version))
        self.assertEqual(folder_digest(self.instance.data), before)
        refused = self.instance.command("user", "add", "x@mail.example", "--password-stdin",
                                        stdin="a good password\n", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(folder_digest(self.instance.data), before)

    def test_no_secret_lies_in_the_clear(self):
        self.instance.settings = {"log": {"level": "debug"}}
        self.instance.start()
        carol = self.instance.add_user("carol", admin=True, password="canary-password-3141")
        fresh = carol.ok("POST", "/api/tokens/renew")["token"]
        invite = self.instance.local.request("POST", "/api/invites", b"{}",
                                             {"Authorization": f"Bearer {fresh}"}).json()["link"]
        # A client that puts its token where it does not belong must not find it in the log either.
        self.instance.local.request("GET", f"/api/users/me?token={fresh}")
        try_log_in(self.instance, carol.email, "canary-guess-2718")
        invite_secret = invite.split(".")[-1]
        secrets = ["canary-password-3141", "canary-guess-2718", carol.token, fresh, invite_secret]
        for line in self.instance.log:
            self.assertFalse([s for s in secrets if s in line], line)
        public_key = self.instance.public.request("GET", "/.well-known/kith").json()["instance_key"]
        self.instance.stop(kill=True)  # with whatever is in the write-ahead log
        master = (self.instance.data / "master.key").read_text().strip()
        needles = [s.encode() for s in [*secrets, master]] + [bytes.fromhex(master)]
        for coded in (carol.token, fresh, invite_secret):
            needles.append(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))[-24:])
        for path in self.instance.data.rglob("*"):
            if path.is_file() and path.name != "master.key":
                content = path.read_bytes()
                for needle in needles:
                    self.assertNotIn(needle, content, f"{needle!r} in {path}")
        self.assert_no_private_instance_key(base64.urlsafe_b64decode(public_key + "="))

    def assert_no_private_instance_key(self, public_key):
        vector = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")  # RFC 8032, 7.1
        self.assertTrue(is_private_key_of(
            vector, bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")))
        with database(self.instance) as connection:
            rows = connection.execute("SELECT * FROM own_instance_key").fetchall()
        blobs = [value for row in rows for value in row if isinstance(value, bytes)]
        self.assertIn(public_key, blobs)
        for blob in blobs:
            for offset in range(len(blob) - 31):
                self.assertFalse(is_private_key_of(blob[offset:offset + 32], public_key))

    def test_nobody_else_on_the_machine_reads_the_folder(self):
        self.instance.start()
        self.assertEqual(self.instance.data.stat().st_mode & 0o077, 0)
        self.assertEqual((self.instance.data / "kith.db").stat().st_mode & 0o077, 0)


class Configuration(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "kith.yaml"
            file.write_text(text, encoding="utf-8")
            answer = subprocess.run([kithd_binary(), "--check-config", "--config", file], capture_output=True,
                                    text=True, timeout=30, check=False)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [file])  # looking changes nothing
            return answer.returncode, answer.stdout + answer.stderr

    def test_mistakes_are_told_with_their_place_and_what_would_be_right(self):
        for text, place, told in (
                ('instance:\n  data_dr: /x\n', ":2:3:", 'did you mean "data_dir"'),
                ('listen: { local: 5 }\n', ":1:18:", "IP address and a port"),
                ('log:\n  level: loud\n', ":2:10:", "debug, info, warning"),
                ('limits:\n\n  worker_threads: 0\n', ":3:19:", "2 to 256"),
                ('accounts: { default_quota: 3 apples }\n', ":1:28:", "GiB"),
                ('federation: { allow_http: maybe }\n', ":1:27:", "true"),
                ('instance: { data_dir: relative/path }\n', ":1:23:", "absolute"),
                ('instance: [\n', ":1", "YAML"),
                ('log: { level: info }\nlog: { level: debug }\n', ":2:1:", "log"),
                ('listen: { public_tls: { certificate: /x } }\n', ":1:", "key")):
            status, output = self.check(text)
            self.assertEqual(status, 1, text)
            self.assertIn("kith.yaml" + place, output)
            self.assertIn(told, output)

    def test_all_mistakes_are_told_at_once(self):
        _, output = self.check("log: { level: loud, format: xml }\nfederation: { deliver: poll }\n")
        self.assertIn("kith.yaml:1:15:", output)
        self.assertIn("kith.yaml:1:29:", output)
        self.assertIn("kith.yaml:2:15:", output)

    def test_a_good_one_and_none(self):
        self.assertEqual(self.check("log: { level: debug }\n")[0], 0)
        example = pathlib.Path(__file__).resolve().parents[2] / "config/kith.example.yaml"
        self.assertEqual(self.check(example.read_text(encoding="utf-8"))[0], 0)
        missing = subprocess.run([kithd_binary(), "--config", "/nowhere/kith.yaml"], capture_output=True, text=True,
                                 timeout=30, check=False)
        self.assertEqual(missing.returncode, 1)
        self.assertIn("/nowhere/kith.yaml", missing.stderr)


if __name__ == "__main__":
    unittest.main()
