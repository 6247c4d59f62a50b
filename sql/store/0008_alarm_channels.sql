-- Jope store, revision 0008: which channels tell people outside of alarms, and what became of each notice.

-- A channel as the policy names it, from when on: alarms raised after `since_seq`, or still active then, are its business. `settings` is what the policy said.
CREATE TABLE alarm_channel (
    name       TEXT PRIMARY KEY,
    settings   TEXT NOT NULL CHECK (json_valid(settings)),
    since_seq  INTEGER NOT NULL CHECK (since_seq >= 0),
    since_us   INTEGER NOT NULL,
    removed_us INTEGER,
    version    INTEGER NOT NULL
) STRICT;
CREATE TRIGGER alarm_channel_no_delete BEFORE DELETE ON alarm_channel
BEGIN SELECT RAISE(ABORT, 'JOPE-009 alarm_channel is regulated: rows are never deleted'); END;

-- One alarm at one channel. What waits has no row, or a failed one: the queue is what follows from alarms, channels and these rows, and nothing else.
CREATE TABLE alarm_notice (
    id       TEXT PRIMARY KEY,
    channel  TEXT NOT NULL REFERENCES alarm_channel (name),
    alarm_id TEXT NOT NULL REFERENCES alarm (id),
    state    TEXT NOT NULL CHECK (state IN ('failed', 'sent')),
    attempts INTEGER NOT NULL CHECK (attempts >= 1),
    tried_us INTEGER NOT NULL,
    sent_us  INTEGER,
    code     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    UNIQUE (channel, alarm_id),
    CHECK ((state = 'sent') = (sent_us IS NOT NULL)),
    CHECK ((state = 'sent') = (code = ''))
) STRICT;
CREATE TRIGGER alarm_notice_sent BEFORE UPDATE ON alarm_notice
WHEN OLD.state = 'sent'
BEGIN SELECT RAISE(ABORT, 'JOPE-009 alarm_notice: what was sent is final'); END;
CREATE TRIGGER alarm_notice_no_delete BEFORE DELETE ON alarm_notice
BEGIN SELECT RAISE(ABORT, 'JOPE-009 alarm_notice is regulated: rows are never deleted'); END;
