"""Both ends of a live transfer on top of second_live.py, for stories with the real daemon: a sender and a receiver."""

import contextlib
import hashlib
import http.client
import json
import os
import socket
import threading
import urllib.parse

import second_live as live
from kith_instance import HttpClient, with_query

DEADLINE = 60  # seconds that a call may take
AGAIN = 20  # how often a receiver asks for a stream that broke


class Ended(Exception):
    """The daemon, or the other end, said that it is over; `code` as in the error table."""

    def __init__(self, code, detail=""):
        super().__init__(f"{code}: {detail}")
        self.code = code


def good(answer):
    if not 200 <= answer.status < 300:
        told = answer.json()
        raise Ended(told["code"], told.get("detail"))
    return answer.json() if answer.body else None


def new_key():
    secret_key = os.urandom(32)
    return secret_key, live.public_of(secret_key)


def listed(name, content, media_type="application/octet-stream", size=-1):
    """A file to send; with size None it's a stream of unknown length."""
    return {"name": name, "size": len(content) if size == -1 else size, "type": media_type, "content": content}


class Stream:
    """A long answer whose connection another thread may close."""

    def __init__(self, port, target, headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        self.connection.request("GET", target, headers=headers)
        self.socket = self.connection.sock
        self.response = self.connection.getresponse()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.connection.close()


class Sender:
    """Offers files and serves receivers until it is closed; a thread for events, and one for each opening.

    `received`: (request, file) whose receipt was right. `refused`: what it turned down, in words. `key`: what makes its
    key pairs."""

    def __init__(self, user, files, port=None, key=new_key):
        self.user, self.files, self.key = user, files, key
        self.http = HttpClient(port or user.instance.local_port, timeout=DEADLINE)
        self.secret = os.urandom(32)
        self.auth = live.auth_key(self.secret)
        self.requests, self.received, self.refused, self.events = {}, [], [], []
        self.threads = []

    def __enter__(self):
        shown = [{name: file[name] for name in ("name", "size", "type")} for file in self.files]
        mac = live.to_text(live.files_mac(self.auth, self.files))
        made = self.call("POST", "/api/live", {"files": shown, "mac": mac})
        self.live_id = made["live_id"]
        self.link = f"{made['page']}#{made['code']}.{live.to_text(self.secret)}"
        self.stream = Stream(self.http.port, f"/api/live/{self.live_id}/events", self.user.authorization)
        self.start(self.read_events)
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Ended):
            self.call("DELETE", f"/api/live/{self.live_id}")
        self.stream.close()
        for thread in self.threads:
            thread.join()

    def start(self, what, *arguments):
        self.threads.append(threading.Thread(target=what, args=arguments, daemon=True))
        self.threads[-1].start()

    def call(self, method, target, body=None, **query):
        headers = dict(self.user.authorization)
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        elif body is not None:
            headers["Content-Type"] = "application/octet-stream"
        return good(self.http.request(method, with_query(target, query), body, headers))

    def read_events(self):
        name = None
        with contextlib.suppress(OSError, ValueError, AttributeError, http.client.HTTPException):  # closed meanwhile
            while line := self.stream.response.readline().decode():
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    self.happened(name, json.loads(line[5:]))

    def happened(self, name, data):
        self.events.append((name, data))
        if name == "request":
            self.asked(data)
        elif name == "resume":
            self.start(self.serve, *self.requests[data["request_id"]], data)
        elif name == "received":
            self.receipt(data)

    def asked(self, data):
        receiver_key = live.from_text(data["public_key"])
        if live.receiver_mac(self.auth, self.live_id, data["file"], receiver_key) != live.from_text(data["mac"]):
            return self.refuse(data["request_id"], "a receiver without the link's secret")
        secret_key, public_key = self.key()
        of = live.Request(self.live_id, data["request_id"], data["file"], receiver_key, public_key)
        self.requests[of.request_id] = of, secret_key
        return self.start(self.serve, of, secret_key, data)

    def refuse(self, request_id, why):
        self.refused.append(why)
        self.call("DELETE", f"/api/live/{self.live_id}/requests/{request_id}", reason="not_authentic")

    def serve(self, of, secret_key, wanted):
        salt, start, attempt = os.urandom(32), wanted["from"], wanted["attempt"]
        target = f"/api/live/{self.live_id}/requests/{of.request_id}"
        file = self.files[of.file]
        chunks = None if file["size"] is None else live.chunks_of(file["size"])
        try:
            of.keys = live.Keys(self.secret, of, secret_key, of.receiver_key, salt)
        except live.Refused as error:
            if self.key is new_key:
                return self.refuse(of.request_id, str(error))
            of.keys = None
        with contextlib.suppress(Ended):  # superseded or over: events say what is next
            mac = live.sender_mac(self.auth, of, salt, chunks, start)
            self.call("POST", target, {"public_key": live.to_text(of.sender_key), "mac": live.to_text(mac),
                                       "salt": live.to_text(salt), "chunks": chunks, "from": start, "attempt": attempt})
            if of.keys is None:
                return None  # with a key of low order there is nothing more to send
            for number, last, sealed in live.sealed_file(of.keys, file["content"], start):
                said = {"last": 1} if last and chunks is None else {}
                self.call("PUT", f"{target}/chunks/{number}", sealed, attempt=attempt, **said)
        return None

    def receipt(self, data):
        of, _ = self.requests[data["request_id"]]
        digest = hashlib.sha256(self.files[of.file]["content"]).digest()
        if of.keys.receipt_mac(digest) == live.from_text(data["mac"]):
            self.received.append((of.request_id, of.file))
        else:
            self.refused.append("a receipt that is not the receiver's")


