package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.Cli;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection of {@code respite keys} to a store, and its messages when it fails. */
class KeysStoreTest {

    private static final String SERVICE = "META-INF/services/java.sql.Driver";

    @TempDir
    private Path folder;

    private static Cli.Run list(String url, String... more) {
        return Cli.run(Stream.concat(Stream.of("keys", "list", "--url", url), Stream.of(more))
                .toArray(String[]::new));
    }

    private Path jar(Map<String, String> files) throws IOException {
        Path jar = folder.resolve("driver.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:hUs%cret^pw@127.0.0.1:1",
                "redis://:top/hUscret@127.0.0.1:1",
                "redis://:hUs?cret@127.0.0.1:1",
                "redis://:hUs cret@127.0.0.1:1",
                "redis://:hUscret@127.0.0.1:1",
                "redis://host:hUscret",
                "jdbc:oracle:thin:scott/hUscret@//h",
                "jdbc:postgresql://me:hUscret@127.0.0.1:1/bank",
                "jdbc:postgresql://127.0.0.1:1/bank?password=hUs@cret",
                "jdbc:h2:mem:x;PASSWORD=hUscret;CIPHER=",
                "jdbc:h2:mem:x;PASSWORD=hUscret;nonsense",
                "jdbc:h2:tcp://me:hUscret@127.0.0.1:1/x",
                "http://me:hUscret@host/",
                "hUscret"
            })
    void url_unusable_isPrintedWithoutPassword(String url) {
        Cli.Run run = list(url);
        assertThat(run.code()).isIn(7, 64);
        assertThat(run.stderr()).startsWith("respite: ").doesNotContain("hUs").doesNotContain("cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:hUscret@h", "jdbc:oracle:thin:scott/hUscret@//h"})
    void url_withoutOption_isPrintedWithoutPassword(String url) {
        assertThat(Cli.run("keys", "list", url).stderr()).doesNotContain("hUscret");
        assertThat(Cli.run("keys", "list", "--url", "redis://h", "--ulr=" + url).stderr())
                .contains("unknown option '--ulr=")
                .doesNotContain("hUscret");
        assertThat(Cli.run("keys", "list", "--url", "redis://h", url).stderr()).doesNotContain("hUscret");
    }

    /** PostgreSQL's driver logs a warning with the URL if it cannot parse it. */
    @Test
    void driverLogs_areNotPrinted() {
        list("jdbc:postgresql://me:hUscret@127.0.0.1:1/bank");
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            LogRecord theirs = new LogRecord(Level.WARNING, "hUscret");
            theirs.setLoggerName("org.postgresql.Driver");
            LogRecord ours = new LogRecord(Level.WARNING, "no append-only file; me:hUscret \u001b[2J");
            ours.setLoggerName("dev.respite.idempotency");
            assertThat(handler.isLoggable(theirs)).isFalse();
            assertThat(handler.isLoggable(ours)).isTrue();
            assertThat(ours.getMessage()).contains("append-only", "\\x1b[2J").doesNotContain("hUscret", "\u001b");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a{b}", "a}"})
    void prefix_withBraces_exits64(String prefix) {
        Cli.Run run = list("redis://127.0.0.1:1", "--prefix", prefix);
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("--prefix '" + prefix + "'").contains("braces");
    }

    @Test
    void driver_missingClass_exits64() throws IOException {
        Path jar = jar(Map.of(SERVICE, "no.such.Driver"));
        Cli.Run run = list("jdbc:other:x", "--driver", jar.toString());
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("--driver " + jar + ": the driver cannot be loaded", "no.such.Driver");
    }

    @Test
    void driver_unlinkableClass_exits64() throws IOException {
        Path jar = jar(Map.of(SERVICE, "broken.Driver", "broken/Driver.class", "no class at all"));
        Cli.Run run = list("jdbc:other:x", "--driver", jar.toString());
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("--driver " + jar + ": the driver cannot be loaded", "ClassFormatError");
    }

    @ParameterizedTest
    @CsvSource({"checked, 7", "unchecked, 7", "unlinked, 64"})
    void driver_messageWithUrl_isPrintedWithoutPassword(String how, int code) throws IOException {
        Path jar = jar(Map.of(SERVICE, LeakyDriver.class.getName()));
        Cli.Run run = list("jdbc:leaky://h/" + how + "?password=hUscret", "--driver", jar.toString());
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.stderr())
                .contains("failed: jdbc:leaky://h/" + how)
                .doesNotContainIgnoringCase("hUscret")
                .doesNotContain("bug in respite");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", ";MODE=PostgreSQL"})
    void h2_missingDatabase_exits64AndIsNotCreated(String settings) throws IOException {
        String path = folder.resolve("typo").toString();
        Cli.Run run = list("jdbc:h2:" + path + settings);
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("--url 'jdbc:h2:" + path + "': there is no such database");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void h2_existingDatabase_isOpened() throws SQLException {
        String url = "jdbc:h2:" + folder.resolve("bank");
        DriverManager.getConnection(url).close();
        assertThat(list(url).stderr()).contains("the database lacks");
    }

    @Test
    void h2_urlWithIfExists_isUnchanged() {
        assertThat(list("jdbc:h2:" + folder.resolve("new") + ";ifexists=false").stderr())
                .contains("the database lacks");
    }
}
