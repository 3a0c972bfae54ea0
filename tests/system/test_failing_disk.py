"""A disk that is full or fails, at each single write: a clear error, nothing left behind, and the daemon goes on."""

import errno
import mmap
import os
import struct
import unittest

from kith_instance import Instance, until
from test_files import stored_files

SHIM = os.environ.get("KITH_FAILING_DISK")
# SQLite does not tell everywhere that a sync failed for want of space.
ANSWERS = {errno.ENOSPC: {(507, "storage_full"), (503, "storage_failed")}, errno.EIO: {(503, "storage_failed")}}


class FailingDisk:
    """Switches the disk of one instance; see failing_disk.cpp."""

    def __init__(self, instance):
        path = instance.directory / "disk-control"
        path.write_bytes(bytes(24))
        with open(path, "r+b") as file:
            self.numbers = mmap.mmap(file.fileno(), 24)
        instance.environment = {"LD_PRELOAD": SHIM, "FAILING_DISK_CONTROL": str(path),
                                "FAILING_DISK_ROOT": str(instance.data)}

    def fail(self, error, after):
        self.numbers[8:24] = struct.pack("<qq", after, 0)
        self.numbers[0:8] = struct.pack("<q", error)

    def heal(self):
        """How many calls were counted since fail()."""
        self.numbers[0:8] = struct.pack("<q", 0)
        return struct.unpack("<q", self.numbers[16:24])[0]


@unittest.skipUnless(SHIM, "KITH_FAILING_DISK names the library; ctest sets it")
class AtEachWrite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.disk = FailingDisk(cls.instance)
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.carol = cls.instance.add_user("carol")

    def fails_cleanly(self, act, state, most=60):
        """Lets `act` fail at its first write, its second … until it works; `state` must stay as it was all the time."""
        for error, answers in ANSWERS.items():
            before = state()
            for after in range(most):
                self.disk.fail(error, after)
                answer = act()
                counted = self.disk.heal()
                if answer.status < 300:
                    self.assertGreater(after, 0, "nothing was written at all")
                    self.assertLessEqual(counted, after)
                    break
                self.assertIn((answer.status, answer.json()["code"]), answers, f"after {after} writes")
                until(lambda: state() == before, lambda: f"after {after} writes of {act}: {before} became {state()}")
            else:
                self.fail(f"it never worked with {most} writes")

    def test_upload(self):
        for size in (10, 300_000, 3_000_000):
            number = iter(range(1000))
            with self.subTest(size=size):
                self.fails_cleanly(lambda: self.carol.post("/files", os.urandom(size), filename=f"{size}-{next(number)}"),
                                   lambda: (sorted(asset["name"] for asset in self.carol.ok("GET", "/files")["items"]),
                                            len(stored_files(self.instance))))

    def test_new_version_keeps_the_old_one(self):
        self.carol.upload("kept", b"first")
        contents = iter(f"version {number}".encode() for number in range(1000))
        last = [b"first"]

        def act():
            last.append(next(contents))
            answer = self.carol.post("/files", last[-1], filename="kept")
            if answer.status != 201:
                last.pop()
            return answer

        self.fails_cleanly(act, lambda: (self.carol.get("/files", filename="kept").body == last[-1],
                                         len(stored_files(self.instance))))

    def test_rename(self):
        asset = self.carol.upload("before", b"content")
        names = iter(f"after {number}" for number in range(1000))
        self.fails_cleanly(lambda: self.carol.request("PATCH", f"/api/assets/{asset['id']}", {"name": next(names)}),
                           lambda: self.carol.ok("GET", f"/api/assets/{asset['id']}")["name"])

    def test_it_goes_on_when_the_disk_is_well_again(self):
        self.disk.fail(errno.ENOSPC, 0)
        for _ in range(20):
            self.assertEqual(self.carol.post("/files", b"x", filename="x").status, 507)
        self.disk.heal()
        self.carol.upload("x", b"x")
        self.assertEqual(self.carol.get("/files", filename="x").body, b"x")
        self.assertEqual(self.instance.local.request("GET", "/healthz").status, 200)


if __name__ == "__main__":
    unittest.main()
