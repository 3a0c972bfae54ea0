"""What a program says about itself: its commands and options, from --help, and from its manual page."""

import dataclasses
import pathlib
import re
import subprocess

MANUALS = pathlib.Path(__file__).resolve().parents[2] / "man"


@dataclasses.dataclass
class Command:
    options: set
    subcommands: list


def sections(text):
    """Headline of a help text in lower case -> its lines."""
    found, lines = {}, []
    for line in text.splitlines():
        if re.fullmatch(r"[A-Za-z ]+:", line):
            lines = found.setdefault(line[:-1].lower(), [])
        else:
            lines.append(line)
    return found


def ask(program, path):
    answer = subprocess.run([program, *path, "--help"], text=True, capture_output=True, check=True, timeout=60)
    said = sections(answer.stdout)
    options = set()
    for line in said.get("options", []):
        names = re.match(r"\s{2,12}(-[\w-]+(?:,\s*-[\w-]+)*)", line)
        options.update(re.split(r",\s*", names[1]) if names else [])
    subcommands = [match[1] for line in said.get("subcommands", []) if (match := re.match(r"  (\S+)", line))]
    return Command(options, subcommands)


def commands_of(program, path=()):
    """Every command below `path`, itself included: its words -> what --help says."""
    command = ask(program, path)
    found = {path: command}
    for name in command.subcommands:
        found.update(commands_of(program, (*path, name)))
    return found


def items(lines):
    """The terms of the lists in mdoc lines: what stands behind each .It."""
    return [line[len(".It "):] for line in lines if line.startswith(".It ")]


def options_of(item):
    """Fl o , -output Ar FOLDER -> -o, --output"""
    names = re.match(r"Fl ((?:[\w-]+)(?: , [\w-]+)*)", item)
    return ["-" + name for name in names[1].split(" , ")] if names else []


class Manual:
    """A page in mdoc: what stands under each .Sh, and within it under each .Ss."""

    def __init__(self, name):
        self.file = MANUALS / name
        self.parts, lines = {}, []
        section = ""
        for line in self.file.read_text(encoding="utf-8").splitlines():
            if line.startswith(".Sh "):
                section = line[4:]
                lines = self.parts.setdefault((section, ""), [])
            elif line.startswith(".Ss "):
                lines = self.parts.setdefault((section, line[4:]), [])
            else:
                lines.append(line)

    def options(self, section, part=""):
        return {option for item in items(self.parts.get((section, part), [])) for option in options_of(item)}

    def commands(self):
        """Words of a command -> its options, as told under COMMANDS."""
        return {tuple(part.split()): self.options(section, part)
                for section, part in self.parts if section == "COMMANDS" and part}

    def terms(self, section):
        return [item for (name, _), lines in self.parts.items() if name == section for item in items(lines)]
