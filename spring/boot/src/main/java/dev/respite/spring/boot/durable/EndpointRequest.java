package dev.respite.spring.boot.durable;

import dev.respite.durable.PendingCall;
import dev.respite.durable.PendingCalls;
import dev.respite.durable.PendingCalls.Change;
import dev.respite.time.TimeSource;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.convert.DurationStyle;

/** Reads the parameters of requests. A missing parameter is null. */
final class EndpointRequest {

    private static final int DEFAULT_LIMIT = 100;

    /** The longest time that the settings of durable calls allow. */
    private static final Duration MAX_TIME = Duration.ofDays(3_650);

    private EndpointRequest() {}

    /** A change of a call. */
    @FunctionalInterface
    interface CallChange {
        Change apply(PendingCalls calls, String task, String id);
    }

    /** Returns the filter of a list. */
    static PendingCall.Filter filter(
            @Nullable String task,
            @Nullable String state,
            @Nullable String error,
            @Nullable String olderThan,
            @Nullable String limit) {
        return new PendingCall.Filter(
                Optional.ofNullable(task),
                optional(
                        "state",
                        state,
                        PendingCall.State::valueOf,
                        "one of " + Arrays.toString(PendingCall.State.values()) + "; leave it out for all calls"),
                optional(
                        "olderThan",
                        olderThan,
                        EndpointRequest::ago,
                        "a time from 0 to ten years with its unit, such as 7d; leave it out for all calls"),
                Optional.ofNullable(error),
                optional(
                                "limit",
                                limit,
                                given -> PendingCall.Filter.all()
                                        .withLimit(Integer.parseInt(given))
                                        .limit(),
                                "a whole number from 1 to 10000; leave it out for " + DEFAULT_LIMIT)
                        .orElse(DEFAULT_LIMIT));
    }

    private static Instant ago(String text) {
        Duration time = DurationStyle.detectAndParse(text);
        if (time.isNegative() || time.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException();
        }
        return TimeSource.system().wallTime().minus(time);
    }

    /** Returns the cursor after a call: two names without a slash, divided by one. */
    static String cursor(PendingCall call) {
        return encoded(call.task()) + "/" + encoded(call.id());
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    /** Returns the task and the id of the last call of the page before, which may have ended since. */
    static Optional<List<String>> after(@Nullable String cursor) {
        return optional(
                "after",
                cursor,
                EndpointRequest::place,
                "the field next of the page before, URL-encoded; leave it out for the first page");
    }

    private static List<String> place(String cursor) {
        List<String> names = Stream.of(cursor.split("/", -1))
                .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                .toList();
        if (names.size() != 2) {
            throw new IllegalArgumentException();
        }
        return names;
    }

    /** Returns the change that a request wants. */
    static CallChange change(@Nullable String action, @Nullable String at) {
        if ("reschedule".equals(action)) {
            Instant due = parsed(
                    "at",
                    at,
                    EndpointRequest::later,
                    "a time with its zone within the next ten years, such as 2026-12-01T10:00:00Z; for an earlier"
                            + " attempt use the action run");
            return (calls, task, id) -> calls.reschedule(task, id, due);
        }
        if (at != null) {
            throw rejection("at '" + at + "': only the action reschedule has a time; leave it out");
        }
        return switch (String.valueOf(action)) {
            case "run" -> PendingCalls::runNow;
            case "cancel" -> PendingCalls::cancel;
            default -> throw rejected("action", action, "run, reschedule or cancel; send {\"action\": \"run\"}");
        };
    }

    private static Instant later(String text) {
        Instant due = OffsetDateTime.parse(text).toInstant();
        Instant now = TimeSource.system().wallTime();
        if (due.isBefore(now) || due.isAfter(now.plus(MAX_TIME))) {
            throw new IllegalArgumentException();
        }
        return due;
    }

    /** Rejects any action of a dead letter but one. */
    static void requireRunHandler(@Nullable String action) {
        if (!"run-handler".equals(action)) {
            throw rejected("action", action, "run-handler; the other actions need a task and an id in the path");
        }
    }

    /**
     * Returns the value of a parameter.
     *
     * @param rule what the value must be, and the remedy
     */
    private static <T> T parsed(String name, @Nullable String text, Function<String, T> parser, String rule) {
        if (text == null) {
            throw rejected(name, null, rule);
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException invalid) {
            throw rejected(name, text, rule);
        }
    }

    private static <T> Optional<T> optional(
            String name, @Nullable String text, Function<String, T> parser, String rule) {
        return Optional.ofNullable(text).map(given -> parsed(name, given, parser, rule));
    }

    private static InvalidEndpointRequestException rejected(String name, @Nullable String text, String rule) {
        return rejection(name + (text == null ? " is missing" : " '" + text + "'") + ": it must be " + rule);
    }

    private static InvalidEndpointRequestException rejection(String message) {
        return new InvalidEndpointRequestException(message, message);
    }
}
