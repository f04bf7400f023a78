package dev.respite.idempotency.http;

import dev.respite.idempotency.IdempotencyKey;
import java.util.List;
import java.util.regex.Pattern;

/** Parses a key from a header field: an RFC 9651 item that is a string. Parameters of the item are checked and ignored. */
final class KeyField {

    private static final String NOT_BARE = " \"\\,;";

    /** Limits the time and the stack depth that matching takes. */
    private static final int MAX_PARAMETERS_LENGTH = 256;

    private static final String NAME = "[a-z*][a-z0-9_.*-]*+";
    private static final String STRING = "\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*+\"";
    private static final String TOKEN = "[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*+";
    private static final String NUMBER = "-?(?:[0-9]{1,12}\\.[0-9]{1,3}|[0-9]{1,15})";
    private static final String BYTES = ":[A-Za-z0-9+/=]*+:";
    private static final String DATE = "@-?[0-9]{1,15}";
    private static final String TEXT = "%\"(?:[ !#$&-~]|%[0-9a-f]{2})*+\"";
    private static final String VALUE = String.join("|", STRING, NUMBER, TOKEN, BYTES, "\\?[01]", DATE, TEXT);

    private static final Pattern PARAMETERS = Pattern.compile("(?:; *+" + NAME + "(?:=(?:" + VALUE + "))?+)*+");

    private KeyField() {}

    /**
     * Parses a key.
     *
     * @param lines the values of the field, one for each field line
     * @param isBareAllowed whether a key without quotes, spaces, commas, semicolons and backslashes is accepted too
     * @return the key; the same with and without quotes
     * @throws IllegalArgumentException if there is not exactly one key, or it is malformed
     */
    static IdempotencyKey parse(List<String> lines, boolean isBareAllowed) {
        if (lines.size() != 1) {
            throw new IllegalArgumentException(
                    lines.isEmpty()
                            ? "the header has no value"
                            : "there are " + lines.size() + " keys: send exactly one");
        }
        String text = trimmed(lines.get(0));
        if (text.startsWith("\"")) {
            return new IdempotencyKey(quoted(text));
        }
        if (!isBareAllowed) {
            throw new IllegalArgumentException("the key is not in quotes: send \"…\" including the quotes");
        }
        for (int i = 0; i < text.length(); i++) {
            if (NOT_BARE.indexOf(text.charAt(i)) >= 0) {
                throw new IllegalArgumentException("character " + (i + 1) + " of the key is not allowed without quotes:"
                        + " send one key in quotes");
            }
        }
        return new IdempotencyKey(text);
    }

    private static String quoted(String text) {
        StringBuilder key = new StringBuilder(text.length());
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                requireParameters(text.substring(i + 1));
                return key.toString();
            }
            if (c == '\\') {
                i++;
                c = i < text.length() ? text.charAt(i) : ' ';
                if (c != '"' && c != '\\') {
                    throw new IllegalArgumentException(
                            "a backslash in the key is followed by neither a quote nor a backslash");
                }
            }
            if (key.length() >= IdempotencyKey.MAX_LENGTH) {
                throw new IllegalArgumentException(
                        "the key has more than " + IdempotencyKey.MAX_LENGTH + " characters: send a UUID");
            }
            key.append(c);
        }
        throw new IllegalArgumentException("the key's closing quote is missing");
    }

    /**
     * Checks the parameters of the item (RFC 9651, section 4.2.3.2). No parameters are defined for this field, and unknown
     * ones are ignored.
     */
    private static void requireParameters(String text) {
        if (text.length() > MAX_PARAMETERS_LENGTH || !PARAMETERS.matcher(text).matches()) {
            throw new IllegalArgumentException("the key is followed by a malformed parameter, or by more than "
                    + MAX_PARAMETERS_LENGTH + " characters of parameters: send one string in quotes and nothing else");
        }
    }

    /** Removes the spaces and tabs around a field, which are not part of it. */
    private static String trimmed(String line) {
        int start = 0;
        int end = line.length();
        while (start < end && isBlank(line.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
