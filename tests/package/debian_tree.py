"""A bare Debian in a folder, and the kithd of a package in it. Takes root."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from kith_instance import HttpClient, free_port, until  # pylint: disable=wrong-import-position


class DebianTree:
    """A copy of the tree `base`, thrown away at the end. Packages that apt fetches are kept in `archives`."""

    def __init__(self, base, folder, archives):
        self.base, self.root, self.archives = pathlib.Path(base), pathlib.Path(folder).resolve(), pathlib.Path(archives)

    def __enter__(self):
        self.archives.mkdir(parents=True, exist_ok=True)
        self.clear()  # what a run left that was killed
        subprocess.run(["cp", "-a", "--reflink=auto", self.base, self.root], check=True)
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        try:
            self.mount("-t", "proc", "proc", self.root / "proc")
            self.mount("--bind", self.archives, self.root / "var/cache/apt/archives")
            self.run("apt-get", "update", "-q")
        except BaseException:
            self.clear()
            raise
        return self

    def __exit__(self, *_):
        self.clear()

    def clear(self):
        for line in reversed(pathlib.Path("/proc/self/mounts").read_text().splitlines()):
            place = pathlib.Path(line.split(" ")[1])
            if self.root in place.parents:
                subprocess.run(["umount", place], check=True)
        if self.root.exists():
            shutil.rmtree(self.root)  # only now, with nothing of others in it

    def mount(self, *arguments):
        subprocess.run(["mount", *arguments], check=True)

    def run(self, *command, stdin=None, environment=()):
        """What the command printed; it must succeed."""
        inside = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root",
                  "DEBIAN_FRONTEND=noninteractive", *environment]
        done = subprocess.run(["chroot", self.root, *inside, *command], input=stdin, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def apt(self, *arguments):
        return self.run("apt-get", "-y", "-q", "--no-install-recommends", *arguments)

    def install(self, package):
        shutil.copy(package, self.root / "root")
        return self.apt("install", f"/root/{pathlib.Path(package).name}")

    def exists(self, path):
        return (self.root / path).exists()

    def named(self, word):
        """Every path with the word in its name, but the insides of such folders, and what apt and dpkg write down."""
        skipped = [self.root / "proc", self.root / "var/cache/apt", self.root / "var/log", self.root / "root"]
        found = []
        for name, folders, files in os.walk(self.root):
            folder = pathlib.Path(name)
            found += [folder / name for name in folders + files if word in name.lower()]
            folders[:] = [name for name in folders if word not in name.lower() and folder / name not in skipped]
        return sorted(str(path.relative_to(self.root)) for path in found)


class InstalledKithd:
    """The daemon in a tree, as the user its package made, with the configuration its package installed."""

    def __init__(self, tree):
        self.tree, self.process, self.log = tree, None, []
        self.local_port, self.public_port = free_port(), free_port()
        self.local = HttpClient(self.local_port)

    def configure(self):
        """As an admin with an editor does; ports nobody else on this machine has."""
        file = self.tree.root / "etc/kith/kith.yaml"
        text = file.read_text()
        for commented, chosen in (('#local: "127.0.0.1:8470"', f'local: "127.0.0.1:{self.local_port}"'),
                                  ('#public: "0.0.0.0:8471"', f'public: "127.0.0.1:{self.public_port}"'),
                                  ("#keep_free: 1 GiB", "keep_free: 0")):
            if text.count(commented) != 1:
                raise RuntimeError(f"{file} does not say {commented} once")
            text = text.replace(commented, chosen)
        file.write_text(text)

    def start(self):
        self.log = []
        self.process = subprocess.Popen(["chroot", "--userspec=kith:kith", self.tree.root, "/usr/bin/kithd"],
                                        stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
        threading.Thread(target=self.read_log, args=(self.process.stderr,), daemon=True).start()
        self.wait_for_log("listening")

    def read_log(self, stream):
        with stream:
            for line in stream:
                self.log.append(line.rstrip("\n"))

    def wait_for_log(self, text):
        return until(lambda: next((line for line in list(self.log) if text in line), None),
                     lambda: f"a log line with {text!r}; there are\n" + "\n".join(self.log), seconds=120)

    def stop(self):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
            status = self.process.wait(120)
            self.process = None
            if status:
                raise RuntimeError(f"kithd ended with {status}:\n" + "\n".join(self.log[-30:]))
