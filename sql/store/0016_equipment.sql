-- Jope store, revision 0016: equipment with its status, its cleaning and maintenance, and what its logbook is read from (21 CFR 211.67, 211.182).

CREATE TABLE equipment (
    equipment_id      TEXT PRIMARY KEY CHECK (length(equipment_id) BETWEEN 1 AND 40),
    line              TEXT NOT NULL CHECK (length(line) > 0),
    title             TEXT NOT NULL CHECK (length(title) > 0),
    kind              TEXT NOT NULL CHECK (kind IN ('mixer', 'vessel', 'booth', 'filler', 'scale', 'other')),
    device_id         TEXT UNIQUE REFERENCES device (device_id),
    needed_for        TEXT NOT NULL CHECK (needed_for IN ('batch', 'weighing', 'none')),
    clean_hold_hours  INTEGER NOT NULL CHECK (clean_hold_hours BETWEEN 1 AND 8784),
    dirty_hold_hours  INTEGER NOT NULL CHECK (dirty_hold_hours BETWEEN 1 AND 8784),
    procedure         TEXT NOT NULL CHECK (length(procedure) > 0),
    procedure_version TEXT NOT NULL CHECK (length(procedure_version) > 0),
    state             TEXT NOT NULL CHECK (state IN ('Clean', 'InUse', 'Dirty', 'BeingCleaned', 'ToCheck', 'InMaintenance')),
    dirty_us          INTEGER,
    batch_no          TEXT REFERENCES batch (batch_no),
    cleaning_id       TEXT,
    cleaning_state    TEXT,
    retired_us        INTEGER,
    version           INTEGER NOT NULL,
    CHECK ((state = 'InUse') = (batch_no IS NOT NULL)),
    CHECK ((state IN ('Clean', 'InUse')) = (dirty_us IS NULL) OR state IN ('BeingCleaned', 'ToCheck', 'InMaintenance')),
    CHECK ((cleaning_id IS NULL) = (cleaning_state IS NULL)),
    -- Nothing is clean whose cleaning another person has not checked: the reference below leads to that very cleaning in that very state.
    CHECK ((state IN ('Clean', 'InUse')) = (cleaning_state IS NOT NULL AND cleaning_state = 'checked')),
    CHECK ((state = 'ToCheck') = (cleaning_state IS NOT NULL AND cleaning_state = 'performed')),
    CHECK ((state = 'BeingCleaned') = (cleaning_state IS NOT NULL AND cleaning_state = 'open')),
    FOREIGN KEY (cleaning_id, equipment_id, cleaning_state) REFERENCES cleaning (id, equipment_id, state) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX equipment_line ON equipment (line);
CREATE TRIGGER equipment_stays BEFORE UPDATE ON equipment
WHEN NEW.equipment_id <> OLD.equipment_id OR NEW.line <> OLD.line OR NEW.kind <> OLD.kind OR NEW.device_id IS NOT OLD.device_id OR OLD.retired_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment: a unit stays what and where it is, and what was retired stays so'); END;
CREATE TRIGGER equipment_no_delete BEFORE DELETE ON equipment
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment is regulated: rows are never deleted'); END;

-- A cleaning: begun and performed by one person, checked by another. 'dirty_us' is since when the unit was dirty, empty where it was cleaned again.
CREATE TABLE cleaning (
    id                TEXT PRIMARY KEY,
    equipment_id      TEXT NOT NULL REFERENCES equipment (equipment_id),
    procedure         TEXT NOT NULL,
    procedure_version TEXT NOT NULL,
    agent             TEXT NOT NULL,
    previous_product  TEXT NOT NULL,
    previous_lot      TEXT NOT NULL,
    dirty_us          INTEGER,
    begun_by          TEXT NOT NULL REFERENCES user_account (employee_id),
    begun_us          INTEGER NOT NULL,
    ended_us          INTEGER,
    reason            TEXT NOT NULL,
    clean_hold_hours  INTEGER NOT NULL CHECK (clean_hold_hours BETWEEN 1 AND 8784),
    state             TEXT NOT NULL CHECK (state IN ('open', 'performed', 'checked', 'refused')),
    checked_us        INTEGER,
    refused_by        TEXT REFERENCES user_account (employee_id),
    refused_us        INTEGER,
    refusal           TEXT NOT NULL,
    performed_signature TEXT, performed_signer TEXT, performed_meaning TEXT, performed_version INTEGER,
    verified_signature TEXT, verified_signer TEXT, verified_meaning TEXT, verified_version INTEGER,
    version           INTEGER NOT NULL,
    UNIQUE (id, equipment_id, state),
    CHECK (state <> 'open' OR performed_signature IS NULL),
    CHECK (state NOT IN ('performed', 'checked') OR performed_signature IS NOT NULL),
    CHECK ((performed_signature IS NULL) = (ended_us IS NULL)),
    CHECK ((state = 'checked') = (verified_signature IS NOT NULL)),
    CHECK ((state = 'checked') = (checked_us IS NOT NULL)),
    CHECK ((state = 'refused') = (refused_us IS NOT NULL) AND (state = 'refused') = (refused_by IS NOT NULL) AND (state = 'refused') = (refusal <> '')),
    CHECK (performed_signature IS NULL OR (procedure <> '' AND procedure_version <> '' AND agent <> '')),
    CHECK (performed_meaning = 'performed'),
    CHECK (verified_meaning = 'verified'),
    CHECK (performed_signer = begun_by),
    CHECK (verified_signer <> performed_signer),
    CHECK (ended_us IS NULL OR ended_us >= begun_us),
    CHECK ((performed_signature IS NULL) = (performed_signer IS NULL) AND (performed_signature IS NULL) = (performed_meaning IS NULL) AND (performed_signature IS NULL) = (performed_version IS NULL)),
    CHECK ((verified_signature IS NULL) = (verified_signer IS NULL) AND (verified_signature IS NULL) = (verified_meaning IS NULL) AND (verified_signature IS NULL) = (verified_version IS NULL)),
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (verified_signature, verified_signer, verified_meaning, verified_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX cleaning_equipment ON cleaning (equipment_id, begun_us);
CREATE UNIQUE INDEX cleaning_one_at_a_time ON cleaning (equipment_id) WHERE state IN ('open', 'performed');
CREATE TRIGGER cleaning_final BEFORE UPDATE ON cleaning
WHEN OLD.state IN ('checked', 'refused') OR NEW.id <> OLD.id OR NEW.equipment_id <> OLD.equipment_id OR NEW.begun_by <> OLD.begun_by OR NEW.begun_us <> OLD.begun_us
    OR NEW.dirty_us IS NOT OLD.dirty_us OR NEW.previous_product <> OLD.previous_product OR NEW.previous_lot <> OLD.previous_lot
    OR (OLD.state = 'performed' AND (NEW.procedure <> OLD.procedure OR NEW.procedure_version <> OLD.procedure_version OR NEW.agent <> OLD.agent
        OR NEW.ended_us IS NOT OLD.ended_us OR NEW.reason <> OLD.reason OR NEW.state = 'open'))
BEGIN SELECT RAISE(ABORT, 'JOPE-009 cleaning: what was done and signed is final'); END;
CREATE TRIGGER cleaning_no_delete BEFORE DELETE ON cleaning
BEGIN SELECT RAISE(ABORT, 'JOPE-009 cleaning is regulated: rows are never deleted'); END;

-- What a batch used, and the checked cleaning that the unit had when it was taken into use.
CREATE TABLE equipment_use (
    id             TEXT PRIMARY KEY,
    equipment_id   TEXT NOT NULL REFERENCES equipment (equipment_id),
    batch_no       TEXT NOT NULL REFERENCES batch (batch_no),
    product        TEXT NOT NULL,
    product_lot    TEXT NOT NULL,
    cleaning_id    TEXT NOT NULL,
    cleaning_state TEXT NOT NULL CHECK (cleaning_state = 'checked'),
    clean_until_us INTEGER NOT NULL,
    started_by     TEXT NOT NULL REFERENCES user_account (employee_id),
    started_us     INTEGER NOT NULL,
    ended_by       TEXT REFERENCES user_account (employee_id),
    ended_us       INTEGER,
    ended_as       TEXT NOT NULL CHECK (ended_as IN ('', 'completed', 'maintenance')),
    version        INTEGER NOT NULL,
    CHECK (started_us < clean_until_us),
    CHECK ((ended_us IS NULL) = (ended_by IS NULL) AND (ended_us IS NULL) = (ended_as = '')),
    FOREIGN KEY (cleaning_id, equipment_id, cleaning_state) REFERENCES cleaning (id, equipment_id, state) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX equipment_use_batch ON equipment_use (batch_no);
CREATE INDEX equipment_use_equipment ON equipment_use (equipment_id, started_us);
-- One batch at a time, and no cleaning is good for two uses.
CREATE UNIQUE INDEX equipment_use_one_open ON equipment_use (equipment_id) WHERE ended_us IS NULL;
CREATE UNIQUE INDEX equipment_use_one_cleaning ON equipment_use (cleaning_id);
CREATE TRIGGER equipment_use_final BEFORE UPDATE ON equipment_use
WHEN OLD.ended_us IS NOT NULL OR NEW.id <> OLD.id OR NEW.equipment_id <> OLD.equipment_id OR NEW.batch_no <> OLD.batch_no OR NEW.cleaning_id <> OLD.cleaning_id
    OR NEW.started_us <> OLD.started_us OR NEW.started_by <> OLD.started_by OR NEW.product <> OLD.product OR NEW.product_lot <> OLD.product_lot
    OR NEW.clean_until_us <> OLD.clean_until_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment_use: what was used stays as it was'); END;
CREATE TRIGGER equipment_use_no_delete BEFORE DELETE ON equipment_use
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment_use is regulated: rows are never deleted'); END;

-- Taken out by one person at once ('performed_by'), returned by another with a signature.
CREATE TABLE equipment_maintenance (
    id           TEXT PRIMARY KEY,
    equipment_id TEXT NOT NULL REFERENCES equipment (equipment_id),
    reason       TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    performed_by TEXT NOT NULL REFERENCES user_account (employee_id),
    begun_us     INTEGER NOT NULL,
    work         TEXT NOT NULL,
    ended_us     INTEGER,
    verified_signature TEXT, verified_signer TEXT, verified_meaning TEXT, verified_version INTEGER,
    version      INTEGER NOT NULL,
    CHECK ((ended_us IS NULL) = (verified_signature IS NULL) AND (ended_us IS NULL) = (work = '')),
    CHECK (verified_meaning = 'verified'),
    CHECK (verified_signer <> performed_by),
    CHECK ((verified_signature IS NULL) = (verified_signer IS NULL) AND (verified_signature IS NULL) = (verified_meaning IS NULL) AND (verified_signature IS NULL) = (verified_version IS NULL)),
    FOREIGN KEY (verified_signature, verified_signer, verified_meaning, verified_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX equipment_maintenance_one_open ON equipment_maintenance (equipment_id) WHERE ended_us IS NULL;
CREATE TRIGGER equipment_maintenance_final BEFORE UPDATE ON equipment_maintenance
WHEN OLD.ended_us IS NOT NULL OR NEW.id <> OLD.id OR NEW.equipment_id <> OLD.equipment_id OR NEW.reason <> OLD.reason OR NEW.performed_by <> OLD.performed_by
    OR NEW.begun_us <> OLD.begun_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment_maintenance: what was done and signed is final'); END;
CREATE TRIGGER equipment_maintenance_no_delete BEFORE DELETE ON equipment_maintenance
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment_maintenance is regulated: rows are never deleted'); END;

-- The only entry of a logbook that a person words: with a reason and a signature.
CREATE TABLE equipment_note (
    id           TEXT PRIMARY KEY,
    equipment_id TEXT NOT NULL REFERENCES equipment (equipment_id),
    text         TEXT NOT NULL CHECK (length(trim(text)) > 0),
    reason       TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    noted_us     INTEGER NOT NULL,
    performed_signature TEXT NOT NULL, performed_signer TEXT NOT NULL, performed_meaning TEXT NOT NULL CHECK (performed_meaning = 'performed'),
    performed_version INTEGER NOT NULL,
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX equipment_note_equipment ON equipment_note (equipment_id, noted_us);
CREATE TRIGGER equipment_note_no_update BEFORE UPDATE ON equipment_note
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment_note is append-only'); END;
CREATE TRIGGER equipment_note_no_delete BEFORE DELETE ON equipment_note
BEGIN SELECT RAISE(ABORT, 'JOPE-009 equipment_note is regulated: rows are never deleted'); END;
