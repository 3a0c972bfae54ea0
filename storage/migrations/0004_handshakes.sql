-- Handshakes, the connections they become, and invites (federation/PROTOCOL.md, "Handshake", "Rules").

-- One row from the first message to long after the end. `state` is what people see; `phase` is the last step that both
-- the protocol and this side have behind them:
--   asked      (initiator) init not answered yet        crossed    (initiator) answered crossed; theirs is to come
--   answered   init answered; people decide             decided    (responder) exchange, or the refusal, to deliver
--   exchanged  both have the permanent keys and words   verified   verify answered
--   completed  established                              ended      a tombstone: known bytes are answered, others 410
-- A hidden row is shown to nobody: a fake pending for somebody who isn't here (local_user NULL), or a handshake in
-- whose place another went on (successor).
CREATE TABLE connections (
  id                  TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  role                TEXT NOT NULL CHECK (role IN ('initiator', 'responder')),
  state               TEXT NOT NULL CHECK (state IN ('pending_out', 'pending_in', 'exchanging', 'verifying',
                                                     'established', 'rejected', 'revoked', 'failed')),
  phase               TEXT NOT NULL CHECK (phase IN ('asked', 'crossed', 'answered', 'decided', 'exchanged', 'verified',
                                                     'completed', 'ended')),
  hidden              INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
  successor           TEXT CHECK (length(successor) = 26),
  reason              TEXT NOT NULL DEFAULT '',                      -- why it ended
  initiator_key       BLOB NOT NULL CHECK (length(initiator_key) = 32),  -- the initiator's instance key
  handshake_id        BLOB NOT NULL CHECK (length(handshake_id) = 16),
  local_user          TEXT REFERENCES users (id) ON DELETE SET NULL,
  local_address       TEXT NOT NULL,
  peer_user           TEXT REFERENCES users (id) ON DELETE SET NULL,  -- the row with is_local = 0, once established
  peer_address        TEXT NOT NULL,
  peer_domain         TEXT NOT NULL GENERATED ALWAYS AS (substr(peer_address, instr(peer_address, '@') + 1)) VIRTUAL,
  peer_instance_key   BLOB CHECK (length(peer_instance_key) = 32),
  expected_key        TEXT NOT NULL DEFAULT '',                      -- (initiator) fingerprint of the invite used
  purpose             TEXT NOT NULL,
  delivery            TEXT NOT NULL CHECK (delivery IN ('push', 'poll')),  -- the initiator's
  temporary_key       BLOB CHECK (length(temporary_key) = 32),       -- public half of the initiator's
  invite_id           BLOB CHECK (length(invite_id) = 16),           -- used here or, for the responder, given here
  invite_use          TEXT NOT NULL DEFAULT 'none' CHECK (invite_use IN ('none', 'reserved', 'spent')),
  source              TEXT NOT NULL DEFAULT '',                      -- (responder) the network it came from, for limits
  privileged          INTEGER NOT NULL DEFAULT 0 CHECK (privileged IN (0, 1)),
  approval            TEXT NOT NULL DEFAULT '' CHECK (approval IN ('', 'approved', 'rejected')),
  -- (responder) discovery after the decision: 0 not yet, 1 nobody there (poll only), 2 the same key
  peer_checked        INTEGER NOT NULL DEFAULT 0 CHECK (peer_checked BETWEEN 0 AND 2),
  over_https          INTEGER NOT NULL DEFAULT 0 CHECK (over_https IN (0, 1)),
  verified            INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
  words               TEXT NOT NULL DEFAULT '',
  wire_id             BLOB CHECK (length(wire_id) = 16),
  own_epoch           INTEGER NOT NULL DEFAULT 0 CHECK (own_epoch >= 0),   -- signs; the newest the peer surely has
  peer_epoch          INTEGER NOT NULL DEFAULT 0 CHECK (peer_epoch >= 0),
  created_at          INTEGER NOT NULL,
  updated_at          INTEGER NOT NULL,
  established_at      INTEGER,
  deadline            INTEGER,  -- unfinished: when it fails; ended: when the row is forgotten; established: NULL
  UNIQUE (initiator_key, handshake_id),
  CHECK ((state = 'established') = (phase = 'completed')),
  CHECK (state <> 'established' OR (wire_id IS NOT NULL AND established_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX connections_by_wire_id ON connections (wire_id) WHERE wire_id IS NOT NULL;
CREATE UNIQUE INDEX connections_active_pair ON connections (local_address, peer_address) WHERE state = 'established';
CREATE INDEX connections_by_handshake ON connections (handshake_id);
CREATE INDEX connections_by_pair ON connections (local_address, peer_address);
CREATE INDEX connections_by_user ON connections (local_user, id) WHERE hidden = 0;
CREATE INDEX connections_by_deadline ON connections (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX connections_by_peer_domain ON connections (peer_domain) WHERE phase <> 'ended';
-- For the limits on what strangers make: rows of a source by age, and rows that never became a connection.
CREATE INDEX connections_by_source ON connections (source, created_at) WHERE role = 'responder';
CREATE INDEX connections_never_established ON connections (created_at)
  WHERE role = 'responder' AND phase = 'ended' AND established_at IS NULL;
CREATE INDEX connections_undecided ON connections (local_address, created_at) WHERE state = 'pending_in';

-- The exact bytes of each step, so that the same message gets the same answer. Requests of the peer are kept as hash.
CREATE TABLE handshake_steps (
  connection_id     TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  step              TEXT NOT NULL CHECK (step IN ('init', 'exchange', 'verify', 'complete', 'rotate', 'rotated')),
  request_hash      BLOB NOT NULL CHECK (length(request_hash) = 32),
  request           TEXT CHECK (length(request) <= 65536),   -- our own
  request_signature BLOB CHECK (length(request_signature) = 64),
  answer            TEXT CHECK (length(answer) <= 65536),
  answer_signature  BLOB CHECK (length(answer_signature) = 64),
  PRIMARY KEY (connection_id, step)
) STRICT, WITHOUT ROWID;

-- Sealed under purpose 'handshake <name>', id the connection's: 'state' is what the phase needs
-- (federation/handshake_state.hpp), 'invite' the secret of the invite an initiator uses. Gone as soon as the
-- protocol says.
CREATE TABLE handshake_secrets (
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  name          TEXT NOT NULL,
  sealed        BLOB NOT NULL CHECK (length(sealed) <= 4096),
  PRIMARY KEY (connection_id, name)
) STRICT, WITHOUT ROWID;

-- Permanent keys by epoch. Own private halves are sealed under purpose 'permanent keys', id '<connection>/<epoch>'.
CREATE TABLE connection_keys (
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  side          TEXT NOT NULL CHECK (side IN ('own', 'peer')),
  epoch         INTEGER NOT NULL CHECK (epoch >= 0),
  sign_key      BLOB NOT NULL CHECK (length(sign_key) = 32),
  box_key       BLOB NOT NULL CHECK (length(box_key) = 32),
  sealed        BLOB,
  PRIMARY KEY (connection_id, side, epoch),
  CHECK ((side = 'own') = (sealed IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- The story of a connection, one line for each step.
CREATE TABLE connection_timeline (
  connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  step          TEXT NOT NULL CHECK (length(step) <= 32),
  at            INTEGER NOT NULL,
  done          INTEGER NOT NULL CHECK (done IN (0, 1)),
  attempts      INTEGER NOT NULL,
  error_code    TEXT NOT NULL DEFAULT '',
  error_detail  TEXT NOT NULL DEFAULT '' CHECK (length(error_detail) <= 500),
  first_at      INTEGER NOT NULL,
  PRIMARY KEY (connection_id, step)
) STRICT, WITHOUT ROWID;

-- Links users handed out. The secret is sealed under purpose 'invite', id the invite's in hexadecimal.
CREATE TABLE invites (
  id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sealed     BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  uses       INTEGER NOT NULL CHECK (uses BETWEEN 1 AND 100),
  reserved   INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  spent      INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
  removed    INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  CHECK (reserved + spent <= uses)
) STRICT, WITHOUT ROWID;
CREATE INDEX invites_by_user ON invites (user_id, created_at);

-- What this instance still has to tell others.
CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- never a second time: a task may run while its row is replaced
  kind       TEXT NOT NULL CHECK (length(kind) <= 32),
  subject    TEXT NOT NULL CHECK (length(subject) <= 320),
  payload    TEXT NOT NULL CHECK (length(payload) <= 65536),
  due_at     INTEGER,  -- NULL: parked until somebody hurries it
  attempts   INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  generation INTEGER NOT NULL DEFAULT 0,  -- grows when a task is added again while it runs
  created_at INTEGER NOT NULL,
  UNIQUE (kind, subject)
) STRICT;
CREATE INDEX outbox_by_due ON outbox (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_by_subject ON outbox (subject);
