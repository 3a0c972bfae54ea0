"""Content that changes on the disk behind the daemon's back is noticed when it is read, and never given out as good."""

import hashlib
import http.client
import os
import unittest

from kith_instance import Instance
from test_files import stored_files

BLOCK = 256 * 1024  # as storage/block_sums.hpp has it


class Damaged(unittest.TestCase):
    def setUp(self):
        self.instance = Instance(checked=False)  # the contract takes any 500 for a mistake of the program
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.carol = self.instance.add_user("carol")

    def blob_of(self, content):
        digest = hashlib.sha256(content).hexdigest()
        return next(path for path in stored_files(self.instance) if path.name == digest)

    def damage(self, content, at):
        with open(self.blob_of(content), "r+b") as file:
            file.seek(at)
            file.write(bytes([content[at] ^ 1]))

    def read(self, name):
        """Status and what came, whole or not."""
        with self.carol.open("/files", filename=name) as response:
            try:
                return response.status, response.read(), True
            except http.client.IncompleteRead as broken:
                return response.status, broken.partial, False

    def test_short_content(self):
        content = os.urandom(1000)
        asset = self.carol.upload("short", content)
        self.damage(content, 500)
        answer = self.carol.get("/files", filename="short")
        self.assertEqual((answer.status, answer.json()["code"]), (500, "content_damaged"))
        self.assertIn("upload it again", answer.json()["detail"])
        self.assertEqual(self.carol.get(f"/api/assets/{asset['id']}/content").status, 500)
        self.assertIn(asset["digest"], self.instance.wait_for_log("no longer what was stored"))

    def test_long_content_is_cut_before_the_damage(self):
        content = os.urandom(40 * BLOCK + 17)
        self.carol.upload("long", content)
        self.damage(content, 30 * BLOCK + 5)
        status, came, whole = self.read("long")
        self.assertEqual((status, whole), (200, False))
        self.assertEqual(came, content[:len(came)])
        self.assertLessEqual(len(came), 30 * BLOCK)
        self.instance.wait_for_log("no longer what was stored")
        sound = self.carol.request("GET", "/files", headers={"Range": f"bytes=0-{10 * BLOCK}"}, filename="long")
        self.assertEqual((sound.status, sound.body), (206, content[:10 * BLOCK + 1]))
        damaged = self.carol.request("GET", "/files", headers={"Range": f"bytes={30 * BLOCK}-"}, filename="long")
        self.assertEqual((damaged.status, damaged.json()["code"]), (500, "content_damaged"))

    def test_uploaded_again_it_is_good(self):
        content = os.urandom(5 * BLOCK)
        self.carol.upload("again", content)
        self.damage(content, 0)
        self.assertEqual(self.read("again")[0], 500)
        self.carol.upload("again", content)
        self.assertEqual(self.read("again"), (200, content, True))

    def test_content_that_is_gone(self):
        content = os.urandom(10)
        self.carol.upload("gone", content)
        self.blob_of(content).unlink()
        self.assertEqual(self.carol.get("/files", filename="gone").status, 500)
        self.assertEqual(self.carol.upload("other", b"still works")["size"], 11)

    def test_a_link_planted_in_the_place_of_content(self):
        secret = self.instance.directory / "secret"
        content = os.urandom(3 * BLOCK)
        secret.write_bytes(content)  # even the right bytes
        self.carol.upload("linked", content)
        blob = self.blob_of(content)
        blob.unlink()
        blob.symlink_to(secret)
        answer = self.carol.get("/files", filename="linked")
        self.assertEqual(answer.status, 500)
        self.assertNotIn(content[:100], answer.body)

    def test_a_link_planted_in_the_place_of_an_owners_folder(self):
        content = os.urandom(100)
        self.carol.upload("first", content)
        folder = self.blob_of(content).parent
        elsewhere = self.instance.directory / "elsewhere"
        folder.rename(elsewhere)
        folder.symlink_to(elsewhere)
        self.assertEqual(self.carol.get("/files", filename="first").status, 500)
        before = sorted(path.name for path in elsewhere.iterdir())
        self.assertGreaterEqual(self.carol.post("/files", b"never outside", filename="second").status, 500)
        self.assertEqual(sorted(path.name for path in elsewhere.iterdir()), before)


if __name__ == "__main__":
    unittest.main()
