package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.UsageException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Scanner;
import picocli.CommandLine.Option;

/** The confirmation of a change: by an option, or by a reply in a terminal. */
final class Confirmation {

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    /**
     * Checks that the change can be confirmed.
     *
     * @param effect the change in a message, such as {@code discard removes calls permanently}
     * @param hint the command that shows the subject of the change
     * @throws UsageException if neither the option nor a terminal is there
     */
    void check(Console console, String effect, String hint) {
        if (!yes && !console.live()) {
            throw new UsageException(effect + ", and stderr is no terminal to ask on", "Add --yes to confirm. " + hint);
        }
    }

    /** Returns whether the change is confirmed: by the option, or by a reply to the question in the terminal. */
    boolean isGiven(Console console, String question) {
        if (yes) {
            return true;
        }
        console.err().print("respite: " + question + "? [y/N] ");
        console.err().flush();
        Scanner input = new Scanner(console.in(), StandardCharsets.UTF_8);
        String reply = input.hasNextLine() ? input.nextLine().strip().toLowerCase(Locale.ROOT) : "";
        if (reply.equals("y") || reply.equals("yes")) {
            return true;
        }
        console.printMessage("nothing was changed");
        return false;
    }
}
