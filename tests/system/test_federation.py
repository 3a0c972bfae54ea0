"""Two households, sometimes three: how they come to trust each other, share, break apart and find back."""

import contextlib
import hashlib
import http.client
import os
import time
import unittest
import urllib.parse

from cutting_proxy import CuttingProxy
from kith_instance import Instance, connect, pending_request, until

PURPOSE = "holiday photos"


def content_of(asset):
    return f"/api/assets/{asset['id']}/content"


class Households(unittest.TestCase):
    """Fresh instances for each test: alice on A, bob on B."""

    def household(self, name, *handles, **options):
        instance = Instance(name, **options)
        self.addCleanup(instance.close)
        instance.start()
        return instance, *(instance.add_user(handle) for handle in handles)

    def setUp(self):
        self.a, self.alice = self.household("A", "alice")
        self.b, self.bob = self.household("B", "bob")

    def ask(self, asker=None, asked=None):
        """Alice asks; both sides' ids once the request lies before bob."""
        asker, asked = asker or self.alice, asked or self.bob
        side = asker.ok("POST", "/api/connections", {"peer": asked.address, "purpose": PURPOSE})["id"]
        return side, pending_request(asker, asked, side)

    def share(self, content=b"content", name="file.bin", owner=None, viewer=None, **terms):
        owner, viewer = owner or self.bob, viewer or self.alice
        asset = owner.upload(name, content)
        owner.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": viewer.address, **terms})
        return asset

    def wait_for(self, user, side, *states):
        return user.wait_for_connection(side, lambda c: c["state"] in states)

    def assert_problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.json().get("code")), (status, code), answer)
        return answer.json()

    def assert_works(self):
        """Something shared either way reaches the other person."""
        for owner, viewer in ((self.alice, self.bob), (self.bob, self.alice)):
            content = os.urandom(1000)
            asset = self.share(content, f"proof {content.hex()[:8]}", owner, viewer)
            self.fetch_once_there(viewer, asset, content)

    def fetch_once_there(self, viewer, asset, content):
        answers = []

        def arrived():
            answers.append(viewer.get(content_of(asset), owner=asset["owner"]))
            return answers[-1].status == 200

        until(arrived, lambda: answers[-1])
        self.assertEqual(answers[-1].body, content)


