"""What the stories of exchanges share: somebody who has only links, and an instance with somebody who makes them."""

import unittest
import urllib.parse

from kith_instance import HttpClient, Instance, RawConnection, answer_check, with_query

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
