"""Older versions of a file: listed, read and brought back."""

import unittest
import urllib.parse

from kith_instance import until
from test_files import OneInstance, repr_digest


class Versions(OneInstance):
    def setUp(self):
        self.name = self.id().rsplit(".", 1)[1] + ".txt"
        self.asset = self.carol.upload(self.name, b"first")
        self.carol.upload(self.name, b"the second")
        self.target = f"/api/assets/{self.asset['id']}"

    def versions(self, **query):
        return self.carol.ok("GET", self.target + "/versions", **query)

    def content(self, number, **headers):
        return self.carol.request("GET", f"{self.target}/versions/{number}/content", headers=headers)

    def test_lists_the_newest_first(self):
        listed = self.versions()
        self.assertIsNone(listed["next"])
        newest, oldest = listed["items"]
        self.assertEqual((newest["number"], newest["size"], newest["current"]), (2, 10, True))
        self.assertIsNone(newest["superseded_at"] or newest["kept_until"])
        self.assertEqual((oldest["number"], oldest["size"], oldest["current"]), (1, 5, False))
        self.assertEqual(oldest["digest"], self.asset["digest"])
        self.assertGreater(oldest["kept_until"], oldest["superseded_at"])

    def test_pages(self):
        first = self.versions(limit=1)
        self.assertEqual([item["number"] for item in first["items"]], [2])
        rest = self.versions(limit=1, cursor=first["next"])
        self.assertEqual(([item["number"] for item in rest["items"]], rest["next"]), ([1], None))
        self.assert_problem(self.carol.get(self.target + "/versions", cursor="x"), 400, "bad_request")

    def test_old_content_is_served_like_the_newest(self):
        got = self.content(1)
        self.assertEqual((got.status, got.body), (200, b"first"))
        self.assertEqual(got.headers["repr-digest"], repr_digest(b"first"))
        self.assertIn(urllib.parse.quote(self.name), got.headers["content-disposition"])
        self.assertEqual(self.content(2).body, b"the second")
        part = self.content(1, Range="bytes=1-2")
        self.assertEqual((part.status, part.body), (206, b"ir"))
        self.assertEqual(self.content(1, **{"If-None-Match": got.headers["etag"]}).status, 304)

    def test_what_a_browser_would_run_is_saved_instead(self):
        asset = self.carol.upload("old.html", b"<!doctype html><script>alert(1)</script>")
        self.carol.upload("old.html", b"plain")
        got = self.carol.get(f"/api/assets/{asset['id']}/versions/1/content")
        self.assertEqual(got.status, 200)
        self.assertTrue(got.headers["content-disposition"].startswith("attachment"))
        self.assertIn("sandbox", got.headers["content-security-policy"])
        self.assertEqual(got.headers["x-content-type-options"], "nosniff")

    def test_restoring_makes_it_the_newest_and_loses_nothing(self):
        before = self.carol.ok("GET", "/api/users/me")["used_bytes"]
        for way, number in (("/restore", 1), ("/versions/restore", 2)):
            restored = self.carol.ok("POST", self.target + way, {"version": number})
            self.assertEqual(restored["version"], number + 2)
            self.assertEqual(self.carol.get(self.target + "/content").body, self.content(number).body)
        self.assertEqual([item["number"] for item in self.versions()["items"]], [4, 3, 2, 1])
        self.assertEqual(self.carol.ok("GET", "/api/users/me")["used_bytes"], before)

    def test_restoring_is_refused_where_it_makes_no_sense(self):
        for body in ({}, {"version": "1"}, {"version": 0}, {"version": 1.5}, {"version": 1, "more": 1}, {"version": None}):
            self.assert_problem(self.carol.post(self.target + "/restore", body), 400, "bad_request")
        self.assert_problem(self.carol.post(self.target + "/restore", {"version": 9}), 404, "not_found")
        self.assert_problem(self.carol.post(self.target + "/restore", {"version": 2 ** 53}), 404, "not_found")
        for number in ("0", "-1", "3", "x", "1x", "99999999999999999999"):
            self.assert_problem(self.content(number), 404, "not_found")

    def test_nobody_else_sees_them(self):
        self.carol.ok("POST", "/api/shares", {"asset_ids": [self.asset["id"]], "with": "mallory"})
        self.assertEqual(self.mallory.get(self.target, owner="carol").status, 200)
        for answer in (self.mallory.get(self.target + "/versions"),
                       self.mallory.get(self.target + "/versions/1/content"),
                       self.mallory.post(self.target + "/restore", {"version": 1})):
            self.assert_problem(answer, 404, "not_found")
        self.assertEqual(self.instance.local.request("GET", self.target + "/versions").status, 401)
        self.assertEqual(self.instance.public.request("GET", self.target + "/versions").status, 404)

    def test_viewers_get_the_restored_content(self):
        self.carol.ok("POST", "/api/shares", {"asset_ids": [self.asset["id"]], "with": "mallory"})
        self.carol.ok("POST", self.target + "/restore", {"version": 1})
        until(lambda: self.mallory.get(self.target + "/content", owner="carol").body == b"first", "the old content")


if __name__ == "__main__":
    unittest.main()
