"""One's own files from a shell: the real kith against the real kithd. Logging in and out, files up and down over
breaking connections and killed runs, what scripts see, and servers that mean harm."""

import base64
import contextlib
import fcntl
import hashlib
import http.server
import json
import os
import pty
import secrets
import select
import stat
import struct
import subprocess
import termios
import threading
import unittest
import urllib.parse

from cutting_proxy import CuttingProxy
from kith_instance import Instance, connect, until
from kith_shell import (ABSENT, FAILED, NO_GOOD, OK, SENSELESS, UNREACHABLE, AnswerLosingProxy, HangingProxy,
                        HoldingProxy, Shell, UploadCuttingProxy)
from test_second_factor import App

LARGE = 20_000_000


def digest(content):
    return "sha-256:" + hashlib.sha256(content).hexdigest()


def numbers_behind(words, captured):
    """Of all header fields that passed and begin so."""
    lines = bytes(captured).split(b"\r\n")
    return [int(line[len(words):].rstrip(b"-")) for line in lines if line.startswith(words)]


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.alice = cls.instance.add_user("alice")
        cls.server = f"http://127.0.0.1:{cls.instance.local_port}"

    def setUp(self):
        self.shell = self.new_shell({"KITH_TOKEN": self.alice.token, "KITH_SERVER": self.server})

    def new_shell(self, environment=None):
        shell = Shell(environment)
        self.addCleanup(shell.__exit__)
        return shell

    def through(self, proxy):
        self.shell.environment["KITH_SERVER"] = f"http://127.0.0.1:{proxy.port}"

    def json(self, *arguments, status=OK, shell=None):
        done = (shell or self.shell).run(*arguments, "--json")
        self.assertEqual(done.returncode, status, done)
        return json.loads(done.stdout)

    def asset(self, name):
        return next((asset for asset in self.alice.ok("GET", "/api/assets", limit=500)["items"]
                     if asset["name"] == name), None)

    def assert_refused(self, done, status, *words):
        self.assertEqual(done.returncode, status, done)
        for word in words:
            self.assertIn(word, done.stderr)


