package dev.respite.cli;

import static dev.respite.logging.FailureText.HIDDEN;

import dev.respite.logging.FailureText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks the values of secrets in what {@code respite call} shows of requests, responses and failures, unless secrets are to be
 * shown.
 */
record SecretMask(boolean showsSecrets) {

    private static final Pattern USER_INFO = Pattern.compile("//[^/?#\\s]*@");

    /** A header field in a message of the JDK's client. Its value may contain quotes. */
    private static final Pattern QUOTED_HEADER = Pattern.compile("\"([\\w.-]+):.*\"", Pattern.DOTALL);

    private static final Pattern USER_INFO_OF_BAD_URL = Pattern.compile("(?s)^(\\w[\\w+.-]*://)?.*@");

    private static final Pattern QUERY = Pattern.compile("(?s)[?#].*");

    /** Returns the value of a header field. A value that is no secret may contain a URL with one. */
    String value(String name, String value) {
        return showsSecrets || !FailureText.isSecret(name) ? text(value) : HIDDEN;
    }

    /** Returns a URL, or a message with URLs. */
    String text(String text) {
        if (showsSecrets) {
            return text;
        }
        String clean = QUOTED_HEADER
                .matcher(FailureText.withoutSecretValues(text))
                .replaceAll(header -> Matcher.quoteReplacement(
                        FailureText.isSecret(header.group(1))
                                ? '"' + header.group(1) + ": " + HIDDEN + '"'
                                : header.group()));
        return USER_INFO.matcher(clean).replaceAll("//" + HIDDEN + "@");
    }

    /** Returns an invalid URL without credentials and query. Their limits are not certain in it. */
    static String badUrl(String url) {
        String place = USER_INFO_OF_BAD_URL.matcher(url).replaceFirst("$1" + HIDDEN + "@");
        return QUERY.matcher(place).replaceFirst("?" + HIDDEN);
    }
}
