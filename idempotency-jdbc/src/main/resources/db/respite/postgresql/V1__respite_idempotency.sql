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
);

-- What may be purged, the oldest first.
CREATE INDEX respite_idempotency_expiry ON respite_idempotency (expires_at) WHERE state IN ('DONE', 'READY');