class LoggingIn(Story):
    def setUp(self):
        super().setUp()
        self.shell = self.new_shell()

    def log_in(self, *arguments, user=None, password=None):
        user = user or self.alice
        return self.shell.run("login", self.server, "--email", user.email, "--password-stdin", *arguments,
                              stdin=(password or user.password) + "\n")

    @property
    def stored(self):
        return self.shell.home / ".config/kith/account.json"

    def tokens(self):
        return [token["name"] for token in self.alice.ok("GET", "/api/users/me/api-tokens")["items"]]

    def test_a_log_in_is_stored_for_oneself_and_ends_with_the_log_out(self):
        log_ins = len(self.alice.ok("GET", "/api/users/me/sessions")["items"])
        done = self.log_in("--name", "the test")
        self.assertEqual(done.returncode, OK, done)
        self.assertIn(self.alice.address, done.stdout)
        self.assertEqual(stat.S_IMODE(self.stored.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.stored.parent.stat().st_mode), 0o700)
        account = json.loads(self.stored.read_text())
        self.assertEqual(set(account), {"server", "token", "user", "token_id"})
        self.assertNotIn(account["token"], done.stdout + done.stderr)
        self.assertEqual(self.tokens(), ["the test"])
        self.assertEqual(len(self.alice.ok("GET", "/api/users/me/sessions")["items"]), log_ins, "the short one ended")

        self.assertEqual(self.json("status")["user"]["address"], self.alice.address)
        self.assertEqual(self.log_in("--name", "again").returncode, OK)
        self.assertEqual(self.tokens(), ["again"], "the one before is no good any more")

        self.assertEqual(self.shell.run("logout").returncode, OK)
        self.assertEqual((self.tokens(), self.stored.exists()), ([], False))
        self.assert_refused(self.shell.run("status"), NO_GOOD, "kith login")
        self.assertEqual(self.json("logout"), {"server": None, "was_logged_in": False})

    def test_a_wrong_password_stores_nothing(self):
        self.assert_refused(self.log_in(password="wrong password"), NO_GOOD)
        self.assertFalse(self.stored.exists())
        error = json.loads(self.log_in("--json", password="wrong password").stdout)["error"]
        self.assertEqual(error["code"], "unauthorized")

    def test_what_others_could_read_is_not_used(self):
        self.assertEqual(self.log_in().returncode, OK)
        self.stored.chmod(0o644)
        self.assert_refused(self.shell.run("ls"), NO_GOOD, "Others can read", "kith logout")
        self.assertEqual(self.shell.run("logout").returncode, OK)
        self.assertEqual(self.tokens(), [])

    def test_a_stored_token_goes_to_its_own_server_only(self):
        self.assertEqual(self.log_in().returncode, OK)
        with CuttingProxy(self.instance.local_port) as proxy:
            proxy.capture = bytearray()
            done = self.shell.run("ls", "--server", f"http://127.0.0.1:{proxy.port}")
            self.assert_refused(done, NO_GOOD, "You are logged in at")
            self.assertEqual(proxy.capture, b"")
        self.shell.run("logout")

    def test_passwords_do_not_travel_in_the_clear(self):
        done = self.shell.run("login", "http://kith.invalid", "--email", "a@mail.example", "--password-stdin",
                              stdin="secret\n")
        self.assert_refused(done, FAILED, "https://", "--insecure")

    def test_admin_is_asked_for(self):
        self.assert_refused(self.log_in("--admin"), NO_GOOD, "no admin")
        self.assertEqual(self.tokens(), [])
        root = self.instance.add_user("root", admin=True)
        scopes = json.loads(self.log_in("--json", user=root).stdout)["token"]["scopes"]
        self.assertNotIn("admin", scopes)
        scopes = json.loads(self.log_in("--json", "--admin", user=root).stdout)["token"]["scopes"]
        self.assertIn("admin", scopes)
        self.shell.run("logout")

    def test_a_server_that_is_away(self):
        self.shell.environment.update({"KITH_SERVER": "http://127.0.0.1:1", "KITH_TOKEN": "kith_" + "A" * 43})
        self.assert_refused(self.shell.run("status"), UNREACHABLE)
        self.assertEqual(self.json("ls", status=UNREACHABLE)["error"]["code"], "peer_unreachable")
        self.shell.environment["KITH_SERVER"] = self.server
        self.assert_refused(self.shell.run("status"), NO_GOOD, "kith login")

    def test_whose_server_is_away_stays_logged_in(self):
        self.assertEqual(self.log_in().returncode, OK)
        account = json.loads(self.stored.read_text())
        self.stored.write_text(json.dumps({**account, "server": "http://127.0.0.1:1"}))
        self.assert_refused(self.shell.run("logout"), UNREACHABLE, "--forget")
        self.assertTrue(self.stored.exists())
        self.assertEqual(self.shell.run("logout", "--forget").returncode, OK)
        self.assertFalse(self.stored.exists())


class SecondFactor(Story):
    def test_a_code_is_needed_beside_the_password(self):
        dave = self.instance.add_user("dave")
        app = App(dave.ok("POST", "/api/users/me/second-factor", {"current_password": dave.password})["uri"])
        confirmed = dave.ok("POST", "/api/users/me/second-factor/confirm", {"code": app.code()})
        shell, password = self.new_shell(), dave.password + "\n"
        words = ("login", self.server, "--email", dave.email, "--password-stdin")
        self.assert_refused(shell.run(*words, stdin=password), NO_GOOD, "--code")
        self.assert_refused(shell.run(*words, "--code", "no code", stdin=password), NO_GOOD)
        code = confirmed["recovery_codes"][0]
        self.assertEqual(shell.run(*words, "--code", code, stdin=password).returncode, OK)


