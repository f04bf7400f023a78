package dev.respite.sim.scenario;

import dev.respite.text.Spelling;
import java.time.Duration;
import java.util.List;

/** Reads values of a scenario file that have several words. */
final class DistributionReader {

    private DistributionReader() {}

    static Distribution distribution(String text) {
        String form =
                "constant 10ms, exponential 10ms, exponential 10ms 10x 1%, lognormal 10ms 0.5 or bimodal 10ms 1s 1%";
        String kind = text.split(" ", -1)[0];
        return switch (kind) {
            case "constant" -> Distribution.constant(time(text, form));
            case "exponential" -> exponential(text, form);
            case "lognormal" -> {
                String[] words = split(text, 3, form);
                yield Distribution.logNormal(Formats.readTime(words[1]), Formats.readNumber(words[2]));
            }
            case "bimodal" -> {
                String[] words = split(text, 4, form);
                yield Distribution.bimodal(
                        Formats.readTime(words[1]), Formats.readTime(words[2]), Formats.readRatio(words[3]));
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
        String[] words = split(text, 4, form);
        if (!words[2].endsWith("x")) {
            throw new InvalidScenarioException("'" + words[2] + "': expected a factor such as 10x");
        }
        double factor = Formats.readNumber(words[2].substring(0, words[2].length() - 1));
        return Distribution.exponential(Formats.readTime(words[1]), factor, Formats.readRatio(words[3]));
    }

    private static Duration time(String text, String form) {
        return Formats.readTime(split(text, 2, form)[1]);
    }

    static String[] split(String text, int count, String form) {
        String[] words = text.split(" +", -1);
        if (words.length != count) {
            throw new InvalidScenarioException("'" + text + "': expected " + form);
        }
        return words;
    }

    static void expect(String word, String expected) {
        if (!word.equals(expected)) {
            throw unknownWord(word, List.of(expected));
        }
    }

    static InvalidScenarioException unknownWord(String word, List<String> known) {
        return new InvalidScenarioException("unknown word '" + word + "'" + Spelling.suggestion(word, known));
    }
}
