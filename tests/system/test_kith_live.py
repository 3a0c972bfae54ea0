"""Live transfers from one shell to another: `kith live send` and `kith live receive` against the real kithd, over
connections that break, with ends that are killed, and with servers that mean harm."""

import contextlib
import hashlib
import http.server
import json
import os
import secrets
import signal
import subprocess
import threading
import unittest
import urllib.parse

import second_live as live
from cutting_proxy import CuttingProxy
from kith_instance import until
from kith_shell import ABSENT, FAILED, OK, SENSELESS, UNREACHABLE, HoldingProxy, HomeAndAway, Shell

LARGE = 20_000_000


class Running:
    """A `kith live …` that runs, and what it said on standard error so far."""

    def __init__(self, shell, *arguments, stdin=subprocess.DEVNULL):
        self.process = shell.start(*arguments, stdin=stdin)
        self.said = []
        self.reader = threading.Thread(target=lambda: self.said.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def has_said(self, words):
        until(lambda: words in self.words(), lambda: f"{words!r} in {self.words()!r}")

    def words(self):
        return "".join(self.said)

    def ended(self, seconds=30):
        status = self.process.wait(seconds)
        self.reader.join()
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.ended()
        self.process.stdout.close()
        self.process.stderr.close()


class Story(HomeAndAway):
    group = "live"

    def running(self, shell, *arguments, **wishes):
        process = Running(shell, *arguments, **wishes)
        self.addCleanup(process.close)
        return process

    def send(self, *arguments, **wishes):
        """A sender that serves, with its link."""
        sender = self.running(self.home, "send", *arguments, **wishes)
        sender.link = sender.process.stdout.readline().strip()
        self.assertTrue(sender.link.startswith(f"http://{self.instance.domain}/live/l#"), sender.words())
        return sender

    def through(self, proxy, link):
        return link.replace(self.instance.domain, f"127.0.0.1:{proxy.port}")

    def assert_refused(self, done, status, *words):
        self.assertEqual(done.returncode, status, done)
        self.assertEqual(done.stdout, "")
        for word in words:
            self.assertIn(word, done.stderr)

    def hidden(self):
        return {path.name: path.stat().st_size for path in self.away.folder.iterdir() if path.name.startswith(".")}


class Sending(Story):
    def test_files_reach_somebody_who_has_only_the_link(self):
        files = {"empty": b"", "Größe 📷.txt": b"size", "-rf": b"minus", ".bashrc": b"dot",
                 "photo\u202egpj.exe": b"bidi", "large.bin": secrets.token_bytes(1_000_001)}
        (self.home.folder / "sub").mkdir()
        names = [f"./{self.home.file(name, content)}" for name, content in files.items()]
        sender = self.send("--once", *names, self.home.file("sub/empty", b"another"))
        done = self.away.run("receive", sender.link, "-o", "new/folder")
        self.assertEqual(done.returncode, OK, done)
        expected = {"empty": b"", "Größe 📷.txt": b"size", "rf": b"minus", "bashrc": b"dot", "photo_gpj.exe": b"bidi",
                    "large.bin": files["large.bin"], "empty (2)": b"another"}
        self.assertEqual(done.stdout.splitlines(), [f"new/folder/{name}" for name in expected])
        self.assertIn("From alice", done.stderr)
        saved = {path.name: path.read_bytes() for path in (self.away.folder / "new/folder").iterdir()}
        self.assertEqual(saved, expected, "and nothing that was hidden meanwhile")
        self.assertEqual(sender.ended(), OK, sender.words())

    def test_a_pipe_goes_through(self):
        content = secrets.token_bytes(1_500_000)
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as source:
            sender = self.send("-", "--name", "piped", "--once", stdin=source.stdout)
            receiver = self.running(self.away, "receive", sender.link, "-o", "-")
            received = []
            reader = threading.Thread(target=lambda: received.append(receiver.process.stdout.buffer.read()))
            reader.start()
            source.stdin.write(content)
            source.stdin.close()
            self.assertEqual(receiver.ended(), OK, receiver.words())
            reader.join()
        self.assertEqual(b"".join(received), content)
        self.assertEqual(sender.ended(), OK, sender.words())

    def test_receivers_come_at_once_and_choose(self):
        content = secrets.token_bytes(LARGE)
        sender = self.send(self.home.file("a", b"small"), self.home.file("b", content))
        both = [self.running(self.away, "receive", "-", "-o", name, "--file", 2, stdin=subprocess.PIPE)
                for name in ("one", "two")]
        for receiver in both:
            receiver.process.stdin.write(sender.link + "\n")
            receiver.process.stdin.close()
        for name, receiver in zip(("one", "two"), both):
            self.assertEqual(receiver.ended(), OK, receiver.words())
            self.assertEqual(os.listdir(self.away.folder / name), ["b"])
            self.assertEqual((self.away.folder / name / "b").read_bytes(), content)
        done = self.away.run("receive", sender.link, "--json")
        self.assertEqual((done.returncode, done.stderr), (OK, ""), done)
        digests = ["sha-256:" + hashlib.sha256(each).hexdigest() for each in (b"small", content)]
        self.assertEqual(json.loads(done.stdout), {"files": [
            {"name": "a", "path": "./a", "size": 5, "digest": digests[0]},
            {"name": "b", "path": "./b", "size": LARGE, "digest": digests[1]}]})


class Refusing(Story):
    def test_nothing_is_overwritten(self):
        self.away.file("b", b"mine")
        sender = self.send(self.home.file("a", b"new a"), self.home.file("b", b"new b"))
        self.assert_refused(self.away.run("receive", sender.link), FAILED, "b here already", "-o", "--file 1")
        self.assertEqual(self.away.names(), ["b"])
        self.assertEqual(self.away.ok("receive", sender.link, "--file", 1), ["./a"])
        self.assertEqual((self.away.folder / "b").read_bytes(), b"mine")

    def test_a_pipe_that_nobody_reads_is_an_error(self):
        sender = self.send(self.home.file("large", secrets.token_bytes(LARGE)))
        receiver = self.running(self.away, "receive", sender.link, "-o", "-")
        receiver.process.stdout.close()
        self.assertEqual(receiver.ended(), FAILED)
        self.assertIn("standard output", receiver.words())
        self.assert_refused(self.away.run("receive", sender.link, "-o", "-", "--file", 2), FAILED, "no file 2")

    def test_links_that_are_no_good_say_why(self):
        sender = self.send(self.home.file("a", b"a"))
        page, fragment = sender.link.split("#")
        code, secret = fragment.split(".")
        wrong = live.to_text(bytes(32))
        self.assert_refused(self.away.run("receive", f"{page}#{code}.{wrong}"), FAILED, "does not fit this link")
        done = self.away.run("receive", f"{page}#{code}.{wrong}", "--json")
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "not_authentic")
        unknown = ("0" if code[0] != "0" else "1") + code[1:]
        self.assert_refused(self.away.run("receive", f"{page}#{unknown}.{secret}"), ABSENT, "sender has left")
        self.assert_refused(self.away.run("receive", sender.link[:-1]), FAILED, "link")
        self.assert_refused(self.away.run("receive", "http://127.0.0.1:1/live/l#" + sender.link.split("#")[1]),
                            UNREACHABLE)
        other = page.replace("/live/l", "/exchange/d") + "#" + "A" * 43
        self.assert_refused(self.away.run("receive", other), FAILED, "kith exchange get")
        self.assert_refused(self.away.run("receive", sender.link, "--file", 2), FAILED, "no file 2")
        self.assertEqual(self.away.run("receive").returncode, SENSELESS)
        self.assertEqual(self.away.names(), [])


