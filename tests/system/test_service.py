"""kithd as a service: what it tells systemd, sockets that systemd holds, reloading, and the journal."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

from canaries import Canaries
from kith_instance import Instance, RawConnection, SOURCE, free_port, kithd_binary, until

# Takes listening sockets as systemd passes them, and becomes kithd: LISTEN_PID is known only here.
BECOME = """
import fcntl, os, sys
count, program = int(sys.argv[1]), sys.argv[2:]
given = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 64) for fd in os.environ.pop("GIVEN").split()]
for number, fd in enumerate(given[:count]):
    os.dup2(fd, 3 + number)
for fd in given:
    os.close(fd)
os.environ.setdefault("LISTEN_PID", str(os.getpid()))
os.execv(program[0], program)
"""


class Datagrams:
    """A datagram socket at a path, and everything that came."""

    def __init__(self, path):
        self.path, self.received = str(path), []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        while data := self.socket.recv(1 << 17):  # nothing after close()
            self.received.append(data)

    def wait_for(self, wanted, after=0):
        """The number behind the first datagram from `after` on that `wanted` is true for."""
        return until(lambda: next((number + 1 for number, data in enumerate(self.received)
                                   if number >= after and wanted(data)), None),
                     lambda: f"a datagram at {self.path} after {after}; there are {self.received[-10:]}", 60)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.reader.join()
        self.socket.close()


def says(text):
    return lambda data: text.encode() in data


def journal_fields(data):
    """One entry, as systemd's journal reads it."""
    fields = {}
    while data:
        line, data = data.split(b"\n", 1)
        name, equals, value = line.partition(b"=")
        if not equals:
            length, = struct.unpack("<Q", data[:8])
            value, end, data = data[8:8 + length], data[8 + length:9 + length], data[9 + length:]
            assert end == b"\n", "a value ends where its length says"
        assert re.fullmatch(rb"[A-Z][A-Z0-9_]{0,63}", name), name
        fields[name.decode()] = value.decode()
    return fields


class Service(Instance):
    """kithd with a systemd of the test's own."""

    def __init__(self, *arguments, watchdog=2, **named):
        super().__init__(*arguments, **named)
        self.systemd = Datagrams(self.directory / "notify")
        self.environment = {"NOTIFY_SOCKET": self.systemd.path, "WATCHDOG_USEC": str(watchdog * 1_000_000)}

    def close(self):
        super().close()
        self.systemd.close()

    def ready(self, after=0):
        return self.systemd.wait_for(says("READY=1"), after)

    def reload(self):
        """Until it is done; where to look for what comes after."""
        after = len(self.systemd.received)
        self.process.send_signal(signal.SIGHUP)
        begun = self.systemd.wait_for(says("RELOADING=1"), after)
        return self.ready(begun)


class SlowUpload:
    """An upload whose first half is under way."""

    def __init__(self, user, name, content):
        self.user, self.name, self.content = user, name, content
        self.half = len(content) // 2
        self.connection = RawConnection(user.instance.local_port, timeout=60)
        self.connection.send_head("POST", f"/files?filename={name}", Content_Length=len(content), **user.authorization)
        self.connection.send(content[:self.half])

    def finish(self):
        self.connection.send(self.content[self.half:])
        status, _ = self.connection.read_head()
        self.connection.socket.close()
        return status


