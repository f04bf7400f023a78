package dev.respite.cli;

import static dev.respite.cli.ScriptedServer.ok;
import static dev.respite.cli.ScriptedServer.respond;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets of requests and responses, and control characters of a server, in the output of {@code respite call}. */
class CallSecretsTest {

    private static final String SECRET = "hUscret";

    private static final String QUERY = "?page=2&access_token=" + SECRET + "&api%2Dkey=" + SECRET + "&pageToken=7#here";

    @TempDir
    private Path folder;

    private static String rights(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static ScriptedServer.Step setsCookie(String status, String headers) {
        return respond(
                status,
                "Set-Cookie: id=" + SECRET + "\r\nX-Auth-Token: " + SECRET + "\r\nX-Load: low\r\n" + headers,
                SECRET);
    }

    @Test
    void verbose_secrets_areMasked() throws IOException {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(setsCookie("200 OK", ""))) {
            Cli.Run run = Cli.run(
                    "call",
                    "-v",
                    "--report=" + report,
                    "-HAuthorization: Bearer " + SECRET,
                    "-HProxy-Authorization: Basic " + SECRET,
                    "-HCookie: a=" + SECRET,
                    "-HX-API-Key: " + SECRET,
                    "-HReferer: https://me:" + SECRET + "@there/x" + QUERY,
                    server.url() + QUERY);

            assertThat(run.code()).isZero();
            assertThat(run.out()).isEqualTo(SECRET);
            assertThat(run.stderr()).doesNotContain(SECRET);
            String query = "?page=2&access_token=***&api%2Dkey=***&pageToken=7#here";
            assertThat(run.stderr().lines())
                    .contains(
                            "> GET " + server.url() + query,
                            "> authorization: ***",
                            "> proxy-authorization: ***",
                            "> cookie: ***",
                            "> x-api-key: ***",
                            "> referer: https://***@there/x" + query,
                            "< set-cookie: ***",
                            "< x-auth-token: ***",
                            "< x-load: low");
            assertThat(server.requests().get(0).header("Authorization")).contains("Bearer " + SECRET);
            assertThat(Cli.json(Files.readAllBytes(report)).get("url").asString())
                    .isEqualTo(server.url() + query);
        }
    }

