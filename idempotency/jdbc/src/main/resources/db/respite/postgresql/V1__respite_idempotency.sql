-- Respite's records: what was asked for under which key, and what came of it.
-- Run it with Flyway, or by hand, in the schema that your connections see first. Nothing runs it by itself.

CREATE SEQUENCE respite_fence;

CREATE TABLE respite_idempotency (
    -- Hashes are compared to the letter, whatever the collation of the database.
    storage_key varchar(43) COLLATE "C" NOT NULL PRIMARY KEY,
    scope_hash  varchar(43) COLLATE "C" NOT NULL,
    state       varchar(14) COLLATE "C" NOT NULL
        CHECK (state IN ('READY', 'STARTED', 'EFFECT_STARTED', 'UNKNOWN', 'DONE')),
    fence       bigint NOT NULL,
    owner       varchar(64) COLLATE "C" NOT NULL,
    fingerprint varchar(60) COLLATE "C" NOT NULL,
    claims      integer NOT NULL,
    lease_until timestamp(6) with time zone NOT NULL,
    expires_at  timestamp(6) with time zone NOT NULL,
    key_time    timestamp(6) with time zone,
    response    bytea,
    CHECK ((state = 'DONE') = (response IS NOT NULL))
) WITH (
    -- Each call leaves three dead rows, and with them entries in every index: by PostgreSQL's defaults a table of 10 million
    -- records would be cleaned once there are 2 million. No update is in place, whatever the fillfactor, as the indexes have
    -- the state and the expiry in them.
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 5000
);

-- What may be purged, the oldest first.
CREATE INDEX respite_idempotency_expiry ON respite_idempotency (expires_at) WHERE state IN ('DONE', 'READY');

-- For a store that limits the records of one scope: it counts them by this.
CREATE INDEX respite_idempotency_scope ON respite_idempotency (scope_hash);

-- For operators: records in work, and records whose outcome is unknown. It has few entries.
CREATE INDEX respite_idempotency_state ON respite_idempotency (state, storage_key)
    WHERE state IN ('STARTED', 'EFFECT_STARTED', 'UNKNOWN');

-- One row: the greatest key time of all records that were purged; null before the first. A new key that is not later is expired.
-- A purge locks the row, so that only one works at a time.
CREATE TABLE respite_idempotency_purge (
    id       smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    key_time timestamp(6) with time zone
);

INSERT INTO respite_idempotency_purge (id) VALUES (1);
