"""Exchanges from a shell: the real kith against the real kithd, both directions, encrypted, over breaking connections,
and with names and servers that mean harm."""

import contextlib
import hashlib
import http.server
import json
import os
import secrets
import signal
import threading
import unittest
import urllib.parse

import second_content_coding as coding
from cutting_proxy import CuttingProxy
from kith_instance import until
from kith_shell import (ABSENT, FAILED, NO_GOOD, OK, SENSELESS, UNREACHABLE, AnswerLosingProxy, HangingProxy,
                        HoldingProxy, HomeAndAway, Shell, UploadCuttingProxy)

LARGE = 3_000_000


class Story(HomeAndAway):
    group = "exchange"

    def send(self, *arguments, stdin=""):
        lines = self.home.ok("send", *arguments, stdin=stdin)
        self.assertEqual(len(lines), 1, "the link, and nothing else")
        return lines[0]

    def exchange(self):
        """The newest one, as alice sees it."""
        return self.alice.ok("GET", "/api/exchanges")["items"][0]

    def assert_refused(self, done, status, *words):
        self.assertEqual(done.returncode, status, done)
        self.assertEqual(done.stdout, "")
        for word in words:
            self.assertIn(word, done.stderr)


class Sending(Story):
    def test_one_file_reaches_somebody_who_has_only_the_link(self):
        content = secrets.token_bytes(LARGE)
        link = self.send(self.home.file("holiday.zip", content), "--note", "Have fun")
        self.assertTrue(link.startswith(f"http://{self.instance.domain}/exchange/d#"), link)
        done = self.away.run("get", link, "-o", "new/folder")
        self.assertEqual((done.returncode, done.stdout), (OK, "new/folder/holiday.zip\n"), done)
        self.assertIn("Have fun", done.stderr)
        self.assertEqual((self.away.folder / "new/folder/holiday.zip").read_bytes(), content)
        self.assertEqual(os.listdir(self.away.folder / "new/folder"), ["holiday.zip"])
        until(lambda: self.exchange()["downloads"] == 1, self.exchange)

    def test_terms_are_what_was_asked_for(self):
        link = self.send(self.home.file("a", b"a"), self.home.file("b", b""), "--expires", "12h", "--max-downloads", 3)
        exchange = self.exchange()
        self.assertEqual((exchange["max_downloads"], exchange["max_files"], exchange["finished"]), (3, 2, True))
        self.assertEqual([file["name"] for file in exchange["files"]], ["a", "b"])
        self.assertEqual(self.away.ok("get", link), ["./a", "./b"])
        self.assertEqual((self.away.folder / "b").read_bytes(), b"")

    def test_a_password_is_asked_for(self):
        link = self.send(self.home.file("a", b"secret"), "--password-stdin", stdin="pässword\n")
        self.assert_refused(self.away.run("get", link), NO_GOOD, "--password-stdin")
        self.assert_refused(self.away.run("get", link, "--password-stdin", stdin="wrong\n"), NO_GOOD)
        self.assertEqual(self.away.names(), [])
        self.assertEqual(self.away.ok("get", "-", "--password-stdin", stdin=f"{link}\npässword\n"), ["./a"])

    def test_nothing_is_left_of_what_could_not_be_sent(self):
        before = len(self.alice.ok("GET", "/api/exchanges")["items"])
        done = self.home.run("send", self.home.file("a", b"a"), "missing")
        self.assert_refused(done, ABSENT, "missing")
        (self.home.folder / "folder").mkdir()
        self.assert_refused(self.home.run("send", "folder"), FAILED, "zip")
        self.assertEqual(len(self.alice.ok("GET", "/api/exchanges")["items"]), before)

    def test_who_is_not_logged_in_is_told_how(self):
        self.home.environment["KITH_TOKEN"] = ""
        name = self.home.file("a", b"a")
        self.assert_refused(self.home.run("send", name), NO_GOOD, "KITH_TOKEN")
        self.home.file("token", b"nonsense\n")
        self.assert_refused(self.home.run("send", name, "--token-file", "token"), NO_GOOD)
        self.home.file("token", self.alice.token.encode() + b"\n")
        self.assertEqual(len(self.home.ok("send", name, "--token-file", "token")), 1)

    def test_an_interrupted_upload_is_taken_back(self):
        with HangingProxy(self.instance.local_port) as proxy:
            self.home.environment["KITH_SERVER"] = f"http://127.0.0.1:{proxy.port}"
            with self.home.start("send", self.home.file("large", bytes(20_000_000))) as running:
                until(proxy.hangs.is_set, "an upload that hangs")
                running.send_signal(signal.SIGINT)
                self.assertEqual(running.wait(30), FAILED)
            self.assertEqual(self.exchange()["state"], "revoked")