class Sharing(Households):
    """Everything a connected person can do; one pair of households for all of it."""

    @classmethod
    def setUpClass(cls):
        cls.a, cls.b = Instance("A"), Instance("B")
        for instance in (cls.a, cls.b):
            cls.addClassCleanup(instance.close)
            instance.start()
        cls.alice, cls.bob = cls.a.add_user("alice", admin=True), cls.b.add_user("bob")
        cls.eve, cls.carol = cls.a.add_user("eve"), cls.b.add_user("carol")
        connect(cls.alice, cls.bob)

    def setUp(self):
        pass

    def test_list_one_and_content(self):
        content = os.urandom(700_000)
        asset = self.share(content, "Côte d'Azur 🌅.bin")
        photo = self.share(b"\x89PNG\r\n\x1a\n and so on", "sunset.png", strip="none")
        listed = {i["id"]: i for i in self.alice.ok("GET", "/api/assets", owner=self.bob.address)["items"]}
        seen = listed[asset["id"]]
        self.assertEqual((seen["name"], seen["size"], seen["digest"]), (asset["name"], 700_000, asset["digest"]))
        self.assertEqual(seen["owner"], self.bob.address)
        self.assertNotIn("shared_with", seen)
        photos = [i["id"] for i in self.alice.ok("GET", "/api/photos", owner=self.bob.address)["items"]]
        self.assertIn(photo["id"], photos)
        self.assertNotIn(asset["id"], photos)
        one = self.alice.ok("GET", f"/api/assets/{asset['id']}", owner=self.bob.address)
        self.assertEqual((one["name"], one["digest"]), (asset["name"], asset["digest"]))
        got, own = self.alice.get(content_of(asset), owner=self.bob.address), self.bob.get(content_of(asset))
        self.assertEqual((got.status, got.body), (200, content))
        for name in ("etag", "repr-digest", "content-type", "content-disposition", "content-length",
                     "x-content-type-options", "content-security-policy"):
            self.assertEqual(got.headers[name], own.headers[name], name)

    def test_ranges_head_and_conditions(self):
        content = os.urandom(900_000)
        asset = self.share(content, "ranges.bin")

        def fetch(method="GET", **headers):
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            return self.alice.request(method, content_of(asset), headers=headers, owner=self.bob.address)

        for given, first, last in (("0-9", 0, 9), ("-10", 899_990, 899_999), ("262100-262200", 262_100, 262_200),
                                   ("899999-", 899_999, 899_999), ("5-", 5, 899_999)):
            got = fetch(Range=f"bytes={given}")
            self.assertEqual((got.status, got.body), (206, content[first:last + 1]), given)
            self.assertEqual(got.headers["content-range"], f"bytes {first}-{last}/900000")
        unsatisfiable = fetch(Range="bytes=900000-")
        self.assertEqual((unsatisfiable.status, unsatisfiable.headers["content-range"]), (416, "bytes */900000"))
        head = fetch("HEAD")
        self.assertEqual((head.status, head.body, head.headers["content-length"]), (200, b"", "900000"))
        self.assertEqual(fetch(If_None_Match=asset["etag"]).status, 304)
        self.assertEqual(fetch(Range="bytes=0-9", If_Range=asset["etag"]).body, content[:10])
        self.assertEqual(fetch(Range="bytes=0-9", If_Range='"other"').body, content)

    def test_pages_and_filters(self):
        names = {f"page {n}.txt" for n in range(5)}
        for name in names:
            self.share(name.encode(), name)
        seen, cursor = [], {}
        while True:
            page = self.alice.ok("GET", "/api/assets", owner=self.bob.address, name="page ", limit=2, **cursor)
            seen += [item["name"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        self.assertEqual(sorted(seen), sorted(names))

    def test_an_empty_file(self):
        asset = self.share(b"", "empty")
        got = self.alice.get(content_of(asset), owner=self.bob.address)
        self.assertEqual((got.status, got.body), (200, b""))

    def test_only_the_one_it_is_shared_with_sees_it(self):
        shared = self.share(b"for alice", "alice.txt")
        private = self.bob.upload("private.txt", b"for nobody")
        carols = self.carol.upload("carol.txt", b"of carol")
        local = self.bob.upload("carol only.txt", b"for carol")
        self.bob.ok("POST", "/api/shares", {"asset_ids": [local["id"]], "with": "carol"})
        for target in ("/api/assets", f"/api/assets/{shared['id']}", content_of(shared)):
            self.assertEqual(self.eve.get(target, owner=self.bob.address).status, 404, target)
        absent = {"id": "0" * 26}
        for asset in (private, carols, local, absent):
            for target in (f"/api/assets/{asset['id']}", content_of(asset)):
                answers = [self.alice.get(target, owner=self.bob.address)]
                self.assert_problem(answers[0], 404, "not_found")
        listed = {i["id"] for i in self.alice.ok("GET", "/api/assets", owner=self.bob.address, limit=500)["items"]}
        self.assertFalse(listed & {private["id"], carols["id"], local["id"]})
        self.assertEqual(self.alice.get(content_of(shared), owner=self.carol.address).status, 404)

    def test_withdrawn_is_as_if_it_had_never_been(self):
        asset = self.bob.upload("withdrawn.txt", b"x")
        share = self.bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": self.alice.address})["items"][0]
        self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 200)
        self.assertEqual(self.bob.request("DELETE", f"/api/shares/{share['id']}").status, 204)
        self.assert_problem(self.alice.get(content_of(asset), owner=self.bob.address), 404, "not_found")
        until(lambda: asset["id"] not in {i["id"] for i in self.alice.ok("GET", "/api/shared-with-me",
                                                                        limit=500)["items"]}, "forgotten")

    def test_a_share_ends_when_it_says(self):
        asset = self.bob.upload("for a moment.txt", b"x")
        ends = time.time() + 2
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ends)) + f".{int(ends % 1 * 1000):03}Z"
        self.bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": self.alice.address, "expires_at": text})
        self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 200)

        def has_ended():
            try:
                return self.alice.get(content_of(asset), owner=self.bob.address).status == 404
            except http.client.IncompleteRead:
                return False  # it ended between the head and the one byte

        until(has_ended, "the end of the share")
        self.assertGreaterEqual(time.time(), ends)

    def test_a_new_version_is_what_is_fetched_next(self):
        first = self.share(b"first", "version.txt")
        self.bob.upload("version.txt", b"second")
        got = self.alice.get(content_of(first), owner=self.bob.address)
        self.assertEqual(got.body, b"second")
        self.assertNotEqual(got.headers["etag"], first["etag"])

    def test_the_remote_user_is_a_row_like_any_other(self):
        rows = {row["address"]: row for row in self.alice.ok("GET", "/api/admin/users")["items"]}
        self.assertIs(rows[self.bob.address]["is_local"], False)
        self.assertIs(rows[self.alice.address]["is_local"], True)
        listed = self.bob.ok("GET", f"/api/assets/{self.share(name='row.txt')['id']}")
        self.assertEqual(listed["shared_with"], [self.alice.address])

    def test_people_of_one_household_share_too(self):
        asset = self.alice.upload("family.txt", b"for eve")
        self.alice.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": "eve"})
        self.assertEqual([i["id"] for i in self.eve.ok("GET", "/api/assets", owner="alice")["items"]], [asset["id"]])
        got = self.eve.get(content_of(asset), owner=self.alice.address)
        self.assertEqual((got.status, got.body), (200, b"for eve"))
        self.assertIn(asset["id"], [i["id"] for i in self.eve.ok("GET", "/api/shared-with-me")["items"]])
        self.assertEqual(self.eve.request("DELETE", f"/api/assets/{asset['id']}").status, 404)

    def test_sharing_needs_a_connection_and_own_assets(self):
        asset = self.carol.upload("mine.txt", b"x")

        def share(user, viewer, ids):
            return user.post("/api/shares", {"asset_ids": ids, "with": viewer})

        self.assert_problem(share(self.carol, self.alice.address, [asset["id"]]), 404, "not_found")
        self.assert_problem(share(self.bob, self.alice.address, [asset["id"]]), 404, "not_found")
        self.assert_problem(share(self.carol, "carol", [asset["id"]]), 400, "bad_request")
        self.assert_problem(share(self.carol, "nobody", [asset["id"]]), 404, "not_found")
        self.assert_problem(share(self.carol, "bob", []), 400, "bad_request")
        for wrong in ("", "@", "bob@", "@b.example", "bob@b.example/x", "bob@@b", "Bob@B.EXAMPLE:99999", "b" * 600):
            self.assertIn(share(self.carol, wrong, [asset["id"]]).status, (400, 404), wrong)
            self.assertIn(self.alice.get("/api/assets", owner=wrong).status, (400, 404), wrong)

    def test_the_private_api_without_a_session(self):
        for target in ("assets", "photos", "assets/" + "0" * 26, "assets/" + "0" * 26 + "/content"):
            for port in (self.b.public, self.b.local):
                answer = port.request("GET", "/api/private/v1/" + target, headers=self.bob.authorization)
                self.assertIn(answer.status, (400, 401), answer)
                invented = {**self.bob.authorization, "Kith-Session": "A" * 22, "Kith-Counter": "0",
                            "Kith-Mac": "A" * 43}
                answer = port.request("GET", "/api/private/v1/" + target, headers=invented)
                self.assert_problem(answer, 401, "session_unknown")
        sealed = self.b.public.request("POST", "/api/private/v1/sealed", b"x" * 100,
                                       {"Kith-Session": "A" * 22, "Kith-Counter": "0"})
        self.assert_problem(sealed, 401, "session_unknown")


