package dev.respite.idempotency.store;

/**
 * The limits beyond which a store rejects new keys. Records are never evicted: evicting one would run its key twice.
 *
 * @param records the maximum number of records, 1 or more
 * @param recordsPerScope the maximum number of records of one scope, 1 or more
 * @param bytes the approximate maximum number of bytes, 1 or more. Existing records may still grow by their response
 */
public record Quota(long records, long recordsPerScope, long bytes) {

    /**
     * Checks the values.
     *
     * @param records 1 or more
     * @param recordsPerScope 1 or more
     * @param bytes 1 or more
     * @throws IllegalArgumentException if one of them is less than 1
     */
    public Quota {
        if (records < 1 || recordsPerScope < 1 || bytes < 1) {
            throw new IllegalArgumentException("quota of " + records + " records, " + recordsPerScope + " per scope, "
                    + bytes + " bytes: each must be at least 1");
        }
    }

    /** {@return a quota of 1,000,000 records, 100,000 of them for one scope, and 256 MiB} */
    public static Quota defaults() {
        return new Quota(1_000_000, 100_000, 256L << 20);
    }
}
