package dev.respite.idempotency;

import java.util.List;

/** Reads a key from a header field: a string of RFC 9651, section 4.2.5, and nothing after it. */
final class KeyField {

    private static final String NOT_BARE = " \"\\,;";

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
                if (i != text.length() - 1) {
                    throw new InvalidKeyException("something follows the key: send one string in quotes, nothing more");
                }
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
