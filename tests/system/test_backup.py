"""kithd backup and restore: what was there when a backup was made is there again, whatever happens meanwhile."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import threading
import unittest

from kith_instance import Instance, User, connect, kithd_binary, until

DONE, FAILED, NO_SENSE, DAMAGE = 0, 1, 2, 4


def files_below(folder):
    return [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]


@contextlib.contextmanager
def held(folder, how=fcntl.LOCK_SH):
    """As a backup holds content; with LOCK_EX as a removal does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def blob(root, digest):
    return next(path for path in files_below(root) if path.name == digest)


def names_of(user):
    return {item["name"]: item["digest"] for item in user.ok("GET", "/files", limit=500)["items"]}


def digest_of(content):
    return "sha-256:" + hashlib.sha256(content).hexdigest()


class Backups(unittest.TestCase):
    def setUp(self):
        self.instance = Instance("home")
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.carol = self.instance.add_user("carol")
        self.folder = self.instance.directory / "backups"

    def run_kithd(self, *arguments, status=DONE):
        done = self.instance.command(*[str(argument) for argument in arguments], check=False)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def restored(self, *arguments, status=DONE):
        """The instance, with a restored data folder in the place of its own, and what restore said."""
        if self.instance.process:
            self.instance.stop()
        self.instance.data.rename(self.instance.directory / "old data")
        said = self.run_kithd("restore", self.folder, *arguments, status=status)
        self.instance.start()
        self.carol = User(self.instance, self.carol.email, self.carol.password)
        return said

    def snapshots(self):
        return sorted(path.name for path in (self.folder / "snapshots").iterdir())