class Receiver:
    """Has the link and nothing else. Every call may raise Ended, or live.Refused for what is not authentic."""

    def __init__(self, link, port=None, key=new_key):
        page, fragment = link.split("#")
        self.code, secret = fragment.split(".")
        self.secret, self.key, self.found = live.from_text(secret), key, None
        self.auth = live.auth_key(self.secret)
        self.http = HttpClient(port or urllib.parse.urlsplit(page).port, timeout=DEADLINE)

    def call(self, method, target, body=None, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        return good(self.http.request(method, f"/live/{self.code}{target}", body, headers))

    def listing(self):
        found = self.call("GET", "")
        if live.files_mac(self.auth, found["files"]) != live.from_text(found["mac"]):
            raise live.Refused("another listing than the sender's")
        return found

    def receive(self, file=0):
        """The whole content; nothing of one that is not complete."""
        self.found = found = self.listing()
        secret_key, public_key = self.key()
        mac = live.receiver_mac(self.auth, found["live_id"], file, public_key)
        asked = self.call("POST", "/requests", {"file": file, "public_key": live.to_text(public_key),
                                                "mac": live.to_text(mac)})
        getting = Getting(self, found, asked, file, secret_key, public_key)
        content = getting.whole()
        digest = hashlib.sha256(content).digest()
        self.call("POST", f"/requests/{asked['request_id']}/received",
                  {"mac": live.to_text(getting.taking.keys.receipt_mac(digest))}, asked["token"])
        return content


class Getting:
    """One file on its way."""

    def __init__(self, receiver, found, asked, file, secret_key, public_key):
        self.receiver, self.asked = receiver, asked
        self.live_id, self.file, self.secret_key, self.public_key = found["live_id"], file, secret_key, public_key
        self.taking, self.content = live.Taking(found["files"][file]["size"]), []

    def whole(self):
        for _ in range(AGAIN):
            self.read_stream()
            if self.taking.complete:
                return b"".join(self.content)
        raise live.Refused("an end without the closing chunk")

    def read_stream(self):
        target = f"/live/{self.receiver.code}/requests/{self.asked['request_id']}/stream?from={self.taking.next}"
        stream = Stream(self.receiver.http.port, target, {"Authorization": f"Bearer {self.asked['token']}"})
        try:
            if stream.response.status != 200:
                raise Ended(json.loads(stream.response.read())["code"])
            while not self.taking.complete and (line := stream.response.readline(4097)):
                if line != b"\n":
                    self.take(json.loads(line), stream.response)
        except (OSError, http.client.HTTPException):
            pass  # it broke: the caller asks again
        finally:
            stream.close()

    def take(self, line, response):
        if "error" in line:
            raise Ended(line["error"]["code"], line["error"]["detail"])
        if "public_key" in line:
            self.opened(line)
        elif "chunk" in line:
            sealed = response.read(line["bytes"])
            if len(sealed) < line["bytes"]:
                raise http.client.IncompleteRead(sealed)
            if self.taking.keys is None:
                raise live.Refused("a chunk before the sender opened")
            self.content.append(self.taking.take(line["chunk"], sealed))

    def opened(self, line):
        public_key, salt = live.from_text(line["public_key"]), live.from_text(line["salt"])
        of = live.Request(self.live_id, self.asked["request_id"], self.file, self.public_key, public_key)
        auth = self.receiver.auth
        if live.sender_mac(auth, of, salt, line["chunks"], line["from"]) != live.from_text(line["mac"]):
            raise live.Refused("an opening that is not the sender's")
        self.taking.opened(live.Keys(self.receiver.secret, of, self.secret_key, public_key, salt), line["chunks"],
                           line["from"])
