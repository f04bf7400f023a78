package dev.respite.cli.records;

import static dev.respite.logging.FailureText.HIDDEN;

import dev.respite.logging.FailureText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The URL of a store, which may contain a password, a separately given password, and printable texts without them. */
record StoreUrl(String text, Optional<String> password) {

    private static final String H2 = "jdbc:h2:";

    private static final Pattern SCHEME = Pattern.compile("(?:jdbc:)?[A-Za-z][A-Za-z0-9+.-]*:");

    private static final Pattern ARGUMENT = Pattern.compile("(-[^=]*=|)((?:jdbc|redis)[\\w+-]*:.*)", Pattern.DOTALL);

    private static final Pattern PARAMETERS = Pattern.compile("[?;&#]");

    private static final String HOST = "(?:[\\w.-]+|\\[[0-9A-Fa-f:.%]+])(?::\\d{1,5})?";

    private static final String HOSTS = HOST + "(?:," + HOST + ")*";

    private static final String DATABASE = "(?:/[\\w./-]*)?";

    /** Deliberately narrow: text that does not look like hosts and a database name may be part of a password. */
    private static final Pattern PLACE = Pattern.compile("(?://)?" + HOSTS + "(?::[\\w.-]+)?" + DATABASE);

    /** As {@link #PLACE}, for a URL without {@code @}: there, text after a colon may be a password. */
    private static final Pattern BARE_PLACE = Pattern.compile("//" + HOSTS + DATABASE);

    /** A shorter password is replaced only between word boundaries: inside other text the gaps would reveal it. */
    private static final int MIN_SECRET_LENGTH = 4;

    /** Returns an unexpected argument in printable form. It may be a URL without its option, or with a misspelt one. */
    static String shownIfUrl(String argument) {
        Matcher url = ARGUMENT.matcher(argument);
        return url.matches() ? url.group(1) + new StoreUrl(url.group(2), Optional.empty()).shown() : argument;
    }

    /** Returns whether the printable URL contains more than the scheme. */
    boolean showsPlace() {
        return !shown().endsWith(HIDDEN);
    }

    /**
     * Returns the URL without possible secrets: the scheme, the hosts and the database. All parameters are removed, and
     * everything up to the last {@code @}. Only the scheme remains if a host cannot be distinguished from a password.
     */
    String shown() {
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.lookingAt()) {
            return HIDDEN;
        }
        String begin = scheme.group();
        String rest = text.substring(scheme.end());
        Matcher parameters = PARAMETERS.matcher(rest);
        int end = parameters.find() ? parameters.start() : rest.length();
        int at = rest.lastIndexOf('@');
        if (at < 0 && begin.equals(H2)) {
            return begin + rest.substring(0, end);
        }
        if (at > end) {
            return begin + HIDDEN;
        }
        String place = rest.substring(at + 1, end);
        if (at < 0) {
            return begin + (BARE_PLACE.matcher(place).matches() ? place : HIDDEN);
        }
        return PLACE.matcher(place).matches()
                ? begin + (rest.startsWith("//") ? "//" : "") + HIDDEN + "@" + place
                : begin + HIDDEN;
    }

    /** Returns a message of a driver or a client without the URL and the known passwords. */
    String hiddenIn(String message) {
        String clean = message.replace(text, shown());
        for (String secret : secrets()) {
            String quoted = Pattern.quote(secret);
            String found = secret.length() < MIN_SECRET_LENGTH ? "(?<!\\w)" + quoted + "(?!\\w)" : quoted;
            clean = clean.replaceAll(found, HIDDEN);
        }
        return FailureText.withoutCredentials(clean);
    }

    /** Returns the passwords and the texts that may be one, the longest first. */
    private List<String> secrets() {
        Set<String> secrets = new LinkedHashSet<>();
        password.ifPresent(secrets::add);
        secrets.addAll(FailureText.credentialsIn(text));
        int at = text.lastIndexOf('@');
        Matcher scheme = SCHEME.matcher(text);
        int begin = scheme.lookingAt() ? scheme.end() : 0;
        // The start of the password depends on the driver: scott/tiger, user:password.
        for (int i = begin; i < at; i++) {
            if (text.charAt(i) == ':' || text.charAt(i) == '/') {
                secrets.add(text.substring(i + 1, at));
            }
        }
        for (String secret : List.copyOf(secrets)) {
            decoded(secret).ifPresent(secrets::add);
        }
        return secrets.stream()
                .filter(secret -> secret.chars().anyMatch(Character::isLetterOrDigit))
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    private static Optional<String> decoded(String secret) {
        try {
            return Optional.of(URLDecoder.decode(secret.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEncoded) {
            return Optional.empty();
        }
    }
}
