package dev.respite.lab.site;

import dev.respite.lab.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The run without retries of the story with which the page opens, recorded by the engine on the JVM. The page plays it while its own
 * engine is loaded.
 */
final class FirstRun {

    static final String FILE = "first-run.json";

    private static final String REQUEST = "/dev/respite/lab/first-request.json";

    private FirstRun() {}

    /** Writes the request, by which the page recognizes the run, and the response. */
    static void write(Path folder) throws IOException {
        String request = request();
        String response = Engine.respond(request, (done, total) -> {});
        Files.writeString(folder.resolve(FILE), "{\"request\":" + request + ",\"response\":" + response + "}\n");
    }

    private static String request() throws IOException {
        try (InputStream content = FirstRun.class.getResourceAsStream(REQUEST)) {
            return new String(Objects.requireNonNull(content, REQUEST).readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
