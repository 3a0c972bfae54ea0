"""What an operator relies on: listeners, limits, certificates, many clients and slow ones, starting and stopping."""

import concurrent.futures
import hashlib
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import time
import unittest

from cutting_proxy import CuttingProxy
from kith_instance import Instance, RawConnection, connect, self_signed_context, until
from test_files import stored_files

BIG = 48 << 20


def certificate(folder, name):
    """A self-signed certificate and its key, as an operator of a home server would make them."""
    files = {"certificate": str(folder / f"{name}.crt"), "key": str(folder / f"{name}.key")}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", files["key"], "-out", files["certificate"]], check=True, capture_output=True)
    return files


def secure(name, domain=None):
    """An instance whose two listeners speak HTTPS with a certificate of its own."""
    instance = Instance(name, domain=domain, tls=self_signed_context())
    files = certificate(instance.directory, name)
    instance.settings = {"listen": {"local": f"127.0.0.1:{instance.local_port}",
                                    "public": f"127.0.0.1:{instance.public_port}",
                                    "local_tls": files, "public_tls": files}}
    return instance


class Starting(unittest.TestCase):
    def test_start_up_time_and_idle_memory(self):
        with Instance() as instance:
            instance.add_user("carol")
            begin = time.monotonic()
            instance.restart()
            until(lambda: instance.local.request("GET", "/readyz").status == 200, "ready")
            took = time.monotonic() - begin
            print(f"start-up with an account: {took * 1000:.0f} ms; idle: {instance.memory_kib() / 1024:.1f} MiB")
            self.assertLess(took, 20)
            self.assertEqual(instance.local.request("GET", "/healthz").status, 200)

    def test_a_port_in_use_is_told(self):
        with Instance("first") as first, Instance("second") as second:
            second.stop()
            second.settings = {"listen": {"local": f"127.0.0.1:{first.local_port}"}}
            answer = second.command(check=False)
            self.assertEqual(answer.returncode, 1)
            self.assertIn(str(first.local_port), answer.stderr)

    def test_json_logs(self):
        with Instance(settings={"log": {"format": "json"}}) as instance:
            self.assertTrue(all(isinstance(json.loads(line), dict) for line in instance.log))


class Watching(unittest.TestCase):
    def metrics(self, instance):
        """Values by name with labels, as a scraper reads them."""
        text = instance.local.request("GET", "/metrics").body.decode()
        lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        for name in {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}:
            family = re.sub("_(bucket|sum|count)$", "", name)
            self.assertIn(f"# HELP {family} ", text)
        return {name: float(value) for name, value in lines}

    def test_metrics_tell_of_requests_and_storage(self):
        with Instance() as instance:
            carol = instance.add_user("carol")
            carol.upload("a.bin", bytes(100_000))
            carol.get("/files/a.bin")
            carol.get("/files/none.bin")
            ok, none = (f'kith_http_requests_total{{method="GET",route="/files/{{name}}",status="{status}"}}'
                        for status in (200, 404))
            now = until(lambda: (found := self.metrics(instance)).get(none) and found.get(ok) and found,
                        "both are counted")
            self.assertEqual((now[ok], now[none]), (1, 1))
            self.assertGreaterEqual(now["kith_http_received_bytes_total"], 100_000)
            self.assertGreaterEqual(now["kith_http_sent_bytes_total"], 100_000)
            self.assertGreaterEqual(now["kith_http_request_duration_seconds_count"], 3)
            self.assertGreater(now['kith_database_seconds_count{operation="write"}'], 0)
            self.assertGreater(now['kith_blob_store_seconds_count{operation="sync"}'], 0)
            self.assertGreater(now['kith_blob_store_seconds_count{operation="read"}'], 0)
            self.assertGreater(now["kith_disk_free_bytes"], 0)
            for name in ('kith_handshakes{state="established"}', 'kith_peers{state="unreachable"}',
                         'kith_queue_length{queue="outbox"}', 'kith_queue_length{queue="handlers"}',
                         'kith_queue_length{queue="photos"}'):
                self.assertEqual(now[name], 0, name)

    def test_a_transfer_is_seen_while_it_runs(self):
        with Instance() as instance:
            carol = instance.add_user("carol")
            with RawConnection(instance.local_port) as upload:
                upload.send_head("PUT", "/files/late.bin", Authorization=f"Bearer {carol.token}", Content_Length=10)
                upload.send(b"u" * 5)
                until(lambda: self.metrics(instance)["kith_transfers"] == 1, "begun")
                upload.send(b"u" * 5)
                self.assertEqual(upload.read_head()[0], 201)
            until(lambda: self.metrics(instance)["kith_transfers"] == 0, "done")

    def test_readiness_names_what_is_missing(self):
        with Instance(settings={"storage": {"keep_free": "1000 TB"}}) as instance:
            self.assertEqual(instance.local.request("GET", "/healthz").status, 200)
            refused = instance.local.request("GET", "/readyz")
            self.assertEqual((refused.status, refused.json()["code"]), (503, "busy"))
            self.assertIn("storage.keep_free", refused.json()["detail"])


