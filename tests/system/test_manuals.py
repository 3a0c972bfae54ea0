"""The manual pages and the completion say what the programs do: no command, option or key too few, none too many."""

import os
import pathlib
import pty
import re
import shlex
import subprocess
import tempfile
import unittest

from help_text import MANUALS, Manual, commands_of
from kith_instance import SOURCE, Instance, kithd_binary

COMPLETIONS = SOURCE / "completions"
HOSTILE = "$(touch pwned) 'x' `touch pwned`"


def kith_binary():
    return os.environ.get("KITH", str(SOURCE / "build/release/bin/kith"))


PROGRAMS = {"kith": (kith_binary, "kith.1"), "kithd": (kithd_binary, "kithd.8")}


def helped(program):
    return commands_of(PROGRAMS[program][0]())


class Pages(unittest.TestCase):
    def compare(self, program):
        help_said, page = helped(program), Manual(PROGRAMS[program][1])
        everywhere = page.options("OPTIONS")
        told = page.commands()
        leaves = {path for path, command in help_said.items() if path and not command.subcommands}
        self.assertEqual(set(told), leaves, "commands in the page, commands in --help")
        for path, command in help_said.items():
            own = told.get(path, set())
            with self.subTest(command=" ".join((program, *path))):
                self.assertEqual(command.options - own - everywhere, set(), "the page lacks")
                self.assertEqual(own - command.options, set(), "the page has, and --help does not know")
        known = set().union(*(command.options for command in help_said.values()))
        self.assertEqual(everywhere - known, set(), "OPTIONS has, and --help does not know")

    def test_kith(self):
        self.compare("kith")

    def test_kithd(self):
        self.compare("kithd")

    def test_the_macros_are_sound(self):
        for page in sorted(MANUALS.iterdir()):
            with self.subTest(page=page.name):
                lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], text=True, capture_output=True,
                                      timeout=60, check=False)
                self.assertEqual((lint.stdout, lint.returncode), ("", 0))

    def test_every_key_of_the_configuration(self):
        example = (SOURCE / "config/kith.example.yaml").read_text(encoding="utf-8")
        keys, section = [], ""
        for indent, key, value in re.findall(r"^( *)#?([a-z_0-9]+):(.*)$", example, re.M):
            path = f"{section}.{key}" if indent else key
            parts = re.findall(r"([a-z_0-9]+):", value) if value.strip().startswith("{") else []
            if not indent and not value.strip():
                section = key
            else:
                keys += [f"{path}.{part}" for part in parts] or [path]
        told = [key for item in Manual("kith.yaml.5").terms("DESCRIPTION")
                for key in item.removeprefix("Cm ").split(" , ")]
        self.assertEqual(sorted(told), sorted(keys))

    def test_exit_statuses(self):
        answer = subprocess.run([kith_binary(), "--help"], text=True, capture_output=True, check=True, timeout=60)
        told = [item.removeprefix("Er ") for item in Manual("kith.1").terms("EXIT STATUS")]
        self.assertEqual(told, re.findall(r"\b(\d) ", answer.stdout.rsplit("Exit status:", 1)[1]))

    def test_what_is_shown_can_be_typed(self):
        """Commands in the README and in the examples of the pages: each word of a command and each option exists."""
        known = {program: helped(program) for program in PROGRAMS}
        shown = shown_commands()
        self.assertGreater(len(shown), 40)
        for program, words in shown:
            path = ()
            while len(path) < len(words) and (*path, words[len(path)]) in known[program]:
                path = (*path, words[len(path)])
            with self.subTest(command=" ".join((program, *words))):
                self.assertTrue(path or words[0].startswith("-") or words[0] in ("COMMAND", "…"), "no such command")
                options = {word.split("=")[0] for word in words if word.startswith("-") and word != "-"}
                self.assertLessEqual(options, known[program][path].options | known[program][()].options)


