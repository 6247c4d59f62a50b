-- Jope store, revision 0006: reviews of the audit trail as signed records.

CREATE TABLE trail_review (
    id           TEXT PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    up_to_seq    INTEGER NOT NULL REFERENCES audit (seq),
    head         TEXT NOT NULL CHECK (length(head) = 64),
    events       INTEGER NOT NULL CHECK (events > 0),
    exceptions   TEXT NOT NULL CHECK (json_valid(exceptions)),
    sampled      TEXT NOT NULL CHECK (json_valid(sampled)),
    targeted     TEXT NOT NULL CHECK (json_valid(targeted)),
    comment      TEXT NOT NULL,
    reviewed_us  INTEGER NOT NULL,
    review_signature TEXT NOT NULL, review_signer TEXT NOT NULL, review_meaning TEXT NOT NULL CHECK (review_meaning = 'review'),
    review_version INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    FOREIGN KEY (review_signature, review_signer, review_meaning, review_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX trail_review_of ON trail_review (subject_kind, subject_id, up_to_seq);
CREATE TRIGGER trail_review_no_update BEFORE UPDATE ON trail_review
BEGIN SELECT RAISE(ABORT, 'JOPE-009 trail_review: a signed review is final; review again'); END;
CREATE TRIGGER trail_review_no_delete BEFORE DELETE ON trail_review
BEGIN SELECT RAISE(ABORT, 'JOPE-009 trail_review is regulated: rows are never deleted'); END;
