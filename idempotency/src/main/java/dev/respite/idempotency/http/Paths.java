package dev.respite.idempotency.http;

/** One spelling for paths that say the same (RFC 3986, section 6.2.2). */
final class Paths {

    private static final String UNRESERVED = "-._~";
    private static final int HEX = 16;

    /** A percent sign and two digits. */
    private static final int ESCAPE = 3;

    private Paths() {}

    /**
     * A path in which no character is escaped that need not be, and the digits of the other escapes are upper-case.
     *
     * <p>Escapes of reserved characters remain: {@code %2F} is no slash. So do dot segments, empty segments, parameters and slashes at
     * the end, which only the application can interpret, and a percent sign without two digits.
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

    /** The value of the two digits behind a percent sign; -1 if there are none. */
    private static int escaped(String path, int at) {
        if (at + ESCAPE > path.length()) {
            return -1;
        }
        int high = digit(path.charAt(at + 1));
        int low = digit(path.charAt(at + 2));
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }

    /** Of ASCII alone, unlike {@link Character#digit}. */
    private static int digit(char c) {
        return c > '~' ? -1 : Character.digit(c, HEX);
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0;
    }
}
