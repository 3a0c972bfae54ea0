"""Photos: what is read out of them, the order they come in, their thumbnails, here and elsewhere, and hostile ones."""

import contextlib
import os
import unittest

from kith_instance import Instance, connect, until
from photo_samples import jpeg, png, sample, size_of_webp


def thumbnail(asset):
    return f"/api/assets/{asset['id']}/thumbnail"


def wait_for_thumbnail(user, asset, seconds=30):
    return until(lambda: (found := user.ok("GET", f"/api/assets/{asset['id']}"))["has_thumbnail"] and found,
                 "a thumbnail", seconds)


def thumbnail_files(instance):
    return sorted(name for _, _, names in os.walk(os.path.join(instance.data, "thumbnails")) for name in names)


class Photos(unittest.TestCase):
    """One instance for all, a person for each test."""

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance("photos")
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()

    def test_what_a_photo_tells(self):
        ann = self.instance.add_user("ann")
        asset = ann.upload("IMG_1.jpg", jpeg(taken="2024:07:01 12:30:45", offset="+02:00", make="Apple",
                                             model="iPhone 12", orientation=6, place=True))
        found = wait_for_thumbnail(ann, asset)
        self.assertEqual(found["captured_at"], "2024-07-01T12:30:45+02:00")
        self.assertEqual(found["camera"], "Apple iPhone 12")
        self.assertEqual((found["width"], found["height"]), (480, 640), "upright")

    def test_thumbnails(self):
        bea = self.instance.add_user("bea")
        asset = bea.upload("a.png", png(1500, 750))
        self.assertEqual(bea.get(thumbnail(asset), size=0).status, 400)
        self.assertEqual(bea.get(thumbnail(asset), size=2049).status, 400)
        wait_for_thumbnail(bea, asset)
        for size, expected in ((None, (256, 128)), (1, (256, 128)), (256, (256, 128)), (257, (1024, 512)),
                               (2048, (1024, 512))):
            answer = bea.get(thumbnail(asset), **({} if size is None else {"size": size}))
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, "image/webp"))
            self.assertEqual(size_of_webp(answer.body), expected)
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        again = bea.request("GET", thumbnail(asset), headers={"If-None-Match": answer.headers["etag"]}, size=2048)
        self.assertEqual((again.status, again.body), (304, b""))
        stranger = self.instance.add_user("stranger")
        self.assertEqual(stranger.get(thumbnail(asset)).status, 404)

    def test_all_kinds(self):
        cid = self.instance.add_user("cid")
        for kind in ("jpg", "webp", "heic", "avif", "tif", "gif"):
            asset = cid.upload(f"photo.{kind}", sample(f"plain.{kind}"))
            found = wait_for_thumbnail(cid, asset)
            self.assertEqual((found["width"], found["height"], found["captured_at"]), (640, 480, None), kind)
            self.assertEqual(size_of_webp(cid.get(thumbnail(asset)).body), (256, 192), kind)

    def test_order_filters_and_pages(self):
        dan = self.instance.add_user("dan")
        taken = {"new": ("2024:07:03 08:00:00", "Canon EOS 5D"), "old": ("1999:12:31 23:59:59", "NIKON D70"),
                 "middle": ("2024:07:01 00:00:00", "Canon EOS 5D")}
        for name in ("old", "new", "middle"):
            when, model = taken[name]
            dan.upload(f"{name}.jpg", jpeg(taken=when, make=model.split()[0], model=model))
        dan.upload("undated.png", png(40, 30))
        dan.upload("notes.txt", b"not a photo")
        until(lambda: all(item["has_thumbnail"] for item in dan.ok("GET", "/api/photos")["items"]), "thumbnails")

        def names(**query):
            return [item["name"].split(".")[0] for item in dan.ok("GET", "/api/photos", **query)["items"]]

        self.assertEqual(names(), ["undated", "new", "middle", "old"])
        self.assertEqual(names(to="2025-01-01"), ["new", "middle", "old"])
        self.assertEqual(names(**{"from": "2024-07-01", "to": "2024-07-03T08:00:00Z"}), ["middle"])
        self.assertEqual(names(**{"from": "2024-07-03T08:00:00", "to": "2025-01-01"}), ["new"])
        self.assertEqual(names(camera="Canon EOS 5D"), ["new", "middle"])
        self.assertEqual(names(camera="Canon"), [])
        self.assertEqual(names(name="OLD"), ["old"])
        seen, cursor = [], {}
        while cursor is not None:
            page = dan.ok("GET", "/api/photos", limit=1, **cursor)
            seen += [item["name"].split(".")[0] for item in page["items"]]
            cursor = {"cursor": page["next"]} if page["next"] else None
        self.assertEqual(seen, ["undated", "new", "middle", "old"])
        for wrong in ("from=yesterday", "to=2024-02-30", "from=2024-07-01T25:00:00", "limit=0", "cursor=cGFi",
                      "camera=" + "x" * 101, "order=name"):
            self.assertEqual(dan.get(f"/api/photos?{wrong}").status, 400, wrong)
        summary = dan.ok("GET", "/api/photos/summary")
        self.assertEqual(summary["cameras"], [{"camera": "Canon EOS 5D", "count": 2}, {"camera": "NIKON D70", "count": 1}])
        self.assertEqual(summary["months"][1:], [{"month": "2024-07", "count": 2}, {"month": "1999-12", "count": 1}])

    def test_a_new_version_is_looked_at_anew(self):
        eva = self.instance.add_user("eva")
        asset = eva.upload("cover.jpg", jpeg(taken="2001:01:01 00:00:00"))
        self.assertEqual(wait_for_thumbnail(eva, asset)["captured_at"], "2001-01-01T00:00:00")
        eva.upload("cover.jpg", png(30, 60))
        found = until(lambda: (now := eva.ok("GET", f"/api/assets/{asset['id']}"))["width"] == 30 and now, "the new one")
        self.assertEqual((found["captured_at"], found["height"]), (None, 60))

    def test_shared_here(self):
        fay, gus = self.instance.add_user("fay"), self.instance.add_user("gus")
        asset = fay.upload("party.jpg", jpeg(taken="2022:02:02 22:22:22", model="Pixel 7"))
        wait_for_thumbnail(fay, asset)
        fay.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": "gus", "strip": "none"})
        listed = gus.ok("GET", "/api/photos", owner="fay", camera="Pixel 7")["items"]
        self.assertEqual([(i["name"], i["captured_at"]) for i in listed], [("party.jpg", "2022-02-02T22:22:22")])
        self.assertEqual(size_of_webp(gus.get(thumbnail(asset), owner="fay").body), (256, 192))
        self.assertEqual(gus.get(thumbnail(asset)).status, 404)

    def test_what_a_share_leaves_out_cannot_be_found_by_either(self):
        liv, mia = self.instance.add_user("liv"), self.instance.add_user("mia")
        asset = liv.upload("secret.jpg", jpeg(taken="2019:09:09 09:09:09", model="Pixel 7", place=True))
        wait_for_thumbnail(liv, asset)
        liv.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": "mia", "strip": "all"})
        seen = mia.ok("GET", "/api/photos", owner="liv")["items"][0]
        self.assertEqual((seen["captured_at"], seen["camera"], seen["width"]), (None, None, 640))
        self.assertEqual(mia.ok("GET", "/api/photos", owner="liv", camera="Pixel 7")["items"], [])
        self.assertEqual(mia.ok("GET", "/api/photos", owner="liv", to="2019-12-31")["items"], [])
        self.assertEqual(mia.get(thumbnail(asset), owner="liv").status, 200)

    def test_hostile_files_have_no_thumbnail_and_stop_nobody(self):
        hal = self.instance.add_user("hal")
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        hostile = {"bomb.png": png(60_000, 60_000, rows=1), "empty.jpg": b"", "page.jpg": b"<!doctype html><script>",
                   "drawing.jpg": svg, "head.jpg": b"\xff\xd8\xff\xe0 and nothing more",
                   "noise.heic": b"\0\0\0\x20ftypheic" + os.urandom(5000), "gif.gif": b"GIF89a" + b"\xff" * 2000,
                   "tiff.tif": b"II*\0" + b"\xff" * 2000}
        assets = {name: hal.upload(name, content) for name, content in hostile.items()}
        good = wait_for_thumbnail(hal, hal.upload("good.jpg", sample("plain.jpg")))
        for name, asset in assets.items():
            self.assertEqual(hal.get(thumbnail(asset)).status, 404, name)
        for name in ("page.jpg", "drawing.jpg"):
            self.assertEqual(hal.ok("GET", f"/api/assets/{assets[name]['id']}")["media_type"], "text/plain")
        self.assertTrue(good["has_thumbnail"])


