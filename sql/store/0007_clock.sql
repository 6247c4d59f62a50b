-- Jope store, revision 0007: corrections of the trail's time by two people, after a clock that stood in the future.

CREATE TABLE clock_correction (
    id        TEXT PRIMARY KEY,
    reason    TEXT NOT NULL CHECK (length(reason) > 0),
    clock_us  INTEGER NOT NULL,
    trail_us  INTEGER NOT NULL,
    approved_us INTEGER,
    proposal_signature TEXT NOT NULL, proposal_signer TEXT NOT NULL, proposal_meaning TEXT NOT NULL CHECK (proposal_meaning = 'authorship'),
    proposal_version INTEGER NOT NULL,
    approval_signature TEXT, approval_signer TEXT, approval_meaning TEXT, approval_version INTEGER,
    version   INTEGER NOT NULL,
    CHECK (approval_meaning = 'approval'),
    CHECK ((approval_signature IS NULL) = (approval_signer IS NULL) AND (approval_signature IS NULL) = (approval_meaning IS NULL) AND (approval_signature IS NULL) = (approval_version IS NULL)),
    CHECK ((approved_us IS NULL) = (approval_signature IS NULL)),
    CHECK (approval_signer <> proposal_signer),
    FOREIGN KEY (proposal_signature, proposal_signer, proposal_meaning, proposal_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (approval_signature, approval_signer, approval_meaning, approval_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER clock_correction_final BEFORE UPDATE ON clock_correction
WHEN OLD.approval_signature IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 clock_correction: an approved correction is final'); END;
CREATE TRIGGER clock_correction_no_delete BEFORE DELETE ON clock_correction
BEGIN SELECT RAISE(ABORT, 'JOPE-009 clock_correction is regulated: rows are never deleted'); END;