class Sending(Story):
    def test_files_of_any_size_are_there_as_they_were(self):
        contents = {"empty": b"", "one": b"1", "Größe 📷.txt": b"umlauts", "-dash": b"-", "ls": b"named as a command",
                    "large.bin": secrets.token_bytes(LARGE)}
        for name, content in contents.items():
            self.shell.file(name, content)
        done = self.shell.run("put", "--", *contents)
        self.assertEqual((done.returncode, done.stdout.splitlines()), (OK, list(contents)), done)
        self.assertIn("6 of 6", done.stderr)
        for name, content in contents.items():
            self.assertEqual(self.asset(name)["digest"], digest(content), name)
            (self.shell.folder / name).unlink()
        done = self.shell.run("get", "-o", "new/folder", "--", *contents)
        self.assertEqual(done.returncode, OK, done)
        here = sorted((self.shell.folder / "new/folder").iterdir())
        self.assertEqual(sorted(path.read_bytes() for path in here), sorted(contents.values()))
        self.assertEqual([path.name for path in here if path.name.startswith(".")], [])

    def test_what_is_there_is_not_sent_again_and_what_changed_is_a_new_version(self):
        self.shell.file("twice.txt", b"first")
        self.shell.ok("put", "twice.txt")
        before = self.asset("twice.txt")
        done = self.shell.run("put", "twice.txt")
        self.assertIn("there already", done.stderr)
        self.assertEqual(self.asset("twice.txt"), before)
        self.shell.file("twice.txt", b"later")
        self.assertIn("new version", self.shell.run("put", "twice.txt").stderr)
        self.assertEqual((self.asset("twice.txt")["version"], self.asset("twice.txt")["digest"]), (2, digest(b"later")))

    def test_standard_input_is_a_file_too(self):
        content = secrets.token_bytes(3_000_000)
        done = subprocess.run(self.shell.line(["put", "-", "--name", "piped.bin", "--quiet"]), cwd=self.shell.folder,
                              env=self.shell.environment, input=content, capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (OK, b"piped.bin\n", b""))
        self.assertEqual(self.asset("piped.bin")["digest"], digest(content))
        self.assert_refused(self.shell.run("put", "-"), FAILED, "--name")

    def test_folders_are_sent_when_asked_for(self):
        (self.shell.folder / "album/sub").mkdir(parents=True)
        self.shell.file("album/in-a-folder.txt", b"a")
        self.shell.file("album/sub/deeper.txt", b"b")
        (self.shell.folder / "album/link").symlink_to("/etc/passwd")
        self.assert_refused(self.shell.run("put", "album"), FAILED, "--recursive")
        self.assertEqual(self.shell.ok("put", "-r", "album"), ["in-a-folder.txt", "deeper.txt"])
        self.shell.file("album/deeper.txt", b"another")
        done = self.shell.run("put", "-r", "album")
        self.assert_refused(done, FAILED, "would both be called deeper.txt")
        self.assertEqual(self.asset("deeper.txt")["digest"], digest(b"b"))

    def test_one_bad_file_does_not_keep_the_others(self):
        for name in ("good1", "good2"):
            self.shell.file(name, name.encode())
        os.mkfifo(self.shell.folder / "fifo")
        done = self.shell.run("put", "good1", "fifo", "good2")
        self.assert_refused(done, FAILED, "only files can be sent", "1 of 3")
        self.assertEqual(done.stdout.splitlines(), ["good1", "good2"])
        self.assert_refused(self.shell.run("put", "good1", "nothing"), ABSENT, "nothing")

    def test_names_that_the_server_refuses_are_told(self):
        self.shell.file("new\nline", b"x")
        done = self.shell.run("put", "new\nline")
        self.assertEqual((done.returncode, done.stdout), (FAILED, ""), done)


