"""kith/1's sessions a second time (federation/PROTOCOL.md, "Sessions" to "Private API"): opening, accepting, sealing.

See second_implementation.py. Only sealed requests: the peer of the tests serves plain HTTP.
"""

import hashlib
import json
import os
import time

import nacl.bindings as sodium
import nacl.exceptions
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from second_conventions import (
    BoxKey, Pair, Refusal, address_of, answer_bytes, b64, binary, check_signature, dump, hkdf_expand, hkdf_extract,
    hmac_sha256, integer, labelled_hash, lp, moment_of, object_with, one_of, raw, read_json, rejected, request_bytes,
    require, signature_holds, sound_box_key, sound_signing_key, timestamp, u64, unix_time)

LAST = 1 << 31
FRAME = 262144  # bytes of content in a frame, at most


def boolean(value):
    if not isinstance(value, bool):
        raise ValueError("not a boolean")
    return value


AUTH_REQUEST = object_with({
    "connection_id": binary(16), "from": address_of, "to": address_of, "epoch": integer(0), "peer_epoch": integer(0),
    "session_key": binary(80), "ephemeral_key": binary(32), "aes": boolean, "timestamp": moment_of})
AUTH_ANSWER = object_with({
    "session_id": binary(16), "ephemeral_key": binary(32), "expires_at": moment_of,
    "cipher": one_of("aes256gcm", "chacha20poly1305"), "tls_spki?": binary(32)})
ROTATION = object_with({
    "event_id": str, "epoch": integer(1), "sign_key": binary(32), "box_key": binary(32), "old_signature": binary(64),
    "new_signature": binary(64), "instance_signature": binary(64)})


def read_fields(form, body):
    value = read_json(body)
    try:
        return form(value)
    except ValueError as problem:
        raise Refusal(400, "bad_request", str(problem)) from None


class Connection:
    """An established connection, as one side keeps it: own pairs and the peer's keys by epoch."""

    def __init__(self, handshake, own, peer):
        self.id, self.own, self.peer = handshake.connection_id(), own, peer
        self.instance_key, self.peer_instance_key = handshake.instance_key, handshake.peer_instance_key
        self.pairs, self.epoch = {0: handshake.pair}, 0
        self.peer_keys, self.peer_epoch = {0: handshake.peer_permanent}, 0
        self.ended = False

    def rotation_bytes(self, sender, receiver, epoch, sign_key, box_key):
        return lp("kith/1 rotate", self.id, sender, receiver) + u64(epoch) + lp(sign_key, box_key)

    def rotation(self, event_id):
        """The body of a rotate request. The new pair is stored; `epoch` is the caller's to raise on 204."""
        epoch, pair = self.epoch + 1, Pair()
        self.pairs[epoch] = pair
        message = self.rotation_bytes(self.own, self.peer, epoch, pair.sign.public, pair.box.public)
        signers = {"old": self.pairs[self.epoch].sign, "new": pair.sign, "instance": self.instance_key}
        return {"event_id": event_id, "epoch": epoch, **pair.public(),
                **{f"{name}_signature": b64(key.sign(message)) for name, key in signers.items()}}

    def take_rotation(self, body):
        request = read_fields(ROTATION, body)
        message = self.rotation_bytes(self.peer, self.own, request["epoch"], request["sign_key"], request["box_key"])
        signers = {"old": self.peer_keys[self.peer_epoch]["sign_key"], "new": request["sign_key"],
                   "instance": self.peer_instance_key}
        if self.peer_epoch == request["epoch"] and self.peer_keys[self.peer_epoch]["box_key"] == request["box_key"]:
            return
        if request["epoch"] != self.peer_epoch + 1 or not all(
                signature_holds(key, message, request[f"{name}_signature"]) for name, key in signers.items()):
            raise Refusal(400, "bad_request", "rotation")
        require(sound_signing_key(request["sign_key"]) and sound_box_key(request["box_key"]), "unsound keys")
        self.peer_epoch = request["epoch"]
        self.peer_keys[self.peer_epoch] = {name: request[name] for name in ("sign_key", "box_key")}

    def use(self, own_epoch, peer_epoch):
        """An auth proved both pairs: smaller epochs end."""
        self.pairs = {epoch: pair for epoch, pair in self.pairs.items() if epoch >= own_epoch}
        self.peer_keys = {epoch: keys for epoch, keys in self.peer_keys.items() if epoch >= peer_epoch}


