"""One kithd as a process of its own, with a data folder of its own, and an HTTP client to talk to it."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def kithd_binary():
    return os.environ.get("KITHD", str(SOURCE / "build/release/bin/kithd"))


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
    """Plain HTTP requests to one port, a connection each."""

    def __init__(self, port, host="127.0.0.1", timeout=60):
        self.port, self.host, self.timeout = port, host, timeout

    def request(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()


class User:
    """Somebody logged in on an instance."""

    def __init__(self, instance, email, password):
        self.instance, self.email, self.password = instance, email, password
        credentials = base64.b64encode(f"{email}:{password}".encode()).decode()
        answer = instance.local.request("POST", "/api/tokens", headers={"Authorization": f"Basic {credentials}"})
        assert answer.status == 201, answer
        self.token = answer.json()["token"]
        self.address = answer.json()["user"]["address"]

    def request(self, method, target, body=None, headers=None, **query):
        if query:
            target += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        return self.instance.local.request(method, target, body, headers)

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
        end = time.monotonic() + seconds
        while True:
            connection = self.ok("GET", f"/api/connections/{connection_id}")
            if condition(connection):
                return connection
            if time.monotonic() > end:
                raise TimeoutError(f"not as wanted after {seconds} s: {json.dumps(connection, indent=1)}")
            time.sleep(0.02)


class Instance:
    """start() and stop() as often as a test likes; the data folder stays until close()."""

    def __init__(self, name="kith", directory=None, settings=None):
        self.owns_directory = directory is None
        base = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="kith-", dir=base))
        self.local_port, self.public_port = free_port(), free_port()
        self.domain = f"127.0.0.1:{self.public_port}"
        self.name = name
        self.settings = settings or {}
        self.local, self.public = HttpClient(self.local_port), HttpClient(self.public_port)
        self.process = None
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

    def start(self, wait=True):
        self.process = subprocess.Popen([kithd_binary(), "--config", str(self.config_file())],
                                        stderr=subprocess.PIPE, text=True, errors="replace")
        started = threading.Event()

        def read_log(stream):
            for line in stream:
                self.log.append(line.rstrip("\n"))
                if "listening" in line:
                    started.set()
            started.set()  # it ended

        threading.Thread(target=read_log, args=(self.process.stderr,), daemon=True).start()
        if wait and (not started.wait(60) or self.process.poll() is not None):
            raise RuntimeError(f"{self.name} did not start:\n" + "\n".join(self.log[-20:]))
        return self

    def stop(self, kill=False, timeout=60):
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        status = self.process.wait(timeout)
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

    def command(self, *arguments, stdin="", check=True):
        return subprocess.run([kithd_binary(), *arguments, "--config", str(self.config_file())], input=stdin, text=True,
                              capture_output=True, check=check, timeout=60)

    def add_user(self, handle, admin=False, password=None):
        email, password = f"{handle}@mail.example", password or f"{handle}'s own password"
        self.command("user", "add", email, "--handle", handle, *(["--admin"] if admin else []), "--password-stdin",
                     stdin=password + "\n")
        return User(self, email, password)

    def memory_kib(self, field="VmRSS"):
        for line in open(f"/proc/{self.process.pid}/status", encoding="ascii"):
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise RuntimeError(f"no {field}")


def connect(alice, bob, purpose="holiday photos"):
    """From the wish to an established, verified connection: the ids on alice's and on bob's side."""
    asked = alice.ok("POST", "/api/connections", {"peer": bob.address, "purpose": purpose})
    alice_side = asked["id"]
    end = time.monotonic() + 30
    while True:
        pending = [c for c in bob.ok("GET", "/api/connections")["items"]
                   if c["state"] == "pending_in" and c["peer"] == alice.address]
        if pending:
            break
        if time.monotonic() > end:
            raise TimeoutError(f"nothing reached bob: {alice.ok('GET', f'/api/connections/{alice_side}')}")
        time.sleep(0.02)
    bob_side = pending[0]["id"]
    bob.ok("POST", f"/api/connections/{bob_side}/approve", {"fingerprint": pending[0]["fingerprint"]})
    for user, side in ((alice, alice_side), (bob, bob_side)):
        user.wait_for_connection(side, lambda c: c["state"] == "established")
    for user, side in ((alice, alice_side), (bob, bob_side)):
        user.ok("POST", f"/api/connections/{side}/confirm-words", {"match": True})
    return alice_side, bob_side
