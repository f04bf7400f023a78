package dev.respite.idempotency;

/**
 * How much a store takes before it refuses new keys. What it has taken it keeps: to make room by dropping a record would be to
 * run its key twice.
 *
 * @param records records in all, 1 or more
 * @param recordsPerScope records of one scope, 1 or more
 * @param bytes about how many bytes in all, 1 or more. Records that are there may still grow by their response
 */
public record Quota(long records, long recordsPerScope, long bytes) {

    /**
     * Checks the figures.
     *
     * @param records as the record has it
     * @param recordsPerScope as the record has it
     * @param bytes as the record has it
     * @throws IllegalArgumentException if one of them is less than 1
     */
    public Quota {
        if (records < 1 || recordsPerScope < 1 || bytes < 1) {
            throw new IllegalArgumentException("quota of " + records + " records, " + recordsPerScope + " per scope, "
                    + bytes + " bytes: each is at least 1");
        }
    }

    /**
     * A million records, a tenth of them for one scope, 256 MiB.
     *
     * @return the quota
     */
    public static Quota defaults() {
        return new Quota(1_000_000, 100_000, 256L << 20);
    }
}
