-- Jope store, revision 0005: between which times each tile of the trail lies, so that a range of time is found without reading every event.
-- A projection of the bodies: it belongs to the ledger, is append-only, and verification compares it with what the bodies say.

CREATE TABLE audit_span (
    n         INTEGER PRIMARY KEY CHECK (n >= 1),
    first_utc INTEGER NOT NULL,
    last_utc  INTEGER NOT NULL CHECK (last_utc >= first_utc)
) STRICT;
INSERT INTO audit_span (n, first_utc, last_utc)
SELECT t.n, min(json_extract(a.body, '$.utc')), max(json_extract(a.body, '$.utc'))
FROM audit_tile t JOIN audit a ON a.seq > (t.n - 1) * 256 AND a.seq <= t.n * 256 GROUP BY t.n ORDER BY t.n;
CREATE TRIGGER audit_span_contiguous BEFORE INSERT ON audit_span
WHEN NEW.n <> coalesce((SELECT max(n) FROM audit_span), 0) + 1
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_span: tiles have no gaps'); END;
CREATE TRIGGER audit_span_no_update BEFORE UPDATE ON audit_span
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_span is append-only'); END;
CREATE TRIGGER audit_span_no_delete BEFORE DELETE ON audit_span
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_span is append-only'); END;
