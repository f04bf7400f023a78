package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.Cli;
import dev.respite.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The URL of a store in a file or an environment variable, so that no password is on the command line. */
class ConnectionOptionsTest {

    private static final String PASSWORD = "hUscret";

    @TempDir
    private Path folder;

    private Path urlFile(String content) throws IOException {
        return Files.writeString(folder.resolve("url"), content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"durable", "keys"})
    void url_inAFile_isUsed(String command) throws IOException, SQLException {
        String url = DeadLetterDatabase.create(folder).url();
        Cli.Run run = Cli.run(
                command,
                "list",
                "--url-file",
                urlFile(url + "\r\n# a comment\n").toString());

        String expected = command.equals("durable") ? "of all tasks: 0 dead" : "the database lacks";
        assertThat(run.out() + run.stderr()).contains(expected);
    }

    @Test
    void url_inAnEnvironmentVariable_isUsed() throws Exception {
        ProcessBuilder program = new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "durable",
                "list",
                "--url-env",
                "SHOP_URL");
        DeadLetterDatabase database = DeadLetterDatabase.create(folder);
        // Frees the file for the other process.
        database.run("SHUTDOWN");
        program.environment().put("SHOP_URL", database.url());
        Process process = program.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(output).contains("of all tasks: 0 dead");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void url_inAFile_isPrintedWithoutPassword() throws IOException {
        Path file = urlFile("redis://:" + PASSWORD + "@127.0.0.1:1");
        Cli.Run run = Cli.run("keys", "list", "--url-file=" + file);

        assertThat(run.code()).isEqualTo(7);
        assertThat(run.stderr())
                .contains("cannot reach redis://***@127.0.0.1:1")
                .doesNotContain(PASSWORD);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            list                                             | the URL of the store is missing: give one of --url,
            list --url redis://h --url-env PATH              | there is more than one URL of the store: give one of --url,
            list --url-env NO_SUCH_X                         | --url-env: there is no such environment variable
            list --url-env redis://:hUscret@h                | --url-env: there is no such environment variable
            list --url-file redis://:hUscret@h               | --url-file redis:***@h: there is no such file
            list --url-file /no/such                         | --url-file /no/such: there is no such file
            list --url redis://h --password-env hUscret      | --password-env: there is no such environment variable
            list --limit redis://:hUscret@h --url redis://h  | --limit
            list --url redis://h https://me:hUscret@h        | unexpected argument 'https://***@h'
            """)
    void wrongUsage_exits64WithoutSecrets(String line, String message) {
        Cli.Run run = Cli.run(Stream.concat(Stream.of("keys"), Stream.of(line.split(" +", -1)))
                .toArray(String[]::new));

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains(message).doesNotContain(PASSWORD);
    }
}
