package dev.respite.text;

/** The units of durations, in the order in which printing takes the first that divides the duration. */
enum DurationUnit {
    HOURS("h", 3_600_000_000_000L),
    MINUTES("m", 60_000_000_000L),
    SECONDS("s", 1_000_000_000L),
    MILLIS("ms", 1_000_000L),
    MICROS("us", 1_000L),
    NANOS("ns", 1L),
    /** Last, since it is read and never printed: policies are printed in hours. */
    DAYS("d", 86_400_000_000_000L);

    final String text;
    final long nanos;

    DurationUnit(String text, long nanos) {
        this.text = text;
        this.nanos = nanos;
    }
}