class Handshake(Households):
    def test_another_fingerprint_changes_nothing(self):
        side, request = self.ask()
        self.assertEqual(request["fingerprint"], self.alice.ok("GET", "/api/instance")["fingerprint"])

        def approve(fingerprint):
            return self.bob.post(f"/api/connections/{request['id']}/approve", {"fingerprint": fingerprint})

        own = self.bob.ok("GET", "/api/instance")["fingerprint"]
        for wrong in (own, request["fingerprint"][:-1], "", "A" * 52):
            self.assertIn(approve(wrong).status, (400, 409), wrong)
        self.assert_problem(approve(own), 409, "fingerprint_mismatch")
        self.assertEqual(self.bob.ok("GET", f"/api/connections/{request['id']}")["state"], "pending_in")
        self.assertEqual(self.alice.ok("GET", f"/api/connections/{side}")["state"], "pending_out")
        self.assertEqual(approve(request["fingerprint"].lower().replace(" ", "")).status, 200)
        self.wait_for(self.alice, side, "established")

    def test_rejected(self):
        side, request = self.ask()
        self.assertEqual(self.bob.post(f"/api/connections/{request['id']}/reject").status, 200)
        self.wait_for(self.alice, side, "rejected")
        self.wait_for(self.bob, request["id"], "rejected")
        self.assertEqual(self.alice.get("/api/assets", owner=self.bob.address).status, 404)
        answer = self.bob.post(f"/api/connections/{request['id']}/approve", {"fingerprint": request["fingerprint"]})
        self.assertEqual(answer.status, 409, answer)
        # Asking again later is not forbidden.
        side, request = self.ask()
        self.bob.ok("POST", f"/api/connections/{request['id']}/approve", {"fingerprint": request["fingerprint"]})
        self.wait_for(self.alice, side, "established")

    def test_only_the_one_it_is_for_decides(self):
        mallory = self.b.add_user("mallory")
        side, request = self.ask()
        path = f"/api/connections/{request['id']}"
        for act, body in (("/approve", {"fingerprint": request["fingerprint"]}), ("/reject", None), ("/revoke", None),
                          ("/confirm-words", {"match": True}), ("/retry", None), ("/rotate", None)):
            self.assert_problem(mallory.post(path + act, body), 404, "not_found")
        self.assert_problem(mallory.get(path), 404, "not_found")
        self.assertEqual(mallory.ok("GET", "/api/connections")["items"], [])
        self.assertEqual(self.bob.ok("GET", path)["state"], "pending_in")
        # The asker cannot approve in the other's place.
        answer = self.alice.post(f"/api/connections/{side}/approve", {"fingerprint": request["fingerprint"]})
        self.assertEqual(answer.status, 409, answer)

    def test_words_that_differ_revoke_both_sides(self):
        side, request = self.ask()
        self.bob.ok("POST", f"/api/connections/{request['id']}/approve", {"fingerprint": request["fingerprint"]})
        sides = ((self.alice, side), (self.bob, request["id"]))
        words = [self.wait_for(user, own, "established")["words"] for user, own in sides]
        self.assertEqual(words[0], words[1])
        self.assertEqual(len(words[0]), 6)
        asset = self.share()
        self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 200)
        self.alice.ok("POST", f"/api/connections/{side}/confirm-words", {"match": False})
        self.assertEqual(self.alice.ok("GET", f"/api/connections/{side}")["state"], "revoked")
        self.wait_for(self.bob, request["id"], "revoked")
        self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 404)

    def test_verified_is_each_sides_own_word(self):
        side, request = self.ask()
        self.bob.ok("POST", f"/api/connections/{request['id']}/approve", {"fingerprint": request["fingerprint"]})
        for user, own in ((self.alice, side), (self.bob, request["id"])):
            self.assertIs(self.wait_for(user, own, "established")["verified"], False)
        confirmed = self.alice.ok("POST", f"/api/connections/{side}/confirm-words", {"match": True})
        self.assertIs(confirmed["verified"], True)
        self.assertIs(self.bob.ok("GET", f"/api/connections/{request['id']}")["verified"], False)

    def test_both_ask_at_once(self):
        sides = [asker.ok("POST", "/api/connections", {"peer": asked.address, "purpose": PURPOSE})["id"]
                 for asker, asked in ((self.alice, self.bob), (self.bob, self.alice))]

        def established():
            found = [[c for c in user.ok("GET", "/api/connections")["items"] if c["state"] == "established"]
                     for user in (self.alice, self.bob)]
            return found if all(found) else None

        found = until(established, lambda: [u.ok("GET", f"/api/connections/{s}")
                                            for u, s in zip((self.alice, self.bob), sides)])
        self.assertEqual([len(f) for f in found], [1, 1])
        self.assertEqual(found[0][0]["words"], found[1][0]["words"])
        self.assert_works()

    def test_an_unknown_user_looks_like_one_who_does_not_answer(self):
        def ask(handle):
            asked = self.alice.ok("POST", "/api/connections", {"peer": f"{handle}@{self.b.domain}", "purpose": PURPOSE})
            return self.alice.wait_for_connection(
                asked["id"], lambda c: any(step["done"] and step["step"] == "init" for step in c["timeline"]))

        known, unknown = ask("bob"), ask("nobody")
        for connection in (known, unknown):
            self.assertEqual(connection["state"], "pending_out")
        self.assertEqual([(s["step"], s["done"], s["last_error"]) for s in known["timeline"]],
                         [(s["step"], s["done"], s["last_error"]) for s in unknown["timeline"]])
        self.assertEqual(known["fingerprint"], unknown["fingerprint"])
        self.assertEqual([c["peer"] for c in self.bob.ok("GET", "/api/connections")["items"]], [self.alice.address])

    def test_nonsense_for_a_peer(self):
        for peer in ("", "bob", "@", "bob@", f"bob@{self.b.domain}/x", "bob@b.example:0", "böb@b.example",
                     "bob@[::1", f"bob@{self.b.domain}\r\n", 7, None, ["x"]):
            answer = self.alice.post("/api/connections", {"peer": peer, "purpose": PURPOSE})
            self.assertEqual(answer.status, 400, (peer, answer))
        long = self.alice.post("/api/connections", {"peer": self.bob.address, "purpose": "x" * 281})
        self.assertEqual(long.status, 400, long)
        own = self.alice.post("/api/connections", {"peer": self.alice.address, "purpose": PURPOSE})
        self.assertIn(own.status, (400, 409), own)
        self.assertEqual(self.alice.ok("GET", "/api/connections")["items"], [])

    def test_keys_are_rotated_and_everything_goes_on(self):
        side, other = connect(self.alice, self.bob)
        asset = self.share()
        for user, own in ((self.alice, side), (self.bob, other), (self.alice, side)):
            user.ok("POST", f"/api/connections/{own}/rotate")
            self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 200)
        for instance in (self.a, self.b):
            instance.restart(kill=True)
        self.assert_works()
        self.assertEqual(self.alice.ok("GET", f"/api/connections/{side}")["state"], "established")

    def test_idempotency_key_asks_once(self):
        body = {"peer": self.bob.address, "purpose": PURPOSE}
        answers = [self.alice.request("POST", "/api/connections", body, {"Idempotency-Key": "ask"}) for _ in range(2)]
        self.assertEqual([a.status for a in answers], [202, 202])
        self.assertEqual(answers[0].json()["id"], answers[1].json()["id"])

    def block(self, act):
        admin = self.b.add_user("admin", admin=True)
        path = f"/api/admin/instances/{urllib.parse.quote(self.a.domain)}/"
        self.assertEqual(self.bob.post(path + "block").status, 404)  # no admin
        self.assertIs(admin.ok("POST", path + "block")["blocked"], True)
        act()
        self.assertIs(admin.ok("POST", path + "unblock")["blocked"], False)

    def test_a_blocked_instance_cannot_ask(self):
        def refused():
            side = self.alice.ok("POST", "/api/connections", {"peer": self.bob.address, "purpose": PURPOSE})["id"]
            self.alice.wait_for_connection(side, lambda c: any(s["last_error"] for s in c["timeline"]))
            self.assertEqual(self.bob.ok("GET", "/api/connections")["items"], [])
            self.assert_problem(self.bob.post("/api/connections", {"peer": self.alice.address, "purpose": PURPOSE}),
                                403, "peer_blocked")

        self.block(refused)

    def test_a_blocked_instance_sees_nothing_more(self):
        connect(self.alice, self.bob)
        asset = self.share()
        self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 200)

        def refused():
            self.assert_problem(self.bob.get("/api/assets", owner=self.alice.address), 403, "peer_blocked")
            for target in ("/api/assets", content_of(asset)):
                answer = self.alice.get(target, owner=self.bob.address)
                self.assertNotEqual(answer.status, 200, answer)
            self.a.restart()  # nor with a fresh session
            answer = self.alice.get("/api/assets", owner=self.bob.address)
            self.assertNotEqual(answer.status, 200, answer)

        self.block(refused)
        self.assert_works()

