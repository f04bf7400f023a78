package dev.respite.sim;

import dev.respite.Breaker;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker over the last attempts, that grants, rejects and changes its state as Resilience4j's does with the same
 * {@link BreakerSpec}, and with Resilience4j's defaults for all else.
 *
 * <p>Closed, it opens when a full window has failures enough, or when each attempt of it took more than a minute. Open, it
 * rejects until its time is up. Half-open, it grants ten attempts; as soon as enough of them have ended it closes or opens again.
 * An attempt that was granted in an earlier state and ends in a later one counts in the later one.
 *
 * <p>For one thread.
 */
final class CountWindowBreaker implements Breaker {

    /** As many attempts are granted while half-open, until these say how it goes on. */
    private static final int HALF_OPEN_ATTEMPTS = 10;

    private static final long SLOW_NANOS = 60_000_000_000L;

    /** In the very instant at which its time is up an open breaker still rejects. */
    private static final Duration JUST_AFTER = Duration.ofMillis(1);

    private final BreakerSpec spec;
    private final TimeSource time;
    private final Consumer<State> changes;
    private final float threshold;
    private State state = State.CLOSED;
    private Window window;

    /** The number of attempts that are still granted while half-open. */
    private int permits;

    /** The last instant at which it rejects while open. */
    private long openUntil;

    /** A rejection. It has no stack trace. */
    private static final class RejectedException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient CountWindowBreaker breaker;

        RejectedException(CountWindowBreaker breaker) {
            super("the breaker '" + breaker.spec + "' is " + breaker.state, null, false, false);
            this.breaker = breaker;
        }
    }

    /** The last outcomes: how many of them are failures, and how many were slow. */
    private static final class Window {
        private final boolean[] failed;
        private final boolean[] slow;
        private final int least;
        private int total;
        private int next;
        private int failures;
        private int slowOnes;

        /**
         * A window.
         *
         * @param size how many outcomes it has
         * @param least from how many on it counts
         */
        Window(int size, int least) {
            this.failed = new boolean[size];
            this.slow = new boolean[size];
            this.least = least;
        }

        void add(boolean isFailure, boolean isSlow) {
            if (total == failed.length) {
                failures -= failed[next] ? 1 : 0;
                slowOnes -= slow[next] ? 1 : 0;
            } else {
                total++;
            }
            failed[next] = isFailure;
            slow[next] = isSlow;
            failures += isFailure ? 1 : 0;
            slowOnes += isSlow ? 1 : 0;
            next = (next + 1) % failed.length;
        }

        boolean counts() {
            return total >= least;
        }

        /** The ratios are single precision, as Resilience4j computes them. */
        boolean exceeds(float percent) {
            return failures * 100.0f / total >= percent || slowOnes * 100.0f / total >= 100;
        }
    }

    /**
     * Creates a closed breaker.
     *
     * @param spec when it opens, and for how long; the time is cut to milliseconds
     * @param time its clock
     * @param changes receives each state that it enters after that
     */
    CountWindowBreaker(BreakerSpec spec, TimeSource time, Consumer<State> changes) {
        this.spec = spec;
        this.time = time;
        this.changes = changes;
        this.threshold = (float) (100 * spec.failureRate());
        this.window = new Window(spec.window(), spec.window());
    }

    @Override
    public long acquire() {
        long now = time.nanoTime();
        if (state == State.OPEN && now > openUntil) {
            enter(State.HALF_OPEN);
            permits = HALF_OPEN_ATTEMPTS;
            window = new Window(HALF_OPEN_ATTEMPTS, Math.min(spec.window(), HALF_OPEN_ATTEMPTS));
        }
        if (state == State.OPEN || (state == State.HALF_OPEN && permits == 0)) {
            throw new RejectedException(this);
        }
        if (state == State.HALF_OPEN) {
            permits--;
        }
        return now;
    }

    @Override
    public void succeeded(long entered, @Nullable Object value) {
        ended(entered, false);
    }

    @Override
    public void failed(long entered, Throwable error) {
        ended(entered, true);
    }

    private void ended(long entered, boolean isFailure) {
        if (state == State.OPEN) {
            return;
        }
        window.add(isFailure, time.nanoTime() - entered > SLOW_NANOS);
        if (!window.counts()) {
            return;
        }
        if (window.exceeds(threshold)) {
            openUntil = time.nanoTime() + openNanos();
            enter(State.OPEN);
        } else if (state == State.HALF_OPEN) {
            enter(State.CLOSED);
            window = new Window(spec.window(), spec.window());
        }
    }

    private void enter(State next) {
        state = next;
        changes.accept(next);
    }

    @Override
    public void release() {
        if (state == State.HALF_OPEN) {
            permits++;
        }
    }

    @Override
    public boolean isRejection(Throwable failure) {
        return failure instanceof RejectedException rejection && rejection.breaker == this;
    }

    @Override
    public Optional<Duration> remainingOpenTime() {
        return Optional.of(
                switch (state) {
                    case CLOSED -> Duration.ZERO;
                    case HALF_OPEN -> Duration.ofNanos(openNanos());
                    case OPEN -> {
                        long left = openUntil - time.nanoTime();
                        yield left < 0 ? Duration.ZERO : Duration.ofNanos(left).plus(JUST_AFTER);
                    }
                });
    }

    private long openNanos() {
        return spec.open().toMillis() * 1_000_000;
    }

    State state() {
        return state;
    }

    @Override
    public String toString() {
        return spec + ": " + state;
    }
}
