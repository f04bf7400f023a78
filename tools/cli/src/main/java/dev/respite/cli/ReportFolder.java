package dev.respite.cli;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The folder of a report, if one was given. */
record ReportFolder(Console console, Optional<Path> path) {

    /** Writes a report. */
    @FunctionalInterface
    interface Writer {
        void write(Path folder) throws IOException;
    }

    /** Creates the folder. Returns an exit code if it cannot be written, and prints the reason. */
    Optional<Integer> prepare() {
        return path.flatMap(OutputPath::makingFolder).map(this::cannotWrite);
    }

    /** Writes the report, and returns the exit code. */
    int write(Writer report) {
        if (path.isEmpty()) {
            return ExitCodes.OK;
        }
        Path folder = path.get();
        try {
            report.write(folder);
        } catch (IOException refused) {
            return cannotWrite(String.valueOf(refused.getMessage()));
        }
        console.printMessage("the report is in " + folder.resolve("report.html"));
        return ExitCodes.OK;
    }

    private int cannotWrite(String why) {
        console.printMessage("cannot write to " + path.orElseThrow() + ": " + why);
        return ExitCodes.CANNOT_WRITE;
    }
}
