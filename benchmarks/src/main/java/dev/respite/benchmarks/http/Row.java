package dev.respite.benchmarks.http;

/** What is measured together. */
record Row(Load load, Contender contender) {

    /** What it is compared with. */
    Row bare() {
        return new Row(load, Contender.BARE);
    }

    @Override
    public String toString() {
        return load.label() + ", " + contender.label();
    }
}
