"""How mails leave an instance: by a mail server that may be down, slow, picky or false, or as files in the outbox."""

import email
import email.policy
import pathlib
import re
import signal
import stat
import tempfile
import time
import unittest

from kith_instance import Instance, until
from mail_server import Authority, MailServer, silent_server

PASSWORD = "the mail server's password"


class MailStory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.authority = Authority(cls.folder)
        cls.password_file = cls.folder / "password"
        cls.password_file.write_text(PASSWORD + "\n")

    def server(self, **options):
        server = MailServer(**options)
        self.addCleanup(server.stop)
        return server

    def instance(self, url=None, **mail):
        """Mails go to `url`, or to the outbox."""
        settings = {"starttls": "off", **mail, **({"smtp_url": url} if url else {})}
        instance = Instance(settings={"mail": settings})
        self.addCleanup(instance.close)
        instance.start()
        self.admin = instance.add_user("ada", admin=True)
        return instance

    def with_log_in(self):
        return {"user": "kith", "password_file": str(self.password_file)}

    def have_a_mail_sent(self, instance, handle="bob", language=None):
        """By changing the password of somebody, whose address it is sent to."""
        user = instance.add_user(handle)
        if language:
            user.ok("PATCH", "/api/users/me", body={"language": language})
        user.ok("PATCH", "/api/users/me", body={"password": f"{handle}'s next password",
                                                "current_password": user.password})
        return user

    def queue(self):
        return self.admin.ok("GET", "/api/admin/mail")

    def wait_for_queue(self, condition):
        seen = []
        def read():
            seen.append(self.queue())
            return condition(seen[-1]) and seen[-1]
        return until(read, lambda: seen[-1])

    def wait_for_error(self, text):
        return self.wait_for_queue(lambda queue: text in (queue["last_error"] or ""))


class AnotherWay(MailStory):
    def reload(self, instance, **mail):
        after = len(instance.log)
        instance.settings["mail"] = {"starttls": "off", **mail}
        instance.config_file()
        instance.process.send_signal(signal.SIGHUP)
        return instance.wait_for_log("configuration read anew", after=after)

    def test_the_way_of_mails_changes_without_a_restart(self):
        instance = self.instance()
        self.have_a_mail_sent(instance)
        until(lambda: list((instance.data / "outbox").glob("*.eml")), "a mail in the outbox")
        self.assertFalse(instance.local.request("GET", "/api/welcome").json()["sends_mail"])
        server = self.server().start()
        told = self.reload(instance, smtp_url=server.url, **{"from": "other@home.example"})
        self.assertIn("mail.smtp_url", told)
        self.assertTrue(instance.local.request("GET", "/api/welcome").json()["sends_mail"])
        self.have_a_mail_sent(instance, "carol")
        letter = server.wait_for_letter()
        self.assertEqual((letter.sender, letter.recipients), ("other@home.example", ["carol@mail.example"]))
        # What can't be used changes nothing.
        told = self.reload(instance, smtp_url="smtp://127.0.0.1:1", user="kith", password_file="/nonexistent/password")
        self.assertNotIn("mail.", told)
        self.assertIn("/nonexistent/password", instance.wait_for_log("the old ones stay"))
        self.have_a_mail_sent(instance, "dora")
        self.assertEqual(server.wait_for_letter(2).recipients, ["dora@mail.example"])
        # Nor does it keep the daemon from starting anew in place, as another domain has it do.
        after = len(instance.log)
        instance.process.send_signal(signal.SIGUSR1)
        instance.wait_for_log("listening", after=after)


