package dev.respite.policy;

/** The units of durations, longest first, so that printing takes the first that divides the duration. */
enum DurationUnit {
    HOURS("h", 3_600_000_000_000L),
    MINUTES("m", 60_000_000_000L),
    SECONDS("s", 1_000_000_000L),
    MILLIS("ms", 1_000_000L),
    MICROS("us", 1_000L),
    NANOS("ns", 1L);

    final String text;
    final long nanos;

    DurationUnit(String text, long nanos) {
        this.text = text;
        this.nanos = nanos;
    }
}
