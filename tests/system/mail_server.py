"""A mail server for stories: aiosmtpd (Debian's python3-aiosmtpd) on loopback, with what it was sent."""

import contextlib
import email
import email.policy
import logging
import socket
import ssl
import subprocess
import threading
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from kith_instance import free_port, until


class Authority:
    """A certificate authority of a test's own, and a certificate by it for 127.0.0.1 or another name."""

    def __init__(self, folder, name="authority", certified="IP:127.0.0.1"):
        self.ca_file, self.certificate, self.key = (folder / f"{name}-{part}.pem" for part in ("ca", "cert", "key"))
        ca_key, request, extensions = (folder / f"{name}-{part}" for part in ("ca.key", "csr", "ext"))
        extensions.write_text(f"subjectAltName={certified}\n")
        make_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self.openssl("req", "-x509", *make_key, "-keyout", ca_key, "-out", self.ca_file, "-subj", f"/CN={name}",
                     "-days", "2")
        self.openssl("req", *make_key, "-keyout", self.key, "-out", request, "-subj", "/CN=mail server")
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca_file, "-CAkey", ca_key, "-CAcreateserial",
                     "-extfile", extensions, "-days", "2", "-out", self.certificate)

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # broken handshakes are what some stories are about
warnings.filterwarnings("ignore", module="aiosmtpd")


class Letter:
    """One mail as the server took it."""

    def __init__(self, envelope, session, encrypted):
        self.sender, self.recipients, self.encrypted = envelope.mail_from, envelope.rcpt_tos, encrypted
        self.greeted_as = session.host_name
        self.bytes = envelope.original_content
        self.message = email.message_from_bytes(self.bytes, policy=email.policy.default)

    @property
    def text(self):
        return self.message.get_content()


class MailServer:
    """start() and stop() as often as a test likes. `refuse_recipient` and `refuse_mail` hold answers, each given once."""

    def __init__(self, starttls=None, tls=None, log_in=None, port=None):
        self.port, self.starttls, self.tls, self.log_in = port or free_port(), starttls, tls, log_in
        self.letters, self.attempts, self.log_ins = [], 0, []
        self.refuse_recipient, self.refuse_mail = [], []
        self.controller = None

    # What aiosmtpd calls.
    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        self.attempts += 1
        if self.refuse_recipient:
            return self.refuse_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        if self.refuse_mail:
            return self.refuse_mail.pop(0)
        self.letters.append(Letter(envelope, session, session.ssl is not None or self.tls is not None))
        return "250 OK"

    def authenticate(self, _server, _session, _envelope, mechanism, data):
        given = (data.login.decode(), data.password.decode())
        self.log_ins.append((mechanism, *given))
        return AuthResult(success=given == self.log_in, handled=False)

    def start(self):
        options = {}
        if self.starttls:
            options.update(tls_context=self.starttls.server_context(), require_starttls=True)
        if self.log_in:
            options.update(authenticator=self.authenticate, auth_required=True, auth_require_tls=self.tls is None)
        if self.tls:
            options.update(ssl_context=self.tls.server_context())
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
        self.controller = None

    @property
    def url(self):
        return f"{'smtps' if self.tls else 'smtp'}://127.0.0.1:{self.port}"

    def wait_for_letter(self, number=1, seconds=30):
        until(lambda: len(self.letters) >= number, lambda: f"{number} letters; {len(self.letters)} came", seconds)
        return self.letters[number - 1]


@contextlib.contextmanager
def silent_server():
    """Takes connections and never says a word. Its port, and an event that is set once somebody came."""
    came, kept = threading.Event(), []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def accept():
            with contextlib.suppress(OSError):
                while True:
                    kept.append(listener.accept()[0])
                    came.set()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1], came
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in kept:
        connection.close()
