package dev.respite.idempotency.http;

/** Normalizes equivalent spellings of paths (RFC 3986, section 6.2.2). */
final class Paths {

    private static final String UNRESERVED = "-._~";
    private static final int HEX = 16;

    /** The length of a percent sign and two digits. */
    private static final int ESCAPE = 3;

    private Paths() {}

    /**
     * Decodes the escapes of unreserved characters and makes the digits of other escapes upper-case.
     *
     * <p>Escapes of reserved characters remain: {@code %2F} is not a slash. Dot segments, empty segments, parameters,
     * trailing slashes and percent signs without two digits remain too, because only the application can interpret them.
     */
    static String normalized(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder normalized = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int escaped = c == '%' ? escaped(path, i) : -1;
            if (escaped < 0) {
                normalized.append(c);
            } else {
                if (isUnreserved((char) escaped)) {
                    normalized.append((char) escaped);
                } else {
                    normalized.append(String.format("%%%02X", escaped));
                }
                i += ESCAPE - 1;
            }
        }
        return normalized.toString();
    }

    /** Returns the value of the two digits after a percent sign; -1 if there are none. */
    private static int escaped(String path, int at) {
        if (at + ESCAPE > path.length()) {
            return -1;
        }
        int high = digit(path.charAt(at + 1));
        int low = digit(path.charAt(at + 2));
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }

    /** Accepts ASCII digits only, unlike {@link Character#digit}. */
    private static int digit(char c) {
        return c > '~' ? -1 : Character.digit(c, HEX);
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0;
    }
}
