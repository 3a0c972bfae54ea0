"""Albums and what shares leave out of photos: between two households, and among people of one."""

import hashlib
import struct
import unittest

from kith_instance import Instance, connect, until

LATITUDE = struct.pack("<6I", 47, 1, 33, 1, 2750, 100)
SHADOW = b"a person nobody should see"  # a comment, as an editor writes it


def exif(taken):
    """Camera and time, and a position where `taken` is given: TIFF, little-endian."""
    def field(tag, kind, count, value):
        return struct.pack("<HHI4s", tag, kind, count, value)

    def directory(*fields):
        return struct.pack("<H", len(fields)) + b"".join(fields) + bytes(4)

    camera, start = b"Box 3000\0\0", 8 + 2 + 12 * 3 + 4
    gps = start + len(camera) + len(taken) + 1
    places = gps + 2 + 12 * 2 + 4
    main = directory(field(0x0110, 2, len(camera), struct.pack("<I", start)),
                     field(0x0132, 2, len(taken) + 1, struct.pack("<I", start + len(camera))),
                     field(0x8825, 4, 1, struct.pack("<I", gps)))
    position = directory(field(1, 2, 2, b"N\0\0\0"), field(2, 5, 3, struct.pack("<I", places)))
    return b"II*\0" + struct.pack("<I", 8) + main + camera + taken + b"\0" + position + LATITUDE


def jpeg(picture=b"picture"):
    """As a phone writes it, with less picture."""
    def segment(marker, content):
        return struct.pack(">BBH", 0xff, marker, len(content) + 2) + content

    return (b"\xff\xd8" + segment(0xe1, b"Exif\0\0" + exif(b"2024:07:01 12:00:00")) + segment(0xfe, SHADOW) +
            segment(0xdb, bytes(65)) + segment(0xc0, b"\x08\0\x10\0\x10\1\1\x11\0") +
            segment(0xda, b"\1\1\0\0\x3f\0") + picture + b"\xff\xd9")


def content_of(asset):
    return f"/api/assets/{asset['id']}/content"


def digest_of(content):
    return "sha-256:" + hashlib.sha256(content).hexdigest()


class Story(unittest.TestCase):
    """Alice and carol on A, bob on B; alice and bob are connected."""

    @classmethod
    def setUpClass(cls):
        cls.a, cls.b = Instance("A"), Instance("B")
        for instance in (cls.a, cls.b):
            cls.addClassCleanup(instance.close)
            instance.start()
        cls.alice, cls.bob, cls.carol = cls.a.add_user("alice"), cls.b.add_user("bob"), cls.a.add_user("carol")
        cls.alice_side, _ = connect(cls.alice, cls.bob)

    def album(self, name, *assets, owner=None):
        owner = owner or self.alice
        album = owner.ok("POST", "/api/albums", {"name": name})
        if assets:
            self.put_in(album, *assets, owner=owner)
        return album

    def put_in(self, album, *assets, owner=None, **more):
        return (owner or self.alice).ok("POST", f"/api/albums/{album['id']}/assets",
                                        {"asset_ids": [asset["id"] for asset in assets], **more})

    def share(self, album, viewer, **terms):
        return self.alice.ok("POST", f"/api/albums/{album['id']}/shares", {"with": viewer.address, **terms})

    def told(self, viewer, album):
        """What the viewer's page shows of alice's under this name, by name of the asset."""
        items = viewer.ok("GET", "/api/shared-with-me", limit=500)["items"]
        return {item["name"]: item for item in items
                if item["owner"] == self.alice.address and item["album"] == album}

    def wait_until_told(self, viewer, album, *names):
        until(lambda: sorted(self.told(viewer, album)) == sorted(names),
              lambda: f"{names} in {album}, instead of {sorted(self.told(viewer, album))}")
        return self.told(viewer, album)

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json().get("code")), (status, code), answer)
        return answer.json()


