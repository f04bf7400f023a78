package dev.respite.cli.records;

import dev.respite.cli.console.UsageException;
import dev.respite.idempotency.store.StorageKey;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Parses names of records on the command line. */
final class KeyName {

    /** One name in 64 begins with a hyphen. Options are shorter than names, so that both can be distinguished. */
    private static final Pattern LIKE_AN_OPTION = Pattern.compile("-[A-Za-z0-9_-]{42}");

    private static final String MARK = "key:";

    /** The command whose arguments are names. */
    static final String COMMAND = "keys";

    private KeyName() {}

    /**
     * Returns the command line, with a mark in front of each name that begins with a hyphen, so that picocli treats it as a
     * name.
     */
    static String[] marked(String... args) {
        if (args.length == 0 || !args[0].equals(COMMAND)) {
            return args;
        }
        return Arrays.stream(args)
                .map(arg -> LIKE_AN_OPTION.matcher(arg).matches() ? MARK + arg : arg)
                .toArray(String[]::new);
    }

    /** Parses a name. Its scope is not known; a store finds a record by the value alone. */
    static StorageKey read(String text) {
        String value = unmarked(text);
        try {
            return new StorageKey(value, value);
        } catch (IllegalArgumentException malformed) {
            throw new UsageException(
                    "key '" + value + "': it is the name of a record, 43 characters of base64url",
                    "'respite keys list' and the application's events show the names. For the key that a client sent"
                            + " give its --scope and --operation too: the store has a hash of the three.");
        }
    }

    /** Returns a text without the mark. */
    static String unmarked(String text) {
        return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
    }
}