class BackupAndRestore(Backups):
    def test_everything_is_there_again(self):
        contents = {f"file {n}": os.urandom(size) for n, size in enumerate((0, 1, 1000, 700_000))}
        for name, content in contents.items():
            self.carol.upload(name, content)
        log_in = self.carol.authorization
        said = self.run_kithd("backup", self.folder)
        self.assertIn("4 files", said)
        self.assertIn("master key", said)
        for path in files_below(self.folder):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        self.carol.upload("after the backup", b"not in it")

        self.assertIn("4 files", self.restored())
        self.assertEqual(names_of(self.carol), {name: digest_of(content) for name, content in contents.items()})
        for name, content in contents.items():
            self.assertEqual(self.carol.get("/files", filename=name).body, content)
        self.assertEqual(self.instance.local.request("GET", "/files", headers=log_in).status, 401,
                         "log-ins don't come back: they may have been ended since")
        self.carol.upload("new", b"it goes on")

    def test_a_later_backup_brings_what_is_new_and_older_ones_go(self):
        self.carol.upload("stays", b"stays" * 1000)
        self.carol.upload("goes", b"goes" * 1000)
        self.run_kithd("backup", self.folder)
        kept = blob(self.folder / "content", hashlib.sha256(b"stays" * 1000).hexdigest())
        before = (kept.stat().st_ino, kept.stat().st_mtime_ns)
        self.carol.request("DELETE", "/files", filename="goes")
        self.carol.upload("comes", b"comes")
        self.run_kithd("backup", self.folder)
        self.assertEqual((kept.stat().st_ino, kept.stat().st_mtime_ns), before)
        first, second = self.snapshots()
        self.assertEqual([line.split()[0] for line in self.run_kithd("restore", self.folder, "--list").splitlines()],
                         [first, second])
        self.run_kithd("backup", self.folder, "--keep", "1")
        self.assertEqual(len(self.snapshots()), 1)
        self.restored()
        self.assertEqual(set(names_of(self.carol)), {"stays", "comes"})

    def test_an_older_snapshot_can_be_chosen(self):
        self.carol.upload("first", b"1")
        self.run_kithd("backup", self.folder)
        self.carol.upload("second", b"2")
        self.run_kithd("backup", self.folder)
        self.run_kithd("restore", self.folder, "--snapshot", "none", status=FAILED)
        self.restored("--snapshot", self.snapshots()[0])
        self.assertEqual(set(names_of(self.carol)), {"first"})

    def test_uploads_and_deletions_go_on_meanwhile(self):
        """Whoever is deleted for good while a backup runs takes nothing out of it."""
        doomed = [self.instance.add_user(f"doomed{n}") for n in range(4)]
        for user in doomed:
            for n in range(10):
                user.upload(f"f{n}", os.urandom(2000))
        end = threading.Event()

        def come_and_go():
            number = 0
            while not end.is_set():
                self.carol.upload(f"n{number}", os.urandom(3000))
                number += 1

        worker = threading.Thread(target=come_and_go)
        worker.start()
        try:
            for user in doomed:
                backup = subprocess.Popen([kithd_binary(), "backup", str(self.folder), "--config",
                                           str(self.instance.config_file())], stdout=subprocess.PIPE, text=True)
                user.request("DELETE", "/api/users/me", {"current_password": user.password})
                said = backup.communicate(timeout=120)[0]
                self.assertEqual(backup.returncode, DONE, said)
        finally:
            end.set()
            worker.join()
        for name in self.snapshots():
            with self.subTest(snapshot=name):
                target = self.instance.directory / f"into {name}"
                self.run_kithd("restore", self.folder, "--snapshot", name, "--into", target)
                for path in files_below(target / "blobs"):
                    if len(path.name) == 64:
                        self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)

    def test_what_is_deleted_stays_as_long_as_a_backup_holds_it(self):
        contents = {handle: handle.encode() * 100 for handle in ("dora", "erin")}
        users = {handle: self.instance.add_user(handle) for handle in contents}
        blobs = {}
        for handle, content in contents.items():
            users[handle].upload("mine", content)
            blobs[handle] = blob(self.instance.data / "blobs", hashlib.sha256(content).hexdigest())
        with held(self.instance.data / "blobs"):
            for handle, user in users.items():  # one after the other: dora's sweep is over when erin's files go
                user.request("DELETE", "/api/users/me", {"current_password": user.password})
                until(lambda owner=user.id: self.assets_of(owner) == 0, f"{handle}'s files are gone")
            self.assertTrue(blobs["dora"].exists())
        fred = self.instance.add_user("fred")
        fred.request("DELETE", "/api/users/me", {"current_password": fred.password})
        for handle, path in blobs.items():
            until(lambda file=path: not file.exists(), f"{handle}'s content is gone", 120)

    def test_a_backup_waits_for_a_removal_that_runs(self):
        with held(self.instance.data / "blobs", fcntl.LOCK_EX):
            backup = subprocess.Popen([kithd_binary(), "backup", str(self.folder), "--config",
                                       str(self.instance.config_file())], stdout=subprocess.DEVNULL)
            self.addCleanup(backup.kill)

            def waits():
                self.assertIsNone(backup.poll(), "it did not wait")
                locks = pathlib.Path("/proc/locks").read_text(encoding="ascii")
                return any("->" in line and f" {backup.pid} " in line for line in locks.splitlines())

            until(waits, "the backup waits")
            self.assertFalse((self.folder / "unfinished" / "kith.db").exists(), "the database is copied afterwards")
        self.assertEqual(backup.wait(60), DONE)

    def assets_of(self, owner):
        with contextlib.closing(sqlite3.connect(self.instance.data / "kith.db")) as database:
            return database.execute("SELECT count(*) FROM assets WHERE owner = ?", (owner,)).fetchone()[0]

    def test_killed_in_the_middle_it_is_no_backup_and_the_next_one_is(self):
        for n in range(30):
            self.carol.upload(f"f{n}", os.urandom(50_000))
        for _ in range(3):
            backup = subprocess.Popen([kithd_binary(), "backup", str(self.folder), "--config",
                                       str(self.instance.config_file())], stdout=subprocess.DEVNULL)
            until(lambda process=backup: process.poll() is not None or (self.folder / "unfinished").exists() or
                  self.snapshots_so_far(), "a beginning")
            backup.send_signal(signal.SIGKILL)
            backup.wait(60)
        for name in self.snapshots_so_far():  # only whole ones have a name
            self.run_kithd("restore", self.folder, "--snapshot", name, "--into", self.instance.directory / name)
        self.run_kithd("backup", self.folder)
        self.assertFalse((self.folder / "unfinished").exists())
        self.restored()
        self.assertEqual(len(names_of(self.carol)), 30)

    def snapshots_so_far(self):
        return self.snapshots() if (self.folder / "snapshots").exists() else []

    def test_copied_where_it_cannot_be_linked(self):
        """/dev/shm, where instances of tests live, and /var/tmp are mostly two file systems."""
        content = os.urandom(600_000)
        self.carol.upload("sea", content)
        elsewhere = pathlib.Path("/var/tmp") / f"kith-backup-{os.getpid()}"
        self.addCleanup(shutil.rmtree, elsewhere, ignore_errors=True)
        self.folder = elsewhere
        self.run_kithd("backup", elsewhere)
        self.run_kithd("backup", elsewhere)
        self.restored()
        self.assertEqual(self.carol.get("/files", filename="sea").body, content)


