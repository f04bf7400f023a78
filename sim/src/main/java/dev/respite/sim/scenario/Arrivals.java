package dev.respite.sim.scenario;

import java.time.Duration;

/** When calls begin. */
public sealed interface Arrivals permits Arrivals.Poisson, Arrivals.Even, Arrivals.Burst, Arrivals.Closed {

    /**
     * Calls that know nothing of each other.
     *
     * @param rate calls a second, above 0
     */
    record Poisson(double rate) implements Arrivals {
        /** Checks the range. */
        public Poisson {
            Checks.range("rate", rate, 0.001, 1e7);
        }

        @Override
        public String toString() {
            return "poisson " + Formats.number(rate) + "/s";
        }
    }

    /**
     * Calls at equal distances.
     *
     * @param rate calls a second, above 0
     */
    record Even(double rate) implements Arrivals {
        /** Checks the range. */
        public Even {
            Checks.range("rate", rate, 0.001, 1e7);
        }

        @Override
        public String toString() {
            return "even " + Formats.number(rate) + "/s";
        }
    }

    /**
     * Many calls at the same moment, and again after a while.
     *
     * @param calls how many
     * @param every how long from one burst to the next; the first is at 0
     */
    record Burst(int calls, Duration every) implements Arrivals {
        /** Checks the ranges. */
        public Burst {
            Checks.range("calls", calls, 1, 1e7);
            Checks.positive("every", every);
        }

        @Override
        public String toString() {
            return "burst " + calls + " every " + Formats.time(every);
        }
    }

    /**
     * Clients that each wait for their answer, think, and call again.
     *
     * @param users how many
     * @param think how long they think; also before their first call
     */
    record Closed(int users, Distribution think) implements Arrivals {
        /** Checks the range. */
        public Closed {
            Checks.range("users", users, 1, 1e7);
        }

        @Override
        public String toString() {
            return "closed " + users + " think-time " + think;
        }
    }
}
