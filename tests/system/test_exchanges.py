"""Exchanges with people who have no account, told with the real daemon: both directions, limits, breaks, restarts, and
outsiders who try what they should not."""

import base64
import concurrent.futures
import hashlib
import io
import os
import re
import secrets
import unittest
import urllib.parse
import zipfile

from kith_instance import HttpClient, Instance, RawConnection, answer_check, until, with_query

HELLO = b"Hello from outside"
TOKEN = "^[A-Za-z0-9_-]{43}$"


def path_of(url):
    """What a client sends of a presigned address."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{parts.query}"


class Outsider:
    """Somebody who has nothing but links. What is answered is held against the OpenAPI document."""

    def __init__(self, instance, port=None):
        self.http = HttpClient(port or instance.public_port, check=answer_check())
        self.port = self.http.port

    def ask(self, method, target, token=None, password=None, body=None, headers=None, **query):
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if password is not None:
            headers["X-Kith-Password"] = urllib.parse.quote(password, safe="")
        return self.http.request(method, with_query(target, query), body, headers)

    def ok(self, *arguments, **named):
        answer = self.ask(*arguments, **named)
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{arguments[:2]}: {answer}")
        return answer.json() if answer.body else None

    def info(self, token, **named):
        return self.ok("GET", "/exchange/info", token, **named)

    def upload_url(self, made, name, size, **named):
        return path_of(self.ok("GET", "/exchange/upload-url", made["upload_token"], filename=name, size=size,
                               **named)["url"])

    def give(self, made, name, content, **named):
        return self.ok("PUT", self.upload_url(made, name, len(content), **named), body=content)

    def download_url(self, made, **named):
        return path_of(self.ok("GET", "/exchange/download-url", made["download_token"], **named)["url"])

    def begin(self, target, **headers):
        """A download whose head has come."""
        raw = RawConnection(self.port, receive_buffer=16384)
        raw.send_head("GET", target, **headers)
        return raw, raw.read_head()[0]


class Story(unittest.TestCase):
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(settings=cls.settings)
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.carol, cls.mallory = cls.instance.add_user("carol"), cls.instance.add_user("mallory")
        cls.outsider = Outsider(cls.instance)

    def make(self, **wishes):
        return self.carol.ok("POST", "/api/exchanges", wishes)

    def given(self, content=HELLO, name="hello.txt", **wishes):
        """An exchange that is filled."""
        made = self.make(**wishes)
        self.outsider.give(made, name, content)
        return made

    def state(self, made):
        return self.carol.ok("GET", f"/api/exchanges/{made['id']}")

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json()["code"]), (status, code), answer)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        return answer

    def assert_dead(self, made, target):
        """Nothing that belonged to the exchange opens anything any more."""
        self.assert_problem(self.outsider.ask("GET", target), 403, "forbidden")
        for token in (made["upload_token"], made["download_token"]):
            if token:
                self.assertIn(self.outsider.ask("GET", "/exchange/info", token).status, (401, 410))


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
            seen += [item["note"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        self.assertEqual(seen, list("43210"))
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


class Uploading(Story):
    def test_a_broken_upload_can_be_tried_again(self):
        made = self.make()
        target = self.outsider.upload_url(made, "big.bin", 900_000)
        with RawConnection(self.outsider.port) as raw:
            raw.send_head("PUT", target, Content_Length=900_000)
            raw.send(b"x" * 400_000)
            until(lambda: self.state(made)["state"] == "uploading", "the upload to begin")
            self.assert_problem(self.outsider.ask("PUT", target, body=b"y" * 900_000), 409, "conflict")
        until(lambda: self.state(made)["state"] == "open", "the place free again")
        content = os.urandom(900_000)
        self.assertEqual(self.outsider.ask("POST", target, body=content).status, 201)
        self.assertEqual(self.outsider.ask("GET", self.outsider.download_url(made)).body, content)
        self.assert_problem(self.outsider.ask("PUT", target, body=content), 403, "forbidden")  # spent
        self.assert_problem(self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], filename="x",
                                              size=1), 409, "conflict")

    def test_as_many_bytes_as_were_asked_for(self):
        made = self.make()
        target = self.outsider.upload_url(made, "ten", 10)
        self.assert_problem(self.outsider.ask("PUT", target, body=b"123456789"), 400, "bad_request")
        self.assert_problem(self.outsider.ask("PUT", target, body=b"12345678901"), 413, "too_large")
        for chunks in ([b"12345", b"6789"], [b"12345", b"678901"]):
            self.assertIn(self.outsider.ask("PUT", target, body=iter(chunks)).status, (400, 413), chunks)
        for headers in ({"Content-Range": "bytes 0-9/20"}, {"If-None-Match": "*"}):
            refused = self.outsider.ask("PUT", target, body=b"1234567890", headers=headers)
            self.assert_problem(refused, 400, "bad_request")
        form = self.outsider.ask("PUT", target, body=b"1234567890",
                                 headers={"Content-Type": "multipart/form-data; boundary=x"})
        self.assert_problem(form, 415, "unsupported_media_type")
        self.assertEqual(self.state(made)["files"], [])
        self.assertEqual(self.outsider.ask("PUT", target, body=iter([b"12345", b"67890"])).status, 201)

    def test_who_waits_for_100_hears_before_sending(self):
        made = self.make()
        target = self.outsider.upload_url(made, "expected", len(HELLO))
        with RawConnection(self.outsider.port) as raw:
            raw.send_head("PUT", target, Content_Length=len(HELLO), Expect="100-continue")
            self.assertEqual(raw.read_head()[0], 100)
            raw.send(HELLO)
            self.assertEqual(raw.read_head()[0], 201)
        with RawConnection(self.outsider.port) as raw:
            raw.send_head("PUT", target, Content_Length=len(HELLO), Expect="100-continue")
            self.assertEqual(raw.read_head()[0], 403)

    def test_limits_of_size(self):
        made = self.make(max_files=3, max_size=100)
        refused = self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], filename="x", size=101)
        self.assert_problem(refused, 413, "too_large")
        self.outsider.give(made, "most", b"x" * 90)
        refused = self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], filename="x", size=11)
        self.assert_problem(refused, 413, "too_large")
        self.outsider.give(made, "rest", b"x" * 10)

    def test_a_question_that_is_not_whole(self):
        made = self.make()
        for query in ({}, {"filename": "x"}, {"size": 1}, {"filename": "x", "size": "1x"}, {"filename": "x", "size": -1},
                      {"filename": "x", "size": ""}, {"filename": "x", "size": 1 << 64},
                      {"filename": "x", "size": 1, "more": 1}):
            answer = self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], **query)
            self.assertEqual(answer.status, 400, query)

    def test_names_that_strangers_think_of(self):
        refused = ("../../etc/passwd", "/etc/passwd", "a/b", "..", ".", "a\\b", "nul\0byte", "cr\r\nSet-Cookie: x",
                   "line\nbreak", "", "x" * 300)
        for name in refused:
            made = self.make()
            answer = self.outsider.ask("GET", "/exchange/upload-url", made["upload_token"], filename=name, size=1)
            self.assert_problem(answer, 400, "bad_request")
        for name in ("\u202egnp.exe", 'quo"te.txt', "a;b=c.txt", "x" * 255, "夏 🌅.txt", "%0d%0aSet-Cookie: x"):
            made = self.given(name=name)
            target = self.outsider.download_url(made)
            with RawConnection(self.outsider.port) as raw:
                raw.send_head("GET", target)
                status, head = raw.read_head()
            self.assertEqual(status, 200)
            self.assertTrue(all(" " <= c <= "~" for line in head.split("\r\n") for c in line), head)
            self.assertNotIn("set-cookie", [line.split(":")[0].lower() for line in head.split("\r\n")])
            self.assertNotIn("%E2%80%AE", head)
            self.assertIn("attachment;", head)


class ResumableUploading(Story):
    """tus 1.0.0 at presigned addresses."""

    TUS = {"Tus-Resumable": "1.0.0"}

    def create(self, made, name, size, port=None, **headers):
        answer = self.outsider.ok("GET", "/exchange/upload-url", made["upload_token"], filename=name, size=size)
        outsider = Outsider(self.instance, port) if port else self.outsider
        return outsider.ask("POST", path_of(answer["resumable_url"]),
                            headers={**self.TUS, "Upload-Length": str(size), **headers})

    def append(self, target, offset, content):
        return self.outsider.ask("PATCH", target, body=content, headers={
            **self.TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"})

    def offset(self, target):
        return int(self.outsider.ask("HEAD", target, headers=self.TUS).headers["upload-offset"])

    def test_in_parts_over_a_restart(self):
        content = os.urandom(3 << 20)
        made = self.make(max_files=2)
        created = self.create(made, "parts.bin", len(content))
        self.assertEqual(created.status, 201, created)
        location = created.headers["location"]
        self.assertTrue(location.startswith(f"http://{self.instance.domain}/exchange/uploads/"), location)
        target = path_of(location)
        self.assertEqual(self.append(target, 0, content[:1 << 20]).status, 204)
        self.assertEqual(self.state(made)["state"], "uploading")
        self.instance.restart(kill=True)
        self.assertEqual(self.offset(target), 1 << 20)
        self.assertEqual(self.append(target, 5, b"x").status, 409)
        last = self.append(target, 1 << 20, content[1 << 20:])
        self.assertEqual(last.status, 204)
        self.assertNotIn("x-kith-asset", last.headers)
        self.assertEqual(self.offset(target), len(content))  # whoever missed the answer asks again
        self.assertEqual(self.outsider.ask("GET", self.outsider.download_url(made)).body, content)

    def test_what_is_received_in_parts_lands_too(self):
        made = self.make(receive=True)
        target = path_of(self.create(made, "landed.txt", len(HELLO)).headers["location"])
        last = self.append(target, 0, HELLO)
        self.assertEqual(last.status, 204)
        self.assertNotIn("x-kith-asset", last.headers)
        self.assertEqual(self.carol.get("/files/landed.txt").body, HELLO)

    def test_on_the_local_listener_the_address_is_a_path(self):
        created = self.create(self.make(), "x", 5, port=self.instance.local_port)
        self.assertTrue(created.headers["location"].startswith("/exchange/uploads/"))
        self.assertEqual(self.append(created.headers["location"], 0, b"12345").status, 204)

    def test_it_holds_its_place_until_it_is_given_up(self):
        made = self.make()
        target = path_of(self.create(made, "first", 5).headers["location"])
        self.assert_problem(self.create(made, "second", 5), 409, "conflict")
        self.assertEqual(self.outsider.ask("DELETE", target, headers=self.TUS).status, 204)
        self.assertEqual(self.outsider.ask("HEAD", target, headers=self.TUS).status, 410)
        self.assertEqual(self.create(made, "third", 5).status, 201)

    def test_a_creation_that_is_refused_holds_nothing(self):
        made = self.make()
        for headers in ({"Upload-Length": "6"}, {"Tus-Resumable": "0.2.2"}, {"Upload-Length": "x"},
                        {"Upload-Checksum": "md5 x"}):
            self.assertIn(self.create(made, "x", 5, **headers).status, (400, 412), headers)
        self.assertEqual(self.create(made, "x", 5).status, 201)

    def test_addresses_are_for_one_thing(self):
        made = self.make(max_files=2)
        created = self.create(made, "x", 5)
        target = path_of(created.headers["location"])
        other = path_of(self.create(made, "y", 5).headers["location"])
        mixed = target.split("?")[0] + "?" + other.split("?")[1]
        for address in (mixed, target[:-1], target + "x", target.replace("/uploads/", "/resumable/"),
                        target.replace("/uploads/", "/content/"), target.split("?")[0]):
            if "/uploads/" not in address:
                refused = self.outsider.http.request("POST", address, b"", {**self.TUS, "Upload-Length": "5"})
                self.assertEqual(refused.status, 403, address)
                continue
            for method in ("HEAD", "PATCH", "DELETE", "POST"):
                answer = self.outsider.http.request(method, address, b"" if method != "HEAD" else None, {
                    **self.TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
                    "X-HTTP-Method-Override": "PATCH"})
                self.assertEqual(answer.status, 403, (method, address))
        self.assertEqual(self.carol.request("DELETE", f"/api/exchanges/{made['id']}").status, 204)
        self.assert_problem(self.append(target, 0, b"12345"), 403, "forbidden")


class Downloading(Story):
    def test_of_two_hundred_at_once_one_gets_the_last(self):
        content = os.urandom(1 << 20)
        made = self.given(content, max_downloads=1)
        targets = [self.outsider.download_url(made) for _ in range(8)]
        plain = HttpClient(self.outsider.port)

        def get(number):
            answer = plain.request("GET", targets[number % len(targets)])
            return answer.status, answer.body

        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(get, range(200)))
        whole = [body for status, body in answers if status == 200]
        # Those on the winner's own address share its place.
        self.assertTrue(whole and all(body == content for body in whole))
        self.assertEqual({status for status, _ in answers}, {200, 403})
        after = self.state(made)
        self.assertEqual((after["downloads"], after["state"], after["downloads_running"]), (1, "exhausted", 0))
        for target in targets:
            self.assert_dead(made, target)

    def test_of_two_hundred_addresses_one_gets_the_last(self):
        content = os.urandom(300_000)
        made = self.given(content, max_downloads=1)
        plain = HttpClient(self.outsider.port)
        targets = [self.outsider.download_url(made) for _ in range(50)]
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda target: plain.request("GET", target), targets))
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [403] * 49)
        self.assertEqual([answer.body for answer in answers if answer.status == 200], [content])
        self.assertEqual(self.state(made)["downloads"], 1)

    def test_looking_consumes_nothing(self):
        made = self.given(max_downloads=1)
        for _ in range(3):
            target = self.outsider.download_url(made)
            self.outsider.info(made["download_token"])
            head = self.outsider.ask("HEAD", target)
            self.assertEqual((head.status, head.headers["content-length"]), (200, str(len(HELLO))))
            self.assertEqual(self.outsider.http.request("GET", "/exchange/d").status, 200)
            known = self.outsider.ask("GET", target, headers={"If-None-Match": head.headers["etag"]})
            self.assertEqual((known.status, known.body), (304, b""))
            self.assertEqual(self.outsider.ask("GET", target, headers={"Range": "bytes=999-"}).status, 416)
            self.assertEqual(self.outsider.ask("GET", target, headers={"If-Match": '"x"'}).status, 412)
        self.assertEqual(self.state(made)["downloads"], 0)
        self.assertEqual(self.outsider.ask("GET", target).body, HELLO)
        self.assertEqual(self.state(made)["downloads"], 1)

    def test_going_on_where_it_broke_off_counts_once(self):
        content = os.urandom(6 << 20)
        made = self.given(content, max_downloads=1)
        target = self.outsider.download_url(made)
        raw, status = self.outsider.begin(target)
        with raw:
            self.assertEqual(status, 200)
            self.assertEqual(self.state(made)["downloads_running"], 1)
            other = self.outsider.download_url(made)
            self.assert_problem(self.outsider.ask("GET", other), 403, "forbidden")  # the place is taken
        until(lambda: self.state(made)["downloads_running"] == 0, "the place given back")
        self.assertEqual(self.state(made)["downloads"], 0)
        half = len(content) // 2
        first = self.outsider.ask("GET", target, headers={"Range": f"bytes=0-{half - 1}"})
        self.assertEqual((first.status, first.body), (206, content[:half]))
        rest = self.outsider.ask("GET", target, headers={"Range": f"bytes={half}-"})
        self.assertEqual((rest.status, rest.body), (206, content[half:]))
        after = self.state(made)
        self.assertEqual((after["downloads"], after["state"]), (1, "exhausted"))
        self.assert_dead(made, target)

    def test_an_empty_file_counts_too(self):
        made = self.given(b"", max_downloads=1)
        target = self.outsider.download_url(made)
        self.assertEqual(self.outsider.ask("GET", target).status, 200)
        until(lambda: self.state(made)["downloads"] == 1, "it to be counted")
        self.assert_dead(made, target)

    def test_every_changed_address_is_refused(self):
        made = self.given()
        other = self.given(b"something else")
        target, foreign = self.outsider.download_url(made), self.outsider.download_url(other)
        parts = re.fullmatch(r"/exchange/content/(.+)\?expires=(\d+)&size=(\d+)&key=(.+)&id=(.+)&signature=(.+)", target)
        theirs = re.fullmatch(r"/exchange/content/(.+)\?expires=(\d+)&size=(\d+)&key=(.+)&id=(.+)&signature=(.+)",
                              foreign)
        changed = [target.replace(parts[index], theirs[index], 1) for index in (1, 5, 6)]
        changed += [target.replace(f"expires={parts[2]}", f"expires={int(parts[2]) + 60}"), target + "&x=1",
                    target.replace("size=", "size=0"), target.replace("&id=", "&id=&id="), target[:-1],
                    target.replace("/exchange/content", "//exchange/content"), target.split("?")[0],
                    target.replace("?", "?" + target.split("?")[1] + "&")]
        for address in changed:
            self.assert_problem(self.outsider.http.request("GET", address), 403, "forbidden")
            self.assertIn(self.outsider.http.request("PUT", address, HELLO).status, (403,), address)
        upload = self.outsider.upload_url(self.make(), "x", 5)
        self.assert_problem(self.outsider.http.request("GET", upload), 403, "forbidden")
        self.assert_problem(self.outsider.http.request("PUT", target, b"12345"), 403, "forbidden")
        self.assertEqual(self.outsider.ask("GET", target).body, HELLO)

    def test_revoking_ends_what_runs(self):
        made = self.given(os.urandom(16 << 20))
        target = self.outsider.download_url(made)
        raw, status = self.outsider.begin(target)
        with raw:
            self.assertEqual(status, 200)
            self.assertEqual(self.carol.request("DELETE", f"/api/exchanges/{made['id']}").status, 204)
            self.assertLess(len(raw.read_to_end()), 16 << 20)
        self.assert_dead(made, target)
        self.assertEqual(self.outsider.ask("GET", "/exchange/download-url", made["download_token"]).status, 410)
        self.assertEqual(self.carol.request("DELETE", f"/api/exchanges/{made['id']}").status, 204)

    def test_what_a_browser_could_run_is_only_ever_saved(self):
        page, drawing = b"<!DOCTYPE html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"
        for name, content in (("page.html", page), ("drawing.svg", drawing), ("photo.png", b"\x89PNG\r\n\x1a\n..."),
                              ("paper.pdf", b"%PDF-1.7 ..."), ("script.js", b"alert(1)"), ("photo.jpg", page)):
            made = self.given(content, name)
            for port in (self.instance.public_port, self.instance.local_port):
                got = Outsider(self.instance, port).ask("GET", self.outsider.download_url(made))
                self.assertEqual(got.body, content)
                self.assertTrue(got.headers["content-disposition"].startswith("attachment"), name)
                self.assertNotRegex(got.headers["content-type"], "html|svg|xml|javascript", name)
                self.assertEqual(got.headers["content-security-policy"],
                                 "default-src 'none'; sandbox; frame-ancestors 'none'")
                self.assertEqual(got.headers["x-content-type-options"], "nosniff")
                self.assertEqual(got.headers["referrer-policy"], "no-referrer")
                self.assertIn("no-store", got.headers["cache-control"])
                self.assertIn("noindex", got.headers["x-robots-tag"])
                self.assertNotIn("access-control-allow-origin", got.headers)


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


class PowerCuts(unittest.TestCase):
    def test_in_the_middle_of_an_upload_and_of_a_download(self):
        with Instance() as instance:
            carol, outsider = instance.add_user("carol"), Outsider(instance)
            content = os.urandom(8 << 20)
            filled = carol.ok("POST", "/api/exchanges", {"max_downloads": 1})
            outsider.give(filled, "filled.bin", content)
            empty = carol.ok("POST", "/api/exchanges", {})
            download = outsider.download_url(filled)
            upload = outsider.upload_url(empty, "later.bin", len(content))
            down, status = outsider.begin(download)
            with down, RawConnection(outsider.port) as up:
                self.assertEqual(status, 200)
                up.send_head("PUT", upload, Content_Length=len(content))
                up.send(content[:3 << 20])
                until(lambda: carol.ok("GET", f"/api/exchanges/{empty['id']}")["state"] == "uploading", "it begins")
                instance.stop(kill=True)
            instance.start()
            after = carol.ok("GET", f"/api/exchanges/{filled['id']}")
            self.assertEqual((after["downloads"], after["downloads_running"], after["state"]), (0, 0, "available"))
            self.assertEqual(carol.ok("GET", f"/api/exchanges/{empty['id']}")["state"], "open")
            # The addresses outlive the daemon, and the keys that signed them.
            self.assertEqual(outsider.ask("PUT", upload, body=content).status, 201)
            self.assertEqual(outsider.ask("GET", download).body, content)
            self.assertEqual(carol.ok("GET", f"/api/exchanges/{filled['id']}")["downloads"], 1)

    def test_nobody_has_it_all_before_it_is_counted(self):
        with Instance() as instance:
            carol, outsider = instance.add_user("carol"), Outsider(instance)
            content = os.urandom(2 << 20)
            made = carol.ok("POST", "/api/exchanges", {"max_downloads": 1})
            outsider.give(made, "once.bin", content)
            target = outsider.download_url(made)
            self.assertEqual(outsider.ask("GET", target).body, content)
            instance.stop(kill=True)
            instance.start()
            after = carol.ok("GET", f"/api/exchanges/{made['id']}")
            self.assertEqual((after["downloads"], after["state"]), (1, "exhausted"))
            self.assertEqual(outsider.ask("GET", target).status, 403)


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
