-- Respite's records: what was asked for under which key, and what came of it.
-- Run it with Flyway, or by hand, in the schema that your connections see first. Nothing runs it by itself.
-- H2 is for tests: killed while several connections write, it may keep one half of a transaction (docs/idempotency-stores.md).

CREATE SEQUENCE respite_fence;

CREATE TABLE respite_idempotency (
    storage_key varchar(43) NOT NULL PRIMARY KEY,
    scope_hash  varchar(43) NOT NULL,
    -- Not IN, which H2 2.4.240 finds violated by every row once the connection that has made the table is closed.
    state       varchar(14) NOT NULL
        CHECK (REGEXP_LIKE(state, '^(READY|STARTED|EFFECT_STARTED|UNKNOWN|DONE)$')),
    fence       bigint NOT NULL,
    owner       varchar(64) NOT NULL,
    fingerprint varchar(60) NOT NULL,
    claims      integer NOT NULL,
    lease_until timestamp(6) with time zone NOT NULL,
    expires_at  timestamp(6) with time zone NOT NULL,
    key_time    timestamp(6) with time zone,
    response    binary large object,
    CHECK ((state = 'DONE') = (response IS NOT NULL))
);

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
    key_time timestamp(6) with time zone
);

INSERT INTO respite_idempotency_purge (id) VALUES (1);
