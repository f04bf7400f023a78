package dev.respite.logging;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognizes the names of header fields and parameters whose values are credentials. */
final class SecretNames {

    /** A name up to its equals sign. Each text is scanned once, since it may come from a hostile server. */
    private static final Pattern NAME = Pattern.compile("(?<![^\\s=&;?#,'\"()])([^\\s=&;?#,'\"()]++)\\s*+=\\s*+");

    private static final Pattern VALUE = Pattern.compile("\\{[^}]{0,200}+}|[^;&?#,\\s)'\"]*+");

    /** Names of parameters of drivers are often words without a character between them. */
    private static final Pattern IN_NAME_OF_PARAMETER = Pattern.compile(
            "password|passwd|passphrase|pwd|secret|credential|(?<!(?:page|next|continuation)[-_.]?)token",
            Pattern.CASE_INSENSITIVE);

    /** The ends of words: characters between them, or a change of case, as in {@code apiKey} and {@code APIKey}. */
    private static final Pattern BETWEEN_WORDS =
            Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    private static final Set<String> SECRET = Set.of(
            "accesskey",
            "apikey",
            "auth",
            "authorization",
            "authtoken",
            "passwd",
            "password",
            "pwd",
            "secret",
            "sig",
            "signature");

    /** A key after one of these is a secret. Others are keys of idempotency, of a partition, of a cache. */
    private static final Set<String> BEFORE_SECRET_KEY = Set.of("api", "access", "functions", "subscription");

    /** A token after one of these is a position in a list. */
    private static final Set<String> BEFORE_POSITION_TOKEN = Set.of("page", "next", "continuation");

    private SecretNames() {}

    static boolean isSecret(String name) {
        List<String> words = Arrays.stream(BETWEEN_WORDS.split(name, -1))
                .map(each -> each.toLowerCase(Locale.ROOT))
                .toList();
        for (int i = 0; i < words.size(); i++) {
            String before = i == 0 ? "" : words.get(i - 1);
            boolean secret = switch (words.get(i)) {
                case "key" -> BEFORE_SECRET_KEY.contains(before);
                case "token" -> !BEFORE_POSITION_TOKEN.contains(before);
                default -> SECRET.contains(words.get(i));
            };
            if (secret) {
                return true;
            }
        }
        return name.equalsIgnoreCase("cookie") || name.equalsIgnoreCase("set-cookie");
    }

    /** Finds the values of parameters, {@code password=} for example, and returns them in their order. */
    static List<MatchResult> valuesIn(String text) {
        List<MatchResult> values = new ArrayList<>();
        Matcher names = NAME.matcher(text);
        Matcher value = VALUE.matcher(text);
        int from = 0;
        while (names.find(from)) {
            from = names.end();
            if (isParameter(names.group(1)) && value.region(from, text.length()).lookingAt()) {
                values.add(value.toMatchResult());
                from = value.end();
            }
        }
        return values;
    }

    private static boolean isParameter(String name) {
        return IN_NAME_OF_PARAMETER.matcher(name).find() || isSecret(decoded(name));
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return name;
        }
    }
}
