"""Who may do what: each operation of the OpenAPI document, asked for with every kind of token there is, answers as the
document says; and nobody gets at what is somebody else's."""

import http.client
import json
import os
import re
import unittest

import token_kinds
from kith_instance import Answer, Instance, answer_check
from token_kinds import bearer

# Whoever is let in is told that there is no such parameter, before anything else is looked at or changed.
UNKNOWN = "no-such-parameter"
# These look at no parameters.
BARE = ("/healthz", "/readyz", "/metrics")
CLOCK = os.environ.get("KITH_MOVED_CLOCK")
METHODS = ("get", "head", "post", "put", "patch", "delete")
NOBODY = "0" * 26


class Line:
    """One connection that is kept."""

    def __init__(self, port, check=None):
        self.connection, self.check = http.client.HTTPConnection("127.0.0.1", port, timeout=60), check

    def ask(self, method, target, headers=None, body=None):
        headers = dict(headers or {})
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        try:
            self.connection.request(method, target, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # it was closed meanwhile
            self.connection.close()
            self.connection.request(method, target, body, headers)
            response = self.connection.getresponse()
        answer = Answer(response, response.read())
        if self.check:
            self.check(method, target, body, answer)
        return answer

    def close(self):
        self.connection.close()


class Operation:
    def __init__(self, method, path, described):
        self.method, self.path, self.name = method.upper(), path, described["operationId"]
        self.access, self.scope = described["x-kith-access"], described.get("x-kith-scope")

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def probe(self):
        """A target that is refused as soon as somebody is let in."""
        target = re.sub(r"\{\w+\}", NOBODY, self.path)
        return target if self.path in BARE else f"{target}?{UNKNOWN}=1"


def operations_of(document):
    return [Operation(method, path, item[method])
            for path, item in document["paths"].items() for method in METHODS if method in item]


def promised(operation, kind):
    """How the document has an operation answer somebody."""
    if operation.access in ("anyone", "registration", "outsider"):
        return "in"  # the last two look at a token of their own kind later
    if operation.access == "presigned":
        return "not signed"
    if kind.permission is None:
        return "not logged in"
    permissions = {"logged_in": ("none", "user", "admin"), "user": ("user", "admin"), "admin": ("admin",)}
    if kind.permission not in permissions[operation.access]:
        return "hidden"
    if kind.scopes is None or operation.scope == "any" or operation.scope in kind.scopes:
        return "in"
    return "scope missing"


def answered(operation, answer):
    code = answer.json().get("code") if answer.body and answer.status >= 400 else None
    told = UNKNOWN in answer.body.decode("latin-1") or operation.method == "HEAD"
    if (answer.status == 400 and told) or (answer.status == 200 and operation.path in BARE):
        return "in"
    if answer.status == 403 and operation.access == "presigned":
        return "not signed" if code in ("forbidden", None) else code
    if answer.status == 403:
        return "scope missing" if code in ("scope_missing", None) else code
    return {401: "not logged in", 404: "hidden"}.get(answer.status, repr(answer))


def differences(line, operations, kinds):
    """Where the answers are not as promised."""
    for kind in kinds:
        for operation in operations:
            answer = line.ask(operation.method, operation.probe, kind.headers)
            expected, got = promised(operation, kind), answered(operation, answer)
            if expected != got:
                yield f"{kind}: {operation} should be {expected!r}, was {got!r}"


class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance(settings={
            "trusted_proxies": ["127.0.0.1"],
            "accounts": {"registration": "open", "challenge_difficulty": 1000, "argon2_passes": 1,
                         "argon2_memory_mib": 8}})
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.instance.wait_for_log("set-up")  # which is told only while there is no admin
        cls.line = Line(cls.instance.local_port, answer_check())
        cls.addClassCleanup(cls.line.close)
        cls.admin, cls.user = cls.instance.add_user("root", admin=True), cls.instance.add_user("user")
        cls.exchange = cls.user.ok("POST", "/api/exchanges", {})
        cls.registration_token = token_kinds.registration_token(cls.instance)
        cls.operations = operations_of(cls.line.ask("GET", "/api/openapi.json").json())
        cls.kinds = [*cls.good(), *cls.bad()]

    @classmethod
    def good(cls):
        other, nobody = cls.instance.add_user("other"), cls.instance.add_user("nobody")
        cls.instance.command("user", "set-permission", nobody.email, "none")
        nobody.log_in()
        of_nobody = token_kinds.make_api_token(nobody, "files:read", "shares")["token"]
        return [bearer("an admin", cls.admin.token, "admin"), bearer("a user", cls.user.token, "user"),
                bearer("another user", other.token, "user"), bearer("a user without permission", nobody.token, "none"),
                bearer("an API token of such a user", of_nobody, "none", {"files:read", "shares"}),
                *token_kinds.api_tokens(cls.admin, cls.user)]

    @classmethod
    def bad(cls):
        return [*token_kinds.strangers(cls.instance, cls.user, cls.exchange["upload_token"]),
                *token_kinds.ended(cls.instance),
                *token_kinds.for_newcomers(cls.instance, cls.admin, cls.registration_token)]

    def test_every_operation_answers_every_kind_of_token_as_the_document_says(self):
        self.assertGreater(len(self.operations), 100)
        self.assertEqual(list(differences(self.line, self.operations, self.kinds)), [])

    def test_each_kind_is_let_in_somewhere_and_no_further_than_that(self):
        """Guards the test above against a document that promises everything, or nothing, to everybody."""
        def let_in(kind, access):
            return {str(o) for o in self.operations if o.access in access and promised(o, kind) == "in"}

        everything = {str(o) for o in self.operations if o.access in ("logged_in", "user", "admin")}
        own = {"GET /api/users/me", "POST /api/tokens/verify", "DELETE /api/tokens/current"}
        seen = {}
        for kind in self.kinds:
            seen[kind.name] = let_in(kind, ("logged_in", "user", "admin"))
            self.assertEqual(bool(seen[kind.name]), kind.permission is not None, kind)
        self.assertEqual(seen["an admin"], everything)
        self.assertEqual(seen["an API token of such a user"], own)
        self.assertEqual({o for o in seen["a user"] if "/admin/" in o}, set())
        for scope in token_kinds.SCOPES:
            alone = seen[f"an API token of a admin for {scope}"]
            self.assertLess(own, alone)
            self.assertLess(alone, everything)
            self.assertNotIn("POST /api/users/me/api-tokens", alone)

    def test_only_a_registration_token_registers_and_only_once(self):
        body = {"email": "fresh@mail.example", "password": "a password nobody guesses", "first_name": "Fresh",
                "last_name": "Comer"}
        for kind in self.kinds:
            if kind.name != "a registration token":
                answer = self.line.ask("POST", "/api/users", kind.headers, body)
                self.assertEqual(answer.status, 401, f"{kind}: {answer}")
        with_it = {"Authorization": f"Bearer {self.registration_token}"}
        self.assertEqual(self.line.ask("POST", "/api/users", with_it, {**body, "password": "short"}).status, 400)
        self.assertEqual(self.line.ask("POST", "/api/users", with_it, body).status, 201)
        self.assertEqual(self.line.ask("POST", "/api/users", with_it, body).status, 401)

    def test_only_a_token_of_an_exchange_opens_what_is_for_outsiders(self):
        calls = [o for o in self.operations if o.access == "outsider" and o.path.startswith("/exchange/")]
        self.assertEqual(len(calls), 4)
        tries = 0
        for operation in calls:
            query = {"getUploadUrl": "?filename=a.txt&size=1"}.get(operation.name, "")
            for kind in self.kinds:
                tries += 1  # each from another place: guessing is slowed down
                headers = {**kind.headers, "X-Forwarded-For": f"2001:db8:{tries:x}::1"}
                answer = self.line.ask(operation.method, operation.path + query, headers)
                is_its_own = kind.name == "an exchange's token" and operation.name != "getDownloadUrl"
                self.assertEqual(answer.status != 401, is_its_own, f"{kind}: {operation}: {answer}")

    def test_only_its_own_token_opens_a_request_of_a_live_transfer(self):
        file = {"name": "a.txt", "size": 1, "type": "text/plain"}
        code = self.user.ok("POST", "/api/live", {"files": [file]})["code"]
        body = {"file": 0, "public_key": "A" * 43, "mac": "A" * 43}
        asked = self.line.ask("POST", f"/live/{code}/requests", body=body).json()
        calls = [o for o in self.operations if o.access == "outsider" and "{rid}" in o.path]
        self.assertEqual(len(calls), 3)
        for tries, (operation, kind) in enumerate((o, k) for o in calls for k in self.kinds):
            headers = {**kind.headers, "X-Forwarded-For": f"2001:db8:2:{tries:x}::1"}
            target = operation.path.format(code=code, rid=asked["request_id"])
            receipt = {"mac": "A" * 43} if operation.method == "POST" else None
            answer = self.line.ask(operation.method, target, headers, receipt)
            self.assertEqual(answer.status, 404, f"{kind}: {operation}: {answer}")
        own = {"Authorization": f"Bearer {asked['token']}"}
        self.assertEqual(self.line.ask("DELETE", f"/live/{code}/requests/{asked['request_id']}", own).status, 204)

    def test_only_a_signature_opens_presigned_addresses(self):
        with_token = {"Authorization": f"Bearer {self.exchange['upload_token']}"}
        url = self.line.ask("GET", "/exchange/upload-url?filename=a.txt&size=5", with_token).json()["url"]
        target = url[url.index("/exchange/"):]
        forged = target[:-1] + ("A" if target[-1] != "A" else "B")
        for kind in self.kinds:
            answer = self.line.ask("PUT", forged, kind.headers, b"Hello")
            self.assertEqual(answer.status, 403, f"{kind}: {answer}")
        self.assertEqual(self.line.ask("PUT", target, body=b"Hello").status, 201)

    def test_metrics_are_for_programs_on_this_machine_and_for_admins(self):
        as_described = Operation("get", "/metrics", {"operationId": "getMetrics", "x-kith-access": "admin",
                                                     "x-kith-scope": "admin"})
        for kind in self.kinds:
            answer = self.line.ask("GET", "/metrics", {**kind.headers, "X-Forwarded-For": "198.51.100.7"})
            self.assertEqual(answered(as_described, answer), promised(as_described, kind), kind)
        self.assertEqual(self.line.ask("GET", "/metrics").status, 200)

    def test_the_public_listener_knows_nothing_that_is_for_members(self):
        public = Line(self.instance.public_port)
        self.addCleanup(public.close)
        for operation in self.operations:
            answer = public.ask(operation.method, operation.probe, {"Authorization": f"Bearer {self.admin.token}"})
            is_there = operation.access in ("outsider", "presigned") or operation.path == "/healthz"
            self.assertEqual(answer.status != 404, is_there, f"{operation}: {answer}")


@unittest.skipUnless(CLOCK, "KITH_MOVED_CLOCK names the library; ctest sets it")
class HoursLater(unittest.TestCase):
    def test_what_has_run_out_opens_nothing(self):
        with Instance() as instance:
            user = instance.add_user("user")
            short, long = (token_kinds.make_api_token(user, "files:read", expires_in=life)["token"]
                           for life in (3600, 24 * 3600))
            for token in (short, long):
                headers = {"Authorization": f"Bearer {token}"}
                self.assertEqual(instance.local.request("GET", "/api/assets", headers=headers).status, 200)
            instance.stop()
            instance.environment = {"LD_PRELOAD": CLOCK, "MOVED_CLOCK_SECONDS": str(3 * 3600)}
            instance.start()
            line = Line(instance.local_port, answer_check())
            operations = operations_of(line.ask("GET", "/api/openapi.json").json())
            kinds = [bearer("an expired log-in", user.token), bearer("an expired API token", short),
                     bearer("an API token that goes on", long, "user", {"files:read"})]
            self.assertEqual(list(differences(line, operations, kinds)), [])
            line.close()


class Neighbours(unittest.TestCase):
    """What is alice's is not there for carol, by any route that takes an id."""

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.alice, cls.carol = cls.instance.add_user("alice"), cls.instance.add_user("carol")
        cls.instance.add_user("bob")
        cls.line = Line(cls.instance.local_port, answer_check())
        cls.addClassCleanup(cls.line.close)
        cls.own = cls.carol.upload("carol.txt", b"carol's")["id"]
        cls.ids = cls.things_of(cls.alice)

    @classmethod
    def things_of(cls, user):
        """Ids of what somebody has, by where they stand in a path."""
        asset = user.upload("mine.txt", b"mine")["id"]
        gone = user.upload("gone.txt", b"gone")["id"]
        user.ok("DELETE", f"/api/assets/{gone}")
        share = user.ok("POST", "/api/shares", {"asset_ids": [asset], "with": "bob"})
        album = user.ok("POST", "/api/albums", {"name": "Summer"})["id"]
        user.ok("POST", f"/api/albums/{album}/assets", {"asset_ids": [asset]})
        album_share = user.ok("POST", f"/api/albums/{album}/shares", {"with": "bob"})["id"]
        archive = user.ok("POST", "/api/archives", {"asset_ids": [asset]})
        upload = user.request("POST", "/api/uploads", headers={
            "Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": "filename YmlnLnR4dA=="})
        live = user.ok("POST", "/api/live", {"files": [{"name": "live.txt", "size": 1, "type": "text/plain"}]})
        wish = user.ok("POST", f"/live/{live['code']}/requests",
                       {"file": 0, "public_key": "A" * 43, "mac": "A" * 43})
        return {"/api/assets/": asset, "/api/assets/{id}/undelete": gone,
                "/api/shares/": (share.get("items") or [share])[0]["id"],
                "/api/albums/": album, "share_id": album_share, "/api/archives/": archive["url"].rsplit("/", 1)[1]
                if "url" in archive else archive["id"],
                "/api/uploads/": upload.headers["location"].rsplit("/", 1)[1],
                "/api/exchanges/": user.ok("POST", "/api/exchanges", {})["id"],
                "/api/live/": live["live_id"], "rid": wish["request_id"],
                "/api/connections/": user.ok("POST", "/api/connections", {"peer": "dave@127.0.0.1:1"})["id"],
                "/api/invites/": user.ok("POST", "/api/invites", {})["id"],
                "/api/users/me/api-tokens/": token_kinds.make_api_token(user, "files:read")["id"],
                "/api/users/me/sessions/": user.ok("GET", "/api/users/me/sessions")["items"][0]["id"],
                "/files/": "mine.txt"}

    def bodies(self):
        """By operation, where a body is looked at before the id is."""
        some = {"asset_ids": [self.own]}
        return {"renameAsset": {"name": "carol's.txt"}, "restoreVersion": {"version": 1},
                "restoreVersionBesideVersions": {"version": 1}, "changeAlbum": {"name": "Carol's"},
                "addAlbumAssets": some, "removeAlbumAssets": some, "shareAlbum": {"with": "bob"},
                "approveConnection": {"fingerprint": "AAAA"}, "confirmConnectionWords": {"match": True},
                "answerLiveRequest": dict.fromkeys(("public_key", "mac", "salt"), "A" * 43) | {"chunks": 2},
                "putLiveChunk": b"forged, and sealed"}

    def target(self, operation):
        """With alice's ids."""
        fitting = [start for start in self.ids if operation.path.startswith(start)]
        if not fitting:
            return None
        known = self.ids[max(fitting, key=len)]
        return re.sub(r"\{\w+\}", "1", operation.path.replace("{share_id}", self.ids["share_id"])
                      .replace("{rid}", self.ids["rid"])
                      .replace("{id}", known).replace("{name}", known))

    def calls(self):
        for operation in operations_of(self.line.ask("GET", "/api/openapi.json").json()):
            if operation.access in ("user", "logged_in") and "{" in operation.path and operation.name != "putFile":
                yield operation, self.target(operation)

    def ask(self, user, operation, target):
        headers = {**user.authorization, "Tus-Resumable": "1.0.0"}
        body = self.bodies().get(operation.name)
        if operation.path.startswith("/api/uploads/") and operation.method in ("PATCH", "POST"):
            headers.update({"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
                            "X-HTTP-Method-Override": "PATCH"})
            body = b"forged"
        return self.line.ask(operation.method, target, headers, body)

    def state(self):
        """All of alice's that there is to see."""
        lists = ("/api/assets", "/api/deleted-assets", "/api/shares", "/api/albums", "/api/exchanges", "/api/uploads",
                 "/api/connections", "/api/invites", "/api/users/me/api-tokens", "/api/users/me/sessions")
        seen = {path: self.alice.ok("GET", path)["items"] for path in lists}
        for connection in seen["/api/connections"]:
            seen["/api/connections"] = connection["id"]  # it goes on by itself
        return seen

    def test_what_is_somebody_elses_is_not_there(self):
        before, calls = self.state(), list(self.calls())
        self.assertGreater(len(calls), 30)
        for operation, target in calls:
            self.assertIsNotNone(target, f"{operation}: things_of() has none of these")
            answer = self.ask(self.carol, operation, target)
            self.assertEqual(answer.status, 404, f"{operation}: {answer}")
        self.assertEqual(self.state(), before)

    def test_for_its_owner_it_is(self):
        """Else the test above would prove nothing."""
        for operation, target in self.calls():
            if operation.method in ("GET", "HEAD") and operation.name != "listenLive":  # which goes on and on
                mine, theirs = (self.ask(user, operation, target) for user in (self.alice, self.carol))
                if mine.status == 404:  # "no thumbnail of this asset" is an answer about an asset that is there
                    self.assertNotEqual(mine.json()["detail"], theirs.json()["detail"], operation)

    def test_nor_can_it_be_named_within_what_is_ones_own(self):
        theirs = {"asset_ids": [self.ids["/api/assets/"]]}
        album = self.carol.ok("POST", "/api/albums", {"name": "Carol's"})["id"]
        for target, body in (("/api/archives", theirs), ("/api/archives", {"album_id": self.ids["/api/albums/"]}),
                             ("/api/shares", {**theirs, "with": "bob"}), ("/api/exchanges", theirs),
                             (f"/api/albums/{album}/assets", theirs)):
            answer = self.carol.request("POST", target, body)
            self.assertEqual(answer.status, 404, f"{target}: {answer}")
        cover = self.carol.request("PATCH", f"/api/albums/{album}", {"cover": self.ids["/api/assets/"]})
        self.assertEqual(cover.status, 404, cover)
        self.assertEqual(self.carol.request("DELETE", "/files", filename="mine.txt").status, 404)


if __name__ == "__main__":
    unittest.main()