class Notify(unittest.TestCase):
    def test_a_life_as_systemd_sees_it(self):
        content = os.urandom(1 << 20)
        with Service() as service:
            systemd = service.systemd
            service.ready()
            self.assertEqual(service.local.request("GET", "/healthz").status, 200)
            self.assertEqual(service.public.request("GET", "/.well-known/kith").status, 200)
            systemd.wait_for(lambda data: data.startswith(b"STATUS=Serving 127.0.0.1:%d and 127.0.0.1:%d as %s; "
                                                          b"0 transfers running, 0 connections wait for approval" %
                                                          (service.local_port, service.public_port,
                                                           service.domain.encode())))
            for _ in range(3):
                systemd.wait_for(says("WATCHDOG=1"), len(systemd.received))

            carol = service.add_user("carol")
            upload = SlowUpload(carol, "slow.bin", content)
            systemd.wait_for(says("1 transfer running"))
            # systemd wants to know when a reload began, by the clock that never jumps.
            after = service.reload()
            reloading = next(data for data in systemd.received if b"RELOADING=1" in data).decode()
            self.assertRegex(reloading, r"^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+$")
            self.assertEqual(upload.finish(), 201)
            self.assertEqual(hashlib.sha256(carol.get("/files/slow.bin").body).digest(),
                             hashlib.sha256(content).digest())
            systemd.wait_for(says("; 0 transfers running"), after)

            last = SlowUpload(carol, "last.bin", content)
            systemd.wait_for(says("1 transfer running"), after)
            service.process.send_signal(signal.SIGTERM)
            stopping = systemd.wait_for(says("STOPPING=1"))
            self.assertRegex(systemd.received[stopping - 1].decode(), r"\nEXTEND_TIMEOUT_USEC=[1-9][0-9]{6,}$")
            systemd.wait_for(says("STATUS=Stopping"))
            self.assertEqual(last.finish(), 201)
            self.assertEqual(service.process.wait(60), 0)

    def test_a_daemon_that_hangs_pings_no_more(self):
        with Service(watchdog=1, settings={"limits": {"worker_threads": 2}}) as service:
            systemd = service.systemd
            service.ready()
            carol = service.add_user("carol")
            # Another process keeps the database to itself: who wants to write waits, until nobody is left to answer.
            database = sqlite3.connect(service.data / "kith.db", isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            waiting = [threading.Thread(target=carol.request, args=("POST", f"/files?filename={number}", b"content"))
                       for number in range(8)]
            for upload in waiting:
                upload.start()

            def silent():
                before = len(systemd.received)
                threading.Event().wait(1.5)  # as long as six pings
                return len(systemd.received) == before
            try:
                until(silent, "an end of the pings", 60)
                silence = len(systemd.received)
            finally:
                database.execute("ROLLBACK")
                database.close()
            for upload in waiting:
                upload.join()
            systemd.wait_for(says("WATCHDOG=1"), silence)


class Reload(unittest.TestCase):
    def test_what_can_change_changes_and_the_rest_is_told(self):
        with Service() as service:
            service.ready()
            carol = service.add_user("carol")
            self.assertEqual(service.local.request("GET", "/api/welcome").json()["registration"], "open")
            service.settings = {"accounts": {"registration": "closed", "default_quota": 12345},
                                "storage": {"max_file_size": 1000}, "limits": {"worker_threads": 3},
                                "alerts": {"webhook_url": "https://hooks.example/canary-of-the-webhook"},
                                "log": {"level": "debug"}}
            service.config_file()
            service.reload()
            told = service.wait_for_log("configuration read anew")
            for key in ("accounts.default_quota", "accounts.registration", "alerts.webhook_url", "log.level",
                        "storage.max_file_size"):
                self.assertIn(key, told)
            service.wait_for_log("limits.worker_threads needs a restart")
            self.assertEqual(service.local.request("GET", "/api/welcome").json()["registration"], "closed")
            self.assertEqual(carol.request("POST", "/files", body=bytes(1001), filename="a").status, 413)
            self.assertEqual(carol.request("POST", "/files", body=bytes(1000), filename="a").status, 201)
            service.wait_for_log('debug   request method=GET route=/api/welcome')
            self.assertNotIn("canary-of-the-webhook", "\n".join(service.log))

            # A mistake changes nothing, and says where it is.
            file = service.config_file()
            file.write_text('accounts:\n  registration: open\n  default_quota: much\n', encoding="utf-8")
            service.reload()
            mistake = service.wait_for_log("nothing has changed")
            self.assertIn(f"{file}:3:18: accounts.default_quota", mistake)
            self.assertEqual(service.local.request("GET", "/api/welcome").json()["registration"], "closed")
            self.assertEqual(carol.request("POST", "/files", body=bytes(1001), filename="a").status, 413)

            # What needed a restart holds from the next one.
            service.config_file()
            service.reload()
            service.settings["limits"] = {}
            service.config_file()
            after = len(service.log)
            service.reload()
            service.wait_for_log("configuration read anew", after=after)
            self.assertNotIn("needs a restart", "\n".join(service.log[after:]))


class Held(Service):
    """kithd whose listening sockets are the test's, as they are systemd's with kithd.socket."""

    def __init__(self, names="kithd.socket:kithd.socket", sockets=None, **named):
        super().__init__(**named)
        self.names = names
        self.sockets = sockets or [self.listen(self.public_port), self.listen(self.local_port)]

    @staticmethod
    def listen(port):
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", port))
        held.listen(512)
        return held

    def start(self, wait=True):
        self.pass_fds = [held.fileno() for held in self.sockets]
        self.environment |= {"GIVEN": " ".join(map(str, self.pass_fds)), "LISTEN_FDS": str(len(self.pass_fds)),
                             "LISTEN_FDNAMES": self.names}
        self.become = [sys.executable, "-c", BECOME, str(len(self.pass_fds))]
        return super().start(wait)

    def close(self):
        for held in self.sockets:
            held.close()
        super().close()


class Callers:
    """People who open the page again and again, each time anew, on both listeners."""

    def __init__(self, service):
        self.ports = {service.local_port: b"/healthz", service.public_port: b"/.well-known/kith"}
        self.answered, self.cut, self.wrong, self.stopping = {port: 0 for port in self.ports}, 0, [], False
        self.threads = [threading.Thread(target=self.call, args=(port,)) for port in self.ports]
        for thread in self.threads:
            thread.start()

    def call(self, port):
        while not self.stopping:
            try:
                with socket.create_connection(("127.0.0.1", port), 60) as connection:
                    connection.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" %
                                       (self.ports[port], port))
                    answer = connection.recv(64)
                if answer.startswith(b"HTTP/1.1 200 "):
                    self.answered[port] += 1
                elif answer:
                    self.wrong.append(answer)
                else:
                    self.cut += 1  # accepted in the moment of the stop: a browser asks again
            except ConnectionResetError:
                self.cut += 1
            except OSError as problem:
                self.wrong.append(problem)
            threading.Event().wait(0.002)  # or a fast machine runs out of ports

    def wait_for_more(self):
        before = dict(self.answered)
        until(lambda: self.wrong or all(self.answered[port] > before[port] + 5 for port in self.ports),
              "answers on both listeners", 60)

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()