class Receiving(Story):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("a.jpg", "b.jpg", "a.txt", "star*.txt"):
            cls.alice.upload(name, f"content of {name}".encode())

    def test_patterns_choose_and_exact_names_come_first(self):
        self.assertEqual(self.shell.ok("get", "*.jpg", "-o", "photos"), ["photos/b.jpg", "photos/a.jpg"])
        self.assertEqual(self.shell.ok("get", "star*.txt"), ["./star*.txt"])
        self.assertEqual(self.shell.ok("get", "?.txt", "a.*", "-q", "-o", "once"),
                         ["once/a.txt", "once/a.jpg"])
        self.assert_refused(self.shell.run("get", "*.png"), ABSENT, "kith ls")

    def test_nothing_is_overwritten_unless_it_is_asked_for(self):
        self.shell.file("a.txt", b"mine")
        self.assert_refused(self.shell.run("get", "a.txt"), FAILED, "--force")
        self.assertEqual((self.shell.folder / "a.txt").read_bytes(), b"mine")
        self.shell.ok("get", "a.txt", "--force")
        self.assertEqual((self.shell.folder / "a.txt").read_bytes(), b"content of a.txt")
        self.assertIn("here already", self.shell.run("get", "a.txt").stderr)
        self.assertEqual(self.shell.names(), ["a.txt"])
        (self.shell.folder / "b.jpg").mkdir()
        self.assert_refused(self.shell.run("get", "b.jpg", "--force"), FAILED, "is a folder")

    def test_standard_output_is_a_place_too(self):
        self.assertEqual(self.shell.run("get", "a.txt", "-o", "-").stdout, "content of a.txt")
        self.assertEqual(self.shell.names(), [])

    def test_lists_for_people_and_for_scripts(self):
        self.assertEqual(self.shell.ok("ls", "*.jpg"), ["b.jpg", "a.jpg"])
        self.assertEqual(self.shell.ok("ls", "A.TXT"), ["a.txt"])
        self.assertRegex(self.shell.ok("ls", "-l", "a.txt")[0], r"^ +16 bytes  \d{4}-\d\d-\d\d \d\d:\d\d  a\.txt$")
        self.assertEqual([asset["name"] for asset in self.json("ls", ".jpg")], ["b.jpg", "a.jpg"])
        self.assertEqual(self.json("ls", "nothing of that name"), [])
        self.assertEqual(self.json("get", "a.txt", "-o", "x")[0]["path"], "x/a.txt")
        self.assertEqual(self.json("get", "none", status=ABSENT)["error"]["code"], "not_found")
        self.assertEqual(self.json("--no-such-option", status=SENSELESS)["error"]["code"], "bad_request")

    def test_what_was_deleted_comes_back_for_a_day(self):
        self.alice.upload("gone.txt", b"gone")
        done = self.shell.run("rm", "gone.txt")
        self.assertEqual((done.returncode, done.stdout), (OK, "gone.txt\n"))
        self.assertIn("kith rm --undo", done.stderr)
        self.assertIsNone(self.asset("gone.txt"))
        self.assert_refused(self.shell.run("rm", "gone.txt"), ABSENT)
        self.assertEqual(self.json("rm", "--undo", "gone.txt")[0]["name"], "gone.txt")
        self.assertEqual(self.asset("gone.txt")["digest"], digest(b"gone"))
        self.assert_refused(self.shell.run("rm", "--undo", "gone.txt"), ABSENT)


class FromElsewhere(Story):
    def test_what_a_friend_shares_is_listed_and_got(self):
        with Instance("bob's") as other:
            bob = other.add_user("bob")
            connect(self.alice, bob)
            content = secrets.token_bytes(3_000_000)
            shared = bob.upload("theirs.bin", content)["id"]
            bob.ok("POST", "/api/shares", {"asset_ids": [shared], "with": self.alice.address})
            until(lambda: self.shell.run("ls", "--from", bob.address).stdout == "theirs.bin\n",
                  lambda: self.shell.run("ls", "--from", bob.address))
            self.assertEqual(self.shell.ok("ls", f"@{bob.address}"), ["theirs.bin"])
            self.assertEqual(self.json("ls", "--from", bob.address, "*.bin")[0]["owner"], bob.address)
            self.assertEqual(self.shell.ok("get", "theirs.bin", "--from", bob.address), ["./theirs.bin"])
            self.assertEqual((self.shell.folder / "theirs.bin").read_bytes(), content)
            self.assert_refused(self.shell.run("get", "mine.bin", "--from", bob.address), ABSENT, "--from")
            until(lambda: self.shell.run("ls", "--shared").stdout == f"{bob.address}  theirs.bin\n",
                  lambda: self.shell.run("ls", "--shared"))
        (self.shell.folder / "theirs.bin").unlink()
        self.assert_refused(self.shell.run("get", "theirs.bin", "--from", bob.address), UNREACHABLE)


