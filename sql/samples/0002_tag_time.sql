-- When each tag said something: the index by which a tag's values are found, kept in a table because it follows behind the values, many at a time. An index
-- on sample itself would rewrite a page for every tag in every commit. The spool 'tag_time' tells how far it has come; what is newer is looked through.

DROP INDEX sample_tag_time;
CREATE TABLE tag_time (
    tag     INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (tag, time_us, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tag_time_no_update BEFORE UPDATE ON tag_time BEGIN SELECT RAISE(ABORT, 'JOPE-009 tag_time is append-only'); END;
CREATE TRIGGER tag_time_no_delete BEFORE DELETE ON tag_time BEGIN SELECT RAISE(ABORT, 'JOPE-009 tag_time is append-only'); END;
