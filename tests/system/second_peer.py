"""A whole instance made of the second implementation: an HTTP server on loopback with people, handshakes and photos.

For tests: they decide for its people, look into it, and may put an answer of their own in the place of any
(`answers[path]`), to see what the daemon makes of it.
"""

import base64
import hashlib
import http.client
import http.server
import json
import re
import threading
import time
import urllib.parse

from second_conventions import (
    Refusal, SigningKey, b64, domain_of, dump, is_signed_refusal, read_form, read_json, require, statements_hold,
    timestamp, unb64)
from second_implementation import Initiator, Responder
from second_sessions import Acceptor, Connection, Opening, sealed_plaintext


class Reply:
    """An answer of the peer; `act` (handler) sends something of its own instead, byte by byte if it likes."""

    def __init__(self, status=200, body=b"", signature=None, content_type="application/json", headers=None, act=None):
        self.status, self.body, self.act = status, body, act
        self.headers = {"Content-Type": content_type, **(headers or {})}
        if signature:
            self.headers["Kith-Signature"] = signature

    def send(self, handler):
        handler.send_response(self.status)
        for name, value in {**self.headers, "Content-Length": str(len(self.body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(self.body)


class Received:
    """What a request to somebody was answered: status, headers (lower-case names), body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def signature(self):
        return self.headers.get("kith-signature")

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json().get("code") if self.body else None

    def __repr__(self):
        return f"<{self.status} {self.body[:200]!r}>"


def send(domain, method, target, body=b"", headers=None, timeout=25):
    connection = http.client.HTTPConnection(*domain.rsplit(":", 1), timeout=timeout)
    try:
        connection.request(method, target, body=body or None, headers=headers or {})
        response = connection.getresponse()
        return Received(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def post(domain, step, body, signature=None, headers=None):
    headers = {"Content-Type": "application/json", **(headers or {})}
    if signature:
        headers["Kith-Signature"] = signature
    return send(domain, "POST", "/api/auth" if step == "auth" else f"/handshake/{step}", body, headers)


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.01)
    return found


class Photo:
    def __init__(self, photo_id, name, content):
        self.id, self.name, self.content = photo_id, name, content
        self.digest = hashlib.sha256(content)

    @property
    def etag(self):
        return f'"{self.digest.hexdigest()[:16]}"'

    def item(self):
        return {"id": self.id, "name": self.name, "size": len(self.content), "media_type": "image/png", "kind": "photo",
                "digest": "sha-256:" + self.digest.hexdigest(), "created_at": "2026-01-02T03:04:05.678Z",
                "shared_at": "2026-02-03T04:05:06.789Z", "etag": self.etag, "has_thumbnail": False}


def problem(status, code):
    return dump({"status": status, "title": code, "code": code, "detail": "said by the second implementation"})


class Peer:
    """Starts at once; close() ends it."""

    def __init__(self, name="second"):
        self.name, self.key, self.statements = name, SigningKey(), []
        self.asked, self.asking, self.connections, self.invites = {}, {}, {}, []
        self.photos, self.notifications, self.events, self.requests = {}, [], set(), []
        self.answers, self.frames = {}, {}  # by path; by id of the photo whose content is asked for
        self.acceptor = Acceptor(self.connections)
        self.lock, self.changed = threading.RLock(), threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(handler):
                body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
                reply = self.answer(handler.command, handler.path, handler.headers, body)
                try:
                    (reply.act or reply.send)(handler)
                except ConnectionError:
                    handler.close_connection = True

            do_GET = do_POST = serve

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 64

            def handle_error(self, *_):  # connections that somebody broke off
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.domain = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def address(self, handle):
        return f"{handle}@{self.domain}"

    # What comes in

    def answer(self, method, target, headers, body):
        path = target.partition("?")[0]
        with self.lock:
            self.requests.append((method, target))
            own = self.answers.get(path)
        if own and (reply := own(headers, body)):
            return reply
        if (method, path) == ("GET", "/.well-known/kith"):
            return Reply(body=self.discovery())
        if method == "POST" and path == "/handshake/poll":
            return self.poll(body, headers.get("Kith-Signature"))
        step = {"/handshake/init": self.init, "/handshake/exchange": self.exchange, "/handshake/verify": self.verify,
                "/handshake/complete": self.complete, "/api/auth": self.auth,
                "/api/private/v1/sealed": self.sealed}.get(path if method == "POST" else None)
        if not step:
            return Reply(404, problem(404, "not_found"), content_type="application/problem+json")
        try:
            with self.lock:
                return step(body, headers if path.endswith("/sealed") else headers.get("Kith-Signature"))
        except Refusal as refusal:
            return self.refuse(refusal)

    @staticmethod
    def refuse(refusal, signature=None):
        return Reply(refusal.status, problem(refusal.status, refusal.code), signature, "application/problem+json")

    def discovery(self):
        return dump({"protocols": ["kith/1"], "domain": self.domain, "instance_key": b64(self.key.public),
                     "name": self.name, "software": "second implementation", "key_statements": self.statements})

    def init(self, body, signature):
        name = read_form("init request", body)["handshake_id"]
        if name in self.asked:
            known = self.asked[name]
            if known.init[0] != body:
                raise Refusal(409, "conflict")
        else:
            known = Responder(self.key, self.domain, body, signature, self.invites)
            self.asked[name] = known
            if known.invite:
                threading.Thread(target=self.decide, args=(known, True), daemon=True).start()
        return Reply(200, *known.init_answer)

    def find(self, handshakes, form, body):
        known = handshakes.get(read_form(form, body)["handshake_id"])
        if not known:
            raise Refusal(404, "not_found")
        return known

    def exchange(self, body, signature):
        known = self.find(self.asking, "exchange request", body)
        if not known.th1:
            raise Refusal(409, "not_ready")
        first = known.exchange is None
        answer = known.take_exchange(body, signature)
        if first and known.approved:
            threading.Thread(target=self.finish, args=(known,), daemon=True).start()
        return Reply(200, *answer)

    def verify(self, body, signature):
        return Reply(200, *self.find(self.asked, "verify request", body).take_verify(body, signature))

    def complete(self, body, signature):
        known = self.find(self.asked, "complete request", body)
        answer = known.take_complete(body, signature)
        self.establish(known, known.responder, known.initiator)
        return Reply(200, *answer)

    def poll(self, body, signature):
        try:
            known = self.find(self.asked, "poll request", body)
            request = known.read_request("poll", body, signature)
            with self.changed:
                self.changed.wait_for(lambda: known.exchange, request["wait"])
            fields = {"handshake_id": b64(known.id), "status": "pending"}
            if known.exchange and "answer" in request and not known.th2:
                known.take_exchange_answer(request["answer"], b64(request["answer_signature"]))
            if known.exchange:
                fields["status"] = "accepted" if known.th2 else "decided"
            if fields["status"] == "decided":
                fields.update(request=b64(known.exchange[0]), request_signature=known.exchange[1])
            return Reply(200, *known.signed_answer("poll", body, dump(fields)))
        except Refusal as refusal:
            return self.refuse(refusal)

    def auth(self, body, signature):
        return Reply(200, *self.acceptor.take(body, signature))

    # What its people do

    def discover(self, domain):
        found = send(domain, "GET", "/.well-known/kith")
        discovery = read_form("discovery", found.body)
        require(discovery["domain"] == domain and "kith/1" in discovery["protocols"], "discovery")
        require(statements_hold(discovery.get("key_statements", []), domain, discovery["instance_key"]), "statements")
        return discovery["instance_key"]

    def ask(self, handle, responder, invite=None, delivery="push", **other):
        """Sends init and takes its answer."""
        known = Initiator(self.key, self.address(handle), responder, other.pop("purpose", "photos"), invite, delivery,
                          self.statements, **other)
        expected = self.discover(domain_of(responder))
        with self.lock:
            self.asking[known.id] = known
        received = self.push(known, "init", *known.init)
        with self.lock:
            known.take_init_answer(received.body, received.signature, expected)
        if delivery == "poll":
            threading.Thread(target=self.poll_until_decided, args=(known,), daemon=True).start()
        return known

    def push(self, known, step, body, signature, seconds=30):
        """Sends the same bytes again until they are answered with 200, or finally refused."""
        peer = known.responder if known.initiator.endswith("@" + self.domain) else known.initiator
        end = time.monotonic() + seconds
        while True:
            received = post(domain_of(peer), step, body, signature)
            if received.status == 200:
                return received
            key = known.peer_instance_key
            final = key and is_signed_refusal(key, step, body, received.status, received.body, received.signature)
            if final or time.monotonic() > end or received.code not in ("not_ready", "busy"):
                raise Refusal(received.status, received.code, f"{step}: {received}", bool(final))
            time.sleep(0.05)

    def poll_until_decided(self, known):
        while True:
            body, signature = known.poll(10)
            received = self.push(known, "poll", body, signature)
            status = known.take_poll_answer(body, received.body, received.signature)
            if status == "accepted":
                return self.finish(known) if known.approved else None

    def finish(self, known):
        for step in ("verify", "complete"):
            received = self.push(known, step, *getattr(known, step)())
            getattr(known, f"take_{step}_answer")(received.body, received.signature)
        self.establish(known, known.initiator, known.responder)

    def decide(self, known, approved):
        if known.delivery == "push":
            require(self.discover(domain_of(known.initiator)) == known.peer_instance_key, "key_mismatch")
        request = known.decide(approved)
        with self.changed:
            self.changed.notify_all()
        if known.delivery == "push":
            received = self.push(known, "exchange", *request)
            known.take_exchange_answer(received.body, received.signature)

    def establish(self, known, own, peer):
        with self.lock:
            self.connections.setdefault(known.connection_id(), Connection(known, own, peer))

    def connection(self, known, seconds=30):
        until(lambda: known.th3 and known.connection_id() in self.connections, "a connection", seconds)
        return self.connections[known.connection_id()]

    def wait_for_request(self, peer, handle, seconds=30):
        """The newest handshake that `peer` began with `handle` here."""
        return until(lambda: next((h for h in list(self.asked.values())[::-1]
                                   if (h.initiator, h.responder) == (peer, self.address(handle))), None),
                     f"a request of {peer}", seconds)

    def open_session(self, connection, **options):
        opening = Opening(connection, **options)
        received = post(domain_of(connection.peer), "auth", opening.body, opening.signature)
        if received.status != 200:
            raise Refusal(received.status, received.code, str(received))
        return opening.take(received.body, received.signature)

    @staticmethod
    def send_sealed(session, body, counter, session_id=None):
        headers = {"Kith-Session": session_id or b64(session.id), "Kith-Counter": str(counter)}
        return send(domain_of(session.connection.peer), "POST", "/api/private/v1/sealed", body, headers)

    def call(self, session, method, target, headers=None, body=None):
        """One sealed request: what the peer answered inside, and in how many frames."""
        counter, session.counter = session.counter, session.counter + 1
        plaintext = sealed_plaintext(method, target, headers, body)
        received = self.send_sealed(session, session.seal_request(counter, plaintext), counter)
        if received.status != 200:
            raise Refusal(received.status, received.code, str(received))
        if received.headers["content-type"] != "application/vnd.kith.sealed":
            raise ValueError("not a sealed answer")
        status, inner, content, frames = session.open_answer(counter, received.body)
        answer = Received(status, inner, content)
        answer.frames = frames
        return answer

    # Private API

    def sealed(self, body, headers):
        session, counter, request = self.acceptor.request(headers.get("Kith-Session"), headers.get("Kith-Counter"),
                                                          body)
        inner = request.get("headers", {})
        content = unb64(request["body"]) if "body" in request else b""
        try:
            status, answer_headers, answer = self.private(session, request["method"], request["target"], inner, content)
        except Refusal as refusal:
            status, answer = refusal.status, problem(refusal.status, refusal.code)
            answer_headers = {"content-type": "application/problem+json"}
        if answer:
            answer_headers["content-length"] = str(len(answer))
        frames = session.seal_answer(counter, status, answer_headers, answer, 100_000)
        lie = self.frames.get(request["target"].removeprefix("/api/private/v1/assets/").removesuffix("/content"))
        if lie and request["target"].endswith("/content") and (reply := lie(session, counter, frames, inner)):
            return reply
        return Reply(200, b"".join(frames), content_type="application/vnd.kith.sealed")

    def private(self, session, method, target, headers, body):
        connection, path = session.connection, target.partition("?")[0].removeprefix("/api/private/v1/")
        if connection.ended:
            raise Refusal(403, "connection_ended")
        query = dict(urllib.parse.parse_qsl(target.partition("?")[2]))
        if method == "POST" and path in ("notifications", "revoke", "rotate"):
            return self.told(connection, path, body)
        if method == "GET" and path in ("assets", "photos"):
            first, limit = int(query.get("cursor", 0)), int(query.get("limit", 50))
            items = [photo.item() for photo in self.photos.values()]
            page = {"items": items[first:first + limit]}
            if first + limit < len(items):
                page["next"] = str(first + limit)
            return 200, {"content-type": "application/json"}, dump(page)
        match = re.fullmatch(r"assets/([0-9a-z]{26})(/content)?", path)
        if method != "GET" or not match or match[1] not in self.photos:
            raise Refusal(404, "not_found")
        photo = self.photos[match[1]]
        return self.content(photo, headers) if match[2] else (200, {"content-type": "application/json"},
                                                              dump(photo.item()))

    def told(self, connection, path, body):
        event = read_json(body)
        if path == "rotate":
            connection.take_rotation(body)
        elif event["event_id"] not in self.events:
            self.events.add(event["event_id"])
            if path == "revoke":
                connection.ended = True
            else:
                self.notifications.append(event)
        return 204, {}, b""

    @staticmethod
    def content(photo, headers):
        size = len(photo.content)
        answer = {"etag": photo.etag, "content-type": "image/png",
                  "repr-digest": f"sha-256=:{base64.b64encode(photo.digest.digest()).decode()}:"}
        if "range" not in headers:
            return 200, answer, photo.content
        if headers.get("if-range", photo.etag) != photo.etag:
            raise Refusal(412, "precondition_failed")
        first, last = re.fullmatch(r"bytes=(\d*)-(\d*)", headers["range"]).groups()
        begin = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if begin >= size:
            return 416, {"content-range": f"bytes */{size}"}, b""
        answer["content-range"] = f"bytes {begin}-{end - 1}/{size}"
        return 206, answer, photo.content[begin:end]

    def notification(self, event_id, kind="shared", asset_ids=()):
        return dump({"event_id": event_id, "kind": kind, "asset_ids": list(asset_ids), "timestamp": timestamp()})
