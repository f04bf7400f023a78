package dev.respite.http.exchange;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reader of a {@code RateLimit} field: members between commas, each a name with parameters (a list) or a name with a value
 * (a dictionary). It does not read inner lists and display strings of RFC 9651, since the drafts do not use them. It checks
 * values that it does not use by their characters alone.
 */
final class RateLimitField {

    // All quantifiers are possessive: a long field causes neither recursion nor backtracking.
    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+\\-.^_`|~/?@]++";
    private static final String STRING = "\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*+\"";
    private static final String BYTES = ":[A-Za-z0-9!#$%&'*+\\-.^_`|~/?@=]*+:";
    private static final String NAMED = "(" + TOKEN + ")(?:=(" + STRING + "|" + BYTES + "|" + TOKEN + "))?+";

    private static final Pattern MEMBER = Pattern.compile("[ \t]*+(?:" + STRING + "|" + NAMED + ")");
    private static final Pattern PARAMETER = Pattern.compile("; *+" + NAMED);
    private static final Pattern COMMA = Pattern.compile("[ \t]*+,");
    private static final Pattern END = Pattern.compile("[ \t]*+\\z");

    private final Matcher matcher;
    private int position;

    private RateLimitField(String text) {
        this.matcher = END.matcher(text);
    }

    /** Returns the longest wait for a limit of which nothing remains, if there is one and the field is well formed. */
    static Optional<Duration> parse(String text) {
        return new RateLimitField(text).longestWait();
    }

    private Optional<Duration> longestWait() {
        Map<String, String> dictionary = new HashMap<>();
        Optional<Duration> longest = Optional.empty();
        do {
            if (!skip(MEMBER)) {
                return Optional.empty();
            }
            put(dictionary);
            Map<String, String> parameters = new HashMap<>();
            while (skip(PARAMETER)) {
                put(parameters);
            }
            longest = longer(longest, waitIfSpent(parameters, "r", "t"));
        } while (skip(COMMA));
        return skip(END) ? longer(longest, waitIfSpent(dictionary, "remaining", "reset")) : Optional.empty();
    }

    /** Moves past what a pattern matches; returns false if it does not match here. */
    private boolean skip(Pattern pattern) {
        boolean found = matcher.usePattern(pattern)
                .region(position, matcher.regionEnd())
                .lookingAt();
        position = found ? matcher.end() : position;
        return found;
    }

    /** Stores the name that was matched, if one was, with its value. Of two with one name the later counts. */
    private void put(Map<String, String> values) {
        @Nullable String name = matcher.group(1);
        @Nullable String value = matcher.group(2);
        if (name != null && value != null) {
            values.put(name, value);
        } else if (name != null) {
            values.remove(name);
        }
    }

    private static Optional<Duration> waitIfSpent(Map<String, String> values, String remaining, String wait) {
        boolean spent = FieldParser.isZero(values.getOrDefault(remaining, ""));
        return spent ? FieldParser.seconds(values.getOrDefault(wait, "")) : Optional.empty();
    }

    private static Optional<Duration> longer(Optional<Duration> left, Optional<Duration> right) {
        return left.isPresent() && (right.isEmpty() || left.get().compareTo(right.get()) >= 0) ? left : right;
    }
}
