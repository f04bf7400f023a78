package dev.respite.cli;

import dev.respite.RetryListener;
import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of {@code respite call} for its output: the body, the report, and the lines on stderr. */
final class OutputOptions {

    private static final Path STDOUT = Path.of("-");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write the body to FILE instead of stdout. An existing file is overwritten.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write a report of the call to FILE, as JSON, readable by its owner only. An existing file is"
                    + " overwritten.")
    private Optional<Path> report = Optional.empty();

    @Option(
            names = {"-s", "--silent"},
            description = "Print no lines for the attempts, and no warnings. Errors are printed.")
    private boolean silent;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print the headers of each request and response on stderr.")
    private boolean verbose;

    @Option(
            names = "--show-secrets",
            description = "Do not mask the values of headers and query parameters that are named like a secret, such as"
                    + " Authorization, Cookie and access_token.")
    private boolean showsSecrets;

    boolean isSilent() {
        return silent;
    }

    SecretMask mask() {
        return new SecretMask(showsSecrets);
    }

    /** Returns the listeners that print lines on stderr. */
    List<RetryListener> printers(Console console, HttpRequest request, ResponseHints hints) {
        List<RetryListener> printers = new ArrayList<>();
        if (verbose) {
            printers.add(new HeaderLines(console.err(), request, mask()));
        }
        if (!silent) {
            printers.add(new AttemptLines(console.err(), hints, mask()));
        }
        return printers;
    }

    /**
     * Returns why the body or the report cannot be written, or empty if no reason is known.
     *
     * @throws UsageException if both have the same file
     */
    Optional<String> beforeSending() {
        if (file().isPresent() && file().equals(report)) {
            throw new UsageException(
                    "-o and --report both write to " + report.get() + "; give two files", "Try 'respite call --help'.");
        }
        return problem("body", file(), file().flatMap(OutputPath::beforeWriting))
                .or(() -> problem("report", report, report.flatMap(OwnersFile::beforeWriting)));
    }

    /** The file of the body. The name {@code -} means stdout, as for curl. */
    private Optional<Path> file() {
        return output.filter(file -> !file.equals(STDOUT));
    }

    private static Optional<String> problem(String what, Optional<Path> file, Optional<String> reason) {
        return reason.map(why -> "cannot write the " + what + " to " + file.orElseThrow() + ": " + why);
    }

    /** Writes the body, and returns the exit code. */
    int writeBody(Console console, byte[] body) {
        if (file().isPresent()) {
            try {
                Files.write(file().get(), body);
                return ExitCodes.OK;
            } catch (IOException unwritable) {
                return failed(console, "body", file(), unwritable);
            }
        }
        console.out().write(body, 0, body.length);
        if (console.out().checkError()) {
            console.printMessage("cannot write the body to stdout");
            return ExitCodes.CANNOT_WRITE;
        }
        return ExitCodes.OK;
    }

    /** Writes the report if there is one to write, and returns the exit code. */
    int writeReport(Console console, CallReport happened) {
        Optional<String> text = happened.text();
        if (report.isPresent() && text.isPresent()) {
            try {
                OwnersFile.write(report.get(), text.get());
            } catch (IOException unwritable) {
                return failed(console, "report", report, unwritable);
            }
        }
        return ExitCodes.OK;
    }

    private static int failed(Console console, String what, Optional<Path> file, IOException unwritable) {
        String why = TextFormat.problem(file.orElseThrow(), unwritable);
        problem(what, file, Optional.of(why)).ifPresent(console::printMessage);
        return ExitCodes.CANNOT_WRITE;
    }
}
