package dev.respite.cli;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** A header field of the command line. No message has its value, which may be a secret. */
record GivenHeader(String name, String value) {

    /** The remedy for a header field without quotes. */
    static final String QUOTES = "write the header field in quotes: -H 'NAME: VALUE'";

    /** A text that is no token may be a value whose name was forgotten. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    /** Headers that the JDK does not allow, unless a system property lists them. */
    private static final Set<String> RESTRICTED = Set.of("connection", "content-length", "expect", "host", "upgrade");

    /**
     * Returns the header fields of {@code -H}.
     *
     * @throws IllegalArgumentException if one has no name
     */
    static List<GivenHeader> parse(List<String> headers) {
        List<GivenHeader> parsed = new ArrayList<>();
        for (String header : headers) {
            int colon = header.indexOf(':');
            String name = header.substring(0, Math.max(colon, 0)).strip();
            if (!TOKEN.matcher(name).matches()) {
                throw new IllegalArgumentException("-H, number " + (parsed.size() + 1) + " of " + headers.size()
                        + ": expected NAME: VALUE, such as 'Accept: text/plain'");
            }
            parsed.add(new GivenHeader(name, header.substring(colon + 1).strip()));
        }
        return parsed;
    }

    /**
     * Requires that each header field has a value. Without quotes, the shell makes the value the next argument.
     *
     * @throws IllegalArgumentException if one has none
     */
    static void requireValues(List<GivenHeader> headers) {
        headers.stream().filter(header -> header.value.isEmpty()).findFirst().ifPresent(header -> {
            throw new IllegalArgumentException("-H " + header.name + ": has no value; " + QUOTES);
        });
    }

    boolean isNamed(String other) {
        return name.equalsIgnoreCase(other);
    }

    /**
     * Adds the header field to a request.
     *
     * @throws IllegalArgumentException if the JDK's client rejects it
     */
    void addTo(HttpRequest.Builder builder) {
        try {
            builder.header(name, value);
        } catch (IllegalArgumentException refused) {
            String lowerCase = name.toLowerCase(Locale.ROOT);
            throw new IllegalArgumentException("-H '" + name + ": …': "
                    + (RESTRICTED.contains(lowerCase)
                            ? "the JDK's client sets this header itself; to allow it, set"
                                    + " JAVA_TOOL_OPTIONS=-Djdk.httpclient.allowRestrictedHeaders=" + lowerCase
                            : "the value has a character that no header may have"));
        }
    }
}