class Albums(Story):
    def names(self, album, **query):
        return [item["name"] for item in self.alice.ok("GET", f"/api/albums/{album['id']}/assets", **query)["items"]]

    def test_an_album_shows_a_friend_elsewhere_what_is_in_it_now_and_later(self):
        first, later = (self.alice.upload(f"{name}.txt", name.encode()) for name in ("first", "later"))
        album = self.album("Summer 🌅", first)
        share = self.share(album, self.bob)
        self.wait_until_told(self.bob, album["name"], "first.txt")
        self.assertEqual(self.bob.get(content_of(first), owner=self.alice.address).body, b"first")
        self.assertEqual(self.bob.get(content_of(later), owner=self.alice.address).status, 404)
        self.put_in(album, later)
        self.wait_until_told(self.bob, album["name"], "first.txt", "later.txt")
        self.assertEqual(self.bob.get(content_of(later), owner=self.alice.address).body, b"later")
        self.alice.ok("POST", f"/api/albums/{album['id']}/remove", {"asset_ids": [first["id"]]})
        self.assertEqual(self.bob.get(content_of(first), owner=self.alice.address).status, 404)
        self.wait_until_told(self.bob, album["name"], "later.txt")
        self.alice.ok("PATCH", f"/api/albums/{album['id']}", {"name": "Winter"})
        self.wait_until_told(self.bob, "Winter", "later.txt")
        self.alice.ok("DELETE", f"/api/albums/{album['id']}/shares/{share['id']}")
        self.assertEqual(self.bob.get(content_of(later), owner=self.alice.address).status, 404)
        self.wait_until_told(self.bob, "Winter")

    def test_what_is_shared_by_itself_too_stays(self):
        both, album_only = (self.alice.upload(f"{name}.txt", b"x") for name in ("both", "album only"))
        album = self.album("Both", both, album_only)
        self.share(album, self.bob)
        own = self.alice.ok("POST", "/api/shares", {"asset_ids": [both["id"]], "with": self.bob.address})["items"][0]
        listed = {share["asset_id"] for share in self.alice.ok("GET", "/api/shares", limit=500)["items"]}
        self.assertIn(both["id"], listed)
        self.assertNotIn(album_only["id"], listed)
        self.assertEqual(self.alice.ok("GET", f"/api/assets/{album_only['id']}")["shared_with"], [self.bob.address])
        self.alice.ok("DELETE", f"/api/albums/{album['id']}")
        self.assertEqual(self.bob.get(content_of(album_only), owner=self.alice.address).status, 404)
        self.assertEqual(self.bob.get(content_of(both), owner=self.alice.address).status, 200)
        self.assertIsNone(self.bob.ok("GET", f"/api/assets/{both['id']}", owner=self.alice.address)["album"])
        self.alice.ok("DELETE", f"/api/shares/{own['id']}")
        self.assertEqual(self.bob.get(content_of(both), owner=self.alice.address).status, 404)

    def test_people_here_get_the_name_too(self):
        asset = self.alice.upload("here.txt", b"here")
        album = self.album("For carol", asset)
        share = self.share(album, self.carol, expires_at="2100-01-01T00:00:00.000Z", strip="all")
        self.assertEqual((share["with"], share["strip"], share["album_id"], share["expires_at"]),
                         (self.carol.address, "all", album["id"], "2100-01-01T00:00:00.000Z"))
        item = self.told(self.carol, "For carol")["here.txt"]
        self.assertEqual((item["id"], item["expires_at"]), (asset["id"], "2100-01-01T00:00:00.000Z"))
        self.assertEqual(self.alice.ok("GET", f"/api/albums/{album['id']}/shares"), {"items": [share], "next": None})
        self.assertEqual(self.alice.ok("GET", f"/api/albums/{album['id']}")["shared_with"], [self.carol.address])

    def test_order_pages_and_cover(self):
        a, b, c = (self.alice.upload(f"{name} of order.txt", name.encode()) for name in "abc")
        album = self.album("Order", c)
        self.assertEqual(self.put_in(album, a, b, before=c["id"])["count"], 3)
        names = ["a of order.txt", "b of order.txt", "c of order.txt"]
        self.assertEqual(self.names(album), names)
        self.put_in(album, c, before=a["id"])
        self.assertEqual(self.names(album), [names[2], names[0], names[1]])
        page = self.alice.ok("GET", f"/api/albums/{album['id']}/assets", limit=2)
        self.assertEqual(self.names(album, limit=2, cursor=page["next"]), [names[1]])
        changed = self.alice.ok("PATCH", f"/api/albums/{album['id']}", {"cover": b["id"]})
        self.assertEqual((changed["cover"], changed["name"]), (b["id"], "Order"))
        self.assertIsNone(self.alice.ok("PATCH", f"/api/albums/{album['id']}", {"cover": None})["cover"])
        self.alice.ok("DELETE", f"/api/assets/{a['id']}")
        self.assertEqual(self.names(album), [names[2], names[1]])
        self.alice.ok("POST", f"/api/assets/{a['id']}/undelete")
        self.assertEqual(self.names(album), [names[2], names[0], names[1]])

    def test_nobody_else_has_a_say_in_it(self):
        asset = self.alice.upload("mine.txt", b"mine")
        album, hers = self.album("Mine", asset), self.carol.upload("hers.txt", b"hers")
        share = self.share(album, self.bob)
        path = f"/api/albums/{album['id']}"
        ids = {"asset_ids": [hers["id"]]}
        for method, target, body in (("GET", "", None), ("PATCH", "", {"name": "Hers"}), ("DELETE", "", None),
                                     ("GET", "/assets", None), ("POST", "/assets", ids), ("POST", "/remove", ids),
                                     ("GET", "/shares", None), ("POST", "/shares", {"with": self.alice.address}),
                                     ("DELETE", f"/shares/{share['id']}", None)):
            self.assert_problem(self.carol.request(method, path + target, body), 404, "not_found")
        self.assert_problem(self.alice.post(path + "/assets", ids), 404, "not_found")
        self.assertEqual(self.names(album), ["mine.txt"])

    def test_what_makes_no_sense_is_refused(self):
        asset = self.alice.upload("sense.txt", b"x")
        album = self.album("Sense", asset)
        path = f"/api/albums/{album['id']}"
        for target, body in (("/api/albums", {"name": ""}), ("/api/albums", {"name": "a\r\nb"}),
                             ("/api/albums", {"name": "x", "cover": None}),
                             (path + "/assets", {"asset_ids": []}), (path + "/assets", {"asset_ids": [asset["id"]] * 501}),
                             (path + "/assets", {"asset_ids": [asset["id"]], "before": asset["id"]}),
                             (path + "/remove", {"asset_ids": "x"}),
                             (path + "/shares", {"with": self.bob.address, "strip": "everything"}),
                             (path + "/shares", {"with": self.bob.address, "expires_at": "2001-01-01T00:00:00.000Z"}),
                             (path + "/shares", {"with": self.alice.address})):
            self.assert_problem(self.alice.post(target, body), 400, "bad_request")
        for target, body in ((path + "/assets", {"asset_ids": ["x"]}), (path + "/shares", {"with": "nobody"}),
                             (path + "/shares", {"with": "stranger@elsewhere.example"})):
            self.assert_problem(self.alice.post(target, body), 404, "not_found")
        self.assert_problem(self.alice.request("PATCH", path, {"cover": "x"}), 404, "not_found")

    def test_made_once_however_often_it_is_asked_for(self):
        answers = [self.alice.request("POST", "/api/albums", {"name": "Once"}, {"Idempotency-Key": "album-once"})
                   for _ in range(2)]
        self.assertEqual(answers[0].body, answers[1].body)
        album = answers[0].json()
        self.assertEqual(answers[0].headers["location"], f"/api/albums/{album['id']}")
        self.assertEqual([a["id"] for a in self.alice.ok("GET", "/api/albums", limit=500)["items"]
                          if a["name"] == "Once"], [album["id"]])


