"""What an admin hears of although nobody asked: alerts, told by a webhook, listed and counted; and the numbers for
whoever watches the daemon."""

import base64
import json
import pathlib
import tempfile
import time
import unittest

import token_kinds
from interoperability import Story
from kith_instance import Instance, free_port, until
from mail_server import Authority
from second_conventions import SigningKey, b64, dump
from second_peer import Reply
from webhook_server import Webhook

PROXIED = {"trusted_proxies": ["127.0.0.1"]}


def flipped(token):
    """The token with its last bit changed: well-formed, and never made."""
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[-1] ^= 1
    return base64.urlsafe_b64encode(bytes(raw)).decode()


def bearer(token, source=None):
    return {"Authorization": f"Bearer {token}", **({"X-Forwarded-For": source} if source else {})}


class Alerts(unittest.TestCase):
    def start(self, webhook=None, checked=True, **settings):
        instance = Instance("Our house", checked=checked,
                            settings={**settings, "alerts": {"webhook_url": webhook.url} if webhook else {}})
        self.addCleanup(instance.close)
        instance.start()
        self.admin = instance.add_user("root", admin=True)
        return instance

    def webhook(self, **options):
        webhook = Webhook(**options)
        self.addCleanup(webhook.close)
        return webhook

    def listed(self, kind=None):
        items = self.admin.ok("GET", "/api/admin/alerts", limit=500)["items"]
        return [alert for alert in items if kind in (None, alert["kind"])]

    def audited(self, about):
        return self.admin.ok("GET", "/api/admin/audit-log", action="alert", subject=about)["items"]

    def something_else(self, instance, webhook):
        """An alert of another kind. Once it was told, what came before was told, or will not be."""
        self.assertEqual(instance.public.request("POST", "/handshake/init", b"{}").status, 403)
        return webhook.wait_for("handshake_failed")

    def test_a_flood_of_forged_tokens_is_one_call(self):
        webhook = self.webhook()
        instance = self.start(webhook)
        forged = flipped(self.admin.token)
        for _ in range(50):
            self.assertEqual(instance.local.request("GET", "/api/users/me", headers=bearer(forged)).status, 401)
            self.assertEqual(instance.local.request("GET", "/api/users/me", headers=bearer("made-up")).status, 401)
        self.something_else(instance, webhook)
        [said] = webhook.said("invalid_internal_token")
        self.assertEqual((said["instance"], said["domain"], said["about"]), ("Our house", instance.domain, "127.0.0.1"))
        self.assertIn("never made", said["detail"])
        self.assertIn("Our house", said["text"])
        self.assertEqual(set(said), {"instance", "domain", "kind", "about", "detail", "count", "first_at", "last_at",
                                     "text"})
        self.assertEqual(webhook.calls[0]["path"], webhook.path)
        self.assertEqual(webhook.calls[0]["type"], "application/json")
        [alert] = self.listed("invalid_internal_token")
        self.assertEqual(alert["count"], 100)
        self.assertEqual(len(self.audited("127.0.0.1")), 2, "one of each kind")
        self.assertEqual(len([line for line in instance.log if "invalid_internal_token" in line]), 1)
        metrics = instance.local.request("GET", "/metrics").body.decode()
        self.assertIn('kith_alerts_total{kind="invalid_internal_token"} 100', metrics)

    def test_tokens_that_ended_are_no_alert(self):
        webhook = self.webhook()
        instance = self.start(webhook)
        carol = instance.add_user("carol")
        made = carol.ok("POST", "/api/users/me/api-tokens", {"name": "nightly", "scopes": ["files:read"]})
        carol.ok("DELETE", f"/api/users/me/api-tokens/{made['api_token']['id'] if 'api_token' in made else made['id']}")
        carol.ok("DELETE", "/api/tokens/current")
        for token in (carol.token, made["token"]):
            self.assertEqual(instance.local.request("GET", "/api/users/me", headers=bearer(token)).status, 401)
        self.assertEqual(instance.local.request("GET", "/api/users/me").status, 401)
        self.something_else(instance, webhook)
        self.assertEqual(webhook.said("invalid_internal_token"), [])
        self.assertEqual(self.listed("invalid_internal_token"), [])

    def test_many_addresses_are_twenty_calls_and_one_for_the_others(self):
        webhook = self.webhook()
        instance = self.start(webhook, **PROXIED)
        for number in range(100):
            answer = instance.local.request("GET", "/api/users/me", headers=bearer("forged", f"198.51.100.{number}"))
            self.assertEqual(answer.status, 401)
        until(lambda: sum(a["count"] for a in self.listed("invalid_internal_token")) == 100, "all are counted")
        self.something_else(instance, webhook)
        told = webhook.said("invalid_internal_token")
        self.assertEqual(len(told), 21)
        self.assertEqual([said["about"] for said in told].count("others"), 1)
        alerts = {alert["about"]: alert["count"] for alert in self.listed("invalid_internal_token")}
        self.assertEqual(alerts.pop("others"), 80)
        self.assertEqual(set(alerts.values()), {1})

    def test_one_network_of_ipv6_is_one_address(self):
        webhook = self.webhook()
        instance = self.start(webhook, **PROXIED)
        for number in range(30):
            instance.local.request("GET", "/api/users/me", headers=bearer("forged", f"2001:db8:1:2::{number}"))
        self.something_else(instance, webhook)
        self.assertEqual(len(webhook.said("invalid_internal_token")), 1)

    def test_forged_sessions_on_the_public_listener(self):
        webhook = self.webhook()
        instance = self.start(webhook)
        session = {"Kith-Session": base64.urlsafe_b64encode(bytes(16)).decode().rstrip("="), "Kith-Counter": "1"}
        attempts = [("POST", "sealed", session), ("GET", "assets", session),
                    ("GET", "assets", {"Authorization": "Bearer forged"}),
                    ("GET", "assets", {"Kith-Session": "none", "Kith-Counter": "1"})]
        for method, path, headers in attempts:
            answer = instance.public.request(method, "/api/private/v1/" + path, b"" if method == "POST" else None,
                                             headers)
            self.assertIn(answer.status, (400, 401), answer)
        self.assertEqual(instance.public.request("GET", "/api/private/v1/assets").status, 400)  # shows no token
        webhook.wait_for("invalid_internal_token", "127.0.0.1")
        until(lambda: [a["count"] for a in self.listed("invalid_internal_token")] == [len(attempts)], self.listed)

    def test_a_webhook_that_was_down_is_told_once_it_is_up(self):
        instance = self.start_with_nobody_there()
        instance.local.request("GET", "/api/users/me", headers=bearer("forged"))
        instance.wait_for_log("the webhook of alerts was not reached")
        webhook = self.webhook(port=self.port)
        webhook.wait_for("invalid_internal_token", "127.0.0.1")
        self.something_else(instance, webhook)
        self.assertEqual(len(webhook.said("invalid_internal_token")), 1)

    def test_what_was_not_told_is_told_after_the_next_start(self):
        instance = self.start_with_nobody_there()
        instance.local.request("GET", "/api/users/me", headers=bearer("forged"))
        instance.wait_for_log("the webhook of alerts was not reached")
        instance.stop()
        webhook = self.webhook(port=self.port)
        instance.start()
        webhook.wait_for("invalid_internal_token", "127.0.0.1")

    def start_with_nobody_there(self):
        self.port = free_port()
        instance = Instance(settings={"alerts": {"webhook_url": f"http://127.0.0.1:{self.port}/hook"}})
        self.addCleanup(instance.close)
        return instance.start()

    def test_a_redirect_is_not_followed(self):
        elsewhere = self.webhook()
        webhook = self.webhook(status=307, headers={"Location": elsewhere.url})
        instance = self.start(webhook)
        instance.local.request("GET", "/api/users/me", headers=bearer("forged"))
        line = instance.wait_for_log("the webhook of alerts was not reached")
        self.assertIn("307", line)
        self.assertEqual(elsewhere.calls, [])

    def test_a_webhook_that_hangs_holds_up_nothing(self):
        webhook = self.webhook(hang=True)
        instance = self.start(webhook)
        instance.local.request("GET", "/api/users/me", headers=bearer("forged"))
        self.assertTrue(webhook.asked.wait(30))
        instance.public.request("POST", "/handshake/init", b"{}")
        self.assertEqual(self.admin.get("/api/users/me").status, 200)
        begin = time.monotonic()
        self.assertEqual(instance.stop(), 0)
        self.assertLess(time.monotonic() - begin, 8, "a call may take 10 s; the stop does not wait for it")

    def test_https_needs_a_certificate_that_holds(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="kith-")))
        known, unknown = Authority(folder, "known"), Authority(folder, "unknown")
        for authority, arrives in ((unknown, False), (known, True)):
            with self.subTest(arrives=arrives):
                webhook = self.webhook(tls=authority.server_context())
                instance = self.start(webhook, federation={"allow_http": True, "ca_file": str(known.ca_file)})
                instance.local.request("GET", "/api/users/me", headers=bearer("forged"))
                if arrives:
                    webhook.wait_for("invalid_internal_token", "127.0.0.1")
                else:
                    self.assertIn("certificate", instance.wait_for_log("the webhook of alerts was not reached"))
                    self.assertEqual(webhook.calls, [])

    def test_a_sealed_value_that_does_not_open(self):
        webhook = self.webhook()
        instance = self.start(webhook, checked=False)
        instance.stop()
        token_kinds.in_database(instance, "UPDATE token_secrets SET sealed = randomblob(length(sealed))")
        instance.start()
        self.assertEqual(self.admin.get("/api/users/me").status, 500)
        said = webhook.wait_for("master_key", "token secret")
        self.assertIn("does not open", said["detail"])

    def test_only_admins_see_them_page_by_page(self):
        instance = self.start(**PROXIED)
        for number in range(5):
            instance.local.request("GET", "/api/users/me", headers=bearer("forged", f"198.51.100.{number}"))
        until(lambda: len(self.listed()) == 5, "five alerts")
        seen, cursor = [], {}
        while cursor is not None:
            page = self.admin.ok("GET", "/api/admin/alerts", limit=2, **cursor)
            self.assertLessEqual(len(page["items"]), 2)
            seen += [alert["about"] for alert in page["items"]]
            cursor = {"cursor": page["next"]} if page["next"] else None
        self.assertEqual(sorted(seen), [f"198.51.100.{number}" for number in range(5)])
        self.assertEqual(seen, [alert["about"] for alert in self.listed()])
        self.assertEqual(self.admin.get("/api/admin/alerts", cursor="x").status, 400)
        self.assertEqual(instance.add_user("carol").get("/api/admin/alerts").status, 404)
        self.assertEqual(instance.local.request("GET", "/api/admin/alerts").status, 401)

    def test_a_master_key_that_is_missing_or_wrong(self):
        webhook = self.webhook()
        instance = self.start(webhook)
        instance.stop()
        key = instance.data / "master.key"
        right = key.read_text()
        for wrong, told in ((None, "missing"), ("0" * 64 + "\n", "not the one")):
            with self.subTest(told):
                key.unlink(missing_ok=True)
                if wrong:
                    key.write_text(wrong)
                    key.chmod(0o600)
                began = instance.command(check=False)
                self.assertEqual(began.returncode, 1)
                self.assertIn("master key", began.stderr)
        [said] = webhook.said("master_key")
        self.assertEqual(said["about"], "start")
        self.assertIn("master.key", said["detail"])
        key.write_text(right)
        key.chmod(0o600)
        instance.start()
        self.admin.log_in()
        [alert] = self.listed("master_key")
        self.assertEqual(alert["count"], 2, "the second start is not told again, but counted")
        self.assertIn("not the one", alert["detail"])


