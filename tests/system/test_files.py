"""Files of one person on one instance: stored, read, renamed, deleted; by honest clients, broken ones and attackers."""

import base64
import concurrent.futures
import hashlib
import os
import re
import unittest
import urllib.parse

from kith_instance import Instance, RawConnection, until

HELLO = b"Hello from the holidays"


def repr_digest(content):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(content).digest()).decode() + ":"


def stored_files(instance):
    """The content under the blob folder, halves of uploads included; the sums beside it are not counted."""
    return [path for path in (instance.data / "blobs").rglob("*") if path.is_file() and path.suffix != ".sums"]


class OneInstance(unittest.TestCase):
    """What the classes below share: an instance, carol who uses it and mallory who should see nothing."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(settings=cls.settings)
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.carol, cls.mallory = cls.instance.add_user("carol"), cls.instance.add_user("mallory")

    def assert_problem(self, answer, status, code):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual((problem["status"], problem["code"]), (status, code))
        self.assertTrue(problem["title"] and problem["request_id"])
        self.assertIsInstance(problem["detail"], str)
        return problem

    def names(self, user=None):
        return [item["name"] for item in (user or self.carol).ok("GET", "/files", limit=500)["items"]]


class StoringAndReading(OneInstance):
    def test_stores_and_describes_what_was_sent(self):
        answer = self.carol.request("POST", "/files", HELLO, filename="hello.txt")
        self.assertEqual(answer.status, 201)
        asset = answer.json()
        self.assertEqual(answer.headers["location"], f"/api/assets/{asset['id']}")
        self.assertRegex(asset["id"], "^[0-9a-z]{26}$")
        self.assertEqual(asset["digest"], "sha-256:" + hashlib.sha256(HELLO).hexdigest())
        self.assertEqual((asset["name"], asset["size"], asset["media_type"]), ("hello.txt", len(HELLO), "text/plain"))
        self.assertEqual((asset["owner"], asset["shared_with"]), (self.carol.address, []))
        self.assertRegex(asset["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(self.carol.ok("GET", answer.headers["location"]), asset)

    def test_content_is_the_same_by_name_and_by_id(self):
        content = os.urandom(3 << 20)
        answer = self.carol.request("PUT", "/files/" + urllib.parse.quote("Ärger & Co/".rstrip("/")), content)
        self.assertEqual(answer.status, 201)
        for target in ("/files/" + urllib.parse.quote("Ärger & Co"), answer.headers["location"] + "/content",
                       "/files?" + urllib.parse.urlencode({"filename": "Ärger & Co"})):
            got = self.carol.get(target)
            self.assertEqual((got.status, got.body), (200, content), target)
            self.assertEqual(got.headers["repr-digest"], repr_digest(content))
            self.assertEqual(got.headers["content-length"], str(len(content)))
            self.assertEqual(got.headers["accept-ranges"], "bytes")

    def test_head_tells_what_get_would(self):
        asset = self.carol.upload("head.bin", HELLO)
        for target in (f"/api/assets/{asset['id']}/content", "/files/head.bin"):
            get, head = self.carol.get(target), self.carol.request("HEAD", target)
            self.assertEqual((head.status, head.body), (200, b""))
            for name in ("content-length", "etag", "repr-digest", "content-disposition", "content-type"):
                self.assertEqual(head.headers[name], get.headers[name], name)

    def test_ranges(self):
        asset = self.carol.upload("range.txt", HELLO)
        target, size = f"/api/assets/{asset['id']}/content", len(HELLO)
        for given, first, last in (("0-4", 0, 4), ("-8", size - 8, size - 1), ("6-", 6, size - 1),
                                   (f"{size - 1}-", size - 1, size - 1), ("0-999999", 0, size - 1),
                                   ("-999999", 0, size - 1)):
            got = self.carol.request("GET", target, headers={"Range": f"bytes={given}"})
            self.assertEqual((got.status, got.body), (206, HELLO[first:last + 1]), given)
            self.assertEqual(got.headers["content-range"], f"bytes {first}-{last}/{size}")
            self.assertEqual(got.headers["repr-digest"], repr_digest(HELLO))
        for given in (f"{size}-", "999-1000", "-0"):
            got = self.carol.request("GET", target, headers={"Range": f"bytes={given}"})
            self.assertEqual(got.status, 416, given)
            self.assertEqual(got.headers["content-range"], f"bytes */{size}")
        for nonsense in ("bytes=5-4", "bytes=a-b", "lines=0-4", "bytes"):
            got = self.carol.request("GET", target, headers={"Range": nonsense})
            self.assertEqual((got.status, got.body), (200, HELLO), nonsense)

    def test_conditions(self):
        asset = self.carol.upload("conditions.txt", HELLO)
        target = f"/api/assets/{asset['id']}/content"
        tag = self.carol.get(target).headers["etag"]
        self.assertEqual(asset["etag"], tag)
        for condition in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            got = self.carol.request("GET", target, headers={"If-None-Match": condition})
            self.assertEqual((got.status, got.body, got.headers["etag"]), (304, b"", tag), condition)
        self.assertEqual(self.carol.request("GET", target, headers={"If-None-Match": '"other"'}).status, 200)
        same = self.carol.request("GET", target, headers={"Range": "bytes=0-4", "If-Range": tag})
        other = self.carol.request("GET", target, headers={"Range": "bytes=0-4", "If-Range": '"other"'})
        self.assertEqual((same.status, same.body), (206, HELLO[:5]))
        self.assertEqual((other.status, other.body), (200, HELLO))

    def test_empty_file(self):
        asset = self.carol.upload("empty", b"")
        got = self.carol.get(f"/api/assets/{asset['id']}/content")
        self.assertEqual((got.status, got.body, got.headers["content-length"]), (200, b"", "0"))
        self.assertEqual(got.headers["repr-digest"], repr_digest(b""))

    def test_chunked_upload(self):
        pieces = [os.urandom(size) for size in (1, 70_000, 300_000, 13)]
        answer = self.carol.request("POST", "/files", iter(pieces), filename="chunks.bin")
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(self.carol.get("/files/chunks.bin").body, b"".join(pieces))

    def test_a_new_version_takes_the_place_of_the_old(self):
        first = self.carol.upload("letter.txt", b"first")
        second = self.carol.upload("letter.txt", b"second thoughts")
        self.assertEqual((first["id"], first["version"] + 1), (second["id"], second["version"]))
        self.assertEqual(self.carol.get("/files/letter.txt").body, b"second thoughts")
        self.assertEqual(self.names().count("letter.txt"), 1)
        stale = self.carol.request("GET", f"/api/assets/{first['id']}/content",
                                   headers={"If-None-Match": first["etag"]})
        self.assertEqual(stale.status, 200)

    def test_uploads_of_one_name_at_once_are_versions_of_it(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assets = list(pool.map(lambda n: self.carol.upload("crowded.txt", b"%d" % n), range(8)))
        self.assertEqual({a["id"] for a in assets}, {assets[0]["id"]})
        self.assertEqual(len({a["version"] for a in assets}), 8)
        newest = max(assets, key=lambda a: a["version"])
        digest = hashlib.sha256(self.carol.get("/files/crowded.txt").body).hexdigest()
        self.assertEqual(newest["digest"], "sha-256:" + digest)

    def test_rename_delete_undelete(self):
        asset = self.carol.upload("old name.txt", HELLO)
        target = f"/api/assets/{asset['id']}"
        renamed = self.carol.ok("PATCH", target, {"name": "new name.txt"})
        self.assertEqual((renamed["id"], renamed["name"]), (asset["id"], "new name.txt"))
        self.assertEqual(self.carol.get("/files/old%20name.txt").status, 404)
        self.assertEqual(self.carol.get("/files/new%20name.txt").body, HELLO)
        self.assert_problem(self.carol.request("PATCH", target, {"name": "a/b"}), 400, "bad_request")
        self.assert_problem(self.carol.request("PATCH", target, {"name": 7}), 400, "bad_request")
        self.assert_problem(self.carol.request("PATCH", target, {"nam": "x"}), 400, "bad_request")
        self.assertEqual(self.carol.request("DELETE", target).status, 204)
        for gone in (target, target + "/content", "/files/new%20name.txt"):
            self.assert_problem(self.carol.get(gone), 404, "not_found")
        self.assertNotIn("new name.txt", self.names())
        deleted = self.carol.ok("GET", "/api/deleted-assets")["items"]
        self.assertIn(target.rsplit("/", 1)[-1], [one["id"] for one in deleted])
        self.assertEqual(self.carol.post(target + "/undelete").status, 200)
        self.assertEqual(self.carol.get(target + "/content").body, HELLO)
        self.assertEqual(self.carol.request("DELETE", "/files", filename="new name.txt").status, 204)
        self.assertEqual(self.carol.request("DELETE", "/files", filename="new name.txt").status, 404)

    def test_lists_come_in_pages_without_gaps_or_repeats(self):
        dave = self.instance.add_user("dave")
        uploaded = {f"page {n}.txt" for n in range(7)}
        for name in sorted(uploaded):
            dave.upload(name, name.encode())
        for target in ("/files", "/api/assets"):
            seen, cursor = [], {}
            while True:
                page = dave.ok("GET", target, limit=3, **cursor)
                self.assertLessEqual(len(page["items"]), 3)
                seen += [item["name"] for item in page["items"]]
                if page["next"] is None:
                    break
                cursor = {"cursor": page["next"]}
            self.assertEqual((len(seen), set(seen)), (7, uploaded), target)
        for wrong in ("limit=0", "limit=501", "limit=many", "limit=-1", "cursor=nonsense", "limit=1&limit=2"):
            self.assert_problem(dave.get(f"/api/assets?{wrong}"), 400, "bad_request")

    def test_filters(self):
        erin = self.instance.add_user("erin")
        erin.upload("Sunset.png", b"\x89PNG\r\n\x1a\n and so on")
        erin.upload("notes.txt", b"notes")

        def find(target, **query):
            return {item["name"] for item in erin.ok("GET", target, **query)["items"]}

        self.assertEqual(find("/api/assets", kind="photo"), {"Sunset.png"})
        self.assertEqual(find("/api/photos"), {"Sunset.png"})
        self.assertEqual(find("/api/assets", name="sunset"), {"Sunset.png"})
        self.assertEqual(find("/api/assets", name="SET.P"), {"Sunset.png"})
        self.assertEqual(find("/api/assets", name="100%"), set())
        self.assertEqual(find("/api/assets", name="_"), set())
        self.assert_problem(erin.get("/api/assets", kind="painting"), 400, "bad_request")

    def test_idempotency_key(self):
        frida = self.instance.add_user("frida")

        def send(body, name="once.txt", key="k-1"):
            return frida.request("POST", "/files", body, {"Idempotency-Key": key}, filename=name)

        first, again = send(b"once"), send(b"once")
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(first.json(), again.json())
        self.assertEqual(frida.ok("GET", f"/api/assets/{first.json()['id']}")["version"], first.json()["version"])
        self.assert_problem(send(b"something longer"), 422, "idempotency_mismatch")
        self.assert_problem(send(b"once", name="other.txt"), 422, "idempotency_mismatch")
        self.assertEqual(self.names(frida), ["once.txt"])
        self.assertEqual(frida.get("/files/once.txt").body, b"once")
        self.assertEqual(self.carol.request("POST", "/files", b"mine", {"Idempotency-Key": "k-1"},
                                            filename="k.txt").status, 201)  # another user's keys are their own
        self.assert_problem(send(b"once", key="k" * 300), 400, "bad_request")

    def test_idempotency_key_with_another_body_of_the_same_length(self):
        greta = self.instance.add_user("greta")
        answers = [greta.request("POST", "/files", body, {"Idempotency-Key": "same length"}, filename="once.txt")
                   for body in (b"once", b"ecno")]
        self.assertEqual(answers[0].status, 201)
        self.assert_problem(answers[1], 422, "idempotency_mismatch")

    def test_unknown_parameters_are_refused(self):
        asset = self.carol.upload("parameters.txt", HELLO)
        for method, target in (("GET", "/files?filenam=x"), ("GET", "/api/assets?sort=name"),
                               ("GET", f"/api/assets/{asset['id']}?x=1"), ("POST", "/files?filename=a&colour=red"),
                               ("PUT", "/files/a?filename=b"), ("POST", "/files"), ("DELETE", "/files"),
                               ("GET", f"/api/assets/{asset['id']}/content?download")):
            body = b"x" if method in ("POST", "PUT") else None
            self.assert_problem(self.carol.request(method, target, body), 400, "bad_request")


class NamesAndAttackers(OneInstance):
    def test_unicode_names_come_back_as_they_were(self):
        for name in ("Côte d'Azur – 夏 🌅.txt", 'quote " back.txt', "100% sure; really=yes.txt", "a,b;c.txt",
                     "e\u0301 is not \u00e9.txt", "ends with dot.", " spaces ", "x" * 255, "ü" * 127):
            asset = self.carol.upload(name, name.encode())
            self.assertEqual(asset["name"], name)
            got = self.carol.get(f"/api/assets/{asset['id']}/content")
            self.assertEqual(got.body, name.encode())
            shown = got.headers["content-disposition"]
            self.assertTrue(shown.isascii() and shown.isprintable(), shown)
            extended = re.search(r"filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+)$", shown)
            plain = re.search(r'filename="((?:[^"\\]|\\.)*)"', shown)
            given = urllib.parse.unquote(extended[1]) if extended else re.sub(r"\\(.)", r"\1", plain[1])
            self.assertEqual(given, name)
            self.assertIsNotNone(plain, shown)

    def test_a_name_that_would_read_backwards_is_saved_under_a_plain_one(self):
        asset = self.carol.upload("\u202egnp.exe", HELLO)
        self.assertEqual(asset["name"], "\u202egnp.exe")
        shown = self.carol.get(f"/api/assets/{asset['id']}/content").headers["content-disposition"]
        self.assertNotIn("%E2%80%AE", shown.upper())

    def test_names_that_are_refused(self):
        before = sorted(self.names())
        for name in ("../../etc/passwd", "/etc/passwd", "a/b", "..", ".", "a\\b", "nul\0byte", "cr\r\nSet-Cookie: x",
                     "line\nbreak", "\x7f", "\u0085", "\u2028", "", "x" * 256, "x" * 300, "ü" * 150, b"\xff\xfe",
                     b"\xc0\xaf", b"\xed\xa0\x80"):
            self.assert_problem(self.carol.request("POST", "/files", b"x", filename=name), 400, "bad_request")
            if name not in ("", ".", ".."):
                got = self.carol.request("PUT", "/files/" + urllib.parse.quote(name, safe=""), b"x")
                self.assertEqual(got.status, 400, got)
            self.assertIn(self.carol.get("/files", filename=name).status, (400, 404))
        self.assertEqual(sorted(self.names()), before)

    def test_no_path_on_disk_is_ever_called_by_a_name(self):
        self.carol.upload("sesame-open.txt", HELLO)
        self.assertFalse([path for path in self.instance.directory.rglob("*") if "sesame" in path.name])

    def test_what_a_browser_could_run_is_never_served_as_a_page(self):
        page, drawing = b"<!DOCTYPE html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"
        for name, content in (("page.html", page), ("drawing.svg", drawing), ("photo.jpg", page),
                              ("photo.png", drawing), ("script.js", b"alert(1)"),
                              ("feed.xml", b"<?xml version='1.0'?><x/>"),
                              ("old.xhtml", page), ("movie.mp4", page), ("paper.pdf", page), ("no-extension", page)):
            asset = self.carol.upload(name, content)
            for target in (f"/api/assets/{asset['id']}/content", f"/files/{name}"):
                got = self.carol.get(target)
                self.assertEqual(got.headers["x-content-type-options"], "nosniff")
                self.assertIn("sandbox", got.headers["content-security-policy"])
                self.assertIn("default-src 'none'", got.headers["content-security-policy"])
                self.assertTrue(got.headers["content-disposition"].startswith("attachment"), (name, got.headers))
                self.assertNotRegex(got.headers["content-type"], "html|svg|xml|javascript", name)

    def test_photos_may_be_shown_but_files_are_downloads(self):
        asset = self.carol.upload("real.png", b"\x89PNG\r\n\x1a\n and so on")
        shown, saved = self.carol.get(f"/api/assets/{asset['id']}/content"), self.carol.get("/files/real.png")
        self.assertEqual(shown.headers["content-type"], "image/png")
        self.assertTrue(shown.headers["content-disposition"].startswith("inline"))
        self.assertTrue(saved.headers["content-disposition"].startswith("attachment"))
        self.assertEqual(shown.headers["x-content-type-options"], "nosniff")

    def test_without_a_token_nothing_works(self):
        asset = self.carol.upload("private.txt", HELLO)
        target = f"/api/assets/{asset['id']}"
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer " + self.carol.token[:-1]},
                        {"Authorization": "Basic Y2Fyb2w6eA=="}, {"Cookie": "token=" + self.carol.token},
                        {"Authorization": "Bearer " + self.carol.token[:-2] + "AA"}):
            for method, path, body in (("GET", "/files", None), ("GET", target, None), ("DELETE", target, None),
                                       ("GET", target + "/content", None), ("PATCH", target, b"{}"),
                                       ("POST", "/files?filename=x", b"x"), ("PUT", "/files/x", b"x"),
                                       ("GET", "/api/shares", None), ("POST", "/api/shares", b"{}"),
                                       ("GET", "/api/users/me", None), ("GET", "/api/admin/users", None)):
                answer = self.instance.local.request(method, path, body, headers)
                self.assert_problem(answer, 401, "unauthorized")
                self.assertIn("Bearer", answer.headers["www-authenticate"])
        self.assertEqual(self.carol.get(target + "/content").body, HELLO)

    def test_somebody_else_sees_nothing_of_it(self):
        asset = self.carol.upload("diary.txt", HELLO)
        target = f"/api/assets/{asset['id']}"
        absent = "/api/assets/" + "0" * 26
        for method, suffix, body in (("GET", "", None), ("GET", "/content", None), ("DELETE", "", None),
                                     ("PATCH", "", {"name": "x"}), ("POST", "/undelete", None)):
            forbidden = self.assert_problem(self.mallory.request(method, target + suffix, body), 404, "not_found")
            missing = self.assert_problem(self.mallory.request(method, absent + suffix, body), 404, "not_found")
            forbidden.pop("request_id"), missing.pop("request_id")
            self.assertEqual(forbidden, missing)  # absent and forbidden look the same
        self.assertEqual(self.mallory.get(target, owner="carol").status, 404)
        self.assertEqual(self.mallory.get(target + "/content", owner="carol").status, 404)
        self.assertEqual(self.mallory.ok("GET", "/api/assets", owner="carol")["items"], [])
        self.assert_problem(self.mallory.post("/api/shares", {"asset_ids": [asset["id"]], "with": "carol"}), 404,
                            "not_found")
        self.assertEqual(self.mallory.get("/files/diary.txt").status, 404)
        self.assertEqual(self.mallory.get("/api/admin/users").status, 404)
        self.assertEqual(self.carol.get(target + "/content").body, HELLO)

    def test_methods_that_do_not_apply(self):
        self.assert_problem(self.carol.request("PATCH", "/files"), 405, "method_not_allowed")
        self.assert_problem(self.carol.request("GET", "/api/nothing-here"), 404, "not_found")


class UploadsThatFail(OneInstance):
    settings = {"accounts": {"default_quota": "1 MiB"}, "storage": {"max_file_size": "2 MiB"}}

    def upload_head(self, raw, name, length, **headers):
        raw.send_head("POST", f"/files?filename={name}", Authorization=f"Bearer {self.carol.token}",
                      Content_Length=length, **headers)

    def test_expect_continue_is_answered_before_the_body_is_sent(self):
        with RawConnection(self.instance.local_port) as raw:
            self.upload_head(raw, "expected.txt", len(HELLO), Expect="100-continue")
            self.assertEqual(raw.read_head()[0], 100)
            raw.send(HELLO)
            self.assertEqual(raw.read_head()[0], 201)
        self.assertEqual(self.carol.get("/files/expected.txt").body, HELLO)

    def test_a_refused_upload_gets_its_status_and_no_100(self):
        for head in ({"Authorization": "Bearer wrong", "Content_Length": 10},
                     {"Authorization": f"Bearer {self.carol.token}", "Content_Length": 1_500_000},
                     {"Authorization": f"Bearer {self.carol.token}", "Content_Length": 3_000_000}):
            with RawConnection(self.instance.local_port) as raw:
                raw.send_head("POST", "/files?filename=refused", Expect="100-continue", **head)
                self.assertIn(raw.read_head()[0], (401, 507, 413))
        self.assertNotIn("refused", self.names())

    def test_a_connection_cut_in_the_middle_stores_nothing(self):
        before = sorted(stored_files(self.instance))
        for headers, body in (({"Content_Length": 900_000}, b"x" * 400_000),
                              ({"Transfer_Encoding": "chunked"}, b"61a80\r\n" + b"x" * 400_000 + b"\r\n")):
            with RawConnection(self.instance.local_port) as raw:
                raw.send_head("POST", "/files?filename=short", Authorization=f"Bearer {self.carol.token}", **headers)
                raw.send(body)
                until(lambda: len(stored_files(self.instance)) > len(before), "the beginning of the upload on disk")
            until(lambda: sorted(stored_files(self.instance)) == before, "nothing left of the upload")
        self.assertNotIn("short", self.names())
        # What was reserved for them is free again.
        self.assertEqual(self.carol.request("POST", "/files", b"y" * 900_000, filename="big").status, 201)
        self.assertEqual(self.carol.request("DELETE", "/files", filename="big").status, 204)

    def test_bad_chunks_store_nothing(self):
        for body in (b"xyz\r\nabc\r\n0\r\n\r\n", b"5\r\nabcdefgh\r\n0\r\n\r\n", b"-1\r\n\r\n",
                     b"ffffffffffffffffff\r\n"):
            with RawConnection(self.instance.local_port) as raw:
                raw.send_head("POST", "/files?filename=bad-chunks", Authorization=f"Bearer {self.carol.token}",
                              Transfer_Encoding="chunked")
                raw.send(body)
                self.assertEqual(raw.read_head()[0], 400, body)
        self.assertNotIn("bad-chunks", self.names())

    def test_quota(self):
        heidi = self.instance.add_user("heidi")
        before = sorted(stored_files(self.instance))
        self.assert_problem(heidi.request("POST", "/files", b"x" * 1_100_000, filename="too big"), 507,
                            "quota_exceeded")
        chunks = iter([b"x" * 100_000] * 12)
        self.assert_problem(heidi.request("POST", "/files", chunks, filename="too big"), 507, "quota_exceeded")
        self.assertEqual(self.names(heidi), [])
        until(lambda: sorted(stored_files(self.instance)) == before, "nothing left of what was refused")
        self.assertEqual(heidi.request("POST", "/files", b"x" * 1_000_000, filename="fits").status, 201)
        self.assert_problem(heidi.request("POST", "/files", b"y" * 100_000, filename="no more"), 507, "quota_exceeded")
        self.assertEqual(heidi.ok("GET", "/api/users/me")["used_bytes"], 1_000_000)

    def test_no_more_uploads_at_once_than_the_limit(self):
        ivan = self.instance.add_user("ivan")
        begun = [RawConnection(self.instance.local_port) for _ in range(10)]
        try:
            for number, raw in enumerate(begun):
                raw.send_head("PUT", f"/files/{number}", Authorization=f"Bearer {ivan.token}", Content_Length=10,
                              Expect="100-continue")
                self.assertEqual(raw.read_head()[0], 100)
            self.assert_problem(ivan.request("POST", "/files", b"x", filename="eleventh"), 429, "too_many_requests")
            self.assertEqual(self.carol.request("POST", "/files", b"x", filename="hers").status, 201)
        finally:
            for raw in begun:
                raw.socket.close()
        until(lambda: ivan.request("POST", "/files", b"x", filename="eleventh").status == 201, "a place free again")

    def test_larger_than_any_file_may_be(self):
        answer = self.carol.request("POST", "/files", b"x" * (2 << 20) + b"x", filename="huge")
        self.assertIn(answer.status, (413, 507))


class DiskFull(OneInstance):
    settings = {"storage": {"keep_free": "8000 TiB"}}

    def test_507_and_nothing_stored(self):
        self.assert_problem(self.carol.request("POST", "/files", HELLO, filename="x"), 507, "storage_full")
        self.assertEqual((self.names(), stored_files(self.instance)), ([], []))


class PowerCut(unittest.TestCase):
    def test_what_was_answered_survives_and_what_was_not_leaves_nothing(self):
        with Instance() as instance:
            carol = instance.add_user("carol")
            content = os.urandom(2 << 20)
            carol.upload("kept.bin", content)
            with RawConnection(instance.local_port) as raw:
                raw.send_head("POST", "/files?filename=half", Authorization=f"Bearer {carol.token}",
                              Content_Length=8 << 20)
                raw.send(b"h" * (4 << 20))
                until(lambda: len(stored_files(instance)) == 2, "the half on disk")
                late = carol.request("POST", "/files", HELLO, {"Idempotency-Key": "late"}, filename="late.txt")
                instance.stop(kill=True)
            self.assertEqual(late.status, 201)
            instance.start()
            self.assertEqual({i["name"] for i in carol.ok("GET", "/files")["items"]}, {"kept.bin", "late.txt"})
            self.assertEqual(carol.get("/files/kept.bin").body, content)
            self.assertEqual(carol.get("/files/late.txt").body, HELLO)
            until(lambda: len(stored_files(instance)) == 2, lambda: f"the half gone: {stored_files(instance)}")
            again = carol.request("POST", "/files", HELLO, {"Idempotency-Key": "late"}, filename="late.txt")
            self.assertEqual(again.json(), late.json())

    def test_equal_content_of_one_owner_is_stored_once(self):
        with Instance() as instance:
            carol, dave = instance.add_user("carol"), instance.add_user("dave")
            for name in ("one", "two", "three"):
                carol.upload(name, HELLO)
            self.assertEqual(len(stored_files(instance)), 1)
            dave.upload("four", HELLO)
            self.assertEqual(len(stored_files(instance)), 2)


if __name__ == "__main__":
    unittest.main()
