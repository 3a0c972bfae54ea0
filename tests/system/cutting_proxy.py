"""A TCP proxy between two instances: passes bytes on, and cuts, changes or records them as a test asks."""

import contextlib
import select
import socket
import threading

PIECE = 65536


class CuttingProxy:
    """Listens on `port`; every connection is passed on to the port `target`. Settings may change while it runs.

    cut_every: a connection ends (with a reset) once so many bytes have come back from the target.
    flip_at: one bit is changed in that byte (counted over a connection) of what comes back.
    refuses: new connections are closed at once.
    capture: a bytearray, to record what passes in both directions.
    tls: a server's context, to end TLS here and pass on plain bytes.
    """

    def __init__(self, target=None, tls=None):
        self.target, self.tls = target, tls
        self.cut_every = self.flip_at = self.capture = None
        self.refuses = False
        self.cuts = self.flips = 0
        self.lock = threading.Lock()
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        shut(self.listener)
        self.listener.close()
        self.cut_all()

    def cut_all(self):
        """Ends everything that runs right now."""
        with self.lock:
            for end in self.open:
                shut(end)

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(near,), daemon=True).start()

    def serve(self, near):
        # A reset at the end, as a link that broke gives.
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        far = None
        try:
            if self.refuses:
                return
            if self.tls:
                near = self.tls.wrap_socket(near, server_side=True)
            far = socket.create_connection(("127.0.0.1", self.target))
            with self.lock:
                self.open |= {near, far}
            self.pass_on(near, far)
        except OSError:
            pass
        finally:
            with self.lock:
                self.open -= {near, far}
            for end in (near, far):
                if end:
                    end.close()

    def pass_on(self, near, far):
        """One thread for both directions: a TLS socket bears no more."""
        answered = 0
        while True:
            waiting = [near] if self.tls and near.pending() else select.select([near, far], [], [])[0]
            for source, sink in ((near, far), (far, near)):
                if source not in waiting:
                    continue
                piece = source.recv(PIECE)
                if not piece:
                    return
                if source is far:
                    piece = self.spoil(piece, answered)
                    answered += len(piece)
                if self.capture is not None:
                    with self.lock:
                        self.capture += piece
                sink.sendall(piece)
                if self.cut_every and answered >= self.cut_every:
                    self.cuts += 1
                    return

    def spoil(self, piece, passed):
        flip_at = self.flip_at
        if flip_at is None or not passed <= flip_at < passed + len(piece):
            return piece
        changed = bytearray(piece)
        changed[flip_at - passed] ^= 0x10
        self.flips += 1
        return bytes(changed)


def shut(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
