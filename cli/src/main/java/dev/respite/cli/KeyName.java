package dev.respite.cli;

import dev.respite.idempotency.StorageKey;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The name of a record, as the command line has it. */
final class KeyName {

    /** One name in 64 begins with a hyphen. None is taken for an option: no option is so long. */
    private static final Pattern LIKE_AN_OPTION = Pattern.compile("-[A-Za-z0-9_-]{42}");

    private static final String MARK = "key:";

    private KeyName() {}

    /** The command line with each name that begins with a hyphen marked, so that it is taken for a name. */
    static String[] marked(String... args) {
        if (args.length == 0 || !args[0].equals(KeysCommand.NAME)) {
            return args;
        }
        return Arrays.stream(args)
                .map(arg -> LIKE_AN_OPTION.matcher(arg).matches() ? MARK + arg : arg)
                .toArray(String[]::new);
    }

    /** A name whose scope is not known; a store finds a record by its value alone. */
    static StorageKey read(String text) {
        String value = text.startsWith(MARK) ? text.substring(MARK.length()) : text;
        try {
            return new StorageKey(value, value);
        } catch (IllegalArgumentException malformed) {
            throw new UsageException(
                    "key '" + value + "': it is the name of a record, 43 characters of base64url",
                    "'respite keys list' has the names, and so have the application's events. The key that a client has"
                            + " sent is not one: the store has a hash of it only.");
        }
    }
}
