package dev.respite.cli.simulate;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.TextFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Shows the progress of the simulated time on stderr, if that is a terminal. Thread-safe. */
final class SimulationMeter {

    private static final int BAR = 40;

    private final Console console;
    private final long seconds;
    private final AtomicLong over = new AtomicLong();
    private final AtomicLong drawn = new AtomicLong(-1);

    SimulationMeter(Console console, long seconds) {
        this.console = console;
        this.seconds = seconds;
    }

    void secondOver() {
        long now = over.incrementAndGet();
        long filled = now * BAR / seconds;
        long before = drawn.get();
        if (console.live() && filled > before && drawn.compareAndSet(before, filled)) {
            String bar = "#".repeat((int) filled) + ".".repeat((int) (BAR - filled));
            console.err().print("\r[" + bar + "] " + TextFormat.count(seconds) + " s simulated");
            console.err().flush();
        }
    }

    void end() {
        if (console.live()) {
            console.err().print('\r' + " ".repeat(TextFormat.WIDTH) + '\r');
            console.err().flush();
        }
    }
}