class Breaks(Story):
    def test_it_goes_on_over_connections_that_break(self):
        content = secrets.token_bytes(LARGE)
        sender = self.send("--once", self.home.file("large", content))
        with CuttingProxy(self.instance.public_port) as proxy:
            proxy.cut_every = 4_000_000
            [saved] = self.away.ok("receive", self.through(proxy, sender.link))
            # Whoever began anew each time would never get beyond the first break.
            self.assertGreaterEqual(proxy.cuts, 2)
        self.assertEqual((self.away.folder / saved).read_bytes(), content)
        self.assertEqual(self.hidden(), {})
        self.assertEqual(sender.ended(), OK, sender.words())

    def begin(self, proxy, link):
        """A receiver that hangs with a part of the file, as the proxy does."""
        proxy.hold_at = 4_000_000
        receiver = self.running(self.away, "receive", link)
        until(lambda: any(size > 2_000_000 for size in self.hidden().values()),
              lambda: (self.hidden(), receiver.words()))
        return receiver

    @contextlib.contextmanager
    def hanging(self):
        with HoldingProxy(self.instance.public_port) as proxy:
            yield proxy
            proxy.may_go_on.set()

    def test_a_killed_receiver_goes_on(self):
        content = secrets.token_bytes(LARGE)
        sender = self.send("--once", self.home.file("large", content))
        with self.hanging() as proxy:
            link = self.through(proxy, sender.link)
            first = self.begin(proxy, link)
            self.assert_refused(self.away.run("receive", sender.link), FAILED, "Another kith")
            first.process.kill()
            first.ended()
            second = self.running(self.away, "receive", link)
            second.has_said("Going on behind")
            second.process.send_signal(signal.SIGINT)
            self.assertEqual(second.ended(), FAILED)
            self.assertIn("the same command goes on", second.words())
            self.assertEqual(len(self.hidden()), 1)
            proxy.hold_at, proxy.capture = None, bytearray()
            proxy.may_go_on.set()
            self.assertEqual(self.away.ok("receive", link), ["./large"])
            self.assertLess(len(proxy.capture), LARGE - 1_000_000, "only the rest was asked for")
        self.assertEqual((self.away.folder / "large").read_bytes(), content)
        self.assertEqual(self.away.names(), ["large"])
        self.assertEqual(sender.ended(), OK, sender.words())

    def test_what_an_earlier_run_left_may_be_damaged(self):
        content = secrets.token_bytes(LARGE)
        sender = self.send(self.home.file("large", content))
        with self.hanging() as proxy:
            first = self.begin(proxy, self.through(proxy, sender.link))
            first.process.kill()
            first.ended()
        [part] = self.away.folder.iterdir()
        with part.open("r+b") as file:
            file.write(b"damaged")
        done = self.away.run("receive", sender.link)
        self.assertEqual(done.returncode, OK, done)
        self.assertIn("damaged", done.stderr)
        self.assertEqual((self.away.folder / "large").read_bytes(), content)

    def test_a_file_that_changed_is_not_gone_on_with(self):
        # One that has nothing else to offer would end.
        sender = self.send(self.home.file("large", secrets.token_bytes(LARGE)), self.home.file("other", b"other"))
        with self.hanging() as proxy:
            link = self.through(proxy, sender.link)
            first = self.begin(proxy, link)
            first.process.kill()
            first.ended()
            self.home.file("large", secrets.token_bytes(LARGE))
            proxy.hold_at = None
            proxy.may_go_on.set()
            self.assert_refused(self.away.run("receive", link, "--file", 1), FAILED,
                                "another one at the sender")
        self.assertEqual(self.away.names(), [], "pieces of the old one are of no use")

    def test_a_receiver_is_told_of_a_sender_that_leaves(self):
        sender = self.send(self.home.file("large", secrets.token_bytes(LARGE)))
        with self.hanging() as proxy:
            receiver = self.begin(proxy, self.through(proxy, sender.link))
            sender.process.send_signal(signal.SIGINT)
            sender.ended()
            proxy.may_go_on.set()
            self.assertEqual(receiver.ended(), ABSENT, receiver.words())
        self.assertIn("sender is gone", receiver.words())
        self.assertEqual(self.away.names(), [])

    def test_a_receiver_is_told_that_the_senders_connection_broke(self):
        sender = self.send(self.home.file("small", b"small"), self.home.file("large", secrets.token_bytes(LARGE)))
        with self.hanging() as proxy:
            receiver = self.begin(proxy, self.through(proxy, sender.link))
            sender.process.kill()
            sender.ended()
            proxy.may_go_on.set()
            receiver.has_said("Waiting for them")
            receiver.process.send_signal(signal.SIGTERM)
            self.assertEqual(receiver.ended(), FAILED)
        self.assertIn("the same command with --file 2 goes on", receiver.words())
        self.assertEqual(len(self.hidden()), 1, "they might have come back")


