"""One kithd as a process of its own, with a data folder of its own, and an HTTP client to talk to it."""

import base64
import contextlib
import functools
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def kithd_binary():
    return os.environ.get("KITHD", str(SOURCE / "build/release/bin/kithd"))


@functools.cache
def is_sanitized():
    """Built with a sanitizer, which keeps what was freed for a while: its memory says nothing."""
    binary = pathlib.Path(kithd_binary()).read_bytes()
    return b"__asan_init" in binary or b"__tsan_init" in binary


def free_port():
    """None of those that the kernel gives to outgoing connections: one of them might take it before it is used."""
    while True:
        port = random.randrange(10_000, 32_000)
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def answer_check():
    """Needs python3-jsonschema, which only tests have."""
    from openapi_contract import contract  # pylint: disable=import-outside-toplevel
    return contract().check


def until(condition, what, seconds=30):
    """The one place that waits: asks again until the answer is true, and says what never came."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.02)


class Answer:
    """Status, headers (lower-case names) and body of one answer."""

    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class HttpClient:
    """HTTP requests to one port, a connection each; over TLS with a context. `check` looks at each answer."""

    def __init__(self, port, host="127.0.0.1", timeout=60, tls=None, check=None):
        self.port, self.host, self.timeout, self.tls, self.check = port, host, timeout, tls, check

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout, context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)

    @contextlib.contextmanager
    def open(self, method, target, body=None, headers=None):
        """A response whose body is still to be read."""
        connection = self.connect()
        try:
            connection.request(method, target, body=body, headers=headers or {})
            yield connection.getresponse()
        finally:
            connection.close()

    def request(self, method, target, body=None, headers=None):
        with self.open(method, target, body, headers) as response:
            answer = Answer(response, response.read())
        if self.check:
            self.check(method, target, body, answer)
        return answer


class RawConnection:
    """A socket for what no HTTP client would send, and for clients that are slow or vanish."""

    def __init__(self, port, timeout=30, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_head(self, method, target, **headers):
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.socket.getpeername()[1]}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n")

    def read_head(self):
        """The next status and the header lines; what was read beyond stays in `received`."""
        while b"\r\n\r\n" not in self.received:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError(f"closed within the head: {self.received!r}")
            self.received += piece
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        return int(head.split(b" ", 2)[1]), head.decode("latin-1")

    def read_to_end(self):
        with contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(1 << 20):
                self.received += piece
        return self.received


def self_signed_context():
    """For clients that talk to a test's own certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def with_query(target, query):
    return target + "?" + urllib.parse.urlencode(query) if query else target


def try_log_in(instance, email, password):
    credentials = base64.b64encode(f"{email}:{password}".encode()).decode()
    return instance.local.request("POST", "/api/tokens", headers={"Authorization": f"Basic {credentials}"})


class User:
    """Somebody logged in on an instance."""

    def __init__(self, instance, email, password):
        self.instance, self.email, self.password = instance, email, password
        self.log_in()

    def log_in(self):
        answer = try_log_in(self.instance, self.email, self.password)
        if answer.status != 201:
            raise RuntimeError(f"{self.email} cannot log in: {answer}")
        self.token = answer.json()["token"]
        self.address = answer.json()["user"]["address"]
        self.id = answer.json()["user"]["id"]

    @property
    def authorization(self):
        return {"Authorization": f"Bearer {self.token}"}

    def request(self, method, target, body=None, headers=None, **query):
        headers = {**self.authorization, **(headers or {})}
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        return self.instance.local.request(method, with_query(target, query), body, headers)

    def open(self, target, headers=None, **query):
        """A GET whose body is still to be read."""
        return self.instance.local.open("GET", with_query(target, query), None,
                                        {**self.authorization, **(headers or {})})

    def get(self, target, **query):
        return self.request("GET", target, **query)

    def post(self, target, body=None, **query):
        return self.request("POST", target, body=body, **query)

    def ok(self, method, target, body=None, **query):
        """The JSON of an answer that must be good."""
        answer = self.request(method, target, body=body, **query)
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{method} {target}: {answer}")
        return answer.json() if answer.body else None

    def upload(self, name, content):
        answer = self.request("POST", "/files", body=content, filename=name)
        if answer.status != 201:
            raise RuntimeError(f"upload of {name}: {answer}")
        return answer.json()

    def wait_for_connection(self, connection_id, condition, seconds=30):
        """Reads a connection until it is as wanted; the last one read is in the error when it never is."""
        def read():
            last.append(self.ok("GET", f"/api/connections/{connection_id}"))
            return last[-1] if condition(last[-1]) else None

        last = []
        return until(read, lambda: json.dumps(last[-1], indent=1), seconds)


