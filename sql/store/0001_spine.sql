-- Jope store, revision 0001. Forward only. Decimals are TEXT, times are UTC microseconds, ids are TEXT.
-- Every table is regulated (its rows stand in the audit trail and are never deleted) unless jope/kernel/store/regulated.py allow-lists it.
--
-- A signature slot is four columns: X_signature, X_signer, X_meaning, X_version. With the row's own key they are one composite foreign key to
-- signature(id, signer, meaning, record_version, subject_id): SQL cannot name a signer without that person's signature over this very record.
-- A foreign key with a NULL in it is not enforced, so a CHECK demands that a slot is empty or complete.

---------------------------------------------------------------------------------------------------------------- ledger
CREATE TABLE audit (
    seq  INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    sig  BLOB CHECK (sig IS NULL OR length(sig) = 64),
    actor   TEXT GENERATED ALWAYS AS (json_extract(body, '$.actor')) VIRTUAL,
    action  TEXT GENERATED ALWAYS AS (json_extract(body, '$.action')) VIRTUAL,
    outcome TEXT GENERATED ALWAYS AS (json_extract(body, '$.outcome')) VIRTUAL
) STRICT;
CREATE INDEX audit_actor ON audit (actor);
CREATE INDEX audit_action ON audit (action);
CREATE INDEX audit_not_done ON audit (outcome) WHERE outcome <> 'done';

CREATE TABLE audit_payload (
    seq     INTEGER PRIMARY KEY REFERENCES audit (seq),
    salt    BLOB NOT NULL CHECK (length(salt) = 16),
    payload TEXT NOT NULL
) STRICT;

CREATE TABLE audit_subject (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    n    INTEGER NOT NULL,
    seq  INTEGER NOT NULL REFERENCES audit (seq),
    PRIMARY KEY (kind, id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE command_outcome (
    command_id TEXT PRIMARY KEY,
    seq        INTEGER NOT NULL REFERENCES audit (seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_contiguous BEFORE INSERT ON audit
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit), 0) + 1
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit: the sequence has no gaps'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit is append-only'); END;
CREATE TRIGGER audit_payload_no_update BEFORE UPDATE ON audit_payload
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_payload is append-only'); END;
CREATE TRIGGER audit_payload_no_delete BEFORE DELETE ON audit_payload
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_payload is append-only'); END;
CREATE TRIGGER audit_subject_no_update BEFORE UPDATE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_subject is append-only'); END;
CREATE TRIGGER audit_subject_no_delete BEFORE DELETE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_subject is append-only'); END;
CREATE TRIGGER command_outcome_no_update BEFORE UPDATE ON command_outcome
BEGIN SELECT RAISE(ABORT, 'JOPE-009 command_outcome is append-only'); END;
CREATE TRIGGER command_outcome_no_delete BEFORE DELETE ON command_outcome
BEGIN SELECT RAISE(ABORT, 'JOPE-009 command_outcome is append-only'); END;

---------------------------------------------------------------------------------------------------------------- station
CREATE TABLE station (
    station_id        TEXT PRIMARY KEY,
    site              TEXT NOT NULL,
    line              TEXT NOT NULL,
    zone              TEXT NOT NULL,
    demo              INTEGER NOT NULL CHECK (demo IN (0, 1)),
    settings_revision INTEGER NOT NULL CHECK (settings_revision >= 1),
    created_us        INTEGER NOT NULL
) STRICT;

CREATE TABLE station_owner (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    pid     INTEGER NOT NULL,
    host    TEXT NOT NULL,
    os_user TEXT NOT NULL,
    since_us INTEGER NOT NULL
) STRICT;

---------------------------------------------------------------------------------------------------------------- people
CREATE TABLE role (
    role  TEXT PRIMARY KEY,
    title TEXT NOT NULL
) STRICT;

CREATE TABLE role_permission (
    role       TEXT NOT NULL REFERENCES role (role),
    permission TEXT NOT NULL,
    PRIMARY KEY (role, permission)
) STRICT;

CREATE TABLE user_account (
    employee_id   TEXT PRIMARY KEY CHECK (length(employee_id) BETWEEN 1 AND 32),
    name          TEXT NOT NULL,
    role          TEXT NOT NULL REFERENCES role (role),
    line          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('active', 'locked', 'disabled')),
    password_hash TEXT NOT NULL,
    created_us    INTEGER NOT NULL,
    version       INTEGER NOT NULL
) STRICT;

