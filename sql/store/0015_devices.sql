-- Jope store, revision 0015: devices as data under change control, their calibration and checks, and alarms after ISA-18.2.

-------------------------------------------------------------------------------------------------------------- the register
-- 'options' is canonical JSON of what the driver asks for. A device that is held weighs nothing until two people return it to use.
ALTER TABLE device ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE device ADD COLUMN poll_ms INTEGER NOT NULL DEFAULT 100 CHECK (poll_ms BETWEEN 20 AND 60000);
ALTER TABLE device ADD COLUMN write_enabled INTEGER NOT NULL DEFAULT 0 CHECK (write_enabled IN (0, 1));
ALTER TABLE device ADD COLUMN held_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN retired_us INTEGER;
ALTER TABLE device ADD COLUMN check_profile TEXT NOT NULL DEFAULT 'usp' CHECK (check_profile IN ('usp', 'ph_eur', 'process'));
ALTER TABLE device ADD COLUMN process_tolerance TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN safety_factor TEXT NOT NULL DEFAULT '2';
ALTER TABLE device ADD COLUMN check_every_hours INTEGER NOT NULL DEFAULT 0 CHECK (check_every_hours BETWEEN 0 AND 8784);
ALTER TABLE device ADD COLUMN check_due_us INTEGER;
CREATE TRIGGER device_retired_is_final BEFORE UPDATE ON device
WHEN OLD.retired_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device: what was retired stays so'); END;

CREATE TABLE device_tag (
    tag_id      TEXT PRIMARY KEY CHECK (length(tag_id) BETWEEN 1 AND 80),
    device_id   TEXT NOT NULL REFERENCES device (device_id),
    address     TEXT NOT NULL CHECK (length(address) BETWEEN 1 AND 400),
    data_type   TEXT NOT NULL CHECK (data_type IN ('Boolean', 'Int16', 'UInt16', 'Int32', 'UInt32', 'Int64', 'UInt64', 'Float', 'Double', 'String')),
    unit        TEXT NOT NULL,
    scale       TEXT NOT NULL,
    shift       TEXT NOT NULL,
    low         TEXT NOT NULL,
    high        TEXT NOT NULL,
    deadband    TEXT NOT NULL,
    sampling_ms INTEGER NOT NULL CHECK (sampling_ms BETWEEN 20 AND 3600000),
    writable    INTEGER NOT NULL CHECK (writable IN (0, 1)),
    word_order  TEXT NOT NULL CHECK (word_order IN ('big', 'little')),
    byte_order  TEXT NOT NULL CHECK (byte_order IN ('big', 'little')),
    length      INTEGER NOT NULL CHECK (length BETWEEN 0 AND 125),
    alarm_low   TEXT NOT NULL,
    alarm_high  TEXT NOT NULL,
    alarm_priority INTEGER NOT NULL CHECK (alarm_priority BETWEEN 1 AND 4),
    retired_us  INTEGER,
    version     INTEGER NOT NULL
) STRICT;
CREATE INDEX device_tag_device ON device_tag (device_id);
CREATE TRIGGER device_tag_stays BEFORE UPDATE ON device_tag
WHEN NEW.tag_id <> OLD.tag_id OR NEW.device_id <> OLD.device_id
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device_tag: a tag belongs to one device for ever'); END;
CREATE TRIGGER device_tag_no_delete BEFORE DELETE ON device_tag
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device_tag is regulated: rows are never deleted'); END;

