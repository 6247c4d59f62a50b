-- Jope store, revision 0012: versions of operating procedures, what they are required for, and who was trained on which.

CREATE TABLE sop_version (
    id              TEXT PRIMARY KEY,
    sop_id          TEXT NOT NULL CHECK (length(sop_id) BETWEEN 1 AND 40),
    number          INTEGER NOT NULL CHECK (number >= 1),
    title           TEXT NOT NULL CHECK (length(title) > 0),
    document_hash   TEXT NOT NULL CHECK (length(document_hash) = 64),
    document_name   TEXT NOT NULL CHECK (length(document_name) > 0),
    effective_from  TEXT NOT NULL CHECK (effective_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    validity_months INTEGER NOT NULL CHECK (validity_months BETWEEN 0 AND 600),
    state           TEXT NOT NULL CHECK (state IN ('effective', 'superseded', 'withdrawn')),
    published_us    INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    UNIQUE (sop_id, number),
    UNIQUE (id, document_hash),
    CHECK (id = sop_id || ':' || number)
) STRICT;
CREATE UNIQUE INDEX sop_version_one_effective ON sop_version (sop_id) WHERE state = 'effective';
CREATE TRIGGER sop_version_forward BEFORE INSERT ON sop_version
WHEN NEW.number <= (SELECT max(number) FROM sop_version WHERE sop_id = NEW.sop_id)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 sop_version: a version is followed by a higher one'); END;
CREATE TRIGGER sop_version_frozen BEFORE UPDATE ON sop_version
WHEN OLD.state <> 'effective' OR NEW.id <> OLD.id OR NEW.sop_id <> OLD.sop_id OR NEW.number <> OLD.number OR NEW.title <> OLD.title
    OR NEW.document_hash <> OLD.document_hash OR NEW.document_name <> OLD.document_name OR NEW.effective_from <> OLD.effective_from
    OR NEW.validity_months <> OLD.validity_months OR NEW.published_us <> OLD.published_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 sop_version: what was published does not change, and what is superseded or withdrawn stays so'); END;
CREATE TRIGGER sop_version_no_delete BEFORE DELETE ON sop_version
BEGIN SELECT RAISE(ABORT, 'JOPE-009 sop_version is regulated: rows are never deleted'); END;

-- Which training an action, or a signature of a meaning, asks for.
CREATE TABLE training_requirement (
    id       TEXT PRIMARY KEY,
    kind     TEXT NOT NULL CHECK (kind IN ('action', 'meaning')),
    key      TEXT NOT NULL CHECK (length(key) > 0),
    sop_id   TEXT NOT NULL,
    active   INTEGER NOT NULL CHECK (active IN (0, 1)),
    since_us INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    CHECK (id = kind || ':' || key || ':' || sop_id)
) STRICT;
CREATE INDEX training_requirement_in_force ON training_requirement (kind, key, sop_id) WHERE active = 1;
CREATE TRIGGER training_requirement_named BEFORE UPDATE ON training_requirement
WHEN NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.key <> OLD.key OR NEW.sop_id <> OLD.sop_id
BEGIN SELECT RAISE(ABORT, 'JOPE-009 training_requirement: it is released or required again, never turned into another'); END;
CREATE TRIGGER training_requirement_no_delete BEFORE DELETE ON training_requirement
BEGIN SELECT RAISE(ABORT, 'JOPE-009 training_requirement is regulated: rows are never deleted'); END;

-- A person signs for having read and understood; an instruction is signed by the trainer, who is somebody else. Each names the document by its hash.
CREATE TABLE training_record (
    id             TEXT PRIMARY KEY,
    employee_id    TEXT NOT NULL REFERENCES user_account (employee_id),
    sop_version_id TEXT NOT NULL,
    document_hash  TEXT NOT NULL,
    how            TEXT NOT NULL CHECK (how IN ('read_and_understood', 'instructed')),
    trainer        TEXT REFERENCES user_account (employee_id),
    note           TEXT NOT NULL,
    completed_us   INTEGER NOT NULL,
    valid_until    TEXT NOT NULL CHECK (valid_until = '' OR valid_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    signed_signature TEXT NOT NULL, signed_signer TEXT NOT NULL, signed_meaning TEXT NOT NULL, signed_version INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    CHECK (trainer <> employee_id),
    CHECK ((how = 'instructed') = (trainer IS NOT NULL)),
    CHECK (signed_signer = coalesce(trainer, employee_id)),
    CHECK (signed_meaning IN ('responsibility', 'verified')),
    CHECK ((how = 'instructed') = (signed_meaning = 'verified')),
    FOREIGN KEY (sop_version_id, document_hash) REFERENCES sop_version (id, document_hash),
    FOREIGN KEY (signed_signature, signed_signer, signed_meaning, signed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX training_record_of ON training_record (employee_id, sop_version_id);
CREATE TRIGGER training_record_no_update BEFORE UPDATE ON training_record
BEGIN SELECT RAISE(ABORT, 'JOPE-009 training_record is append-only; training is recorded anew'); END;
CREATE TRIGGER training_record_no_delete BEFORE DELETE ON training_record
BEGIN SELECT RAISE(ABORT, 'JOPE-009 training_record is regulated: rows are never deleted'); END;