class Invites(Households):
    def invite(self, **body):
        return self.bob.ok("POST", "/api/invites", body)

    def accept(self, link, user=None, **body):
        return (user or self.alice).post("/api/connections", {"purpose": PURPOSE, "invite": link, **body})

    def test_a_link_connects_and_verifies_at_once(self):
        invite = self.invite(expires_in=3600, uses=1)
        self.assertIn("#kith1.", invite["link"])
        answer = self.accept(invite["link"], peer=self.bob.address)
        self.assertEqual(answer.status, 202, answer)
        connection = self.wait_for(self.alice, answer.json()["id"], "established")
        self.assertIs(connection["verified"], True)
        other = until(lambda: next((c for c in self.bob.ok("GET", "/api/connections")["items"]
                                    if c["state"] == "established"), None), "established at bob's")
        self.assertIs(other["verified"], True)
        self.assert_works()
        listed = self.bob.ok("GET", "/api/invites")["items"][0]
        self.assertEqual(listed["spent"], 1)
        self.assertNotIn("link", listed)
        # It is spent: nobody else gets in with it.
        eve = self.a.add_user("eve")
        again = self.accept(invite["link"], eve)
        self.assertEqual(again.status, 202, again)
        self.wait_for(eve, again.json()["id"], "rejected", "failed")
        self.assertNotIn(eve.address, [c["peer"] for c in self.bob.ok("GET", "/api/connections")["items"]
                                       if c["state"] == "established"])

    def test_forged_and_withdrawn_links(self):
        link = self.invite()["link"]
        secret = link.rsplit(".", 1)[1]
        flipped = link[:-len(secret)] + ("B" if secret[0] != "B" else "C") + secret[1:]
        forged = self.accept(flipped)
        self.assertEqual(forged.status, 202, forged)
        self.wait_for(self.alice, forged.json()["id"], "rejected", "failed")
        parts = link.split(".")
        other_key = ".".join([*parts[:-3], "A" * 52, *parts[-2:]])
        mismatch = self.accept(other_key)
        if mismatch.status == 202:
            self.wait_for(self.alice, mismatch.json()["id"], "rejected", "failed")
        else:
            self.assertEqual(mismatch.status, 400)
        for broken in (link[:-5], link.split("#")[0], "kith1.x.y.z.w", "http://example/#kith1....", "x" * 4000):
            self.assertEqual(self.accept(broken).status, 400, broken)
        wrong_peer = self.accept(link, peer=f"carol@{self.b.domain}")
        self.assertEqual(wrong_peer.status, 400, wrong_peer)
        withdrawn = self.invite()
        self.assertEqual(self.bob.request("DELETE", f"/api/invites/{withdrawn['id']}").status, 204)
        late = self.accept(withdrawn["link"])
        self.assertEqual(late.status, 202)
        self.wait_for(self.alice, late.json()["id"], "rejected", "failed")
        self.assertFalse([c for c in self.bob.ok("GET", "/api/connections")["items"] if c["state"] == "established"])
        # The good one still is: nothing above used it up.
        good = self.accept(link)
        self.assertTrue(self.wait_for(self.alice, good.json()["id"], "established")["verified"])


