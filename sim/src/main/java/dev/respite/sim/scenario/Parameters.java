package dev.respite.sim.scenario;

import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The settings of a built-in scenario, on top of its defaults. */
final class Parameters {

    private final String scenario;
    private final Map<String, String> values;

    Parameters(String scenario, Map<String, String> defaults, Map<String, String> given) {
        this.scenario = scenario;
        this.values = new LinkedHashMap<>(defaults);
        given.forEach((key, value) -> {
            if (!defaults.containsKey(key)) {
                List<String> known = defaults.keySet().stream().sorted().toList();
                throw new InvalidScenarioException(scenario + ": unknown setting '" + ValueFormat.shortened(key) + "'"
                        + Spelling.suggestion(key, known));
            }
            values.put(key, value);
        });
    }

    String text(String key) {
        return values.getOrDefault(key, "");
    }

    /** One of some words. */
    String choice(String key, String... known) {
        return read(key, text -> {
            if (!List.of(known).contains(text)) {
                throw new InvalidScenarioException("unknown word '" + ValueFormat.shortened(text) + "'"
                        + Spelling.suggestion(text, List.of(known)));
            }
            return text;
        });
    }

    Duration time(String key) {
        Duration time = read(key, Formats::readTime);
        Checks.positive(place(key), time);
        return time;
    }

    double number(String key, double least, double most) {
        double number = read(key, Formats::readNumber);
        Checks.range(place(key), number, least, most);
        return number;
    }

    int count(String key) {
        int count = read(key, Formats::readCount);
        Checks.range(place(key), count, 1, 1e7);
        return count;
    }

    double ratio(String key) {
        double fraction = read(key, Formats::readRatio);
        Checks.range(place(key), fraction, 0, 1);
        return fraction;
    }

    int status(String key) {
        return read(key, text -> {
            if (!text.matches("[45][0-9][0-9]")) {
                throw new InvalidScenarioException(
                        "'" + ValueFormat.shortened(text) + "': expected a status such as 500, or timeout");
            }
            return Integer.parseInt(text);
        });
    }

    private <T> T read(String key, Function<String, T> reader) {
        try {
            return reader.apply(text(key));
        } catch (InvalidScenarioException wrong) {
            throw new InvalidScenarioException(place(key) + ": " + wrong.getMessage());
        }
    }

    private String place(String key) {
        return scenario + ", " + key;
    }
}
