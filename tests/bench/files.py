#!/usr/bin/env python3
"""One real instance beside what others would use for the same: nginx, zip, vipsthumbnail. A line a number.

files.py BUILD    run by run_instances. KITH_BENCH_BYTES is the size of the large file (1 GiB).
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release").resolve()
os.environ["KITHD"] = str(BUILD / "bin/kithd")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from kith_instance import Instance, free_port, until  # noqa: E402

BYTES = int(os.environ.get("KITH_BENCH_BYTES", 1 << 30))
PHOTOS = 20
CLIENT = str(BUILD / "bin/kith_bench_http_client")


def mib_s(size, seconds):
    return size / seconds / (1 << 20)


def best(act):
    """The shortest of three, in seconds: other work on the machine counts less."""
    times = []
    for _ in range(3):
        begin = time.monotonic()
        act()
        times.append(time.monotonic() - begin)
    return min(times)


def run(*command, **options):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def get(url, *fields):
    environment = {**os.environ, "KITH_BENCH_FIELDS": "\n".join(fields)}
    return max(float(subprocess.run([CLIENT, "get", url], env=environment, capture_output=True, text=True,
                                    check=True).stdout) for _ in range(3))


def told(what, own, peer_name, peer):
    print(f"{what}: {own:.0f} MiB/s, {peer_name} {peer:.0f} MiB/s, ratio {own / peer:.2f}" if peer
          else f"{what}: {own:.0f} MiB/s (no {peer_name} here)")


class Nginx:
    """Serves a folder with sendfile, as a web server would."""

    def __init__(self, folder, work):
        self.program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        self.port = free_port()
        self.config = work / "nginx.conf"
        self.config.write_text(
            f"daemon off; master_process off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.log;\n"
            "events { worker_connections 64; }\n"
            f"http {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {work}/a; proxy_temp_path {work}/b;\n"
            f"fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d; scgi_temp_path {work}/e;\n"
            f"server {{ listen 127.0.0.1:{self.port}; root {folder}; }} }}\n")

    def rate(self, name):
        if not self.program:
            return 0
        with subprocess.Popen([self.program, "-p", str(self.config.parent), "-c", str(self.config)],
                              stderr=subprocess.DEVNULL) as server:
            url = f"http://127.0.0.1:{self.port}/{name}"
            until(lambda: subprocess.run([CLIENT, "latency", url, "1"], capture_output=True, check=False).returncode == 0,
                  "nginx")
            rate = get(url)
            server.terminate()
        return rate


def downloads(carol, nginx, large):
    base = f"http://127.0.0.1:{carol.instance.local_port}"
    log_in = f"Authorization: Bearer {carol.token}"
    carol.upload("large", open(large, "rb"))
    peer = nginx.rate(large.name)
    told("download of a file, each block proven", get(f"{base}/files/large", log_in), "nginx", peer)
    asset = carol.ok("GET", "/api/assets", name="large")["items"][0]
    made = carol.ok("POST", "/api/exchanges", {"asset_ids": [asset["id"]]})
    token = {"Authorization": f"Bearer {made['download_token']}"}

    def by_link():  # an address is good for one download
        answer = carol.instance.public.request("GET", "/exchange/download-url", headers=token)
        run("curl", "-sfo", "/dev/null", answer.json()["url"])

    told("the same by an exchange's link, counted", mib_s(BYTES, best(by_link)), "nginx", peer)


def uploads(carol, large):
    base = f"http://127.0.0.1:{carol.instance.local_port}"
    log_in = ["-H", f"Authorization: Bearer {carol.token}"]

    def resumable():
        answer = carol.request("POST", "/api/uploads", headers={
            "Tus-Resumable": "1.0.0", "Upload-Length": str(BYTES), "Upload-Metadata": "filename bGFyZ2U="})
        run("curl", "-sf", "-X", "PATCH", "-T", str(large), *log_in, "-H", "Tus-Resumable: 1.0.0", "-H", "Upload-Offset: 0",
            "-H", "Content-Type: application/offset+octet-stream", "-H", "Expect:", base + answer.headers["location"])

    plain = mib_s(BYTES, best(lambda: run("curl", "-sf", "-T", str(large), *log_in, "-H", "Expect:", f"{base}/files/large")))
    told("resumable upload, in one go", mib_s(BYTES, best(resumable)), "PUT of the same", plain)


def archives(carol, work):
    names, size = [], 8 << 20
    for number in range(16):
        names.append(f"part-{number}")
        (work / names[-1]).write_bytes(os.urandom(size))
        carol.upload(names[-1], (work / names[-1]).read_bytes())
    ids = [asset["id"] for asset in carol.ok("GET", "/api/assets", name="part-")["items"]]
    made = carol.ok("POST", "/api/archives", {"asset_ids": ids})
    own = get(f"http://127.0.0.1:{carol.instance.local_port}{made['url']}", f"Authorization: Bearer {carol.token}")
    peer = mib_s(len(names) * size, best(lambda: run("zip", "-0q", "-", *names, cwd=work))) if shutil.which("zip") else 0
    told("ZIP of 16 files", own, "zip -0", peer)


def thumbnails(carol, work):
    if not shutil.which("vipsthumbnail"):
        return print("thumbnails: no vipsthumbnail here (apt install libvips-tools)")
    files = []
    for number in range(PHOTOS):
        files.append(work / f"photo-{number}.jpg")
        run("vips", "gaussnoise", str(work / "noise.v"), "4000", "3000", "--sigma", "20", "--mean", "128")
        run("vips", "cast", str(work / "noise.v"), f"{files[-1]}[Q=85]", "uchar")
    begin = time.monotonic()
    for file in files:
        carol.upload(file.name, file.read_bytes())
    until(lambda: all(photo["has_thumbnail"] for photo in carol.ok("GET", "/api/photos", limit=100)["items"]),
          "all thumbnails", 300)
    own = time.monotonic() - begin
    begin = time.monotonic()
    for file in files:
        for edge in (256, 1024):
            run("vipsthumbnail", str(file), "--size", str(edge), "-o", str(work / f"t-{edge}.webp"))
    peer = time.monotonic() - begin
    print(f"thumbnails of {PHOTOS} photos of 12 megapixels, two sizes each, upload and Exif too: {own:.1f} s, "
          f"vipsthumbnail {peer:.1f} s, ratio {peer / own:.2f}")


def main():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder, Instance(checked=False) as instance:
        work = pathlib.Path(folder)
        large = work / "large"
        with open(large, "wb") as file:
            for _ in range(BYTES >> 20):
                file.write(os.urandom(1 << 20))
        carol = instance.add_user("carol")
        downloads(carol, Nginx(work, work), large)
        uploads(carol, large)
        large.unlink()
        archives(carol, work)
        thumbnails(carol, work)


if __name__ == "__main__":
    main()