class SocketActivation(unittest.TestCase):
    def test_nobody_is_refused_while_the_daemon_is_exchanged(self):
        with Held() as service:
            callers = Callers(service)
            try:
                callers.wait_for_more()
                for _ in range(3):
                    self.assertEqual(service.stop(), 0)
                    service.start()  # the old program, or the new one of an upgrade
                    callers.wait_for_more()
                # In the same process, as after a change of the domain.
                after = len(service.log)
                service.process.send_signal(signal.SIGUSR1)
                service.wait_for_log("starting again", after=after)
                service.wait_for_log("listening", after=after)
                callers.wait_for_more()
            finally:
                callers.stop()
            self.assertEqual(callers.wrong, [])

    def test_what_was_passed_to_others_is_left_alone(self):
        service = Held(sockets=[Held.listen(free_port())])  # would be refused, see below
        service.environment["LISTEN_PID"] = "1"
        with service:
            self.assertEqual(service.local.request("GET", "/healthz").status, 200)

    def test_sockets_that_fit_nowhere_are_told(self):
        for names, make, sentence in (("kithd.socket", socket.socket, "no listening"),
                                      ("kithd.socket", lambda: Held.listen(free_port()), "make ListenStream="),
                                      ("local", socket.socket, "no listening"),
                                      ("local:public", lambda: Held.listen(free_port()), "LISTEN_FDNAMES has 2 names")):
            service = Held(names=names, sockets=[make()])
            try:
                service.start(wait=False)
                self.assertEqual(service.process.wait(60), 1)
                service.log_reader.join()
                self.assertIn(sentence, "\n".join(service.log))
                service.process.stderr.close()
                service.process = None
            finally:
                service.close()


