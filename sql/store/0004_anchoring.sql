-- Jope store, revision 0004: cosignatures that witnesses gave to checkpoints. They belong to the ledger and are append-only.

-- One signature line of a witness over the note of `size` (C2SP tlog-cosignature), with the witness's own time in POSIX seconds.
-- The event log.anchored that was written with it carries the same line.
CREATE TABLE cosignature (
    size    INTEGER NOT NULL REFERENCES checkpoint (size),
    witness TEXT NOT NULL,
    posix   INTEGER NOT NULL CHECK (posix > 0),
    line    TEXT NOT NULL,
    PRIMARY KEY (size, witness, posix)
) STRICT;
CREATE INDEX cosignature_by_witness ON cosignature (witness, size);
CREATE TRIGGER cosignature_no_update BEFORE UPDATE ON cosignature
BEGIN SELECT RAISE(ABORT, 'JOPE-009 cosignature is append-only'); END;
CREATE TRIGGER cosignature_no_delete BEFORE DELETE ON cosignature
BEGIN SELECT RAISE(ABORT, 'JOPE-009 cosignature is append-only'); END;