class Refusals(Backups):
    def test_where_no_backup_goes(self):
        inside = self.instance.data / "backups"
        self.assertIn("inside the data folder", self.run_kithd("backup", inside, status=FAILED))
        self.assertFalse(inside.exists())
        other = self.instance.directory / "other"
        other.mkdir()
        (other / "holiday.txt").write_text("mine")
        self.assertIn("other things", self.run_kithd("backup", other, status=FAILED))
        self.assertEqual([path.name for path in other.iterdir()], ["holiday.txt"])
        self.run_kithd("backup", status=NO_SENSE)
        self.run_kithd("backup", self.folder, "--keep", "0", status=NO_SENSE)

    def test_where_nothing_is_restored(self):
        self.run_kithd("restore", self.instance.directory, status=FAILED)
        self.run_kithd("backup", self.folder)
        self.assertIn("in use", self.run_kithd("restore", self.folder, status=FAILED))
        self.instance.stop()
        self.assertIn("not empty", self.run_kithd("restore", self.folder, status=FAILED))

    def test_a_damaged_database_or_key_is_not_restored(self):
        self.run_kithd("backup", self.folder)
        snapshot = self.folder / "snapshots" / self.snapshots()[0]
        for name in ("kith.db", "master.key"):
            with self.subTest(name):
                whole = (snapshot / name).read_bytes()
                (snapshot / name).write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
                target = self.instance.directory / f"with damaged {name}"
                self.assertIn("damaged", self.run_kithd("restore", self.folder, "--into", target, status=FAILED))
                self.assertFalse((target / "kith.db").exists())
                (snapshot / name).write_bytes(whole)

    def test_no_daemon_starts_where_a_restore_broke_off(self):
        self.carol.upload("sea", b"sea")
        self.run_kithd("backup", self.folder)
        self.instance.stop()
        shutil.rmtree(self.instance.data)
        self.instance.data.mkdir(0o700)
        (self.instance.data / "restoring.db").write_bytes(b"")
        self.instance.start(wait=False)
        self.instance.wait_for_log("run kithd restore again")
        with contextlib.suppress(RuntimeError):
            self.instance.stop()
        self.run_kithd("restore", self.folder)
        self.instance.start()
        self.assertEqual(set(names_of(User(self.instance, self.carol.email, self.carol.password))), {"sea"})

    def test_damaged_content_is_named_and_the_rest_comes_back(self):
        good, bad = os.urandom(5000), os.urandom(5000)
        self.carol.upload("good", good)
        self.carol.upload("bad\u202egpj", bad)
        self.run_kithd("backup", self.folder, "--without-master-key")
        path = blob(self.folder / "content", hashlib.sha256(bad).hexdigest())
        path.unlink()  # perhaps a link to the live one
        path.write_bytes(bad[:-1])
        self.instance.stop()
        target = self.instance.directory / "restored"
        said = self.run_kithd("restore", self.folder, "--into", target, status=DAMAGE)
        self.assertIn("carol: bad?gpj", said)
        self.assertIn("no master key", said)
        self.assertEqual(blob(target / "blobs", hashlib.sha256(good).hexdigest()).read_bytes(), good)
        self.instance.start()


class Connections(unittest.TestCase):
    def test_a_restored_instance_is_still_connected(self):
        with Instance("alice") as alices, Instance("bob") as bobs:
            alice, bob = alices.add_user("alice"), bobs.add_user("bob")
            connect(alice, bob)
            asset = bob.upload("beach", b"the beach")
            bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": alice.address})
            pending = alice.ok("POST", "/api/connections", {"peer": f"nobody@{bobs.domain}", "purpose": "?"})["id"]
            folder = alices.directory / "backups"
            alices.command("backup", str(folder))
            alices.stop()
            alices.data.rename(alices.directory / "old")
            alices.command("restore", str(folder))
            alices.start()
            alice = User(alices, alice.email, alice.password)
            read = until(lambda: (answer := alice.get(f"/api/assets/{asset['id']}/content", owner=bob.address)).status == 200
                         and answer, "bob's file")
            self.assertEqual(read.body, b"the beach")
            alice.wait_for_connection(pending, lambda c: c["state"] == "failed")


class Records(Backups):
    def test_admins_see_when_the_last_backup_was_made(self):
        admin = self.instance.add_user("admin", admin=True)
        self.assertIsNone(admin.ok("GET", "/api/admin/storage")["last_backup_at"])
        self.run_kithd("backup", self.folder)
        self.assertIsNotNone(admin.ok("GET", "/api/admin/storage")["last_backup_at"])
        manifest = json.loads((self.folder / "snapshots" / self.snapshots()[0] / "manifest.json").read_text())
        self.assertEqual((manifest["format"], manifest["files"], manifest["damaged"]), (1, 0, 0))


if __name__ == "__main__":
    unittest.main()