class Breaks(Story):
    def test_uploads_go_on_where_they_broke_off(self):
        content = secrets.token_bytes(5_000_000)
        self.shell.file("broken up", content)
        with UploadCuttingProxy(self.instance.local_port) as proxy:
            self.through(proxy)
            done = self.shell.run("put", "broken up")
            self.assertEqual(done.returncode, OK, done)
            self.assertGreaterEqual(proxy.cuts, 3)
        self.assertEqual((self.asset("broken up")["digest"], self.asset("broken up")["version"]), (digest(content), 1))

    def test_a_lost_answer_makes_no_second_version(self):
        self.shell.file("once.txt", b"once")
        with AnswerLosingProxy(self.instance.local_port) as proxy:
            proxy.capture = bytearray()
            self.through(proxy)
            self.shell.ok("put", "once.txt")
            self.assertEqual(proxy.cuts, 1)
        self.assertEqual(self.asset("once.txt")["version"], 1)

    def hang_and_kill(self, name):
        """A run that dies in the middle of an upload."""
        with HangingProxy(self.instance.local_port) as proxy:
            self.through(proxy)
            with self.shell.start("put", name) as running:
                until(proxy.hangs.is_set, "an upload that hangs")
                running.kill()
                running.wait(30)
        def unfinished():
            [upload] = [each for each in self.alice.ok("GET", "/api/uploads")["items"] if each["name"] == name]
            return upload["offset"]
        # What had come when the run died is taken in, sooner or later.
        return until(unfinished, lambda: self.alice.ok("GET", "/api/uploads"))

    def test_a_killed_upload_goes_on_in_a_later_run(self):
        content = secrets.token_bytes(LARGE)
        self.shell.file("killed.bin", content)
        self.assertGreater(self.hang_and_kill("killed.bin"), 0)
        with CuttingProxy(self.instance.local_port) as proxy:
            proxy.capture = bytearray()
            self.through(proxy)
            self.shell.ok("put", "killed.bin")
            offsets = numbers_behind(b"Upload-Offset: ", proxy.capture)
        self.assertGreater(min(offsets), 0, "nothing began at the beginning")
        self.assertEqual(self.asset("killed.bin")["digest"], digest(content))
        self.assertEqual(self.alice.ok("GET", "/api/uploads")["items"], [])

    def test_a_file_that_changed_meanwhile_does_not_go_on(self):
        self.shell.file("changed.bin", bytes(LARGE))
        self.hang_and_kill("changed.bin")
        content = secrets.token_bytes(LARGE)
        self.shell.file("changed.bin", content)
        self.shell.environment["KITH_SERVER"] = self.server
        self.shell.ok("put", "changed.bin")
        self.assertEqual(self.asset("changed.bin")["digest"], digest(content))
        for upload in self.alice.ok("GET", "/api/uploads")["items"]:
            self.alice.request("DELETE", f"/api/uploads/{upload['id']}", headers={"Tus-Resumable": "1.0.0"})

    def test_a_file_that_changes_on_the_way_is_refused(self):
        self.shell.file("moving.bin", bytes(LARGE))
        with HangingProxy(self.instance.local_port) as proxy:
            self.through(proxy)
            with self.shell.start("put", "moving.bin") as running:
                until(proxy.hangs.is_set, "an upload that hangs")
                self.shell.file("moving.bin", b"another" * 10)
                proxy.closed.set()
                _, errors = running.communicate(timeout=60)
            self.assertEqual((running.returncode, "changed" in errors), (FAILED, True), errors)
        self.assertIsNone(self.asset("moving.bin"))
        self.assertEqual(self.alice.ok("GET", "/api/uploads")["items"], [])

    def test_downloads_go_on_where_they_broke_off_and_in_later_runs(self):
        content = secrets.token_bytes(LARGE)
        self.alice.upload("down.bin", content)
        with HoldingProxy(self.instance.local_port) as proxy:
            self.through(proxy)
            proxy.hold_at = 5_000_000
            with self.shell.start("get", "down.bin") as running:
                until(lambda: any(path.stat().st_size > 1_000_000 for path in self.shell.folder.iterdir()),
                      self.shell.names)
                running.kill()
                running.wait(30)
            self.assertTrue(self.shell.names()[0].startswith(".kith-"))
            proxy.hold_at, proxy.capture = None, bytearray()
            proxy.may_go_on.set()
            proxy.cut_every = 6_000_000
            self.assertEqual(self.shell.ok("get", "down.bin"), ["./down.bin"])
            self.assertGreaterEqual(proxy.cuts, 1)
            self.assertGreater(min(numbers_behind(b"Range: bytes=", proxy.capture)), 1_000_000, "only the rest")
        self.assertEqual(self.shell.names(), ["down.bin"])
        self.assertEqual((self.shell.folder / "down.bin").read_bytes(), content)

    def test_damage_is_told_and_thrown_away(self):
        self.alice.upload("damaged.bin", bytes(3_000_000))
        with CuttingProxy(self.instance.local_port) as proxy:
            self.through(proxy)
            proxy.flip_at = 2_000_000
            self.assert_refused(self.shell.run("get", "damaged.bin"), FAILED, "damaged")
            self.assertEqual((proxy.flips, self.shell.names()), (1, []))


