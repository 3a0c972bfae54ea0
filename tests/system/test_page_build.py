"""web/build makes the page when it must and only then: the real script in a small tree, with stand-ins for node and npm."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from kith_instance import SOURCE

TOOLS = ("bash", "cat", "cp", "cut", "dirname", "find", "flock", "mkdir", "mv", "realpath", "rm", "sed", "sha256sum",
         "sort", "xargs")
NODE = """#!/bin/bash
echo "node $1" >>"$CALLS"
[ "$1" = build.mjs ] || exit 0
mkdir -p "$2/app"
cat src/* ../daemon/api/openapi.json >"$2/app/half.js"
if [ -e fails ]; then echo "it does not compile"; exit 1; fi
if [ -e dies ]; then kill -9 0; fi
echo made >src/api/schema.d.ts
mv "$2/app/half.js" "$2/index.html"
"""
NPM = """#!/bin/bash
echo "npm $1" >>"$CALLS"
rm -rf node_modules && mkdir node_modules
"""
WHOLE = ["npm ci", "node build.mjs", "node compress.mjs"]
PAGE_ONLY = WHOLE[1:]


class PageBuild(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="kith-page-"))
        self.addCleanup(shutil.rmtree, self.top)
        self.web, self.calls = self.top / "web", self.top / "calls"
        (self.web / "src" / "api").mkdir(parents=True)
        (self.top / "daemon" / "api").mkdir(parents=True)
        shutil.copy(SOURCE / "web" / "build", self.web / "build")
        for name, text in {"web/build.mjs": "1", "web/compress.mjs": "1", "web/package-lock.json": "{}",
                           "web/src/index.html": "hello", "daemon/api/openapi.json": "{}"}.items():
            (self.top / name).write_text(text)
        self.tools, self.node = self.top / "tools", self.top / "node"
        self.tools.mkdir()
        self.node.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool, path="/usr/bin:/bin"))
        for name, text in {"node": NODE, "npm": NPM}.items():
            (self.node / name).write_text(text)
            (self.node / name).chmod(0o755)

    def start(self, *arguments, node=True, **environment):
        path = f"{self.node}:{self.tools}" if node else str(self.tools)
        return subprocess.Popen([self.web / "build", *map(str, arguments)], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                env={"PATH": path, "CALLS": str(self.calls), **environment})

    def build(self, *arguments, status=0, **how):
        process = self.start(*arguments, **how)
        printed = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, status, printed)
        return printed

    def called(self):
        """What ran since the last look."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return [line for line in lines if line != "node -e"]  # that one asks for node's version

    def page(self):
        return (self.web / "dist" / "index.html").read_text()

    def test_a_second_time_nothing_runs(self):
        self.assertEqual(self.build(), "")
        self.assertEqual(self.called(), WHOLE)
        self.assertEqual(self.page(), "hello{}")
        self.build()
        os.utime(self.web / "src" / "index.html", (0, 0))
        (self.web / "src" / "api" / "schema.d.ts").write_text("made anew")
        (self.web / "src" / ".index.html.swp").write_text("an editor's")
        self.build()
        self.assertEqual(self.called(), [])

    def test_what_changed_is_made_again(self):
        self.build()
        self.called()
        changes = (lambda: (self.web / "src" / "index.html").write_text("hallo"),
                   lambda: (self.web / "src" / "more.css").write_text("p{}"),
                   lambda: (self.web / "src" / "more.css").rename(self.web / "src" / "less.css"),
                   lambda: (self.web / "src" / "less.css").unlink(),
                   lambda: (self.web / "build.mjs").write_text("2"),
                   lambda: (self.top / "daemon" / "api" / "openapi.json").write_text("[]"))
        for change in changes:
            change()
            self.build()
            self.assertEqual(self.called(), PAGE_ONLY)
        self.assertEqual(self.page(), "hallo[]")

    def test_packages_are_installed_when_the_lock_changed_or_they_are_gone(self):
        self.build()
        self.called()
        (self.web / "package-lock.json").write_text('{"a":1}')
        self.build()
        self.assertEqual(self.called(), WHOLE)
        shutil.rmtree(self.web / "node_modules")
        self.build()
        self.assertEqual(self.called(), [])  # the page is there
        (self.web / "src" / "index.html").write_text("hallo")
        self.build()
        self.assertEqual(self.called(), WHOLE)

    def test_a_damaged_page_is_made_again(self):
        dist = self.web / "dist"
        damages = (lambda: (dist / "index.html").unlink(), lambda: (dist / "index.html").write_text("other"),
                   lambda: (dist / "stray.js").write_text("1"), lambda: shutil.rmtree(dist),
                   lambda: (self.web / "dist.stamp").unlink(), lambda: (self.web / "dist.stamp").write_text("x"))
        self.build()
        for damage in damages:
            self.called()
            damage()
            self.build("--check", status=1)
            self.assertEqual(self.called(), [])
            self.build()
            self.assertEqual(self.called(), PAGE_ONLY)
            self.assertEqual((self.page(), sorted(os.listdir(dist))), ("hello{}", ["app", "index.html"]))

    def test_a_failed_build_leaves_the_page_that_was(self):
        self.build()
        (self.web / "src" / "index.html").write_text("broken")
        (self.web / "fails").touch()
        printed = self.build(status=1)
        self.assertIn("it does not compile", printed)
        self.assertIn("node build.mjs", printed)
        self.assertEqual(self.page(), "hello{}")
        (self.web / "fails").unlink()
        self.build()
        self.assertEqual(self.page(), "broken{}")

    def test_an_interrupted_build_leaves_the_page_that_was(self):
        self.build()
        (self.web / "src" / "index.html").write_text("second")
        (self.web / "dies").touch()
        self.build(status=-9)
        self.assertEqual(self.page(), "hello{}")
        (self.web / "dies").unlink()
        self.build()
        self.assertEqual(self.page(), "second{}")
        self.assertFalse((self.web / "dist" / "app" / "half.js").exists())
        self.build("--check")

    def test_several_at_once_make_it_once(self):
        copies = [self.top / f"copy-{number}" for number in range(6)]
        running = [self.start(copy) for copy in copies]
        for process, copy in zip(running, copies):
            printed = process.communicate(timeout=60)[0]
            self.assertEqual(process.returncode, 0, printed)
            self.assertEqual((copy / "index.html").read_text(), "hello{}")
        self.assertEqual(self.called(), WHOLE)

    def test_without_node_it_says_what_to_install(self):
        printed = self.build(status=1, node=False)
        self.assertIn("apt-get install nodejs npm", printed)
        self.assertIn("KITH_PAGE=OFF", printed)

    def test_a_page_that_is_there_needs_no_node(self):
        self.build()
        shutil.rmtree(self.web / "node_modules")  # as in a release archive
        copy = self.top / "copy"
        copy.mkdir()
        (copy / "stale.js").touch()
        self.build("--check", node=False)
        self.build(copy, node=False)
        self.assertEqual((copy / "index.html").read_text(), "hello{}")
        self.assertFalse((copy / "stale.js").exists())

    def test_a_page_with_unchecked_types_is_not_good_enough(self):
        self.build(KITH_PAGE_TYPES="unchecked")
        self.assertEqual(self.called(), WHOLE)
        self.build("--check", KITH_PAGE_TYPES="unchecked")
        self.build("--check", status=1)
        self.build()
        self.assertEqual(self.called(), PAGE_ONLY)
        self.build(KITH_PAGE_TYPES="unchecked")
        self.assertEqual(self.called(), [])

    def test_unknown_options_are_refused(self):
        self.assertIn("--chek", self.build("--chek", status=2))
        self.assertIn("web/build FOLDER", self.build("--help"))
        self.assertEqual(self.called(), [])


if __name__ == "__main__":
    unittest.main()
