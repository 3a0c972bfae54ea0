"""Exchanges with people who have no account, told with the real daemon: both directions, who gets in, and what is kept
secret."""

import base64
import hashlib
import io
import os
import re
import secrets
import unittest
import urllib.parse
import zipfile

from exchange_stories import HELLO, TOKEN, Outsider, Story, path_of
from kith_instance import Instance, until
from test_albums import LATITUDE, jpeg


class Giving(Story):
    """Files for somebody outside."""

    def test_from_one_outsider_to_another(self):
        made = self.make(note="the recipe")
        self.assertRegex(made["upload_token"], TOKEN)
        self.assertRegex(made["download_token"], TOKEN)
        self.assertEqual(made["download_page"],
                         f"http://{self.instance.domain}/exchange/d#{made['download_token']}")
        self.assertEqual(made["upload_page"], f"http://{self.instance.domain}/exchange/u#{made['upload_token']}")
        self.assertEqual(self.outsider.info(made["upload_token"])["role"], "upload")
        empty = self.outsider.ask("GET", "/exchange/download-url", made["download_token"])
        self.assert_problem(empty, 404, "not_found")
        stored = self.outsider.give(made, "recipe.txt", HELLO)
        digest = "sha-256:" + hashlib.sha256(HELLO).hexdigest()
        self.assertEqual((stored["number"], stored["digest"], stored["finished"]), (1, digest, True))
        info = self.outsider.info(made["download_token"])
        self.assertEqual((info["role"], info["note"], info["size"], info["downloads_left"]),
                         ("download", "the recipe", len(HELLO), None))
        self.assertEqual(info["from"], {"instance": "kith", "domain": self.instance.domain, "person": "carol"})
        offer = self.outsider.ok("GET", "/exchange/download-url", made["download_token"])
        self.assertEqual((offer["filename"], offer["size"], offer["digest"]), ("recipe.txt", len(HELLO), digest))
        self.assertTrue(offer["url"].startswith(f"http://{self.instance.domain}/exchange/content/"))
        got = self.outsider.ask("GET", path_of(offer["url"]))
        self.assertEqual((got.status, got.body), (200, HELLO))
        self.assertEqual(got.headers["content-disposition"], 'attachment; filename="recipe.txt"')
        self.assertEqual(got.headers["repr-digest"],
                         "sha-256=:" + base64.b64encode(hashlib.sha256(HELLO).digest()).decode() + ":")
        after = self.state(made)
        self.assertEqual((after["state"], after["downloads"], after["downloads_running"]), ("available", 1, 0))

    def test_own_files_without_uploading_them_again(self):
        ours = [self.carol.upload(name, name.encode() * 1000) for name in ("a.txt", "b ü.txt")]
        made = self.make(asset_ids=[asset["id"] for asset in ours], max_downloads=2)
        self.assertEqual((made["upload_token"], made["upload_page"], made["state"]), (None, None, "available"))
        self.assertEqual([file["asset_id"] for file in made["files"]], [asset["id"] for asset in ours])
        self.assert_problem(self.outsider.ask("GET", "/exchange/download-url", made["download_token"]), 400,
                            "bad_request")  # which of the two?
        target = self.outsider.download_url(made, file=2)
        self.carol.request("DELETE", f"/api/assets/{ours[1]['id']}")
        self.assertEqual(self.outsider.ask("GET", target).body, b"b \xc3\xbc.txt" * 1000)
        self.assert_problem(self.outsider.ask("GET", "/exchange/download-url", made["download_token"], file=3), 404,
                            "not_found")
        self.assert_problem(self.carol.post("/api/exchanges", {"asset_ids": [ours[0]["id"], "0" * 26]}), 404,
                            "not_found")
        self.assertEqual(self.mallory.post("/api/exchanges", {"asset_ids": [ours[0]["id"]]}).status, 404)

    def test_own_photos_go_out_without_the_place_they_were_taken_at(self):
        photo = jpeg(b"for outsiders")
        ours = [self.carol.upload(name, photo) for name in ("lake.jpg", "hill.jpg")]
        ids = [asset["id"] for asset in ours]
        for strip, place, camera in ((None, False, True), ("all", False, False), ("none", True, True)):
            with self.subTest(strip=strip):
                made = self.make(asset_ids=ids, **({"strip": strip} if strip else {}))
                offered = self.outsider.ok("GET", "/exchange/download-url", made["download_token"], file=1)
                content = self.outsider.ask("GET", path_of(offered["url"])).body
                self.assertEqual((LATITUDE in content, b"Box 3000" in content), (place, camera))
                self.assertEqual((offered["size"], offered["digest"]),
                                 (len(content), "sha-256:" + hashlib.sha256(content).hexdigest()))
                self.assertEqual(made["files"][0]["digest"], offered["digest"])
                archive = self.outsider.ask("GET", self.outsider.download_url(made, all="zip")).body
                with zipfile.ZipFile(io.BytesIO(archive)) as files:
                    self.assertEqual([files.read(name) for name in files.namelist()], [content, content])
        self.carol.upload("lake.jpg", b"another version")
        again = self.outsider.download_url(made, file=1)
        self.assertEqual(self.outsider.ask("GET", again).body, photo)
        broken = self.carol.upload("broken.jpg", photo[:40])
        self.assert_problem(self.carol.post("/api/exchanges", {"asset_ids": [broken["id"]]}), 409, "conflict")
        self.assert_problem(self.carol.post("/api/exchanges", {"strip": "all"}), 400, "bad_request")

    def test_all_at_once_as_a_zip(self):
        made = self.make(max_files=3, max_downloads=1)
        contents = {"one.bin": os.urandom(16 << 20), "two.bin": b"", "ünï.txt": HELLO}
        for name, content in contents.items():
            self.outsider.give(made, name, content)
        offer = self.outsider.ok("GET", "/exchange/download-url", made["download_token"], all="zip")
        target = path_of(offer["url"])
        head = self.outsider.ask("HEAD", target)
        self.assertEqual((head.status, head.headers["content-length"]), (200, str(offer["size"])))
        raw, status = self.outsider.begin(target)
        with raw:
            self.assertEqual(status, 200)
        until(lambda: self.state(made)["downloads_running"] == 0, "the place of the one that broke off")
        self.assertEqual(self.state(made)["downloads"], 0)
        got = self.outsider.ask("GET", target)
        self.assertEqual((got.status, len(got.body)), (200, offer["size"]))
        with zipfile.ZipFile(io.BytesIO(got.body)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual({name: archive.read(name) for name in archive.namelist()}, contents)
        after = self.state(made)
        self.assertEqual((after["state"], after["downloads"]), ("exhausted", 1))
        self.assert_dead(made, target)

    def test_several_files_until_one_says_that_it_is_all(self):
        made = self.make(max_files=5)
        first = self.outsider.give(made, "1.txt", b"1")
        self.assertEqual((first["finished"], first["files_left"]), (False, 4))
        self.outsider.give(made, "1.txt", b"another of that name")
        self.assertEqual(self.outsider.info(made["upload_token"])["files_left"], 3)
        self.assertIsNone(self.outsider.ok("POST", "/exchange/finish", made["upload_token"]))
        refused = self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], filename="3", size=1)
        self.assert_problem(refused, 409, "conflict")
        self.assertTrue(self.state(made)["finished"])
        self.assertEqual(self.outsider.ask("GET", self.outsider.download_url(made, file=2)).body,
                         b"another of that name")

    def test_an_encrypted_one_has_no_name_here(self):
        made = self.make(encrypted=True)
        sealed = base64.urlsafe_b64encode(os.urandom(200)).decode().rstrip("=")
        without = self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], filename="x", size=1)
        self.assert_problem(without, 400, "bad_request")
        self.outsider.give(made, "file", b"<html>not really", sealed_name=sealed)
        file = self.outsider.info(made["download_token"])["files"][0]
        self.assertEqual((file["sealed_name"], file["media_type"]), (sealed, "application/octet-stream"))
        zipped = self.outsider.ask("GET", "/exchange/download-url", made["download_token"], all="zip")
        self.assert_problem(zipped, 409, "conflict")
        plain = self.make()
        self.assert_problem(self.outsider.ask("GET", "/exchange/upload-url", plain["upload_token"], filename="x",
                                              size=1, sealed_name=sealed), 400, "bad_request")

    def test_lists_come_newest_first_and_are_ones_own(self):
        dave = self.instance.add_user("dave")
        made = [dave.ok("POST", "/api/exchanges", {"note": str(n)}) for n in range(5)]
        seen, cursor = [], {}
        while True:
            page = dave.ok("GET", "/api/exchanges", limit=2, **cursor)
            seen += page["items"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        self.assertEqual(sorted(item["note"] for item in seen), list("01234"))
        times = [item["created_at"] for item in seen]  # several may be of one millisecond
        self.assertEqual(times, sorted(times, reverse=True))
        for method in ("GET", "DELETE"):
            self.assert_problem(self.mallory.request(method, f"/api/exchanges/{made[0]['id']}"), 404, "not_found")
        self.assertEqual(self.mallory.ok("GET", "/api/exchanges")["items"], [])
        self.assertNotIn("token", str(dave.get("/api/exchanges").body))

    def test_wishes_out_of_bounds(self):
        for wish in ({"expires_in": 59}, {"expires_in": 90 * 86400 + 1}, {"max_downloads": 0}, {"max_downloads": 1001},
                     {"max_files": 0}, {"max_files": 101}, {"max_size": 0}, {"max_size": -1}, {"password": ""},
                     {"password": "x" * 1025}, {"note": "x" * 1001}, {"asset_ids": []}, {"asset_ids": ["x"] * 101},
                     {"receive": "yes"}, {"colour": "red"}, {"receive": True, "asset_ids": ["0" * 26]},
                     {"encrypted": True, "asset_ids": ["0" * 26]}, {"expires_in": None}, {"max_files": 1.5}):
            self.assert_problem(self.carol.post("/api/exchanges", wish), 400, "bad_request")

    def test_an_idempotency_key_makes_one_exchange(self):
        wish = {"note": "once", "password": "correct horse"}
        first = self.carol.request("POST", "/api/exchanges", wish, {"Idempotency-Key": "exchange"})
        again = self.carol.request("POST", "/api/exchanges", wish, {"Idempotency-Key": "exchange"})
        self.assertEqual((first.status, again.status, again.json()), (201, 201, first.json()))
        self.assertEqual(first.headers["location"], f"/api/exchanges/{first.json()['id']}")
        self.assertEqual([e["note"] for e in self.carol.ok("GET", "/api/exchanges")["items"]].count("once"), 1)
        other = self.carol.request("POST", "/api/exchanges", {"note": "twice"}, {"Idempotency-Key": "exchange"})
        self.assert_problem(other, 422, "idempotency_mismatch")


class Receiving(Story):
    """Files from somebody outside."""

    def test_they_land_among_ones_own(self):
        self.carol.upload("report.pdf", b"mine")
        made = self.make(receive=True, max_files=3)
        self.assertEqual((made["download_token"], made["download_page"], made["direction"]), (None, None, "receive"))
        self.assertEqual(self.outsider.give(made, "report.pdf", b"theirs")["name"], "report (2).pdf")
        self.outsider.give(made, "report.pdf", b"theirs too")
        self.assertEqual(self.carol.get("/files/report.pdf").body, b"mine")
        self.assertEqual(self.carol.get("/files/report%20(2).pdf").body, b"theirs")
        self.assertEqual(self.carol.get("/files/report%20(3).pdf").body, b"theirs too")
        asset = self.state(made)["files"][0]["asset_id"]
        self.assertEqual(self.carol.get(f"/api/assets/{asset}/content").body, b"theirs")

    def test_who_gives_sees_nothing_of_what_others_gave(self):
        made = self.make(receive=True, max_files=2)
        self.outsider.give(made, "private.txt", HELLO)
        info = self.outsider.info(made["upload_token"])
        self.assertEqual((info["files"], info["size"], info["files_left"]), ([], None, 1))
        refused = self.outsider.ask("GET", "/exchange/download-url", made["upload_token"])
        self.assert_problem(refused, 401, "unauthorized")

    def test_what_was_received_stays_when_the_exchange_ends(self):
        made = self.make(receive=True, max_files=2)
        self.outsider.give(made, "kept.txt", HELLO)
        target = self.outsider.upload_url(made, "late.txt", 5)
        self.assertEqual(self.carol.request("DELETE", f"/api/exchanges/{made['id']}").status, 204)
        self.assert_problem(self.outsider.ask("PUT", target, body=b"12345"), 403, "forbidden")
        self.assertEqual(self.carol.get("/files/kept.txt").body, HELLO)

    def test_it_counts_towards_the_quota_of_who_receives(self):
        heidi = self.instance.add_user("heidi")
        made = heidi.ok("POST", "/api/exchanges", {"receive": True})
        self.outsider.give(made, "x.bin", b"x" * 10_000)
        self.assertEqual(heidi.ok("GET", "/api/users/me")["used_bytes"], 10_000)


class Doors(Story):
    """Who gets in, and who does not."""

    def test_the_password(self):
        password = "Sesam, öffne dich! 100%"
        made = self.given(password=password)
        info = self.outsider.info(made["download_token"])
        self.assertEqual((info["password_required"], info["files"], info["size"]), (True, None, None))
        self.assertTrue(made["has_password"])
        missing = self.outsider.ask("GET", "/exchange/download-url", made["download_token"])
        self.assert_problem(missing, 401, "password_required")
        self.assertIn("www-authenticate", missing.headers)
        wrong = self.outsider.ask("GET", "/exchange/download-url", made["download_token"], password="Sesam")
        self.assert_problem(wrong, 401, "wrong_password")
        info = self.outsider.info(made["download_token"], password=password)
        self.assertEqual((info["password_required"], len(info["files"])), (False, 1))
        target = self.outsider.download_url(made, password=password)
        self.assertEqual(self.outsider.ask("GET", target).body, HELLO)

    def test_the_password_of_a_collection_is_asked_of_who_gives(self):
        made = self.make(receive=True, password="open")
        refused = self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], filename="x", size=1)
        self.assert_problem(refused, 401, "password_required")
        self.outsider.give(made, "x.txt", HELLO, password="open")

    def test_guessing_a_password_is_slowed_down(self):
        made = self.given(password="right")
        answers = []
        while len(answers) < 20 and (not answers or answers[-1].status != 429):
            answers.append(self.outsider.ask("GET", "/exchange/download-url", made["download_token"],
                                             password=f"wrong {len(answers)}"))
        self.assertEqual({answer.status for answer in answers[:-1]}, {401})
        self.assert_problem(answers[-1], 429, "too_many_requests")
        self.assertGreaterEqual(int(answers[-1].headers["retry-after"]), 1)
        other = self.given(password="right")
        self.outsider.download_url(other, password="right")

    def test_fields_that_are_no_password_or_no_token(self):
        made = self.given(password="right")
        for field in ("%zz", "%ff%fe", "x" * 1025):
            answer = self.outsider.http.request("GET", "/exchange/info", headers={
                "Authorization": f"Bearer {made['download_token']}", "X-Kith-Password": field})
            self.assert_problem(answer, 400, "bad_request")
        for field in ("Bearer", "Basic eDp5", f"Bearer {made['id']}", f"Bearer {made['download_token']}x",
                      f"Bearer {self.carol.token}"):
            answer = self.outsider.http.request("GET", "/exchange/info", headers={"Authorization": field})
            self.assert_problem(answer, 401, "unauthorized")
        self.assert_problem(self.outsider.ask("GET", "/exchange/info", token=made["upload_token"],
                                              **{"token_": "x"}), 400, "bad_request")

    def test_each_token_opens_its_own_door(self):
        made = self.given()
        for target, token in (("/exchange/download-url", "upload_token"),
                              ("/exchange/upload-url?filename=x&size=1", "download_token")):
            self.assert_problem(self.outsider.ask("GET", target, made[token]), 401, "unauthorized")
        self.assert_problem(self.outsider.ask("POST", "/exchange/finish", made["download_token"]), 401, "unauthorized")
        self.assertEqual(self.carol.get("/api/exchanges").status, 200)
        for token in (made["upload_token"], made["download_token"]):
            answer = self.instance.local.request("GET", "/files", headers={"Authorization": f"Bearer {token}"})
            self.assertEqual(answer.status, 401)

    def test_both_listeners_serve_outsiders_and_only_the_local_one_users(self):
        made = self.given()
        for port in (self.instance.local_port, self.instance.public_port):
            outsider = Outsider(self.instance, port)
            self.assertEqual(outsider.info(made["download_token"])["state"], "available")
            self.assertEqual(outsider.ask("GET", outsider.download_url(made)).body, HELLO)
            for page in ("/exchange/u", "/exchange/d"):
                answer = outsider.http.request("GET", page)
                self.assertEqual((answer.status, answer.headers["referrer-policy"]), (200, "no-referrer"))
                self.assertIn("default-src 'none'", answer.headers["content-security-policy"])
                self.assertIn("noindex", answer.headers["x-robots-tag"])
        for method, path in (("GET", "/api/exchanges"), ("POST", "/api/exchanges"), ("GET", "/exchange"),
                             ("GET", "/exchange/"), ("GET", "/exchange/index.html"), ("GET", "/app/x.js"),
                             ("GET", "/exchange/app/..%2findex.html"), ("GET", "/exchange/../files"),
                             ("GET", f"/api/exchanges/{made['id']}"), ("GET", "/exchange/content/")):
            answer = self.instance.public.request(method, path, headers=self.carol.authorization)
            self.assertIn(answer.status, (400, 404), path)


