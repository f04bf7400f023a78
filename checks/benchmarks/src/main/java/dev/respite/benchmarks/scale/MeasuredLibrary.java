package dev.respite.benchmarks.scale;

/** One row of the table. */
enum MeasuredLibrary {
    FLOOR("floor: a future and a `ScheduledThreadPoolExecutor`"),
    RESPITE("**Respite**"),
    RESILIENCE4J("Resilience4j");

    private final String label;

    MeasuredLibrary(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    Retries make() {
        return switch (this) {
            case FLOOR -> new HandWrittenScale();
            case RESPITE -> new WithRespite();
            case RESILIENCE4J -> new WithResilience4j();
        };
    }
}
