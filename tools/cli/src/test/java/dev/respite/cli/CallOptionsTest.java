package dev.respite.cli;

import static dev.respite.cli.ScriptedServer.ok;
import static dev.respite.cli.ScriptedServer.respond;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of {@code respite call} that have the names and meanings of curl's. */
class CallOptionsTest {

    private static final ScriptedServer.Step BUSY = respond("503 Service Unavailable", "X-Load: high\r\n", "busy");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"-o", "--output"})
    void output_file_getsBody(String option) throws IOException {
        Path file = Files.writeString(folder.resolve("body"), "an old text that is longer");
        String body = "\u0000\r\n\u00fc";
        try (ScriptedServer server = ScriptedServer.of(ok(body))) {
            Cli.Run run = Cli.run("call", option, file.toString(), server.url());

            assertThat(run.code()).isZero();
            assertThat(run.stdout()).isEmpty();
            assertThat(Files.readAllBytes(file)).isEqualTo(body.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void output_errorStatus_getsBodyAndExits22() throws IOException {
        Path file = folder.resolve("body");
        try (ScriptedServer server = ScriptedServer.of(respond("404 Not Found", "", "gone"))) {
            assertThat(Cli.run("call", "-o", file.toString(), server.url()).code())
                    .isEqualTo(22);
        }
        assertThat(file).content().isEqualTo("gone");
    }

    @Test
    void output_hyphen_isStdout() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ok("hello"))) {
            assertThat(Cli.run("call", "-o", "-", server.url()).out()).isEqualTo("hello");
        }
    }

    @Test
    void output_unwritable_exits23BeforeSending() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ok("hello"))) {
            Cli.Run run = Cli.run("call", "-o", folder.toString(), server.url());

            assertThat(run.code()).isEqualTo(23);
            assertThat(run.stderr()).contains("cannot write the body to " + folder + ": it is a directory");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void output_fileOfTheReport_isWrongUsage() {
        String file = folder.resolve("one").toString();
        Cli.Run run = Cli.run("call", "-o", file, "--report", file, "http://127.0.0.1:9/");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("give two files");
    }

    @Test
    void silent_printsNoLinesAndNoWarnings() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(BUSY)) {
            Cli.Run run = Cli.run("call", "-s", "-d", "x", "--base-delay=1ms", server.url());

            assertThat(run.code()).isEqualTo(22);
            assertThat(run.out()).isEqualTo("busy");
            assertThat(run.stderr()).isEmpty();
        }
    }

    @Test
    void silent_noResponse_printsError() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ScriptedServer.HANG)) {
            Cli.Run run = Cli.run("call", "-s", "--attempt-timeout=50ms", "--max-attempts=1", server.url());

            assertThat(run.code()).isEqualTo(28);
            assertThat(run.stderr().lines()).singleElement().asString().startsWith("respite: timed out");
        }
    }

    @Test
    void verbose_printsHeadersOfEachAttempt() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(BUSY, respond("200 OK", "X-Load: low\r\n", "hello"))) {
            Cli.Run run = Cli.run(
                    "call",
                    "-v",
                    "--base-delay=1ms",
                    "-H",
                    "Accept: text/plain",
                    "--idempotency-key=auto",
                    "-d",
                    "x",
                    server.url());

            assertThat(run.code()).isZero();
            assertThat(run.out()).isEqualTo("hello");
            String key = server.requests().get(0).header("Idempotency-Key").orElseThrow();
            assertThat(run.stderr().lines())
                    .containsSubsequence(
                            "> POST " + server.url(),
                            "> accept: text/plain",
                            "> idempotency-key: " + key,
                            ">",
                            "< HTTP/1.1 503",
                            "< x-load: high",
                            "<")
                    .containsSubsequence("> POST " + server.url(), "< HTTP/1.1 200", "< x-load: low");
            assertThat(run.stderr()).contains("attempt 1: 503", "attempt 2: 200");
        }
    }

    @Test
    void verbose_noResponse_printsRequest() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ScriptedServer.HANG)) {
            Cli.Run run = Cli.run("call", "-sv", "--attempt-timeout=50ms", "--max-attempts=1", server.url());

            assertThat(run.stderr()).contains("> GET " + server.url()).doesNotContain("attempt 1", "<");
        }
    }

    @Test
    void location_redirect_isFollowedAndPrinted() throws IOException {
        try (ScriptedServer target = ScriptedServer.of(BUSY, ok("there"));
                ScriptedServer server =
                        ScriptedServer.of(respond("302 Found", "Location: " + target.url() + "\r\n", "moved"))) {
            Cli.Run followed = Cli.run("call", "-Lv", "--base-delay=1ms", server.url());
            Cli.Run kept = Cli.run("call", server.url());

            assertThat(followed.code()).isZero();
            assertThat(followed.out()).isEqualTo("there");
            assertThat(target.requests()).hasSize(2);
            assertThat(followed.stderr().lines())
                    .containsSubsequence(
                            "> GET " + server.url(), "< HTTP/1.1 302", "> GET " + target.url(), "< HTTP/1.1 503")
                    .containsSubsequence("< HTTP/1.1 302", "< HTTP/1.1 200");
            assertThat(kept.code()).isZero();
            assertThat(kept.out()).isEqualTo("moved");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--retry 3 | write --max-attempts 4",
                "--retry=3 | write --max-attempts 4",
                "--retry many | write --max-attempts N+1",
                "--retry-delay 2 | write --base-delay 2s; for equal delays also --backoff fixed --jitter none",
                "--retry-max-time 40 | write --total-timeout 40s",
                "-m 1.5 | write --total-timeout 1.5s",
                "--max-time 3 | write --total-timeout 3s",
                "--retry-all-errors | such as --retry-on 4xx,5xx",
                "--retry-connrefused | a refused connection is retried by default; remove the option"
            })
    void curlsRetryOption_isRejectedWithOurOption(String option, String remedy) throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ok(""))) {
            String line = "call " + option + " " + server.url();
            Cli.Run run = Cli.run(line.split(" ", -1));

            assertThat(run.code()).isEqualTo(64);
            assertThat(run.stderr())
                    .startsWith("respite: " + option.split("[ =]", -1)[0] + " is an option of curl: ")
                    .contains(remedy);
            assertThat(server.requests()).isEmpty();
        }
    }

    /** What a rejection proposes is valid. */
    @Test
    void proposedOptions_areAccepted() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(respond("404 Not Found", "", ""))) {
            Cli.Run run = Cli.run(
                    "call",
                    "--max-attempts=4",
                    "--base-delay=0.002s",
                    "--backoff=fixed",
                    "--jitter=none",
                    "--total-timeout=40s",
                    "--retry-on=4xx,5xx",
                    server.url());

            assertThat(run.code()).isEqualTo(22);
            assertThat(server.requests()).hasSize(4);
        }
    }

    @Test
    void otherCommands_knowNoOptionsOfCurl() {
        assertThat(Cli.run("explain", "--retry", "3").stderr())
                .contains("unknown option '--retry'")
                .doesNotContain("curl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com/quote", "localhost:8080", "127.0.0.1:8080/quote", "//example.com/", ""})
    void url_withoutScheme_isRejectedWithRemedy(String url) {
        Cli.Run run = Cli.run("call", url);

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("'" + url + "' has no scheme; write http:// or https:// before it");
    }
}
