-- Jope store, revision 0014. When nobody who could unlock can sign in: two people, each with their own password and a sealed code (ADR 0024).

-- A person's sealed code, as its Argon2id hash; made by that person, told once, good for one recovery. 'failures' are wrong passwords beside the right code.
CREATE TABLE recovery_code (
    id          TEXT PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES user_account (employee_id),
    code_hash   TEXT NOT NULL CHECK (length(code_hash) > 0),
    sealed_us   INTEGER NOT NULL,
    failures    INTEGER NOT NULL CHECK (failures BETWEEN 0 AND 3),
    ended_us    INTEGER,
    version     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX recovery_code_one_open ON recovery_code (employee_id) WHERE ended_us IS NULL;
CREATE TRIGGER recovery_code_begins BEFORE INSERT ON recovery_code
WHEN NEW.ended_us IS NOT NULL OR NEW.failures <> 0
BEGIN SELECT RAISE(ABORT, 'JOPE-009 recovery_code: a code begins unused'); END;
CREATE TRIGGER recovery_code_once BEFORE UPDATE ON recovery_code
WHEN OLD.ended_us IS NOT NULL OR NEW.id <> OLD.id OR NEW.employee_id <> OLD.employee_id OR NEW.code_hash <> OLD.code_hash
    OR NEW.sealed_us <> OLD.sealed_us OR NEW.failures < OLD.failures
BEGIN SELECT RAISE(ABORT, 'JOPE-009 recovery_code: a code is good for one recovery'); END;
CREATE TRIGGER recovery_code_no_delete BEFORE DELETE ON recovery_code
BEGIN SELECT RAISE(ABORT, 'JOPE-009 recovery_code is regulated: rows are never deleted'); END;

-- What two people did, and the third who looked at it after.
CREATE TABLE account_recovery (
    id           TEXT PRIMARY KEY,
    first        TEXT NOT NULL REFERENCES user_account (employee_id),
    second       TEXT NOT NULL REFERENCES user_account (employee_id),
    first_code   TEXT NOT NULL UNIQUE REFERENCES recovery_code (id),
    second_code  TEXT NOT NULL UNIQUE REFERENCES recovery_code (id),
    reason       TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    recovered_us INTEGER NOT NULL,
    review       TEXT NOT NULL,
    reviewed_signature TEXT, reviewed_signer TEXT, reviewed_meaning TEXT, reviewed_version INTEGER,
    version      INTEGER NOT NULL,
    CHECK (first <> second),
    CHECK (first_code <> second_code),
    CHECK (reviewed_meaning = 'review'),
    CHECK (reviewed_signer <> first),
    CHECK (reviewed_signer <> second),
    CHECK ((reviewed_signature IS NULL) = (reviewed_signer IS NULL) AND (reviewed_signature IS NULL) = (reviewed_meaning IS NULL) AND (reviewed_signature IS NULL) = (reviewed_version IS NULL)),
    FOREIGN KEY (reviewed_signature, reviewed_signer, reviewed_meaning, reviewed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER account_recovery_final BEFORE UPDATE ON account_recovery
WHEN OLD.reviewed_signature IS NOT NULL OR NEW.id <> OLD.id OR NEW.first <> OLD.first OR NEW.second <> OLD.second OR NEW.first_code <> OLD.first_code
    OR NEW.second_code <> OLD.second_code OR NEW.reason <> OLD.reason OR NEW.recovered_us <> OLD.recovered_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 account_recovery: what was done stays, what was reviewed is final'); END;
CREATE TRIGGER account_recovery_no_delete BEFORE DELETE ON account_recovery
BEGIN SELECT RAISE(ABORT, 'JOPE-009 account_recovery is regulated: rows are never deleted'); END;
