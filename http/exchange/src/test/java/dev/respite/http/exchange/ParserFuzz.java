package dev.respite.http.exchange;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.Fuzz;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Feeds the three parsers with malformed input: the policy's text, the hints of servers, and HTTP's dates.
 *
 * <p>Each input is a valid one with some of its tokens replaced, moved, doubled or left out, characters changed, and now
 * and then something very long. A policy text must end in a policy whose own text is read and written as it is, or in an
 * {@link InvalidPolicyException} with a message. A hint must end in one that is within bounds. A date must end in an instant or in
 * nothing.
 * Any exception but the documented one ends the run, with the input and the seed that makes it again.
 */
final class ParserFuzz {

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    private static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE);

    private final long seed;
    private long policies;
    private long refused;
    private long hints;
    private long waits;
    private long dates;
    private long instants;

    private ParserFuzz(long seed) {
        this.seed = seed;
    }

    /** What a run has met. */
    record Report(long seed, long policies, long refused, long hints, long waits, long dates, long instants) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "seed %d: %,d policies (%,d valid), %,d hints (%,d with a wait), %,d dates (%,d valid); no failure",
                    seed,
                    policies,
                    policies - refused,
                    hints,
                    waits,
                    dates,
                    instants);
        }
    }

    /** Runs so many inputs; the same ones for the same seed. */
    static Report run(long inputs, long seed) {
        ParserFuzz fuzz = new ParserFuzz(seed);
        for (long i = 0; i < inputs; i++) {
            FuzzInputs source = new FuzzInputs(Fuzz.random(seed, i));
            switch ((int) (i % 3)) {
                case 0 -> fuzz.policy(i, source.policy());
                case 1 -> fuzz.hint(i, source);
                default -> fuzz.date(i, source.date());
            }
        }
        return new Report(seed, fuzz.policies, fuzz.refused, fuzz.hints, fuzz.waits, fuzz.dates, fuzz.instants);
    }

    private void policy(long number, String text) {
        policies++;
        try {
            RetryPolicy policy = RetryPolicy.parse(text);
            String written = policy.toString();
            String again = RetryPolicy.parse(written).toString();
            check(again.equals(written), number, text, "is written as " + written + ", and that as " + again);
        } catch (InvalidPolicyException documented) {
            refused++;
            String message = String.valueOf(documented.getMessage());
            check(!message.isBlank(), number, text, "is refused without a word");
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            throw failure(number, text, bug);
        }
    }

    private void hint(long number, FuzzInputs source) {
        hints++;
        int status = source.status();
        Map<String, List<String>> headers = source.hints();
        try {
            ServerHint hint =
                    HintReader.read(status, name -> headers.getOrDefault(name, List.of()), source.wallTime(WALL_TIME));
            if (hint instanceof MayRetry mayRetry) {
                Optional<Duration> wait = mayRetry.notBefore();
                waits += wait.isPresent() ? 1 : 0;
                boolean bounded = wait.isEmpty()
                        || (!wait.get().isNegative() && wait.get().compareTo(MAX_DURATION) <= 0);
                check(bounded, number, status + " " + headers, "is a wait out of bounds: " + wait);
            }
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            throw failure(number, status + " " + headers, bug);
        }
    }

    private void date(long number, String text) {
        dates++;
        try {
            Optional<Instant> instant = HttpDate.parse(text, WALL_TIME);
            instants += instant.isPresent() ? 1 : 0;
            check(text.length() <= 40 || instant.isEmpty(), number, text, "is too long to be a date");
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            throw failure(number, text, bug);
        }
    }

    private void check(boolean holds, long number, String input, String fault) {
        if (!holds) {
            throw new AssertionError("input " + number + " of seed " + seed + ": <" + Fuzz.shown(input) + "> " + fault);
        }
    }

    private AssertionError failure(long number, String input, Throwable bug) {
        return new AssertionError("input " + number + " of seed " + seed + ": <" + Fuzz.shown(input) + ">", bug);
    }
}