-- Certificates that devices showed, and which of them two people trust.
CREATE TABLE device_certificate (
    id          TEXT PRIMARY KEY,
    device_id   TEXT NOT NULL REFERENCES device (device_id),
    thumbprint  TEXT NOT NULL CHECK (length(thumbprint) = 64),
    der         TEXT NOT NULL,
    subject     TEXT NOT NULL,
    not_after   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('seen', 'trusted', 'revoked')),
    seen_us     INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    UNIQUE (device_id, thumbprint)
) STRICT;
CREATE TRIGGER device_certificate_stays BEFORE UPDATE ON device_certificate
WHEN NEW.id <> OLD.id OR NEW.device_id <> OLD.device_id OR NEW.thumbprint <> OLD.thumbprint OR NEW.der <> OLD.der OR (OLD.state = 'revoked' AND NEW.state <> 'revoked')
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device_certificate: a certificate stays what it is, and a revoked one is not trusted again'); END;
CREATE TRIGGER device_certificate_no_delete BEFORE DELETE ON device_certificate
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device_certificate is regulated: rows are never deleted'); END;

-- Writes to devices that two people approved, and what came of each.
CREATE TABLE device_write (
    id            TEXT PRIMARY KEY,
    device_id     TEXT NOT NULL REFERENCES device (device_id),
    tag_id        TEXT NOT NULL REFERENCES device_tag (tag_id),
    value         TEXT NOT NULL,
    value_before  TEXT NOT NULL,
    request_tag   TEXT NOT NULL,
    acknowledge_tag TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('approved', 'sent', 'done', 'refused', 'indeterminate')),
    found         TEXT NOT NULL,
    read_back     TEXT NOT NULL,
    message       TEXT NOT NULL,
    approved_us   INTEGER NOT NULL,
    ended_us      INTEGER,
    version       INTEGER NOT NULL,
    CHECK ((state IN ('done', 'refused', 'indeterminate')) = (ended_us IS NOT NULL))
) STRICT;
CREATE TRIGGER device_write_final BEFORE UPDATE ON device_write
WHEN OLD.ended_us IS NOT NULL OR NEW.id <> OLD.id OR NEW.tag_id <> OLD.tag_id OR NEW.value <> OLD.value OR (OLD.state = 'sent' AND NEW.state = 'approved')
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device_write: a write happens once, as it was approved'); END;
CREATE TRIGGER device_write_no_delete BEFORE DELETE ON device_write
BEGIN SELECT RAISE(ABORT, 'JOPE-009 device_write is regulated: rows are never deleted'); END;

------------------------------------------------------------------------------------------------------- calibration and checks
CREATE TABLE reference_weight (
    weight_id      TEXT PRIMARY KEY CHECK (length(weight_id) BETWEEN 1 AND 40),
    nominal        TEXT NOT NULL,
    conventional   TEXT NOT NULL,
    unit           TEXT NOT NULL,
    uncertainty    TEXT NOT NULL,
    oiml_class     TEXT NOT NULL,
    certificate_no TEXT NOT NULL CHECK (length(certificate_no) > 0),
    due_on         TEXT NOT NULL CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    state          TEXT NOT NULL CHECK (state IN ('in_use', 'retired')),
    version        INTEGER NOT NULL
) STRICT;
CREATE TRIGGER reference_weight_no_delete BEFORE DELETE ON reference_weight
BEGIN SELECT RAISE(ABORT, 'JOPE-009 reference_weight is regulated: rows are never deleted'); END;

