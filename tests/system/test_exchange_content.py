"""Content on its way into exchanges and out of them: limits, breaks, restarts, and outsiders who try what they should
not."""

import concurrent.futures
import http.client
import os
import re
import unittest

from exchange_stories import HELLO, Outsider, Story, path_of
from kith_instance import HttpClient, Instance, RawConnection, until


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

    def test_revoking_frees_the_room_they_held_at_once(self):
        ivan = self.instance.add_user("ivan")
        made = ivan.ok("POST", "/api/exchanges", {"receive": True, "max_files": 2})
        targets = [path_of(self.create(made, f"{n}.bin", 2 << 20).headers["location"]) for n in range(2)]
        self.assertEqual(self.append(targets[0], 0, b"x" * 1000).status, 204)
        self.assertEqual(ivan.ok("GET", "/api/users/me")["used_bytes"], 4 << 20)
        self.assertEqual(ivan.request("DELETE", f"/api/exchanges/{made['id']}").status, 204)
        self.assertEqual(ivan.ok("GET", "/api/users/me")["used_bytes"], 0)
        self.assertEqual(self.append(targets[0], 1000, b"x").status, 403)

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
        self.assertEqual(self.outsider.ask("HEAD", target, headers=self.TUS).status, 403)
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
            try:
                answer = plain.request("GET", targets[number % len(targets)])
            except (http.client.IncompleteRead, ConnectionError):
                return "cut off", None
            return answer.status, answer.body

        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(get, range(200)))
        # Those on the winner's own address share its place, but only one of them comes to the end.
        self.assertEqual([body == content for status, body in answers if status == 200], [True])
        self.assertLessEqual({status for status, _ in answers}, {200, 403, "cut off"})
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

    def test_parts_count_in_any_order_and_from_any_address(self):
        content = os.urandom(300_000)
        half, last = len(content) // 2, len(content) - 1
        for parts in ([(half, last), (0, half - 1)], [(0, last - 1), (last, last)], [(1, last), (0, 0)]):
            for same_address in (True, False):
                made = self.given(content, max_downloads=1)
                target, got = self.outsider.download_url(made), {}
                for begin, end in parts:
                    target = target if same_address else self.outsider.download_url(made)
                    part = self.outsider.ask("GET", target, headers={"Range": f"bytes={begin}-{end}"})
                    self.assertEqual(part.status, 206)
                    got[begin] = part.body
                self.assertEqual(b"".join(got[begin] for begin in sorted(got)), content)
                self.assertEqual(self.state(made)["state"], "exhausted", (parts, same_address))

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


if __name__ == "__main__":
    unittest.main()
