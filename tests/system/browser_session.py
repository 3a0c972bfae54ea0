"""What a browser does with a log-in: keeps cookies, sends them along, and has the page's CSRF value beside them."""

import json

from kith_instance import HttpClient, with_query


class Cookie:
    """One Set-Cookie: name, value, and attributes by lower-case name (a flag's value is None)."""

    def __init__(self, field):
        pair, *attributes = field.split("; ")
        self.name, self.value = pair.split("=", 1)
        self.attributes = {}
        for attribute in attributes:
            name, _, value = attribute.partition("=")
            self.attributes[name.lower()] = value or None

    @property
    def expires_now(self):
        return self.attributes.get("max-age") == "0"


class CookieJar:
    """The cookies of one host. Browsers do not look at the port."""

    def __init__(self):
        self.cookies = {}

    def take(self, answer):
        if "set-cookie" in answer.headers:
            cookie = Cookie(answer.headers["set-cookie"])
            if cookie.expires_now:
                self.cookies.pop(cookie.name, None)
            else:
                self.cookies[cookie.name] = cookie.value

    def field(self):
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}


class Browser:
    """A page of one instance in a browser; `headers` go with every request, as a proxy would add them."""

    def __init__(self, instance, jar=None, headers=None):
        self.client = HttpClient(instance.local_port, tls=instance.local.tls, check=instance.local.check)
        self.jar, self.headers, self.csrf = jar or CookieJar(), headers or {}, None

    def request(self, method, target, body=None, headers=None, **query):
        """With cookies and the CSRF value; a header given as None is left out."""
        sent = {"Sec-Fetch-Site": "same-origin", "X-Kith-CSRF": self.csrf, **self.jar.field(), **self.headers,
                **(headers or {})}
        if isinstance(body, dict):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        answer = self.client.request(method, with_query(target, query), body,
                                     {name: value for name, value in sent.items() if value is not None})
        self.jar.take(answer)
        return answer

    def begin(self, method, target, body=None):
        """A request that answers with a session; its CSRF value is kept."""
        answer = self.request(method, target, body)
        if answer.status in (200, 201):
            self.csrf = answer.json()["csrf"]
        return answer

    def log_in(self, user):
        return self.begin("POST", "/api/session", {"email": user.email, "password": user.password})

    def redeem(self, link):
        return self.begin("POST", "/api/session", {"link": link})

    def renew(self):
        return self.begin("POST", "/api/session/renew")

    def is_in(self):
        return self.request("GET", "/api/session").status == 200
