"""kithd verify: damaged, missing and stray content is found, named and, from a backup, mended."""

import hashlib
import os
import unittest

from kith_instance import Instance
from test_backup import DAMAGE, DONE, FAILED, NO_SENSE, blob, files_below

BLOCK = 256 * 1024  # as storage/block_sums.hpp has it


class Verify(unittest.TestCase):
    def setUp(self):
        self.instance = Instance(checked=False)  # the contract takes any 500 for a mistake of the program
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.carol = self.instance.add_user("carol")

    def run_kithd(self, *arguments, status=DONE):
        done = self.instance.command(*[str(argument) for argument in arguments], check=False)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def blob_of(self, content):
        return blob(self.instance.data / "blobs", hashlib.sha256(content).hexdigest())

    def damage(self, content, at):
        with open(self.blob_of(content), "r+b") as file:
            file.seek(at)
            file.write(bytes([content[at] ^ 1]))

    def test_what_is_sound_is_said_to_be(self):
        self.carol.upload("a", os.urandom(3 * BLOCK))
        self.carol.upload("b", b"b")
        for more in ([], ["--quick"], ["--jobs", "1"], ["--jobs", "8"]):
            self.assertIn("2 files", self.run_kithd("verify", *more))
        self.run_kithd("verify", "--jobs", "0", status=NO_SENSE)

    def test_damaged_and_missing_files_are_named(self):
        damaged, short, gone, sound = (os.urandom(size) for size in (3 * BLOCK, 500, 100, 1000))
        for name, content in (("damaged\n\u202egpj", damaged), ("short", short), ("gone", gone), ("sound", sound)):
            if "\n" not in name:
                self.carol.upload(name, content)
        self.carol.upload("damaged\u202egpj", damaged)
        self.damage(damaged, 2 * BLOCK)
        self.blob_of(short).write_bytes(short[:-1])
        self.blob_of(gone).unlink()
        said = self.run_kithd("verify", status=DAMAGE)
        self.assertEqual(sorted(line for line in said.splitlines() if line.startswith(("damaged: ", "missing: "))),
                         ["damaged: carol: damaged?gpj", "damaged: carol: short", "missing: carol: gone"])
        quick = self.run_kithd("verify", "--quick", status=DAMAGE)
        self.assertIn("damaged: carol: short", quick)
        self.assertNotIn("gpj", quick, "that takes reading")
        admin = self.instance.add_user("admin", admin=True)
        last = admin.ok("GET", "/api/admin/storage")["last_verification"]
        self.assertEqual((last["checked"], last["damaged"]), (4, 3))

    def test_a_backup_mends_what_it_has(self):
        mended, lost = os.urandom(2 * BLOCK), os.urandom(200)
        self.carol.upload("mended", mended)
        folder = self.instance.directory / "backups"
        self.run_kithd("backup", folder)
        self.carol.upload("lost", lost)
        self.blob_of(mended).unlink()
        self.blob_of(lost).unlink()
        said = self.run_kithd("verify", "--repair-from", folder, status=DAMAGE)
        self.assertIn("repaired: carol: mended", said)
        self.assertIn("not repaired, the backup has no sound copy: carol: lost", said)
        self.assertEqual(self.carol.get("/files", filename="mended").body, mended)
        self.carol.upload("lost", lost)
        self.run_kithd("verify")

    def test_missing_sums_are_made(self):
        content = os.urandom(4 * BLOCK + 1)
        self.carol.upload("long", content)
        sums = self.blob_of(content).with_suffix(".sums")
        before = sums.read_bytes()
        sums.unlink()
        self.run_kithd("verify", "--quick")
        self.assertFalse(sums.exists())
        self.run_kithd("verify")
        self.assertEqual(sums.read_bytes(), before)

    def test_a_stopped_daemon_and_strays(self):
        self.carol.upload("a", b"a")
        self.instance.stop()
        stray = b"nobody's"
        owner = next(path for path in files_below(self.instance.data / "blobs") if len(path.name) == 64).parent
        (owner / hashlib.sha256(stray).hexdigest()).write_bytes(stray)
        self.assertIn("1 files, 8 B, belong to nothing", self.run_kithd("verify"))
        self.run_kithd("backup", self.instance.directory / "backups")
        self.instance.start()

    def test_where_there_is_no_instance(self):
        with Instance() as other:
            other.stop()
            for path in other.data.glob("kith.db*"):
                path.unlink()
            self.assertEqual(other.command("verify", check=False).returncode, FAILED)


if __name__ == "__main__":
    unittest.main()
