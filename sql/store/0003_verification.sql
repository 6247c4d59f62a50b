-- Jope store, revision 0003: how far the trail was verified, when, why, and with what result.

CREATE TABLE verification_run (
    id        TEXT PRIMARY KEY,
    full      INTEGER NOT NULL CHECK (full IN (0, 1)),
    cause     TEXT NOT NULL CHECK (cause IN ('start', 'nightly', 'demand')),
    begun_us  INTEGER NOT NULL,
    ended_us  INTEGER,
    verdict   TEXT NOT NULL CHECK (verdict IN ('', 'ok', 'findings', 'cancelled', 'failed')),
    findings  INTEGER NOT NULL CHECK (findings >= 0),
    head_seq  INTEGER NOT NULL CHECK (head_seq >= 0),
    head_hash TEXT NOT NULL,
    root      TEXT NOT NULL,
    layers    TEXT NOT NULL CHECK (json_valid(layers)),
    version   INTEGER NOT NULL,
    CHECK ((ended_us IS NULL) = (verdict = '')),
    CHECK (verdict <> 'ok' OR (findings = 0 AND head_seq > 0 AND length(head_hash) = 64 AND length(root) = 64)),
    CHECK (verdict <> 'findings' OR findings > 0),
    CHECK (full = 1 OR cause = 'start')
) STRICT;
CREATE INDEX verification_run_by_end ON verification_run (verdict, ended_us);
CREATE TRIGGER verification_run_ended BEFORE UPDATE ON verification_run
WHEN OLD.ended_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 verification_run: a result is final'); END;
CREATE TRIGGER verification_run_no_delete BEFORE DELETE ON verification_run
BEGIN SELECT RAISE(ABORT, 'JOPE-009 verification_run is regulated: rows are never deleted'); END;