class AtATerminal(Story):
    def play(self, *arguments, answers=()):
        """What a person sees, who answers each question; and the exit status."""
        primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        seen, answers = b"", list(answers)
        with subprocess.Popen(self.shell.line(arguments), cwd=self.shell.folder, env=self.shell.environment,
                              stdin=secondary, stdout=secondary, stderr=secondary, start_new_session=True,
                              preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) as running:
            os.close(secondary)
            with contextlib.suppress(OSError):  # the other end is closed
                while select.select([primary], [], [], 60)[0]:
                    piece = os.read(primary, 65536)
                    if not piece:
                        break
                    seen += piece
                    if answers and seen.endswith(answers[0][0]):
                        os.write(primary, answers.pop(0)[1])
            status = running.wait(60)
        os.close(primary)
        self.assertEqual(answers, [], seen)
        return seen.decode(), status

    def test_progress_is_drawn_and_wiped(self):
        self.shell.file("drawn.bin", bytes(LARGE))
        seen, status = self.play("put", "drawn.bin")
        self.assertEqual(status, OK, seen)
        self.assertRegex(seen, r"\r\x1b\[Kdrawn\.bin \[[#.]+\] +\d+ %  [\d.]+ [a-zA-Z]+ of 20\.0 MB")
        self.assertTrue(seen.rstrip().endswith("(20.0 MB)."), seen[-200:])
        seen, status = self.play("put", "drawn.bin", "--quiet")
        self.assertEqual((seen, status), ("drawn.bin\r\n", OK))

    def test_a_password_is_asked_for_and_not_shown(self):
        self.shell = self.new_shell()
        seen, status = self.play("login", self.server, "--email", self.alice.email,
                                 answers=[(b"Password: ", self.alice.password.encode() + b"\n")])
        self.assertEqual(status, OK, seen)
        self.assertNotIn(self.alice.password, seen)
        self.assertIn("Logged in", seen)

    def test_deleting_is_asked_about(self):
        self.alice.upload("precious.txt", b"precious")
        seen, status = self.play("rm", "precious.txt", answers=[(b"[yes/no] ", b"no\n")])
        self.assertEqual(status, FAILED, seen)
        self.assertIn("Delete precious.txt?", seen)
        self.assertIsNotNone(self.asset("precious.txt"))
        self.assertEqual(self.play("rm", "precious.txt", "--yes")[1], OK)
        self.assertIsNone(self.asset("precious.txt"))


