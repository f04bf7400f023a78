package dev.respite.text;

import java.util.List;
import java.util.regex.Pattern;

/** The credentials in URLs of databases and servers, and in messages that contain such a URL. */
public final class Credentials {

    /** The text in place of credentials. */
    public static final String HIDDEN = "***";

    private static final Pattern PARAMETER = Pattern.compile(
            "([\\w.-]*(?:password|passwd|passphrase|pwd|secret|token|credential)[\\w.-]*\\s*=\\s*)(\\{[^}]*}|[^;&?#,\\s)'\"]*)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern USER_INFO = Pattern.compile("//\\S*@");

    private Credentials() {}

    /**
     * Removes the values of parameters such as {@code password=}, and what precedes the {@code @} of a host.
     *
     * @param text a URL or a message
     * @return the text, with {@value #HIDDEN} in place of each
     */
    public static String hiddenIn(String text) {
        String clean = PARAMETER.matcher(text).replaceAll("$1" + HIDDEN);
        return USER_INFO.matcher(clean).replaceAll("//" + HIDDEN + "@");
    }

    /**
     * Finds the values of parameters such as {@code password=}.
     *
     * @param url the URL
     * @return the values, in their order
     */
    public static List<String> ofParameters(String url) {
        return PARAMETER.matcher(url).results().map(match -> match.group(2)).toList();
    }
}