class Delivery(MailStory):
    def test_a_mail_arrives(self):
        server = self.server().start()
        instance = self.instance(server.url, **{"from": "kith@home.example"})
        self.have_a_mail_sent(instance)
        letter = server.wait_for_letter()
        self.assertEqual((letter.sender, letter.recipients), ("kith@home.example", ["bob@mail.example"]))
        self.assertEqual(letter.greeted_as, "home.example")
        self.assertEqual(letter.message["From"].addresses[0].addr_spec, "kith@home.example")
        self.assertEqual(letter.message["To"], "bob@mail.example")
        self.assertEqual(letter.message["Auto-Submitted"], "auto-generated")
        self.assertRegex(letter.message["Message-ID"], r"^<[0-9a-z]{26}@home\.example>$")
        self.assertIn("password", letter.message["Subject"])
        self.assertIn("It was not you?", letter.text)
        self.assertTrue(letter.bytes.isascii())
        self.assertEqual(self.wait_for_queue(lambda queue: queue["waiting"] == 0),
                         {"way": "smtp", "waiting": 0, "oldest_at": None, "last_error": None})

    def test_a_mail_in_german_is_seven_bit_and_readable(self):
        server = self.server().start()
        self.have_a_mail_sent(self.instance(server.url), language="de")
        letter = server.wait_for_letter()
        self.assertTrue(letter.bytes.isascii())
        self.assertIn("Passwort", letter.message["Subject"])
        self.assertIn("geändert", letter.message["Subject"])
        self.assertIn("geändert", letter.text)
        self.assertIn("Das warst nicht du?", letter.text)

    def test_a_link_arrives_whole_in_every_language(self):
        server = self.server().start()
        instance = self.instance(server.url)
        link = re.compile(r"http://\S+/#/verify-email\?token=[A-Za-z0-9_-]{43}")
        for language in ("en", "de"):
            server.letters.clear()
            user = instance.add_user("bob-" + language)
            user.ok("PATCH", "/api/users/me", body={"language": language})
            user.ok("PATCH", "/api/users/me", body={"email": f"{language}@new.example",
                                                    "current_password": user.password})
            server.wait_for_letter(2)
            letters = {letter.recipients[0]: letter for letter in server.letters}
            proof = letters[f"{language}@new.example"]
            links = [line for line in proof.text.splitlines() if link.fullmatch(line)]
            self.assertEqual(len(links), 1, proof.text)
            self.assertEqual(links[0].encode() in proof.bytes.splitlines(), language == "en")
            told = letters[user.email]
            self.assertIn(f"{language}@new.example", " ".join(told.text.split()))
            self.assertNotRegex(told.text, link)

    def test_mails_wait_for_a_server_that_is_down_across_a_restart(self):
        server = self.server()
        instance = self.instance(server.url)
        user = self.have_a_mail_sent(instance)
        queue = self.wait_for_error("no connection to the mail server")
        self.assertEqual(queue["waiting"], 1)
        self.assertIsNotNone(queue["oldest_at"])
        instance.restart(kill=True)
        server.start()
        self.assertEqual(server.wait_for_letter().recipients, [user.email])
        self.wait_for_queue(lambda state: state["waiting"] == 0)
        self.assertEqual(len(server.letters), 1)

    def test_what_is_refused_for_now_is_tried_again(self):
        server = self.server().start()
        server.refuse_recipient = ["450 4.2.0 greylisted, come again"]
        server.refuse_mail = ["451 4.3.0 not now"]
        self.have_a_mail_sent(self.instance(server.url))
        self.wait_for_error("450 4.2.0 greylisted")
        self.assertEqual(self.queue()["waiting"], 1)
        server.wait_for_letter()
        self.assertEqual(server.attempts, 3)

    def test_what_is_refused_for_good_is_given_up(self):
        server = self.server().start()
        server.refuse_recipient = ["550 5.1.1 <bob@mail.example>: bob is unknown here"]
        instance = self.instance(server.url)
        self.have_a_mail_sent(instance)
        queue = self.wait_for_error("550 5.1.1")
        self.assertEqual(queue["waiting"], 0)
        line = instance.wait_for_log("a mail was given up")
        self.assertIn("mail.example", line)
        self.assertNotIn("bob", "\n".join(instance.log))
        self.have_a_mail_sent(instance, "carol")
        self.assertEqual(server.wait_for_letter().recipients, ["carol@mail.example"])

    def test_a_text_that_is_refused_is_given_up_and_a_server_that_closes_is_not(self):
        server = self.server().start()
        server.refuse_mail = ["554 5.7.1 we take this for spam"]
        server.refuse_recipient = ["421 4.3.2 closing for tonight"]
        self.have_a_mail_sent(self.instance(server.url))
        self.assertEqual(self.wait_for_error("421 4.3.2 closing")["waiting"], 1)
        self.assertEqual(self.wait_for_error("554 5.7.1 we take this for spam")["waiting"], 0)
        self.assertEqual(server.letters, [])

    def test_a_server_that_hangs_does_not_hold_up_the_end(self):
        with silent_server() as (port, came):
            instance = self.instance(f"smtp://127.0.0.1:{port}")
            self.have_a_mail_sent(instance)
            self.assertTrue(came.wait(30))
            begun = time.monotonic()
            self.assertEqual(instance.stop(), 0)
            self.assertLess(time.monotonic() - begun, 10)
        server = self.server().start()
        instance.settings["mail"]["smtp_url"] = server.url
        instance.start()
        server.wait_for_letter()


