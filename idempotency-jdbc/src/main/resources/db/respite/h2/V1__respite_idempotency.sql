-- Respite's records: what was asked for under which key, and what came of it.
-- Run it with Flyway, or by hand, in the schema that your connections see first. Nothing runs it by itself.
-- A database in a file needs WRITE_DELAY=0 in its URL, or what was acknowledged in the last half second goes with a crash.

CREATE SEQUENCE respite_fence;

CREATE TABLE respite_idempotency (
    storage_key varchar(43) NOT NULL PRIMARY KEY,
    scope_hash  varchar(43) NOT NULL,
    state       varchar(14) NOT NULL
        CHECK (state IN ('READY', 'STARTED', 'EFFECT_STARTED', 'UNKNOWN', 'DONE')),
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