CREATE TABLE auth_counter (
    employee_id TEXT PRIMARY KEY,
    failures    INTEGER NOT NULL CHECK (failures >= 0)
) STRICT;

CREATE TABLE session (
    session_id  TEXT PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES user_account (employee_id),
    token_hash  TEXT NOT NULL UNIQUE,
    workstation TEXT NOT NULL,
    address     TEXT NOT NULL,
    os_user     TEXT NOT NULL,
    opened_us   INTEGER NOT NULL,
    ended_us    INTEGER,
    state       TEXT NOT NULL CHECK (state IN ('open', 'locked', 'ended')),
    version     INTEGER NOT NULL,
    CHECK ((state = 'ended') = (ended_us IS NOT NULL))
) STRICT;

CREATE TABLE signature (
    id             TEXT NOT NULL,
    signer         TEXT NOT NULL REFERENCES user_account (employee_id),
    signer_name    TEXT NOT NULL,
    role           TEXT NOT NULL,
    meaning        TEXT NOT NULL CHECK (meaning IN ('authorship', 'performed', 'verified', 'review', 'approval', 'responsibility',
                                                   'release', 'certification', 'rejection', 'void')),
    reason         TEXT NOT NULL,
    subject_kind   TEXT NOT NULL,
    subject_id     TEXT NOT NULL,
    record_version INTEGER NOT NULL,
    record_hash    TEXT NOT NULL CHECK (length(record_hash) = 64),
    sheet_hash     TEXT NOT NULL CHECK (length(sheet_hash) = 64),
    target_seq     INTEGER NOT NULL REFERENCES audit (seq) DEFERRABLE INITIALLY DEFERRED,
    target_leaf    BLOB NOT NULL CHECK (length(target_leaf) = 32),
    session_id     TEXT NOT NULL REFERENCES session (session_id),
    workstation    TEXT NOT NULL,
    address        TEXT NOT NULL,
    os_user        TEXT NOT NULL,
    signed_us      INTEGER NOT NULL,
    -- One index serves the look-up by id and what the signature slots refer to.
    PRIMARY KEY (id, signer, meaning, record_version, subject_id)
) STRICT;
CREATE INDEX signature_subject ON signature (subject_kind, subject_id);
CREATE TRIGGER signature_no_update BEFORE UPDATE ON signature
BEGIN SELECT RAISE(ABORT, 'JOPE-009 signature is append-only'); END;