class HostileServer(unittest.TestCase):
    """What a server says is no reason to write anywhere else, to send anything to a terminal, or to go on forever."""

    NAMES = ["../../escaped", "/etc/passwd", "a\\..\\b", "\x1b]0;title\x07", "-rf", ".bashrc", "a" * 3000 + ".txt",
             "photo\u202egpj.exe", "new\nline"]
    CONTENT = b"content"

    def serve(self, answer):
        """The address of a server that answers what `answer` makes of the path and the query: status and body."""
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # pylint: disable=invalid-name
                url = urllib.parse.urlsplit(self.path)
                status, body = answer(url.path, urllib.parse.parse_qs(url.query))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # kith may have heard enough
                    self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # kith left
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def shell(self, answer):
        shell = Shell({"KITH_SERVER": self.serve(answer), "KITH_TOKEN": "kith_" + "A" * 43})
        self.addCleanup(shell.__exit__)
        return shell

    def asset(self, name, **other):
        return {"id": base64.b32encode(name.encode())[:20].decode(), "name": name, "size": len(self.CONTENT),
                "digest": digest(self.CONTENT), "etag": '"1"', "created_at": "\x1b[2J", "owner": "\x1b[31mred", **other}

    def offer(self, path, _):
        if path == "/api/assets":
            return 200, json.dumps({"items": [self.asset(name) for name in self.NAMES], "next": None}).encode()
        return 200, self.CONTENT

    def test_names_stay_in_the_folder_and_off_the_terminal(self):
        shell = self.shell(self.offer)
        for done in (shell.run("ls"), shell.run("ls", "-l"), shell.run("get", "*", "-o", "in")):
            self.assertEqual(done.returncode, OK, done)
            self.assertTrue((done.stdout + done.stderr).replace("\n", "").isprintable(), done)
        self.assertEqual(shell.names(), ["in"])
        saved = [path.name for path in (shell.folder / "in").iterdir()]
        self.assertEqual(len(saved), len(self.NAMES))
        for name in saved:
            self.assertTrue((shell.folder / "in" / name).is_file())
            self.assertFalse(name.startswith((".", "-")), name)
            self.assertTrue(name.isprintable(), ascii(name))

    def test_sizes_beyond_the_disk_are_not_begun(self):
        shell = self.shell(lambda path, _: (200, json.dumps(
            {"items": [self.asset("huge", size=2**62)], "next": None}).encode()))
        done = shell.run("get", "huge")
        self.assertEqual(done.returncode, FAILED, done)
        self.assertIn("room", done.stderr)
        self.assertEqual(shell.names(), [])

    def test_lists_without_an_end_are_left(self):
        items = [self.asset(f"{number}") for number in range(2000)]

        def endless(_, query):
            place = int(query.get("cursor", ["0"])[0]) + 1
            return 200, json.dumps({"items": items, "next": str(place)}).encode()

        done = self.shell(endless).run("ls", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["code"]), (FAILED, "too_large"))
        for going_round in ({"items": items[:1], "next": "again"}, {"items": [], "next": "more"}):
            done = self.shell(lambda *_, body=going_round: (200, json.dumps(body).encode())).run("ls")
            self.assertEqual(done.returncode, FAILED, done)
            self.assertIn("makes no sense", done.stderr)

    def test_answers_that_make_no_sense_are_said_to_be(self):
        bodies = [b"", b"<html>", b"[]", b"{}", b'{"items":{}}', b'{"items":[1]}', b"[" * 100_000, b" " * 3_000_000,
                  json.dumps({"items": [self.asset("a", digest="md5:00")]}).encode(),
                  json.dumps({"items": [self.asset("a", size=-1)]}).encode(),
                  json.dumps({"items": [self.asset("a", etag='"1"\r\nX-Evil: 1')]}).encode()]
        for body in bodies:
            with self.subTest(body=body[:60]):
                shell = self.shell(lambda *_, body=body: (200, body))
                done = shell.run("get", "a")
                self.assertEqual(done.returncode, FAILED, done)
                self.assertIn("kith server", done.stderr)
                self.assertEqual(shell.names(), [])

    def test_refusals_are_shown_without_their_escapes(self):
        problem = json.dumps({"code": "forbidden", "title": "No", "detail": "\x1b[2J\x07gone"}).encode()
        done = self.shell(lambda *_: (403, problem)).run("ls")
        self.assertEqual(done.returncode, NO_GOOD)
        self.assertEqual((done.stdout, "\x1b" in done.stderr), ("", False))
        self.assertIn("gone", done.stderr)


if __name__ == "__main__":
    unittest.main()
