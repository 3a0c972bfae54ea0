"""Live transfers over a relay that rewrites what it carries: `kith live` finds out each time, says so and keeps
nothing. And over one that does not: both ends of kith with those of a second implementation."""

import contextlib
import json
import os
import subprocess
import threading
import unittest

import live_tricks as tricks
import live_vectors
import second_live as live
from kith_instance import SOURCE, Instance, until
from kith_shell import FAILED, OK, Shell
from live_ends import Ended, Receiver, Sender, listed
from live_relay import Relay, Tricks

NAME = "Größe 📷.bin"
CONTENT = live.content(2 * live.PIECE + 5)  # three pieces and the closing chunk


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.relay = Relay()
        cls.addClassCleanup(cls.relay.close)
        cls.instance = Instance(domain=f"127.0.0.1:{cls.relay.port}")
        cls.addClassCleanup(cls.instance.close)
        cls.relay.target = cls.instance.public_port
        cls.instance.start()
        cls.alice = cls.instance.add_user("alice")

    def setUp(self):
        self.relay.tricks = Tricks()
        server = f"http://127.0.0.1:{self.instance.local_port}"
        self.home = self.shell({"KITH_TOKEN": self.alice.token, "KITH_SERVER": server})
        self.away = self.shell({})

    def shell(self, environment):
        shell = Shell(environment, ["live"])
        self.addCleanup(shell.__exit__)
        return shell

    def send(self, *arguments, stdin=b""):
        """`kith live send`, its link, and what it says from now on."""
        sender = CommandLine(self.home, arguments, stdin)
        self.addCleanup(sender.close)
        return sender

    def sender(self, *files, **wishes):
        sender = Sender(self.alice, files, **wishes)
        sender.__enter__()
        self.addCleanup(sender.__exit__)
        return sender


class CommandLine:
    """A `kith live send` that runs."""

    def __init__(self, shell, arguments, stdin):
        self.process = shell.start("send", *arguments, stdin=subprocess.PIPE)
        self.said = []
        self.threads = [threading.Thread(target=act, daemon=True) for act in (self.listen, lambda: self.feed(stdin))]
        for thread in self.threads:
            thread.start()
        self.link = self.process.stdout.readline().strip()

    def listen(self):
        for line in self.process.stderr:
            self.said.append(line)

    def feed(self, content):
        with contextlib.suppress(BrokenPipeError), self.process.stdin as pipe:
            pipe.buffer.write(content)

    def words(self):
        return "".join(self.said)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()


class Vectors(unittest.TestCase):
    def test_they_are_what_the_second_implementation_makes(self):
        stored = json.loads((SOURCE / "tests/vectors/live.json").read_text(encoding="utf-8"))
        self.assertEqual(stored, live_vectors.vectors())