class Revoking(Households):
    def test_revoked_is_over_for_both_and_asking_again_works(self):
        side, other = connect(self.alice, self.bob)
        asset = self.share()
        self.bob.ok("POST", f"/api/connections/{other}/revoke")
        self.wait_for(self.alice, side, "revoked")
        self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 404)
        self.assertEqual(self.bob.post("/api/shares", {"asset_ids": [asset["id"]], "with": self.alice.address}).status,
                         404)
        connect(self.alice, self.bob)
        self.assertEqual(self.alice.get(content_of(asset), owner=self.bob.address).status, 404)  # old shares stay ended
        self.assert_works()

    def assert_cut_by(self, revoke, asset):
        with self.alice.open(content_of(asset), owner=self.bob.address) as response:
            self.assertEqual(response.status, 200)
            received = len(response.read(1 << 20))
            revoke()
            with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
                while piece := response.read(1 << 16):
                    received += len(piece)
                if received < asset["size"]:
                    raise ConnectionError
        self.assertLess(received, asset["size"])

    def test_revoking_cuts_a_running_transfer_from_either_side(self):
        content = os.urandom(1 << 20) * 64
        for who in (self.bob, self.alice):
            side, other = connect(self.alice, self.bob)
            asset = self.share(content, "big.bin")
            own = other if who is self.bob else side
            self.assert_cut_by(lambda: who.ok("POST", f"/api/connections/{own}/revoke"), asset)
            self.wait_for(self.alice, side, "revoked")
            self.wait_for(self.bob, other, "revoked")

    def test_withdrawing_cuts_a_running_transfer(self):
        connect(self.alice, self.bob)
        asset = self.bob.upload("big.bin", os.urandom(1 << 20) * 64)
        share = self.bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": self.alice.address})["items"][0]
        self.assert_cut_by(lambda: self.bob.request("DELETE", f"/api/shares/{share['id']}"), asset)

    def test_while_the_other_is_down(self):
        side, other = connect(self.alice, self.bob)
        asset = self.share()
        self.a.stop()
        self.bob.ok("POST", f"/api/connections/{other}/revoke")
        self.a.start()
        answer = self.alice.get(content_of(asset), owner=self.bob.address)
        self.assertIn(answer.status, (403, 404), answer)


