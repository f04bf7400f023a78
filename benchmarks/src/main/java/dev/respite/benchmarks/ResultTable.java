package dev.respite.benchmarks;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results as one table in Markdown. */
final class ResultTable {

    private ResultTable() {}

    static String of(Map<Subject, Samples> results) {
        StringBuilder table = new StringBuilder();
        String jdk = "JDK " + System.getProperty("java.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
        table.append("| ").append(jdk).append(" | threads | | ns/op | ± | B/op | ÷ Respite |\n");
        table.append("|---|---:|---|---:|---:|---:|---:|\n");
        results.forEach((subject, samples) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s | %s | %s |%n",
                subject.suite().getSimpleName(),
                subject.threads(),
                subject.label(),
                number(samples.nanos()),
                number(samples.error()),
                samples.bytes() < 0.05 ? "0" : number(samples.bytes()),
                ratio(samples, results.get(subject.reference())))));
        return table.toString();
    }

    private static String ratio(Samples samples, @Nullable Samples reference) {
        return reference == null ? "" : String.format(Locale.ROOT, "%.2f", samples.nanos() / reference.nanos());
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, number < 100 ? "%.1f" : "%,.0f", number);
    }
}
