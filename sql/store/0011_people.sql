-- Jope store, revision 0011: change requests of two and more people, and what is known of people, their authority and their access.

---------------------------------------------------------------------------------------------------------------- change requests
-- A four-eyes command waits here until it is approved. approval is given by somebody outside administration, further by anybody else who may approve.
CREATE TABLE change_request (
    id           TEXT PRIMARY KEY,
    command      TEXT NOT NULL CHECK (length(command) > 0),
    content      TEXT NOT NULL CHECK (json_valid(content)),
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    risk         TEXT NOT NULL CHECK (risk IN ('low', 'medium', 'high')),
    reason       TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    needed       INTEGER NOT NULL CHECK (needed IN (1, 2)),
    emergency    INTEGER NOT NULL CHECK (emergency IN (0, 1)),
    diff         TEXT NOT NULL CHECK (json_valid(diff)),
    diff_hash    TEXT NOT NULL CHECK (length(diff_hash) = 64),
    requester    TEXT NOT NULL REFERENCES user_account (employee_id),
    state        TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'expired', 'executing', 'executed', 'failed')),
    outcome      TEXT NOT NULL,
    deviation    TEXT NOT NULL,
    drafted_us   INTEGER NOT NULL,
    submitted_us INTEGER,
    approved_us  INTEGER,
    executed_us  INTEGER,
    ended_us     INTEGER,
    expires_us   INTEGER NOT NULL,
    ratify_by_us INTEGER,
    submission_signature TEXT, submission_signer TEXT, submission_meaning TEXT, submission_version INTEGER,
    approval_signature   TEXT, approval_signer   TEXT, approval_meaning   TEXT, approval_version   INTEGER,
    further_signature    TEXT, further_signer    TEXT, further_meaning    TEXT, further_version    INTEGER,
    rejection_signature  TEXT, rejection_signer  TEXT, rejection_meaning  TEXT, rejection_version  INTEGER,
    version      INTEGER NOT NULL,
    CHECK (submission_meaning = 'authorship'),
    CHECK (approval_meaning = 'approval'),
    CHECK (further_meaning = 'approval'),
    CHECK (rejection_meaning = 'rejection'),
    CHECK ((submission_signature IS NULL) = (submission_signer IS NULL) AND (submission_signature IS NULL) = (submission_meaning IS NULL) AND (submission_signature IS NULL) = (submission_version IS NULL)),
    CHECK ((approval_signature IS NULL) = (approval_signer IS NULL) AND (approval_signature IS NULL) = (approval_meaning IS NULL) AND (approval_signature IS NULL) = (approval_version IS NULL)),
    CHECK ((further_signature IS NULL) = (further_signer IS NULL) AND (further_signature IS NULL) = (further_meaning IS NULL) AND (further_signature IS NULL) = (further_version IS NULL)),
    CHECK ((rejection_signature IS NULL) = (rejection_signer IS NULL) AND (rejection_signature IS NULL) = (rejection_meaning IS NULL) AND (rejection_signature IS NULL) = (rejection_version IS NULL)),
    CHECK (submission_signer = requester),
    CHECK (approval_signer <> requester),
    CHECK (further_signer <> requester),
    CHECK (further_signer <> approval_signer),
    CHECK (rejection_signer <> requester),
    CHECK (state IN ('draft', 'withdrawn', 'expired') OR submission_signature IS NOT NULL),
    CHECK ((submitted_us IS NULL) = (submission_signature IS NULL)),
    -- Nothing goes on without the due number of approvers, none of them the requester; an emergency goes on and is approved after it.
    CHECK (state NOT IN ('approved', 'executing', 'executed', 'failed') OR emergency = 1
           OR (approval_signature IS NOT NULL AND (needed = 1 OR further_signature IS NOT NULL))),
    CHECK (emergency = 0 OR state IN ('draft', 'withdrawn', 'expired') OR ratify_by_us IS NOT NULL),
    CHECK (state NOT IN ('approved', 'executing', 'executed') OR approved_us IS NOT NULL),
    CHECK ((state = 'executed') = (executed_us IS NOT NULL)),
    CHECK ((state = 'rejected') = (rejection_signature IS NOT NULL)),
    CHECK (approved_us < expires_us),
    CHECK (executed_us < expires_us),
    FOREIGN KEY (submission_signature, submission_signer, submission_meaning, submission_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (approval_signature, approval_signer, approval_meaning, approval_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (further_signature, further_signer, further_meaning, further_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (rejection_signature, rejection_signer, rejection_meaning, rejection_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX change_request_open ON change_request (state) WHERE state IN ('draft', 'submitted', 'approved', 'executing');
CREATE INDEX change_request_subject ON change_request (subject_kind, subject_id);
CREATE TRIGGER change_request_begins BEFORE INSERT ON change_request
WHEN NEW.state <> 'draft' OR NEW.emergency <> 0 OR NEW.submission_signature IS NOT NULL OR NEW.approval_signature IS NOT NULL
    OR NEW.further_signature IS NOT NULL OR NEW.rejection_signature IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 change_request: a request begins as a draft'); END;
CREATE TRIGGER change_request_arrows BEFORE UPDATE ON change_request
WHEN NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN (
    'draft>submitted', 'draft>withdrawn', 'draft>expired', 'submitted>approved', 'submitted>rejected', 'submitted>withdrawn', 'submitted>expired',
    'approved>executing', 'approved>failed', 'approved>expired', 'executing>executed', 'executing>failed')
BEGIN SELECT RAISE(ABORT, 'JOPE-009 change_request: there is no such step'); END;
CREATE TRIGGER change_request_frozen BEFORE UPDATE ON change_request
WHEN NEW.command <> OLD.command OR NEW.content <> OLD.content OR NEW.subject_kind <> OLD.subject_kind OR NEW.subject_id <> OLD.subject_id
    OR NEW.risk <> OLD.risk OR NEW.reason <> OLD.reason OR NEW.needed <> OLD.needed OR NEW.requester <> OLD.requester
    OR NEW.drafted_us <> OLD.drafted_us OR NEW.id <> OLD.id OR (OLD.submitted_us IS NOT NULL AND NEW.submitted_us IS NOT OLD.submitted_us)
    OR (OLD.approved_us IS NOT NULL AND NEW.approved_us IS NOT OLD.approved_us)
    OR (OLD.executed_us IS NOT NULL AND NEW.executed_us IS NOT OLD.executed_us)
    OR (OLD.ratify_by_us IS NOT NULL AND NEW.ratify_by_us IS NOT OLD.ratify_by_us)
    OR (OLD.deviation <> '' AND NEW.deviation <> OLD.deviation) OR (OLD.state <> 'draft' AND (NEW.diff <> OLD.diff OR NEW.diff_hash <> OLD.diff_hash
        OR NEW.expires_us <> OLD.expires_us OR NEW.emergency <> OLD.emergency OR NEW.submission_signature <> OLD.submission_signature))
    OR (OLD.approval_signature IS NOT NULL AND NEW.approval_signature IS NOT OLD.approval_signature)
    OR (OLD.further_signature IS NOT NULL AND NEW.further_signature IS NOT OLD.further_signature)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 change_request: what was asked and who approved it do not change'); END;
CREATE TRIGGER change_request_final BEFORE UPDATE ON change_request
WHEN OLD.state IN ('rejected', 'withdrawn', 'expired', 'failed') OR (OLD.state = 'executed' AND OLD.emergency = 0)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 change_request: the request is at its end'); END;
CREATE TRIGGER change_request_outside BEFORE UPDATE OF approval_signer ON change_request
WHEN NEW.approval_signer IS NOT NULL AND EXISTS (
    SELECT 1 FROM user_account u JOIN role r ON r.role = u.role WHERE u.employee_id = NEW.approval_signer AND r.administrative = 1)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 change_request: administration never approves alone'); END;
CREATE TRIGGER change_request_no_delete BEFORE DELETE ON change_request
BEGIN SELECT RAISE(ABORT, 'JOPE-009 change_request is regulated: rows are never deleted'); END;

---------------------------------------------------------------------------------------------------------------- roles
ALTER TABLE role ADD COLUMN administrative INTEGER NOT NULL DEFAULT 0 CHECK (administrative IN (0, 1));
ALTER TABLE role ADD COLUMN number INTEGER NOT NULL DEFAULT 1 CHECK (number >= 1);
ALTER TABLE role_permission ADD COLUMN held INTEGER NOT NULL DEFAULT 1 CHECK (held IN (0, 1));

-- A role for a time: a deputy by change request, or break-glass by one person at once, reviewed after by another.
CREATE TABLE role_grant (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('deputy', 'break_glass')),
    employee_id TEXT NOT NULL REFERENCES user_account (employee_id),
    role        TEXT NOT NULL REFERENCES role (role),
    stands_for  TEXT REFERENCES user_account (employee_id),
    reason      TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    from_us     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL,
    ended_us    INTEGER,
    change_id   TEXT REFERENCES change_request (id),
    review_due_us INTEGER,
    review      TEXT NOT NULL,
    reviewed_signature TEXT, reviewed_signer TEXT, reviewed_meaning TEXT, reviewed_version INTEGER,
    version     INTEGER NOT NULL,
    CHECK (from_us < until_us),
    CHECK (stands_for <> employee_id),
    CHECK ((kind = 'break_glass') = (role = 'emergency')),
    CHECK ((kind = 'deputy') = (stands_for IS NOT NULL)),
    CHECK ((kind = 'deputy') = (change_id IS NOT NULL)),
    CHECK ((kind = 'break_glass') = (review_due_us IS NOT NULL)),
    CHECK (kind = 'deputy' OR until_us - from_us <= 14400000000),
    CHECK (reviewed_meaning = 'review'),
    CHECK (reviewed_signer <> employee_id),
    CHECK ((reviewed_signature IS NULL) = (reviewed_signer IS NULL) AND (reviewed_signature IS NULL) = (reviewed_meaning IS NULL) AND (reviewed_signature IS NULL) = (reviewed_version IS NULL)),
    FOREIGN KEY (reviewed_signature, reviewed_signer, reviewed_meaning, reviewed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX role_grant_of ON role_grant (employee_id);
CREATE TRIGGER role_grant_begins BEFORE INSERT ON role_grant
WHEN NEW.ended_us IS NOT NULL OR NEW.reviewed_signature IS NOT NULL OR (NEW.kind = 'deputy' AND NOT EXISTS (
    SELECT 1 FROM change_request WHERE id = NEW.change_id AND command = 'AppointDeputy' AND state = 'executing'))
BEGIN SELECT RAISE(ABORT, 'JOPE-009 role_grant: a deputy is appointed by a request that is being executed'); END;
CREATE TRIGGER role_grant_frozen BEFORE UPDATE ON role_grant
WHEN NEW.kind <> OLD.kind OR NEW.employee_id <> OLD.employee_id OR NEW.role <> OLD.role OR NEW.from_us <> OLD.from_us OR NEW.until_us <> OLD.until_us
    OR NEW.id <> OLD.id OR NEW.stands_for IS NOT OLD.stands_for OR NEW.reason <> OLD.reason OR NEW.change_id IS NOT OLD.change_id
    OR NEW.review_due_us IS NOT OLD.review_due_us OR OLD.reviewed_signature IS NOT NULL
    OR (OLD.ended_us IS NOT NULL AND NEW.ended_us IS NOT OLD.ended_us)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 role_grant: a role for a time is not made longer'); END;
CREATE TRIGGER role_grant_no_delete BEFORE DELETE ON role_grant
BEGIN SELECT RAISE(ABORT, 'JOPE-009 role_grant is regulated: rows are never deleted'); END;

---------------------------------------------------------------------------------------------------------------- people
CREATE TABLE identity_check (
    id            TEXT PRIMARY KEY,
    employee_id   TEXT NOT NULL REFERENCES user_account (employee_id),
    how           TEXT NOT NULL CHECK (length(trim(how)) > 0),
    document_name TEXT NOT NULL CHECK (length(document_name) > 0),
    document_hash TEXT NOT NULL CHECK (length(document_hash) = 64),
    checked_us    INTEGER NOT NULL,
    checked_signature TEXT NOT NULL, checked_signer TEXT NOT NULL, checked_meaning TEXT NOT NULL CHECK (checked_meaning = 'verified'),
    checked_version INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    CHECK (checked_signer <> employee_id),
    FOREIGN KEY (checked_signature, checked_signer, checked_meaning, checked_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX identity_check_of ON identity_check (employee_id);
CREATE TRIGGER identity_check_no_update BEFORE UPDATE ON identity_check
BEGIN SELECT RAISE(ABORT, 'JOPE-009 identity_check is append-only'); END;
CREATE TRIGGER identity_check_no_delete BEFORE DELETE ON identity_check
BEGIN SELECT RAISE(ABORT, 'JOPE-009 identity_check is regulated: rows are never deleted'); END;

-- password_state: 'none' nobody can sign in, 'one_time' signs in only to be changed, 'own' set by the person alone.
ALTER TABLE user_account ADD COLUMN password_state TEXT NOT NULL DEFAULT 'own' CHECK (password_state IN ('none', 'one_time', 'own'));
ALTER TABLE user_account ADD COLUMN password_set_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user_account ADD COLUMN identified INTEGER NOT NULL DEFAULT 1 CHECK (identified IN (0, 1));
ALTER TABLE user_account ADD COLUMN admitted INTEGER NOT NULL DEFAULT 1 CHECK (admitted IN (0, 1));
ALTER TABLE user_account ADD COLUMN access_from_us INTEGER;
ALTER TABLE user_account ADD COLUMN access_until_us INTEGER;
CREATE TRIGGER user_account_identified BEFORE UPDATE OF identified ON user_account
WHEN NEW.identified = 1 AND OLD.identified = 0 AND NOT EXISTS (SELECT 1 FROM identity_check WHERE employee_id = NEW.employee_id)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 user_account: nobody is identified without a check'); END;
CREATE TRIGGER user_account_begins BEFORE INSERT ON user_account
WHEN NEW.state = 'active' AND NEW.identified = 0
BEGIN SELECT RAISE(ABORT, 'JOPE-009 user_account: identity comes before access'); END;
CREATE TRIGGER user_account_active BEFORE UPDATE OF state ON user_account
WHEN NEW.state = 'active' AND (NEW.identified = 0 OR NEW.admitted = 0)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 user_account: identity and admission come before access'); END;
CREATE TRIGGER user_account_one_person BEFORE UPDATE OF employee_id ON user_account
BEGIN SELECT RAISE(ABORT, 'JOPE-009 user_account: an employee id belongs to one person for ever'); END;

CREATE TABLE password_used (
    id            TEXT PRIMARY KEY,
    employee_id   TEXT NOT NULL REFERENCES user_account (employee_id),
    password_hash TEXT NOT NULL,
    set_us        INTEGER NOT NULL
) STRICT;
CREATE INDEX password_used_of ON password_used (employee_id);
CREATE TRIGGER password_used_no_update BEFORE UPDATE ON password_used
BEGIN SELECT RAISE(ABORT, 'JOPE-009 password_used is append-only'); END;
CREATE TRIGGER password_used_no_delete BEFORE DELETE ON password_used
BEGIN SELECT RAISE(ABORT, 'JOPE-009 password_used is regulated: rows are never deleted'); END;

-- What one person did at once towards safety, and the other who looked at it after.
CREATE TABLE user_disabling (
    id          TEXT PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES user_account (employee_id),
    disabled_by TEXT NOT NULL,
    reason      TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    disabled_us INTEGER NOT NULL,
    review      TEXT NOT NULL,
    reviewed_signature TEXT, reviewed_signer TEXT, reviewed_meaning TEXT, reviewed_version INTEGER,
    version     INTEGER NOT NULL,
    CHECK (reviewed_meaning = 'review'),
    CHECK (reviewed_signer <> disabled_by),
    CHECK (reviewed_signer <> employee_id),
    CHECK ((reviewed_signature IS NULL) = (reviewed_signer IS NULL) AND (reviewed_signature IS NULL) = (reviewed_meaning IS NULL) AND (reviewed_signature IS NULL) = (reviewed_version IS NULL)),
    FOREIGN KEY (reviewed_signature, reviewed_signer, reviewed_meaning, reviewed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER user_disabling_final BEFORE UPDATE ON user_disabling
WHEN OLD.reviewed_signature IS NOT NULL OR NEW.disabled_by <> OLD.disabled_by OR NEW.employee_id <> OLD.employee_id OR NEW.id <> OLD.id
    OR NEW.reason <> OLD.reason OR NEW.disabled_us <> OLD.disabled_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 user_disabling: what was done stays, what was reviewed is final'); END;
CREATE TRIGGER user_disabling_no_delete BEFORE DELETE ON user_disabling
BEGIN SELECT RAISE(ABORT, 'JOPE-009 user_disabling is regulated: rows are never deleted'); END;

-- A badge fills in an id and proves nothing. Its number is kept as a digest.
CREATE TABLE badge (
    id          TEXT PRIMARY KEY CHECK (length(id) = 64),
    employee_id TEXT NOT NULL REFERENCES user_account (employee_id),
    identity_check_id TEXT NOT NULL UNIQUE REFERENCES identity_check (id),
    state       TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
    issued_us   INTEGER NOT NULL,
    revoked_us  INTEGER,
    version     INTEGER NOT NULL,
    CHECK ((state = 'revoked') = (revoked_us IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX badge_one_active ON badge (employee_id) WHERE state = 'active';
CREATE TRIGGER badge_revoked_is_final BEFORE UPDATE ON badge
WHEN OLD.state = 'revoked' OR NEW.employee_id <> OLD.employee_id OR NEW.id <> OLD.id OR NEW.identity_check_id <> OLD.identity_check_id
    OR NEW.issued_us <> OLD.issued_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 badge: a revoked badge stays revoked, and a badge is not handed on'); END;
CREATE TRIGGER badge_no_delete BEFORE DELETE ON badge
BEGIN SELECT RAISE(ABORT, 'JOPE-009 badge is regulated: rows are never deleted'); END;

CREATE TABLE factor_test (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('badge_reader', 'second_factor')),
    device    TEXT NOT NULL CHECK (length(trim(device)) > 0),
    procedure TEXT NOT NULL CHECK (length(trim(procedure)) > 0),
    passed    INTEGER NOT NULL CHECK (passed IN (0, 1)),
    tested_us INTEGER NOT NULL,
    next_due  TEXT NOT NULL CHECK (next_due GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    performed_signature TEXT NOT NULL, performed_signer TEXT NOT NULL, performed_meaning TEXT NOT NULL CHECK (performed_meaning = 'performed'),
    performed_version INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER factor_test_no_update BEFORE UPDATE ON factor_test
BEGIN SELECT RAISE(ABORT, 'JOPE-009 factor_test is append-only'); END;
CREATE TRIGGER factor_test_no_delete BEFORE DELETE ON factor_test
BEGIN SELECT RAISE(ABORT, 'JOPE-009 factor_test is regulated: rows are never deleted'); END;

---------------------------------------------------------------------------------------------------------------- settings
CREATE TABLE setting (
    id       TEXT PRIMARY KEY,
    key      TEXT NOT NULL CHECK (length(key) > 0),
    number   INTEGER NOT NULL CHECK (number >= 1),
    value    TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    UNIQUE (key, number),
    CHECK (id = key || ':' || number)
) STRICT;
CREATE TRIGGER setting_contiguous BEFORE INSERT ON setting
WHEN NEW.number <> coalesce((SELECT max(number) FROM setting WHERE key = NEW.key), 0) + 1
BEGIN SELECT RAISE(ABORT, 'JOPE-009 setting: the versions of a setting have no gaps'); END;
CREATE TRIGGER setting_no_update BEFORE UPDATE ON setting
BEGIN SELECT RAISE(ABORT, 'JOPE-009 setting is append-only; set the next version'); END;
CREATE TRIGGER setting_no_delete BEFORE DELETE ON setting
BEGIN SELECT RAISE(ABORT, 'JOPE-009 setting is regulated: rows are never deleted'); END;

---------------------------------------------------------------------------------------------------------------- access review
CREATE TABLE access_review (
    id        TEXT PRIMARY KEY,
    opened_by TEXT NOT NULL,
    opened_us INTEGER NOT NULL,
    closed_us INTEGER,
    version   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX access_review_one_open ON access_review (closed_us IS NULL) WHERE closed_us IS NULL;
CREATE TRIGGER access_review_final BEFORE UPDATE ON access_review
WHEN OLD.closed_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 access_review: a closed review is final'); END;
CREATE TRIGGER access_review_begins BEFORE INSERT ON access_review
WHEN NEW.closed_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 access_review: a review begins open'); END;
CREATE TRIGGER access_review_complete BEFORE UPDATE OF closed_us ON access_review
WHEN NEW.closed_us IS NOT NULL AND EXISTS (SELECT 1 FROM access_review_line WHERE review_id = NEW.id AND reviewed_signature IS NULL)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 access_review: a line is not signed yet'); END;
CREATE TRIGGER access_review_no_delete BEFORE DELETE ON access_review
BEGIN SELECT RAISE(ABORT, 'JOPE-009 access_review is regulated: rows are never deleted'); END;

CREATE TABLE access_review_line (
    id          TEXT PRIMARY KEY,
    review_id   TEXT NOT NULL REFERENCES access_review (id),
    employee_id TEXT NOT NULL REFERENCES user_account (employee_id),
    facts       TEXT NOT NULL CHECK (json_valid(facts)),
    decision    TEXT NOT NULL CHECK (decision IN ('', 'keep', 'change', 'disable')),
    reviewed_signature TEXT, reviewed_signer TEXT, reviewed_meaning TEXT, reviewed_version INTEGER,
    version     INTEGER NOT NULL,
    UNIQUE (review_id, employee_id),
    CHECK (id = review_id || ':' || employee_id),
    CHECK ((decision = '') = (reviewed_signature IS NULL)),
    CHECK (reviewed_meaning = 'review'),
    CHECK (reviewed_signer <> employee_id),
    CHECK ((reviewed_signature IS NULL) = (reviewed_signer IS NULL) AND (reviewed_signature IS NULL) = (reviewed_meaning IS NULL) AND (reviewed_signature IS NULL) = (reviewed_version IS NULL)),
    FOREIGN KEY (reviewed_signature, reviewed_signer, reviewed_meaning, reviewed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER access_review_line_final BEFORE UPDATE ON access_review_line
WHEN OLD.reviewed_signature IS NOT NULL OR NEW.facts <> OLD.facts
BEGIN SELECT RAISE(ABORT, 'JOPE-009 access_review_line: what was listed stays, what was signed is final'); END;
CREATE TRIGGER access_review_line_no_delete BEFORE DELETE ON access_review_line
BEGIN SELECT RAISE(ABORT, 'JOPE-009 access_review_line is regulated: rows are never deleted'); END;

---------------------------------------------------------------------------------------------------------------- commissioning
-- The letter of 21 CFR 11.100(c)(1) to the agency and the testimony of (c)(2), by the hash of their documents.
CREATE TABLE certification_letter (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('letter', 'testimony')),
    dated         TEXT NOT NULL CHECK (dated GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    document_name TEXT NOT NULL CHECK (length(document_name) > 0),
    document_hash TEXT NOT NULL CHECK (length(document_hash) = 64),
    recorded_us   INTEGER NOT NULL,
    recorded_signature TEXT NOT NULL, recorded_signer TEXT NOT NULL, recorded_meaning TEXT NOT NULL CHECK (recorded_meaning = 'responsibility'),
    recorded_version INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    FOREIGN KEY (recorded_signature, recorded_signer, recorded_meaning, recorded_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
-- Each founder signs the profile that the station begins with, and why it was chosen.
CREATE TABLE adopted_policy (
    id         TEXT PRIMARY KEY,
    profile    TEXT NOT NULL CHECK (length(profile) > 0),
    reason     TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    adopted_us INTEGER NOT NULL,
    adopted_signature TEXT NOT NULL, adopted_signer TEXT NOT NULL, adopted_meaning TEXT NOT NULL CHECK (adopted_meaning = 'approval'),
    adopted_version INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    CHECK (id = profile || ':' || adopted_signer),
    FOREIGN KEY (adopted_signature, adopted_signer, adopted_meaning, adopted_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER adopted_policy_no_update BEFORE UPDATE ON adopted_policy
BEGIN SELECT RAISE(ABORT, 'JOPE-009 adopted_policy is append-only'); END;
CREATE TRIGGER adopted_policy_no_delete BEFORE DELETE ON adopted_policy
BEGIN SELECT RAISE(ABORT, 'JOPE-009 adopted_policy is regulated: rows are never deleted'); END;

CREATE TRIGGER certification_letter_no_update BEFORE UPDATE ON certification_letter
BEGIN SELECT RAISE(ABORT, 'JOPE-009 certification_letter is append-only'); END;
CREATE TRIGGER certification_letter_no_delete BEFORE DELETE ON certification_letter
BEGIN SELECT RAISE(ABORT, 'JOPE-009 certification_letter is regulated: rows are never deleted'); END;
