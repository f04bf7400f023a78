package dev.respite.cli.records;

import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.durable.DeadLetter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The printed fields of dead letters. */
final class DeadLetterFields {

    private static final int MAX_ERROR = 100;
    private static final int MAX_SEQUENCES = 10;

    private static final Pattern PACKAGE = Pattern.compile("^(?:\\p{javaJavaIdentifierPart}+\\.)+(?=\\p{Lu})");

    private DeadLetterFields() {}

    /** Returns the rows of a list. There is a column of sequences if a dead letter holds one up. */
    static List<String> table(List<DeadLetter> letters) {
        List<String> columns = new ArrayList<>(
                List.of("deadLetter", "state", "parkedAt", "attempts", "task", "id", "reason", "error"));
        if (!sequences(letters).isEmpty()) {
            columns.add(columns.indexOf("reason"), "sequence");
        }
        return RecordOutput.table(
                columns,
                letters.stream()
                        .map(letter -> of(letter)
                                .put("error", shortened(letter.attempts().lastError())))
                        .toList());
    }

    /** Returns the beginning of the first line of a failure, without the package of its class and without its causes. */
    static String shortened(String error) {
        String failure = PACKAGE.matcher(error).replaceFirst("").split("\\R|; caused by ", 2)[0];
        return failure.length() <= MAX_ERROR ? failure : failure.substring(0, MAX_ERROR - 1) + "…";
    }

    /** Returns the number of listed dead letters of each reason, the most frequent first; empty if there is none. */
    static Optional<String> reasons(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Long> counts = letters.stream()
                .collect(Collectors.groupingBy(DeadLetter::reason, TreeMap::new, Collectors.counting()));
        return Optional.of(counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(reason -> TextFormat.printable(reason.getKey()) + " (" + TextFormat.count(reason.getValue()) + ")")
                .collect(Collectors.joining(", ", "listed by reason: ", "")));
    }

    /** Returns a warning for dead letters that are to be discarded; empty if they hold up no sequence. */
    static Optional<String> warning(List<DeadLetter> discarded) {
        List<String> sequences = sequences(discarded);
        if (sequences.isEmpty()) {
            return Optional.empty();
        }
        String names = sequences.stream()
                .limit(MAX_SEQUENCES)
                .map(name -> "'" + TextFormat.printable(name) + "'")
                .collect(Collectors.joining(", "));
        int others = sequences.size() - MAX_SEQUENCES;
        return Optional.of("after the discard, the later calls of these sequences run: " + names
                + (others > 0 ? " and " + others + " others" : ""));
    }

    private static List<String> sequences(List<DeadLetter> letters) {
        return letters.stream()
                .flatMap(letter -> letter.call().sequence().stream())
                .distinct()
                .toList();
    }

    static Json of(DeadLetter letter) {
        return Json.object()
                .put("deadLetter", letter.letterId())
                .put("task", letter.call().task())
                .put("id", letter.call().id())
                .put("key", letter.call().key())
                .put("state", letter.state().name())
                .put("reason", letter.reason())
                .put("parkedAt", letter.parkedAt())
                .put("firstStart", letter.attempts().firstStart())
                .put("attempts", letter.attempts().count())
                .put("lastError", letter.attempts().lastError())
                .put("history", letter.attempts().history())
                .put("sequence", letter.call().sequence())
                .put("dataVersion", letter.call().dataVersion());
    }

    static Json of(DeadLetter letter, Optional<CallData> data) {
        Json fields = of(letter);
        fields.put("data", data.filter(CallData::isText).map(CallData::shown));
        fields.put("dataHex", data.filter(known -> !known.isText()).map(CallData::shown));
        return fields;
    }

    /** Returns a line for each field, and the data after an empty line. */
    static List<String> lines(DeadLetter letter, Optional<CallData> data) {
        Json fields = of(letter);
        fields.put(
                "data",
                data.map(known -> known.isText() ? "text" : "not printable UTF-8; in hexadecimal")
                        .orElse("cannot be read"));
        List<String> lines = new ArrayList<>(RecordOutput.lines(fields));
        data.ifPresent(known -> lines.addAll(List.of("", known.shown())));
        return lines;
    }
}
