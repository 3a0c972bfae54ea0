"""A selection as one ZIP, read by Python's own zipfile."""

import hashlib
import io
import os
import unittest
import zipfile

from kith_instance import RawConnection
from test_files import OneInstance


class Archives(OneInstance):
    def make(self, *ids, user=None, **fields):
        return (user or self.carol).ok("POST", "/api/archives", {"asset_ids": list(ids), **fields})

    def fetch(self, archive):
        answer = self.carol.get(archive["url"])
        self.assertEqual(answer.status, 200, answer)
        return zipfile.ZipFile(io.BytesIO(answer.body))

    def upload(self, name, content):
        return self.carol.upload(name, content)["id"]

    def test_holds_the_files_as_they_are(self):
        content = os.urandom(3 << 20)
        archive = self.make(self.upload("Übung 1.bin", content), self.upload("empty.txt", b""), name="Ferien 2024")
        self.assertEqual((archive["name"], archive["count"]), ("Ferien 2024.zip", 2))
        answer = self.carol.get(archive["url"])
        self.assertEqual(answer.headers["content-length"], str(archive["size"]))
        self.assertEqual(answer.headers["content-type"], "application/zip")
        self.assertTrue(answer.headers["content-disposition"].startswith("attachment"))
        self.assertIn('filename="Ferien 2024.zip"', answer.headers["content-disposition"])
        self.assertEqual(len(answer.body), archive["size"])
        with self.fetch(archive) as opened:
            self.assertIsNone(opened.testzip())
            self.assertEqual(opened.namelist(), ["Übung 1.bin", "empty.txt"])
            self.assertEqual(hashlib.sha256(opened.read("Übung 1.bin")).digest(), hashlib.sha256(content).digest())

    def test_head_tells_the_length(self):
        archive = self.make(self.upload("head.txt", b"content"))
        head = self.carol.request("HEAD", archive["url"])
        self.assertEqual((head.status, head.body, head.headers["content-length"]), (200, b"", str(archive["size"])))

    def test_names_are_safe_for_every_unpacker(self):
        names = ["a.jpg", "A.jpg", "con.txt", "what?.txt", "photo\u202egpj.exe", "x" * 255, "trailing. "]
        with self.fetch(self.make(*(self.upload(name, name.encode()) for name in names))) as opened:
            self.assertEqual(opened.namelist(), ["a.jpg", "A (2).jpg", "_con.txt", "what_.txt", "photo_gpj.exe",
                                                 "x" * 255, "trailing"])
            self.assertIsNone(opened.testzip())

    def test_is_what_the_files_were_when_it_was_asked_for(self):
        changed, deleted = self.upload("changed.txt", b"before"), self.upload("deleted.txt", b"still there")
        archive = self.make(changed, deleted)
        self.upload("changed.txt", b"afterwards")
        self.assertEqual(self.carol.request("DELETE", f"/api/assets/{deleted}").status, 204)
        with self.fetch(archive) as opened:
            self.assertEqual(opened.read("changed.txt"), b"before")
            self.assertEqual(opened.read("deleted.txt"), b"still there")

    def test_content_lost_on_disk_breaks_the_download_off(self):
        first, lost = self.upload("first.txt", b"first"), self.carol.upload("lost.bin", os.urandom(1 << 20))
        archive = self.make(first, lost["id"])
        digest = lost["digest"].removeprefix("sha-256:")
        found = [path for path in (self.instance.data / "blobs").rglob("*") if path.is_file() and digest[-40:] in path.name]
        self.assertTrue(found, "the blob's file")
        for path in found:
            path.unlink()
        with RawConnection(self.instance.local_port) as raw:
            raw.send_head("GET", archive["url"], **self.carol.authorization, Connection="close")
            status, _ = raw.read_head()
            self.assertEqual(status, 200)
            self.assertLess(len(raw.read_to_end()), archive["size"])
        self.assertEqual(self.instance.local.request("GET", "/healthz").status, 200)
        self.carol.request("DELETE", f"/api/assets/{lost['id']}")

    def test_only_its_maker_may_have_it(self):
        archive = self.make(self.upload("mine.txt", b"mine"))
        self.assert_problem(self.mallory.get(archive["url"]), 404, "not_found")
        self.assert_problem(self.instance.local.request("GET", archive["url"]), 401, "unauthorized")
        self.assertEqual(self.instance.public.request("GET", archive["url"]).status, 404)
        self.assert_problem(self.carol.get("/api/archives/" + "0" * 26), 404, "not_found")
        self.assert_problem(self.carol.get("/api/archives/x"), 404, "not_found")

    def test_only_ones_own_files_go_in(self):
        theirs = self.mallory.upload("theirs.txt", b"theirs")["id"]
        mine = self.upload("own.txt", b"own")
        self.assert_problem(self.carol.post("/api/archives", {"asset_ids": [mine, theirs]}), 404, "not_found")
        self.assert_problem(self.carol.post("/api/archives", {"asset_ids": [mine, "../x"]}), 404, "not_found")

    def test_an_album_as_a_whole(self):
        ids = [self.upload(name, name.encode()) for name in ("one.txt", "two.txt", "three.txt")]
        album = self.carol.ok("POST", "/api/albums", {"name": "Summer / 2024"})
        self.assert_problem(self.carol.post("/api/archives", {"album_id": album["id"]}), 409, "conflict")
        self.carol.ok("POST", f"/api/albums/{album['id']}/assets", {"asset_ids": ids[::-1]})
        archive = self.carol.ok("POST", "/api/archives", {"album_id": album["id"]})
        self.assertEqual((archive["name"], archive["count"]), ("Summer _ 2024.zip", 3))
        with self.fetch(archive) as opened:
            self.assertEqual(opened.namelist(), ["three.txt", "two.txt", "one.txt"])
        self.assert_problem(self.mallory.post("/api/archives", {"album_id": album["id"]}), 404, "not_found")
        self.assert_problem(self.carol.post("/api/archives", {"album_id": "x"}), 404, "not_found")
        both = {"album_id": album["id"], "asset_ids": ids}
        self.assert_problem(self.carol.post("/api/archives", both), 400, "bad_request")

    def test_wrong_wishes_are_refused(self):
        mine = self.upload("wish.txt", b"wish")
        for body in ({}, {"asset_ids": []}, {"asset_ids": mine}, {"asset_ids": [1]}, {"asset_ids": [mine] * 501},
                     {"asset_ids": [mine], "name": "../up"}, {"asset_ids": [mine], "name": "a\r\nb"},
                     {"asset_ids": [mine], "name": 1}, {"asset_ids": [mine], "more": 1}):
            self.assert_problem(self.carol.post("/api/archives", body), 400, "bad_request")


if __name__ == "__main__":
    unittest.main()
