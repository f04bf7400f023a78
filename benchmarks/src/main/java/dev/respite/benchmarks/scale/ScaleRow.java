package dev.respite.benchmarks.scale;

/** What is measured together: a contender, and how many calls it has waiting. */
record ScaleRow(MeasuredLibrary contender, int calls) {

    /** What it is compared with. */
    ScaleRow floor() {
        return new ScaleRow(MeasuredLibrary.FLOOR, calls);
    }

    @Override
    public String toString() {
        return contender.label() + ", " + calls + " calls";
    }
}
