package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

class MainTest {

    @ParameterizedTest
    @ValueSource(strings = {"explain", "simulate", "keys", "durable"})
    void help_eachCommand_fitsOnStdout(String command) {
        Cli.Run run = Cli.run(command, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Usage: respite " + command)
                .contains("Exit codes")
                .contains("Examples:");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.stderr()).isEmpty();
    }

    /** Examples can be copied: picocli does not break their lines. */
    @ParameterizedTest
    @ValueSource(strings = {"", "explain", "simulate", "keys", "durable"})
    void examples_eachCommand_continueOnlyAfterBackslash(String command) {
        String help = Cli.run(command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"})
                .out();
        List<String> examples = help.substring(help.indexOf("Examples:"))
                .lines()
                .skip(1)
                .takeWhile(line -> !line.isBlank())
                .toList();

        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(examples).hasSizeGreaterThan(1);
        for (int i = 0; i < examples.size(); i++) {
            boolean goesOn = i > 0 && examples.get(i - 1).endsWith(" \\");
            assertThat(examples.get(i)).startsWith(goesOn ? "      " : "  respite ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "L",
                "--L",
                "explain L",
                "explain --L",
                "explain max-attempts=L",
                "explain on.503.L=1",
                "simulate L",
                "simulate metastable --L",
                "simulate metastable --policy a=L",
                "simulate metastable --policy L=a",
                "simulate metastable --only L",
                "simulate metastable --set load=L",
                "simulate metastable --set L=1",
                "simulate metastable --seeds L",
                "durable list --url L"
            })
    void usage_longInvalidArgument_isNotEchoedWhole(String command) {
        Cli.Run run = Cli.run(arguments(command.replace("L", "x".repeat(20_000))));

        assertThat(run.code()).isNotZero();
        assertThat(run.stderr()).isNotBlank().hasSizeLessThan(2_000);
    }

    @Test
    void version_printsName() {
        assertThat(Cli.run("--version").out()).startsWith("respite ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "keys", "durable"})
    void noCommand_printsHelp(String command) {
        Cli.Run run = Cli.run(arguments(command));

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .isEqualTo(Cli.run(arguments(command + " --help")).out())
                .contains("Commands:");
        assertThat(run.stderr()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "explain", "simulate", "keys", "durable"})
    void helpCommand_anyCommand_printsItsHelp(String command) {
        Cli.Run run = Cli.run(arguments("help " + command));

        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo(Cli.run(arguments(command + " --help")).out());
        assertThat(run.stderr()).isEmpty();
    }

    @Test
    void helpCommand_belowKeys_printsHelpOfSubcommand() {
        assertThat(Cli.run("keys", "help", "list").out())
                .isEqualTo(Cli.run("keys", "list", "--help").out());
    }

    @Test
    void helpCommand_unknownCommand_exits64() {
        Cli.Run run = Cli.run("help", "explian");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("'explian'");
    }

    private static String[] arguments(String line) {
        return line.isBlank() ? new String[0] : line.strip().split("\\s+", -1);
    }

    @Test
    void misspeltCommand_suggestsCommand() {
        Cli.Run run = Cli.run("exlpain");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("'exlpain'; did you mean 'explain'?");
    }

    @Test
    void misspeltOption_suggestsOption() {
        Cli.Run run = Cli.run("explain", "--jsn");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("did you mean '--json'?");
    }

    @Command(name = "broken")
    static final class Broken implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new IllegalStateException("no reply of jdbc:postgresql://ann:pw-of-ann@db.example.com/shop");
        }
    }

    /** A report is pasted into an issue. */
    @Test
    void bug_reportHasTheTraceWithoutCredentials() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream ignored = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                ignored,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);

        assertThat(Main.run(console, List.of(new Broken()), "broken")).isEqualTo(70);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("this is a bug in respite", "IllegalStateException", "db.example.com/shop", "Broken.call")
                .doesNotContain("pw-of-ann");
    }
}
