"""Somebody else's program that alerts are told to."""

import http.server
import json
import threading

from kith_instance import until


class Webhook:
    """Keeps what it was told, in order. `status` is what it answers; with `hang` set it answers only at the end."""

    def __init__(self, port=0, status=204, headers=None, path="/hooks/of-the-household", hang=False,
                 tls=None):
        self.calls, self.status, self.headers, self.path = [], status, headers or {}, path
        self.asked, self.over = threading.Event(), threading.Event()
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(handler):  # pylint: disable=no-self-argument
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                webhook.asked.set()
                if hang:
                    webhook.over.wait(60)
                    return
                webhook.calls.append({"path": handler.path, "type": handler.headers["Content-Type"],
                                      "said": json.loads(body)})
                handler.send_response(webhook.status)
                for name, value in webhook.headers.items():
                    handler.send_header(name, value)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.scheme = "https" if tls else "http"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}{self.path}"

    def said(self, kind=None):
        return [call["said"] for call in self.calls if kind in (None, call["said"]["kind"])]

    def wait_for(self, kind, about=None):
        """The first time it was told of that."""
        return until(lambda: next((s for s in self.said(kind) if about in (None, s["about"])), None),
                     lambda: f"{kind} about {about} among {self.said()}")

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
