package dev.respite.http.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads hints at a fixed wall time and builds the expected waits. */
final class HintFixture {

    static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE);

    private HintFixture() {}

    /** Reads the hint of a response with these headers: name, value, name, value. */
    static ServerHint read(int status, String... headers) {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            fields.computeIfAbsent(headers[i], name -> new ArrayList<>()).add(headers[i + 1]);
        }
        return HintReader.read(status, name -> fields.getOrDefault(name, List.of()), WALL_TIME);
    }

    static ServerHint waitOf(Duration wait) {
        return new MayRetry(false, Optional.of(wait));
    }

    static ServerHint waitOfSeconds(long seconds) {
        return waitOf(Duration.ofSeconds(seconds));
    }
}
