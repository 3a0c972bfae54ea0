#!/usr/bin/env python3
"""A live transfer from `kith live send` through kithd to `kith live receive` beside magic-wormhole through its relay.

live.py BUILD    run by run_instances. KITH_BENCH_BYTES is the size of the file (1 GiB).

What counts is how long the receiver runs. Start-up and key exchange are told too: what a file of one byte takes.
"""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release").resolve()
os.environ["KITHD"], os.environ["KITH"] = str(BUILD / "bin/kithd"), str(BUILD / "bin/kith")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from kith_instance import Instance, free_port, until  # noqa: E402

BYTES = int(os.environ.get("KITH_BENCH_BYTES", 1 << 30))
RUNS = 3
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


class Transfer:
    """One sender and one receiver, whichever they are."""

    def __init__(self, send, receive, environment, folder):
        self.send, self.receive, self.folder = send, receive, folder
        self.environment = {**os.environ, **environment, "HOME": str(folder)}

    def seconds(self, file, link_of):
        """From the receiver's start to its end; `link_of` finds what it needs in what the sender says."""
        got = self.folder / "got"
        got.mkdir()
        with subprocess.Popen([*self.send, str(file)], env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as sender:
            link = next(found for line in sender.stdout if (found := link_of(line)))
            begin = time.monotonic()
            done = subprocess.run([*self.receive, link], env=self.environment, cwd=got, capture_output=True, text=True,
                                  check=False)
            took = time.monotonic() - begin
            sender.stdout.read()
        if done.returncode or sender.wait() or (got / file.name).stat().st_size != file.stat().st_size:
            raise RuntimeError(f"{self.receive}: {done}, the sender ended with {sender.returncode}")
        shutil.rmtree(got)
        return took


class Kith:
    def __init__(self, folder):
        self.instance = Instance(checked=False).start()
        carol = self.instance.add_user("carol")
        kith = os.environ["KITH"]
        self.transfer = Transfer([kith, "live", "send", "--once", "-q"], [kith, "live", "receive", "-q"],
                                 {"KITH_TOKEN": carol.token,
                                  "KITH_SERVER": f"http://127.0.0.1:{self.instance.local_port}"}, folder)

    def seconds(self, file):
        return self.transfer.seconds(file, lambda line: line.strip() if "/live" in line and "#" in line else None)

    def cpu(self):
        return cpu_seconds(self.instance.process.pid)

    def memory_mib(self, field):
        return self.instance.memory_kib(field) / 1024

    def close(self):
        self.instance.close()


class Wormhole:
    """Its mailbox server and its relay here; neither end listens, so all goes through the relay."""

    def __init__(self, folder):
        mailbox, relay = free_port(), free_port()
        self.folder, self.log = folder, folder / "relay.log"
        with open(self.log, "wb") as log:
            self.relay = self.start("transitrelay", f"--port=tcp:{relay}:interface=127.0.0.1",
                                    f"--log-fd={log.fileno()}", pass_fds=[log.fileno()])
        self.mailbox = self.start("wormhole-mailbox", f"--port=tcp:{mailbox}:interface=127.0.0.1",
                                  f"--channel-db={folder}/mailbox.sqlite")
        until(lambda: listens(mailbox) and listens(relay), "the mailbox and the relay")
        options = [f"--relay-url=ws://127.0.0.1:{mailbox}/v1", f"--transit-helper=tcp:127.0.0.1:{relay}"]
        program, quiet = shutil.which("wormhole"), ["--no-listen", "--hide-progress"]
        self.transfer = Transfer([program, *options, "send", *quiet],
                                 [program, *options, "receive", *quiet, "--accept-file"], {}, folder)

    def start(self, *command, **options):
        quiet = ["-n", "--pidfile=", "-l", "/dev/null"]
        return subprocess.Popen(["twistd3", *quiet, *command], cwd=self.folder, **options)

    def seconds(self, file):
        before = self.carried()
        took = self.transfer.seconds(
            file, lambda line: line.split(":")[1].strip() if "Wormhole code is" in line else None)
        until(lambda: self.carried() - before >= file.stat().st_size, "all of it in the relay's log")
        return took

    def carried(self):
        """Bytes that went through the relay, as it says."""
        lines = self.log.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        return sum(told["total_bytes"] for line in lines if (told := json.loads(line)).get("mood") == "happy")

    def cpu(self):
        return cpu_seconds(self.relay.pid)

    def close(self):
        for server in (self.relay, self.mailbox):
            server.terminate()
            server.wait()


class Measured:
    def __init__(self, name, under_test, one_byte):
        self.name, self.under_test = name, under_test
        self.fixed = min(under_test.seconds(one_byte) for _ in range(RUNS))
        self.rates, self.cpu = [], []

    def run(self, large):
        before = self.under_test.cpu()
        took = self.under_test.seconds(large)
        self.rates.append(BYTES / took / (1 << 20))
        self.cpu.append(self.under_test.cpu() - before)

    def told(self):
        return (f"{self.name} {max(self.rates):.0f} MiB/s (median {statistics.median(self.rates):.0f}, "
                f"{self.fixed:.2f} s of it at any size)")


def main():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as work, contextlib.ExitStack() as ends:
        folder = pathlib.Path(work)
        one_byte, large = folder / "one", folder / "large"
        one_byte.write_bytes(b"1")
        with open(large, "wb") as file:
            for _ in range(BYTES >> 20):
                file.write(os.urandom(1 << 20))
        kinds = {"kith live": Kith}
        if shutil.which("wormhole") and shutil.which("twistd3"):
            kinds["magic-wormhole through its relay"] = Wormhole
        else:
            print("no ratio: apt install magic-wormhole magic-wormhole-transit-relay "
                  "python3-magic-wormhole-mailbox-server", file=sys.stderr)
        measured = []
        for name, kind in kinds.items():
            home = folder / kind.__name__
            home.mkdir()
            under_test = kind(home)
            ends.callback(under_test.close)
            measured.append(Measured(name, under_test, one_byte))
        kithd = measured[0].under_test
        idle = kithd.memory_mib("VmRSS")
        for _ in range(RUNS):
            for each in measured:
                each.run(large)
        print("live transfer: " + ", ".join(each.told() for each in measured), end="")
        own, *others = measured
        for other in others:
            print(f", ratio {max(own.rates) / max(other.rates):.2f} (aim 4, at least 3), of medians "
                  f"{statistics.median(own.rates) / statistics.median(other.rates):.2f}", end="")
        print()
        print(f"kithd meanwhile: {min(own.cpu):.2f} CPU seconds a transfer"
              + "".join(f", {min(other.cpu):.2f} of the relay" for other in others)
              + f"; memory grew by {kithd.memory_mib('VmHWM') - idle:.1f} MiB (aim 8)")


if __name__ == "__main__":
    main()