class Strangers(Story):
    def test_who_tries_many_tokens_has_to_wait_and_others_need_not(self):
        made = self.given()
        answers = []
        while len(answers) < 60 and (not answers or answers[-1].status != 429):
            answers.append(self.outsider.ask("GET", "/exchange/info", secrets.token_urlsafe(32)))
        self.assertEqual({answer.status for answer in answers[:-1]}, {401})
        self.assert_problem(answers[-1], 429, "too_many_requests")
        self.assertGreaterEqual(int(answers[-1].headers["retry-after"]), 1)
        # The same address, but a good link.
        self.assertEqual(self.outsider.ask("GET", self.outsider.download_url(made)).body, HELLO)


class Secrets(unittest.TestCase):
    def test_no_token_and_no_password_is_written_anywhere(self):
        with Instance(settings={"log": {"level": "debug"}}) as instance:
            carol, outsider = instance.add_user("carol"), Outsider(instance)
            password = "canary-" + secrets.token_hex(8)
            made = carol.request("POST", "/api/exchanges", {"password": password, "max_files": 2},
                                 {"Idempotency-Key": "canary"}).json()
            target = outsider.upload_url(made, "a.txt", len(HELLO))
            outsider.ask("PUT", target, body=HELLO)
            outsider.ask("POST", "/exchange/finish", made["upload_token"])
            outsider.ask("GET", "/exchange/download-url", made["download_token"], password=password + "?")
            download = outsider.download_url(made, password=password)
            self.assertEqual(outsider.ask("GET", download).body, HELLO)
            outsider.ask("GET", download[:-1] + "x")
            instance.stop()
            hidden = [password, urllib.parse.quote(password), made["upload_token"], made["download_token"],
                      *(re.search("signature=(.+)", address)[1] for address in (target, download))]
            log = "\n".join(instance.log)
            self.assertIn("/exchange/content/{object}", log)  # requests are logged at this level
            files = [path for path in instance.data.rglob("*") if path.is_file()]
            self.assertTrue(any(path.name.startswith("kith.db") for path in files), files)
            for secret in hidden:
                self.assertNotIn(secret, log)
                for path in files:
                    self.assertNotIn(secret.encode(), path.read_bytes(), path)
            for token in (made["upload_token"], made["download_token"]):
                raw = base64.urlsafe_b64decode(token + "=")
                self.assertFalse([path for path in files if raw in path.read_bytes()])


if __name__ == "__main__":
    unittest.main()
