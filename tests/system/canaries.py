"""Secrets that can be recognised wherever they come up: as they are, and in every form they may have been put into."""

import base64
import json
import re
import secrets
import urllib.parse

SHORTEST = 8  # fewer bytes come up by accident


def secret(name):
    """One that no other run has, and no database by accident."""
    return f"canary {name} {secrets.token_hex(12)}!"


def inner_base64(data):
    """What stays of `data` in base64, wherever it stood in what was encoded."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data)
        yield encoded[-(-before * 8 // 6):(before + len(data)) * 8 // 6]


def forms_of(data):
    """The bytes, and the bytes in base64, base64url, hexadecimal, percent encoding and JSON."""
    text = data.decode("utf-8", "replace")
    yield data
    for encoded in inner_base64(data):
        yield encoded
        yield encoded.replace(b"+", b"-").replace(b"/", b"_")
    yield data.hex().encode()
    yield data.hex().upper().encode()
    yield urllib.parse.quote(data, safe="").encode()
    yield urllib.parse.quote_plus(data).encode()
    yield "".join(f"%{byte:02x}" for byte in data).encode()
    yield "".join(f"%{byte:02X}" for byte in data).encode()
    yield json.dumps(text)[1:-1].encode()


class Canaries:
    def __init__(self):
        self.patterns, self.words = {}, {}

    def plant(self, name, value=None, encoded=None):
        """`encoded`: what `value` is an encoding of, which is looked for as well. The value comes back."""
        value = secret(name) if value is None else value
        for data in (value.encode() if isinstance(value, str) else value, encoded):
            if data is not None:
                self.patterns.setdefault(name, set()).update(form for form in forms_of(data) if len(form) >= SHORTEST)
        return value

    def plant_token(self, name, token):
        """A token in base64url, whole or in parts with dots between."""
        self.plant(name, token)
        for part in token.split("."):
            padded = part + "=" * (-len(part) % 4)
            if len(part) >= 2 * SHORTEST and re.fullmatch(r"[A-Za-z0-9_-]+", part):
                self.plant(name, part, base64.urlsafe_b64decode(padded))
        return token

    def plant_word(self, name, word):
        """Too short to be looked for anywhere but in texts, and there as a word of its own."""
        self.words[name] = re.compile(rb"(?<![0-9A-Za-z])" + re.escape(word.encode()) + rb"(?![0-9A-Za-z])")
        return word

    def found_in(self, data, is_text=False):
        """The names of those that come up."""
        found = [name for name, forms in self.patterns.items() if any(form in data for form in forms)]
        if is_text:
            found += [name for name, pattern in self.words.items() if pattern.search(data)]
        return found