class Relayed(Story):
    def assert_refused(self, link, code, trick):
        self.relay.tricks = trick
        done = self.away.run("receive", link, "-o", "got", "--json")
        self.assertEqual(done.returncode, FAILED, done)
        self.assertIn(code, done.stdout + done.stderr)
        self.assertGreater(trick.done, 0, "the relay changed something")
        self.assertFalse((self.away.folder / "got" / NAME).exists(), done)
        return done.stdout

    def test_what_was_changed_is_refused(self):
        sender = self.send(self.home.file(NAME, CONTENT))
        for trick in (tricks.FlippedBit(), tricks.Swapped(), tricks.Repeated(), tricks.LeftOut(), tricks.Fewer(),
                      tricks.FromLater(), tricks.Listing(name="other.bin"),
                      tricks.Listing(size=len(CONTENT) - 1), tricks.Listing(size=None),
                      tricks.Listing(type="text/html")):
            with self.subTest(type(trick).__name__):
                self.assert_refused(sender.link, "not_authentic", trick)
        with self.subTest("SendersKey"):  # found out before any content is looked at
            words = self.assert_refused(sender.link, "not_authentic", tricks.SendersKey())
            self.assertIn("The sender's key does not fit the secret", words)
        with self.subTest("CutOff"):
            self.assert_refused(sender.link, "transfer_ended", tricks.CutOff(3))
        # The same offer is as good as before for whoever has an honest way to it.
        self.relay.tricks = replayed = tricks.Replayed()
        done = self.away.run("receive", sender.link, "-o", "got")
        self.assertEqual(done.returncode, OK, done)
        self.assertEqual((self.away.folder / "got" / NAME).read_bytes(), CONTENT)
        (self.away.folder / "got" / NAME).unlink()
        self.assert_refused(sender.link, "not_authentic", replayed)

    def test_a_stream_of_unknown_length_has_an_end_too(self):
        sender = self.send("-", "--name", NAME, stdin=CONTENT)
        self.assert_refused(sender.link, "transfer_ended", tricks.CutOff(3))

    def test_what_goes_to_a_pipe_fails_as_well(self):
        sender = self.send(self.home.file(NAME, CONTENT))
        self.relay.tricks = tricks.Swapped()
        done = subprocess.run(self.away.line(["receive", sender.link, "-o", "-", "-q"]), cwd=self.away.folder,
                              env=self.away.environment, capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (FAILED, b""), done.stderr)

    def test_a_receiver_without_the_secret_gets_nothing(self):
        sender = self.send(self.home.file(NAME, CONTENT))
        for with_mac in (False, True):
            with self.subTest(with_mac=with_mac):
                told = sender.words().count("They were refused")
                self.assert_refused(sender.link, "not_authentic", tricks.ReceiversKey(with_mac))
                until(lambda: sender.words().count("They were refused") > told, sender.words)

    def test_a_receipt_that_is_none_does_not_count(self):
        sender = self.send(self.home.file(NAME, CONTENT), "--once")
        self.relay.tricks = forged = tricks.ForgedReceipt()
        self.away.run("receive", sender.link, "-o", "forged")
        self.assertEqual(forged.done, 1)
        until(lambda: "receipt" in sender.words(), sender.words)
        self.relay.tricks = Tricks()
        self.assertEqual(self.away.run("receive", sender.link, "-o", "honest").returncode, OK)
        self.assertEqual(sender.process.wait(30), OK, sender.words())

    def test_keys_of_low_order_are_refused_even_of_who_has_the_secret(self):
        def low():
            return os.urandom(32), live_vectors.LOW_ORDER[0]

        with self.subTest("the sender's"):
            sender = self.sender(listed(NAME, CONTENT), key=low)
            done = self.away.run("receive", sender.link, "-o", "got", "--json")
            self.assertEqual(done.returncode, FAILED, done)
            self.assertIn("not_authentic", done.stdout + done.stderr)
        with self.subTest("the receiver's"), self.assertRaises(Ended) as refused:
            Receiver(self.send(self.home.file(NAME, CONTENT)).link, key=low).receive()
        self.assertEqual(refused.exception.code, "not_authentic")


class BetweenImplementations(Story):
    sizes = {"nothing": 0, "a byte ü": 1, "a piece": live.PIECE, "a piece and a byte 写": live.PIECE + 1}

    def test_from_the_second_one_to_kith(self):
        files = [listed(name, live.content(size)) for name, size in self.sizes.items()]
        sender = self.sender(*files, listed("a stream", CONTENT, size=None), listed("an empty one", b"", size=None))
        done = self.away.run("receive", sender.link, "-o", "got")
        self.assertEqual(done.returncode, OK, done)
        for file in sender.files:
            self.assertEqual((self.away.folder / "got" / file["name"]).read_bytes(), file["content"], file["name"])
        until(lambda: len(sender.received) == len(sender.files), lambda: sender.refused)
        self.assertEqual(sender.refused, [])

    def test_from_kith_to_the_second_one(self):
        names = [self.home.file(name, live.content(size)) for name, size in self.sizes.items()]
        sender = self.send(*names, "--once")
        receiver = Receiver(sender.link)
        for number, size in enumerate(self.sizes.values()):
            self.assertEqual(receiver.receive(number), live.content(size))
        self.assertEqual(sender.process.wait(30), OK, sender.words())
        self.assertEqual([file["name"] for file in receiver.found["files"]], names)

    def test_from_a_pipe_of_kith_to_the_second_one(self):
        for size in (0, 32, len(CONTENT)):
            with self.subTest(size=size):
                sender = self.send("-", "--name", "piped", "--once", stdin=live.content(size))
                receiver = Receiver(sender.link)
                self.assertEqual(receiver.receive(), live.content(size))
                file = receiver.found["files"][0]
                self.assertEqual((file["name"], file["size"]), ("piped", None))
                self.assertEqual(sender.process.wait(30), OK, sender.words())


if __name__ == "__main__":
    unittest.main()
