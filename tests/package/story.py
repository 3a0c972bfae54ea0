"""What an admin does with the package on a bare Debian: install, set up, upgrade, remove, purge.

    story.py TREE WORK_FOLDER PACKAGE NEWER_PACKAGE      TREE is as debootstrap left it
"""

import json
import os
import pathlib
import re
import sys

from debian_tree import DebianTree, InstalledKithd

EMAIL, PASSWORD = "alice@mail.example", "a password of her own"


def tell(what):
    print(f"   {what}", flush=True)


def expect(holds, what):
    if not holds:
        raise AssertionError(what)


def set_up(tree, kithd):
    """The first admin, through the link in the log, who then logs in on the command line."""
    link = re.search(r"https?://\S+", kithd.wait_for_log("there is no admin yet")).group(0)
    tell(f"the set-up link: {link}")
    account = {"token": link.rsplit("=", 1)[1], "email": EMAIL, "handle": "alice", "password": PASSWORD}
    answer = kithd.local.request("POST", "/api/set-up", json.dumps(account), {"Content-Type": "application/json"})
    expect(answer.status == 201, f"no admin could be made: {answer}")
    tree.run("kith", "login", f"http://127.0.0.1:{kithd.local_port}", "--email", EMAIL, "--password-stdin",
             stdin=PASSWORD + "\n")
    tell("made the admin through it, and logged in with kith")


def first_install(tree, kithd, package):
    printed = tree.install(package)
    expect("systemd does not run here" in printed, f"it does not say how to start kithd:\n{printed}")
    expect(re.search(r"^kith:", (tree.root / "etc/passwd").read_text(), re.M), "there is no user kith")
    tell("installed; it made the user kith")
    kithd.configure()
    tree.run("kithd", "--check-config")
    kithd.start()
    page = kithd.local.request("GET", "/")
    expect(page.status == 200 and b"<html" in page.body, f"its page is not there: {page}")
    tell("kithd listens, as the user kith, and shows its page")


def store_a_file(tree):
    content = os.urandom(3_000_000)
    (tree.root / "root/holiday.bin").write_bytes(content)
    tree.run("kith", "put", "/root/holiday.bin")
    tell("kith stored a file")
    return content


def is_still_there(tree, content):
    fetched = tree.root / "root/fetched"
    fetched.mkdir()
    tree.run("kith", "get", "holiday.bin", "--output", "/root/fetched")
    expect((fetched / "holiday.bin").read_bytes() == content, "the file is another one after the upgrade")


def upgrade(tree, kithd, package, content):
    configuration = tree.root / "etc/kith/kith.yaml"
    before = (configuration.read_text(), tree.run("dpkg-query", "-W", "-f", "${Version}", "kith"))
    printed = tree.install(package)
    expect("it is still the old version" in printed, f"it does not say that the old one runs:\n{printed}")
    kithd.stop()
    kithd.start()
    expect(tree.run("dpkg-query", "-W", "-f", "${Version}", "kith") != before[1], "it is no upgrade")
    expect(configuration.read_text() == before[0], "the upgrade changed the configuration")
    is_still_there(tree, content)
    expect(not any("there is no admin yet" in line for line in kithd.log), "the admin is gone")
    tell("upgraded: configuration, account and file are still there")


def remove(tree):
    tree.apt("remove", "kith")
    expect(not tree.exists("usr/bin/kithd") and not tree.exists("usr/libexec/kith"), "programs are left")
    expect(tree.exists("etc/kith/kith.yaml") and tree.exists("var/lib/kith/kith.db"), "removing took too much")
    printed = tree.apt("purge", "kith")
    expect("rm -r /var/lib/kith" in printed, f"it does not say where people's files are:\n{printed}")
    left = tree.named("kith")
    expect(left == ["var/lib/kith"], f"left after a purge: {left}")
    expect(tree.exists("var/lib/kith/kith.db"), "purging took people's files")
    tell("removed and purged: nothing but people's files is left")


def main():
    base, work, package, newer = sys.argv[1:]
    work = pathlib.Path(work)
    with DebianTree(base, work / "tree", work / "archives") as tree:
        kithd = InstalledKithd(tree)
        try:
            first_install(tree, kithd, package)
            set_up(tree, kithd)
            content = store_a_file(tree)
            upgrade(tree, kithd, newer, content)
        finally:
            kithd.stop()
        remove(tree)


if __name__ == "__main__":
    main()
