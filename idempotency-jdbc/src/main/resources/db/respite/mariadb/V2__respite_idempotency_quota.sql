-- Only for a store that limits the records of one scope: it counts them by this.

CREATE INDEX respite_idempotency_scope ON respite_idempotency (scope_hash);
