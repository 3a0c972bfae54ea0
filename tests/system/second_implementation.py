"""kith/1 a second time, written from federation/PROTOCOL.md alone: both sides of the handshake.

Nothing here is shared with the daemon, so a mistake in the daemon's reading of the text, or in the text, shows when the
two meet. Works on bytes only: second_conventions.py has what everything stands on, second_sessions.py the sessions,
second_peer.py the HTTP. Secrets, ids, nonces and times can be given (`draws`), so that the test vectors come out byte
for byte. For tests: nothing is wiped or stored.
"""

import hmac
import os

import nacl.bindings as sodium
import nacl.exceptions

from second_conventions import (
    FORMS, BoxKey, Pair, Refusal, answer_bytes, b64, check_signature, domain_of, dump, hkdf_expand, hkdf_extract,
    hmac_sha256, labelled_hash, lp, object_with, read_form, read_json, rejected, request_bytes, require,
    signature_holds, sound_box_key, sound_signing_key, statements_hold, timestamp, word_list)


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