class Session:
    """The keys of one session. The opener counts requests, the answerer keeps what it took."""

    def __init__(self, connection, session_id, cipher, prk_salt, secret, expires_at):
        self.connection, self.id, self.cipher, self.expires_at = connection, session_id, cipher, expires_at
        self.prk = hkdf_extract(prk_salt, secret)
        self.o2a, self.a2o, self.mac = (hkdf_expand(self.prk, f"kith/1 session {name}") for name in
                                        ("o2a", "a2o", "mac"))
        self.counter, self.taken = 0, set()

    def aead(self, key):
        return (AESGCM if self.cipher == "aes256gcm" else ChaCha20Poly1305)(key)

    def data(self, kind, counter):
        return lp(f"kith/1 sealed {kind}", self.id) + u64(counter)

    def seal_request(self, counter, plaintext):
        nonce = u64(counter) + LAST.to_bytes(4, "big")
        return self.aead(self.o2a).encrypt(nonce, plaintext, self.data("request", counter))

    def open_request(self, counter, body):
        nonce = u64(counter) + LAST.to_bytes(4, "big")
        return self.aead(self.o2a).decrypt(nonce, body, self.data("request", counter))

    def seal_answer(self, counter, status, headers, content=b"", piece=FRAME):
        """The frames of an answer, as a list."""
        pieces = [dump({"status": status, "headers": headers})]
        pieces += [content[i:i + piece] for i in range(0, len(content), piece)]
        frames = []
        for number, plaintext in enumerate(pieces):
            number |= LAST if number == len(pieces) - 1 else 0
            sealed = self.aead(self.a2o).encrypt(u64(counter) + number.to_bytes(4, "big"), plaintext,
                                                 self.data("response", counter))
            frames.append(len(sealed).to_bytes(4, "big") + sealed)
        return frames

    def open_answer(self, counter, body):
        """Status, headers, content and the number of frames; InvalidTag or ValueError for anything else."""
        plain, offset = [], 0
        while not plain or offset < len(body):
            size = int.from_bytes(body[offset:offset + 4], "big")
            frame, offset = body[offset + 4:offset + 4 + size], offset + 4 + size
            if len(frame) != size or not 17 <= size <= FRAME + 16:
                raise ValueError("a frame is cut or of a wrong size")
            number = len(plain) | (LAST if offset == len(body) else 0)
            plain.append(self.aead(self.a2o).decrypt(u64(counter) + number.to_bytes(4, "big"), frame,
                                                     self.data("response", counter)))
        head = json.loads(plain[0])
        return head["status"], head["headers"], b"".join(plain[1:]), len(plain)

    def direct_mac(self, kind, counter, *fields):
        return b64(hmac_sha256(self.mac, lp(f"kith/1 direct {kind}", self.id) + u64(counter) + lp(*fields)))


def seal_to(public, message, ephemeral_secret=None):
    """crypto_box_seal, with its ephemeral key given where a test wants to know it."""
    if not ephemeral_secret:
        return sodium.crypto_box_seal(message, public)
    ephemeral = BoxKey(ephemeral_secret)
    nonce = hashlib.blake2b(ephemeral.public + public, digest_size=24).digest()
    return ephemeral.public + sodium.crypto_box(message, nonce, public, ephemeral_secret)


