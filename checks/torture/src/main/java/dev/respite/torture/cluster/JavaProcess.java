package dev.respite.torture.cluster;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts JVMs with the class path of this one, with options for a fast start and a small heap. */
final class JavaProcess {

    private JavaProcess() {}

    /** Starts a JVM and appends its standard error to the log. */
    static Process start(Path log, List<String> options, String main, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main);
        command.addAll(args);
        return new ProcessBuilder(command)
                .redirectError(Redirect.appendTo(log.toFile()))
                .start();
    }
}