class Restarts(Households):
    """Either side restarts, politely or not, in every state; the handshake goes on from where it stood."""

    def go_through(self, restart):
        restart(0)
        side, request = self.ask()
        restart(1)
        self.assertEqual(self.alice.ok("GET", f"/api/connections/{side}")["state"], "pending_out")
        self.bob.ok("POST", f"/api/connections/{request['id']}/approve", {"fingerprint": request["fingerprint"]})
        restart(2)  # in the middle of exchange, verify and complete
        sides = ((self.alice, side), (self.bob, request["id"]))
        words = [self.wait_for(user, own, "established")["words"] for user, own in sides]
        self.assertEqual(words[0], words[1])
        restart(3)
        for user, own in sides:
            self.assertIs(user.ok("POST", f"/api/connections/{own}/confirm-words", {"match": True})["verified"], True)
        restart(4)
        self.assert_works()

    def test_the_asker_is_restarted(self):
        self.go_through(lambda _: self.a.restart())

    def test_the_asked_is_restarted(self):
        self.go_through(lambda _: self.b.restart())

    def test_the_asker_is_killed(self):
        self.go_through(lambda _: self.a.restart(kill=True))

    def test_the_asked_is_killed(self):
        self.go_through(lambda _: self.b.restart(kill=True))

    def test_both_are_killed(self):
        self.go_through(lambda _: [instance.restart(kill=True) for instance in (self.a, self.b)])

    def test_the_asked_is_down_when_asked(self):
        self.b.stop()
        side = self.alice.ok("POST", "/api/connections", {"peer": self.bob.address, "purpose": PURPOSE})["id"]
        waiting = self.alice.wait_for_connection(side, lambda c: any(s["last_error"] for s in c["timeline"]))
        self.assertEqual(waiting["state"], "pending_out")
        standing = next(s for s in waiting["timeline"] if s["last_error"])
        self.assertEqual((standing["error_code"], standing["done"]), ("peer_unreachable", False))
        self.assertTrue(standing["last_error"].startswith("peer_unreachable: "))
        self.assertLessEqual(standing["since"], standing["at"])
        later = self.alice.wait_for_connection(side, lambda c: any(s["next_try_at"] for s in c["timeline"]))
        tried_next = max(s["next_try_at"] for s in later["timeline"] if s["next_try_at"])
        self.assertGreaterEqual(tried_next, standing["at"])
        self.assertEqual(later["peer_instance"]["domain"], self.b.domain)
        self.b.start()
        self.alice.ok("POST", f"/api/connections/{side}/retry")
        pending_request(self.alice, self.bob, side)
        reached = self.alice.ok("GET", f"/api/connections/{side}")
        self.assertIsNone(reached["peer_instance"]["down_since"])
        self.assertEqual(reached["peer_instance"]["name"], self.b.name)


