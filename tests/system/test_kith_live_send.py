"""`kith live send` on its own side: what it offers, how it ends, what a pipe can do, and connections that break."""

import json
import secrets
import signal
import subprocess
import threading

from cutting_proxy import CuttingProxy
from kith_instance import until
from kith_shell import ABSENT, FAILED, NO_GOOD, OK, SENSELESS, HoldingProxy, Shell, UploadCuttingProxy
from live_ends import Ended, Receiver
from test_kith_live import Running, Story

LARGE = 20_000_000


class Ending(Story):
    def test_the_link_ends_with_the_sender(self):
        for arguments, status in (([], OK), (["--once"], FAILED)):
            for each in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(arguments=arguments, signal=each):
                    sender = self.send(*arguments, self.home.file("a", b"a"))
                    self.assertEqual(Receiver(sender.link).listing()["files"][0]["name"], "a")
                    sender.process.send_signal(each)
                    self.assertEqual(sender.ended(), status, sender.words())
                    with self.assertRaises(Ended) as refused:
                        Receiver(sender.link).listing()
                    self.assertEqual(refused.exception.code, "not_found")

    def test_a_script_gets_one_document_and_nothing_else(self):
        sender = self.running(self.home, "send", "--json", "--once", self.home.file("a", b"content"))
        made = json.loads(sender.process.stdout.readline())
        self.assertEqual(set(made), {"link", "live_id", "expires_at"})
        self.assertEqual(Receiver(made["link"]).receive(), b"content")
        self.assertEqual(sender.ended(), OK, sender.words())
        self.assertEqual(sender.process.stdout.read(), "")

    def test_it_says_what_can_not_be_sent(self):
        (self.home.folder / "folder").mkdir()
        for arguments, status, word in ((["folder"], FAILED, "tar"), (["absent"], ABSENT, "absent"),
                                        (["-", "absent"], SENSELESS, "standard input"), ([], SENSELESS, "FILE"),
                                        (["/dev/null"], FAILED, "Pipe it in")):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.home.run("send", *arguments), status, word)
        self.home.file("a", b"a")
        with Shell(group=["live"]) as nobody:
            self.assert_refused(nobody.run("send", self.home.folder / "a"), NO_GOOD, "kith login")

    def test_the_others_are_served_when_one_has_changed(self):
        sender = self.send(self.home.file("a", b"a"), self.home.file("b", b"b"))
        self.home.file("a", b"changed")
        with self.assertRaises(Ended) as refused:
            Receiver(sender.link).receive(0)
        self.assertEqual(refused.exception.code, "file_changed")
        sender.has_said("a: It changed")
        self.assertEqual(Receiver(sender.link).receive(1), b"b")
        sender.has_said("b was received and verified")

    def test_what_changed_and_was_all_ends_it(self):
        sender = self.send("--quiet", self.home.file("a", b"a"))
        self.home.file("a", b"")
        self.assertRaises(Ended, Receiver(sender.link).receive)
        self.assertEqual(sender.ended(), FAILED)
        self.assertEqual(sender.words().splitlines(),
                         ["kith: a: It changed after it was offered. Offer it again."])


class Piping(Story):
    def piping(self, *arguments):
        return self.send("-", *arguments, stdin=subprocess.PIPE)

    def feed(self, sender, content):
        def write():
            with sender.process.stdin as pipe:
                pipe.buffer.write(content)

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        self.addCleanup(thread.join)

    def test_one_receiver_gets_it_and_no_other(self):
        sender = self.piping("--name", "all.tar")
        first = self.running(self.away, "receive", sender.link)
        sender.process.stdin.write("some")
        sender.process.stdin.flush()
        first.has_said("all.tar")
        until(lambda: self.asked(sender.link) == "transfer_ended", "a second one is refused")
        sender.has_said("only one can get")
        self.feed(sender, b"thing")
        self.assertEqual(first.ended(), OK, first.words())
        self.assertEqual((self.away.folder / "all.tar").read_bytes(), b"something")
        self.assertEqual(sender.ended(), OK, sender.words())

    def asked(self, link):
        try:
            return Receiver(link).receive()
        except Ended as error:
            return error.code

    def test_it_goes_on_after_a_short_break(self):
        content = secrets.token_bytes(LARGE)
        sender = self.piping()
        self.feed(sender, content)
        with CuttingProxy(self.instance.public_port) as proxy:
            proxy.cut_every = 4_000_000
            self.assertEqual(self.away.ok("receive", self.through(proxy, sender.link)), ["./stdin"])
            self.assertGreaterEqual(proxy.cuts, 2)
        self.assertEqual((self.away.folder / "stdin").read_bytes(), content)
        self.assertEqual(sender.ended(), OK, sender.words())

    def test_an_end_without_a_receiver_waits_for_one(self):
        sender = self.piping()
        sender.process.stdin.close()
        self.assertEqual(Receiver(sender.link).receive(), b"")
        self.assertEqual(sender.ended(), OK, sender.words())


class Breaking(Story):
    def sending_through(self, proxy, *arguments):
        shell = Shell({"KITH_TOKEN": self.alice.token, "KITH_SERVER": f"http://127.0.0.1:{proxy.port}"}, ["live"])
        self.addCleanup(shell.__exit__)
        sender = Running(shell, "send", *arguments)
        self.addCleanup(sender.close)
        sender.link = sender.process.stdout.readline().strip()
        return sender

    def test_chunks_are_sent_again_over_another_connection(self):
        content = secrets.token_bytes(10_000_000)
        path = self.home.folder / self.home.file("a", content)
        with UploadCuttingProxy(self.instance.local_port) as proxy:
            sender = self.sending_through(proxy, "--once", path)
            self.assertEqual(Receiver(sender.link).receive(), content)
            self.assertGreaterEqual(proxy.cuts, 2)  # a connection for each carrier, and more than they bear
            self.assertEqual(sender.ended(), OK, sender.words())

    def test_it_is_there_again_after_its_connection_broke(self):
        content = secrets.token_bytes(LARGE)
        path = self.home.folder / self.home.file("a", content)
        with CuttingProxy(self.instance.local_port) as proxy, HoldingProxy(self.instance.public_port) as held:
            sender = self.sending_through(proxy, "--once", path)
            held.hold_at = 4_000_000
            receiver = self.running(self.away, "receive", self.through(held, sender.link))
            until(lambda: any(size > 2_000_000 for size in self.hidden().values()), "a part arrived")
            proxy.refuses = True
            proxy.cut_all()
            sender.has_said("Trying again")
            held.may_go_on.set()
            receiver.has_said("Waiting for them")
            proxy.refuses = False
            self.assertEqual(receiver.ended(), OK, receiver.words())
            self.assertEqual(sender.ended(), OK, sender.words())
        self.assertEqual((self.away.folder / "a").read_bytes(), content)

    def test_a_server_that_stops_ends_it(self):
        for kill, status in ((False, NO_GOOD), (True, ABSENT)):
            with self.subTest(kill=kill):
                sender = self.send(self.home.file("a", b"a"))
                self.assertEqual(Receiver(sender.link).receive(), b"a")
                self.instance.restart(kill)
                self.assertEqual(sender.ended(), status, sender.words())
                self.assertIn("Send again", sender.words())
