"""kith as a process of its own, in a folder of its own, and networks that break in the ways that it must bear."""

import os
import pathlib
import select
import subprocess
import tempfile
import threading
import unittest

from cutting_proxy import CuttingProxy
from kith_instance import SOURCE, Instance

OK, FAILED, SENSELESS, NO_GOOD, UNREACHABLE, ABSENT = range(6)


def kith_binary():
    return os.environ.get("KITH", str(SOURCE / "build/release/bin/kith"))


class Shell:
    """A folder, and kith run in it: its commands, or those of `group`."""

    def __init__(self, environment=None, group=()):
        self.group = group
        base = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.temporary = tempfile.TemporaryDirectory(prefix="kith-", dir=base)
        self.folder, self.home = (pathlib.Path(self.temporary.name) / name for name in ("here", "home"))
        self.folder.mkdir()
        own = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "XDG_"))}
        self.environment = {**own, "HOME": str(self.home), **(environment or {})}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.temporary.cleanup()

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return name

    def line(self, arguments):
        return [kith_binary(), *self.group, *map(str, arguments)]

    def run(self, *arguments, stdin=""):
        return subprocess.run(self.line(arguments), cwd=self.folder, env=self.environment, input=stdin, text=True,
                              capture_output=True, timeout=60, check=False)

    def start(self, *arguments, stdin=subprocess.DEVNULL):
        return subprocess.Popen(self.line(arguments), cwd=self.folder, env=self.environment, stdin=stdin,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ok(self, *arguments, stdin=""):
        """The lines of its standard output."""
        done = self.run(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise RuntimeError(f"kith {self.group} {arguments}: {done}")
        return done.stdout.splitlines()

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())


class HomeAndAway(unittest.TestCase):
    """Alice at home, and somebody away who has no account, for the commands of one group."""

    group = ""

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.alice = cls.instance.add_user("alice")

    def setUp(self):
        server = f"http://127.0.0.1:{self.instance.local_port}"
        self.home = Shell({"KITH_TOKEN": self.alice.token, "KITH_SERVER": server}, [self.group])
        self.addCleanup(self.home.__exit__)
        self.away = Shell(group=[self.group])
        self.addCleanup(self.away.__exit__)


class HoldingProxy(CuttingProxy):
    """Keeps what comes back beyond so many bytes of a connection until it may go on: a network that hangs."""

    def __init__(self, target):
        self.hold_at, self.may_go_on = None, threading.Event()
        super().__init__(target)

    def spoil(self, piece, passed):
        if self.hold_at and passed >= self.hold_at:
            self.may_go_on.wait(30)
        return piece


class UploadCuttingProxy(CuttingProxy):
    """A connection ends once a million bytes went up."""

    def pass_on(self, near, far):
        self.pass_up(near, far, 1_000_000)

    def pass_up(self, near, far, most):
        sent = 0
        while sent < most:
            for source, sink in ((near, far), (far, near)):
                if source not in select.select([near, far], [], [])[0]:
                    continue
                piece = source.recv(65536)
                if not piece:
                    return
                sink.sendall(piece)
                sent += len(piece) if source is near else 0
        self.cuts += 1


class AnswerLosingProxy(CuttingProxy):
    """The first answer to content that went up never arrives."""

    def spoil(self, piece, passed):
        if not self.cuts and b"PATCH /" in self.capture:
            self.cuts += 1
            raise ConnectionError("lost")
        return piece


class HangingProxy(UploadCuttingProxy):
    """Once a million bytes went up, nothing moves any more on that connection."""

    def __init__(self, target):
        self.hangs, self.closed = threading.Event(), threading.Event()
        super().__init__(target)

    def pass_up(self, near, far, most):
        super().pass_up(near, far, most)
        if self.cuts:
            self.hangs.set()
            self.closed.wait(30)

    def close(self):
        self.closed.set()
        super().close()
