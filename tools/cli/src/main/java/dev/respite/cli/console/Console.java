package dev.respite.cli.console;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Help.Ansi;

/**
 * The program's standard streams.
 *
 * @param in standard input
 * @param out standard output, for results
 * @param err standard error, for everything else
 * @param live whether {@code err} is a terminal, so that a line can be overwritten
 */
public record Console(InputStream in, PrintStream out, PrintStream err, boolean live) {

    public static Console ofProcess() {
        return new Console(System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err), isTerminal(2));
    }

    /** Prints a message of the program to {@code err}. Control characters in it are escaped, except line breaks. */
    public void printMessage(String message) {
        err.println("respite: " + TextFormat.printableLines(message));
    }

    private static PrintStream utf8(FileDescriptor file) {
        OutputStream buffered = new BufferedOutputStream(new FileOutputStream(file));
        return new PrintStream(buffered, true, StandardCharsets.UTF_8);
    }

    /**
     * Returns whether the stream is a terminal. The JDK cannot query a single stream. Where the system has no name for it,
     * coloured output is the approximation.
     */
    private static boolean isTerminal(int stream) {
        try {
            String name =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + stream)).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty") || name.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unnamed) {
            return Ansi.AUTO.enabled();
        }
    }
}
