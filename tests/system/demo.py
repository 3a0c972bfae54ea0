#!/usr/bin/env python3
"""The story kith exists for, told step by step with two real instances. Run by ./demo."""

import hashlib
import io
import json
import math
import random
import signal
import struct
import sys
import time
import zipfile
import zlib

from kith_instance import Instance, pending_request, until


class Steps:
    """Prints each step with the time it took."""

    def __init__(self):
        self.number = 0

    def __call__(self, text, act, show=lambda result: ""):
        self.number += 1
        begin = time.monotonic()
        result = act()
        shown = show(result)
        print(f"{self.number:3}. {text:<66} {(time.monotonic() - begin) * 1000:8.1f} ms", flush=True)
        for line in shown.splitlines():
            print(f"       {line}", flush=True)
        return result


def sample_photo(seed, width=640, height=480):
    """A sunset of its own for each seed, as PNG."""
    rng = random.Random(seed)
    sky, glow = [rng.randrange(40, 120) for _ in range(3)], [rng.randrange(150, 255) for _ in range(3)]
    sun_x, sun_y = rng.randrange(width), rng.randrange(height // 3, height // 2)
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            light = math.exp(-((x - sun_x) ** 2 + (y - sun_y) ** 2) / 30000)
            shade = 0.35 if y > height * 0.7 + 20 * math.sin(x / 40 + seed) else 1
            rows += bytes(min(255, int(shade * (s * (1 - light) + g * light))) for s, g in zip(sky, glow))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + chunk(b"IEND", b""))


def share_photos(step, a, b):
    alice = step("make alice on instance A", lambda: a.add_user("alice", admin=True), lambda u: u.address)
    bob = step("make bob on instance B", lambda: b.add_user("bob", admin=True), lambda u: u.address)

    asked = step("alice asks for a connection with bob",
                 lambda: alice.ok("POST", "/api/connections", {"peer": bob.address, "purpose": "Photos of the summer"}),
                 lambda c: f"state {c['state']}")
    request = step("bob sees who asks, from where and why", lambda: pending_request(alice, bob, asked["id"]),
                   lambda c: f"{c['peer']}: \"{c['purpose']}\"\nfingerprint of A: {c['fingerprint']}")
    shown = alice.ok("GET", "/api/instance")["fingerprint"]
    if request["fingerprint"] != shown:
        raise RuntimeError(f"B shows another fingerprint than A reads out: {shown}")
    step("bob approves exactly that fingerprint",
         lambda: bob.ok("POST", f"/api/connections/{request['id']}/approve", {"fingerprint": request["fingerprint"]}))
    sides = [(alice, asked["id"]), (bob, request["id"])]
    established = step("exchange, verify, complete: both sides are established",
                       lambda: [u.wait_for_connection(i, lambda c: c["state"] == "established") for u, i in sides])
    words = step("both read out six words", lambda: [c["words"] for c in established],
                 lambda w: f"alice: {' '.join(w[0])}\nbob:   {' '.join(w[1])}")
    if words[0] != words[1]:
        raise RuntimeError("the words differ: somebody is between the two instances")
    step("they match: both say so",
         lambda: [u.ok("POST", f"/api/connections/{i}/confirm-words", {"match": True}) for u, i in sides])

    photos = {f"Sunset {n} – Côte d'Azur.png": sample_photo(n) for n in range(1, 7)}
    size = sum(len(p) for p in photos.values())
    assets = step(f"bob uploads {len(photos)} photos ({size / 1024:.0f} KiB)",
                  lambda: [bob.upload(name, content) for name, content in photos.items()])
    step("bob shares them with alice",
         lambda: bob.ok("POST", "/api/shares", {"asset_ids": [a["id"] for a in assets], "with": alice.address}))
    listed = step("alice lists bob's photos through her own instance",
                  lambda: alice.ok("GET", "/api/photos", owner=bob.address)["items"],
                  lambda items: "\n".join(f"{i['name']}  {i['size']} bytes" for i in items))
    if {i["name"] for i in listed} != set(photos):
        raise RuntimeError(f"alice sees {[i['name'] for i in listed]}")
    fetched = step("alice fetches them through her own instance",
                   lambda: {i["name"]: alice.get(f"/api/assets/{i['id']}/content", owner=bob.address) for i in listed})

    def compare():
        for item in listed:
            answer = fetched[item["name"]]
            digest = "sha-256:" + hashlib.sha256(answer.body).hexdigest()
            if answer.status != 200 or answer.body != photos[item["name"]] or digest != item["digest"]:
                raise RuntimeError(f"{item['name']}: got {answer.status} with {digest}, bob stored {item['digest']}")

    step("every digest is the one bob's instance stored", compare)
    step("alice sees a thumbnail that bob's instance made of the first",
         lambda: until(lambda: thumbnail(alice, bob, listed[0]), "the thumbnail"), lambda size: f"{size} bytes of WebP")
    return alice, bob, photos


