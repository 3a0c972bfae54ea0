"""kithd import: a folder that is there already becomes somebody's files."""

import hashlib
import os
import pathlib
import socket
import subprocess
import unittest

from kith_instance import Instance, kithd_binary, until
from test_backup import DONE, FAILED, NO_SENSE, names_of


def digest_of(content):
    return "sha-256:" + hashlib.sha256(content).hexdigest()


class Import(unittest.TestCase):
    def setUp(self):
        self.instance = Instance()
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.carol = self.instance.add_user("carol")
        self.folder = self.instance.directory / "Photos"
        self.folder.mkdir()

    def write(self, path, content):
        file = os.path.join(os.fsencode(self.folder), path if isinstance(path, bytes) else path.encode())
        os.makedirs(os.path.dirname(file), exist_ok=True)
        pathlib.Path(os.fsdecode(file)).write_bytes(content)

    def run_import(self, *arguments, status=DONE):
        done = self.instance.command("import", str(self.folder), "--user", "carol", *arguments, check=False)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def test_twice_changes_nothing(self):
        contents = {"a.jpg": b"A" * 1000, "2024/b.jpg": os.urandom(700_000), "2024/summer/c.txt": b"", "d": b"D"}
        for path, content in contents.items():
            self.write(path, content)
        self.assertIn("4 files", self.run_import("--dry-run"))
        self.assertEqual(names_of(self.carol), {})
        self.assertIn("4 files", self.run_import())
        expected = {path.rsplit("/", 1)[-1]: digest_of(content) for path, content in contents.items()}
        self.assertEqual(names_of(self.carol), expected)
        for path, content in contents.items():
            self.assertEqual(self.carol.get("/files", filename=path.rsplit("/", 1)[-1]).body, content)
            self.assertEqual((self.folder / path).read_bytes(), content, "the folder stays as it is")
        self.assertIn("0 files", self.run_import())
        self.write("2025/e", b"E")
        self.assertIn("1 files", self.run_import())
        self.assertEqual(len(names_of(self.carol)), 5)

    def test_equal_names_in_several_folders(self):
        for folder in ("one", "two", "three"):
            self.write(f"{folder}/IMG_1.jpg", folder.encode())
        self.carol.upload("IMG_1.jpg", b"before")
        self.run_import()
        self.run_import()
        self.assertEqual(names_of(self.carol)["IMG_1.jpg"], digest_of(b"before"))
        self.assertEqual(set(names_of(self.carol)), {f"IMG_1{n}.jpg" for n in ("", " (2)", " (3)", " (4)")})

    def test_hostile_names(self):
        long = "ü" * 127 + "x"  # 255 bytes
        names = {b"line\nbreak": "line_break", b"latin \xe9": "latin _", "gpj.\u202e".encode(): "gpj.\u202e",
                 long.encode(): long, b"back\\slash": "back_slash", b"-rf": "-rf", b"\x1b[31mred": "_[31mred"}
        for number, name in enumerate(names):
            self.write(name, bytes([number]))
        said = self.run_import()
        self.assertNotIn("\x1b", said)
        self.assertEqual(set(names_of(self.carol)), set(names.values()))
        self.assertIn("0 files", self.run_import())

    def test_what_is_passed_over_is_said(self):
        self.write("good", b"good")
        self.write(".hidden", b"hidden")
        self.write(".git/config", b"hidden")
        self.write("folder/x", b"x")
        (self.folder / "folder" / "loop").symlink_to(self.folder)
        (self.folder / "passwd").symlink_to("/etc/passwd")
        os.mkfifo(self.folder / "pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            here = os.getcwd()
            os.chdir(self.folder)
            self.addCleanup(os.chdir, here)
            listener.bind("socket")
        said = self.run_import()
        self.assertEqual(set(names_of(self.carol)), {"good", "x"})
        for line in ("hidden: .git", "hidden: .hidden", "a link: passwd", "a link: folder/loop",
                     "no ordinary file: pipe", "no ordinary file: socket"):
            self.assertIn(line, said)

    @unittest.skipIf(os.geteuid() == 0, "root can read everything")
    def test_what_cannot_be_read_is_said_and_the_rest_comes(self):
        self.write("closed/x", b"x")
        self.write("secret", b"secret")
        self.write("good", b"good")
        (self.folder / "closed").chmod(0)
        (self.folder / "secret").chmod(0)
        self.addCleanup((self.folder / "closed").chmod, 0o700)
        said = self.run_import(status=FAILED)
        self.assertIn("closed", said)
        self.assertIn("secret", said)
        self.assertEqual(set(names_of(self.carol)), {"good"})

    def test_what_is_too_large_is_said_and_the_rest_comes(self):
        self.instance.stop()
        self.instance.settings = {"storage": {"max_file_size": "1 KiB"}}
        self.instance.start()
        self.write("large", b"x" * 1025)
        self.write("small", b"x" * 1024)
        self.assertIn("large", self.run_import(status=FAILED))
        self.assertEqual(set(names_of(self.carol)), {"small"})

    def test_a_quota_holds(self):
        admin = self.instance.add_user("admin", admin=True)
        admin.ok("PATCH", f"/api/admin/users/{self.carol.id}", {"quota_bytes": 5000})
        for number in range(10):
            self.write(f"{number}", os.urandom(1000))
        self.assertIn("5 files", self.run_import(status=FAILED))
        self.assertEqual(len(names_of(self.carol)), 5)
        admin.ok("PATCH", f"/api/admin/users/{self.carol.id}", {"quota_bytes": 50_000})
        self.assertIn("5 files", self.run_import())
        self.assertEqual(len(names_of(self.carol)), 10)

    def test_albums_are_called_like_folders(self):
        for path in ("top", "Summer/a", "Summer/b", "Winter/c"):
            self.write(path, path.encode())
        self.run_import()
        self.run_import("--album")
        self.run_import("--album")
        albums = {album["name"]: album["id"] for album in self.carol.ok("GET", "/api/albums")["items"]}
        self.assertEqual(set(albums), {"Photos", "Summer", "Winter"})
        inside = self.carol.ok("GET", f"/api/albums/{albums['Summer']}/assets")["items"]
        self.assertEqual({item["name"] for item in inside}, {"a", "b"})

    def test_killed_and_run_again(self):
        for number in range(40):
            self.write(f"{number}", os.urandom(40_000))
        process = subprocess.Popen([kithd_binary(), "import", str(self.folder), "--user", "carol", "--config",
                                    str(self.instance.config_file())], stdout=subprocess.DEVNULL)
        until(lambda: process.poll() is not None or names_of(self.carol), "a first file")
        process.kill()
        process.wait(60)
        self.run_import()
        self.assertEqual(len(names_of(self.carol)), 40)
        self.instance.command("verify")

    def test_refusals(self):
        for folder in (self.instance.data, self.instance.directory, self.instance.directory / "nowhere"):
            self.folder = folder
            self.run_import(status=FAILED)
        self.assertEqual(self.instance.command("import", "/tmp", check=False).returncode, NO_SENSE)
        nobody = self.instance.command("import", "/usr/include", "--user", "nobody", check=False)
        self.assertEqual(nobody.returncode, FAILED)


if __name__ == "__main__":
    unittest.main()
