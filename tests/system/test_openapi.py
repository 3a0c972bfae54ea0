"""The description of the HTTP interface: served as it lies in the sources, and a judge that sees what differs."""

import json
import re
import types
import unittest

from kith_instance import Instance, with_query
from jsonschema import Draft202012Validator
from openapi_contract import DOCUMENT, Contract, ContractBroken, contract


class Serving(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()

    def get(self, method="GET", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.instance.local.request(method, "/api/openapi.json", headers=headers)

    def test_anyone_gets_the_document_of_the_sources(self):
        answer = self.get()
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertEqual(answer.body.decode(), DOCUMENT.read_text(encoding="utf-8"))
        self.assertEqual(answer.headers["content-length"], self.get("HEAD").headers["content-length"])

    def test_what_is_known_is_not_sent_again(self):
        first = self.get()
        self.assertEqual(first.headers["cache-control"], "no-cache")
        etag = first.headers["etag"]
        for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            again = self.get(If_None_Match=known)
            self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", etag), known)
        self.assertEqual(self.get(If_None_Match='"other"').status, 200)

    def test_the_public_listener_does_not_serve_it(self):
        self.assertEqual(self.instance.public.request("GET", "/api/openapi.json").status, 404)

    def test_parameters_are_refused(self):
        self.assertEqual(self.instance.local.request("GET", "/api/openapi.json?v=2").status, 400)


def operations(*access, reading=(True, False)):
    """Method, path, and operation of those that the document says are for `access`."""
    for path, item in contract().document["paths"].items():
        for name, operation in item.items():
            if operation["x-kith-access"] in access and (name == "get") in reading:
                yield name.upper(), path, operation


def filled(path):
    return re.sub(r"\{.*?\}", "01j9z3v7k2m4n6p8q0r2s4t6v8", path)


def needed(operation):
    """The query parameters an operation cannot do without."""
    parameters = map(contract().resolved, operation.get("parameters", ()))
    return {p["name"]: "x" for p in parameters if p["in"] == "query" and p.get("required")}


class Walking(unittest.TestCase):
    """Calls every operation of the document, as it says that it can be called."""

    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.admin = cls.instance.add_user("alice", admin=True)
        cls.user = cls.instance.add_user("bob")

    def test_whoever_is_not_logged_in_is_refused(self):
        for method, path, operation in operations("logged_in", "user", "admin"):
            target = with_query(filled(path), needed(operation))
            self.assertEqual(self.instance.local.request(method, target).status, 401, operation["operationId"])

    def test_what_is_for_admins_is_not_there_for_others(self):
        for method, path, operation in operations("admin"):
            self.assertEqual(self.user.request(method, filled(path)).status, 404, operation["operationId"])

    def test_a_parameter_that_is_not_described_is_refused(self):
        for method, path, operation in operations("anyone", "logged_in", "user", "admin"):
            if "400" not in operation["responses"]:
                continue  # health checks are made by all kinds of programs
            refused = self.admin.request(method, filled(path), colour="red", **needed(operation))
            self.assertEqual(refused.status, 400, operation["operationId"])
            if method != "HEAD":
                self.assertIn("colour", refused.json()["detail"], operation["operationId"])

    def test_a_body_that_is_needed_is_asked_for(self):
        for method, path, operation in operations("anyone", "user", "admin", reading=[False]):
            body = operation.get("requestBody", {"required": False})
            if body["required"] and "application/json" in body["content"]:
                refused = self.admin.request(method, filled(path), headers={"Content-Type": "application/json"})
                self.assertEqual(refused.status, 400, operation["operationId"])

    def test_all_that_is_read_without_a_name_is_there(self):
        ours = self.user.upload("a.jpg", b"\xff\xd8\xff")
        share = self.user.ok("POST", "/api/shares",
                             {"asset_ids": [ours["id"]], "with": "alice", "strip": "none"})["items"][0]
        self.user.ok("POST", "/api/invites")
        self.user.ok("GET", f"/api/shares/{share['id']}")
        for _, path, operation in operations("anyone", "logged_in", "user", "admin", reading=[True]):
            if "{" in path or operation["operationId"] == "streamEvents":
                continue
            self.assertEqual(self.admin.get(path).status, 200, operation["operationId"])
            if operation["x-kith-access"] != "admin":
                self.assertEqual(self.user.get(path).status, 200, operation["operationId"])


def answer(status, body=None, **headers):
    """What a daemon might answer."""
    content = b"" if body is None else json.dumps(body).encode()
    headers.setdefault("content_type", "application/problem+json" if status >= 400 else "application/json")
    return types.SimpleNamespace(status=status, body=content,
                                 headers={name.replace("_", "-"): value for name, value in headers.items()})


INVITE = {"id": "A" * 22, "created_at": "2025-06-01T12:00:00.000Z", "expires_at": "2025-06-08T12:00:00.000Z",
          "uses": 1, "reserved": 0, "spent": 0}
USER = {"id": "01j9z3v7k2m4n6p8q0r2s4t6v8", "handle": "bob", "address": "bob@b.example", "is_local": True,
        "email": "bob@mail.example", "first_name": "", "last_name": "", "organization": None, "permission": "user",
        "state": "active", "verified": True, "quota_bytes": 1, "created_at": "2025-06-01T12:00:00.000Z",
        "updated_at": "2025-06-01T12:00:00.000Z"}
SESSION = {"user": USER, "csrf": "x", "expires_at": "2025-06-01T14:00:00.000Z"}
PROBLEM = {"status": 404, "title": "Nothing here", "detail": "Nothing here", "code": "not_found",
           "request_id": "01j9z3v7k2m4n6p8q0r2s4t6v8"}


class Judging(unittest.TestCase):
    """The judge of all other system tests sees what it is there for."""

    def accepted(self, method, target, given, sent=None):
        contract().check(method, target, sent, given)

    def refused(self, words, method, target, given, sent=None):
        with self.assertRaisesRegex(ContractBroken, words):
            contract().check(method, target, sent, given)

    def test_takes_what_is_described(self):
        self.accepted("GET", "/api/invites?limit=1", answer(200, {"items": [INVITE], "next": None}))
        self.accepted("POST", "/api/invites", answer(201, {**INVITE, "link": "http://a.example/invite#x"}), '{"uses": 1}')
        self.accepted("DELETE", "/api/invites/x", answer(404, PROBLEM))
        self.accepted("DELETE", "/api/invites/x", answer(421, {**PROBLEM, "code": "misdirected"}))
        self.accepted("GET", "/files/a%2Fb", answer(206, [1], content_disposition="attachment"))
        self.accepted("HEAD", "/files?filename=a", answer(200))

    def test_sees_an_unknown_field(self):
        self.refused("'colour' was unexpected", "GET", "/api/invites",
                     answer(200, {"items": [{**INVITE, "colour": 1}], "next": None}))
        self.refused("'link' was unexpected", "GET", "/api/invites",
                     answer(200, {"items": [{**INVITE, "link": "x"}], "next": None}))
        self.refused("'hint' was unexpected", "GET", "/api/invites", answer(404, {**PROBLEM, "hint": ""}))

    def test_sees_a_missing_field_and_a_wrong_one(self):
        self.refused("'next' is a required property", "GET", "/api/invites", answer(200, {"items": []}))
        self.refused("items/0/spent: None is not of type 'integer'", "GET", "/api/invites",
                     answer(200, {"items": [{**INVITE, "spent": None}], "next": None}))
        self.refused("code: 'odd' is not one of", "GET", "/api/invites", answer(404, {**PROBLEM, "code": "odd"}))

    def test_sees_an_unknown_status_media_type_method_and_path(self):
        self.refused("status is not described", "GET", "/api/invites", answer(410, PROBLEM))
        self.refused("went wrong", "GET", "/api/invites", answer(500, {**PROBLEM, "code": "internal"}))
        self.refused("'text/plain' is not described", "GET", "/api/invites", answer(200, [], content_type="text/plain"))
        self.refused("PUT is not described", "PUT", "/api/invites", answer(200, {}))
        self.refused("path is not described", "GET", "/api/secrets", answer(200, {}))
        self.refused("a body is not described", "DELETE", "/api/invites/x", answer(204, {}))
        self.refused("a file is not described", "GET", "/api/invites", answer(200, [], content_disposition="inline"))

    def test_sees_a_request_that_should_have_been_refused(self):
        self.refused("took the parameter 'colour'", "GET", "/api/invites?colour=1",
                     answer(200, {"items": [], "next": None}))
        self.refused("'colour' was unexpected", "POST", "/api/invites", answer(201, {**INVITE, "link": "x"}),
                     '{"colour": 1}')
        self.refused("did without the body", "POST", "/api/session", answer(201, SESSION))

    def test_every_schema_compiles_and_its_examples_fit(self):
        judge = Contract(contract().document)
        for name, schema in judge.document["components"]["schemas"].items():
            with self.subTest(name):
                Draft202012Validator.check_schema(judge.closed(schema))
                for example in schema.get("examples", ()):
                    self.assertIsNone(judge.mismatch(schema, example))


if __name__ == "__main__":
    unittest.main()