class Encrypted(Story):
    def test_server_learns_neither_name_nor_content(self):
        content = b"the quick brown fox " * 10_000
        with CuttingProxy(self.instance.local_port) as proxy:
            proxy.capture = bytearray()
            self.home.environment["KITH_SERVER"] = f"http://127.0.0.1:{proxy.port}"
            link = self.send("--encrypt", self.home.file("Größe 📷.txt", content), self.home.file("empty", b""))
            seen = bytes(proxy.capture)
        key = link.rsplit(".", 1)[1]
        for secret in (key, "quick brown", "Größe", urllib.parse.quote("Größe"), "empty"):
            self.assertNotIn(secret.encode(), seen)
        self.assertEqual(self.away.ok("get", link), ["./Größe 📷.txt", "./empty"])
        self.assertEqual((self.away.folder / "Größe 📷.txt").read_bytes(), content)
        self.assertEqual((self.away.folder / "empty").read_bytes(), b"")

    def test_another_implementation_opens_it(self):
        content = secrets.token_bytes(200_000)
        link = self.send("--encrypt", self.home.file("a.bin", content))
        token, key = link.split("#")[1].split(".")
        headers = {"Authorization": f"Bearer {token}"}
        file = self.instance.public.request("GET", "/exchange/info", headers=headers).json()["files"][0]
        name_key, content_key = coding.name_key(coding.from_text(key)), coding.content_key(coding.from_text(key))
        about = json.loads(coding.open_sealed(name_key, coding.from_text(file["sealed_name"])))
        self.assertEqual(about["name"], "a.bin")
        url = self.instance.public.request("GET", "/exchange/download-url", headers=headers).json()["url"]
        sealed = self.instance.public.request("GET", url[url.index("/exchange/"):]).body
        self.assertEqual(coding.to_text(sealed[:16]), about["salt"])
        self.assertEqual(coding.open_sealed(content_key, sealed), content)

    def test_a_wrong_or_missing_key_opens_nothing(self):
        link = self.send("--encrypt", self.home.file("a", b"a"))
        wrong = link[:link.index(".", link.index("#"))]
        self.assert_refused(self.away.run("get", wrong), FAILED, "key is missing")
        self.assert_refused(self.away.run("get", wrong + "." + coding.to_text(bytes(32))), FAILED, "not the one")
        self.assert_refused(self.away.run("get", link[:-3]), FAILED, "not whole")
        self.assertEqual(self.away.names(), [])
        self.assertEqual(self.exchange()["downloads"], 0)

    def test_a_server_can_not_say_that_there_is_no_encryption(self):
        plain = self.send(self.home.file("a", b"a")) + "." + coding.to_text(bytes(32))
        self.assert_refused(self.away.run("get", plain), FAILED, "Don't trust it")
        request = self.home.ok("request")[0] + "." + coding.to_text(bytes(32))
        self.assert_refused(self.away.run("put", request, self.away.file("mine", b"private")), FAILED, "Don't trust it")
        self.assertEqual(self.exchange()["files"], [])

    def test_encrypted_content_is_given_by_whoever_has_the_link(self):
        made = self.alice.ok("POST", "/api/exchanges", {"encrypted": True})
        key = coding.to_text(secrets.token_bytes(32))
        self.away.ok("put", f"{made['upload_page']}.{key}", self.away.file("from outside", bytes(LARGE)))
        self.assertEqual(self.home.ok("get", f"{made['download_page']}.{key}"), ["./from outside"])
        self.assertEqual((self.home.folder / "from outside").read_bytes(), bytes(LARGE))


