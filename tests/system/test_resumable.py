"""Uploads that survive broken connections, kills and strangers: tus 1.0.0 at /api/uploads on a real kithd."""

import base64
import concurrent.futures
import email.utils
import hashlib
import os
import time
import unittest

from browser_session import Browser
from kith_instance import Instance, RawConnection, until
from tus_client import (BYTES, TUS, append, append_headers, begin, checksum, create, creation_headers, look, metadata,
                        offset_of)

MIB = 1 << 20


def content_of(size, seed=b"kith"):
    """Bytes that repeat nowhere, the same each time."""
    return hashlib.shake_128(seed).digest(size)


class OneInstance(unittest.TestCase):
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(settings=cls.settings)
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.carol, cls.mallory = cls.instance.add_user("carol"), cls.instance.add_user("mallory")

    def assert_refused(self, answer, status, code):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.json()["code"], code)
        self.assertEqual(answer.headers["tus-resumable"], "1.0.0")
        self.assertEqual(answer.headers["cache-control"], "no-store")

    def assert_stored(self, name, content, user=None):
        answer = (user or self.carol).get("/files", filename=name)
        self.assertEqual(answer.status, 200)
        self.assertEqual(hashlib.sha256(answer.body).hexdigest(), hashlib.sha256(content).hexdigest())

    def names(self, user=None):
        return [item["name"] for item in (user or self.carol).ok("GET", "/files", limit=500)["items"]]

    def unfinished(self, user=None):
        return (user or self.carol).ok("GET", "/api/uploads")["items"]

    def partial_files(self):
        return sorted(path.name for path in (self.instance.data / "blobs/partial").iterdir())

    def file_of(self, path):
        return self.instance.data / "blobs/partial" / path.rsplit("/", 1)[1]

    def start_append(self, path, offset, length, sent):
        """A PATCH that has sent only a part of its body; the connection is open."""
        connection = RawConnection(self.instance.local_port)
        headers = {**self.carol.authorization, **append_headers(offset), "Content-Length": str(length)}
        connection.send_head("PATCH", path, **headers)
        connection.send(sent)
        return connection


