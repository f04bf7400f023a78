package dev.respite.demo;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.TextFormat;
import java.io.IOException;
import java.util.function.IntConsumer;

/** Shows the progress of a run on stderr: a line that is overwritten on a terminal, otherwise one line at the end. */
final class Progress {

    private static final int BAR = 30;

    private final Console console;
    private final int transfers;

    /** A run that reports the number of completed transfers. */
    @FunctionalInterface
    interface Work {
        RunResult run(IntConsumer ended) throws IOException, InterruptedException;
    }

    Progress(Console console, int transfers) {
        this.console = console;
        this.transfers = transfers;
    }

    RunResult follow(ClientStrategy strategy, Work work) throws IOException, InterruptedException {
        long start = System.nanoTime();
        RunResult result = work.run(ended -> draw(strategy, ended, start));
        if (console.live()) {
            draw(strategy, transfers, start);
            console.err().println();
        } else {
            console.err()
                    .println(strategy + ": " + TextFormat.count(transfers) + " transfers in "
                            + TextFormat.time(System.nanoTime() - start));
        }
        return result;
    }

    private void draw(ClientStrategy strategy, int ended, long start) {
        if (console.live()) {
            int filled = (int) ((long) ended * BAR / transfers);
            String bar = "#".repeat(filled) + ".".repeat(BAR - filled);
            String time = TextFormat.time(System.nanoTime() - start);
            String line = TextFormat.left(strategy.toString(), 9) + "[" + bar + "] " + TextFormat.count(ended) + " of "
                    + TextFormat.count(transfers) + ", " + time;
            console.err().print('\r' + TextFormat.left(line, TextFormat.WIDTH));
            console.err().flush();
        }
    }
}
