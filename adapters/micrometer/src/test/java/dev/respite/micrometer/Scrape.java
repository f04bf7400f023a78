package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Prometheus gets when it scrapes, line by line: the text format 0.0.4, as prometheus.io describes it under "exposition
 * formats".
 *
 * @param types the type of each family
 * @param samples all samples, in their order
 */
record Scrape(Map<String, String> types, List<Sample> samples) {

    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\+Inf|-Inf|NaN|[-+0-9.eE]+)");
    private static final Pattern LABEL =
            Pattern.compile("\\G([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(?:,|$)");

    /**
     * One line.
     *
     * @param name the name
     * @param labels by their keys
     * @param value the value
     */
    record Sample(String name, Map<String, String> labels, double value) {}

    /** Reads a text of which every line must be right, and no series may occur twice. */
    static Scrape parse(String text) {
        Map<String, String> types = new HashMap<>();
        Map<String, Sample> samples = new TreeMap<>();
        text.lines().forEach(line -> {
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches()) {
                if (comment.group(1).equals("TYPE")) {
                    assertThat(types.put(comment.group(2), comment.group(3)))
                            .as(line)
                            .isNull();
                }
                return;
            }
            Sample sample = sample(line);
            assertThat(samples.put(sample.name() + sample.labels(), sample))
                    .as("twice: %s", line)
                    .isNull();
        });
        return new Scrape(types, new ArrayList<>(samples.values()));
    }

    private static Sample sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as("a sample: %s", line).isTrue();
        String value = sample.group(3).replace("Inf", "Infinity");
        return new Sample(sample.group(1), labels(sample.group(2)), Double.parseDouble(value));
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        if (text == null) {
            return labels;
        }
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find()) {
            assertThat(labels.put(label.group(1), label.group(2))).as(text).isNull();
            end = label.end();
        }
        assertThat(end).as("labels: %s", text).isEqualTo(text.length());
        return labels;
    }

    /** The value of the one series that has these labels, keys and values in turn, whatever others it has. */
    double value(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        List<Sample> found = of(name).stream()
                .filter(sample -> sample.labels().entrySet().containsAll(wanted.entrySet()))
                .toList();
        assertThat(found).as("%s%s in %s", name, wanted, samples).hasSize(1);
        return found.get(0).value();
    }

    List<Sample> of(String name) {
        return samples.stream().filter(sample -> sample.name().equals(name)).toList();
    }

    /** The values of one label, of those series of a name that are not 0. */
    Map<String, Double> by(String label, String name) {
        return of(name).stream()
                .filter(sample -> sample.value() != 0)
                .collect(Collectors.toMap(sample -> sample.labels().get(label), Sample::value, Double::sum));
    }

    /** The sets of label keys that occur: one, where they are fixed. */
    Set<Set<String>> keys(String name) {
        return of(name).stream().map(sample -> sample.labels().keySet()).collect(Collectors.toSet());
    }

    Set<String> names() {
        return samples.stream().map(Sample::name).collect(Collectors.toSet());
    }
}
