package dev.respite.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program in its short form, and what it refuses. */
class TortureTest {

    private record Run(int code, String out, String err) {}

    private static Run run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Torture.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** How long a run takes is the machine's affair; that it comes to an end is ours. */
    @Timeout(300)
    @ParameterizedTest
    @ValueSource(strings = {"postgres", "h2"})
    void torture_shortForm_isClean(String store) {
        Run run = run("--store", store, "--seconds", "20", "--seed", "1", "--json");

        assertThat(run.code()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .matches("\\{\"keys\":[1-9]\\d*,\"effects\":[1-9]\\d*,\"duplicated\":0,\"lost\":0,"
                        + "\"acknowledgedButMissing\":0,\"replaysDiffering\":0,\"unknown\":[1-9]\\d*,\"moneyBefore\":2000000,"
                        + "\"moneyAfter\":2000000,\"kills\":\\d+,\"pauses\":\\d+,\"cuts\":\\d+,\"storeRestarts\":\\d+,"
                        + "\"killsAt\":\\{(\"[a-z-]+\":\\d+,?){9}}}\\R");
    }

    @Test
    @Timeout(300)
    void torture_protectionSwitchedOff_isNoticed() {
        Run run = run("--store", "h2", "--sabotage", "no-record-in-tx", "--seconds", "10", "--seed", "1", "--json");

        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.out()).containsPattern("\"duplicated\":[1-9]").contains("\"sabotage\":\"no-record-in-tx\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--store sqlite|records cannot be kept in SQLite yet; use one of postgres, h2, mariadb, redis",
                "--store oracle|there is no store 'oracle'; use one of postgres, h2, mariadb, redis",
                "--store h2 --seconds 0|use a whole one from 1 to 86400",
                "--store h2 --seconds soon|'soon' is no number of seconds",
                "--seconds 1|--store",
                "--store h2 --sabotage fence|there is no sabotage 'fence'; use one of no-fence, no-record-in-tx,"
                        + " respond-before-commit, delete-on-failure, no-entry-mark",
                "--store redis --sabotage no-fence|nothing can be sabotaged with redis, whose record is never in the bank's"
                        + " transaction; use postgres, h2 or mariadb",
                "--store h2 --seed x|--seed"
            })
    void torture_wrongUsage_isRefusedWithAReason(String args, String reason) {
        Run run = run(args.split(" ", -1));

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.err()).contains(reason);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void help_saysWhatTheExitCodesMean() {
        assertThat(run("--help").out()).contains("Exit codes", "64", "--seconds");
    }
}
