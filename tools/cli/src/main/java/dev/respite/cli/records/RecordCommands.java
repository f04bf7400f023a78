package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import picocli.CommandLine;

/** The commands of this package, and their rules for arguments. */
public final class RecordCommands {

    private RecordCommands() {}

    /** Adds the commands {@code keys} and {@code durable}. */
    public static void addTo(CommandLine commands, Console console) {
        commands.addSubcommand(KeysCommand.create(console)).addSubcommand(DurableCommand.create(console));
    }

    /**
     * Returns the command line, with a mark in front of each name that begins with a hyphen, so that picocli treats it as a
     * name.
     */
    public static String[] withMarkedNames(String... args) {
        return KeyName.marked(args);
    }

    /** Returns an unexpected argument in printable form. It may be a URL without its option, or with a misspelt one. */
    public static String shownIfUrl(String argument) {
        return StoreUrl.shownIfUrl(argument);
    }
}
