-- Jope store, revision 0002: the Merkle tree over the trail, and its checkpoints. Both belong to the ledger and are append-only.

-- The root over leaves (n - 1) * 256 + 1 to n * 256 (RFC 6962). It follows from the leaves; a start reads it instead of them.
CREATE TABLE audit_tile (
    n    INTEGER PRIMARY KEY CHECK (n >= 1),
    root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;
CREATE TRIGGER audit_tile_contiguous BEFORE INSERT ON audit_tile
WHEN NEW.n <> coalesce((SELECT max(n) FROM audit_tile), 0) + 1
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_tile: tiles have no gaps'); END;
CREATE TRIGGER audit_tile_no_update BEFORE UPDATE ON audit_tile
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_tile is append-only'); END;
CREATE TRIGGER audit_tile_no_delete BEFORE DELETE ON audit_tile
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_tile is append-only'); END;

-- A signed note over the first `size` events (C2SP tlog-checkpoint). Event `size` is the log.heartbeat that it was made with.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY REFERENCES audit (seq),
    note TEXT NOT NULL
) STRICT;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'JOPE-009 checkpoint is append-only'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'JOPE-009 checkpoint is append-only'); END;