CREATE TABLE calibration (
    id             TEXT PRIMARY KEY,
    device_id      TEXT NOT NULL REFERENCES device (device_id),
    serial_number  TEXT NOT NULL,
    certificate_no TEXT NOT NULL CHECK (length(certificate_no) > 0),
    laboratory     TEXT NOT NULL CHECK (length(laboratory) > 0),
    calibrated_on  TEXT NOT NULL CHECK (calibrated_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    due_on         TEXT NOT NULL CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    as_found       TEXT NOT NULL CHECK (as_found IN ('pass', 'fail', 'none')),
    as_left        TEXT NOT NULL CHECK (as_left IN ('pass', 'fail')),
    document_hash  TEXT NOT NULL,
    document_name  TEXT NOT NULL,
    reason         TEXT NOT NULL,
    recorded_by    TEXT NOT NULL REFERENCES user_account (employee_id),
    recorded_us    INTEGER NOT NULL,
    performed_signature TEXT, performed_signer TEXT, performed_meaning TEXT, performed_version INTEGER,
    version        INTEGER NOT NULL,
    CHECK (due_on > calibrated_on),
    CHECK (performed_meaning = 'performed'),
    CHECK ((performed_signature IS NULL) = (performed_signer IS NULL) AND (performed_signature IS NULL) = (performed_meaning IS NULL) AND (performed_signature IS NULL) = (performed_version IS NULL)),
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX calibration_device ON calibration (device_id, recorded_us);
CREATE TRIGGER calibration_final BEFORE UPDATE ON calibration WHEN OLD.performed_signature IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 calibration: what was signed is final'); END;
CREATE TRIGGER calibration_no_delete BEFORE DELETE ON calibration
BEGIN SELECT RAISE(ABORT, 'JOPE-009 calibration is regulated: rows are never deleted'); END;

CREATE TABLE balance_check (
    id             TEXT PRIMARY KEY,
    device_id      TEXT NOT NULL REFERENCES device (device_id),
    serial_number  TEXT NOT NULL,
    firmware       TEXT NOT NULL,
    profile        TEXT NOT NULL CHECK (profile IN ('usp', 'ph_eur', 'process')),
    process_tolerance TEXT NOT NULL,
    safety_factor  TEXT NOT NULL,
    readability    TEXT NOT NULL,
    capacity       TEXT NOT NULL,
    unit           TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('open', 'passed', 'failed', 'abandoned')),
    begun_by       TEXT NOT NULL REFERENCES user_account (employee_id),
    begun_us       INTEGER NOT NULL,
    ended_us       INTEGER,
    repeatability  TEXT NOT NULL,
    minimum_weight TEXT NOT NULL,
    finding        TEXT NOT NULL,
    deviation      TEXT NOT NULL,
    performed_signature TEXT, performed_signer TEXT, performed_meaning TEXT, performed_version INTEGER,
    version        INTEGER NOT NULL,
    CHECK ((state = 'open') = (ended_us IS NULL)),
    CHECK ((state IN ('passed', 'failed')) = (performed_signature IS NOT NULL)),
    CHECK (performed_meaning = 'performed'),
    CHECK (performed_signer = begun_by),
    CHECK ((performed_signature IS NULL) = (performed_signer IS NULL) AND (performed_signature IS NULL) = (performed_meaning IS NULL) AND (performed_signature IS NULL) = (performed_version IS NULL)),
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX balance_check_one_open ON balance_check (device_id) WHERE state = 'open';
CREATE INDEX balance_check_device ON balance_check (device_id, begun_us);
-- After its end only the deviation that it led to is noted, once.
CREATE TRIGGER balance_check_final BEFORE UPDATE ON balance_check
WHEN OLD.state <> 'open' AND (NEW.state <> OLD.state OR NEW.finding <> OLD.finding OR NEW.minimum_weight <> OLD.minimum_weight
    OR NEW.repeatability <> OLD.repeatability OR NEW.ended_us <> OLD.ended_us OR NEW.serial_number <> OLD.serial_number OR OLD.deviation <> '')
BEGIN SELECT RAISE(ABORT, 'JOPE-009 balance_check: what was ended is final'); END;
CREATE TRIGGER balance_check_no_delete BEFORE DELETE ON balance_check
BEGIN SELECT RAISE(ABORT, 'JOPE-009 balance_check is regulated: rows are never deleted'); END;

CREATE TABLE balance_reading (
    id          TEXT PRIMARY KEY,
    check_id    TEXT NOT NULL REFERENCES balance_check (id),
    n           INTEGER NOT NULL CHECK (n >= 1),
    test        TEXT NOT NULL CHECK (test IN ('repeatability', 'accuracy', 'eccentricity')),
    position    TEXT NOT NULL CHECK (position IN ('', 'centre', 'front-left', 'back-left', 'back-right', 'front-right')),
    weight_id   TEXT NOT NULL REFERENCES reference_weight (weight_id),
    value       TEXT NOT NULL,
    unit        TEXT NOT NULL,
    reading_no  INTEGER NOT NULL,
    raw_frame   TEXT NOT NULL,
    frame_hash  TEXT NOT NULL,
    source_us   INTEGER NOT NULL,
    source_mono_us INTEGER NOT NULL,
    at_us       INTEGER NOT NULL,
    performed_by TEXT NOT NULL REFERENCES user_account (employee_id),
    UNIQUE (check_id, n),
    CHECK ((test = 'eccentricity') = (position <> ''))
) STRICT;
CREATE TRIGGER balance_reading_no_update BEFORE UPDATE ON balance_reading
BEGIN SELECT RAISE(ABORT, 'JOPE-009 balance_reading is append-only'); END;
CREATE TRIGGER balance_reading_no_delete BEFORE DELETE ON balance_reading
BEGIN SELECT RAISE(ABORT, 'JOPE-009 balance_reading is regulated: rows are never deleted'); END;

-------------------------------------------------------------------------------------------------------------------- alarms
-- After ISA-18.2: shelved for a time by a person with a reason. What was acknowledged names the role that the person had.
ALTER TABLE alarm ADD COLUMN acknowledged_role TEXT NOT NULL DEFAULT '';
ALTER TABLE alarm ADD COLUMN shelved_until_us INTEGER;
ALTER TABLE alarm ADD COLUMN shelved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alarm ADD COLUMN shelve_reason TEXT NOT NULL DEFAULT '';
CREATE INDEX alarm_raised ON alarm (raised_us);
CREATE TRIGGER alarm_facts_stay BEFORE UPDATE ON alarm
WHEN NEW.id <> OLD.id OR NEW.priority <> OLD.priority OR NEW.source <> OLD.source OR NEW.kind <> OLD.kind OR NEW.text <> OLD.text
    OR NEW.raised_us <> OLD.raised_us OR (OLD.returned_us IS NOT NULL AND NEW.returned_us IS NOT OLD.returned_us)
    OR (OLD.acknowledged_us IS NOT NULL AND (NEW.acknowledged_us IS NOT OLD.acknowledged_us OR NEW.acknowledged_by IS NOT OLD.acknowledged_by
        OR NEW.acknowledged_role <> OLD.acknowledged_role OR NEW.reason <> OLD.reason))
BEGIN SELECT RAISE(ABORT, 'JOPE-009 alarm: what was alarmed and acknowledged stays as it was'); END;

-- A signed look at the alarms of a time (draft Annex 11 clause 8.7).
CREATE TABLE alarm_review (
    id           TEXT PRIMARY KEY,
    from_us      INTEGER NOT NULL,
    to_us        INTEGER NOT NULL,
    alarms       INTEGER NOT NULL CHECK (alarms >= 0),
    unacknowledged INTEGER NOT NULL CHECK (unacknowledged >= 0),
    floods       INTEGER NOT NULL CHECK (floods >= 0),
    assessment   TEXT NOT NULL CHECK (length(trim(assessment)) > 0),
    reviewed_us  INTEGER NOT NULL,
    reviewed_signature TEXT, reviewed_signer TEXT, reviewed_meaning TEXT, reviewed_version INTEGER,
    version      INTEGER NOT NULL,
    CHECK (to_us > from_us),
    CHECK (reviewed_meaning = 'review'),
    CHECK ((reviewed_signature IS NULL) = (reviewed_signer IS NULL) AND (reviewed_signature IS NULL) = (reviewed_meaning IS NULL) AND (reviewed_signature IS NULL) = (reviewed_version IS NULL)),
    FOREIGN KEY (reviewed_signature, reviewed_signer, reviewed_meaning, reviewed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER alarm_review_final BEFORE UPDATE ON alarm_review WHEN OLD.reviewed_signature IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 alarm_review: what was signed is final'); END;
CREATE TRIGGER alarm_review_no_delete BEFORE DELETE ON alarm_review
BEGIN SELECT RAISE(ABORT, 'JOPE-009 alarm_review is regulated: rows are never deleted'); END;
