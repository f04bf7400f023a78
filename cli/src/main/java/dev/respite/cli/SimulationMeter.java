package dev.respite.cli;

import java.util.concurrent.atomic.AtomicLong;

/** A line on stderr that says how far the simulated time has come, where a person watches. Many threads may tell it. */
final class SimulationMeter {

    private static final int BAR = 40;

    private final Streams streams;
    private final long seconds;
    private final AtomicLong over = new AtomicLong();
    private final AtomicLong drawn = new AtomicLong(-1);

    SimulationMeter(Streams streams, long seconds) {
        this.streams = streams;
        this.seconds = seconds;
    }

    void secondOver() {
        long now = over.incrementAndGet();
        long filled = now * BAR / seconds;
        long before = drawn.get();
        if (streams.live() && filled > before && drawn.compareAndSet(before, filled)) {
            String bar = "#".repeat((int) filled) + ".".repeat((int) (BAR - filled));
            streams.err().print("\r[" + bar + "] " + Texts.count(seconds) + " s simulated");
            streams.err().flush();
        }
    }

    void end() {
        if (streams.live()) {
            streams.err().print('\r' + " ".repeat(Texts.WIDTH) + '\r');
            streams.err().flush();
        }
    }
}
