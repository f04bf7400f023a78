package dev.respite.testsupport;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Feeds a parser with spoilt inputs. The system properties {@code respite.fuzz.inputs} and {@code respite.fuzz.seed} make a run as long
 * as {@code bin/fuzz} wants it.
 */
public final class Fuzz {
    private static final long SEED = Long.getLong("respite.fuzz.seed", 1);
    private static final int SHOWN = 2_000;

    private Fuzz() {}

    /** Returns the number of inputs of a run, where {@code bin/fuzz} has not set it. */
    public static long inputs(long otherwise) {
        return Long.getLong("respite.fuzz.inputs", otherwise);
    }

    /** Returns the seed, which makes the same inputs again. */
    public static long seed() {
        return SEED;
    }

    /** Returns the generator of one input, so that one alone can be made again. */
    public static SplittableRandom random(long seed, long number) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    }

    /** Runs a parser, which may reject an input by an {@link IllegalArgumentException}; any other exception fails the test. */
    public static void run(long inputs, List<String> valid, List<String> tokens, Consumer<String> parser) {
        long rejected = 0;
        for (long i = 0; i < inputs; i++) {
            String input = new SpoiltText(random(SEED, i)).of(valid, tokens);
            try {
                parser.accept(input);
            } catch (IllegalArgumentException documented) {
                rejected++;
                if (String.valueOf(documented.getMessage()).length() > SHOWN) {
                    throw failure(i, input, documented);
                }
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
                throw failure(i, input, bug);
            }
        }
        if (rejected == 0 || rejected == inputs) {
            throw new AssertionError(
                    rejected + " of " + inputs + " inputs were rejected: valid and other ones are needed");
        }
    }

    private static AssertionError failure(long number, String input, Throwable bug) {
        return new AssertionError("input " + number + " of seed " + SEED + ": <" + shown(input) + ">", bug);
    }

    /** Returns a beginning of the input, with everything that a terminal would not show. */
    public static String shown(String input) {
        StringBuilder text = new StringBuilder();
        input.chars()
                .limit(SHOWN)
                .forEach(c -> text.append(c >= ' ' && c < 127 ? "" + (char) c : String.format("\\u%04x", c)));
        return text.toString();
    }
}
