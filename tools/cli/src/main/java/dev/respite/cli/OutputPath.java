package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Checks before a command begins whether its output can be written. */
final class OutputPath {

    private OutputPath() {}

    /** Returns why a file cannot be written, or empty if no reason is known. Does not open the file, which may be a pipe. */
    static Optional<String> beforeWriting(Path file) {
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        if (Files.isDirectory(file)) {
            return Optional.of("it is a directory");
        }
        if (!Files.isDirectory(folder)) {
            return Optional.of("there is no directory " + folder);
        }
        boolean allowed = Files.isWritable(Files.exists(file) ? file : folder);
        return allowed ? Optional.empty() : Optional.of(TextFormat.ACCESS_DENIED);
    }

    /** Creates a directory. Returns why files cannot be written there, or empty if they can. */
    static Optional<String> makingFolder(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            return Optional.of("it is not a directory");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException failed) {
            return Optional.of("the directory cannot be created");
        }
        return Files.isWritable(folder) ? Optional.empty() : Optional.of(TextFormat.ACCESS_DENIED);
    }
}
