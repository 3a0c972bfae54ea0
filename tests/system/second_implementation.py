"""kith/1 a second time, written from federation/PROTOCOL.md alone: conventions, messages, both sides of the handshake.

Nothing here is shared with the daemon, so a mistake in the daemon's reading of the text, or in the text, shows when the
two meet. Works on bytes only: second_sessions.py has the sessions, second_peer.py the HTTP. Secrets, ids, nonces and
times can be given (`draws`), so that the test vectors come out byte for byte. For tests: nothing is wiped or stored.
"""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import os
import pathlib
import re
import unicodedata

import nacl.bindings as sodium
import nacl.exceptions

MAX_INTEGER = 2 ** 53 - 1
FIELD_PRIME = 2 ** 255 - 19
WORD_LIST_DIGEST = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"


class Refusal(Exception):
    """What a check of PROTOCOL.md refuses; `ends` as in "Handshake"."""

    def __init__(self, status, code, reason="", ends=False):
        super().__init__(f"{status} {code}: {reason}")
        self.status, self.code, self.reason, self.ends = status, code, reason, ends


def rejected(reason, ends=False):
    return Refusal(403, "handshake_rejected", reason, ends)


def require(holds, reason, ends=False):
    if not holds:
        raise rejected(reason, ends)


# Conventions

def raw(field):
    return b"" if field is None else field.encode() if isinstance(field, str) else bytes(field)


def u64(number):
    return number.to_bytes(8, "big")


def lp(*fields):
    return b"".join(u64(len(raw(field))) + raw(field) for field in fields)


def labelled_hash(label, *fields):
    return hashlib.sha256(lp(label, *fields)).digest()


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf_extract(salt, ikm):
    return hmac_sha256(salt, ikm)


def hkdf_expand(prk, info):
    return hmac_sha256(prk, info.encode() + b"\x01")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise ValueError("not canonical base64url")
    return data