class PeerDown(Households):
    def test_a_quick_503_then_works_again(self):
        connect(self.alice, self.bob)
        asset = self.share(b"still known", "known.txt")
        until(lambda: asset["id"] in {i["id"] for i in self.alice.ok("GET", "/api/shared-with-me")["items"]},
              "the news of the share")
        self.b.stop()
        self.alice.get("/api/assets", owner=self.bob.address)
        for target in ("/api/assets", f"/api/assets/{asset['id']}", content_of(asset)):
            begin = time.monotonic()
            problem = self.assert_problem(self.alice.get(target, owner=self.bob.address), 503, "peer_unreachable")
            self.assertLess(time.monotonic() - begin, 1, target)
            self.assertRegex(problem["since"], r"^\d{4}-\d\d-\d\dT")
            self.assertIn(self.b.domain, problem["detail"])
        told = [i for i in self.alice.ok("GET", "/api/shared-with-me")["items"] if i["id"] == asset["id"]]
        self.assertEqual((told[0]["name"], told[0]["owner"]), ("known.txt", self.bob.address))
        self.a.restart()
        self.assertIn(asset["id"], {i["id"] for i in self.alice.ok("GET", "/api/shared-with-me")["items"]})
        self.b.start()
        until(lambda: self.alice.get(content_of(asset), owner=self.bob.address).body == b"still known", "bob back", 15)


