package dev.respite.cli.console;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Describes why a file cannot be used. */
public final class FileProblem {

    private static final String DENIED = "access is denied";

    private FileProblem() {}

    /** Returns why a file could not be read or written. */
    public static String of(Path file, IOException failed) {
        if (Files.isDirectory(file)) {
            return "it is a directory";
        }
        if (failed instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (failed instanceof AccessDeniedException) {
            return DENIED;
        }
        if (failed instanceof CharacterCodingException) {
            return "it is not text in UTF-8";
        }
        return failed instanceof FileSystemException named && named.getReason() != null
                ? named.getReason()
                : String.valueOf(failed.getMessage());
    }

    /** Returns why a file cannot be written, or empty if no reason is known. Does not open the file, which may be a pipe. */
    public static Optional<String> beforeWriting(Path file) {
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        if (Files.isDirectory(file)) {
            return Optional.of("it is a directory");
        }
        if (!Files.isDirectory(folder)) {
            return Optional.of("there is no directory " + folder);
        }
        boolean allowed = Files.isWritable(Files.exists(file) ? file : folder);
        return allowed ? Optional.empty() : Optional.of(DENIED);
    }

    /** Creates a directory. Returns why files cannot be written there, or empty if they can. */
    public static Optional<String> makingFolder(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            return Optional.of("it is not a directory");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException failed) {
            return Optional.of("the directory cannot be created");
        }
        return Files.isWritable(folder) ? Optional.empty() : Optional.of(DENIED);
    }
}
