-- Jope store, revision 0009: which action is signed how, the accountability statement and its acceptances, and actions that the matrix alone has signed.

-- One row per action and version; the highest number is in force. Whatever stands here, nothing is signed less than the program itself demands.
CREATE TABLE signature_rule (
    id        TEXT PRIMARY KEY,
    action    TEXT NOT NULL CHECK (length(action) > 0),
    number    INTEGER NOT NULL CHECK (number >= 1),
    signing   TEXT NOT NULL CHECK (signing IN ('none', 'sign', 'sign_verify')),
    meaning   TEXT CHECK (meaning IN ('authorship', 'performed', 'verified', 'review', 'approval', 'responsibility',
                                      'release', 'certification', 'rejection', 'void')),
    offered   TEXT NOT NULL CHECK (json_valid(offered)),
    verifying TEXT NOT NULL,
    series    INTEGER NOT NULL CHECK (series IN (0, 1)),
    since_us  INTEGER NOT NULL,
    UNIQUE (action, number),
    CHECK (id = action || ':' || number),
    CHECK ((signing = 'none') = (meaning IS NULL)),
    CHECK ((signing = 'sign_verify') = (length(verifying) > 0)),
    CHECK (series = 0 OR (meaning IS NOT NULL AND meaning NOT IN ('release', 'certification')))
) STRICT;
CREATE TRIGGER signature_rule_contiguous BEFORE INSERT ON signature_rule
WHEN NEW.number <> coalesce((SELECT max(number) FROM signature_rule WHERE action = NEW.action), 0) + 1
BEGIN SELECT RAISE(ABORT, 'JOPE-009 signature_rule: the versions of an action have no gaps'); END;
CREATE TRIGGER signature_rule_no_update BEFORE UPDATE ON signature_rule
BEGIN SELECT RAISE(ABORT, 'JOPE-009 signature_rule is append-only; set the next version'); END;
CREATE TRIGGER signature_rule_no_delete BEFORE DELETE ON signature_rule
BEGIN SELECT RAISE(ABORT, 'JOPE-009 signature_rule is regulated: rows are never deleted'); END;

CREATE TABLE accountability_statement (
    id       TEXT PRIMARY KEY,
    number   INTEGER NOT NULL CHECK (number >= 1),
    language TEXT NOT NULL CHECK (language IN ('en', 'de')),
    text     TEXT NOT NULL CHECK (length(text) > 0),
    hash     TEXT NOT NULL CHECK (length(hash) = 64),
    since_us INTEGER NOT NULL,
    UNIQUE (number, language, hash),
    CHECK (id = number || ':' || language)
) STRICT;
CREATE TRIGGER accountability_statement_forward BEFORE INSERT ON accountability_statement
WHEN NEW.number < (SELECT max(number) FROM accountability_statement)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 accountability_statement: a version in force is followed by a higher one'); END;
CREATE TRIGGER accountability_statement_no_update BEFORE UPDATE ON accountability_statement
BEGIN SELECT RAISE(ABORT, 'JOPE-009 accountability_statement is append-only; issue the next version'); END;
CREATE TRIGGER accountability_statement_no_delete BEFORE DELETE ON accountability_statement
BEGIN SELECT RAISE(ABORT, 'JOPE-009 accountability_statement is regulated: rows are never deleted'); END;

CREATE TABLE accountability_acceptance (
    id          TEXT PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES user_account (employee_id),
    number      INTEGER NOT NULL,
    language    TEXT NOT NULL,
    hash        TEXT NOT NULL,
    accepted_us INTEGER NOT NULL,
    accepted_signature TEXT NOT NULL, accepted_signer TEXT NOT NULL, accepted_meaning TEXT NOT NULL CHECK (accepted_meaning = 'responsibility'),
    accepted_version INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    UNIQUE (employee_id, number),
    CHECK (id = employee_id || ':' || number),
    CHECK (accepted_signer = employee_id),
    FOREIGN KEY (number, language, hash) REFERENCES accountability_statement (number, language, hash),
    FOREIGN KEY (accepted_signature, accepted_signer, accepted_meaning, accepted_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER accountability_acceptance_no_update BEFORE UPDATE ON accountability_acceptance
BEGIN SELECT RAISE(ABORT, 'JOPE-009 accountability_acceptance: what was accepted stays accepted'); END;
CREATE TRIGGER accountability_acceptance_no_delete BEFORE DELETE ON accountability_acceptance
BEGIN SELECT RAISE(ABORT, 'JOPE-009 accountability_acceptance is regulated: rows are never deleted'); END;

-- An action that the program itself does not have signed, and the matrix does: what was asked, as its signer saw it.
CREATE TABLE signed_action (
    id           TEXT PRIMARY KEY,
    action       TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    content      TEXT NOT NULL CHECK (json_valid(content)),
    signed_us    INTEGER NOT NULL,
    signed_signature TEXT NOT NULL, signed_signer TEXT NOT NULL, signed_meaning TEXT NOT NULL, signed_version INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    FOREIGN KEY (signed_signature, signed_signer, signed_meaning, signed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER signed_action_no_update BEFORE UPDATE ON signed_action
BEGIN SELECT RAISE(ABORT, 'JOPE-009 signed_action: what was signed is final'); END;
CREATE TRIGGER signed_action_no_delete BEFORE DELETE ON signed_action
BEGIN SELECT RAISE(ABORT, 'JOPE-009 signed_action is regulated: rows are never deleted'); END;
