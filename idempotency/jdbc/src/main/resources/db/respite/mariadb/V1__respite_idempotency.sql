-- Respite's records: what was asked for under which key, and what came of it.
-- Run it with Flyway, or by hand, in the database that your connections name. Nothing runs it by itself.
-- Who uses it needs SELECT, INSERT, UPDATE and DELETE on the tables, and SELECT and INSERT on the sequence.

CREATE SEQUENCE respite_fence ENGINE = InnoDB;

CREATE TABLE respite_idempotency (
    storage_key varchar(43) NOT NULL PRIMARY KEY,
    scope_hash  varchar(43) NOT NULL,
    state       varchar(14) NOT NULL
        CHECK (state IN ('READY', 'STARTED', 'EFFECT_STARTED', 'UNKNOWN', 'DONE')),
    fence       bigint NOT NULL,
    owner       varchar(64) NOT NULL,
    fingerprint varchar(60) NOT NULL,
    claims      integer NOT NULL,
    -- In UTC, whatever the time zone of a session: timestamp would be converted, and ends in 2038 before MariaDB 11.5.
    lease_until datetime(6) NOT NULL,
    expires_at  datetime(6) NOT NULL,
    key_time    datetime(6),
    response    longblob,
    CHECK ((state = 'DONE') = (response IS NOT NULL))
    -- Hashes are compared to the letter, and to the trailing space, whatever the collation of the database.
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_nopad_bin;

-- What may be purged, the oldest first.
CREATE INDEX respite_idempotency_expiry ON respite_idempotency (expires_at);

-- For a store that limits the records of one scope: it counts them by this.
CREATE INDEX respite_idempotency_scope ON respite_idempotency (scope_hash);

-- For operators: records in work, and records whose outcome is unknown. By the expiry, new entries are beside each other.
CREATE INDEX respite_idempotency_state ON respite_idempotency (state, expires_at);

-- One row: the greatest key time of all records that were purged; null before the first. A new key that is not later is expired.
-- A purge locks the row, so that only one works at a time.
CREATE TABLE respite_idempotency_purge (
    id       smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    key_time datetime(6)
) ENGINE = InnoDB;

INSERT INTO respite_idempotency_purge (id) VALUES (1);
