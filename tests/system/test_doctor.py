"""What `kithd doctor` and the health screen say: nothing is wrong at a good home, and each fault by its name."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import unittest

from kith_instance import Instance, until

PARTS = ("dns", "ports", "reachable", "certificate", "proxy", "clock", "disk", "permissions", "database", "master_key",
         "mail", "photos", "backup", "content", "peers")


def doctor(instance):
    """The exit status, and each check by its name."""
    answer = instance.command("doctor", "--json", check=False)
    return answer.returncode, {check["check"]: check for check in json.loads(answer.stdout)}


def certificate(folder, *dates):
    """A certificate for this address and its key; `dates` as openssl ca takes them, or good for a year."""
    key, request, made = (str(folder / name) for name in ("made.key", "made.csr", "made.crt"))
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1",
            "-keyout", key, "-out", request)
    settings = folder / "ca.cnf"
    settings.write_text("[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\n"
                        "default_md=sha256\npolicy=any\nx509_extensions=names\nunique_subject=no\n"
                        "[any]\ncommonName=supplied\n[names]\nsubjectAltName=IP:127.0.0.1\n")
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01")
    times = ("-startdate", dates[0], "-enddate", dates[1]) if dates else ("-days", "365")
    openssl("ca", "-batch", "-config", str(settings), "-selfsign", "-keyfile", key, "-in", request, "-out", made,
            "-notext", *times)
    return {"certificate": made, "key": key}


class Outside(unittest.TestCase):
    def setUp(self):
        self.instance = Instance("home")
        self.addCleanup(self.instance.close)

    def expect(self, check, state, code):
        status, checks = doctor(self.instance)
        found = checks[check]
        self.assertEqual((found["state"], found["code"]), (state, code), found)
        self.assertTrue(found["text"])
        if state == "error":
            self.assertEqual(status, 1)
        return found

    def test_a_good_instance_running_and_not(self):
        status, checks = doctor(self.instance)
        self.assertEqual((status, checks["database"]["code"], checks["ports"]["code"]),
                         (0, "not_made", "not_running"), checks)
        self.assertFalse(self.instance.data.exists(), "looking makes nothing")
        self.instance.start()
        status, checks = doctor(self.instance)
        self.assertEqual([check for check in checks.values() if check["state"] == "error"], [])
        self.assertEqual(status, 0)
        self.assertEqual(tuple(checks), PARTS)
        for check in ("ports", "database", "master_key", "photos", "disk", "permissions", "reachable"):
            self.assertEqual(checks[check]["state"], "ok", checks[check])
        people = self.instance.command("doctor").stdout
        self.assertIn("kithd listens on both", people)
        self.instance.stop()
        status, checks = doctor(self.instance)
        self.assertEqual((status, checks["ports"]["code"], checks["database"]["code"]), (0, "not_running", "ok"))

    def test_what_others_may_read(self):
        self.instance.start()
        self.instance.stop()
        os.chmod(self.instance.data, 0o755)
        self.expect("permissions", "error", "folder_open")
        os.chmod(self.instance.data, 0o700)
        os.chmod(self.instance.data / "master.key", 0o644)
        found = self.expect("permissions", "error", "file_open")
        self.assertIn("master.key", found["values"]["path"])
        self.assertIn("chmod 600", found["text"])

    def test_a_port_somebody_else_has(self):
        with socket.create_server(("127.0.0.1", self.instance.public_port)):
            found = self.expect("ports", "error", "taken")
        self.assertEqual(found["values"]["key"], "listen.public")

    def test_a_name_that_leads_nowhere(self):
        # RFC 6761: .invalid never exists; without a resolver nothing is known, which is no error.
        self.instance.domain = "kith.invalid"
        _, checks = doctor(self.instance)
        self.assertIn(checks["dns"]["code"], ("not_found", "no_answer"))
        self.assertNotEqual(checks["dns"]["state"], "ok")
        self.assertEqual(checks["reachable"]["state"], "unknown")

    def test_a_full_disk(self):
        self.instance.start()
        self.instance.stop()
        self.instance.settings = {"storage": {"keep_free": "1000 TB"}}
        self.expect("disk", "error", "full")

    def test_a_damaged_database(self):
        self.instance.start()
        self.instance.stop()
        database = self.instance.data / "kith.db"
        shutil.copy(database, self.instance.directory / "sound.db")
        with open(database, "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(database.stat().st_size - 4096))
        found = self.expect("database", "error", "damaged")
        self.assertIn("restore", found["text"])
        shutil.copy(self.instance.directory / "sound.db", database)
        self.expect("database", "ok", "ok")

    def test_a_master_key_that_is_gone(self):
        self.instance.start()
        self.instance.stop()
        (self.instance.data / "master.key").unlink()
        self.expect("master_key", "error", "wrong")
        self.assertFalse((self.instance.data / "master.key").exists(), "nothing is made in its place")

    def test_certificates(self):
        def serve_with(files):
            self.instance.settings = {"listen": {"local": f"127.0.0.1:{self.instance.local_port}",
                                                 "public": f"127.0.0.1:{self.instance.public_port}",
                                                 "public_tls": files}}
        folder = self.instance.directory
        serve_with(certificate(folder, "20200101000000Z", "20200201000000Z"))
        found = self.expect("certificate", "error", "expired")
        self.assertEqual(found["values"]["expires_at"], "2020-02-01T00:00:00.000Z")
        serve_with(certificate(folder))
        self.expect("certificate", "warning", "self_signed")
        self.instance.domain = "kith.invalid"
        self.expect("certificate", "error", "other_name")
        (folder / "made.key").write_text("no key")
        self.expect("certificate", "error", "key_unreadable")
        (folder / "made.crt").unlink()
        self.expect("certificate", "error", "unreadable")


class Inside(unittest.TestCase):
    def test_the_running_daemon_says_the_same(self):
        with Instance("home") as instance:
            admin, carol = instance.add_user("admin", admin=True), instance.add_user("carol")
            carol.upload("a.txt", b"twelve bytes")
            health = admin.ok("GET", "/api/admin/health")
            self.assertEqual(tuple(check["check"] for check in health["checks"]), PARTS)
            self.assertEqual([check for check in health["checks"] if check["state"] == "error"], [])
            by_name = {check["check"]: check for check in health["checks"]}
            self.assertEqual(by_name["backup"]["code"], "never")
            self.assertEqual(by_name["ports"]["code"], "ok")
            for path in ("storage", "health", "connections", "sessions"):
                self.assertEqual(carol.get(f"/api/admin/{path}").status, 404, "for admins")

    def test_a_proxy_that_is_not_trusted(self):
        with Instance("home") as instance:
            admin = instance.add_user("admin", admin=True)
            forwarded = {"X-Forwarded-For": "203.0.113.5"}
            self.assertEqual(instance.public.request("GET", "/healthz", headers=forwarded).status, 200)
            # An answer is counted once it is out.
            until(lambda: b'route="/healthz"' in instance.local.request("GET", "/metrics").body, "counted")
            checks = admin.ok("GET", "/api/admin/health")["checks"]
            proxy = next(check for check in checks if check["check"] == "proxy")
            self.assertEqual((proxy["code"], proxy["values"]), ("not_trusted", {"address": "127.0.0.1"}))

    def test_storage(self):
        with Instance("home") as instance:
            admin, carol = instance.add_user("admin", admin=True), instance.add_user("carol")
            asset = carol.upload("a.txt", b"twelve bytes")
            storage = admin.ok("GET", "/api/admin/storage")
            self.assertEqual(storage["content"], {"count": 1, "bytes": 12})
            self.assertEqual([(user["handle"], user["used_bytes"]) for user in storage["users"]],
                             [("carol", 12), ("admin", 0)])
            self.assertEqual(storage["disk"]["path"], str(instance.data))
            self.assertGreater(storage["disk"]["total_bytes"], storage["disk"]["free_bytes"])
            self.assertGreater(storage["database_bytes"], 0)
            self.assertEqual((storage["damaged_count"], storage["last_verification"], storage["last_backup_at"]),
                             (0, None, None))
            # What a verification and a backup leave behind is shown; what is noticed meanwhile is counted.
            with sqlite3.connect(instance.data / "kith.db") as database:
                database.execute("INSERT INTO operations VALUES ('verify', 1000, '{\"checked\":7,\"damaged\":0}'), "
                                 "('backup', 2000, '{}')")
            database.close()
            for file in (instance.data / "blobs").glob("*/*"):
                if file.is_file() and len(file.name) == 64:
                    file.write_bytes(b"twelve Bytes")
            with carol.open(f"/api/assets/{asset['id']}/content") as response:
                self.assertEqual(response.status, 500)
            storage = admin.ok("GET", "/api/admin/storage")
            self.assertEqual(storage["last_verification"],
                             {"finished_at": "1970-01-01T00:00:01.000Z", "checked": 7, "damaged": 0})
            self.assertEqual(storage["last_backup_at"], "1970-01-01T00:00:02.000Z")
            self.assertEqual(storage["damaged_count"], 1)
            health = admin.ok("GET", "/api/admin/health")
            content = next(check for check in health["checks"] if check["check"] == "content")
            self.assertEqual((content["state"], content["values"]["damaged"]), ("error", "1"))

    def test_log_ins_and_connections_of_everybody(self):
        with Instance("home") as instance:
            admin, carol = instance.add_user("admin", admin=True), instance.add_user("carol")
            carol.log_in()
            page = admin.ok("GET", "/api/admin/sessions")
            self.assertEqual([(each["handle"], each["current"]) for each in page["items"]],
                             [("carol", False), ("carol", False), ("admin", True)])
            self.assertEqual((page["next"], page["peer_sessions"]), (None, 0))
            first = admin.ok("GET", "/api/admin/sessions", limit=2)
            rest = admin.ok("GET", "/api/admin/sessions", limit=2, cursor=first["next"])
            self.assertEqual(first["items"] + rest["items"], page["items"])
            self.assertEqual(admin.get("/api/admin/sessions", cursor="no").status, 400)
            asked = carol.ok("POST", "/api/connections", {"peer": "dave@127.0.0.1:1", "purpose": "between us"})
            listed = admin.ok("GET", "/api/admin/connections")["items"]
            self.assertEqual([each["id"] for each in listed], [asked["id"]])
            self.assertEqual(listed[0]["local"], carol.address)
            self.assertNotIn("between us", json.dumps(listed))


if __name__ == "__main__":
    unittest.main()