class Instance:
    """start() and stop() as often as a test likes; the data folder stays until close().

    What the local listener answers is held against the OpenAPI document, unless `checked` is false."""

    def __init__(self, name="kith", directory=None, settings=None, domain=None, tls=None, checked=True):
        self.owns_directory = directory is None
        base = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="kith-", dir=base))
        self.local_port, self.public_port = free_port(), free_port()
        self.domain = domain or f"127.0.0.1:{self.public_port}"
        self.name = name
        self.settings = settings or {}
        self.environment = {}  # beside the test's own
        self.arguments = []  # beside --config
        self.become, self.pass_fds = [], ()  # a program that becomes kithd, and the descriptors it needs
        self.local = HttpClient(self.local_port, tls=tls, check=answer_check() if checked else None)
        self.public = HttpClient(self.public_port, tls=tls)
        self.process = self.log_reader = None
        self.log = []

    # The configuration, as a person would write it.
    def config(self):
        config = {
            "instance": {"domain": self.domain, "name": self.name, "data_dir": str(self.directory / "data")},
            "listen": {"local": f"127.0.0.1:{self.local_port}", "public": f"127.0.0.1:{self.public_port}"},
            "federation": {"allow_http": True, "allow_private_addresses": True},
            "storage": {"keep_free": 0},
            "accounts": {"argon2_passes": 1, "argon2_memory_mib": 8},
        }
        for section, values in self.settings.items():
            if isinstance(values, dict):
                config.setdefault(section, {}).update(values)
            else:
                config[section] = values
        return config

    def config_file(self):
        file = self.directory / "kith.yaml"
        file.write_text(json.dumps(self.config(), indent=1))  # JSON is YAML
        return file

    @property
    def data(self):
        return self.directory / "data"

    def start(self, wait=True):
        command = [*self.become, kithd_binary(), "--config", str(self.config_file()), *self.arguments]
        self.process = subprocess.Popen(command, pass_fds=self.pass_fds,
                                        stderr=subprocess.PIPE, text=True, errors="replace",
                                        env={**os.environ, **self.environment},
                                        start_new_session=True)  # Ctrl-C is ours: it is stopped by stop(), once
        listening, decided = threading.Event(), threading.Event()

        def read_log(stream):
            for line in stream:
                self.log.append(line.rstrip("\n"))
                if "listening" in line:
                    listening.set()
                    decided.set()
            decided.set()  # it ended

        self.log_reader = threading.Thread(target=read_log, args=(self.process.stderr,), daemon=True)
        self.log_reader.start()
        if wait and not (decided.wait(60) and listening.is_set()):
            raise RuntimeError(f"{self.name} did not start:\n" + "\n".join(self.log[-20:]))
        return self

    def stop(self, kill=False, timeout=60):
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        status = self.process.wait(timeout)
        self.log_reader.join()
        self.process.stderr.close()
        self.process = None
        return status

    def restart(self, kill=False):
        self.stop(kill)
        return self.start()

    def close(self):
        status = self.stop()
        if self.owns_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        # A sanitizer's report is a failure even where nobody looked at an answer.
        if status not in (None, 0):
            raise RuntimeError(f"{self.name} ended with {status}:\n" + "\n".join(self.log[-60:]))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def wait_for_log(self, text, seconds=30, after=0):
        """The first line with `text` from line number `after` on."""
        return until(lambda: next((line for line in self.log[after:] if text in line), None),
                     lambda: f"a log line with {text!r}; the last ones are\n" + "\n".join(self.log[-10:]), seconds)

    def command(self, *arguments, stdin="", check=True):
        return subprocess.run([kithd_binary(), *arguments, "--config", str(self.config_file())], input=stdin, text=True,
                              capture_output=True, check=check, timeout=60)

    def add_user(self, handle, admin=False, password=None):
        email, password = f"{handle}@mail.example", password or f"{handle}'s own password"
        self.command("user", "add", email, "--handle", handle, *(["--admin"] if admin else []), "--password-stdin",
                     stdin=password + "\n")
        return User(self, email, password)

    def memory_kib(self, field="VmRSS"):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise RuntimeError(f"no {field}")


def pending_request(alice, bob, alice_side):
    """Alice's request as it lies before bob."""
    return until(lambda: next((c for c in bob.ok("GET", "/api/connections")["items"]
                               if c["state"] == "pending_in" and c["peer"] == alice.address), None),
                 lambda: f"nothing reached bob: {alice.ok('GET', f'/api/connections/{alice_side}')}")


def connect(alice, bob, purpose="holiday photos"):
    """From the wish to an established, verified connection: the ids on alice's and on bob's side."""
    asked = alice.ok("POST", "/api/connections", {"peer": bob.address, "purpose": purpose})
    alice_side = asked["id"]
    pending = pending_request(alice, bob, alice_side)
    bob_side = pending["id"]
    bob.ok("POST", f"/api/connections/{bob_side}/approve", {"fingerprint": pending["fingerprint"]})
    for user, side in ((alice, alice_side), (bob, bob_side)):
        user.wait_for_connection(side, lambda c: c["state"] == "established")
    for user, side in ((alice, alice_side), (bob, bob_side)):
        user.ok("POST", f"/api/connections/{side}/confirm-words", {"match": True})
    return alice_side, bob_side
