-- Jope store, revision 0019: lots in containers, what moved in and out of them, certificates and analysis values, holds and voids (21 CFR 211.80-211.89, 211.184).

-- 'state' stays the disposition: quarantine, released or rejected. A hold stands over it, a void ends it, and that a lot has expired follows from the clock.
ALTER TABLE lot ADD COLUMN retest TEXT NOT NULL DEFAULT '' CHECK (retest = '' OR retest GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');
ALTER TABLE lot ADD COLUMN reserved_for TEXT REFERENCES batch (batch_no);
ALTER TABLE lot ADD COLUMN made_by TEXT REFERENCES batch (batch_no);
ALTER TABLE lot ADD COLUMN hold_id TEXT REFERENCES lot_hold (id);
ALTER TABLE lot ADD COLUMN void_id TEXT REFERENCES lot_void (id);
CREATE INDEX lot_material ON lot (material_code, state);
CREATE INDEX lot_made_by ON lot (made_by) WHERE made_by IS NOT NULL;
CREATE TRIGGER lot_stays BEFORE UPDATE ON lot
WHEN NEW.lot_no <> OLD.lot_no OR NEW.material_code <> OLD.material_code OR NEW.receiving_no <> OLD.receiving_no OR NEW.quantity <> OLD.quantity
    OR NEW.unit <> OLD.unit OR NEW.expiry <> OLD.expiry OR NEW.made_by IS NOT OLD.made_by OR OLD.void_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot: what was received stays as it was, and a voided lot stays voided'); END;
CREATE TRIGGER lot_release_needs_certificate BEFORE UPDATE ON lot
WHEN NEW.state = 'released' AND OLD.state <> 'released' AND NOT EXISTS (SELECT 1 FROM lot_certificate c WHERE c.lot_no = NEW.lot_no)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot: nothing is released without a certificate of analysis'); END;
CREATE TRIGGER lot_begins_in_quarantine BEFORE INSERT ON lot WHEN NEW.state <> 'quarantine' OR NEW.hold_id IS NOT NULL OR NEW.void_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot: a lot begins in quarantine'); END;

-- A certificate of analysis, by the hash of its document; append-only, a newer one stands beside the older.
CREATE TABLE lot_certificate (
    id            TEXT PRIMARY KEY,
    lot_no        TEXT NOT NULL REFERENCES lot (lot_no),
    document_name TEXT NOT NULL CHECK (length(trim(document_name)) > 0),
    document_hash TEXT NOT NULL CHECK (length(document_hash) = 64),
    pages         INTEGER NOT NULL CHECK (pages >= 1),
    filed_by      TEXT NOT NULL REFERENCES user_account (employee_id),
    filed_us      INTEGER NOT NULL
) STRICT;
CREATE INDEX lot_certificate_lot ON lot_certificate (lot_no, filed_us);
CREATE TRIGGER lot_certificate_no_update BEFORE UPDATE ON lot_certificate
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_certificate is append-only'); END;
CREATE TRIGGER lot_certificate_no_delete BEFORE DELETE ON lot_certificate
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_certificate is regulated: rows are never deleted'); END;

-- Values of the analysis in per cent, entered by one person and checked by another.
CREATE TABLE lot_analysis (
    id          TEXT PRIMARY KEY,
    lot_no      TEXT NOT NULL REFERENCES lot (lot_no),
    potency     TEXT NOT NULL,
    moisture    TEXT NOT NULL,
    entered_by  TEXT NOT NULL REFERENCES user_account (employee_id),
    entered_us  INTEGER NOT NULL,
    checked_us  INTEGER,
    verified_signature TEXT, verified_signer TEXT, verified_meaning TEXT, verified_version INTEGER,
    version     INTEGER NOT NULL,
    CHECK (potency <> '' OR moisture <> ''),
    CHECK (verified_meaning = 'verified'),
    CHECK (verified_signer <> entered_by),
    CHECK ((checked_us IS NULL) = (verified_signature IS NULL)),
    CHECK ((verified_signature IS NULL) = (verified_signer IS NULL) AND (verified_signature IS NULL) = (verified_meaning IS NULL) AND (verified_signature IS NULL) = (verified_version IS NULL)),
    FOREIGN KEY (verified_signature, verified_signer, verified_meaning, verified_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX lot_analysis_lot ON lot_analysis (lot_no, entered_us);
CREATE TRIGGER lot_analysis_final BEFORE UPDATE ON lot_analysis
WHEN OLD.verified_signature IS NOT NULL OR NEW.id <> OLD.id OR NEW.lot_no <> OLD.lot_no OR NEW.potency <> OLD.potency OR NEW.moisture <> OLD.moisture
    OR NEW.entered_by <> OLD.entered_by OR NEW.entered_us <> OLD.entered_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_analysis: values stay as they were entered'); END;
CREATE TRIGGER lot_analysis_no_delete BEFORE DELETE ON lot_analysis
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_analysis is regulated: rows are never deleted'); END;

-- Put on hold by one person at once, resumed by another with a signature.
CREATE TABLE lot_hold (
    id       TEXT PRIMARY KEY,
    lot_no   TEXT NOT NULL REFERENCES lot (lot_no),
    reason   TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    held_by  TEXT NOT NULL REFERENCES user_account (employee_id),
    held_us  INTEGER NOT NULL,
    finding  TEXT NOT NULL,
    ended_us INTEGER,
    approval_signature TEXT, approval_signer TEXT, approval_meaning TEXT, approval_version INTEGER,
    version  INTEGER NOT NULL,
    CHECK ((ended_us IS NULL) = (approval_signature IS NULL) AND (ended_us IS NULL) = (finding = '')),
    CHECK (approval_meaning = 'approval'),
    CHECK (approval_signer <> held_by),
    CHECK ((approval_signature IS NULL) = (approval_signer IS NULL) AND (approval_signature IS NULL) = (approval_meaning IS NULL) AND (approval_signature IS NULL) = (approval_version IS NULL)),
    FOREIGN KEY (approval_signature, approval_signer, approval_meaning, approval_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX lot_hold_one_open ON lot_hold (lot_no) WHERE ended_us IS NULL;
CREATE TRIGGER lot_hold_final BEFORE UPDATE ON lot_hold
WHEN OLD.ended_us IS NOT NULL OR NEW.id <> OLD.id OR NEW.lot_no <> OLD.lot_no OR NEW.reason <> OLD.reason OR NEW.held_by <> OLD.held_by OR NEW.held_us <> OLD.held_us
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_hold: what was held and signed is final'); END;
CREATE TRIGGER lot_hold_no_delete BEFORE DELETE ON lot_hold
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_hold is regulated: rows are never deleted'); END;
CREATE TRIGGER lot_hold_ends BEFORE UPDATE OF hold_id ON lot
WHEN OLD.hold_id IS NOT NULL AND NEW.hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold h WHERE h.id = OLD.hold_id AND h.approval_signature IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot: a hold ends by the signature of another person'); END;

-- A retest date that quality assurance moved, with the reason.
CREATE TABLE lot_retest (
    id       TEXT PRIMARY KEY,
    lot_no   TEXT NOT NULL REFERENCES lot (lot_no),
    before   TEXT NOT NULL,
    retest   TEXT NOT NULL CHECK (retest GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    reason   TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    set_us   INTEGER NOT NULL,
    approval_signature TEXT NOT NULL, approval_signer TEXT NOT NULL, approval_meaning TEXT NOT NULL CHECK (approval_meaning = 'approval'),
    approval_version INTEGER NOT NULL,
    CHECK (retest > before),
    FOREIGN KEY (approval_signature, approval_signer, approval_meaning, approval_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX lot_retest_lot ON lot_retest (lot_no, set_us);
CREATE TRIGGER lot_retest_no_update BEFORE UPDATE ON lot_retest
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_retest is append-only'); END;
CREATE TRIGGER lot_retest_no_delete BEFORE DELETE ON lot_retest
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_retest is regulated: rows are never deleted'); END;

-- The end of a lot that was opened in error and of which nothing was taken.
CREATE TABLE lot_void (
    id       TEXT PRIMARY KEY,
    lot_no   TEXT NOT NULL UNIQUE REFERENCES lot (lot_no),
    reason   TEXT NOT NULL CHECK (length(trim(reason)) > 0),
    ended_us INTEGER NOT NULL,
    void_signature TEXT NOT NULL, void_signer TEXT NOT NULL, void_meaning TEXT NOT NULL CHECK (void_meaning = 'void'), void_version INTEGER NOT NULL,
    FOREIGN KEY (void_signature, void_signer, void_meaning, void_version, id)
        REFERENCES signature (id, signer, meaning, record_version, subject_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER lot_void_unused BEFORE INSERT ON lot_void WHEN EXISTS (SELECT 1 FROM stock_movement m WHERE m.lot_no = NEW.lot_no AND m.kind <> 'received')
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_void: a lot of which something was taken is not voided'); END;
CREATE TRIGGER lot_void_no_update BEFORE UPDATE ON lot_void
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_void is append-only'); END;
CREATE TRIGGER lot_void_no_delete BEFORE DELETE ON lot_void
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_void is regulated: rows are never deleted'); END;

-- A container of a lot, '<lot>:<number>'. 'movements' and 'remaining_ng' are those of its newest movement, which the reference below leads to.
-- Amounts are whole nanograms, so that sums are exact.
CREATE TABLE lot_container (
    id           TEXT PRIMARY KEY CHECK (id = lot_no || ':' || number),
    lot_no       TEXT NOT NULL REFERENCES lot (lot_no),
    number       INTEGER NOT NULL CHECK (number >= 1),
    quantity     TEXT NOT NULL,
    unit         TEXT NOT NULL,
    tare         TEXT NOT NULL,
    opened_us    INTEGER,
    movements    INTEGER NOT NULL CHECK (movements >= 1),
    remaining_ng INTEGER NOT NULL CHECK (remaining_ng >= 0),
    version      INTEGER NOT NULL,
    UNIQUE (lot_no, number),
    FOREIGN KEY (id, movements, remaining_ng) REFERENCES stock_movement (container_id, number, remaining_ng) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER lot_container_stays BEFORE UPDATE ON lot_container
WHEN NEW.id <> OLD.id OR NEW.quantity <> OLD.quantity OR NEW.unit <> OLD.unit OR NEW.tare <> OLD.tare OR (OLD.opened_us IS NOT NULL AND NEW.opened_us IS NOT OLD.opened_us)
    OR NEW.movements < OLD.movements OR (NEW.movements = OLD.movements AND NEW.remaining_ng <> OLD.remaining_ng)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_container: what came in stays, and what is left follows from its movements'); END;
CREATE TRIGGER lot_container_no_delete BEFORE DELETE ON lot_container
BEGIN SELECT RAISE(ABORT, 'JOPE-009 lot_container is regulated: rows are never deleted'); END;

-- What moved, append-only. 'change_ng' is what the container gained, 'batch_ng' what the batch gained of it: issued to a batch, then used, returned or wasted.
CREATE TABLE stock_movement (
    id           TEXT PRIMARY KEY,
    container_id TEXT NOT NULL REFERENCES lot_container (id),
    lot_no       TEXT NOT NULL REFERENCES lot (lot_no),
    number       INTEGER NOT NULL CHECK (number >= 1),
    kind         TEXT NOT NULL CHECK (kind IN ('received', 'issued', 'used', 'returned', 'waste', 'sampled', 'adjusted')),
    quantity     TEXT NOT NULL,
    unit         TEXT NOT NULL,
    change_ng    INTEGER NOT NULL,
    remaining_ng INTEGER NOT NULL CHECK (remaining_ng >= 0),
    batch_no     TEXT REFERENCES batch (batch_no),
    batch_ng     INTEGER NOT NULL,
    weighing_id  TEXT REFERENCES weighing (id) DEFERRABLE INITIALLY DEFERRED,
    reason       TEXT NOT NULL,
    moved_by     TEXT NOT NULL REFERENCES user_account (employee_id),
    request_id   TEXT REFERENCES change_request (id),
    moved_us     INTEGER NOT NULL,
    UNIQUE (container_id, number, remaining_ng),
    CHECK ((kind = 'received') = (number = 1)),
    CHECK (batch_no IS NOT NULL OR batch_ng = 0),
    CHECK (kind <> 'received' OR (change_ng > 0 AND batch_no IS NULL)),
    CHECK (kind <> 'issued' OR (change_ng < 0 AND batch_no IS NOT NULL AND batch_ng = -change_ng)),
    CHECK (kind <> 'used' OR (change_ng = 0 AND batch_no IS NOT NULL AND batch_ng < 0)),
    CHECK (kind <> 'returned' OR (change_ng > 0 AND batch_no IS NOT NULL AND batch_ng = -change_ng)),
    CHECK (kind <> 'waste' OR (length(trim(reason)) > 0 AND ((batch_no IS NULL AND change_ng < 0) OR (batch_no IS NOT NULL AND change_ng = 0 AND batch_ng < 0)))),
    CHECK (kind <> 'sampled' OR (change_ng < 0 AND batch_no IS NULL)),
    -- A correction of what is on the shelf is never one person's: the change request says who asked for it and who else approved it.
    CHECK (kind <> 'adjusted' OR (change_ng <> 0 AND batch_no IS NULL AND length(trim(reason)) > 0 AND request_id IS NOT NULL)),
    CHECK (weighing_id IS NULL OR kind = 'issued')
) STRICT;
CREATE UNIQUE INDEX stock_movement_number ON stock_movement (container_id, number);
CREATE INDEX stock_movement_lot ON stock_movement (lot_no, batch_no, kind, change_ng, batch_ng);
CREATE INDEX stock_movement_batch ON stock_movement (batch_no, lot_no, kind, batch_ng) WHERE batch_no IS NOT NULL;
CREATE UNIQUE INDEX stock_movement_weighing ON stock_movement (weighing_id) WHERE weighing_id IS NOT NULL;
CREATE TRIGGER stock_movement_balances BEFORE INSERT ON stock_movement
WHEN NOT EXISTS (
    SELECT 1 FROM lot_container c WHERE c.id = NEW.container_id AND c.lot_no = NEW.lot_no AND (
        (NEW.number = 1 AND c.movements = 1 AND c.remaining_ng = NEW.change_ng AND NEW.remaining_ng = NEW.change_ng)
        OR (NEW.number = c.movements + 1 AND NEW.remaining_ng = c.remaining_ng + NEW.change_ng)))
BEGIN SELECT RAISE(ABORT, 'JOPE-009 stock_movement: what is left is what was there and what moved'); END;
CREATE TRIGGER stock_movement_of_batch BEFORE INSERT ON stock_movement
WHEN NEW.batch_ng < 0 AND NEW.batch_ng + (SELECT coalesce(sum(m.batch_ng), 0) FROM stock_movement m WHERE m.batch_no = NEW.batch_no AND m.lot_no = NEW.lot_no) < 0
BEGIN SELECT RAISE(ABORT, 'JOPE-009 stock_movement: a batch accounts for no more than was issued to it'); END;
CREATE TRIGGER stock_movement_no_update BEFORE UPDATE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'JOPE-009 stock_movement is append-only'); END;
CREATE TRIGGER stock_movement_no_delete BEFORE DELETE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'JOPE-009 stock_movement is regulated: rows are never deleted'); END;

-- Which container was identified for a material of a batch.
ALTER TABLE dispense ADD COLUMN container_id TEXT REFERENCES lot_container (id);