---------------------------------------------------------------------------------------------------------------- alarms
CREATE TABLE alarm (
    id              TEXT PRIMARY KEY,
    priority        INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 4),
    source          TEXT NOT NULL,
    kind            TEXT NOT NULL,
    text            TEXT NOT NULL,
    raised_us       INTEGER NOT NULL,
    returned_us     INTEGER,
    acknowledged_us INTEGER,
    acknowledged_by TEXT REFERENCES user_account (employee_id),
    reason          TEXT NOT NULL,
    version         INTEGER NOT NULL,
    CHECK ((acknowledged_us IS NULL) = (acknowledged_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX alarm_once_while_active ON alarm (source, kind) WHERE returned_us IS NULL;

---------------------------------------------------------------------------------------------------------------- devices
CREATE TABLE device (
    device_id       TEXT PRIMARY KEY,
    line            TEXT NOT NULL,
    protocol        TEXT NOT NULL,
    address         TEXT NOT NULL,
    model           TEXT NOT NULL,
    serial_number   TEXT NOT NULL,
    firmware        TEXT NOT NULL,
    unit            TEXT NOT NULL,
    readability     TEXT NOT NULL,
    minimum_weight  TEXT NOT NULL,
    capacity        TEXT NOT NULL,
    calibration_due TEXT NOT NULL,
    check_passed    INTEGER NOT NULL CHECK (check_passed IN (0, 1)),
    tare            TEXT NOT NULL,
    state           TEXT NOT NULL,
    version         INTEGER NOT NULL
) STRICT;

---------------------------------------------------------------------------------------------------------------- materials
CREATE TABLE material (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL
) STRICT;

CREATE TABLE lot (
    lot_no        TEXT PRIMARY KEY,
    material_code TEXT NOT NULL REFERENCES material (code),
    receiving_no  TEXT NOT NULL,
    quantity      TEXT NOT NULL,
    unit          TEXT NOT NULL,
    expiry        TEXT NOT NULL CHECK (expiry GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    state         TEXT NOT NULL CHECK (state IN ('quarantine', 'released', 'rejected')),
    approval_signature TEXT, approval_signer TEXT, approval_meaning TEXT, approval_version INTEGER,
    version       INTEGER NOT NULL,
    CHECK (state <> 'released' OR approval_signature IS NOT NULL),
    CHECK (approval_meaning = 'approval'),
    CHECK ((approval_signature IS NULL) = (approval_signer IS NULL) AND (approval_signature IS NULL) = (approval_meaning IS NULL) AND (approval_signature IS NULL) = (approval_version IS NULL)),
    FOREIGN KEY (approval_signature, approval_signer, approval_meaning, approval_version, lot_no)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER lot_rejected_is_final BEFORE UPDATE ON lot
WHEN OLD.state = 'rejected' AND NEW.state <> 'rejected'
BEGIN SELECT RAISE(ABORT, 'JOPE-009 a rejected lot stays rejected'); END;

---------------------------------------------------------------------------------------------------------------- recipes
CREATE TABLE recipe_version (
    id         TEXT PRIMARY KEY,
    recipe_id  TEXT NOT NULL,
    number     INTEGER NOT NULL CHECK (number >= 1),
    product    TEXT NOT NULL,
    batch_size TEXT NOT NULL,
    unit       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('draft', 'effective', 'superseded')),
    drafted_by TEXT NOT NULL REFERENCES user_account (employee_id),
    approval_signature TEXT, approval_signer TEXT, approval_meaning TEXT, approval_version INTEGER,
    version    INTEGER NOT NULL,
    UNIQUE (recipe_id, number),
    CHECK (state = 'draft' OR approval_signature IS NOT NULL),
    CHECK (approval_meaning = 'approval'),
    CHECK (approval_signer <> drafted_by),
    CHECK ((approval_signature IS NULL) = (approval_signer IS NULL) AND (approval_signature IS NULL) = (approval_meaning IS NULL) AND (approval_signature IS NULL) = (approval_version IS NULL)),
    FOREIGN KEY (approval_signature, approval_signer, approval_meaning, approval_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX recipe_one_effective ON recipe_version (recipe_id) WHERE state = 'effective';
CREATE TRIGGER recipe_version_superseded_is_final BEFORE UPDATE ON recipe_version
WHEN OLD.state = 'superseded' AND NEW.state <> 'superseded'
BEGIN SELECT RAISE(ABORT, 'JOPE-009 a superseded recipe version stays superseded'); END;

CREATE TABLE recipe_line (
    id            TEXT PRIMARY KEY,
    recipe_version_id TEXT NOT NULL REFERENCES recipe_version (id),
    position      INTEGER NOT NULL CHECK (position >= 1),
    material_code TEXT NOT NULL REFERENCES material (code),
    target        TEXT NOT NULL,
    low           TEXT NOT NULL,
    high          TEXT NOT NULL,
    unit          TEXT NOT NULL,
    UNIQUE (recipe_version_id, position)
) STRICT;
CREATE TRIGGER recipe_line_frozen BEFORE UPDATE ON recipe_line
WHEN (SELECT state FROM recipe_version WHERE id = OLD.recipe_version_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'JOPE-009 an approved recipe version is frozen'); END;

---------------------------------------------------------------------------------------------------------------- batches
CREATE TABLE line_check (
    check_id TEXT PRIMARY KEY,
    line     TEXT NOT NULL,
    position INTEGER NOT NULL,
    text     TEXT NOT NULL
) STRICT;

CREATE TABLE batch (
    batch_no           TEXT PRIMARY KEY CHECK (length(batch_no) BETWEEN 1 AND 40),
    recipe_version_id  TEXT NOT NULL REFERENCES recipe_version (id),
    product            TEXT NOT NULL,
    product_lot        TEXT NOT NULL,
    line               TEXT NOT NULL,
    record_state       TEXT NOT NULL CHECK (record_state IN ('Planned', 'Ready', 'InExecution', 'InReview', 'Released', 'Rejected', 'Voided', 'Aborted')),
    procedure_state    TEXT NOT NULL CHECK (procedure_state IN ('Idle', 'Running', 'Pausing', 'Paused', 'Holding', 'Held', 'Restarting', 'Stopping',
                                                              'Stopped', 'Aborting', 'Aborted', 'Complete')),
    created_us         INTEGER NOT NULL,
    started_us         INTEGER,
    completed_us       INTEGER,
    formulation_hash   TEXT NOT NULL,
    unit               TEXT NOT NULL,
    produced_quantity  TEXT NOT NULL,
    available_quantity TEXT NOT NULL,
    reviewed_by        TEXT REFERENCES user_account (employee_id),
    responsibility_signature TEXT, responsibility_signer TEXT, responsibility_meaning TEXT, responsibility_version INTEGER,
    release_id               TEXT, release_signature TEXT, release_signer TEXT, release_meaning TEXT, release_version INTEGER,
    certification_id         TEXT, certification_signature TEXT, certification_signer TEXT, certification_meaning TEXT, certification_version INTEGER,
    version            INTEGER NOT NULL,
    CHECK (record_state IN ('Planned', 'Ready', 'Voided') OR responsibility_signature IS NOT NULL),
    CHECK (responsibility_meaning = 'responsibility'),
    CHECK (release_meaning = 'release'),
    CHECK (certification_meaning = 'certification'),
    CHECK (certification_signer <> release_signer),
    -- Nothing is available before two different people have signed (21 CFR 111.123(a)(8); URS G02, G03).
    CHECK (available_quantity = '0' OR (record_state = 'Released' AND release_signature IS NOT NULL AND certification_signature IS NOT NULL
                                        AND release_signer IS NOT NULL AND certification_signer IS NOT NULL)),
    CHECK (record_state <> 'Released' OR (release_signature IS NOT NULL AND certification_signature IS NOT NULL)),
    CHECK (record_state <> 'Released' OR reviewed_by IS NOT NULL),
    CHECK (available_quantity IN ('0', produced_quantity)),
    CHECK ((certification_signature IS NULL) = (certification_signer IS NULL) AND (certification_signature IS NULL) = (certification_meaning IS NULL) AND (certification_signature IS NULL) = (certification_version IS NULL) AND (certification_signature IS NULL) = (certification_id IS NULL)),
    CHECK ((release_signature IS NULL) = (release_signer IS NULL) AND (release_signature IS NULL) = (release_meaning IS NULL) AND (release_signature IS NULL) = (release_version IS NULL) AND (release_signature IS NULL) = (release_id IS NULL)),
    CHECK ((responsibility_signature IS NULL) = (responsibility_signer IS NULL) AND (responsibility_signature IS NULL) = (responsibility_meaning IS NULL) AND (responsibility_signature IS NULL) = (responsibility_version IS NULL)),
    FOREIGN KEY (responsibility_signature, responsibility_signer, responsibility_meaning, responsibility_version, batch_no)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (release_signature, release_signer, release_meaning, release_version, release_id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (certification_signature, certification_signer, certification_meaning, certification_version, certification_id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    -- Both release signatures stand on moves of this very batch: those of another batch do not release it (21 CFR 11.70; URS G02, G03).
    FOREIGN KEY (batch_no, release_id, release_meaning)
        REFERENCES batch_transition (batch_no, id, signed_meaning) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (batch_no, certification_id, certification_meaning)
        REFERENCES batch_transition (batch_no, id, signed_meaning) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER batch_disposition_is_final BEFORE UPDATE ON batch
WHEN OLD.record_state IN ('Released', 'Rejected') AND NEW.record_state <> OLD.record_state
BEGIN SELECT RAISE(ABORT, 'JOPE-009 a released or rejected batch stays what it is'); END;

CREATE TABLE formulation_line (
    id            TEXT PRIMARY KEY,
    batch_no      TEXT NOT NULL REFERENCES batch (batch_no),
    position      INTEGER NOT NULL,
    material_code TEXT NOT NULL REFERENCES material (code),
    material_name TEXT NOT NULL,
    target        TEXT NOT NULL,
    low           TEXT NOT NULL,
    high          TEXT NOT NULL,
    unit          TEXT NOT NULL,
    UNIQUE (batch_no, position)
) STRICT;
CREATE TRIGGER formulation_line_frozen BEFORE UPDATE ON formulation_line
BEGIN SELECT RAISE(ABORT, 'JOPE-009 a frozen formulation is append-only'); END;

CREATE TABLE batch_transition (
    id             TEXT PRIMARY KEY,
    batch_no       TEXT NOT NULL REFERENCES batch (batch_no),
    n              INTEGER NOT NULL,
    command        TEXT NOT NULL,
    from_record    TEXT NOT NULL,
    to_record      TEXT NOT NULL,
    from_procedure TEXT NOT NULL,
    to_procedure   TEXT NOT NULL,
    performed_by   TEXT NOT NULL REFERENCES user_account (employee_id),
    at_us          INTEGER NOT NULL,
    reason         TEXT NOT NULL,
    signed_signature TEXT, signed_signer TEXT, signed_meaning TEXT, signed_version INTEGER,
    UNIQUE (batch_no, n),
    UNIQUE (batch_no, id, signed_meaning),
    CHECK ((signed_signature IS NULL) = (signed_signer IS NULL) AND (signed_signature IS NULL) = (signed_meaning IS NULL) AND (signed_signature IS NULL) = (signed_version IS NULL)),
    FOREIGN KEY (signed_signature, signed_signer, signed_meaning, signed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER batch_transition_no_update BEFORE UPDATE ON batch_transition
BEGIN SELECT RAISE(ABORT, 'JOPE-009 batch_transition is append-only'); END;

CREATE TABLE clearance (
    id           TEXT PRIMARY KEY,
    batch_no     TEXT NOT NULL UNIQUE REFERENCES batch (batch_no),
    line         TEXT NOT NULL,
    performed_us INTEGER NOT NULL,
    performed_signature TEXT NOT NULL, performed_signer TEXT NOT NULL, performed_meaning TEXT NOT NULL CHECK (performed_meaning = 'performed'),
    performed_version INTEGER NOT NULL,
    verified_signature TEXT, verified_signer TEXT, verified_meaning TEXT CHECK (verified_meaning = 'verified'), verified_version INTEGER,
    version      INTEGER NOT NULL,
    CHECK (verified_signer <> performed_signer),
    CHECK ((verified_signature IS NULL) = (verified_signer IS NULL) AND (verified_signature IS NULL) = (verified_meaning IS NULL) AND (verified_signature IS NULL) = (verified_version IS NULL)),
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (verified_signature, verified_signer, verified_meaning, verified_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE clearance_answer (
    id           TEXT PRIMARY KEY,
    clearance_id TEXT NOT NULL REFERENCES clearance (id),
    batch_no     TEXT NOT NULL REFERENCES batch (batch_no),
    check_id     TEXT NOT NULL REFERENCES line_check (check_id),
    text         TEXT NOT NULL,
    passed       INTEGER NOT NULL CHECK (passed = 1),
    UNIQUE (clearance_id, check_id)
) STRICT;

CREATE TABLE dispense (
    id       TEXT PRIMARY KEY,
    batch_no TEXT NOT NULL REFERENCES batch (batch_no),
    position INTEGER NOT NULL,
    lot_no   TEXT NOT NULL REFERENCES lot (lot_no),
    identified_by TEXT NOT NULL REFERENCES user_account (employee_id),
    identified_us INTEGER NOT NULL,
    performed_signature TEXT, performed_signer TEXT, performed_meaning TEXT CHECK (performed_meaning = 'performed'), performed_version INTEGER,
    verified_signature TEXT, verified_signer TEXT, verified_meaning TEXT CHECK (verified_meaning = 'verified'), verified_version INTEGER,
    version  INTEGER NOT NULL,
    UNIQUE (batch_no, position),
    CHECK (verified_signer <> performed_signer),
    CHECK (verified_signature IS NULL OR performed_signature IS NOT NULL),
    CHECK ((performed_signature IS NULL) = (performed_signer IS NULL) AND (performed_signature IS NULL) = (performed_meaning IS NULL) AND (performed_signature IS NULL) = (performed_version IS NULL)),
    CHECK ((verified_signature IS NULL) = (verified_signer IS NULL) AND (verified_signature IS NULL) = (verified_meaning IS NULL) AND (verified_signature IS NULL) = (verified_version IS NULL)),
    FOREIGN KEY (batch_no, position) REFERENCES formulation_line (batch_no, position),
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (verified_signature, verified_signer, verified_meaning, verified_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE weighing (
    id             TEXT PRIMARY KEY,
    batch_no       TEXT NOT NULL REFERENCES batch (batch_no),
    position       INTEGER NOT NULL,
    dispense_id    TEXT NOT NULL CHECK (dispense_id = batch_no || ':' || position),
    attempt        INTEGER NOT NULL,
    material_code  TEXT NOT NULL,
    lot_no         TEXT NOT NULL,
    accepted       INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    rejection_code TEXT NOT NULL,
    rejection      TEXT NOT NULL,
    net            TEXT NOT NULL,
    tare           TEXT NOT NULL,
    gross          TEXT NOT NULL,
    unit           TEXT NOT NULL,
    device_id      TEXT NOT NULL REFERENCES device (device_id),
    serial_number  TEXT NOT NULL,
    firmware       TEXT NOT NULL,
    reading_no     INTEGER NOT NULL,
    raw_frame      TEXT NOT NULL,
    frame_hash     TEXT NOT NULL,
    source_us      INTEGER NOT NULL,
    source_mono_us INTEGER NOT NULL,
    performed_by   TEXT NOT NULL REFERENCES user_account (employee_id),
    at_us          INTEGER NOT NULL,
    label_text     TEXT NOT NULL,
    verified_signature TEXT, verified_signer TEXT, verified_meaning TEXT CHECK (verified_meaning = 'verified'), verified_version INTEGER,
    version        INTEGER NOT NULL,
    UNIQUE (batch_no, position, attempt),
    CHECK ((accepted = 1) = (rejection_code = '')),
    CHECK (verified_signer <> performed_by),
    CHECK (accepted = 1 OR verified_signature IS NULL),
    CHECK ((verified_signature IS NULL) = (verified_signer IS NULL) AND (verified_signature IS NULL) = (verified_meaning IS NULL) AND (verified_signature IS NULL) = (verified_version IS NULL)),
    FOREIGN KEY (batch_no, position) REFERENCES formulation_line (batch_no, position),
    FOREIGN KEY (verified_signature, verified_signer, verified_meaning, verified_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

---------------------------------------------------------------------------------------------------------------- no row of a regulated table is ever deleted
CREATE TRIGGER station_no_delete BEFORE DELETE ON station
BEGIN SELECT RAISE(ABORT, 'JOPE-009 station is regulated: rows are never deleted'); END;
CREATE TRIGGER role_no_delete BEFORE DELETE ON role
BEGIN SELECT RAISE(ABORT, 'JOPE-009 role is regulated: rows are never deleted'); END;
CREATE TRIGGER role_permission_no_delete BEFORE DELETE ON role_permission
BEGIN SELECT RAISE(ABORT, 'JOPE-009 role_permission is regulated: rows are never deleted'); END;
CREATE TRIGGER user_account_no_delete BEFORE DELETE ON user_account
BEGIN SELECT RAISE(ABORT, 'JOPE-009 user_account is regulated: rows are never deleted'); END;
CREATE TRIGGER session_no_delete BEFORE DELETE ON session
BEGIN SELECT RAISE(ABORT, 'JOPE-009 session is regulated: rows are never deleted'); END;
CREATE TRIGGER signature_no_delete BEFORE DELETE ON signature
BEGIN SELECT RAISE(ABORT, 'JOPE-009 signature is regulated: rows are never deleted'); END;
CREATE TRIGGER alarm_no_delete BEFORE DELETE ON alarm
BEGIN SELECT RAISE(ABORT, 'JOPE-009 alarm is regulated: rows are never deleted'); END;
CREATE TRIGGER device_no_delete BEFORE DELETE ON device
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device is regulated: rows are never deleted'); END;
CREATE TRIGGER material_no_delete BEFORE DELETE ON material
BEGIN SELECT RAISE(ABORT, 'JOPE-009 material is regulated: rows are never deleted'); END;
CREATE TRIGGER lot_no_delete BEFORE DELETE ON lot
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot is regulated: rows are never deleted'); END;
CREATE TRIGGER recipe_version_no_delete BEFORE DELETE ON recipe_version
BEGIN SELECT RAISE(ABORT, 'JOPE-009 recipe_version is regulated: rows are never deleted'); END;
CREATE TRIGGER recipe_line_no_delete BEFORE DELETE ON recipe_line
BEGIN SELECT RAISE(ABORT, 'JOPE-009 recipe_line is regulated: rows are never deleted'); END;
CREATE TRIGGER line_check_no_delete BEFORE DELETE ON line_check
BEGIN SELECT RAISE(ABORT, 'JOPE-009 line_check is regulated: rows are never deleted'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch
BEGIN SELECT RAISE(ABORT, 'JOPE-009 batch is regulated: rows are never deleted'); END;
CREATE TRIGGER formulation_line_no_delete BEFORE DELETE ON formulation_line
BEGIN SELECT RAISE(ABORT, 'JOPE-009 formulation_line is regulated: rows are never deleted'); END;
CREATE TRIGGER batch_transition_no_delete BEFORE DELETE ON batch_transition
BEGIN SELECT RAISE(ABORT, 'JOPE-009 batch_transition is regulated: rows are never deleted'); END;
CREATE TRIGGER clearance_no_delete BEFORE DELETE ON clearance
BEGIN SELECT RAISE(ABORT, 'JOPE-009 clearance is regulated: rows are never deleted'); END;
CREATE TRIGGER clearance_answer_no_delete BEFORE DELETE ON clearance_answer
BEGIN SELECT RAISE(ABORT, 'JOPE-009 clearance_answer is regulated: rows are never deleted'); END;
CREATE TRIGGER dispense_no_delete BEFORE DELETE ON dispense
BEGIN SELECT RAISE(ABORT, 'JOPE-009 dispense is regulated: rows are never deleted'); END;
CREATE TRIGGER weighing_no_delete BEFORE DELETE ON weighing
BEGIN SELECT RAISE(ABORT, 'JOPE-009 weighing is regulated: rows are never deleted'); END;