class Stopping(unittest.TestCase):
    def setUp(self):
        self.instance = Instance()
        self.addCleanup(self.instance.close)
        self.instance.start()
        self.carol = self.instance.add_user("carol")

    def begin_to_stop(self):
        self.instance.process.send_signal(signal.SIGTERM)
        self.instance.wait_for_log("stopping")

    def test_running_transfers_may_finish(self):
        content = os.urandom(1 << 20) * (BIG >> 20)
        self.carol.upload("big.bin", content)
        with RawConnection(self.instance.local_port, receive_buffer=65536) as download, \
                RawConnection(self.instance.local_port) as upload:
            download.send_head("GET", "/files/big.bin", Authorization=f"Bearer {self.carol.token}")
            self.assertEqual(download.read_head()[0], 200)
            upload.send_head("PUT", "/files/late.bin", Authorization=f"Bearer {self.carol.token}",
                             Content_Length=1 << 20)
            upload.send(b"u" * (1 << 19))
            until(lambda: len(stored_files(self.instance)) == 2, "begun")
            self.begin_to_stop()
            with self.assertRaises(OSError):
                with RawConnection(self.instance.local_port) as late:
                    late.send_head("GET", "/healthz")
                    late.read_head()
            upload.send(b"u" * (1 << 19))
            self.assertEqual(upload.read_head()[0], 201)
            body = download.read_to_end()
        self.assertEqual(hashlib.sha256(body).digest(), hashlib.sha256(content).digest())
        self.assertEqual(self.instance.process.wait(30), 0)
        self.instance.restart()
        self.assertEqual(self.carol.get("/files/late.bin").body, b"u" * (1 << 20))

    def assert_stops_soon(self, seconds):
        begin = time.monotonic()
        self.assertEqual(self.instance.stop(), 0)
        self.assertLess(time.monotonic() - begin, seconds)

    def test_idle_clients_do_not_delay_it(self):
        with RawConnection(self.instance.local_port) as keep_alive, RawConnection(self.instance.local_port):
            keep_alive.send_head("GET", "/healthz")
            self.assertEqual(keep_alive.read_head()[0], 200)
            self.assert_stops_soon(5)

    def test_a_client_that_never_ends_its_head_does_not_delay_it(self):
        with RawConnection(self.instance.local_port) as half_a_head:
            half_a_head.send(b"GET /healthz HT")
            self.assertEqual(self.instance.local.request("GET", "/healthz").status, 200)
            self.assert_stops_soon(5)


