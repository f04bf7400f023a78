package dev.respite.http.exchange;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The reader of a {@code RateLimit} field: a list with parameters, or the dictionary of draft 07. */
final class RateLimitField {

    private RateLimitField() {}

    /** Returns the longest wait for a limit of which nothing remains, if there is one and the field is well formed. */
    static Optional<Duration> parse(String text) {
        return Stream.concat(
                        StructuredField.parametersOfItems(text).stream()
                                .map(parameters -> waitIfSpent(parameters, "r", "t")),
                        Stream.of(waitIfSpent(StructuredField.dictionary(text), "remaining", "reset")))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
    }

    private static Optional<Duration> waitIfSpent(Map<String, String> values, String remaining, String wait) {
        boolean spent = FieldParser.isZero(values.getOrDefault(remaining, ""));
        return spent ? FieldParser.seconds(values.getOrDefault(wait, "")) : Optional.empty();
    }
}
