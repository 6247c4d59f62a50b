-- Jope store, revision 0018: labels of dispensed containers, each with the very bytes that a printer was sent, and what became of it.

-- The bytes by their SHA-256: what was shown before printing was decoded from them.
CREATE TABLE label_content (
    sha256  TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    content TEXT NOT NULL CHECK (length(content) > 0)
) STRICT;
CREATE TRIGGER label_content_no_update BEFORE UPDATE ON label_content
BEGIN SELECT RAISE(ABORT, 'JOPE-009 label_content is append-only'); END;
CREATE TRIGGER label_content_no_delete BEFORE DELETE ON label_content
BEGIN SELECT RAISE(ABORT, 'JOPE-009 label_content is regulated: rows are never deleted'); END;

-- Noted before anything is sent, sent once. 'refused' means that nothing was sent; 'unknown' that nobody knows, until a person says so by signature.
CREATE TABLE label_print (
    id          TEXT PRIMARY KEY,
    weighing_id TEXT NOT NULL REFERENCES weighing (id),
    copy_no     INTEGER NOT NULL CHECK (copy_no >= 1),
    device_id   TEXT NOT NULL REFERENCES device (device_id),
    sha256      TEXT NOT NULL REFERENCES label_content (sha256),
    state       TEXT NOT NULL CHECK (state IN ('asked', 'sent', 'printed', 'refused', 'unknown', 'not_printed')),
    reason      TEXT NOT NULL,
    asked_by    TEXT NOT NULL REFERENCES user_account (employee_id),
    asked_us    INTEGER NOT NULL,
    sent_us     INTEGER,
    ended_us    INTEGER,
    message     TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    performed_signature TEXT, performed_signer TEXT, performed_meaning TEXT, performed_version INTEGER,
    version     INTEGER NOT NULL,
    -- A further copy is a reprint, and has a reason.
    CHECK (copy_no = 1 OR length(trim(reason)) > 0),
    CHECK ((state IN ('asked', 'sent')) = (ended_us IS NULL)),
    CHECK (state IN ('asked', 'refused') OR sent_us IS NOT NULL),
    -- That a sent label did not come out is what a person said; that one came out, a printer counted or a person said.
    CHECK (state <> 'not_printed' OR performed_signature IS NOT NULL),
    CHECK (performed_signature IS NULL OR state IN ('printed', 'not_printed')),
    CHECK (performed_meaning = 'performed'),
    CHECK ((performed_signature IS NULL) = (performed_signer IS NULL) AND (performed_signature IS NULL) = (performed_meaning IS NULL) AND (performed_signature IS NULL) = (performed_version IS NULL)),
    FOREIGN KEY (performed_signature, performed_signer, performed_meaning, performed_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX label_print_copy ON label_print (weighing_id, copy_no) WHERE state <> 'refused';
CREATE UNIQUE INDEX label_print_one_open ON label_print (weighing_id) WHERE state IN ('asked', 'sent', 'unknown');
CREATE INDEX label_print_weighing ON label_print (weighing_id, asked_us);
CREATE INDEX label_print_device ON label_print (device_id, asked_us);
CREATE TRIGGER label_print_stays BEFORE UPDATE ON label_print
WHEN NEW.id <> OLD.id OR NEW.weighing_id <> OLD.weighing_id OR NEW.copy_no <> OLD.copy_no OR NEW.device_id <> OLD.device_id OR NEW.sha256 <> OLD.sha256
    OR NEW.reason <> OLD.reason OR NEW.asked_by <> OLD.asked_by OR NEW.asked_us <> OLD.asked_us OR (OLD.sent_us IS NOT NULL AND NEW.sent_us IS NOT OLD.sent_us)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 label_print: a label is what was asked for'); END;
CREATE TRIGGER label_print_moves BEFORE UPDATE ON label_print
WHEN NOT (OLD.state || '>' || NEW.state IN ('asked>sent', 'asked>refused', 'sent>printed', 'sent>refused', 'sent>unknown', 'unknown>printed', 'unknown>not_printed'))
BEGIN SELECT RAISE(ABORT, 'JOPE-009 label_print: a label is sent once, and what became of it is final'); END;
CREATE TRIGGER label_print_no_delete BEFORE DELETE ON label_print
BEGIN SELECT RAISE(ABORT, 'JOPE-009 label_print is regulated: rows are never deleted'); END;