class Receiving(Story):
    def test_files_land_among_ones_own(self):
        link = self.home.ok("request", "--max-files", 3, "--max-size", "10MB", "--note", "Your photos, please")[0]
        content = secrets.token_bytes(LARGE)
        done = self.away.run("put", link, self.away.file("a.jpg", b"small"), self.away.file("b.jpg", content))
        self.assertEqual(done.returncode, OK, done)
        self.assertIn("Your photos, please", done.stderr)
        owned = {asset["name"]: asset for asset in self.alice.ok("GET", "/api/assets")["items"]}
        self.assertEqual(owned["b.jpg"]["digest"], "sha-256:" + hashlib.sha256(content).hexdigest())
        self.assert_refused(self.away.run("put", link, "a.jpg", "b.jpg"), FAILED, "takes 1 more")
        self.assertEqual(self.away.run("put", link, "a.jpg").returncode, OK)

    def test_links_are_for_one_direction(self):
        link = self.home.ok("request")[0]
        self.assert_refused(self.away.run("get", link), FAILED, "kith exchange put")
        link = self.send(self.home.file("a", b"a"))
        self.assert_refused(self.away.run("put", link, self.away.file("b", b"b")), FAILED, "kith exchange get")

    def test_links_that_are_over_say_so(self):
        link = self.send(self.home.file("a", b"a"), "--max-downloads", 1)
        self.away.ok("get", link)
        until(lambda: self.exchange()["state"] == "exhausted", self.exchange)
        (self.away.folder / "a").unlink()
        self.assert_refused(self.away.run("get", link), NO_GOOD)
        self.assert_refused(self.away.run("get", link[:-43] + "A" * 43), NO_GOOD)
        self.assert_refused(self.away.run("get", "http://127.0.0.1:1/exchange/d#" + "A" * 43), UNREACHABLE)
        for senseless in ("nonsense", link[:-1], link.replace("/exchange/d", "/d")):
            self.assert_refused(self.away.run("get", senseless), FAILED, "link")
        self.assert_refused(self.away.run("get", "file:///exchange/d#" + "A" * 43), FAILED, "address")

    def test_the_command_line_is_checked(self):
        self.assertEqual(self.home.run("send").returncode, SENSELESS)
        self.assertEqual(self.home.run("send", "a", "--expires", "soon").returncode, SENSELESS)
        self.assertEqual(self.home.run("request", "--max-size", "much").returncode, SENSELESS)
        self.assertEqual(self.home.run("get").returncode, SENSELESS)
        self.assertEqual(self.home.run("--help").returncode, OK)


class Breaks(Story):
    def through(self, proxy, link):
        return link.replace(self.instance.domain, f"127.0.0.1:{proxy.port}")

    def test_downloads_go_on_where_they_broke_off(self):
        content = secrets.token_bytes(LARGE)
        for encrypt in ([], ["--encrypt"]):
            with self.subTest(encrypt=encrypt), CuttingProxy(self.instance.public_port) as proxy:
                link = self.send(*encrypt, self.home.file("large", content))
                proxy.cut_every = 1_000_000
                [saved] = self.away.ok("get", self.through(proxy, link))
                self.assertEqual((self.away.folder / saved).read_bytes(), content)
                # Whoever began anew each time would never get beyond the first break. How many there are depends on
                # what a reset takes along that was not read yet.
                self.assertGreaterEqual(proxy.cuts, 2)

    def test_a_later_run_goes_on_too(self):
        content = secrets.token_bytes(LARGE)
        for encrypt in ([], ["--encrypt"]):
            with self.subTest(encrypt=encrypt), HoldingProxy(self.instance.public_port) as proxy:
                link = self.through(proxy, self.send(*encrypt, self.home.file("large", content)))
                proxy.hold_at = 2_000_000
                with self.away.start("get", link) as running:
                    until(lambda: any(size > 1_000_000 for size in self.hidden().values()), self.hidden)
                    running.send_signal(signal.SIGTERM)
                    self.assertEqual(running.wait(30), FAILED)
                self.assertEqual(len(self.hidden()), 1)
                proxy.hold_at, proxy.capture = None, bytearray()
                proxy.may_go_on.set()
                [saved] = self.away.ok("get", link)
                self.assertEqual((self.away.folder / saved).read_bytes(), content)
                self.assertLess(len(proxy.capture), 2_000_000, "only the rest was asked for")
                self.assertEqual(self.hidden(), {})
                (self.away.folder / saved).unlink()

    def hidden(self):
        return {path.name: path.stat().st_size for path in self.away.folder.iterdir() if path.name.startswith(".")}

    def test_uploads_go_on_where_they_broke_off(self):
        content = secrets.token_bytes(LARGE)
        with UploadCuttingProxy(self.instance.public_port) as proxy:
            link = self.through(proxy, self.home.ok("request")[0])
            done = self.away.run("put", link, self.away.file("broken up", content))
            self.assertEqual(done.returncode, OK, done)
            self.assertGreaterEqual(proxy.cuts, 2)
        [file] = self.exchange()["files"]
        self.assertEqual(file["digest"], "sha-256:" + hashlib.sha256(content).hexdigest())

    def test_a_lost_answer_makes_no_second_file(self):
        with AnswerLosingProxy(self.instance.public_port) as proxy:
            proxy.capture = bytearray()
            link = self.through(proxy, self.home.ok("request", "--max-files", 3)[0])
            self.away.ok("put", link, self.away.file("once.txt", b"once"))
            self.assertEqual(proxy.cuts, 1)
        self.assertEqual([file["name"] for file in self.exchange()["files"]], ["once.txt"])

    def test_damaged_content_is_thrown_away(self):
        content = secrets.token_bytes(LARGE)
        for encrypt in ([], ["--encrypt"]):
            with self.subTest(encrypt=encrypt), CuttingProxy(self.instance.public_port) as proxy:
                link = self.through(proxy, self.send(*encrypt, self.home.file("large", content)))
                proxy.flip_at = 2_500_000
                self.assert_refused(self.away.run("get", link), FAILED, "damaged", "thrown away")
                self.assertEqual(self.away.names(), [])
                proxy.flip_at = None
                self.away.ok("get", link)
                (self.away.folder / "large").unlink()