class Encryption(MailStory):
    def test_starttls_and_a_log_in(self):
        server = self.server(starttls=self.authority, log_in=("kith", PASSWORD)).start()
        instance = self.instance(server.url, starttls="required", ca_file=str(self.authority.ca_file),
                                 **self.with_log_in())
        self.have_a_mail_sent(instance)
        self.assertTrue(server.wait_for_letter().encrypted)
        self.assertEqual(server.log_ins[0][1:], ("kith", PASSWORD))
        self.assertNotIn(PASSWORD, "\n".join(instance.log))

    def test_tls_from_the_beginning(self):
        server = self.server(tls=self.authority).start()
        self.have_a_mail_sent(self.instance(server.url, ca_file=str(self.authority.ca_file)))
        self.assertTrue(server.wait_for_letter().encrypted)

    def test_starttls_that_is_offered_is_used(self):
        server = self.server(starttls=self.authority).start()
        self.have_a_mail_sent(self.instance(server.url, starttls="optional", ca_file=str(self.authority.ca_file)))
        self.assertTrue(server.wait_for_letter().encrypted)

    def test_a_server_with_a_false_certificate_gets_nothing(self):
        stranger = Authority(self.folder, "stranger")
        other_name = Authority(self.folder, "other name", certified="DNS:mail.example")
        for starttls, certificate, trusted in (("required", stranger, self.authority),
                                               ("optional", stranger, self.authority),
                                               ("required", other_name, other_name)):
            with self.subTest(starttls=starttls, certificate=certificate.certificate.name):
                server = self.server(starttls=certificate, log_in=("kith", PASSWORD)).start()
                self.have_a_mail_sent(self.instance(server.url, starttls=starttls, ca_file=str(trusted.ca_file),
                                                    **self.with_log_in()))
                self.assertEqual(self.wait_for_error("certificate is not of a trusted authority")["waiting"], 1)
                self.assertEqual((server.letters, server.log_ins), ([], []))

    def test_a_server_without_starttls_gets_nothing_where_it_is_required(self):
        server = self.server().start()
        self.have_a_mail_sent(self.instance(server.url, starttls="required"))
        self.assertEqual(self.wait_for_error("offers no STARTTLS")["waiting"], 1)
        self.assertEqual((server.letters, server.attempts), ([], 0))

    def test_a_wrong_password_is_told_and_loses_no_mail(self):
        server = self.server(starttls=self.authority, log_in=("kith", "another password")).start()
        self.have_a_mail_sent(self.instance(server.url, starttls="required", ca_file=str(self.authority.ca_file),
                                            **self.with_log_in()))
        self.assertEqual(self.wait_for_error("refuses the log-in")["waiting"], 1)
        server.log_in = ("kith", PASSWORD)
        server.wait_for_letter()


class Outbox(MailStory):
    def test_without_a_server_mails_are_files_for_the_admin(self):
        instance = self.instance()
        outbox = instance.data / "outbox"
        instance.wait_for_log(f"mails are written to {outbox}: set mail.smtp_url to send them")
        self.have_a_mail_sent(instance, language="de")
        file = until(lambda: next(iter(outbox.glob("*.eml")), None), "a mail in the outbox")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(outbox.stat().st_mode), 0o700)
        self.assertIn("wurde geändert", file.read_text())  # readable as it lies there
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        self.assertEqual(message["To"], "bob@mail.example")
        self.assertIn("wurde geändert", message["Subject"])
        self.wait_for_queue(lambda queue: queue["waiting"] == 0)
        self.assertEqual(self.queue(), {"way": "outbox", "waiting": 0, "oldest_at": None, "last_error": None})


class Configuration(MailStory):
    def test_a_password_that_cannot_be_read_is_told_before_the_start(self):
        instance = Instance(settings={"mail": {"smtp_url": "smtp://127.0.0.1", "user": "kith",
                                               "password_file": str(self.folder / "missing")}})
        self.addCleanup(instance.close)
        for arguments in (("--check-config",), ()):
            answer = instance.command(*arguments, check=False)
            self.assertEqual(answer.returncode, 1)
            self.assertIn(f"mail.password_file: {self.folder / 'missing'} cannot be read", answer.stderr)
        instance.settings["mail"]["password_file"] = str(self.password_file)
        self.assertEqual(instance.command("--check-config").returncode, 0)
        instance.settings["mail"]["ca_file"] = str(self.folder / "no authorities")
        answer = instance.command("--check-config", check=False)
        self.assertEqual(answer.returncode, 1)
        self.assertIn(f"mail.ca_file: {self.folder / 'no authorities'} cannot be read", answer.stderr)

    def test_only_admins_see_the_queue(self):
        instance = self.instance()
        bob = instance.add_user("bob")
        self.assertEqual(bob.get("/api/admin/mail").status, 404)
        self.assertEqual(instance.local.request("GET", "/api/admin/mail").status, 401)


if __name__ == "__main__":
    unittest.main()
