package dev.respite.benchmarks.scale;

/** What is measured together: a contender, and how many calls it has waiting. */
record Row(Contender contender, int calls) {

    /** What it is compared with. */
    Row floor() {
        return new Row(Contender.FLOOR, calls);
    }

    @Override
    public String toString() {
        return contender.label() + ", " + calls + " calls";
    }
}
