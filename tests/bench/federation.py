#!/usr/bin/env python3
"""Two real instances: a sealed fetch of a large file beside the AEAD's own speed, handshakes a second, memory, start-up.

federation.py BUILD    prints a line a number. Run by `run`, inside a network namespace of its own where there is one.
"""

import os
import pathlib
import subprocess
import sys
import time

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release").resolve()
os.environ["KITHD"] = str(BUILD / "bin/kithd")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from kith_instance import Instance, connect  # noqa: E402

BYTES = int(os.environ.get("KITH_BENCH_BYTES", 1 << 30))
HANDSHAKES = int(os.environ.get("KITH_BENCH_HANDSHAKES", 40))
CLIENT = str(BUILD / "bin/kith_bench_http_client")


def primitives():
    lines = subprocess.run([str(BUILD / "bin/kith_bench_crypto")], capture_output=True, text=True, check=True).stdout
    return {name: float(rate) for name, rate in (line.split() for line in lines.splitlines())}


def rate_of(user, *arguments):
    """MiB/s as the client program measures it: the best of three."""
    environment = {**os.environ, "KITH_BENCH_FIELDS": f"Authorization: Bearer {user.token}"}
    return max(float(subprocess.run([CLIENT, *arguments], env=environment, capture_output=True, text=True,
                                    check=True).stdout) for _ in range(3))


def fetch(alice, bob):
    a, b = alice.instance, bob.instance
    url = f"http://127.0.0.1:{b.local_port}"
    stored = rate_of(bob, "put", f"{url}/files/large", str(BYTES))
    asset = bob.ok("GET", "/api/assets", name="large")["items"][0]
    local = rate_of(bob, "get", f"{url}/api/assets/{asset['id']}/content")
    bob.ok("POST", "/api/shares", {"asset_ids": [asset["id"]], "with": alice.address})
    before = [i.memory_kib() for i in (a, b)]
    remote = rate_of(alice, "get",
                     f"http://127.0.0.1:{a.local_port}/api/assets/{asset['id']}/content?owner={bob.address}")
    growth = [i.memory_kib("VmHWM") - was for i, was in zip((a, b), before)]
    return stored, local, remote, growth


def handshakes(alice, bob):
    begin = time.monotonic()
    for _ in range(HANDSHAKES):
        link = bob.ok("POST", "/api/invites", {"uses": 1})["link"]
        made = alice.ok("POST", "/api/connections", {"invite": link})
        alice.wait_for_connection(made["id"], lambda c: c["state"] == "established")
    return HANDSHAKES / (time.monotonic() - begin)


def main():
    speeds = primitives()
    print("one core: " + ", ".join(f"{name} {rate:.0f} MiB/s" for name, rate in speeds.items()))
    a, b = Instance("A", checked=False), Instance("B", checked=False)
    try:
        times = []
        for instance in (a, b):
            instance.start()
            instance.stop()
            begin = time.monotonic()
            instance.start()
            times.append(time.monotonic() - begin)
        print(f"start-up of an existing instance: {min(times):.3f} s (aim 0.2)")
        print(f"idle memory: {a.memory_kib() / 1024:.1f} MiB (aim 25)")
        alice, bob = a.add_user("alice", admin=True), b.add_user("bob", admin=True)
        connect(alice, bob)
        stored, local, remote, growth = fetch(alice, bob)
        print(f"kithd upload, hashed and synced: {stored:.0f} MiB/s, {stored / speeds['sha256']:.2f} of one core's SHA-256")
        print(f"kithd download: {local:.0f} MiB/s")
        print(f"sealed fetch through two instances: {remote:.0f} MiB/s, "
              f"{remote / speeds['aes256gcm']:.2f} of one core's AES-256-GCM (aim about 760 MiB/s)")
        print(f"memory growth while fetching: A {growth[0] / 1024:.1f}, B {growth[1] / 1024:.1f} MiB (aim 32)")
        print(f"handshakes, one after the other: {handshakes(alice, bob):.1f} a second")
    finally:
        a.close()
        b.close()


if __name__ == "__main__":
    main()
