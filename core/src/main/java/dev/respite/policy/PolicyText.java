package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line of {@code key=value}: reading and writing. */
final class PolicyText {

    /** The most characters of a policy, as it is given and as it is written. */
    private static final int MAX_LENGTH = 65_536;

    private final String text;
    private int at;

    private PolicyText(String text) {
        this.text = text;
    }

    static Map<String, String> read(String text) {
        checkLength(text.length());
        return new PolicyText(text).read();
    }

    /** Rejects a policy that is too long. */
    static void checkLength(long length) {
        if (length > MAX_LENGTH) {
            throw new InvalidPolicyException(
                    "a policy of " + length + " characters: it may have " + MAX_LENGTH
                            + " as it is given, and with every value of each rule; write rules for classes of errors, such as 5xx");
        }
    }

    static String write(Map<String, String> settings) {
        StringBuilder line = new StringBuilder();
        settings.forEach((key, value) -> {
            line.append(line.isEmpty() ? "" : " ").append(key).append('=');
            line.append(needsQuotes(value) ? quoted(value) : value);
        });
        return line.toString();
    }

    private Map<String, String> read() {
        Map<String, String> settings = new LinkedHashMap<>();
        skipSpace();
        while (at < text.length()) {
            String key = readKey();
            String value = readValue(key);
            if (settings.put(key, value) != null) {
                throw new InvalidPolicyException(
                        "'" + ValueFormat.shortened(key) + "' is given twice; leave one of them out");
            }
            skipSpace();
        }
        return settings;
    }

    private String readKey() {
        int start = at;
        while (at < text.length() && text.charAt(at) != '=' && !isSpace(text.charAt(at))) {
            at++;
        }
        String key = text.substring(start, at);
        if (key.isEmpty() || at == text.length() || text.charAt(at) != '=') {
            throw new InvalidPolicyException("'" + ValueFormat.shortened(key)
                    + "': expected key=value, such as max-attempts=3, with no space around '='");
        }
        at++;
        return key;
    }

    private String readValue(String key) {
        if (at < text.length() && text.charAt(at) == '"') {
            return readQuoted(key);
        }
        int start = at;
        while (at < text.length() && !isSpace(text.charAt(at))) {
            at++;
        }
        if (start == at) {
            throw new InvalidPolicyException(ValueFormat.shortened(key) + "=: the value is missing");
        }
        return text.substring(start, at);
    }

    private String readQuoted(String key) {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                if (at < text.length() && !isSpace(text.charAt(at))) {
                    throw new InvalidPolicyException(
                            ValueFormat.shortened(key) + ": expected a space after the closing quote");
                }
                return value.toString();
            }
            if (c == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at));
        }
        throw new InvalidPolicyException(ValueFormat.shortened(key) + ": the closing quote is missing");
    }

    private void skipSpace() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private static boolean needsQuotes(String value) {
        return value.isEmpty() || value.chars().anyMatch(c -> isSpace((char) c) || c == '"');
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