class Speaking(OneInstance):
    def test_says_what_it_can(self):
        for path in ("/api/uploads", "/api/uploads/anything"):
            answer = self.instance.local.request("OPTIONS", path)
            self.assertEqual(answer.status, 204)
            self.assertEqual(answer.headers["tus-resumable"], "1.0.0")
            self.assertEqual(answer.headers["tus-version"], "1.0.0")
            self.assertEqual(set(answer.headers["tus-extension"].split(",")),
                             {"creation", "creation-with-upload", "checksum", "expiration", "termination"})
            self.assertEqual(set(answer.headers["tus-checksum-algorithm"].split(",")), {"sha1", "sha256"})
            self.assertGreater(int(answer.headers["tus-max-size"]), 1 << 30)

    def test_an_upload_in_three_pieces(self):
        content = content_of(300_000)
        path = begin(self.carol, "three pieces.bin", len(content))
        self.assertRegex(path, r"^/api/uploads/[0-9a-z]{26}$")
        self.assertEqual(offset_of(self.carol, path), 0)
        item = next(item for item in self.unfinished() if path.endswith(item["id"]))
        self.assertEqual((item["name"], item["size"], item["offset"]), ("three pieces.bin", len(content), 0))
        for begin_at, end in ((0, 100_000), (100_000, 100_001)):
            answer = append(self.carol, path, begin_at, content[begin_at:end])
            self.assertEqual((answer.status, answer.headers["upload-offset"]), (204, str(end)))
            self.assertNotIn("x-kith-asset", answer.headers)
            expires = email.utils.parsedate_to_datetime(answer.headers["upload-expires"]).timestamp()
            self.assertAlmostEqual(expires, time.time() + 24 * 3600, delta=60)
        self.assertNotIn("three pieces.bin", self.names())
        answer = append(self.carol, path, 100_001, content[100_001:])
        self.assertEqual(answer.status, 204)
        asset = self.carol.ok("GET", f"/api/assets/{answer.headers['x-kith-asset']}")
        self.assertEqual(asset["digest"], "sha-256:" + hashlib.sha256(content).hexdigest())
        self.assert_stored("three pieces.bin", content)
        self.assertFalse(any(path.endswith(item["id"]) for item in self.unfinished()))
        self.assertNotIn(path.rsplit("/", 1)[1], self.partial_files())

    def test_the_last_answer_may_be_asked_for_again(self):
        path = begin(self.carol, "asked again", 5)
        asset = append(self.carol, path, 0, b"hello").headers["x-kith-asset"]
        for answer in (look(self.carol, path), append(self.carol, path, 5, b"")):
            self.assertLess(answer.status, 300)
            self.assertEqual((answer.headers["upload-offset"], answer.headers["x-kith-asset"]), ("5", asset))
        self.assert_refused(append(self.carol, path, 0, b"hello"), 409, "conflict")
        self.assertEqual(self.names().count("asked again"), 1)

    def test_the_first_bytes_may_come_at_once(self):
        answer = create(self.carol, "at once", 10, b"01234")
        self.assertEqual((answer.status, answer.headers["upload-offset"]), (201, "5"))
        append(self.carol, answer.headers["location"], 5, b"56789")
        self.assert_stored("at once", b"0123456789")
        answer = create(self.carol, "all at once", 10, b"0123456789")
        self.assertEqual(answer.status, 201)
        self.assertEqual(self.carol.ok("GET", f"/api/assets/{answer.headers['x-kith-asset']}")["name"], "all at once")

    def test_nothing_at_all_is_a_file_too(self):
        answer = create(self.carol, "empty", 0)
        self.assertEqual((answer.status, answer.headers["upload-offset"]), (201, "0"))
        self.assertIn("x-kith-asset", answer.headers)
        self.assert_stored("empty", b"")

    def test_a_name_that_is_there_gets_a_new_version(self):
        first = self.carol.upload("version.txt", b"one")
        answer = create(self.carol, "version.txt", 3, b"two")
        self.assertEqual(answer.headers["x-kith-asset"], first["id"])
        self.assert_stored("version.txt", b"two")

    def test_metadata_comes_back_as_it_was(self):
        field = metadata(filename="märz.txt", filetype="text/plain", is_draft=None)
        answer = create(self.carol, "-", 3, headers={"Upload-Metadata": field})
        described = look(self.carol, answer.headers["location"])
        self.assertEqual(described.headers["upload-metadata"], field)
        self.assertEqual((described.headers["upload-length"], described.headers["cache-control"]), ("3", "no-store"))
        self.assertIn("märz.txt", [item["name"] for item in self.unfinished()])

    def test_a_client_that_can_only_post(self):
        path = begin(self.carol, "posted", 4)
        answer = self.carol.request("POST", path, b"done",
                                    append_headers(0, {"X-HTTP-Method-Override": "PATCH"}))
        self.assertEqual((answer.status, answer.headers["upload-offset"]), (204, "4"))
        self.assert_stored("posted", b"done")
        path = begin(self.carol, "not wanted", 4)
        answer = self.carol.request("POST", path, None, {**TUS, "X-HTTP-Method-Override": "DELETE"})
        self.assertEqual(answer.status, 204)
        self.assertEqual(look(self.carol, path).status, 410)
        self.assert_refused(self.carol.request("POST", path, None, TUS), 405, "method_not_allowed")

    def test_giving_up(self):
        path = begin(self.carol, "given up", 10)
        append(self.carol, path, 0, b"12345")
        self.assertEqual(self.carol.request("DELETE", path, headers=TUS).status, 204)
        self.assertEqual(look(self.carol, path).status, 410)
        self.assert_refused(append(self.carol, path, 5, b"67890"), 410, "gone")
        self.assert_refused(self.carol.request("DELETE", path, headers=TUS), 410, "gone")
        self.assertNotIn(path.rsplit("/", 1)[1], self.partial_files())

    def test_a_creation_sent_twice_is_one(self):
        key = {"Idempotency-Key": "tus once"}
        first = create(self.carol, "only once", 6, b"abc", headers=key)
        again = create(self.carol, "only once", 6, b"abc", headers=key)
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(first.headers["location"], again.headers["location"])
        self.assertEqual(again.headers["upload-offset"], "3")
        self.assert_refused(create(self.carol, "something else", 6, b"abc", headers=key), 422, "idempotency_mismatch")

    def test_checksums(self):
        for algorithm in ("sha1", "sha256"):
            path = begin(self.carol, f"checked {algorithm}", 10)
            self.assertEqual(append(self.carol, path, 0, b"01234", {"Upload-Checksum": checksum(b"01234", algorithm)})
                             .status, 204)
            wrong = append(self.carol, path, 5, b"5678x", {"Upload-Checksum": checksum(b"56789", algorithm)})
            self.assert_refused(wrong, 460, "checksum_mismatch")
            self.assertIn("upload-expires", wrong.headers)
            self.assertEqual(offset_of(self.carol, path), 5)
            append(self.carol, path, 5, b"56789", {"Upload-Checksum": checksum(b"56789", algorithm)})
            self.assert_stored(f"checked {algorithm}", b"0123456789")


