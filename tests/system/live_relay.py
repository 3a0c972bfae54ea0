"""A hostile relay between a receiver and the daemon: speaks HTTP to both and rewrites what it carries."""

import http.client
import http.server
import json
import threading

END = object()  # instead of a chunk: the body ends here, cleanly


class Tricks:
    """What a relay does to what passes. Here: nothing. `done` counts what was rewritten; a trick that never came into
    play proves nothing."""

    def __init__(self):
        self.done = 0

    def path(self, path):
        """Where a call goes."""
        return path

    def asked(self, path, body):
        """The body (a dict) of a call with JSON."""
        return body

    def answered(self, body):
        """The body (a dict) of an answer with JSON."""
        return body

    def line(self, line):
        """A line of the receiver's stream that isn't a chunk's."""
        return line

    def chunk(self, number, sealed):
        """What comes in the place of a chunk: a list of (number, bytes), with END at its end or not."""
        return [(number, sealed)]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, block_on_close = True, False

    def handle_error(self, *_):
        """Whoever finds out goes without a word."""


class Relay:
    """Listens on `port` and passes on to the port `target`, with the tricks of the moment."""

    def __init__(self, target=None):
        self.target, self.tricks = target, Tricks()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.relay = self
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20

    def log_message(self, *_):
        pass

    def carry(self):
        tricks = self.server.relay.tricks
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if body and "json" in self.headers.get("Content-Type", ""):
            body = json.dumps(tricks.asked(self.path, json.loads(body))).encode()
        far = http.client.HTTPConnection("127.0.0.1", self.server.relay.target, timeout=60)
        try:
            passed = {name: value for name, value in self.headers.items()
                      if name.lower() not in ("content-length", "connection", "expect")}
            far.request(self.command, tricks.path(self.path), body or None, passed)
            self.pass_back(tricks, far.getresponse())
            self.wfile.flush()
        except (OSError, http.client.HTTPException):
            self.close_connection = True
        finally:
            far.close()

    do_GET = do_POST = do_PUT = do_DELETE = carry  # noqa: N815

    def pass_back(self, tricks, response):
        kind = response.getheader("Content-Type", "")
        if "vnd.kith.live" in kind:
            self.head(response, {"Transfer-Encoding": "chunked"})
            self.wfile.flush()
            self.pass_stream(tricks, response)
            self.wfile.write(b"0\r\n\r\n")
            return
        body = response.read()
        if body and "json" in kind:
            body = json.dumps(tricks.answered(json.loads(body))).encode()
        self.head(response, {} if response.status == 204 else {"Content-Length": len(body)})
        self.wfile.write(body)

    def head(self, response, more):
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        for name, value in more.items():
            self.send_header(name, str(value))
        self.end_headers()

    def give(self, data):
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def pass_stream(self, tricks, response):
        while line := response.readline():
            told = json.loads(line) if line.strip() else None
            if told is None:
                self.give(line)
            elif "chunk" in told:
                for piece in tricks.chunk(told["chunk"], response.read(told["bytes"])):
                    if piece is END:
                        return
                    number, sealed = piece
                    self.give(json.dumps({"chunk": number, "bytes": len(sealed)}).encode() + b"\n" + sealed)
            else:
                self.give(json.dumps(tricks.line(told)).encode() + b"\n")
