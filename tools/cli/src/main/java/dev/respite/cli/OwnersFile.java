package dev.respite.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A file that its owner alone may read, on file systems that have such rights. A pipe, a device and the target of a link, such as
 * {@code /dev/stdout}, keep their rights.
 */
final class OwnersFile {

    private static final Set<PosixFilePermission> RIGHTS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private static final Set<StandardOpenOption> OVERWRITE =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private OwnersFile() {}

    /** Returns why the file cannot be written, or empty if no reason is known. Takes its rights from others before. */
    static Optional<String> beforeWriting(Path file) {
        Optional<String> reason = OutputPath.beforeWriting(file);
        if (reason.isEmpty() && hasRights(file) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.setPosixFilePermissions(file, RIGHTS);
            } catch (IOException notOurs) {
                return Optional.of("its rights cannot be changed, so others may read it; remove it first");
            }
        }
        return reason;
    }

    /** Overwrites the file. If it is created, no other user can open it in between. */
    static void write(Path file, String text) throws IOException {
        FileAttribute<?>[] rights = hasRights(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(RIGHTS)}
                : new FileAttribute<?>[0];
        try (BufferedWriter writer = new BufferedWriter(
                Channels.newWriter(Files.newByteChannel(file, OVERWRITE, rights), StandardCharsets.UTF_8))) {
            writer.write(text);
        }
    }

    private static boolean hasRights(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