def timestamp(offset_seconds=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset_seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def unix_time(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def dump(value):
    """One of the ways to write a body; the vectors are written this way."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_json(body, limit=65536):
    if len(body) > limit:
        raise Refusal(413, "too_large")

    def unique(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def no_constant(name):
        raise ValueError(name)

    def count(value, depth):
        if depth > 16:
            raise ValueError("nested too deep")
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return 1 + sum(count(v, depth + 1) for v in inside)

    try:
        value = json.loads(body.decode(), object_pairs_hook=unique, parse_constant=no_constant)
        if not isinstance(value, dict) or count(value, 1) > 10000:
            raise ValueError("not an object, or too many values")
        json.dumps(value, ensure_ascii=False).encode()  # lone surrogates have no UTF-8
        return value
    except (ValueError, RecursionError) as problem:
        raise Refusal(400, "bad_request", str(problem)) from None


# Forms of fields: each takes the JSON value and gives what it means, or raises ValueError

def binary(least, most=None):
    def read(value):
        data = unb64(value)
        if not least <= len(data) <= (most or least):
            raise ValueError("wrong size")
        return data
    return read


def text(most, control_characters=False):
    def read(value):
        if not isinstance(value, str) or len(value) > most:
            raise ValueError("not a text, or too long")
        if not control_characters and any(unicodedata.category(c) == "Cc" for c in value):
            raise ValueError("control characters")
        return value
    return read


def one_of(*values):
    def read(value):
        if not isinstance(value, str) or value not in values:
            raise ValueError(f"not one of {values}")
        return value
    return read


def integer(least, most=MAX_INTEGER):
    def read(value):
        if type(value) is not int or not least <= value <= most:
            raise ValueError("not an integer in its range")
        return value
    return read


def moment_of(value):
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-..-..T..:..:..\.[0-9]{3}Z", value):
        raise ValueError("not a time")
    if unix_time(value) < 0:
        raise ValueError("before 1970")
    return value


def domain(value):
    match = isinstance(value, str) and re.fullmatch(r"(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?", value)
    if not match or match[2] == "443" or int(match[2] or 1) > 65535:
        raise ValueError("not a domain")
    host = match[1]
    if host.startswith("["):
        address = ipaddress.IPv6Address(host[1:-1])
        if address.ipv4_mapped or str(address) != host[1:-1]:
            raise ValueError("not the one spelling of an IPv6 address")
    elif re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rsplit(".", 1)[-1]):
        if str(ipaddress.IPv4Address(host)) != host:
            raise ValueError("not an IPv4 address")
    elif len(host) > 253 or not all(re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)", label) for label in host.split(".")):
        raise ValueError("not a host name")
    return value


def address_of(value):
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9._-]{1,64}@[^@]+", value):
        raise ValueError("not an address")
    domain(value.split("@")[1])
    return value


def domain_of(address):
    return address.split("@")[1]


def object_with(fields):
    """An object with these fields; a name with `?` may be absent. Unknown fields are passed over."""
    def read(value):
        if not isinstance(value, dict):
            raise ValueError("not an object")
        known = {}
        for name, form in fields.items():
            bare = name.rstrip("?")
            if bare in value:
                known[bare] = form(value[bare])
            elif bare == name:
                raise ValueError(f"{name} is missing")
        return known
    return read


def list_of(form, most):
    def read(value):
        if not isinstance(value, list) or len(value) > most:
            raise ValueError("not a list, or too long")
        return [form(v) for v in value]
    return read


KEY_STATEMENT = object_with({
    "domain": domain, "number": integer(1), "old_key": binary(32), "new_key": binary(32), "timestamp": moment_of,
    "old_signature": binary(64), "new_signature": binary(64)})
STATEMENTS = list_of(KEY_STATEMENT, 16)
PERMANENT = {"sign_key": binary(32), "box_key": binary(32)}
NAMED = {"handshake_id": binary(16), "initiator": address_of}
FORMS = {
    "discovery": {"protocols": list_of(text(32), 16), "domain": domain, "instance_key": binary(32), "name": text(200),
                  "software": text(100), "key_statements?": STATEMENTS},
    "init request": {
        **NAMED, "protocol": one_of("kith/1"), "responder": address_of, "purpose": text(280),
        "initiator_key": binary(32), "commitment": binary(32), "instance_key": binary(32), "timestamp": moment_of,
        "delivery": one_of("push", "poll"), "invite?": object_with({"id": binary(16), "mac": binary(32)}),
        "key_statements?": STATEMENTS},
    "init answer": {
        "handshake_id": binary(16), "responder": address_of, "responder_key": binary(32), "instance_key": binary(32),
        "timestamp": moment_of, "status": one_of("pending", "crossed"), "key_statements?": STATEMENTS},
    "exchange request": {
        **NAMED, "responder": address_of, "transcript": binary(32), "approval": one_of("approved", "rejected"),
        "nonce?": binary(16), "sealed?": binary(41, 1024)},
    "exchange request payload": PERMANENT,
    "exchange answer": {"handshake_id": binary(16), "initiator?": address_of, "sealed?": binary(41, 1024)},
    "exchange answer payload": {**PERMANENT, "nonce": binary(16)},
    "verify request": {**NAMED, "timestamp": moment_of, "signature": binary(64)},
    "verify answer": {"handshake_id": binary(16), "responder": address_of, "timestamp": moment_of,
                      "signature": binary(64)},
    "complete request": {**NAMED, "confirmation": binary(32)},
    "complete answer": {"handshake_id": binary(16), "responder": address_of, "acknowledgment": binary(32)},
    "poll request": {**NAMED, "wait": integer(0, 30), "answer?": binary(1, 16384), "answer_signature?": binary(64)},
    "poll answer": {"handshake_id": binary(16), "status": one_of("pending", "decided", "accepted"),
                    "request?": binary(1, 16384), "request_signature?": binary(64)},
}


def read_form(form, body):
    value = read_json(body, 16384 if form.startswith("exchange") else 65536)
    try:
        return object_with(FORMS[form])(value)
    except ValueError as problem:
        raise Refusal(400, "bad_request", f"{form}: {problem}") from None


# Keys and signatures

class SigningKey:
    def __init__(self, seed=None):
        self.public, self.secret = sodium.crypto_sign_seed_keypair(seed or os.urandom(32))

    def sign(self, message):
        return sodium.crypto_sign(message, self.secret)[:64]


class BoxKey:
    def __init__(self, secret=None):
        self.secret = secret or os.urandom(32)
        self.public = sodium.crypto_scalarmult_base(self.secret)

    def agree(self, public):
        """X25519; nothing where the result would be all zero."""
        try:
            return sodium.crypto_scalarmult(self.secret, public)
        except (nacl.exceptions.CryptoError, RuntimeError):
            return None


class Pair:
    """A permanent pair."""

    def __init__(self, sign_seed=None, box_secret=None):
        self.sign, self.box = SigningKey(sign_seed), BoxKey(box_secret)

    def public(self):
        return {"sign_key": b64(self.sign.public), "box_key": b64(self.box.public)}


def signature_holds(public, message, signature):
    try:
        sodium.crypto_sign_open(signature + message, public)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


def sound_signing_key(key):
    return sodium.crypto_core_ed25519_is_valid_point(key)


def sound_box_key(key):
    return int.from_bytes(key, "little") < FIELD_PRIME and BoxKey(bytes(range(32))).agree(key) is not None


def fingerprint(instance_key):
    return base64.b32encode(labelled_hash("kith/1 fingerprint", instance_key)).rstrip(b"=").decode()


def grouped(compact):
    return " ".join(compact[i:i + 4] for i in range(0, len(compact), 4))


def request_bytes(step, body):
    return lp(f"kith/1 {step} request", body)


def answer_bytes(step, request, body, kind="response"):
    return lp(f"kith/1 {step} {kind}", labelled_hash("kith/1 request", request), body)


def header_signature(header):
    """The 64 bytes of a Kith-Signature; whatever is wrong with it counts as badly signed."""
    try:
        return binary(64)(header)
    except ValueError:
        raise rejected("no signature") from None


def check_signature(public, message, header):
    require(signature_holds(public, message, header_signature(header)), "signature")


def is_signed_refusal(public, step, request, status, body, header):
    """The code of a final refusal, nothing for any other answer."""
    try:
        check_signature(public, answer_bytes(step, request, body, "error"), header)
        problem = read_json(body)
    except Refusal:
        return None
    final = problem.get("code") in ("handshake_rejected", "handshake_ended", "connection_ended")
    return problem["code"] if final and problem.get("status") == status and 400 <= status <= 499 else None


def statement_bytes(statement):
    return (lp("kith/1 instance key", statement["domain"]) + u64(statement["number"])
            + lp(statement["old_key"], statement["new_key"], statement["timestamp"]))


def statements_hold(statements, name, current_key):
    for before, statement in zip([None] + statements, statements):
        message = statement_bytes(statement)
        if (statement["domain"] != name or statement["old_key"] == statement["new_key"]
                or (before and (statement["number"] != before["number"] + 1
                                or statement["old_key"] != before["new_key"]))
                or not all(sound_signing_key(statement[which + "_key"])
                           and signature_holds(statement[which + "_key"], message, statement[which + "_signature"])
                           for which in ("old", "new"))):
            return False
    return not statements or statements[-1]["new_key"] == current_key


def make_statement(name, number, old, new, moment=None):
    statement = {"domain": name, "number": number, "old_key": old.public, "new_key": new.public,
                 "timestamp": moment or timestamp()}
    message = statement_bytes(statement)
    statement.update(old_signature=old.sign(message), new_signature=new.sign(message))
    return {key: b64(value) if isinstance(value, bytes) else value for key, value in statement.items()}


class Invite:
    """What stands behind the # of an invite link."""

    def __init__(self, address, instance_fingerprint, invite_id=None, secret=None):
        self.address, self.fingerprint = address, instance_fingerprint
        self.id, self.secret = invite_id or os.urandom(16), secret or os.urandom(32)

    @classmethod
    def read(cls, link):
        parts = link.rpartition("#")[2].split(".")
        if len(parts) != 5 or parts[0] != "kith1":
            raise ValueError("not an invite")
        return cls(unb64(parts[1]).decode(), parts[2], binary(16)(parts[3]), binary(32)(parts[4]))

    def link(self, web_url):
        parts = ("kith1", b64(self.address.encode()), self.fingerprint, b64(self.id), b64(self.secret))
        return f"{web_url}/invite#" + ".".join(parts)

    def mac(self, init):
        return hmac_sha256(self.secret, lp("kith/1 invite", init["initiator"], init["responder"], init["instance_key"],
                                           init["handshake_id"], init["initiator_key"], init["commitment"]))


def word_list():
    """BIP-39's English list, from where the repository keeps it; its digest is in PROTOCOL.md, "Words"."""
    source = pathlib.Path(__file__).resolve().parents[2] / "federation/word_list.cpp"
    words = re.findall(r'"([a-z]{3,8})"', source.read_text(encoding="utf-8"))
    listed = "".join(word + "\n" for word in words)
    if hashlib.sha256(listed.encode()).hexdigest() != WORD_LIST_DIGEST:
        raise RuntimeError("not BIP-39's English word list")
    return words


# Handshake

class Handshake:
    """What both sides compute alike. `draws` replaces random values and times by name."""

    def __init__(self, instance_key, draws=None):
        self.instance_key, self.draws = instance_key, draws or {}
        self.peer_instance_key = self.peer_permanent = None
        self.th1 = self.th2 = self.th3 = self.approved = None

    def draw(self, name, size):
        return self.draws.get(name) or os.urandom(size)

    def now(self, name):
        return self.draws.get(name) or timestamp(self.draws.get("clock", 0))

    def signed(self, step, body):
        return body, b64(self.instance_key.sign(request_bytes(step, body)))

    def signed_answer(self, step, request, body):
        return body, b64(self.instance_key.sign(answer_bytes(step, request, body)))

    def signed_error(self, step, request, body):
        return b64(self.instance_key.sign(answer_bytes(step, request, body, "error")))

    def read_request(self, step, body, header):
        message = read_form(f"{step} request", body)
        check_signature(self.peer_instance_key, request_bytes(step, body), header)
        require(message["handshake_id"] == self.id, "handshake_id")
        require(message["initiator"] == self.initiator, "initiator")
        return message

    def read_answer(self, step, request, body, header):
        message = read_form(f"{step} answer", body)
        check_signature(self.peer_instance_key, answer_bytes(step, request, body), header)
        require(message["handshake_id"] == self.id, "handshake_id", ends=True)
        require(message.get("responder", self.responder) == self.responder, "responder", ends=True)
        return message

    def derive(self, request, answer, temporary, peer_key, invite_secret):
        agreed = temporary.agree(peer_key)
        require(agreed is not None and sound_box_key(peer_key) and peer_key != temporary.public, "key", ends=True)
        self.th1 = labelled_hash("kith/1 init", request, answer)
        prk = hkdf_extract(self.th1, agreed + (invite_secret or bytes(32)))
        self.i2r, self.r2i, self.confirm, self.words_key = (
            hkdf_expand(prk, "kith/1 " + name) for name in ("i2r", "r2i", "confirm", "words"))

    def seal(self, key, kind, payload, nonce):
        data = lp(f"kith/1 exchange {kind}", self.th1)
        return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(dump(payload), data, nonce, key)

    def unseal(self, key, kind, form, sealed, ends):
        try:
            payload = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed[24:], lp(f"kith/1 exchange {kind}", self.th1), sealed[:24], key)
            keys = object_with(FORMS[form])(read_json(payload))
        except (nacl.exceptions.CryptoError, Refusal, ValueError):
            raise rejected("sealed payload", ends) from None
        own = self.pair.public()
        require(b64(keys["sign_key"]) != own["sign_key"] and b64(keys["box_key"]) != own["box_key"], "own keys", True)
        require(sound_signing_key(keys["sign_key"]) and sound_box_key(keys["box_key"]), "unsound keys", True)
        self.peer_permanent = {name: keys[name] for name in ("sign_key", "box_key")}
        return keys

    def verify_bytes(self, side, moment):
        return lp(f"kith/1 verify {side}", self.th2, self.initiator, self.responder, moment)

    def complete_mac(self, side):
        return hmac_sha256(self.confirm, lp(f"kith/1 complete {side}", self.th3))

    def words_mac(self):
        return hmac_sha256(self.words_key, lp(self.nonce_a, self.nonce_b))

    def words(self):
        bits = int.from_bytes(self.words_mac()[:9], "big") >> 6
        return [word_list()[bits >> shift & 2047] for shift in range(55, -1, -11)]

    def connection_id(self):
        return labelled_hash("kith/1 connection", self.th3)[:16]


class Initiator(Handshake):
    """A's side. Each method gives the body and Kith-Signature to send, or takes what came."""

    def __init__(self, instance_key, initiator, responder, purpose="", invite=None, delivery="push", statements=None,
                 draws=None):
        super().__init__(instance_key, draws)
        self.initiator, self.responder, self.invite, self.delivery = initiator, responder, invite, delivery
        self.id, self.nonce_a = self.draw("handshake_id", 16), self.draw("nonce_a", 16)
        self.temporary = BoxKey(self.draw("temporary", 32))
        self.pair = Pair(self.draws.get("sign_seed"), self.draws.get("box_secret"))
        init = {"handshake_id": self.id, "initiator": initiator, "responder": responder,
                "initiator_key": self.temporary.public, "instance_key": instance_key.public,
                "commitment": labelled_hash("kith/1 commitment", self.nonce_a)}
        fields = {name: b64(value) if isinstance(value, bytes) else value for name, value in init.items()}
        fields.update(protocol="kith/1", purpose=purpose, delivery=delivery, timestamp=self.now("init_time"))
        if invite:
            fields["invite"] = {"id": b64(invite.id), "mac": b64(invite.mac(init))}
        if statements:
            fields["key_statements"] = statements
        self.init = self.signed("init", dump(fields))
        self.exchange = None

    def take_init_answer(self, body, header, expected_key):
        answer = read_form("init answer", body)
        check_signature(answer["instance_key"], answer_bytes("init", self.init[0], body), header)
        require(answer["instance_key"] == expected_key, "key_mismatch", ends=True)
        self.peer_instance_key = answer["instance_key"]
        require(answer["handshake_id"] == self.id and answer["responder"] == self.responder, "init answer", ends=True)
        self.derive(self.init[0], body, self.temporary, answer["responder_key"], self.invite and self.invite.secret)
        return answer["status"]

    def take_exchange(self, body, header):
        if self.exchange:
            check_signature(self.peer_instance_key, request_bytes("exchange", body), header)
            if self.exchange[0] != body:
                raise Refusal(409, "conflict")
            return self.exchange[1]
        request = self.read_request("exchange", body, header)
        require(request["responder"] == self.responder and request["transcript"] == self.th1, "transcript")
        self.approved = request["approval"] == "approved"
        if self.approved != ("nonce" in request) or self.approved != ("sealed" in request):
            raise Refusal(400, "bad_request", "fields of the other approval")
        fields = {"handshake_id": b64(self.id)}
        if self.approved:
            self.unseal(self.r2i, "request", "exchange request payload", request["sealed"], ends=False)
            self.nonce_b = request["nonce"]
            payload = {**self.pair.public(), "nonce": b64(self.nonce_a)}
            sealed = self.seal(self.i2r, "response", payload, self.draw("answer_seal_nonce", 24))
            fields.update(initiator=self.initiator, sealed=b64(sealed))
        answer = self.signed_answer("exchange", body, dump(fields))
        self.th2 = labelled_hash("kith/1 exchange", self.th1, body, answer[0])
        self.exchange = body, answer
        return answer

    def verify(self):
        moment = self.now("verify_time")
        self.verify_request = self.signed("verify", dump({
            "handshake_id": b64(self.id), "initiator": self.initiator, "timestamp": moment,
            "signature": b64(self.pair.sign.sign(self.verify_bytes("initiator", moment)))}))
        return self.verify_request

    def take_verify_answer(self, body, header):
        answer = self.read_answer("verify", self.verify_request[0], body, header)
        require(signature_holds(self.peer_permanent["sign_key"], self.verify_bytes("responder", answer["timestamp"]),
                                answer["signature"]), "inner signature", ends=True)
        self.th3 = labelled_hash("kith/1 verify", self.th2, self.verify_request[0], body)

    def complete(self):
        self.complete_request = self.signed("complete", dump({
            "handshake_id": b64(self.id), "initiator": self.initiator,
            "confirmation": b64(self.complete_mac("initiator"))}))
        return self.complete_request

    def take_complete_answer(self, body, header):
        answer = self.read_answer("complete", self.complete_request[0], body, header)
        require(answer["acknowledgment"] == self.complete_mac("responder"), "acknowledgment", ends=True)

    def poll(self, wait):
        fields = {"handshake_id": b64(self.id), "initiator": self.initiator, "wait": wait}
        if self.exchange:
            body, signature = self.exchange[1]
            fields.update(answer=b64(body), answer_signature=signature)
        return self.signed("poll", dump(fields))

    def take_poll_answer(self, request, body, header):
        """The status; an exchange request in it is taken."""
        answer = self.read_answer("poll", request, body, header)
        require(("request" in answer) == (answer["status"] == "decided") == ("request_signature" in answer), "form")
        if "request" in answer:
            self.take_exchange(answer["request"], b64(answer["request_signature"]))
        return answer["status"]


class Responder(Handshake):
    """B's side, from the init request on. `invites` are those of the person asked."""

    def __init__(self, instance_key, own_domain, body, header, invites=(), draws=None):
        super().__init__(instance_key, draws)
        init = read_form("init request", body)
        require(sound_signing_key(init["instance_key"]), "instance_key")
        check_signature(init["instance_key"], request_bytes("init", body), header)
        require(init["instance_key"] != instance_key.public, "own instance key")
        self.id, self.initiator, self.responder = init["handshake_id"], init["initiator"], init["responder"]
        self.init, self.peer_instance_key, self.delivery = (body, header), init["instance_key"], init["delivery"]
        self.purpose, self.commitment = init["purpose"], init["commitment"]
        require(domain_of(self.responder) == own_domain != domain_of(self.initiator), "domains", ends=True)
        require(statements_hold(init.get("key_statements", []), domain_of(self.initiator), init["instance_key"]),
                "key statements", ends=True)
        self.invite = next((i for i in invites if "invite" in init and i.id == init["invite"]["id"]), None)
        if "invite" in init:
            require(self.invite and hmac.compare_digest(self.invite.mac(init), init["invite"]["mac"]), "invite", True)
        self.timestamp = init["timestamp"]
        self.pair = Pair(self.draws.get("sign_seed"), self.draws.get("box_secret"))
        temporary = BoxKey(self.draw("temporary", 32))
        self.init_answer = self.signed_answer("init", body, dump({
            "handshake_id": b64(self.id), "responder": self.responder, "responder_key": b64(temporary.public),
            "instance_key": b64(instance_key.public), "timestamp": self.now("init_answer_time"), "status": "pending"}))
        self.derive(body, self.init_answer[0], temporary, init["initiator_key"], self.invite and self.invite.secret)
        self.answers, self.exchange = {}, None

    def decide(self, approved):
        self.approved = approved
        fields = {"handshake_id": b64(self.id), "initiator": self.initiator, "responder": self.responder,
                  "transcript": b64(self.th1), "approval": "approved" if approved else "rejected"}
        if approved:
            self.nonce_b = self.draw("nonce_b", 16)
            sealed = self.seal(self.r2i, "request", self.pair.public(), self.draw("request_seal_nonce", 24))
            fields.update(nonce=b64(self.nonce_b), sealed=b64(sealed))
        self.exchange = self.signed("exchange", dump(fields))
        return self.exchange

    def take_exchange_answer(self, body, header):
        answer = self.read_answer("exchange", self.exchange[0], body, header)
        require(self.approved == ("sealed" in answer) == ("initiator" in answer), "keys where none belong", ends=True)
        if self.approved:
            require(answer["initiator"] == self.initiator, "initiator", ends=True)
            keys = self.unseal(self.i2r, "response", "exchange answer payload", answer["sealed"], ends=True)
            require(labelled_hash("kith/1 commitment", keys["nonce"]) == self.commitment, "commitment", ends=True)
            self.nonce_a = keys["nonce"]
        self.th2 = labelled_hash("kith/1 exchange", self.th1, self.exchange[0], body)

    def again(self, step, body):
        """The answer this step got before; 409 to other bytes. Their signature was checked."""
        if step in self.answers and self.answers[step][0] != body:
            raise Refusal(409, "conflict")
        return self.answers.get(step, (None, None))[1]

    def take_verify(self, body, header):
        request = self.read_request("verify", body, header)
        if not self.th2:
            raise Refusal(409, "not_ready")
        if again := self.again("verify", body):
            return again
        require(signature_holds(self.peer_permanent["sign_key"], self.verify_bytes("initiator", request["timestamp"]),
                                request["signature"]), "inner signature")
        moment = self.now("verify_answer_time")
        answer = self.signed_answer("verify", body, dump({
            "handshake_id": b64(self.id), "responder": self.responder, "timestamp": moment,
            "signature": b64(self.pair.sign.sign(self.verify_bytes("responder", moment)))}))
        self.th3 = labelled_hash("kith/1 verify", self.th2, body, answer[0])
        self.answers["verify"] = body, answer
        return answer

    def take_complete(self, body, header):
        request = self.read_request("complete", body, header)
        if not self.th3:
            raise Refusal(409, "not_ready")
        if again := self.again("complete", body):
            return again
        require(hmac.compare_digest(request["confirmation"], self.complete_mac("initiator")), "confirmation")
        answer = self.signed_answer("complete", body, dump({
            "handshake_id": b64(self.id), "responder": self.responder,
            "acknowledgment": b64(self.complete_mac("responder"))}))
        self.answers["complete"] = body, answer
        return answer
