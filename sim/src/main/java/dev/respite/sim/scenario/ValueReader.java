package dev.respite.sim.scenario;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.List;

/** Reads values of a scenario file that have several words. */
final class ValueReader {

    private ValueReader() {}

    static Distribution distribution(String text) {
        String form =
                "constant 10ms, exponential 10ms, exponential 10ms 10x 1%, lognormal 10ms 0.5 or bimodal 10ms 1s 1%";
        String kind = text.split(" ", -1)[0];
        return switch (kind) {
            case "constant" -> Distribution.constant(time(text, form));
            case "exponential" -> exponential(text, form);
            case "lognormal" -> {
                String[] fields = split(text, 3, form);
                yield Distribution.logNormal(Formats.readTime(fields[1]), Formats.readNumber(fields[2]));
            }
            case "bimodal" -> {
                String[] fields = split(text, 4, form);
                yield Distribution.bimodal(
                        Formats.readTime(fields[1]), Formats.readTime(fields[2]), Formats.readRatio(fields[3]));
            }
            default -> {
                if (kind.matches("[0-9].*")) {
                    yield Distribution.constant(Formats.readTime(text));
                }
                throw unknownWord(kind, List.of("constant", "exponential", "lognormal", "bimodal"));
            }
        };
    }

    private static Distribution exponential(String text, String form) {
        if (text.split(" +", -1).length == 2) {
            return Distribution.exponential(time(text, form));
        }
        String[] fields = split(text, 4, form);
        if (!fields[2].endsWith("x")) {
            throw new InvalidScenarioException(
                    "'" + ValueFormat.shortened(fields[2]) + "': expected a factor such as 10x");
        }
        double factor = Formats.readNumber(fields[2].substring(0, fields[2].length() - 1));
        return Distribution.exponential(Formats.readTime(fields[1]), factor, Formats.readRatio(fields[3]));
    }

    private static Duration time(String text, String form) {
        return Formats.readTime(split(text, 2, form)[1]);
    }

    /** Reads the policy of a layer that has one of its own. */
    static RetryPolicy policy(String text) {
        try {
            return RetryPolicy.parse(text);
        } catch (InvalidPolicyException wrong) {
            throw new InvalidScenarioException(String.valueOf(wrong.getMessage()));
        }
    }

    /** Reads one of two words: false for the first, true for the second. */
    static boolean isSecond(String text, String first, String second) {
        if (!text.equals(first) && !text.equals(second)) {
            throw unknownWord(text, List.of(first, second));
        }
        return text.equals(second);
    }

    static String[] split(String text, int count, String form) {
        String[] fields = text.split(" +", -1);
        if (fields.length != count) {
            throw new InvalidScenarioException("'" + ValueFormat.shortened(text) + "': expected " + form);
        }
        return fields;
    }

    static void expect(String token, String expected) {
        if (!token.equals(expected)) {
            throw unknownWord(token, List.of(expected));
        }
    }

    static InvalidScenarioException unknownWord(String token, List<String> known) {
        return new InvalidScenarioException(
                "unknown word '" + ValueFormat.shortened(token) + "'" + Spelling.suggestion(token, known));
    }
}
