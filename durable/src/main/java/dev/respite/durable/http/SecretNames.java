package dev.respite.durable.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Recognizes the names of header fields and query parameters whose values are credentials. */
final class SecretNames {

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
        return name.equalsIgnoreCase("cookie");
    }
}