class Journal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kith-journal-")
        self.addCleanup(folder.cleanup)
        self.journal = Datagrams(pathlib.Path(folder.name) / "socket")
        self.addCleanup(self.journal.close)
        self.canaries = Canaries()

    def entry(self, **wanted):
        def fits(data):
            fields = journal_fields(data)
            return all(fields.get(name) == value for name, value in wanted.items())
        return journal_fields(self.journal.received[self.journal.wait_for(fits) - 1])

    def test_entries_have_fields_and_requests_their_id(self):
        settings = {"log": {"level": "debug", "format": "journal"}, "trusted_proxies": ["127.0.0.1"]}
        service = Service(settings=settings)
        service.environment["KITH_JOURNAL_SOCKET"] = self.journal.path
        service.start(wait=False)
        try:
            service.ready()
            listening = self.entry(KITH_EVENT="listening")
            self.assertEqual((listening["PRIORITY"], listening["SYSLOG_IDENTIFIER"]), ("6", "kithd"))
            self.assertEqual(listening["KITH_LOCAL"], f"127.0.0.1:{service.local_port}")
            # What `journalctl -u kithd` shows says the same to people.
            self.assertRegex(listening["MESSAGE"], f"^listening .*local=127.0.0.1:{service.local_port} ")

            password = self.canaries.plant("password")
            carol = service.add_user("carol", password=password)
            self.canaries.plant_token("token", carol.token)
            # A request is called as the proxy called it, in the answer and in every line about it.
            refused = service.public.request("POST", "/api/auth", b"{}", {"X-Request-Id": "proxy-1.a_b"})
            self.assertEqual(refused.headers["x-request-id"], "proxy-1.a_b")
            self.assertEqual(refused.json()["request_id"], "proxy-1.a_b")
            within = self.entry(KITH_REQUEST_ID="proxy-1.a_b", KITH_EVENT="a session was not opened")
            self.assertIn("request_id=proxy-1.a_b", within["MESSAGE"])
            finished = self.entry(KITH_REQUEST_ID="proxy-1.a_b", KITH_EVENT="request")
            self.assertEqual((finished["PRIORITY"], finished["KITH_ROUTE"]), ("7", "/api/auth"))
            # What is no name gets one.
            for wrong in ("a b", "x" * 65, "a=b"):
                answer = service.public.request("POST", "/api/auth", b"{}", {"X-Request-Id": wrong})
                self.assertRegex(answer.json()["request_id"], "^[0-9a-z]{26}$")
                self.entry(KITH_REQUEST_ID=answer.json()["request_id"], KITH_EVENT="a session was not opened")
            carol.get("/files")
            self.assertEqual(service.log, [])  # nothing is told twice
        finally:
            service.close()
        for name, received in (("journal", self.journal.received), ("systemd", service.systemd.received)):
            self.assertEqual(self.canaries.found_in(b"\n".join(received), is_text=True), [], name)

    def test_without_a_journal_lines_go_where_systemd_reads_them(self):
        with Service(settings={"log": {"format": "journal"}}) as service:
            self.assertTrue(any(re.match("<6>listening .*local=", line) for line in service.log))

    def test_the_command_line_goes_before_the_configuration(self):
        service = Service()
        service.arguments = ["--log-format", "json"]
        with service:
            line = json.loads(service.wait_for_log("listening"))
            self.assertEqual((line["message"], line["level"]), ("listening", "info"))
            service.reload()
            json.loads(service.wait_for_log("configuration read anew"))


class TwoHouses(unittest.TestCase):
    def test_admins_of_both_sides_find_the_same_request(self):
        settings = {"log": {"level": "debug"}}
        with Instance("here", settings=settings) as here, Instance("there", settings=settings) as there:
            there.add_user("root", admin=True).ok("POST", f"/api/admin/instances/{here.domain}/block")
            here.add_user("alice").ok("POST", "/api/connections", {"peer": f"bob@{there.domain}", "purpose": ""})
            told = here.wait_for_log("a peer refused a request")
            self.assertIn(f"domain={there.domain} status=403", told)
            there.wait_for_log("request_id=" + re.search(r"peer_request_id=([0-9a-z]{26})$", told)[1])


@unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
class Units(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kith-units-")
        self.addCleanup(folder.cleanup)
        self.units = []
        for name in ("kithd.service", "kithd.socket"):
            text = (SOURCE / "systemd" / name).read_text(encoding="utf-8")
            unit = pathlib.Path(folder.name) / name
            unit.write_text(text.replace("/usr/bin/kithd", kithd_binary()), encoding="utf-8")
            self.units.append(str(unit))

    def analyze(self, *arguments):
        run = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def test_the_units_are_sound(self):
        self.assertEqual(self.analyze("verify", "--man=no", *self.units), "")

    def test_the_service_is_shut_in(self):
        self.analyze("security", "--offline=yes", "--threshold=11", self.units[0])

    def test_every_relaxed_line_is_explained(self):
        told = self.analyze("security", "--offline=yes", "--threshold=11", self.units[0])
        text = (SOURCE / "systemd/kithd.service").read_text(encoding="utf-8")
        explained = text[text.index("# What is relaxed, and why."):]
        for line in told.splitlines():
            if line.startswith("✗"):
                setting = line.split()[1].split("=")[0]
                self.assertIn(setting + "=", explained, line)


if __name__ == "__main__":
    unittest.main()