class Refusing(OneInstance):
    def test_others_see_nothing(self):
        path = begin(self.carol, "mine", 5)
        self.assertEqual(look(self.mallory, path).status, 404)
        self.assert_refused(append(self.mallory, path, 0, b"mine?"), 404, "not_found")
        self.assert_refused(self.mallory.request("DELETE", path, headers=TUS), 404, "not_found")
        self.assertEqual(self.unfinished(self.mallory), [])
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = self.instance.local.request(method, path, headers=append_headers(0))
            self.assertEqual((answer.status, answer.headers["tus-resumable"]), (401, "1.0.0"))
        self.assertEqual(offset_of(self.carol, path), 0)

    def test_another_version(self):
        path = begin(self.carol, "version", 5)
        for version in ({}, {"Tus-Resumable": "0.2.2"}):
            for method, target in (("POST", "/api/uploads"), ("PATCH", path), ("DELETE", path)):
                headers = {**creation_headers("x", 5), **append_headers(0)}
                del headers["Tus-Resumable"]
                answer = self.carol.request(method, target, headers={**headers, **version})
                self.assert_refused(answer, 412, "precondition_failed")
                self.assertEqual(answer.headers["tus-version"], "1.0.0")

    def test_wrong_offsets(self):
        path = begin(self.carol, "offsets", 10)
        append(self.carol, path, 0, b"01234")
        for offset in (0, 4, 6, 10, 2**62):
            self.assert_refused(append(self.carol, path, offset, b"x"), 409, "conflict")
        for offset in ("-1", "+5", "5.0", "0x5", "", " ", "9" * 30, "5, 5"):
            headers = {**TUS, **BYTES, "Upload-Offset": offset}
            self.assert_refused(self.carol.request("PATCH", path, b"x", headers), 400, "bad_request")
        self.assertEqual(offset_of(self.carol, path), 5)

    def test_more_than_was_declared(self):
        path = begin(self.carol, "too much", 10)
        self.assert_refused(append(self.carol, path, 0, b"x" * 11), 413, "too_large")
        self.assertEqual(offset_of(self.carol, path), 0)
        append(self.carol, path, 0, b"01234")
        with RawConnection(self.instance.local_port) as connection:  # chunked: nobody knows before
            connection.send_head("PATCH", path, **self.carol.authorization, **append_headers(5),
                                 Transfer_Encoding="chunked")
            connection.send(b"6\r\nabcdef\r\n0\r\n\r\n")
            status, head = connection.read_head()
        self.assertEqual(status, 413)
        self.assertIn("Tus-Resumable: 1.0.0", head)
        self.assertEqual(offset_of(self.carol, path), 5)
        self.assert_refused(create(self.carol, "x", 3, b"four"), 413, "too_large")
        append(self.carol, path, 5, b"56789")
        self.assert_stored("too much", b"0123456789")

    def test_creations_that_make_no_sense(self):
        good = creation_headers("x", 5)
        for changes in ({"Upload-Length": "-5"}, {"Upload-Length": "five"}, {"Upload-Length": "5,5"},
                        {"Upload-Length": str(2**63)}, {"Upload-Concat": "partial"},
                        {"Upload-Defer-Length": "1"}, {"Upload-Metadata": ""},
                        {"Upload-Metadata": metadata(name="x")}):
            self.assert_refused(self.carol.request("POST", "/api/uploads", None, {**good, **changes}), 400,
                                "bad_request")
        del good["Upload-Length"]
        self.assert_refused(self.carol.request("POST", "/api/uploads", None, good), 400, "bad_request")
        self.assert_refused(create(self.carol, "x", 2**62), 413, "too_large")
        self.assertEqual([item for item in self.unfinished() if item["name"] == "x"], [])

    def test_hostile_metadata(self):
        encoded = base64.b64encode(b"name.txt").decode()
        for field in ("filename", "filename ", "filename !!!", f"filename {encoded[:-1]}", f",filename {encoded}",
                      f"filename {encoded},", f"filename {encoded},filename {encoded}", f" ,, filename {encoded}",
                      f"filename\t{encoded}", f"fi\u00e9ld eA==,filename {encoded}".encode().decode("latin-1"),
                      f"filename {encoded},x " + "A" * 5000, "filename " + base64.b64encode(b"\xff\xfe").decode()):
            answer = self.carol.request("POST", "/api/uploads", None,
                                        {**creation_headers("x", 5), "Upload-Metadata": field.encode("latin-1")})
            self.assert_refused(answer, 400, "bad_request")
        for name in ("../x", "/etc/passwd", "a\0b", "a\r\nX-Evil: 1", "..", "n" * 300, "a\\b"):
            self.assert_refused(create(self.carol, name, 5), 400, "bad_request")
        self.assertEqual([item["name"] for item in self.unfinished() if len(item["name"]) > 200], [])

    def test_a_body_of_another_type(self):
        path = begin(self.carol, "typed", 5)
        for headers in ({**TUS, "Upload-Offset": "0"}, {**append_headers(0), "Content-Type": "text/plain"}):
            self.assert_refused(self.carol.request("PATCH", path, b"12345", headers), 415, "unsupported_media_type")
        answer = self.carol.request("POST", "/api/uploads", b"12345", creation_headers("typed", 5))
        self.assert_refused(answer, 415, "unsupported_media_type")

    def test_checksums_nobody_can_check(self):
        path = begin(self.carol, "unchecked", 5)
        for field in ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 short", "sha256 " + checksum(b"x", "sha1").split()[1],
                      "SHA1 " + checksum(b"x", "sha1").split()[1], ""):
            self.assert_refused(append(self.carol, path, 0, b"12345", {"Upload-Checksum": field}), 400, "bad_request")
        self.assertEqual(offset_of(self.carol, path), 0)

    def test_unknown_parameters_and_ids(self):
        self.assertEqual(self.carol.request("HEAD", "/api/uploads/nothing", headers=TUS).status, 404)
        path = begin(self.carol, "parameters", 5)
        self.assert_refused(append(self.carol, path + "?x=1", 0, b"12345"), 400, "bad_request")

    def test_a_browser_needs_its_csrf_value(self):
        browser = Browser(self.instance)
        browser.log_in(self.carol)
        path = browser.request("POST", "/api/uploads", None, creation_headers("csrf", 5)).headers["location"]
        for method, target, headers in (("POST", "/api/uploads", creation_headers("csrf", 5)),
                                        ("PATCH", path, append_headers(0)), ("DELETE", path, TUS),
                                        ("POST", path, {**TUS, "X-HTTP-Method-Override": "DELETE"})):
            self.assert_refused(browser.request(method, target, None, {**headers, "X-Kith-CSRF": None}), 403, "csrf")
        self.assertEqual(browser.request("PATCH", path, b"12345", append_headers(0)).status, 204)


