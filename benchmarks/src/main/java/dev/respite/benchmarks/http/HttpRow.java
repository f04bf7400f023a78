package dev.respite.benchmarks.http;

/** What is measured together. */
record HttpRow(HttpLoad load, MeasuredClient contender) {

    /** What it is compared with. */
    HttpRow bare() {
        return new HttpRow(load, MeasuredClient.BARE);
    }

    @Override
    public String toString() {
        return load.label() + ", " + contender.label();
    }
}