class BrokenLinks(unittest.TestCase):
    """A proxy stands before B: its port is B's domain."""

    @classmethod
    def setUpClass(cls):
        cls.proxy = CuttingProxy()
        cls.addClassCleanup(cls.proxy.close)
        cls.a = Instance("A")
        cls.b = Instance("B", domain=f"127.0.0.1:{cls.proxy.port}")
        cls.proxy.target = cls.b.public_port
        for instance in (cls.a, cls.b):
            cls.addClassCleanup(instance.close)
            instance.start()
        cls.alice, cls.bob = cls.a.add_user("alice"), cls.b.add_user("bob")
        cls.proxy.capture = bytearray()
        connect(cls.alice, cls.bob, "canary-purpose-161803")
        cls.content = os.urandom(1 << 20) * 64
        cls.asset = cls.bob.upload("canary-name-271828.bin", cls.content)
        cls.marked = cls.bob.upload("canary-name-141421.txt", b"canary-content-314159" * 5000)
        cls.bob.ok("POST", "/api/shares", {"asset_ids": [cls.asset["id"], cls.marked["id"]], "with": cls.alice.address})

    def setUp(self):
        self.proxy.cut_every = self.proxy.flip_at = None
        self.proxy.refuses = False

    def fetch(self):
        return self.alice.get(content_of(self.asset), owner=self.bob.address)

    def test_a_capture_shows_no_name_and_no_content(self):
        self.proxy.capture = bytearray()
        self.proxy.cut_all()
        got = self.alice.get(content_of(self.marked), owner=self.bob.address)
        self.alice.ok("GET", "/api/assets", owner=self.bob.address)
        self.assertEqual(got.body, b"canary-content-314159" * 5000)
        captured, self.proxy.capture = bytes(self.proxy.capture), None
        self.assertGreater(len(captured), len(got.body))  # it went through here
        self.assertIn(b"/api/private/v1/sealed", captured)
        for canary in (b"canary-content", b"canary-name", self.asset["id"].encode(), b"/api/private/v1/assets",
                       self.asset["digest"].encode()[8:], self.alice.token.encode()):
            self.assertNotIn(canary, captured)

    def test_a_transfer_is_taken_up_again_where_it_broke(self):
        for cut_every in (20_000_000, 5_000_000):
            cuts = self.proxy.cuts
            self.proxy.cut_every = cut_every
            got = self.fetch()
            self.assertEqual(got.status, 200)
            self.assertEqual("sha-256:" + hashlib.sha256(got.body).hexdigest(), self.asset["digest"])
            # Starting over each time would never have ended.
            self.assertGreaterEqual(self.proxy.cuts - cuts, len(self.content) // cut_every)

    def test_the_peer_restarts_in_the_middle(self):
        with self.alice.open(content_of(self.asset), owner=self.bob.address) as response:
            got = bytearray(response.read(1 << 20))
            self.b.restart(kill=True)
            got += response.read()
        self.assertEqual("sha-256:" + hashlib.sha256(got).hexdigest(), self.asset["digest"])

    def test_a_changed_byte_never_passes(self):
        # In a frame's length, in its content, in its tag: wherever it falls, what arrives is right or nothing.
        for flip_at in (700, 5_000_000, 33_333_333):
            flips = self.proxy.flips
            self.proxy.flip_at = flip_at
            self.proxy.cut_all()  # fresh connections, counted from their first byte
            received = bytearray()
            with contextlib.suppress(http.client.HTTPException, OSError):
                with self.alice.open(content_of(self.asset), owner=self.bob.address) as response:
                    while response.status == 200 and (piece := response.read(1 << 16)):
                        received += piece
            self.proxy.flip_at = None
            self.proxy.cut_all()
            self.assertGreater(self.proxy.flips, flips)
            self.assertTrue(self.content.startswith(received), f"wrong bytes passed with byte {flip_at} changed")
        until(lambda: self.fetch().status == 200, "an honest link works again")

    def test_a_link_that_stays_broken_ends_the_transfer(self):
        with self.alice.open(content_of(self.asset), owner=self.bob.address) as response:
            received = bytearray(response.read(1 << 20))
            self.proxy.refuses = True
            self.proxy.cut_all()
            with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
                while piece := response.read(1 << 20):
                    received += piece
                if len(received) < len(self.content):
                    raise ConnectionError
        self.assertTrue(self.content.startswith(received))
        self.proxy.refuses = False
        until(lambda: self.fetch().status == 200, "the link mended", 20)


class ThreeHouseholds(Households):
    def test_each_pair_has_its_own_trust(self):
        c, carol = self.household("C", "carol")
        connect(self.alice, self.bob)
        connect(self.bob, carol)
        for_alice = self.share(b"for alice", "alice.txt", self.bob, self.alice)
        for_carol = self.share(b"for carol", "carol.txt", self.bob, carol)
        for viewer, own, other in ((self.alice, for_alice, for_carol), (carol, for_carol, for_alice)):
            items = viewer.ok("GET", "/api/assets", owner=self.bob.address)["items"]
            self.assertEqual([i["id"] for i in items], [own["id"]])
            self.assertEqual(viewer.get(content_of(other), owner=self.bob.address).status, 404)
        self.assertEqual(self.alice.get("/api/assets", owner=carol.address).status, 404)
        by_person = {i["owner"] for i in self.bob.ok("GET", "/api/shared-with-me")["items"]}
        self.assertEqual(by_person, set())


if __name__ == "__main__":
    unittest.main()