class Breaking(OneInstance):
    def test_what_came_of_a_broken_request_stays(self):
        content = content_of(3 * MIB)
        path = begin(self.carol, "broken", len(content))
        with self.start_append(path, 0, len(content), content[:MIB]):
            until(lambda: self.file_of(path).stat().st_size == MIB, "the first piece on the disk")
        offset = until(lambda: offset_of(self.carol, path), "what came")
        self.assertEqual(offset, MIB)
        append(self.carol, path, offset, content[offset:])
        self.assert_stored("broken", content)

    def test_what_came_with_a_checksum_goes_with_its_request(self):
        content = content_of(2 * MIB)
        path = begin(self.carol, "broken and checked", len(content))
        file = self.file_of(path)
        connection = RawConnection(self.instance.local_port)
        connection.send_head("PATCH", path, **self.carol.authorization,
                             **append_headers(0, {"Upload-Checksum": checksum(content)}),
                             Content_Length=str(len(content)))
        connection.send(content[:MIB])
        until(lambda: file.stat().st_size == MIB, "the first piece on the disk")
        connection.socket.close()
        until(lambda: file.stat().st_size == 0, "the cut")
        self.assertEqual(offset_of(self.carol, path), 0)
        self.assertEqual(append(self.carol, path, 0, content, {"Upload-Checksum": checksum(content)}).status, 204)
        self.assert_stored("broken and checked", content)

    def test_two_writers(self):
        content = content_of(100_000)
        path = begin(self.carol, "two writers", len(content))
        file = self.file_of(path)
        first = self.start_append(path, 0, len(content), content[:1000])
        until(lambda: file.stat().st_size == 1000, "the first writer's bytes")
        refused = append(self.carol, path, 0, content)
        self.assert_refused(refused, 423, "locked")
        self.assertIn("retry-after", refused.headers)
        first.send(content[1000:])
        self.assertEqual(first.read_head()[0], 204)
        first.socket.close()
        self.assert_stored("two writers", content)

    def test_many_writers(self):
        """However many begin at once, the bytes are those of one, once."""
        content = content_of(2 * MIB)
        path = begin(self.carol, "many writers", len(content))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: append(self.carol, path, 0, content).status, range(8)))
        self.assertEqual(answers.count(204), 1, answers)
        self.assertLessEqual(set(answers), {204, 409, 423, 429})
        self.assert_stored("many writers", content)
        self.assertEqual(self.names().count("many writers"), 1)

    def test_a_silent_connection_does_not_lock_the_client_out(self):
        """The first connection died without a word; its client comes again on a new one."""
        content = content_of(50_000)
        path = begin(self.carol, "silent", len(content))
        file = self.file_of(path)
        silent = self.start_append(path, 0, len(content), content[:20_000])
        until(lambda: file.stat().st_size == 20_000, "the first writer's bytes")
        self.assertEqual(append(self.carol, path, 0, content).status, 423)
        offset = until(lambda: offset_of(self.carol, path), "the first one is given up", seconds=15)
        self.assertEqual(offset, 20_000)
        self.assertEqual(append(self.carol, path, offset, content[offset:]).status, 204)
        silent.send(content[20_000:])  # too late
        self.assertEqual(silent.read_head()[0], 423)
        silent.socket.close()
        self.assert_stored("silent", content)

    def test_giving_up_ends_the_one_that_writes(self):
        path = begin(self.carol, "ended in the middle", 100_000)
        file = self.file_of(path)
        with self.start_append(path, 0, 100_000, b"x" * 1000) as writer:
            until(lambda: file.stat().st_size == 1000, "the writer's bytes")
            self.assertEqual(self.carol.request("DELETE", path, headers=TUS).status, 204)
            writer.send(b"x" * 99_000)
            self.assertIn(writer.read_head()[0], (410, 423))
        self.assertEqual(look(self.carol, path).status, 410)
        self.assertFalse(file.exists())

    def test_a_creation_that_breaks_off_leaves_nothing(self):
        before = len(self.unfinished())
        with RawConnection(self.instance.local_port) as connection:
            connection.send_head("POST", "/api/uploads", **self.carol.authorization,
                                 **creation_headers("nobody knows where", 1000, BYTES), Content_Length="1000")
            connection.send(b"x" * 10)
            until(lambda: len(self.unfinished()) == before + 1, "the upload")
        until(lambda: len(self.unfinished()) == before, "its end")

    def test_killed_in_the_middle(self):
        """What the daemon said is on the disk still is, after kill -9, and is not hashed wrong."""
        content = content_of(64 * MIB)
        path = begin(self.carol, "killed", len(content))
        self.assertEqual(append(self.carol, path, 0, content[:MIB + 1]).status, 204)
        connection = self.start_append(path, MIB + 1, len(content) - MIB - 1, content[MIB + 1:40 * MIB])
        durable = until(lambda: next((item["offset"] for item in self.unfinished()
                                      if path.endswith(item["id"]) and item["offset"] > MIB + 1), None),
                        "a checkpoint")
        self.instance.restart(kill=True)
        connection.socket.close()
        offset = offset_of(self.carol, path)
        self.assertGreaterEqual(offset, durable)
        self.assertLessEqual(offset, 40 * MIB)
        self.assertEqual(append(self.carol, path, offset, content[offset:]).status, 204)
        self.assert_stored("killed", content)

    def test_a_whole_one_that_was_not_named_is_named_when_asked_for(self):
        """As if the daemon had died between the last byte and the name."""
        path = begin(self.carol, "not named", 5)
        append(self.carol, path, 0, b"1234")
        self.instance.stop(kill=True)
        upload = path.rsplit("/", 1)[1]
        (self.instance.data / "blobs/partial" / upload).write_bytes(b"12345")
        self.change_database("UPDATE resumable_uploads SET received = 5 WHERE id = ?", upload)
        self.instance.start()
        answer = look(self.carol, path)
        self.assertEqual((answer.status, answer.headers["upload-offset"]), (200, "5"))
        self.assertEqual(self.carol.ok("GET", f"/api/assets/{answer.headers['x-kith-asset']}")["name"], "not named")
        self.assert_stored("not named", b"12345")
        self.assertEqual(look(self.carol, path).headers["x-kith-asset"], answer.headers["x-kith-asset"])
        self.assertEqual(self.names().count("not named"), 1)

    def test_one_that_ran_out(self):
        path = begin(self.carol, "ran out", 5)
        append(self.carol, path, 0, b"123")
        upload = path.rsplit("/", 1)[1]
        self.change_database("UPDATE resumable_uploads SET expires_at = 1 WHERE id = ?", upload)
        self.assertEqual(look(self.carol, path).status, 410)
        self.assert_refused(append(self.carol, path, 3, b"45"), 410, "gone")
        self.assertNotIn("ran out", [item["name"] for item in self.unfinished()])

    def test_content_that_was_tampered_with(self):
        elsewhere = self.instance.directory / "elsewhere"
        elsewhere.write_bytes(b"not yours")
        for plant in (lambda file: file.symlink_to(elsewhere), lambda file: os.mkfifo(file),
                      lambda file: file.mkdir(), lambda file: file.write_bytes(b"1")):
            path = begin(self.carol, "tampered", 9)
            append(self.carol, path, 0, b"123")
            file = self.file_of(path)
            file.unlink()
            plant(file)
            # Not by request(): a 500 is no mistake of the daemon here.
            with self.instance.local.open("PATCH", path, b"456789",
                                          {**self.carol.authorization, **append_headers(3)}) as answer:
                self.assertIn(answer.status, (410, 500))
            self.assertEqual(elsewhere.read_bytes(), b"not yours")
            self.assertNotIn("tampered", self.names())

    def change_database(self, sql, *values):
        import sqlite3  # pylint: disable=import-outside-toplevel
        database = sqlite3.connect(self.instance.data / "kith.db", timeout=30)
        try:
            with database:
                self.assertEqual(database.execute(sql, values).rowcount, 1)
        finally:
            database.close()