class Names(Story):
    def test_nothing_is_overwritten(self):
        self.away.file("a.txt", b"mine")
        self.away.file("a (2).txt", b"mine too")
        link = self.send(self.home.file("a.txt", b"new"))
        self.assertEqual(self.away.ok("get", link), ["./a (3).txt"])
        self.assertEqual((self.away.folder / "a.txt").read_bytes(), b"mine")
        self.assertEqual((self.away.folder / "a (3).txt").read_bytes(), b"new")

    def test_what_was_got_before_is_not_got_again(self):
        link = self.send(self.home.file("a.txt", b"once"))
        self.assertEqual(self.away.ok("get", link), ["./a.txt"])
        self.assertEqual(self.away.ok("get", link), ["./a.txt"])
        self.assertEqual(self.away.names(), ["a.txt"])
        self.assertEqual(self.exchange()["downloads"], 1)

    def test_a_link_planted_in_the_folder_is_not_followed(self):
        content = b"from the server"
        link = self.send(self.home.file("a", content))
        target = self.home.folder / "precious"
        target.write_bytes(b"precious")
        planted = f".kith-{hashlib.sha256(content).hexdigest()[:32]}.part"
        (self.away.folder / planted).symlink_to(target)
        self.assertEqual(self.away.run("get", link).returncode, FAILED)
        (self.away.folder / planted).unlink()
        os.link(target, self.away.folder / planted)
        self.assertEqual(self.away.run("get", link).returncode, FAILED)
        self.assertEqual(target.read_bytes(), b"precious")


class HostileServer(unittest.TestCase):
    """What a server says is no reason to write anywhere else, or to send anything to a terminal."""

    NAMES = ["../../escaped", "/etc/passwd", "a\\..\\b", "\x1b]0;title\x07", "-rf", ".bashrc", "..", "",
             "a" * 5000 + ".txt", "photo\u202egpj.exe", "new\nline", "nul\x00"]
    CONTENT = b"content"

    def serve(self, body_of):
        """A link to a server that answers what `body_of` makes of the path."""
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                body = body_of(urllib.parse.urlsplit(self.path).path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # kith may have heard enough
                    self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/exchange/d#" + "A" * 43

    def offer(self, path):
        digest = "sha-256:" + hashlib.sha256(self.CONTENT).hexdigest()
        if path == "/exchange/info":
            files = [{"number": number, "name": name, "size": len(self.CONTENT), "digest": digest}
                     for number, name in enumerate(self.NAMES, 1)]
            return json.dumps({"role": "download", "encrypted": False, "password_required": False, "files_left": 0,
                               "note": "\x1b[2Jcleared", "from": {"person": "\x1b[31mred", "domain": "x"},
                               "files": files}).encode()
        if path == "/exchange/download-url":
            return json.dumps({"url": "http://elsewhere/exchange/content/1", "size": len(self.CONTENT)}).encode()
        return self.CONTENT

    def test_names_stay_in_the_folder(self):
        with Shell(group=["exchange"]) as shell:
            done = shell.run("get", self.serve(self.offer), "-o", "in")
            self.assertEqual(done.returncode, OK, done)
            self.assertEqual(shell.names(), ["in"])
            saved = sorted(path.name for path in (shell.folder / "in").iterdir())
            self.assertEqual(len(saved), len(self.NAMES) - 1, saved)  # ".." and "" are both "file", and the same
            for name in saved:
                self.assertTrue((shell.folder / "in" / name).is_file())
                self.assertLessEqual(len(name.encode()), 255)
                self.assertFalse(name.startswith((".", "-")), name)
                self.assertTrue(name.isprintable(), ascii(name))
            for text in (done.stdout, done.stderr):
                self.assertNotIn("\x1b", text)
                self.assertNotIn("\x07", text)

    def test_answers_that_make_no_sense_are_said_to_be(self):
        bodies = [b"", b"<html>", b"[]", b"{}", b'{"role":"download"}', b"[" * 100_000, b" " * 3_000_000]
        for body in bodies:
            with self.subTest(body=body[:20]), Shell(group=["exchange"]) as shell:
                done = shell.run("get", self.serve(lambda _, body=body: body))
                self.assertEqual(done.returncode, FAILED, done)
                self.assertIn("kith server", done.stderr)


if __name__ == "__main__":
    unittest.main()
