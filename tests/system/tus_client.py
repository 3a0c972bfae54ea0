"""What a tus 1.0.0 client says, kept apart from when it says it: requests of one user to resumable uploads."""

import base64
import hashlib

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def metadata(**values):
    """Upload-Metadata; a value of None stands for a key alone."""
    return ",".join(key if value is None else
                    f"{key} {base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()}"
                    for key, value in values.items())


def checksum(content, algorithm="sha256"):
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def creation_headers(name, size, headers=None):
    return {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(filename=name), **(headers or {})}


def append_headers(offset, headers=None):
    return {**TUS, **BYTES, "Upload-Offset": str(offset), **(headers or {})}


def create(user, name, size, body=None, headers=None):
    """The answer to a creation, whatever it is."""
    kind = BYTES if body is not None else {}
    return user.request("POST", "/api/uploads", body, {**creation_headers(name, size), **kind, **(headers or {})})


def begin(user, name, size):
    """The path of a new upload."""
    answer = create(user, name, size)
    if answer.status != 201:
        raise RuntimeError(f"creation of {name}: {answer}")
    return answer.headers["location"]


def append(user, path, offset, content, headers=None):
    return user.request("PATCH", path, content, append_headers(offset, headers))


def look(user, path):
    return user.request("HEAD", path, headers=TUS)


def offset_of(user, path):
    answer = look(user, path)
    if answer.status != 200:
        raise RuntimeError(f"HEAD {path}: {answer.status}")
    return int(answer.headers["upload-offset"])
