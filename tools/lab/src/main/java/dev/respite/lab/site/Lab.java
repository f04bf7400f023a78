package dev.respite.lab.site;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code respite lab}: the page on which one watches a policy meet an outage. */
@Command(
        name = "respite lab",
        sortOptions = false,
        header = "Serves the lab: watch a retry policy meet an outage in a browser, and change it.",
        description = {
            "%nThe simulator runs in the browser. The first run compiles it, which takes a minute or two; later runs start at"
                    + " once. Ctrl-C ends the server."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the folder was written",
            "23:the folder could not be written",
            "64:an option is invalid, or the port of --port is taken"
        })
public final class Lab implements Callable<Integer> {

    private static final int CANNOT_WRITE = 23;
    private static final int USAGE = 64;

    /** The port that the links of the documents have. */
    static final int DEFAULT_PORT = 8700;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The port on 127.0.0.1, 0 to 65535; 0 is one that is free. Default: " + DEFAULT_PORT
                    + ", or one that is free if that is taken.")
    private Optional<Integer> port = Optional.empty();

    @Option(names = "--no-open", description = "Do not open a browser.")
    private boolean isQuiet;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Write the page there, for any static host, instead of serving it. DIR is new, empty or a lab.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // Picocli reads the annotation.
    private boolean isHelp;

    /** Where the page is kept from one run to the next. */
    private final Path kept;

    private Lab(Path kept) {
        this.kept = kept;
    }

    /**
     * Runs the command.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        Path kept = Path.of(System.getProperty("respite.lab.site", "target/lab-site"));
        CommandLine command = new CommandLine(new Lab(kept)).setParameterExceptionHandler((invalid, given) -> {
            say(invalid.getMessage() + ". 'respite lab --help' has the options.");
            return USAGE;
        });
        System.exit(command.execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        Optional<Integer> wrong = port.filter(number -> number < 0 || number > 65_535);
        if (wrong.isPresent()) {
            say("--port " + wrong.get() + ": expected a number from 0 to 65535");
            return USAGE;
        }
        Optional<String> unusable = out.flatMap(Lab::whyUnusable);
        if (unusable.isPresent()) {
            say("--out " + out.orElseThrow() + ": " + unusable.get());
            return CANNOT_WRITE;
        }
        try {
            make();
            if (out.isPresent()) {
                return write(out.get());
            }
        } catch (IOException failed) {
            say("the page cannot be written: " + failed.getMessage());
            return CANNOT_WRITE;
        }
        return serve();
    }

    /** Makes the page, if it is not there yet. A run that is interrupted leaves nothing that looks complete. */
    private void make() throws IOException {
        if (SiteFolder.isComplete(kept)) {
            return;
        }
        Path parent = Files.createDirectories(
                Optional.ofNullable(kept.toAbsolutePath().getParent()).orElse(kept));
        Path next = Files.createTempDirectory(parent, "lab-");
        Thread remove = new Thread(() -> delete(next));
        Runtime.getRuntime().addShutdownHook(remove);
        try {
            SiteFolder.write(next, Lab::say);
            delete(kept);
            Files.move(next, kept);
        } finally {
            delete(next);
            Runtime.getRuntime().removeShutdownHook(remove);
        }
    }

    private static Optional<String> whyUnusable(Path folder) {
        if (!Files.exists(folder)) {
            return Optional.empty();
        }
        if (!Files.isDirectory(folder)) {
            return Optional.of("it is not a directory");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return SiteFolder.isComplete(folder) || files.findAny().isEmpty()
                    ? Optional.empty()
                    : Optional.of("it has other files, and they are left alone: name a new or an empty directory");
        } catch (IOException unreadable) {
            return Optional.of("it cannot be read");
        }
    }

    private int write(Path folder) throws IOException {
        SiteFolder.copy(kept, folder);
        long bytes = 0;
        for (String name : SiteFolder.names()) {
            bytes += Files.size(folder.resolve(name));
        }
        say(String.format(
                Locale.ROOT,
                "%d files, %,d kB, are in %s. Serve .wasm as application/wasm.",
                SiteFolder.names().size(),
                bytes / 1_000,
                folder));
        return 0;
    }

    private int serve() throws InterruptedException {
        try (SiteServer server = start()) {
            say("the lab is at " + server.address() + " (Ctrl-C ends it)");
            if (port.isEmpty() && server.port() != DEFAULT_PORT) {
                say("port " + DEFAULT_PORT
                        + " is taken, perhaps by another lab: the links of docs/course.md lead there."
                        + " End that program and start again, or write port " + server.port() + " in their place.");
            }
            if (!isQuiet) {
                open(server.address());
            }
            new CountDownLatch(1).await();
            return 0;
        } catch (BindException taken) {
            say("port " + port.orElse(DEFAULT_PORT) + " is taken: name another one, or leave --port out");
            return USAGE;
        } catch (IOException failed) {
            say("the page cannot be served: " + failed.getMessage());
            return CANNOT_WRITE;
        }
    }

    private SiteServer start() throws IOException {
        if (port.isPresent()) {
            return SiteServer.start(kept, port.get());
        }
        try {
            return SiteServer.start(kept, DEFAULT_PORT);
        } catch (BindException taken) {
            return SiteServer.start(kept, 0);
        }
    }

    /** Opens a browser where there is a command for that; the address has been printed. */
    private static void open(String address) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        List<String> command = system.contains("mac")
                ? List.of("open", address)
                : system.contains("win")
                        ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                        : List.of("xdg-open", address);
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException without) {
            say("no browser can be opened from here: open the address yourself");
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            say("cannot delete " + folder + ": " + left.getMessage());
        }
    }

    private static void say(String message) {
        System.err.println("respite: " + message);
    }
}