class OfPeers(Story):
    @classmethod
    def setUpClass(cls):
        cls.webhook = Webhook()
        cls.addClassCleanup(cls.webhook.close)
        cls.settings = {"alerts": {"webhook_url": cls.webhook.url}}
        super().setUpClass()

    def test_another_key_than_the_accepted_one(self):
        self.connect("dora")
        self.bob.ok("POST", f"/api/admin/instances/{self.peer.domain}/accept-key", {})
        lie = Reply(200, dump({**json.loads(self.peer.discovery()), "instance_key": b64(SigningKey().public)}))
        self.peer.answers["/.well-known/kith"] = lambda *_: lie
        asked = self.ask_from_kithd("emil")
        self.bob.wait_for_connection(asked["id"], lambda c: c["state"] == "failed")
        said = self.webhook.wait_for("peer_key_changed", self.peer.domain)
        self.assertIn("another key", said["detail"])

    def test_a_handshake_with_a_wrong_proof(self):
        known = self.initiator("mallory")
        body, _ = known.init
        answer = self.kithd.public.request("POST", "/handshake/init", body, {"Kith-Signature": b64(bytes(64))})
        self.assertEqual(answer.status, 403)
        said = self.webhook.wait_for("handshake_failed", "127.0.0.1")
        self.assertIn("bad_signature", said["detail"])

    def test_a_session_a_restart_ended_is_no_forgery(self):
        _, connection, _ = self.connect("frida")
        session = self.peer.open_session(connection)
        self.kithd.restart()
        self.bob.log_in()
        answer = self.peer.send_sealed(session, b"of the session before", 1)
        self.assertEqual((answer.status, answer.code), (401, "session_unknown"))
        forged = bytes(session.id[:15]) + bytes([session.id[15] ^ 1])
        answer = self.peer.send_sealed(session, b"of none", 2, b64(forged))
        self.assertEqual((answer.status, answer.code), (401, "session_unknown"))
        alert = until(lambda: [a for a in self.bob.ok("GET", "/api/admin/alerts")["items"]
                               if a["kind"] == "invalid_internal_token"], "the forged one")
        self.assertEqual([a["count"] for a in alert], [1])


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.admin, cls.user = cls.instance.add_user("root", admin=True), cls.instance.add_user("carol")

    def metrics(self, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.instance.local.request("GET", "/metrics", headers=headers)

    def numbers(self):
        lines = self.metrics().body.decode().splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    def test_a_program_on_this_machine_reads_them(self):
        answer = self.metrics()
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain; version=0.0.4"))
        self.assertIn("# TYPE kith_alerts_total counter", answer.body.decode())
        numbers = self.numbers()
        for kind in ("invalid_internal_token", "handshake_failed", "peer_key_changed", "words_differ", "master_key"):
            self.assertEqual(numbers[f'kith_alerts_total{{kind="{kind}"}}'], "0")
        self.assertEqual(float(numbers["kith_users"]), 2)
        self.assertGreaterEqual(float(numbers["kith_connections"]), 1)
        self.assertEqual(float(numbers["kith_mails_waiting"]), 0)
        self.assertTrue(any(name.startswith('kith_build_info{version="') for name in numbers))

    def test_open_pages_are_counted(self):
        with self.user.open("/api/events") as events:
            self.assertEqual(events.status, 200)
            until(lambda: float(self.numbers()["kith_event_streams"]) == 1, "one page")
        until(lambda: float(self.numbers()["kith_event_streams"]) == 0, "none")

    def test_who_comes_through_a_proxy_needs_an_admin(self):
        for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
            self.assertEqual(self.metrics(**{name: "198.51.100.7"}).status, 401, name)
        through = {"X-Forwarded-For": "198.51.100.7"}
        self.assertEqual(self.metrics(**through, **self.user.authorization).status, 404)
        self.assertEqual(self.metrics(**through, **self.admin.authorization).status, 200)
        for scope, status in (("admin", 200), ("files:read", 403)):
            made = self.admin.ok("POST", "/api/users/me/api-tokens", {"name": scope, "scopes": [scope]})
            self.assertEqual(self.metrics(**through, **bearer(made["token"])).status, status, scope)

    def test_the_public_listener_has_none(self):
        self.assertEqual(self.instance.public.request("GET", "/metrics").status, 404)


if __name__ == "__main__":
    unittest.main()
