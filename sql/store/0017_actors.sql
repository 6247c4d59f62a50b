-- Jope store, revision 0017: whose events lie in each tile of the trail, a bit for each event. It takes the place of an index on who did it, which cost
-- every commit a page. Bit b of word w (from 0) is event (n - 1) * 256 + 64 * w + b + 1. After the last tile the events themselves say it.
-- A projection of the bodies: it belongs to the ledger, is append-only, and verification compares it with what the bodies say.

DROP INDEX audit_actor;
CREATE TABLE audit_actor_tile (
    actor TEXT NOT NULL,
    n     INTEGER NOT NULL CHECK (n >= 1),
    w0    INTEGER NOT NULL,
    w1    INTEGER NOT NULL,
    w2    INTEGER NOT NULL,
    w3    INTEGER NOT NULL,
    PRIMARY KEY (actor, n)
) STRICT, WITHOUT ROWID;
INSERT INTO audit_actor_tile (actor, n, w0, w1, w2, w3)
SELECT a.actor, t.n,
       sum(CASE (a.seq - 1) / 64 % 4 WHEN 0 THEN 1 << ((a.seq - 1) % 64) ELSE 0 END),
       sum(CASE (a.seq - 1) / 64 % 4 WHEN 1 THEN 1 << ((a.seq - 1) % 64) ELSE 0 END),
       sum(CASE (a.seq - 1) / 64 % 4 WHEN 2 THEN 1 << ((a.seq - 1) % 64) ELSE 0 END),
       sum(CASE (a.seq - 1) / 64 % 4 WHEN 3 THEN 1 << ((a.seq - 1) % 64) ELSE 0 END)
FROM audit_tile t JOIN audit a ON a.seq > (t.n - 1) * 256 AND a.seq <= t.n * 256 GROUP BY a.actor, t.n;
CREATE TRIGGER audit_actor_tile_new BEFORE INSERT ON audit_actor_tile
WHEN NEW.n <= (SELECT coalesce(max(n), 0) FROM audit_span)
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_actor_tile: a tile is written once'); END;
CREATE TRIGGER audit_actor_tile_no_update BEFORE UPDATE ON audit_actor_tile
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_actor_tile is append-only'); END;
CREATE TRIGGER audit_actor_tile_no_delete BEFORE DELETE ON audit_actor_tile
BEGIN SELECT RAISE(ABORT, 'JOPE-009 audit_actor_tile is append-only'); END;
