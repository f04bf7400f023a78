package dev.respite.cli;

import static dev.respite.cli.ScriptedServer.HANG;
import static dev.respite.cli.ScriptedServer.RESET;
import static dev.respite.cli.ScriptedServer.ok;
import static dev.respite.cli.ScriptedServer.respond;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CallCommandTest {

    private static final ScriptedServer.Step BUSY = respond("503 Service Unavailable", "", "busy");

    @TempDir
    Path folder;

    @Test
    void call_success_printsBodyUnchanged() throws IOException {
        String body = "\u0000 no line end, \r\n and \u00fcml\u00e4uts";
        try (ScriptedServer server = ScriptedServer.of(ok(body))) {
            Cli.Run run = Cli.run("call", server.url());

            assertThat(run.code()).isZero();
            assertThat(run.stdout()).isEqualTo(body.getBytes(StandardCharsets.UTF_8));
            assertThat(run.stderr()).matches("attempt 1: 200, .* after the start\n");
        }
    }

    @Test
    void call_503_isRetriedAndReported() throws IOException {
        Path report = folder.resolve("report.json");
        Files.writeString(report, "something longer than the report, ".repeat(100));
        try (ScriptedServer server = ScriptedServer.of(BUSY, ok("hello"))) {
            Cli.Run run = Cli.run("call", "--base-delay=5ms", "--report", report.toString(), server.url());

            assertThat(run.code()).isZero();
            assertThat(run.out()).isEqualTo("hello");
            assertThat(run.stderr().lines()).hasSize(2);
            assertThat(run.stderr()).contains("attempt 1: 503, ").contains("; the next in ");
        }
        JsonNode json = Cli.json(Files.readAllBytes(report));
        assertThat(json.get("stopReason").asString()).isEqualTo("accepted");
        assertThat(json.get("attempts")).hasSize(2);
        JsonNode first = json.get("attempts").get(0);
        JsonNode second = json.get("attempts").get(1);
        assertThat(first.get("number").asInt()).isEqualTo(1);
        assertThat(first.get("outcome").asString()).isEqualTo("503");
        assertThat(first.get("startMs").asDouble()).isZero();
        assertThat(first.get("delayAfterMs").asDouble()).isBetween(0.0, 5.0);
        assertThat(second.get("outcome").asString()).isEqualTo("ok");
        assertThat(second.get("delayAfterMs").isNull()).isTrue();
        double waited =
                first.get("durationMs").asDouble() + first.get("delayAfterMs").asDouble();
        assertThat(second.get("startMs").asDouble()).isGreaterThanOrEqualTo(waited);
        assertThat(json.get("elapsedMs").asDouble())
                .isGreaterThanOrEqualTo(second.get("startMs").asDouble());
    }

    @Test
    void call_errorStatus_exits22WithBody() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(BUSY, respond("404 Not Found", "", "nothing here"))) {
            Cli.Run run = Cli.run("call", "--base-delay=1ms", server.url());

            assertThat(run.code()).isEqualTo(22);
            assertThat(run.out()).isEqualTo("nothing here");
            assertThat(run.stderr()).contains("attempt 2: 404").contains("another attempt cannot change this");
        }
    }

    @Test
    void call_attemptsExhausted_exits22() throws IOException {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(BUSY)) {
            Cli.Run run =
                    Cli.run("call", "--policy", "max-attempts=4 base-delay=1ms", "--report=" + report, server.url());

            assertThat(run.code()).isEqualTo(22);
            assertThat(run.out()).isEqualTo("busy");
            assertThat(server.requests()).hasSize(4);
            assertThat(run.stderr()).endsWith("gave up: attempts exhausted\n");
        }
        assertThat(Cli.json(Files.readAllBytes(report)).get("stopReason").asString())
                .isEqualTo("attempts-exhausted");
    }

    @Test
    void call_withoutBudgetOption_hasNoBudget() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(BUSY)) {
            Cli.run("call", "--max-attempts=6", "--base-delay=1ms", server.url());
            assertThat(server.requests()).hasSize(6);
        }
        for (String[] given : new String[][] {
            {"--max-attempts=6", "--base-delay=1ms", "--budget=success:0.5/20/10"},
            {"--policy=max-attempts=6 base-delay=1ms budget=success:0.5/20/10"}
        }) {
            try (ScriptedServer server = ScriptedServer.of(BUSY)) {
                String[] line = new String[given.length + 2];
                line[0] = "call";
                System.arraycopy(given, 0, line, 1, given.length);
                line[line.length - 1] = server.url();
                assertThat(Cli.run(line).stderr()).contains("budget exhausted");
                assertThat(server.requests()).hasSize(3);
            }
        }
    }

    @Test
    void call_connectionRefused_exits7() throws IOException {
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Cli.Run run = Cli.run("call", "--base-delay=1ms", "http://127.0.0.1:" + bound.getLocalPort() + "/");

            assertThat(run.code()).isEqualTo(7);
            assertThat(run.stdout()).isEmpty();
            assertThat(run.stderr()).contains("attempt 3: connect").contains("cannot connect");
            assertThat(run.stderr()).doesNotContain("\tat ");
        }
    }

    @Test
    void call_timeout_exits28() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(HANG)) {
            Cli.Run run =
                    Cli.run("call", "--attempt-timeout=100ms", "--max-attempts=2", "--base-delay=1ms", server.url());

            assertThat(run.code()).isEqualTo(28);
            assertThat(run.stderr()).contains("attempt 2: timeout");
        }
    }

    @Test
    void call_connectionReset_exits56() throws IOException {
        // A PUT, since the JDK's client repeats a GET once by itself.
        try (ScriptedServer server = ScriptedServer.of(RESET)) {
            Cli.Run run = Cli.run("call", "-X", "PUT", "-d", "x", "--base-delay=1ms", server.url());

            assertThat(run.code()).isEqualTo(56);
            assertThat(run.stderr()).contains("network error");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void post_withoutKey_isSentOnce() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(BUSY)) {
            Cli.Run run = Cli.run("call", "-d", "a=1", server.url());

            assertThat(run.code()).isEqualTo(22);
            assertThat(server.requests()).hasSize(1);
            assertThat(run.stderr()).containsOnlyOnce("unsafe-without-key").contains("gave up: not idempotent");
            assertThat(server.requests().get(0).body()).isEqualTo("a=1");
            assertThat(server.requests().get(0).header("Content-Type")).contains("application/x-www-form-urlencoded");
        }
    }

    @Test
    void post_autoKey_isRetriedWithSameKey() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(BUSY, ok("paid"))) {
            Cli.Run run = Cli.run("call", "--base-delay=1ms", "-d", "a=1", "--idempotency-key", "auto", server.url());

            assertThat(run.code()).isZero();
            assertThat(run.stderr()).doesNotContain("unsafe-without-key");
            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(0).header("Idempotency-Key"))
                    .isPresent()
                    .isEqualTo(server.requests().get(1).header("Idempotency-Key"));
        }
    }

    @Test
    void post_givenKey_isSentQuoted() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(BUSY, ok("paid"))) {
            Cli.Run run = Cli.run("call", "--base-delay=1ms", "-d", "a=1", "--idempotency-key=or\"der", server.url());

            assertThat(run.code()).isZero();
            assertThat(server.requests().get(1).header("idempotency-key")).contains("\"or\\\"der\"");
        }
    }

    @Test
    void data_fileOrStdin_isSentUnchanged() throws IOException {
        Path file = Files.writeString(folder.resolve("body"), "line\nline\n");
        try (ScriptedServer server = ScriptedServer.of(ok(""))) {
            Cli.run("call", "-X", "PUT", "-d", "@" + file, "-H", "Content-Type: text/plain", server.url());
            Cli.runWith("from stdin\n".getBytes(StandardCharsets.UTF_8), "call", "-d", "@-", server.url());

            assertThat(server.requests().get(0).body()).isEqualTo("line\nline\n");
            assertThat(server.requests().get(0).header("Content-Type")).contains("text/plain");
            assertThat(server.requests().get(1).body()).isEqualTo("from stdin\n");
        }
    }

    @Test
    void rule_bothSpellings_isApplied() throws IOException {
        for (String[] rule : new String[][] {
            {"--on", "503.max-attempts=5"}, {"--on.503.max-attempts", "5"}, {"--on.503.max-attempts=5", "--jitter=full"}
        }) {
            try (ScriptedServer server = ScriptedServer.of(BUSY)) {
                Cli.run("call", "--base-delay=1ms", rule[0], rule[1], server.url());
                assertThat(server.requests()).hasSize(5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--policy=max-atempts=3",
                "--base-delay=20",
                "--on.503.max-atempts=4",
                "--on=503",
                "--preset=curse",
                "-Hno-colon",
                "-HHost: elsewhere",
                "-XG T",
                "--idempotency-key=",
                "-d@/no/such/file"
            })
    void wrongUsage_isRejectedBeforeSending(String wrong) throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ok(""))) {
            Cli.Run run = Cli.run("call", wrong, server.url());

            assertThat(run.code()).isEqualTo(64);
            assertThat(run.stdout()).isEmpty();
            assertThat(run.stderr()).startsWith("respite: ").contains("--help").doesNotContain("\tat ");
            assertThat(server.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:80", "ftp://localhost/", "http://", "http://a b/", "http://localhost:99999/"})
    void url_invalid_isRejected(String url) {
        assertThat(Cli.run("call", url).code()).isEqualTo(64);
    }

    @Test
    void policyAndFlags_isRejected() {
        Cli.Run run = Cli.run("call", "--policy", "max-attempts=3", "--jitter=none", "http://localhost/");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("--policy is the whole policy: put jitter into its text");
    }

    @Test
    void report_unwritable_exits23() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ok("hello"))) {
            Cli.Run run = Cli.run("call", "--report", folder.toString(), server.url());
            Cli.Run deep = Cli.run("call", "--report", folder.resolve("no/such").toString(), server.url());

            assertThat(run.code()).isEqualTo(23);
            assertThat(run.stderr()).contains("cannot write the report to " + folder + ": it is a directory");
            assertThat(deep.code()).isEqualTo(23);
            assertThat(deep.stderr()).contains("no/such: there is no directory " + folder.resolve("no"));
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void report_success_hasUrlStatusAndHints() throws IOException {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(
                respond("503 Service Unavailable", "Retry-After-Ms: 20\r\n", ""),
                BUSY,
                respond("404 Not Found", "", ""))) {
            Cli.run("call", "--base-delay=1ms", "--report=" + report, server.url());

            JsonNode json = Cli.json(Files.readAllBytes(report));
            assertThat(json.get("url").asString()).isEqualTo(server.url());
            assertThat(json.get("status").asInt()).isEqualTo(404);
            assertThat(json.get("error").isNull()).isTrue();
            assertThat(json.get("attempts").get(0).get("hintMs").asDouble()).isEqualTo(20);
            assertThat(json.get("attempts").get(1).get("hintMs").isNull()).isTrue();
        }
    }

    @Test
    void report_noResponse_hasErrorMessage() throws IOException {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(HANG)) {
            Cli.run("call", "--attempt-timeout=50ms", "--max-attempts=1", "--report=" + report, server.url());
        }
        JsonNode json = Cli.json(Files.readAllBytes(report));
        assertThat(json.get("status").isNull()).isTrue();
        assertThat(json.get("error").asString()).isNotBlank().doesNotContain("Exception");
    }

    @Test
    void call_hintTooLong_printsHintLimitAndRemedy() throws IOException {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server =
                ScriptedServer.of(respond("503 Service Unavailable", "Retry-After: 3600\r\n", "busy"))) {
            Cli.Run run = Cli.run("call", "--report=" + report, server.url());

            assertThat(run.code()).isEqualTo(22);
            assertThat(run.stderr())
                    .contains(
                            "gave up: retry after too long: the server requests a delay of 60 min, more than retry-after-limit=1m")
                    .contains("retry-after=ignore");
        }
        JsonNode json = Cli.json(Files.readAllBytes(report));
        assertThat(json.get("attempts").get(0).get("hintMs").asDouble()).isEqualTo(3_600_000);
    }

    @Test
    void invalidOption_printsOwnMessage() {
        assertThat(Cli.run("call", "-d", "@/no/such/file", "http://localhost:9/")
                        .stderr())
                .contains("-d @/no/such/file: there is no such file");
        assertThat(Cli.run("call", "-d", "@" + folder, "http://localhost:9/").stderr())
                .contains("-d @" + folder + ": it is a directory");
        assertThat(Cli.run("call", "-H", "Host: x", "http://localhost:9/").stderr())
                .contains("-H 'Host: …'", "jdk.httpclient.allowRestrictedHeaders=host");
    }

    @Test
    void interrupt_duringDelay_writesReport() throws Exception {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(BUSY)) {
            Thread caller = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                await().until(() -> !server.requests().isEmpty() && caller.getState() == Thread.State.TIMED_WAITING);
                caller.interrupt();
            });
            interrupter.setDaemon(true);
            interrupter.start();
            Cli.Run run = Cli.run("call", "--base-delay=10s", "--jitter=none", "--report=" + report, server.url());

            assertThat(run.code()).isEqualTo(130);
            assertThat(run.stderr()).contains("gave up: interrupted");
        }
        JsonNode json = Cli.json(Files.readAllBytes(report));
        assertThat(json.get("stopReason").asString()).isEqualTo("interrupted");
    }

    @Test
    void call_twoKeys_isRejectedBeforeSending() {
        Cli.Run run =
                Cli.run("call", "--idempotency-key", "a", "-H", "Idempotency-Key: b", "-d", "x", "http://localhost:9/");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("two keys");
    }

    @Test
    void call_credentialsInUrl_isRejected() {
        Cli.Run run = Cli.run("call", "http://user:secret@localhost:9/");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("Authorization").doesNotContain("secret");
    }

    @Test
    void call_policyWithWarning_printsWarning() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(ok("fine"))) {
            Cli.Run run = Cli.run("call", "--on.timout.max-attempts=4", server.url());
            assertThat(run.code()).isZero();
            assertThat(run.stderr()).contains("warning: unknown-error-name").contains("did you mean 'timeout'?");
        }
    }
}