def shown_commands():
    """(program, its words) wherever the README and the pages show something to type."""
    readme = (SOURCE / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", readme, re.M | re.S)
    code = [re.sub(r"\s#\s.*", "", line) for block in blocks for line in block.splitlines()]
    code += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", readme, flags=re.M | re.S))
    for page in MANUALS.iterdir():
        text = page.read_text(encoding="utf-8")
        code += re.findall(r"^\.(?:Dl|[PD]?Ql) (.*)$", text, re.M)
        blocks = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", text, re.M | re.S)
        code += [line for block in blocks for line in block.splitlines()]
    found = []
    for line in code:
        for program, rest in re.findall(r"(?:^|[|;&] |sudo -u kith )(kithd?) ([^|;&]+)", line):
            words = [word for word in rest.split() if not word.startswith(("'", '"')) and word not in ".,)"]
            found += [(program, words)] if words else []
    return found


class Bash:
    """bash with a completion loaded, in a folder of its own. `timeout` knows no time there: machines may be busy."""

    def __init__(self, program, environment=None):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="kith-completion-")
        self.home = pathlib.Path(self.folder.name)
        tools = self.home / "tools"
        tools.mkdir()
        (tools / "timeout").write_text('#!/bin/sh\nshift\nexec "$@"\n', encoding="ascii")
        (tools / "timeout").chmod(0o755)
        (tools / program).symlink_to(PROGRAMS[program][0]())
        self.files = self.home / "files"
        self.files.mkdir()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "XDG_"))}
        self.environment = {**inherited, "HOME": self.folder.name, "PATH": f"{tools}:{os.environ['PATH']}",
                            "TERM": "dumb", "COLUMNS": "2000", "LC_ALL": "C.UTF-8", "PS1": "ready> ", "PS2": "open> ",
                            **(environment or {})}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def offers(self, lines):
        """What is offered at the end of each of the lines, each a list of words: all in one bash."""
        script = [f"source {shlex.quote(str(COMPLETIONS / self.program))}"]
        for words in lines:
            line = " ".join(words)
            script += [f"COMP_WORDS=({' '.join(map(shlex.quote, words))}) COMP_CWORD={len(words) - 1} COMPREPLY=()",
                       f"COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)}",
                       f"_kith {self.program} {shlex.quote(words[-1])} {shlex.quote(words[-2])}",
                       r"""printf '%s\0' "${COMPREPLY[@]}"; printf '\n\0'"""]
        answer = subprocess.run(["bash", "--norc", "--noprofile", "-c", "\n".join(script)], text=True,
                                capture_output=True, check=True, timeout=300, cwd=self.files, env=self.environment)
        if answer.stderr:
            raise RuntimeError(answer.stderr)
        groups = answer.stdout.split("\n\0")[:-1]
        return [{word for word in group.split("\0") if word} for group in groups]

    def typed(self, keys):
        """What the words are when somebody types `keys` at a prompt, and the Return key."""
        begin = (f"source {shlex.quote(str(COMPLETIONS / self.program))}; bind 'set bell-style none'; "
                 f"{self.program}() {{ printf '<%s>' \"$@\"; echo; exit; }}\n")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.files)
            os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-i"], self.environment)
        try:
            seen = self.read_until(terminal, "ready> ", "")
            os.write(terminal, begin.encode())
            seen = self.read_until(terminal, "ready> ", seen[seen.rindex("ready> ") + 7:])
            os.write(terminal, keys.encode() + b"\n")
            # It ends, or asks for the rest of what is no whole command, or was none that it has.
            return self.read_until(terminal, "> ", "")
        finally:
            os.close(terminal)
            os.waitpid(child, 0)

    @staticmethod
    def read_until(terminal, text, seen):
        while text not in seen:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            seen += piece.decode(errors="replace")
        return seen


class Completion(unittest.TestCase):
    def compare(self, program):
        help_said = helped(program)
        paths = list(help_said)
        with Bash(program) as bash:
            options = bash.offers([[program, *path, "-"] for path in paths])
            words = bash.offers([[program, *path, ""] for path in paths if help_said[path].subcommands])
        # What stands before a subcommand may stand behind it as well.
        everywhere = help_said[()].options - {"--version"}
        for path, offered in zip(paths, options):
            own = {option for option in help_said[path].options if option.startswith("--")}
            with self.subTest(command=" ".join((program, *path))):
                self.assertEqual(own - offered, set(), "is not offered")
                self.assertEqual(offered - own - everywhere, set(), "is offered, and --help does not know")
        self.assertEqual(words, [set(command.subcommands) for command in help_said.values() if command.subcommands])

    def test_kith(self):
        self.compare("kith")

    def test_kithd(self):
        self.compare("kithd")

    def test_values_that_are_known(self):
        with Bash("kithd") as bash:
            self.assertEqual(bash.offers([["kithd", "user", "set-permission", "bob", ""],
                                          ["kithd", "user", "set-permission", "bob", "ad"]]),
                             [{"none", "user", "admin"}, {"admin"}])
        with Bash("kith") as bash:
            self.assertEqual(bash.offers([["kith", "share", "beach.jpg", "--strip", ""],
                                          ["kith", "share", "--strip=l"], ["kith", "admin", "inst"]]),
                             [{"location", "all", "none"}, {"location"}, {"instances"}])

    def test_a_hostile_file_name_is_a_name(self):
        with Bash("kith") as bash:
            (bash.files / HOSTILE).touch()
            self.assertIn(f"<exchange><send><{HOSTILE}>", bash.typed("kith exchange send \t"))
            self.assertEqual(os.listdir(bash.files), [HOSTILE])

    def test_hostile_names_on_the_server_are_names(self):
        with Instance() as instance:
            carol = instance.add_user("carol")
            carol.upload(HOSTILE, b"content")
            carol.upload("12:30@home.jpg", b"content")
            environment = {"KITH_SERVER": f"http://127.0.0.1:{instance.local_port}", "KITH_TOKEN": carol.token}
            with Bash("kith", environment) as bash:
                for keys in (r"\$", r"\$\(to", "'$(to", '"\\$(to'):
                    with self.subTest(keys=keys):
                        self.assertIn(f"<get><{HOSTILE}>", bash.typed(f"kith get {keys}\t"))
                self.assertIn("<rm><12:30@home.jpg>", bash.typed("kith rm 12:3\t"))
                # Of another server's names nothing is known.
                self.assertEqual(bash.offers([["kith", "get", "12"], ["kith", "--server", "http://x", "get", "12"]]),
                                 [{"12:30@home.jpg"}, set()])
                self.assertEqual(os.listdir(bash.files), [])