def thumbnail(viewer, owner, item):
    answer = viewer.get(f"/api/assets/{item['id']}/thumbnail", owner=owner.address, size=256)
    return len(answer.body) if answer.status == 200 and answer.headers["content-type"] == "image/webp" else None


def give_by_link(step, bob, photos):
    """For somebody without an account: one link, all photos, as one ZIP."""
    ids = [asset["id"] for asset in bob.ok("GET", "/api/photos")["items"]]
    made = step("bob makes a link for people who have no account",
                lambda: bob.ok("POST", "/api/exchanges", {"asset_ids": ids, "note": "The sunsets", "max_downloads": 5}),
                lambda e: f"{e['download_page'][:-30]}…, good until {e['expires_at']}")
    public = bob.instance.public
    url = step("an outsider trades its token for an address, good for ten minutes",
               lambda: public.request("GET", "/exchange/download-url?all=zip",
                                      headers={"Authorization": f"Bearer {made['download_token']}"}).json()["url"])
    archive = step("and fetches all photos as one ZIP", lambda: public.request("GET", url[url.index("/exchange/"):]),
                   lambda answer: f"{len(answer.body)} bytes")
    with zipfile.ZipFile(io.BytesIO(archive.body)) as files:
        if {name: files.read(name) for name in files.namelist()} != photos:
            raise RuntimeError("the archive does not hold what bob put there")
    return made["download_page"]


def print_way_in(user, text):
    link = user.instance.command("user", "log-in-link", user.email, "--minutes", "1440").stdout.strip()
    print(f"  {text}\n    {link}\n    later: {user.email}, password \"{user.password}\"\n", flush=True)


def invite_to_click(a, alice, bob, link):
    """Leaves something to do for who opens the pages: carol's request waits for bob."""
    carol = a.add_user("carol")
    asked = carol.ok("POST", "/api/connections", {"peer": bob.address, "purpose": "The recipe you promised me"})
    pending_request(carol, bob, asked["id"])
    print("\nBoth instances are running. Ctrl-C ends them and removes their data.")
    print("Each link logs in once, in any browser on this machine:\n")
    print_way_in(bob, f"Bob, on {bob.instance.name}: look at People, where carol's request waits for him")
    print_way_in(alice, f"Alice, on {alice.instance.name}: look at Shared, where Bob's photos are")
    print_way_in(carol, f"Carol, on {carol.instance.name} as well (a private window): compare the words with Bob's page")
    print(f"  Somebody without an account (at most four more times): Bob's photos by a link\n    {link}\n")
    print(f"Or by hand: curl -H 'Authorization: Bearer {alice.token}' "
          f"http://127.0.0.1:{a.local_port}/api/connections\n", flush=True)


def main():
    once = "--once" in sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    step = Steps()
    a, b = (Instance(name, checked=False) for name in ("Alice's server", "Bob's server"))
    try:
        for instance, letter in ((a, "A"), (b, "B")):
            step(f"start instance {letter}", instance.start,
                 lambda i: f"{i.domain}, data in {i.directory}/data")
        alice, bob, photos = share_photos(step, a, b)
        link = give_by_link(step, bob, photos)
        if once:
            print("done: everything arrived as it was stored")
            return 0
        invite_to_click(a, alice, bob, link)
        signal.pause()
    except KeyboardInterrupt:
        return 0
    except (RuntimeError, TimeoutError, OSError, json.JSONDecodeError) as problem:
        print(f"demo: {problem}", file=sys.stderr)
        for instance in (a, b):
            print(f"-- last lines of {instance.name}:", *instance.log[-10:], sep="\n   ", file=sys.stderr)
        return 1
    finally:
        a.close()
        b.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