class Listeners(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance()
        cls.addClassCleanup(cls.instance.close)
        cls.instance.start()
        cls.carol = cls.instance.add_user("carol", admin=True)

    def test_foreign_host_names_are_not_served(self):
        """DNS rebinding: a name of somebody else that points here is no way in."""
        with Instance(settings={"web": {"allowed_hosts": ["nas.lan"]}}) as instance:
            for host, status in (("evil.example", 421), (f"evil.example:{instance.local_port}", 421),
                                 ("nas.lan", 200), (f"localhost:{instance.local_port}", 200), ("127.0.0.1", 200)):
                self.assertEqual(instance.local.request("GET", "/healthz", headers={"Host": host}).status, status, host)
            refused = instance.local.request("GET", "/readyz", headers={"Host": "evil.example"})
            self.assertEqual(refused.json()["code"], "misdirected")

    def test_the_public_one_serves_only_what_outsiders_need(self):
        asset = self.carol.upload("private.txt", b"private")
        paths = (("POST", "/api/tokens"), ("POST", "/api/tokens/verify"), ("GET", "/api/users/me"), ("GET", "/files"),
                 ("GET", "/files/private.txt"), ("PUT", "/files/x"), ("GET", "/api/assets"),
                 ("GET", f"/api/assets/{asset['id']}/content"), ("GET", "/api/connections"), ("POST", "/api/shares"),
                 ("GET", "/api/admin/users"), ("GET", "/api/instance"), ("GET", "/readyz"), ("GET", "/metrics"),
                 ("GET", "/"), ("GET", "//files"), ("GET", "/healthz/../files"), ("GET", "/handshake/../api/users/me"),
                 ("GET", "/%66iles"), ("GET", "/api/private/v1/../../assets"), ("POST", "/api/invites"))
        for method, path in paths:
            answer = self.instance.public.request(method, path, headers=self.carol.authorization)
            self.assertIn(answer.status, (404, 400), (path, answer))
            self.assertNotIn(b"private.txt", answer.body)
        self.assertEqual(self.instance.public.request("POST", "/api/tokens").status, 404)
        self.assertEqual(self.instance.public.request("GET", "/healthz").status, 200)
        discovery = self.instance.public.request("GET", "/.well-known/kith").json()
        self.assertEqual((discovery["domain"], discovery["protocols"]), (self.instance.domain, ["kith/1"]))

    def test_too_long(self):
        long_target = self.instance.local.request("GET", "/files?filename=" + "x" * 9000)
        self.assertEqual((long_target.status, long_target.json()["code"]), (414, "target_too_long"))
        long_field = self.instance.local.request("GET", "/healthz", headers={"X-Long": "x" * 17_000})
        self.assertEqual((long_field.status, long_field.json()["code"]), (431, "head_too_large"))
        many = self.instance.local.request("GET", "/healthz", headers={f"X-{n}": "1" for n in range(150)})
        self.assertEqual(many.status, 431)
        body = self.carol.request("POST", "/api/connections", b" " * 100_000)
        self.assertEqual((body.status, body.json()["code"]), (413, "too_large"))
        self.assertEqual(self.instance.local.request("GET", "/" * 8000 + "x").status, 404)

    def test_unclear_requests_are_refused_and_closed(self):
        host = f"Host: 127.0.0.1:{self.instance.local_port}\r\n".encode()
        for head in (b"GET /healthz HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\n" + host * 2 + b"\r\n",
                     b"POST /files HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                     b"POST /files HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                     b"GET /healthz HTTP/1.1\n" + host + b"\n", b"GET /healthz HTTP/1.1\r\n" + host + b"A : b\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\n" + host + b"A: b\r\n c\r\n\r\n",
                     b"POST /files HTTP/1.1\r\n" + host + b"Content-Length: +1\r\n\r\nx",
                     b"POST /files HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked, identity\r\n\r\n"):
            with RawConnection(self.instance.local_port) as raw:
                raw.send(head + b"GET /healthz HTTP/1.1\r\n" + host + b"\r\n")
                status, text = raw.read_head()
                self.assertEqual(status, 400, head)
                self.assertNotIn(b"HTTP/1.1 200", raw.read_to_end(), head)  # what follows is no request

    def test_two_hundred_at_once(self):
        asset = self.carol.upload("popular.bin", os.urandom(50_000))

        def fetch(number):
            if number % 25 == 0:
                return self.carol.request("PUT", f"/files/many-{number}.txt", str(number).encode()).status
            return self.carol.get(f"/api/assets/{asset['id']}/content").status

        with concurrent.futures.ThreadPoolExecutor(200) as pool:
            statuses = list(pool.map(fetch, range(200)))
        self.assertEqual({(number % 25 == 0, status) for number, status in enumerate(statuses)},
                         {(True, 201), (False, 200)})
        self.assertEqual(self.carol.get("/files/many-175.txt").body, b"175")

    def test_slow_clients_do_not_hold_up_others(self):
        self.carol.upload("slow.bin", bytes(BIG))
        slow = [RawConnection(self.instance.local_port, receive_buffer=4096) for _ in range(60)]
        try:
            for number, raw in enumerate(slow):
                if number % 3 == 0:
                    raw.send_head("GET", "/files/slow.bin", Authorization=f"Bearer {self.carol.token}")
                elif number % 3 == 1:
                    raw.send_head("PUT", f"/files/never-{number}", Authorization=f"Bearer {self.carol.token}",
                                  Content_Length=1000)
                    raw.send(b"x")
                else:
                    raw.send(b"GET /files HTTP/1.1\r\nHost:")
            begin = time.monotonic()
            for _ in range(20):
                self.assertEqual(self.carol.get("/api/users/me").status, 200)
            self.assertLess((time.monotonic() - begin) / 20, 1)
            # Whole files in memory would take 960 MiB.
            self.assertLess(self.instance.memory_kib(), 600 << 10)
        finally:
            for raw in slow:
                raw.socket.close()

    def test_keep_alive_and_pipelining(self):
        with RawConnection(self.instance.local_port) as raw:
            for _ in range(3):
                raw.send_head("GET", "/healthz")
            for _ in range(3):
                status, head = raw.read_head()
                self.assertEqual(status, 200)
                self.assertTrue(raw.received.startswith(b'{"status":"ok"}') or not raw.received)
                while len(raw.received) < 15:
                    raw.received += raw.socket.recv(100)
                raw.received = raw.received[15:]


class Certificates(unittest.TestCase):
    def fingerprint(self, port):
        """Of the certificate a listener shows right now."""
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=self_signed_context())
        try:
            connection.connect()
            self.assertEqual(connection.sock.version(), "TLSv1.3")
            return hashlib.sha256(connection.sock.getpeercert(binary_form=True)).hexdigest()
        finally:
            connection.close()

    def test_both_listeners_and_reloading(self):
        with secure("home") as instance:
            carol = instance.add_user("carol")
            content = os.urandom(1 << 20) * 20
            carol.upload("over tls.bin", content)
            self.assertEqual(carol.get("/files/over%20tls.bin").body, content)
            before = [self.fingerprint(port) for port in (instance.local_port, instance.public_port)]
            with instance.local.open("GET", "/files/over%20tls.bin", None, carol.authorization) as response:
                start = response.read(1 << 16)
                certificate(instance.directory, "home")
                instance.process.send_signal(signal.SIGHUP)
                instance.wait_for_log("certificates read anew")
                after = [self.fingerprint(port) for port in (instance.local_port, instance.public_port)]
                self.assertEqual(start + response.read(), content)  # running transfers go on
            self.assertEqual((len(set(before)), len(set(after)), set(before) & set(after)), (1, 1, set()))
            # A bad file changes nothing.
            (instance.directory / "home.crt").write_text("no certificate")
            instance.process.send_signal(signal.SIGHUP)
            instance.wait_for_log("could not be read")
            self.assertEqual([self.fingerprint(port) for port in (instance.local_port, instance.public_port)], after)

    def test_a_client_silent_in_its_handshake_stops_nobody(self):
        with secure("home") as instance:
            with RawConnection(instance.local_port), RawConnection(instance.public_port) as plain:
                plain.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(instance.local.request("GET", "/healthz").status, 200)
                self.assertEqual(instance.public.request("GET", "/healthz").status, 200)

    def test_without_its_certificate_it_says_so(self):
        instance = secure("home")
        self.addCleanup(instance.close)
        (instance.directory / "home.key").unlink()
        answer = instance.command(check=False)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("home.key", answer.stderr)

    def test_two_instances_talk_directly_over_their_own_certificates(self):
        with CuttingProxy() as proxy:
            b = secure("b", domain=f"127.0.0.1:{proxy.port}")
            proxy.target = b.public_port
            with secure("a") as a, b:
                alice, bob = a.add_user("alice"), b.add_user("bob")
                proxy.capture = bytearray()
                connect(alice, bob)
                content = b"canary-content-161803" * 100_000
                asset = bob.upload("canary-name.txt", content)
                bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": alice.address})
                got = alice.get(f"/api/assets/{asset['id']}/content", owner=bob.address)
                self.assertEqual((got.status, got.body), (200, content))
                part = alice.request("GET", f"/api/assets/{asset['id']}/content", headers={"Range": "bytes=21-41"},
                                     owner=bob.address)
                self.assertEqual((part.status, part.body), (206, content[21:42]))
                for captured in (b"canary", b"HTTP/1.1", b"kith/1", b"/api/private"):
                    self.assertNotIn(captured, bytes(proxy.capture))
                self.assertTrue(proxy.capture)
                # Direct or sealed is told by what B's own log says it was asked for.
                b.settings["log"] = {"level": "debug"}
                b.restart()
                seen = len(b.log)
                until(lambda: alice.get("/api/assets", owner=bob.address).status == 200, "bob is back")
                b.wait_for_log("/api/private/v1/assets", after=seen)
                self.assertFalse([line for line in b.log[seen:] if "sealed" in line])

    def test_a_proxy_that_ends_tls_sees_sealed_requests_only(self):
        with Instance("a") as a:
            files = certificate(a.directory, "proxy")
            ending = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ending.load_cert_chain(files["certificate"], files["key"])
            with CuttingProxy(tls=ending) as proxy, Instance("b", domain=f"127.0.0.1:{proxy.port}") as b:
                proxy.target, proxy.capture = b.public_port, bytearray()
                alice, bob = a.add_user("alice"), b.add_user("bob")
                connect(alice, bob)
                content = b"canary-content-141421" * 10_000
                asset = bob.upload("canary-name.txt", content)
                bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": alice.address})
                got = alice.get(f"/api/assets/{asset['id']}/content", owner=bob.address)
                self.assertEqual((got.status, got.body), (200, content))
                captured = bytes(proxy.capture)
                self.assertIn(b"POST /api/private/v1/sealed HTTP/1.1", captured)
                self.assertNotIn(b"canary", captured)
                self.assertNotIn(b"/api/private/v1/assets", captured)


if __name__ == "__main__":
    unittest.main()
