"""Makes many assets of one user out of one they have, straight in the database of a stopped kithd.

    seed_assets.py DATABASE OWNER_ID NAME COUNT [HOURS]

Each is called "<number> of <COUNT>.<ending of NAME>", the last one is the newest, and all have the content of NAME.
They came at the same moment, or HOURS after each other.
"""

import sqlite3
import sys

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".lower()


def ulid(milliseconds, number):
    value = (milliseconds << 80) | number
    return "".join(DIGITS[(value >> (5 * place)) & 31] for place in reversed(range(26)))


def main():
    database, owner, name, count = sys.argv[1:5]
    count = int(count)
    apart = int(sys.argv[5]) * 3_600_000 if len(sys.argv) > 5 else 0
    ending = name.rpartition(".")[2]
    connection = sqlite3.connect(database)
    with connection:
        find = "SELECT a.kind, a.created_at, v.digest, v.size, v.media_type FROM assets a JOIN asset_versions v ON v.asset = a.id"
        kind, created, digest, size, media_type = connection.execute(find + " WHERE a.owner = ? AND a.name = ?", (owner, name)).fetchone()
        first = 0  # the very first moment: below every id that kithd makes
        ids = [ulid(first, number) for number in range(1, count + 1)]
        times = [created - (count - number) * apart for number in range(1, count + 1)]
        names = [f"{number} of {count}.{ending}" for number in range(1, count + 1)]
        connection.executemany(
            "INSERT INTO assets (id, owner, name, name_folded, kind, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
            [(one, owner, called, called, kind, at, at) for one, called, at in zip(ids, names, times)])
        connection.executemany(
            "INSERT INTO asset_versions (asset, number, owner, digest, size, media_type, created_at) VALUES (?, 1, ?, ?, ?, ?, ?)",
            [(one, owner, digest, size, media_type, at) for one, at in zip(ids, times)])
    connection.close()


main()