class Opening:
    """The opener's side of an auth: `body` and `signature` to send, then the answer to take."""

    def __init__(self, connection, aes=True, draws=None, **replaced):
        draws = draws or {}
        self.connection, self.aes = connection, aes
        self.epoch = replaced.get("epoch", connection.epoch)
        self.peer_epoch = replaced.get("peer_epoch", connection.peer_epoch)
        self.session_key = draws.get("session_key") or os.urandom(32)
        self.ephemeral = BoxKey(draws.get("ephemeral"))
        box_key = connection.peer_keys[self.peer_epoch]["box_key"]
        fields = {"connection_id": b64(connection.id), "from": connection.own, "to": connection.peer,
                  "epoch": self.epoch, "peer_epoch": self.peer_epoch, "aes": aes, "timestamp": timestamp(),
                  "session_key": b64(seal_to(box_key, self.session_key, draws.get("sealed_box"))),
                  "ephemeral_key": b64(self.ephemeral.public), **replaced}
        self.body = dump(fields)
        self.signature = b64(connection.pairs[self.epoch].sign.sign(request_bytes("auth", self.body)))

    def take(self, body, header):
        answer = read_fields(AUTH_ANSWER, body)
        check_signature(self.connection.peer_keys[self.peer_epoch]["sign_key"],
                        answer_bytes("auth", self.body, body), header)
        agreed = self.ephemeral.agree(answer["ephemeral_key"])
        require(agreed, "ephemeral_key")
        require(answer["cipher"] != "aes256gcm" or self.aes, "a cipher that was not offered")
        self.connection.use(self.epoch, self.peer_epoch)
        return Session(self.connection, answer["session_id"], answer["cipher"],
                       labelled_hash("kith/1 auth", self.body, body), self.session_key + agreed, answer["expires_at"])


class Acceptor:
    """The answerer's side of auth, for the connections in `connections` (by id)."""

    def __init__(self, connections):
        self.connections, self.taken, self.sessions = connections, {}, {}

    def take(self, body, header, draws=None):
        """The answer's body and signature; the session is in `sessions`."""
        draws = draws or {}
        request = read_fields(AUTH_REQUEST, body)
        connection = self.connections.get(request["connection_id"])
        if connection is None:
            raise Refusal(404, "not_found")
        if connection.ended:
            raise Refusal(403, "connection_ended", ends=True)
        keys = connection.peer_keys.get(request["epoch"])
        require(request["from"] == connection.peer and request["to"] == connection.own and keys, "addresses or epoch")
        check_signature(keys["sign_key"], request_bytes("auth", body), header)
        now = draws.get("now") or time.time()
        if abs(unix_time(request["timestamp"]) - now) > 300:
            raise Refusal(400, "timestamp_out_of_range")
        pair = connection.pairs.get(request["peer_epoch"])
        require(pair, "peer_epoch")
        seen = labelled_hash("kith/1 request", body)
        if seen in self.taken:
            raise Refusal(409, "replayed")
        ephemeral = BoxKey(draws.get("ephemeral"))
        agreed = ephemeral.agree(request["ephemeral_key"])
        try:
            session_key = sodium.crypto_box_seal_open(request["session_key"], pair.box.public, pair.box.secret)
        except nacl.exceptions.CryptoError:
            raise rejected("session_key") from None
        require(agreed and len(session_key) == 32, "session_key or ephemeral_key")
        self.taken[seen] = unix_time(request["timestamp"]) + 300
        session_id = draws.get("session_id") or os.urandom(16)
        fields = {"session_id": b64(session_id), "ephemeral_key": b64(ephemeral.public),
                  "expires_at": draws.get("expires_at") or timestamp(7200),
                  "cipher": "aes256gcm" if request["aes"] else "chacha20poly1305"}
        if "tls_spki" in draws:
            fields["tls_spki"] = b64(draws["tls_spki"])
        answer = dump(fields)
        connection.use(request["peer_epoch"], request["epoch"])
        self.sessions[session_id] = Session(connection, session_id, fields["cipher"],
                                            labelled_hash("kith/1 auth", body, answer), session_key + agreed,
                                            fields["expires_at"])
        return answer, b64(pair.sign.sign(answer_bytes("auth", body, answer)))

    def request(self, session_id, counter, body):
        """The session and plaintext of a sealed request."""
        try:
            session, number = self.sessions[binary(16)(session_id)], int(counter)
        except (ValueError, TypeError):
            raise Refusal(400, "bad_request") from None
        except KeyError:
            raise Refusal(401, "session_unknown") from None
        try:
            plaintext = session.open_request(number, body)
        except InvalidTag:
            raise Refusal(401, "unauthorized") from None
        if number in session.taken or number + 2048 <= max(session.taken, default=0):
            raise Refusal(409, "counter_seen")
        session.taken.add(number)
        return session, number, read_json(plaintext, 1 << 20)


def sealed_plaintext(method, target, headers=None, body=None):
    fields = {"method": method, "target": target}
    if headers:
        fields["headers"] = headers
    if body is not None:
        fields["body"] = b64(raw(body))
    return dump(fields)