class Strip(Story):
    def test_a_photo_arrives_without_the_place_it_was_taken_at(self):
        photo = self.alice.upload("beach.jpg", jpeg())
        share = self.alice.ok("POST", "/api/shares", {"asset_ids": [photo["id"]], "with": self.bob.address})["items"][0]
        self.assertEqual(share["strip"], "location")
        told = self.bob.ok("GET", f"/api/assets/{photo['id']}", owner=self.alice.address)
        got = self.bob.get(content_of(photo), owner=self.alice.address)
        self.assertEqual(got.status, 200)
        self.assertNotIn(LATITUDE, got.body)
        self.assertIn(b"Box 3000", got.body)
        self.assertIn(b"picture", got.body)
        self.assertEqual((told["digest"], told["size"]), (digest_of(got.body), len(got.body)))
        self.assertEqual(got.headers["etag"], told["etag"])
        self.assertNotEqual(told["digest"], photo["digest"])
        own = self.alice.get(content_of(photo))
        self.assertIn(LATITUDE, own.body)
        self.assertEqual(self.alice.ok("GET", f"/api/shares/{share['id']}")["asset"]["digest"], photo["digest"])
        for first, last in ((0, 9), (20, 90), (len(got.body) - 12, len(got.body) - 1)):
            part = self.bob.request("GET", content_of(photo), owner=self.alice.address,
                                    headers={"Range": f"bytes={first}-{last}", "If-Range": told["etag"]})
            self.assertEqual((part.status, part.body), (206, got.body[first:last + 1]))
            self.assertEqual(part.headers["content-range"], f"bytes {first}-{last}/{len(got.body)}")

    def test_nothing_beside_the_picture_or_everything(self):
        photo = self.alice.upload("garden.jpg", jpeg(b"garden"))

        def seen_by_carol(strip):
            self.alice.ok("POST", "/api/shares", {"asset_ids": [photo["id"]], "with": "carol", "strip": strip})
            got = self.carol.get(content_of(photo), owner="alice")
            told = self.carol.ok("GET", f"/api/assets/{photo['id']}", owner="alice")
            self.assertEqual((told["digest"], told["size"]), (digest_of(got.body), len(got.body)))
            return got.body

        bare = seen_by_carol("all")
        for secret in (LATITUDE, b"Box 3000", b"2024:07:01", SHADOW):
            self.assertNotIn(secret, bare)
        self.assertIn(b"garden", bare)
        self.assertEqual(seen_by_carol("none"), jpeg(b"garden"))

    def test_a_new_version_never_goes_out_with_its_place(self):
        photo = self.alice.upload("version.jpg", jpeg(b"first"))
        self.alice.ok("POST", "/api/shares", {"asset_ids": [photo["id"]], "with": self.bob.address})
        self.alice.upload("version.jpg", jpeg(b"second"))
        got = self.bob.get(content_of(photo), owner=self.alice.address)
        self.assertIn(b"second", got.body)
        self.assertNotIn(LATITUDE, got.body)
        self.alice.upload("version.jpg", b"\xff\xd8\xff\xe0 no photo")
        self.assertEqual(self.bob.get(content_of(photo), owner=self.alice.address).status, 404)

    def test_a_photo_it_cannot_be_left_out_of_is_named(self):
        broken = self.alice.upload("broken.jpg", b"\xff\xd8\xff\xe0 no photo")
        wish = {"asset_ids": [broken["id"]], "with": self.bob.address}
        refused = self.assert_problem(self.alice.post("/api/shares", wish), 409, "conflict")
        self.assertIn("broken.jpg", refused["detail"])
        self.assertIn("none", refused["detail"])
        self.assertEqual(self.bob.get(content_of(broken), owner=self.alice.address).status, 404)
        album = self.album("Broken", broken)
        self.assert_problem(self.alice.post(f"/api/albums/{album['id']}/shares", {"with": self.bob.address}), 409,
                            "conflict")
        self.alice.ok("POST", "/api/shares", {**wish, "strip": "none"})
        self.assertEqual(self.bob.get(content_of(broken), owner=self.alice.address).status, 200)

    def test_an_album_of_photos_arrives_without_places(self):
        photo = self.alice.upload("album.jpg", jpeg(b"album"))
        album = self.album("Photos", photo)
        self.assertEqual(self.alice.ok("GET", f"/api/albums/{album['id']}")["cover"], photo["id"])
        self.share(album, self.bob)
        item = self.wait_until_told(self.bob, "Photos", "album.jpg")["album.jpg"]
        got = self.bob.get(content_of(photo), owner=self.alice.address)
        self.assertEqual(digest_of(got.body), item["digest"])
        self.assertNotIn(LATITUDE, got.body)


if __name__ == "__main__":
    unittest.main()
