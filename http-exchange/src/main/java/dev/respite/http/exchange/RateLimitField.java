package dev.respite.http.exchange;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A cursor over the value of a {@code RateLimit} field: members between commas, each of them a name with parameters
 * (a list) or a name with a value (a dictionary). Of RFC 9651 it lacks what the drafts do not use: inner lists and
 * display strings; and values that are only skipped are checked by their characters alone.
 */
final class RateLimitField {

    private final String text;
    private int at;

    private RateLimitField(String text) {
        this.text = text;
    }

    /** The longest wait for a limit of which nothing remains, if there is one and the field is well formed. */
    static Optional<Duration> parse(String text) {
        return new RateLimitField(text).longestWait();
    }

    private Optional<Duration> longestWait() {
        Map<String, String> dictionary = new HashMap<>();
        Optional<Duration> longest = Optional.empty();
        do {
            skipBlanks();
            Map<String, String> parameters = new HashMap<>();
            if (!member(dictionary, parameters)) {
                return Optional.empty();
            }
            longest = longer(longest, waitIfSpent(parameters, "r", "t"));
            skipBlanks();
        } while (skip(','));
        if (at < text.length()) {
            return Optional.empty();
        }
        return longer(longest, waitIfSpent(dictionary, "remaining", "reset"));
    }

    /** Moves past a member; false if there is none. */
    private boolean member(Map<String, String> dictionary, Map<String, String> parameters) {
        if (peek() == '"') {
            return skipString() && parameters(parameters);
        }
        return named(dictionary) && parameters(parameters);
    }

    /** Moves past any number of parameters; false if one of them is malformed. */
    private boolean parameters(Map<String, String> parameters) {
        while (skip(';')) {
            skipSpaces();
            if (!named(parameters)) {
                return false;
            }
        }
        return true;
    }

    /** Moves past a word, and its value if it has one, and notes them; of two with one name the later stays. */
    private boolean named(Map<String, String> values) {
        int start = at;
        if (!skipWord()) {
            return false;
        }
        String name = text.substring(start, at);
        if (!skip('=')) {
            values.remove(name);
            return true;
        }
        int valueStart = at;
        if (!skipValue()) {
            return false;
        }
        values.put(name, text.substring(valueStart, at));
        return true;
    }

    private boolean skipValue() {
        return switch (peek()) {
            case '"' -> skipString();
            case ':' -> skipBytes();
            default -> skipWord();
        };
    }

    /** Moves past a string in quotes, where a backslash escapes a quote or a backslash. */
    private boolean skipString() {
        at++;
        while (isBetween(' ', peek(), '~')) {
            if (skip('"')) {
                return true;
            }
            if (skip('\\') && peek() != '"' && peek() != '\\') {
                return false;
            }
            at++;
        }
        return false;
    }

    /** Moves past a sequence of bytes: Base64 between colons. */
    private boolean skipBytes() {
        at++;
        while (isWordCharacter(peek()) || peek() == '=') {
            at++;
        }
        return skip(':');
    }

    /** Moves past a key, a token, a number, a date or a boolean. */
    private boolean skipWord() {
        int start = at;
        while (isWordCharacter(peek())) {
            at++;
        }
        return at > start;
    }

    private void skipSpaces() {
        while (peek() == ' ') {
            at++;
        }
    }

    private void skipBlanks() {
        while (FieldParser.isBlank(peek())) {
            at++;
        }
    }

    private boolean skip(char c) {
        boolean found = peek() == c;
        if (found) {
            at++;
        }
        return found;
    }

    /** The character at the cursor; at the end it is NUL, which no part of a field may contain. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private static boolean isWordCharacter(char c) {
        return isBetween('a', c, 'z')
                || isBetween('A', c, 'Z')
                || isBetween('0', c, '9')
                || "!#$%&'*+-.^_`|~/?@".indexOf(c) >= 0;
    }

    private static Optional<Duration> waitIfSpent(Map<String, String> values, String remaining, String wait) {
        boolean spent = FieldParser.isZero(values.getOrDefault(remaining, ""));
        return spent ? FieldParser.seconds(values.getOrDefault(wait, "")) : Optional.empty();
    }

    private static Optional<Duration> longer(Optional<Duration> left, Optional<Duration> right) {
        return Stream.of(left, right).flatMap(Optional::stream).max(Comparator.naturalOrder());
    }

    private static boolean isBetween(char least, char c, char most) {
        return least <= c && c <= most;
    }
}
