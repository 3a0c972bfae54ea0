"""kith/1 a second time (see second_implementation.py): conventions, forms of messages, keys, signatures, invites."""

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