class Quota(OneInstance):
    settings = {"accounts": {"default_quota": "3 MiB"}}

    def test_creations_share_the_quota(self):
        """Ten times a third of the quota at once: three get it; it is free again when they are given up."""
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda number: create(self.carol, f"part {number}", MIB), range(10)))
        self.assertEqual(sorted(answer.status for answer in answers), [201] * 3 + [507] * 7)
        refused = next(answer for answer in answers if answer.status == 507)
        self.assertEqual(refused.json()["code"], "quota_exceeded")
        self.assertEqual(self.carol.request("POST", "/files", b"x", filename="one more").status, 507)
        self.instance.restart(kill=True)
        self.assertEqual(create(self.carol, "after the restart", 1).status, 507)
        paths = [answer.headers["location"] for answer in answers if answer.status == 201]
        self.assertEqual(append(self.carol, paths[0], 0, content_of(MIB)).status, 204)
        self.assertEqual(create(self.carol, "it still counts", 1).status, 507)
        self.carol.request("DELETE", paths[1], headers=TUS)
        self.assertEqual(create(self.carol, "room again", MIB).status, 201)


class Limits(OneInstance):
    settings = {"limits": {"uploads_per_user": 3}}

    def test_only_so_many_run_at_once(self):
        paths = [begin(self.carol, f"running {number}", 1000) for number in range(4)]
        files = [self.file_of(path) for path in paths]
        running = [self.start_append(path, 0, 1000, b"x") for path in paths[:3]]
        until(lambda: all(file.stat().st_size == 1 for file in files[:3]), "three that run")
        refused = append(self.carol, paths[3], 0, b"x")
        self.assert_refused(refused, 429, "too_many_requests")
        self.assertIn("retry-after", refused.headers)
        self.assertEqual(create(self.carol, "only begun", 5).status, 201)
        running[0].send(b"x" * 999)
        self.assertEqual(running[0].read_head()[0], 204)
        self.assertEqual(append(self.carol, paths[3], 0, b"x").status, 204)
        for connection in running:
            connection.socket.close()

    def test_only_so_many_are_unfinished(self):
        for number in range(100):
            begin(self.mallory, f"unfinished {number}", 1)
        self.assert_refused(create(self.mallory, "one too many", 1), 429, "too_many_requests")
        self.assertEqual(len(self.unfinished(self.mallory)), 100)

    def test_the_disk_must_have_room(self):
        answer = create(self.carol, "larger than the disk", 90 << 30)
        self.assert_refused(answer, 507, "storage_full")


class BehindAProxy(OneInstance):
    settings = {"web": {"url": "https://home.example/kith"}}

    def test_says_the_path_people_come_by(self):
        answer = create(self.carol, "proxied", 5, headers={"Host": "home.example"})
        self.assertRegex(answer.headers["location"], "^/kith/api/uploads/[0-9a-z]{26}$")
        self.assertRegex(create(self.carol, "direct", 5).headers["location"], "^/api/uploads/[0-9a-z]{26}$")


if __name__ == "__main__":
    unittest.main()