    @Test
    void verbose_showSecrets_printsThem() throws IOException {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(setsCookie("200 OK", ""))) {
            Cli.Run run = Cli.run(
                    "call",
                    "-v",
                    "--show-secrets",
                    "--report=" + report,
                    "-HAuthorization: Bearer " + SECRET,
                    server.url() + QUERY);

            assertThat(run.stderr().lines())
                    .contains(
                            "> GET " + server.url() + QUERY,
                            "> authorization: Bearer " + SECRET,
                            "< set-cookie: id=" + SECRET);
            assertThat(Cli.json(Files.readAllBytes(report)).get("url").asString())
                    .isEqualTo(server.url() + QUERY);
        }
    }

    /** The JDK's client sends each header but Authorization and Cookie to the server of a redirect. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-HX-Api-Key: s3cret-value",
                "-Hapi-token: s3cret-value",
                "-HProxy-Authorization: s3cret-value",
                "-Hidempotency-key: s3cret-value",
                "-HX-Idempotency-Key: s3cret-value",
                "--idempotency-key=s3cret-value",
                "--idempotency-key=auto",
            })
    void location_withAKeyOrCredential_isRejectedBeforeSending(String option) throws IOException {
        try (ScriptedServer target = ScriptedServer.of(ok("there"));
                ScriptedServer server =
                        ScriptedServer.of(setsCookie("302 Found", "Location: " + target.url() + "\r\n"))) {
            Cli.Run run = Cli.run("call", "-L", option, server.url());

            assertThat(run.code()).isEqualTo(64);
            assertThat(run.stderr())
                    .contains("-L would send the header ", "leave out -L, and call the URL of the redirect")
                    .doesNotContain("s3cret-value");
            assertThat(server.requests()).isEmpty();
            assertThat(target.requests()).isEmpty();
        }
    }

    @Test
    void location_redirectWithSecrets_isMasked() throws IOException {
        try (ScriptedServer target = ScriptedServer.of(ok("there"));
                ScriptedServer server =
                        ScriptedServer.of(setsCookie("302 Found", "Location: " + target.url() + QUERY + "\r\n"))) {
            Cli.Run run = Cli.run("call", "-Lv", "-HAuthorization: " + SECRET, server.url());

            assertThat(run.out()).isEqualTo("there");
            assertThat(run.stderr()).doesNotContain(SECRET);
            assertThat(run.stderr().lines())
                    .containsSubsequence("< set-cookie: ***", "> GET " + target.url() + QUERY.replace(SECRET, "***"));
        }
    }

    @Test
    void failure_ofAUrlWithSecrets_isMasked() throws IOException {
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(ScriptedServer.HANG)) {
            Cli.Run run = Cli.run(
                    "call", "--attempt-timeout=50ms", "--max-attempts=1", "--report=" + report, server.url() + QUERY);

            assertThat(run.code()).isEqualTo(28);
            assertThat(run.stderr()).contains("access_token=***").doesNotContain(SECRET);
        }
        assertThat(report).content().contains("access_token=***").doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hUscret                       | -H, number 1 of 1: expected NAME: VALUE
            Bearer hUscret: 7             | -H, number 1 of 1: expected NAME: VALUE
            : hUscret                     | -H, number 1 of 1: expected NAME: VALUE
            Authorization: hUs\u0007cret  | -H 'Authorization: …': the value has a character that no header may have
            X-Plain: hUs\u0007cret        | -H 'X-Plain: …': the value has a character
            Host: hUscret                 | -H 'Host: …': the JDK's client sets this header itself
            """)
    void header_invalid_isPrintedWithoutItsValue(String header, String message) {
        Cli.Run run = Cli.run("call", "-H", header, "http://127.0.0.1:9/");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains(message).doesNotContain("hUs", "cret", "\u0007");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-H Authorization: hUscret http://127.0.0.1:9/",
                "-H Authorization: Bearer hUscret http://127.0.0.1:9/",
                "-HAuthorization: hUscret",
            })
    void header_withoutQuotes_isRejectedWithoutItsValue(String line) {
        Cli.Run run = Cli.run(("call " + line).split(" ", -1));

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("in quotes: -H 'NAME: VALUE'").doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://me:hUscret@h:99999/",
                "http://me:hUs/cret@h/",
                "me:hUscret@h/",
                "http://me:hUs cret@h/",
                "http://h:99999/?token=hUs cret",
                "http:///x?access_token=hUscret",
                "http://h/ /x?sig=hUscret",
            })
    void url_invalid_isPrintedWithoutSecrets(String url) {
        Cli.Run run = Cli.run("call", url);

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).doesNotContain("hUs", "cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--idempotency-key=hUs\u00fccret", "--idempotency-key=hUscret|-HIdempotency-Key: a"})
    void key_invalid_isNotPrinted(String options) {
        Cli.Run run = Cli.run(("call|-dx|" + options + "|http://127.0.0.1:9/").split("[|]", -1));

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("key").doesNotContain("hUs", "cret");
    }

    @Test
    void controlCharacters_ofHeaders_areEscaped() throws IOException {
        String body = "\u001b[2J\u009b";
        try (ScriptedServer server = ScriptedServer.of(respond("200 \u001b[2J", "X-A: a\tb\u009b2J\r\n", body))) {
            Cli.Run run = Cli.run("call", "-v", server.url());

            assertThat(run.stderr()).contains("x-a: a", "\\x9b2J").matches("[^\\p{Cc}]*(\\n[^\\p{Cc}]*)*");
            assertThat(run.out()).isEqualTo(body);
        }
    }

    /** The JDK's client rejects other control characters, and its message has the header field. */
    @Test
    void controlCharacters_ofARejectedHeader_areEscapedAndSecretsMasked() throws IOException {
        try (ScriptedServer server = ScriptedServer.of(
                respond("200 OK", "X-A: a\u001b[2J\u007f\r\n", ""),
                respond("200 OK", "Set-Cookie: id=\"" + SECRET + "\" \u001b[2J\r\n", ""))) {
            assertThat(Cli.run("call", server.url()).stderr())
                    .contains("X-A: a\\x1b[2J\\x7f")
                    .doesNotContain("\u001b", "\u007f");
            assertThat(Cli.run("call", server.url()).stderr())
                    .contains("\"Set-Cookie: ***\"")
                    .doesNotContain(SECRET);
        }
    }

    /** The messages of the JDK's client have the line of the server. */
    @Test
    void controlCharacters_ofABrokenResponse_areEscaped() throws IOException {
        ScriptedServer.Step broken = client ->
                client.getOutputStream().write("HTTP/1.1 2\u001b[2J\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        Path report = folder.resolve("report.json");
        try (ScriptedServer server = ScriptedServer.of(broken)) {
            Cli.Run run = Cli.run("call", "--base-delay=1ms", "--report=" + report, server.url());

            assertThat(run.code()).isEqualTo(56);
            assertThat(run.stderr()).contains("attempt 1: io (", "\\x1b[2J").doesNotContain("\u001b");
        }
        assertThat(Cli.json(Files.readAllBytes(report)).get("error").asString()).contains("\u001b[2J");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no\u001b[2J", "-XG\u001b[2J", "--max-attempts=\u001b[2J", "-d@/no\u001b[2J"})
    void controlCharacters_ofTheCommandLine_areEscaped(String option) {
        Cli.Run run = Cli.run("call", option, "http://127.0.0.1:9/");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("\\x1b[2J").doesNotContain("\u001b");
    }

    @Test
    void report_newOrExistingFile_isReadableByItsOwnerOnly() throws IOException {
        Path existing = Files.writeString(folder.resolve("existing"), "an earlier report");
        Files.setPosixFilePermissions(existing, PosixFilePermissions.fromString("rw-r--r--"));
        for (Path report : new Path[] {existing, folder.resolve("new")}) {
            try (ScriptedServer server = ScriptedServer.of(ok("hello"))) {
                assertThat(Cli.run("call", "--report=" + report, server.url()).code())
                        .isZero();
            }
            assertThat(rights(report)).isEqualTo("rw-------");
            assertThat(Cli.json(Files.readAllBytes(report)).get("status").asInt())
                    .isEqualTo(200);
        }
    }

    /** A user who names a link, such as {@code /dev/stdout} of a shell, chose the file and its rights. */
    @Test
    void report_targetOfALink_keepsItsRights() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        try (ScriptedServer server = ScriptedServer.of(ok("hello"))) {
            assertThat(Cli.run("call", "--report=" + link, server.url()).code()).isZero();
        }
        assertThat(rights(target)).isEqualTo("rw-r--r--");
        assertThat(target).content().contains("\"status\" : 200");
    }

    @Test
    void report_pipe_isWrittenAndKeepsItsRights() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", "-m", "644", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();
        CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException broken) {
                return broken.toString();
            }
        });
        try (ScriptedServer server = ScriptedServer.of(ok("hello"))) {
            assertThat(Cli.run("call", "--report=" + pipe, server.url()).code()).isZero();
        }
        assertThat(reader.get()).contains("\"status\" : 200");
        assertThat(rights(pipe)).isEqualTo("rw-r--r--");
    }
}
