"""Log-ins by the dozen, and what their time tells."""

import base64
import concurrent.futures
import http.client
import statistics
import time
import unittest

from kith_instance import Instance, is_sanitized

MEMORY_MIB = 64  # of one password hash


def timed_log_in(instance, email, password, source):
    """Status of a log-in from an address of its own, and how long it took."""
    credentials = base64.b64encode(f"{email}:{password}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", instance.local_port, timeout=60, source_address=(source, 0))
    try:
        connection.connect()
        begin = time.perf_counter()
        connection.request("POST", "/api/tokens", headers={"Authorization": f"Basic {credentials}"})
        response = connection.getresponse()
        response.read()
        return response.status, time.perf_counter() - begin
    finally:
        connection.close()


class Floods(unittest.TestCase):
    def test_fifty_log_ins_at_once_keep_nobody_else_waiting(self):
        settings = {"accounts": {"argon2_passes": 3, "argon2_memory_mib": MEMORY_MIB}}
        with Instance(settings=settings) as instance:
            alice = instance.add_user("alice")
            waited = []
            with concurrent.futures.ThreadPoolExecutor(50) as pool:
                flood = [pool.submit(timed_log_in, instance, f"somebody-{n}@mail.example", "a password of theirs",
                                     f"127.0.1.{n + 1}") for n in range(50)]
                while not all(log_in.done() for log_in in flood):
                    begin = time.perf_counter()
                    self.assertEqual(instance.local.request("GET", "/healthz").status, 200)
                    self.assertEqual(alice.get("/api/users/me").status, 200)
                    waited.append(time.perf_counter() - begin)
                statuses = {log_in.result()[0] for log_in in flood}
                slowest = max(log_in.result()[1] for log_in in flood)
            # Each was answered: who was too many for now is told to come again.
            self.assertLessEqual(statuses, {401, 503})
            self.assertIn(401, statuses)
            self.assertGreater(len(waited), 3, "others were served while the flood went on")
            self.assertLess(statistics.median(waited), max(0.5, slowest / 4), f"{waited} {slowest}")
            if not is_sanitized():
                # Fifty at once would take 3,200 MiB.
                self.assertLess(instance.memory_kib("VmHWM") // 1024, 4 * MEMORY_MIB + 200)
            self.assertTrue(instance.add_user("bob").token, "and all is well afterwards")


class Timing(unittest.TestCase):
    def test_known_and_unknown_addresses_take_as_long(self):
        """The medians lie close together; without the hash for nobody they would be several times apart."""
        settings = {"accounts": {"argon2_passes": 2, "argon2_memory_mib": 32}}
        with Instance(settings=settings) as instance:
            for n in range(8):
                instance.command("user", "add", f"user-{n}@mail.example", "--password-stdin", stdin="a good password\n")
            took = {"user": [], "nobody": []}
            for n in range(32):
                for who, times in took.items():  # in turn, so that a busy machine slows both alike
                    status, seconds = timed_log_in(instance, f"{who}-{n % 8}@mail.example", "not the password",
                                                   f"127.0.2.{n + 1}")
                    self.assertEqual(status, 401)
                    times.append(seconds)
            known, unknown = (statistics.median(times) for times in took.values())
            self.assertLess(abs(known - unknown), 0.4 * max(known, unknown), f"{known:.4f} s and {unknown:.4f} s")


if __name__ == "__main__":
    unittest.main()