class HostileServer(unittest.TestCase):
    """What a server and a sender say is no reason to write anywhere else, or to send anything to a terminal."""

    NAMES = ["../../escaped", "/etc/passwd", "a\\..\\b", "\x1b]0;title\x07", "-rf", ".bashrc", "..", "", "a" * 3000,
             "photo\u202egpj.exe", "new\nline", "nul\x00"]
    LIVE_ID, REQUEST_ID = "01j9z3v7k2m4n6p8q0r2s4t6v8", "01j9z3v7k2m4n6p8q0r2s4t6v9"

    def setUp(self):
        self.secret = secrets.token_bytes(32)
        self.auth = live.auth_key(self.secret)
        self.away = Shell(group=["live"])
        self.addCleanup(self.away.__exit__)
        self.stream = self.good_stream

    def listing(self):
        files = [{"name": name, "size": 0, "type": "\x1b[2J"} for name in self.NAMES]
        return {"live_id": self.LIVE_ID, "files": files, "mac": live.to_text(live.files_mac(self.auth, files)),
                "from": {"person": "\x1b[31mred", "instance": "\x07"}, "sender_here": True, "expires_at": "\x1b"}

    def opening(self):
        """Of the empty file that was asked for, and its only chunk."""
        secret_key = os.urandom(32)
        of = live.Request(self.LIVE_ID, self.REQUEST_ID, self.asked["file"], live.from_text(self.asked["public_key"]),
                          live.public_of(secret_key))
        salt = os.urandom(32)
        keys = live.Keys(self.secret, of, secret_key, of.receiver_key, salt)
        line = {"public_key": live.to_text(of.sender_key), "salt": live.to_text(salt), "chunks": 1, "from": 0,
                "mac": live.to_text(live.sender_mac(self.auth, of, salt, 1, 0)), "attempt": 1}
        return line, keys.seal(0, True, hashlib.sha256(b"").digest())

    def good_stream(self):
        line, sealed = self.opening()
        return b"\n".join([json.dumps(line).encode(), json.dumps({"chunk": 0, "bytes": len(sealed)}).encode(), sealed])

    def answer(self, method, path, body):
        if method == "POST" and path.endswith("/requests"):
            self.asked = json.loads(body)
            return json.dumps({"request_id": self.REQUEST_ID, "token": live.to_text(bytes(32))}).encode()
        if path.endswith("/stream"):
            return self.stream()
        return b"" if "/requests" in path else json.dumps(self.listing()).encode()

    def serve(self):
        """A link to a server that answers what answer() says."""
        story = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = story.answer(self.command, urllib.parse.urlsplit(self.path).path, body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with contextlib.suppress(OSError):  # kith may have heard enough
                    self.wfile.write(answer)

            do_POST = do_DELETE = do_GET

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/live/l#0123456789ab.{live.to_text(self.secret)}"

    def test_names_stay_in_the_folder(self):
        done = self.away.run("receive", self.serve(), "-o", "in")
        self.assertEqual(done.returncode, OK, done)
        self.assertEqual(self.away.names(), ["in"])
        saved = sorted(path.name for path in (self.away.folder / "in").iterdir())
        self.assertEqual(len(saved), len(self.NAMES), saved)
        for name in saved:
            self.assertLessEqual(len(name.encode()), 255)
            self.assertFalse(name.startswith((".", "-")), name)
            self.assertTrue(name.isprintable(), ascii(name))
        for text in (done.stdout, done.stderr):
            self.assertNotIn("\x1b", text)
            self.assertNotIn("\x07", text)

    def test_streams_that_make_no_sense_are_said_to_be(self):
        link = self.serve()
        chunk = b'{"chunk":0,"bytes":48}\n' + bytes(48)
        for stream, words in ((b"x" * 5000, "kith server"), (b"<html>\n", "kith server"), (chunk, "before the sender"),
                              (b'{"chunk":0,"bytes":262161}\n', "kith server"),
                              (b'{"error":{"code":"file_changed","detail":"\x1b"}}\n', "kith server"),
                              (b'{"error":{"code":"file_changed","detail":"x"}}\n', "another one at the sender")):
            with self.subTest(stream=stream[:30]):
                self.stream = lambda stream=stream: stream
                done = self.away.run("receive", link, "-o", "in")
                self.assertEqual(done.returncode, FAILED, done)
                self.assertIn(words, done.stderr)
                self.assertEqual(os.listdir(self.away.folder / "in"), [])

    def test_a_listing_that_nobody_vouches_for_is_not_shown(self):
        good = self.listing
        for mac in (None, live.to_text(bytes(32))):
            self.listing = lambda mac=mac: {**good(), "mac": mac}
            done = self.away.run("receive", self.serve())
            self.assertEqual((done.returncode, done.stdout), (FAILED, ""), done)
            self.assertNotIn("escaped", done.stderr)
            self.assertIn("Nothing was received", done.stderr)


if __name__ == "__main__":
    unittest.main()
