package dev.respite.idempotency;

import java.util.List;
import java.util.regex.Pattern;

/** Reads a key from a header field: an item of RFC 9651 that is a string. Parameters of it are checked and ignored. */
final class KeyField {

    private static final String NOT_BARE = " \"\\,;";

    /** So that matching them takes neither long nor a deep stack. */
    private static final int MOST_OF_PARAMETERS = 256;

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

    static IdempotencyKey parse(List<String> lines, KeyForm form) {
        if (lines.size() != 1) {
            throw new InvalidKeyException(
                    lines.isEmpty() ? "there is no key" : "there are " + lines.size() + " keys: send one");
        }
        String text = trimmed(lines.get(0));
        if (text.startsWith("\"")) {
            return new IdempotencyKey(quoted(text));
        }
        if (form == KeyForm.QUOTED) {
            throw new InvalidKeyException("the key is not in quotes: send \"…\" with the quotes");
        }
        for (int i = 0; i < text.length(); i++) {
            if (NOT_BARE.indexOf(text.charAt(i)) >= 0) {
                throw new InvalidKeyException("character " + (i + 1) + " of the key must not stand outside of quotes:"
                        + " send one key, in quotes");
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
                    throw new InvalidKeyException(
                            "a backslash in the key is followed by neither a quote nor a backslash");
                }
            }
            if (key.length() >= IdempotencyKey.MOST) {
                throw new InvalidKeyException(
                        "the key has more than " + IdempotencyKey.MOST + " characters: send a UUID");
            }
            key.append(c);
        }
        throw new InvalidKeyException("the key's closing quote is missing");
    }

    /** What may follow an item (RFC 9651, section 4.2.3.2): nobody has said what such a parameter means, and unknown ones are ignored. */
    private static void requireParameters(String text) {
        if (text.length() > MOST_OF_PARAMETERS || !PARAMETERS.matcher(text).matches()) {
            throw new InvalidKeyException("something follows the key that is no parameter, or more than "
                    + MOST_OF_PARAMETERS + " characters of them: send one string in quotes, nothing more");
        }
    }

    /** Spaces and tabs around a field are no part of it. */
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
