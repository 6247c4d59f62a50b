-- What devices said: every value with its times, quality and the batch it was taken in. Rows are added and never changed or deleted.
-- Times are UTC microseconds, mono_us is the station's monotonic clock. Order is by n, never by a clock.

CREATE TABLE origin (
    station_id TEXT NOT NULL,
    epoch      INTEGER NOT NULL CHECK (epoch >= 1),
    opened_us  INTEGER NOT NULL,
    PRIMARY KEY (epoch)
) STRICT;

CREATE TABLE producer (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    version  TEXT NOT NULL
) STRICT;

CREATE TABLE tag (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    UNIQUE (name, unit)
) STRICT;

CREATE TABLE context (
    id             INTEGER PRIMARY KEY,
    batch_no       TEXT NOT NULL,
    phase          TEXT NOT NULL,
    recipe         TEXT NOT NULL,
    recipe_version TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    UNIQUE (batch_no, phase, recipe, recipe_version, correlation_id)
) STRICT;

CREATE TABLE sample (
    n          INTEGER PRIMARY KEY,
    producer   INTEGER NOT NULL REFERENCES producer (id),
    epoch      INTEGER NOT NULL,
    seq        INTEGER NOT NULL CHECK (seq >= 1),
    tag        INTEGER NOT NULL REFERENCES tag (id),
    time_us    INTEGER NOT NULL,
    source_us  INTEGER,
    server_us  INTEGER,
    recv_us    INTEGER NOT NULL,
    mono_us    INTEGER NOT NULL,
    kind       INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 5),
    value      ANY,
    status     INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4294967295),
    flags      INTEGER NOT NULL,
    context    INTEGER REFERENCES context (id),
    frame      BLOB,
    CHECK ((kind = 0) = (value IS NULL))
) STRICT;
CREATE INDEX sample_tag_time ON sample (tag, time_us);

CREATE TABLE gap (
    n           INTEGER PRIMARY KEY,
    producer    INTEGER NOT NULL REFERENCES producer (id),
    from_us     INTEGER NOT NULL,
    to_us       INTEGER NOT NULL,
    known_lost  INTEGER,
    reason      TEXT NOT NULL,
    recorded_us INTEGER NOT NULL
) STRICT;
CREATE INDEX gap_producer_time ON gap (producer, to_us);

-- How far each consumer has come: everything after last_n waits for it.
CREATE TABLE spool (
    consumer TEXT PRIMARY KEY,
    last_n   INTEGER NOT NULL CHECK (last_n >= 0)
) STRICT;

CREATE TRIGGER sample_no_update BEFORE UPDATE ON sample BEGIN SELECT RAISE(ABORT, 'JOPE-009 sample is append-only'); END;
CREATE TRIGGER sample_no_delete BEFORE DELETE ON sample BEGIN SELECT RAISE(ABORT, 'JOPE-009 sample is append-only'); END;
CREATE TRIGGER gap_no_update BEFORE UPDATE ON gap BEGIN SELECT RAISE(ABORT, 'JOPE-009 gap is append-only'); END;
CREATE TRIGGER gap_no_delete BEFORE DELETE ON gap BEGIN SELECT RAISE(ABORT, 'JOPE-009 gap is append-only'); END;
CREATE TRIGGER context_no_update BEFORE UPDATE ON context BEGIN SELECT RAISE(ABORT, 'JOPE-009 context is append-only'); END;
CREATE TRIGGER context_no_delete BEFORE DELETE ON context BEGIN SELECT RAISE(ABORT, 'JOPE-009 context is append-only'); END;
CREATE TRIGGER tag_no_update BEFORE UPDATE ON tag BEGIN SELECT RAISE(ABORT, 'JOPE-009 tag is append-only'); END;
CREATE TRIGGER tag_no_delete BEFORE DELETE ON tag BEGIN SELECT RAISE(ABORT, 'JOPE-009 tag is append-only'); END;
CREATE TRIGGER producer_no_delete BEFORE DELETE ON producer BEGIN SELECT RAISE(ABORT, 'JOPE-009 producer is append-only'); END;
CREATE TRIGGER spool_forward BEFORE UPDATE ON spool WHEN NEW.last_n < OLD.last_n OR NEW.consumer <> OLD.consumer
BEGIN SELECT RAISE(ABORT, 'JOPE-009 a spool goes forward only'); END;