class Instances(unittest.TestCase):
    def household(self, name, handle):
        instance = Instance(name)
        self.addCleanup(instance.close)
        instance.start()
        return instance, instance.add_user(handle)

    def test_photos_of_somebody_elsewhere(self):
        _, alice = self.household("A", "alice")
        _, bob = self.household("B", "bob")
        connect(alice, bob)
        assets = [bob.upload(f"{year}.jpg", jpeg(taken=f"{year}:06:01 10:00:00", model=f"Camera {year}"))
                  for year in (2021, 2023, 2022)]
        bob.ok("POST", "/api/shares", {"asset_ids": [a["id"] for a in assets], "with": alice.address, "strip": "none"})
        until(lambda: len([i for i in alice.ok("GET", "/api/shared-with-me")["items"] if i["has_thumbnail"]]) == 3,
              "told thumbnails")
        self.assertEqual([i["name"] for i in alice.ok("GET", "/api/photos", owner=bob.address)["items"]],
                         ["2023.jpg", "2022.jpg", "2021.jpg"])
        found = alice.ok("GET", "/api/photos", owner=bob.address, camera="Camera 2022", to="2023-01-01")["items"]
        self.assertEqual([(i["captured_at"], i["width"], i["height"]) for i in found],
                         [("2022-06-01T10:00:00", 640, 480)])
        answer = alice.get(thumbnail(assets[0]), owner=bob.address, size=300)
        self.assertEqual((answer.status, size_of_webp(answer.body)), (200, (640, 480)))
        etag = answer.headers["etag"]
        again = alice.request("GET", thumbnail(assets[0]), headers={"If-None-Match": etag}, owner=bob.address, size=300)
        self.assertEqual(again.status, 304)
        share = bob.ok("GET", "/api/shares")["items"]
        for each in share:
            bob.request("DELETE", f"/api/shares/{each['id']}")
        self.assertEqual(alice.get(thumbnail(assets[0]), owner=bob.address).status, 404)

    def test_what_waits_is_taken_up_after_a_crash(self):
        instance, ida = self.household("C", "ida")
        assets = [ida.upload(f"{n}.jpg", jpeg(unique=b"%d" % n)) for n in range(30)]
        instance.restart(kill=True)
        until(lambda: all(i["has_thumbnail"] for i in ida.ok("GET", "/api/photos", limit=100)["items"]), "thumbnails")
        self.assertEqual(len(thumbnail_files(instance)), 2 * len(assets))

    def test_lost_thumbnails_are_made_again_and_gone_photos_leave_none(self):
        instance, jan = self.household("D", "jan")
        asset = jan.upload("a.jpg", sample("plain.jpg"))
        wait_for_thumbnail(jan, asset)
        for folder, _, names in os.walk(os.path.join(instance.data, "thumbnails")):
            for name in names:
                os.unlink(os.path.join(folder, name))
        self.assertEqual(jan.get(thumbnail(asset)).status, 404)
        until(lambda: jan.get(thumbnail(asset)).status == 200, "the thumbnail again")

    def test_no_photo_is_looked_at_where_nobody_wants_it(self):
        instance = Instance("E", settings={"limits": {"photo_workers": 0}})
        self.addCleanup(instance.close)
        with contextlib.ExitStack():
            instance.start()
            kim = instance.add_user("kim")
            asset = kim.upload("a.jpg", sample("plain.jpg"))
            self.assertEqual(kim.get(thumbnail(asset)).status, 404)


if __name__ == "__main__":
    unittest.main()
