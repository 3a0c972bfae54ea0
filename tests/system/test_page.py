"""The page as a browser gets it from a running kithd: what it is made of, and what guards it."""

import gzip
import html.parser
import re
import shutil
import subprocess
import unittest

from kith_instance import Instance

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
FIRST_LOAD = 150 << 10  # bytes, compressed
PAGES = ("/", "/invite")
TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
         "webmanifest": "application/manifest+json", "txt": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8"}


class Document(html.parser.HTMLParser):
    """What a page loads and links to, and what stands in it that the policy would not let run."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.styles, self.addresses, self.inline = [], [], [], []
        self.within = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.within = tag
        self.inline += [name for name in attributes if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag in ("style", "base") else []
        self.addresses += [attributes[name] for name in ("src", "href", "action", "data", "srcset") if name in attributes]
        if tag == "script":
            self.scripts.append(attributes.get("src"))
        if tag == "link" and attributes.get("rel") == "stylesheet":
            self.styles.append(attributes["href"])

    def handle_data(self, data):
        if self.within == "script" and data.strip():
            self.inline.append(data)

    def handle_endtag(self, _):
        self.within = None


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = Instance().start()
        cls.addClassCleanup(cls.instance.close)

    def get(self, target, method="GET", **headers):
        return self.instance.local.request(method, target,
                                           headers={name.replace("_", "-"): value for name, value in headers.items()})

    def page(self, target):
        answer = self.get(target)
        self.assertEqual(answer.status, 200, answer)
        return Document(answer.body.decode())

    def scripts_of(self, document):
        """The scripts a page starts with: its own, and what those import before they run."""
        found, waiting = set(), [source.removeprefix("app/") for source in document.scripts]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            text = self.get("/app/" + name).body.decode()
            waiting += re.findall(r'(?:\bfrom|\bimport)\s*"\./([^"]+)"', text)
        return {"app/" + name for name in found}

    def files(self):
        """The address of everything the pages load at once."""
        addresses = set(PAGES)
        for target in PAGES:
            document = self.page(target)
            addresses |= {"/" + address for address in document.addresses}
            addresses |= {"/" + script for script in self.scripts_of(document)}
        return sorted(addresses)

    def test_its_files_are_there_with_their_types(self):
        files = self.files()
        self.assertGreater(len(files), 5, files)
        for address in files:
            answer = self.get(address)
            self.assertEqual(answer.status, 200, address)
            ending = "html" if address in PAGES else address.rsplit(".", 1)[1]
            self.assertEqual(answer.headers["content-type"], TYPES[ending], address)

    def test_nothing_stands_inline_and_nothing_is_elsewhere(self):
        for target in PAGES:
            document = self.page(target)
            self.assertEqual(document.inline, [], target)
            self.assertTrue(document.scripts and document.styles, target)
            for address in document.addresses:
                # Relative, so that the page may lie below a path of a proxy's.
                self.assertRegex(address, r"^[a-z][A-Za-z0-9._/-]*$", target)
            for style in document.styles:
                text = self.get("/" + style).body.decode()
                self.assertNotRegex(text, r"@import|url\(\s*['\"]?(?:[a-z]+:)?//|url\(\s*['\"]?/")

    def test_the_first_load_is_light(self):
        document = self.page("/")
        parts = {"/"} | {"/" + name for name in self.scripts_of(document) | set(document.styles)}
        sizes = {part: len(self.get(part, Accept_Encoding="gzip").body) for part in parts}
        self.assertLessEqual(sum(sizes.values()), FIRST_LOAD, sizes)

    def test_every_answer_is_guarded(self):
        for address in self.files():
            etag = self.get(address).headers["etag"]
            for answer in (self.get(address), self.get(address, "HEAD"), self.get(address, If_None_Match=etag)):
                headers = answer.headers
                self.assertEqual(headers["content-security-policy"], CONTENT_POLICY, address)
                self.assertEqual(headers["x-frame-options"], "DENY")
                self.assertEqual(headers["x-content-type-options"], "nosniff")
                self.assertEqual(headers["referrer-policy"], "no-referrer")
                self.assertEqual(headers["cross-origin-opener-policy"], "same-origin")
                self.assertEqual(headers["cross-origin-resource-policy"], "same-origin")
                for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
                    self.assertIn(f"{feature}=()", headers["permissions-policy"])
                self.assertNotIn("set-cookie", headers)
                self.assertNotIn("access-control-allow-origin", headers)

    def test_other_answers_are_guarded_too(self):
        for answer in (self.get("/healthz"), self.get("/api/users/me"), self.get("/nothing"),
                       self.instance.public.request("GET", "/.well-known/kith")):
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
            self.assertEqual(answer.headers["referrer-policy"], "no-referrer")
            self.assertEqual(answer.headers["cross-origin-resource-policy"], "same-origin")

    def test_each_form_is_the_same_file(self):
        compressed = 0
        for address in self.files():
            plain = self.get(address)
            self.assertNotIn("content-encoding", plain.headers)
            packed = self.get(address, Accept_Encoding="gzip")
            for answer in (plain, packed):
                self.assertEqual(answer.headers["vary"], "Accept-Encoding")
                self.assertEqual(int(answer.headers["content-length"]), len(answer.body))
            if packed.headers.get("content-encoding") == "gzip":
                compressed += 1
                self.assertLess(len(packed.body), len(plain.body))
                self.assertEqual(gzip.decompress(packed.body), plain.body, address)
                self.assertNotEqual(packed.headers["etag"], plain.headers["etag"])
            else:
                self.assertEqual(packed.body, plain.body, address)
        self.assertGreater(compressed, 3)

    def test_the_brotli_form_is_the_same_file(self):
        if not shutil.which("node"):
            self.skipTest("nothing here unpacks brotli; node would")
        for address in self.files():
            answer = self.get(address, Accept_Encoding="gzip, deflate, br, zstd")
            if answer.headers.get("content-encoding") != "br":
                self.assertLess(len(answer.body), 200, f"{address} has no brotli form")
                continue
            unpacked = subprocess.run(
                ["node", "-e", "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(0)))"],
                input=answer.body, capture_output=True, check=True).stdout
            self.assertEqual(unpacked, self.get(address).body, address)

    def test_who_has_it_gets_it_not_again(self):
        for address in self.files():
            for accepted in ("identity", "gzip", "br"):
                etag = self.get(address, Accept_Encoding=accepted).headers["etag"]
                again = self.get(address, Accept_Encoding=accepted, If_None_Match=f'"other", W/{etag}')
                self.assertEqual((again.status, again.body), (304, b""), address)
                self.assertEqual(again.headers["etag"], etag)
                self.assertEqual(again.headers["vary"], "Accept-Encoding")
            self.assertEqual(self.get(address, If_None_Match='"other"').status, 200)

    def test_hashed_names_are_kept_and_the_others_asked_for_again(self):
        for address in self.files():
            kept = self.get(address).headers["cache-control"]
            if address.startswith("/app/"):
                self.assertEqual(kept, "public, max-age=31536000, immutable", address)
                self.assertRegex(address, r"^/app/[a-z_]+-[A-Z0-9]{8}\.")
            else:
                self.assertEqual(kept, "no-cache", address)

    def test_head_tells_the_same_without_the_body(self):
        for address in self.files():
            whole, head = self.get(address, Accept_Encoding="gzip"), self.get(address, "HEAD", Accept_Encoding="gzip")
            self.assertEqual((head.status, head.body), (200, b""))
            for field in ("content-length", "content-type", "etag", "cache-control"):
                self.assertEqual(head.headers[field], whole.headers[field], address)
            self.assertEqual(head.headers.get("content-encoding"), whole.headers.get("content-encoding"))

    def test_outsiders_get_none_of_it(self):
        for address in self.files():
            self.assertEqual(self.instance.public.request("GET", address).status, 404, address)

    def test_a_foreign_name_gets_none_of_it(self):
        for address in self.files():
            answer = self.get(address, Host="evil.example")
            self.assertEqual(answer.status, 421, address)
            self.assertNotIn("content-security-policy", answer.headers)

    def test_no_way_leads_out_of_it(self):
        for target in ("/app/../index.html", "/app/../../etc/passwd", "/app/%2e%2e/index.html", "/app/.%2e/x",
                       "/app/..%2findex.html", "/app/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/app/..%5cindex.html",
                       "/app//../index.html", "/app/./x.js", "/app/%00", "/app/x%00.js", "/app/", "/app",
                       "/app//etc/passwd", "/app/%2fetc%2fpasswd", "/app/x.js", "/app/" + "x" * 4000, "/index.html",
                       "/dist.stamp", "/icon.svg.gz", "/index.html.br"):
            answer = self.get(target)
            self.assertIn(answer.status, (400, 404), target)
            self.assertEqual(answer.headers["content-type"], "application/problem+json", target)
        for address in self.files():
            self.assertEqual(self.get(address + "/x").status, 404)

    def test_it_is_only_for_reading(self):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = self.get("/", method)
            self.assertEqual(answer.status, 405, method)
            self.assertIn("GET", answer.headers["allow"])

    def test_a_query_is_no_hindrance(self):
        self.assertEqual(self.get("/?utm_source=mail").status, 200)


if __name__ == "__main__":
    unittest.main()
