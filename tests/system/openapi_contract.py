"""Holds each answer of the local listener against the OpenAPI document: status, media type, and every field of a JSON
body; and what a request that succeeded had sent. Clients must live with fields they do not know, so the document leaves
its objects open; here an unknown field is an error, because somebody forgot to describe it.

Thread-safe: tables are built at once, schemas are compiled when first needed and kept.
"""

import functools
import json
import pathlib
import re
import urllib.parse

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "daemon/api/openapi.json"
# What other instances call is described in federation/PROTOCOL.md.
FOR_INSTANCES = ("/api/auth", "/api/private/v1/")
# What stands beside codes without being one.
FOR_BROWSERS = ("/live/l", "/live/icon.svg")
# Below these there is nothing that the document does not know.
ROOTS = ("/api/", "/files/")
METHODS = ("get", "head", "post", "put", "patch", "delete")


class ContractBroken(AssertionError):
    """The daemon answered what the document does not say."""


@functools.cache
def contract():
    """The one of this source tree."""
    return Contract(json.loads(DOCUMENT.read_text(encoding="utf-8")))


class Contract:
    def __init__(self, document):
        self.document = document
        self.paths = sorted(((path_pattern(path), path) for path in document["paths"]),
                            key=lambda entry: entry[1].count("{"))  # fewer names win
        self.validators = {}

    def check(self, method, target, sent, answer):
        """Raises ContractBroken. `sent`: the body of the request, if it is known."""
        target = urllib.parse.urlsplit(target)
        path = re.sub("/+", "/", target.path)
        if path in FOR_BROWSERS:
            return
        template = next((name for pattern, name in self.paths if pattern.fullmatch(path)), None)
        if not template and (not path.startswith(ROOTS) or path.startswith(FOR_INSTANCES)):
            return
        problem = self.problem_with(method, template, target.query, sent, answer)
        if problem:
            raise ContractBroken(f"{method} {path} answered {answer.status}: {problem}\n{answer.body[:2000]!r}")

    def problem_with(self, method, template, query, sent, answer):
        if answer.status == 500:
            return "something went wrong in the daemon"
        operation = self.operation(method, template)
        if operation is None:
            return self.problem_of_stranger(method, template, answer)
        response = self.response(operation, answer.status)
        if response is None:
            return "this status is not described"
        problem = self.problem_of_body(method, response, answer)
        if not problem and 200 <= answer.status < 300:
            problem = self.problem_of_request(operation, query, sent)
        return problem

    def operation(self, method, template):
        """HEAD is answered as GET is, where it is not described itself."""
        described = self.document["paths"].get(template, {})
        name = method.lower()
        if name == "head" and name not in described:
            name = "get"
        return described.get(name) if name in METHODS else None

    def problem_of_stranger(self, method, template, answer):
        """Of what the document does not know: it must not be there."""
        if answer.status in (400, 404, 405, 408, 414, 421, 431, 503) or (method == "OPTIONS" and answer.status == 204):
            return None
        return f"{method} is not described" if template else "this path is not described"

    def response(self, operation, status):
        """Whatever `default` stands for is a list of its own."""
        described = operation["responses"].get(str(status))
        if described is not None:
            return self.resolved(described)
        default = self.resolved(operation["responses"].get("default", {}))
        return default if status in default.get("x-kith-statuses", ()) else None

    def problem_of_body(self, method, response, answer):
        if method == "HEAD":
            return "HEAD has a body" if answer.body else None
        content = response.get("content")
        if not content:
            return "a body is not described" if answer.body else None
        media_type = answer.headers.get("content-type", "").split(";")[0].strip()
        if "content-disposition" in answer.headers:
            described = "*/*" in content or (media_type in content and not media_type.endswith("json"))
            return None if described else "a file is not described"
        if media_type not in content:
            return f"the media type {media_type!r} is not described"
        if not media_type.endswith("json"):
            return None
        return self.mismatch(content[media_type]["schema"], json.loads(answer.body))

    def problem_of_request(self, operation, query, sent):
        known = {p["name"] for p in map(self.resolved, operation.get("parameters", ())) if p["in"] == "query"}
        for name, _ in urllib.parse.parse_qsl(query, keep_blank_values=True):
            if name not in known:
                return f"it took the parameter {name!r}, which is not described"
        body = operation.get("requestBody", {})
        schema = body.get("content", {}).get("application/json", {}).get("schema")
        if schema is None or not (sent or body["required"]):
            return None
        if not sent:
            return "it did without the body that the document asks for"
        mismatch = self.mismatch(schema, json.loads(sent))
        return f"it took a body that is not described: {mismatch}" if mismatch else None

    def mismatch(self, schema, value):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            self.validators[key] = Draft202012Validator(self.closed(schema))
        error = best_match(self.validators[key].iter_errors(value))
        return None if error is None else f"{'/'.join(map(str, error.absolute_path)) or 'the body'}: {error.message}"

    def resolved(self, value):
        while "$ref" in value:
            found = self.document
            for name in value["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            value = found
        return value

    def closed(self, schema):
        """The schema without references, where every object with `properties` takes no others."""
        schema = self.merged(schema)
        for name in ("anyOf", "oneOf"):
            if name in schema:
                schema[name] = [self.closed(part) for part in schema[name]]
        if "items" in schema:
            schema["items"] = self.closed(schema["items"])
        if "properties" in schema:
            schema["properties"] = {name: self.closed(part) for name, part in schema["properties"].items()}
            schema["additionalProperties"] = False
        return schema

    def merged(self, schema):
        """A copy; the objects that `allOf` puts together become one."""
        out = dict(self.resolved(schema))
        for part in map(self.merged, out.pop("allOf", ())):
            for name, value in part.items():
                if name == "properties":
                    out[name] = {**value, **out.get(name, {})}
                elif name == "required":
                    out[name] = out.get(name, []) + value
                else:
                    out.setdefault(name, value)
        return out


def path_pattern(template):
    parts = re.split(r"(\{[a-z_]+\})", template)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))
