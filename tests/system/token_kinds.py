"""Every kind of token there is, each with what it is good for: for the walk through all operations."""

import base64
import contextlib
import email
import email.policy
import hashlib
import json
import re
import secrets
import sqlite3

from browser_session import Browser
from kith_instance import until

SCOPES = ("files:read", "files:write", "shares", "connections", "admin")
LINK_TOKEN = re.compile(r"(?:token|invite)=([A-Za-z0-9_-]{43})")


class Kind:
    """Somebody's way of saying who they are. `permission`: of who it speaks for, None: of nobody. `scopes`: of an API
    token, None: a log-in."""

    def __init__(self, name, headers, permission=None, scopes=None):
        self.name, self.headers, self.permission, self.scopes = name, headers, permission, scopes

    def __repr__(self):
        return self.name


def bearer(name, token, permission=None, scopes=None):
    return Kind(name, {"Authorization": f"Bearer {token}"}, permission, scopes)


def make_api_token(user, *scopes, **wishes):
    return user.ok("POST", "/api/users/me/api-tokens", {"name": "walk", "scopes": list(scopes), **wishes})


def solve(challenge):
    for number in range(challenge["maxnumber"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            return number
    raise RuntimeError(f"no number solves {challenge}")


def registration_token(instance):
    challenge = instance.local.request("GET", "/api/challenge").json()
    solution = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    payload = base64.b64encode(json.dumps({**solution, "number": solve(challenge)}).encode()).decode()
    answer = instance.local.request("POST", "/api/registration-tokens", json.dumps({"altcha": payload}),
                                    {"Content-Type": "application/json"})
    if answer.status != 201:
        raise RuntimeError(f"no registration token: {answer}")
    return answer.json()["token"]


def mailed_token(instance, recipient):
    """Of the link in the last mail to an address, once it was sent."""
    def read():
        found = []
        for file in sorted((instance.data / "outbox").glob("*.eml")):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            link = LINK_TOKEN.search(mail.get_body(("plain",)).get_content())
            if recipient in mail["To"] and link:
                found.append(link.group(1))
        return found[-1] if found else None

    return until(read, f"no mail with a link came to {recipient}")


def cookie_name(instance, user):
    """Of the page's log-in."""
    browser = Browser(instance)
    browser.log_in(user)
    return next(iter(browser.jar.cookies))


def in_database(instance, statement, *values):
    with contextlib.closing(sqlite3.connect(instance.data / "kith.db", timeout=30)) as database, database:
        if database.execute(statement, values).rowcount != 1:
            raise RuntimeError(f"not one row: {statement}")


def strangers(instance, user, outsider_token):
    """What looks like a token and speaks for nobody."""
    session = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
    mac = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    log_in_link = LINK_TOKEN.search(instance.command("user", "log-in-link", user.email).stdout).group(1)
    set_up_link = LINK_TOKEN.search(instance.wait_for_log("set-up")).group(1)
    api_token = make_api_token(user, "files:read")["token"]
    return [Kind("nothing", {}),
            bearer("garbage", "garbage"),
            bearer("a log-in's form with nothing in it", "A" * 192),
            bearer("an API token's form with nothing in it", "kith_" + "A" * 43),
            bearer("an API token without its beginning", api_token.removeprefix("kith_")),
            Kind("an API token for a password", {"Authorization": "Basic " + base64.b64encode(
                f"{user.email}:{api_token}".encode()).decode()}),
            Kind("an API token in a cookie", {"Cookie": f"{cookie_name(instance, user)}={api_token}"}),
            Kind("a session of another instance", {"Kith-Session": session, "Kith-Counter": "0", "Kith-Mac": mac}),
            bearer("the id of such a session", session),
            bearer("a log-in link's token", log_in_link),
            bearer("a set-up link's token", set_up_link),
            bearer("an exchange's token", outsider_token)]


def ended(instance):
    """What was good once."""
    suspended, leaving = instance.add_user("suspended"), instance.add_user("leaving")
    spent, deleted = (make_api_token(leaving, "files:read") for _ in range(2))
    of_suspended = make_api_token(suspended, *SCOPES[:-1])
    in_database(instance, "UPDATE api_tokens SET expires_at = created_at WHERE id = ?", spent["id"])
    in_database(instance, "UPDATE users SET state = 'suspended' WHERE id = ?", suspended.id)
    leaving.ok("DELETE", f"/api/users/me/api-tokens/{deleted['id']}")
    renewed, leaving.token = leaving.token, leaving.ok("POST", "/api/tokens/renew")["token"]
    leaving.ok("DELETE", "/api/tokens/current")
    return [bearer("an expired API token", spent["token"]),
            bearer("a deleted API token", deleted["token"]),
            bearer("a suspended user's API token", of_suspended["token"]),
            bearer("a suspended user's log-in", suspended.token),
            bearer("a log-in that was renewed", renewed),
            bearer("a log-in that was ended", leaving.token)]


def for_newcomers(instance, admin, with_registration):
    """Of registration and of mails."""
    invite = admin.ok("POST", "/api/admin/registration-invites", {"note": "for the walk"})
    to_prove, forgetful = "new@mail.example", instance.add_user("forgetful")
    answer = instance.local.request(
        "POST", "/api/users", json.dumps({"email": to_prove, "password": "a password nobody guesses",
                                          "first_name": "New", "last_name": "Comer"}),
        {"Content-Type": "application/json", "Authorization": f"Bearer {registration_token(instance)}"})
    if answer.status != 201:
        raise RuntimeError(f"not registered: {answer}")
    instance.local.request("POST", "/api/password-resets", json.dumps({"email": forgetful.email}),
                           {"Content-Type": "application/json"})
    return [bearer("a registration token", with_registration),
            bearer("a registration invite's token", LINK_TOKEN.search(invite["link"]).group(1)),
            bearer("an e-mail token", mailed_token(instance, to_prove)),
            bearer("a password reset token", mailed_token(instance, forgetful.email))]


def api_tokens(admin, user):
    """One of each scope and one of all, of an admin and of a user."""
    for owner, permission, scopes in ((admin, "admin", SCOPES), (user, "user", SCOPES[:-1])):
        for some in [(scope,) for scope in scopes] + [scopes]:
            yield bearer(f"an API token of a {permission} for {', '.join(some)}",
                         make_api_token(owner, *some)["token"], permission, set(some))
