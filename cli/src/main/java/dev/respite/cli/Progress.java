package dev.respite.cli;

import java.io.IOException;
import java.util.function.IntConsumer;

/** Says on stderr how far a round has come: a line that is drawn over where a person watches, else one at the end. */
final class Progress {

    private static final int BAR = 30;

    private final Streams streams;
    private final int transfers;

    /** A round, which tells how many transfers have ended. */
    @FunctionalInterface
    interface Work {
        Tally run(IntConsumer ended) throws IOException, InterruptedException;
    }

    Progress(Streams streams, int transfers) {
        this.streams = streams;
        this.transfers = transfers;
    }

    Tally follow(Way way, Work work) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Tally tally = work.run(ended -> draw(way, ended, start));
        if (streams.live()) {
            draw(way, transfers, start);
            streams.err().println();
        } else {
            streams.err()
                    .println(way + ": " + Texts.count(transfers) + " transfers in "
                            + Texts.time(System.nanoTime() - start));
        }
        return tally;
    }

    private void draw(Way way, int ended, long start) {
        if (streams.live()) {
            int filled = (int) ((long) ended * BAR / transfers);
            String bar = "#".repeat(filled) + ".".repeat(BAR - filled);
            String time = Texts.time(System.nanoTime() - start);
            String line = Texts.left(way.toString(), 9) + "[" + bar + "] " + Texts.count(ended) + " of "
                    + Texts.count(transfers) + ", " + time;
            streams.err().print('\r' + Texts.left(line, Texts.WIDTH));
            streams.err().flush();
        }
    }
}
