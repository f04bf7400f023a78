package dev.respite.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code respite call} in a JVM with the flags of the launcher. */
class LauncherCallTest {

    private static final Path LAUNCHER = Path.of("..", "..", "respite");

    @TempDir
    private Path folder;

    private HttpServer server;

    private record Run(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/here");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/here", exchange -> {
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write("here".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.createContext("/closed", exchange -> exchange.close());
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static List<String> flags() throws IOException {
        String line = Files.readAllLines(LAUNCHER).stream()
                .filter(text -> text.startsWith("jvm='"))
                .findFirst()
                .orElseThrow();
        return List.of(line.substring("jvm='".length(), line.length() - 1).split(" ", -1));
    }

    private Run call(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "call"));
        command.addAll(List.of(args));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        int code = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        return new Run(code, Files.readString(out), Files.readString(err));
    }

    private String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    @ParameterizedTest
    @ValueSource(strings = {"-L", "--location"})
    void call_withLocation_followsARedirect(String option) throws Exception {
        Run run = call(option, url("/moved"));

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("here");
    }

    @Test
    void call_serverThatCloses_printsOurOwnWords() throws Exception {
        Run run = call("--max-attempts", "1", url("/closed"));

        assertThat(run.code()).isNotZero();
        assertThat(run.err())
                .contains("the server closed the connection without a response")
                .doesNotContain("Too many retries");
    }
}
