-- Jope store, revision 0010: disposal after retention. The payload of an event goes only where a disposal signed by two people names it.

CREATE TABLE disposal (
    id           TEXT PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    reason       TEXT NOT NULL CHECK (length(reason) > 0),
    events       TEXT NOT NULL CHECK (json_valid(events) AND json_array_length(events) > 0),
    proposed_us  INTEGER NOT NULL,
    approved_us  INTEGER,
    proposal_signature TEXT NOT NULL, proposal_signer TEXT NOT NULL, proposal_meaning TEXT NOT NULL CHECK (proposal_meaning = 'authorship'),
    proposal_version INTEGER NOT NULL,
    approval_signature TEXT, approval_signer TEXT, approval_meaning TEXT, approval_version INTEGER,
    version      INTEGER NOT NULL,
    CHECK (approval_meaning = 'approval'),
    CHECK ((approval_signature IS NULL) = (approval_signer IS NULL) AND (approval_signature IS NULL) = (approval_meaning IS NULL) AND (approval_signature IS NULL) = (approval_version IS NULL)),
    CHECK ((approved_us IS NULL) = (approval_signature IS NULL)),
    CHECK (approval_signer <> proposal_signer),
    FOREIGN KEY (proposal_signature, proposal_signer, proposal_meaning, proposal_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (approval_signature, approval_signer, approval_meaning, approval_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER disposal_final BEFORE UPDATE ON disposal
WHEN OLD.approval_signature IS NOT NULL OR NEW.events <> OLD.events OR NEW.subject_kind <> OLD.subject_kind OR NEW.subject_id <> OLD.subject_id
BEGIN SELECT RAISE(ABORT, 'JOPE-009 disposal: what was proposed does not change, what was approved is final'); END;
CREATE TRIGGER disposal_no_delete BEFORE DELETE ON disposal
BEGIN SELECT RAISE(ABORT, 'JOPE-009 disposal is regulated: rows are never deleted'); END;

DROP TRIGGER audit_payload_no_delete;
CREATE TRIGGER audit_payload_no_delete BEFORE DELETE ON audit_payload
WHEN NOT EXISTS (
    SELECT 1 FROM disposal d, json_each(d.events) r
    WHERE d.approval_signature IS NOT NULL AND OLD.seq BETWEEN json_extract(r.value, '$[0]') AND json_extract(r.value, '$[1]')
)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_payload is append-only'); END;
