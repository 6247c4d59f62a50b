-- Jope store, revision 0013: deviations and their evidence.

CREATE TABLE deviation (
    number         TEXT PRIMARY KEY,
    year           INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 9999),
    n              INTEGER NOT NULL CHECK (n >= 1),
    title          TEXT NOT NULL CHECK (length(title) > 0),
    description    TEXT NOT NULL CHECK (length(description) > 0),
    source_kind    TEXT NOT NULL CHECK (source_kind IN ('event', 'batch', 'change_request', 'deadline', 'observation')),
    source_id      TEXT NOT NULL,
    line           TEXT NOT NULL,
    opened_by      TEXT NOT NULL,
    opened_us      INTEGER NOT NULL,
    owner          TEXT REFERENCES user_account (employee_id),
    state          TEXT NOT NULL CHECK (state IN ('open', 'classified', 'investigated', 'closed', 'voided')),
    classification TEXT NOT NULL CHECK (classification IN ('', 'minor', 'major', 'critical')),
    due            TEXT NOT NULL CHECK (due = '' OR due GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    root_cause     TEXT NOT NULL,
    impact         TEXT NOT NULL,
    disposition    TEXT NOT NULL,
    investigated_by TEXT REFERENCES user_account (employee_id),
    investigated_us INTEGER,
    ended_us       INTEGER,
    void_reason    TEXT NOT NULL,
    classified_signature TEXT, classified_signer TEXT, classified_meaning TEXT, classified_version INTEGER,
    closed_signature     TEXT, closed_signer     TEXT, closed_meaning     TEXT, closed_version     INTEGER,
    voided_signature     TEXT, voided_signer     TEXT, voided_meaning     TEXT, voided_version     INTEGER,
    version        INTEGER NOT NULL,
    UNIQUE (year, n),
    CHECK (number = 'DEV-' || year || '-' || printf('%04d', n)),
    CHECK (classified_meaning = 'review'),
    CHECK (closed_meaning = 'approval'),
    CHECK (voided_meaning = 'void'),
    -- Nobody closes a deviation that they own or investigated, and nobody voids one that they opened or own (URS H03).
    CHECK (closed_signer <> owner),
    CHECK (closed_signer <> investigated_by),
    CHECK (voided_signer <> opened_by),
    CHECK (voided_signer <> owner),
    CHECK ((state IN ('classified', 'investigated', 'closed')) = (classified_signature IS NOT NULL)),
    CHECK ((classified_signature IS NULL) = (classification = '') AND (classification = '') = (due = '')),
    CHECK ((state IN ('investigated', 'closed')) = (investigated_us IS NOT NULL)),
    CHECK ((investigated_us IS NULL) = (investigated_by IS NULL) AND (investigated_us IS NULL OR owner IS NOT NULL)),
    CHECK (investigated_us IS NULL OR (length(root_cause) > 0 AND length(impact) > 0 AND length(disposition) > 0)),
    CHECK ((state = 'closed') = (closed_signature IS NOT NULL)),
    CHECK ((state = 'voided') = (voided_signature IS NOT NULL) AND (state = 'voided') = (length(void_reason) > 0)),
    CHECK ((state IN ('closed', 'voided')) = (ended_us IS NOT NULL)),
    CHECK ((classified_signature IS NULL) = (classified_signer IS NULL) AND (classified_signature IS NULL) = (classified_meaning IS NULL) AND (classified_signature IS NULL) = (classified_version IS NULL)),
    CHECK ((closed_signature IS NULL) = (closed_signer IS NULL) AND (closed_signature IS NULL) = (closed_meaning IS NULL) AND (closed_signature IS NULL) = (closed_version IS NULL)),
    CHECK ((voided_signature IS NULL) = (voided_signer IS NULL) AND (voided_signature IS NULL) = (voided_meaning IS NULL) AND (voided_signature IS NULL) = (voided_version IS NULL)),
    FOREIGN KEY (classified_signature, classified_signer, classified_meaning, classified_version, number)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (closed_signature, closed_signer, closed_meaning, closed_version, number)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (voided_signature, voided_signer, voided_meaning, voided_version, number)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX deviation_state ON deviation (state, year, n);
CREATE TRIGGER deviation_contiguous BEFORE INSERT ON deviation
WHEN NEW.n <> coalesce((SELECT max(n) FROM deviation WHERE year = NEW.year), 0) + 1
BEGIN SELECT RAISE(ABORT, 'JOPE-009 deviation: the numbers of a year have no gaps'); END;
CREATE TRIGGER deviation_final BEFORE UPDATE ON deviation
WHEN OLD.state IN ('closed', 'voided') OR NEW.number <> OLD.number OR NEW.title <> OLD.title OR NEW.description <> OLD.description
    OR NEW.source_kind <> OLD.source_kind OR NEW.source_id <> OLD.source_id OR NEW.line <> OLD.line OR NEW.opened_by <> OLD.opened_by
    OR NEW.opened_us <> OLD.opened_us OR (OLD.classification <> '' AND (NEW.classification <> OLD.classification OR NEW.due <> OLD.due))
BEGIN SELECT RAISE(ABORT, 'JOPE-009 deviation: what was opened and classified does not change, what was closed or voided is final'); END;
CREATE TRIGGER deviation_no_delete BEFORE DELETE ON deviation
BEGIN SELECT RAISE(ABORT, 'JOPE-009 deviation is regulated: rows are never deleted'); END;

-- Evidence: an event of the trail by its leaf, a document by its hash, or words.
CREATE TABLE deviation_evidence (
    id            TEXT PRIMARY KEY,
    number        TEXT NOT NULL REFERENCES deviation (number),
    n             INTEGER NOT NULL CHECK (n >= 1),
    kind          TEXT NOT NULL CHECK (kind IN ('event', 'document', 'text')),
    event_seq     INTEGER REFERENCES audit (seq),
    event_leaf    TEXT NOT NULL,
    document_hash TEXT NOT NULL,
    document_name TEXT NOT NULL,
    words         TEXT NOT NULL,
    added_by      TEXT NOT NULL,
    added_us      INTEGER NOT NULL,
    UNIQUE (number, n),
    CHECK (id = number || ':' || n),
    CHECK ((kind = 'event') = (event_seq IS NOT NULL) AND (kind = 'event') = (length(event_leaf) = 64)),
    CHECK ((kind = 'document') = (length(document_hash) = 64) AND (kind = 'document') = (length(document_name) > 0)),
    CHECK (kind <> 'text' OR length(words) > 0)
) STRICT;
CREATE TRIGGER deviation_evidence_while_open BEFORE INSERT ON deviation_evidence
WHEN (SELECT state FROM deviation WHERE number = NEW.number) IN ('closed', 'voided')
BEGIN SELECT RAISE(ABORT, 'JOPE-009 deviation_evidence: a closed or voided deviation takes no more evidence'); END;
CREATE TRIGGER deviation_evidence_no_update BEFORE UPDATE ON deviation_evidence
BEGIN SELECT RAISE(ABORT, 'JOPE-009 deviation_evidence is append-only'); END;
CREATE TRIGGER deviation_evidence_no_delete BEFORE DELETE ON deviation_evidence
BEGIN SELECT RAISE(ABORT, 'JOPE-009 deviation_evidence is regulated: rows are never deleted'); END;
