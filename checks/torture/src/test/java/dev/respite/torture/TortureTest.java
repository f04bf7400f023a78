package dev.respite.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Short runs of the program, and the rejection of wrong usage. What only shows that a run detects faults is in {@code compat}. */
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

    /** The timeout only detects a run that does not end; its duration depends on the machine. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"postgres", "h2"})
    void run_20Seconds_isClean(String store) {
        Run run = run("--store", store, "--seconds", "20", "--seed", "1", "--json");

        assertThat(run.code()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .matches("\\{\"keys\":[1-9]\\d*,\"effects\":[1-9]\\d*,\"duplicated\":0,\"lost\":0,"
                        + "\"acknowledgedButMissing\":0,\"replaysDiffering\":0,\"unknown\":[1-9]\\d*,\"unknownByKill\":0,\"unexpectedEffects\":0,\"unresolved\":0,\"moneyBefore\":2000000,"
                        + "\"moneyAfter\":2000000,\"kills\":\\d+,\"pauses\":\\d+,\"cuts\":\\d+,\"storeRestarts\":\\d+,"
                        + "\"killsAt\":\\{(\"[a-z-]+\":\\d+,?){9}}}\\R");
    }

    @Tag("compat")
    @Test
    void redis_20Seconds_unknownKeysHaveAReason() {
        Run run = run("--store", "redis", "--seconds", "20", "--seed", "3", "--json");

        assertThat(run.code()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).containsPattern("\"unknown\":[1-9]\\d*,\"unknownByKill\":[1-9]\\d*,");
    }

    /** On a busy machine the faults of one run may miss what they are for. */
    private static Run runUntilFaultIsFound(String... args) {
        Run run = new Run(0, "", "");
        for (int seed = 1; seed <= 4 && run.code() == 0; seed++) {
            run = run(Stream.concat(Stream.of(args), Stream.of("--seed", Integer.toString(seed)))
                    .toArray(String[]::new));
        }
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(1);
        return run;
    }

    @Tag("compat")
    @Test
    void run_protectionSwitchedOff_findsDuplicates() {
        Run run = runUntilFaultIsFound("--store", "h2", "--sabotage", "no-record-in-tx", "--seconds", "10", "--json");

        assertThat(run.out()).containsPattern("\"duplicated\":[1-9]").contains("\"sabotage\":\"no-record-in-tx\"");
    }

    @Tag("slow")
    @Test
    void durable_20Seconds_isClean() {
        Run run = run("--mode", "durable", "--store", "postgres", "--seconds", "20", "--seed", "1", "--json");

        assertThat(run.code()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .matches("\\{\"keys\":[1-9]\\d*,\"tasks\":[1-9]\\d*,\"done\":[1-9]\\d*,\"deadLettered\":[1-9]\\d*,"
                        + "\"unfinished\":0,\"effects\":[1-9]\\d*,\"duplicated\":0,\"lost\":0,\"outOfOrder\":0,\"stalled\":0,"
                        + "\"acknowledgedButMissing\":0,\"unexpectedEffects\":0,\"cancelled\":[1-9]\\d*,\"handlersFailed\":\\d+,\"givenUpNotOnce\":0,"
                        + "\"moneyBefore\":2000000,\"moneyAfter\":2000000,"
                        + "\"deployments\":\\d+,\"kills\":[1-9]\\d*,\"pauses\":\\d+,\"cuts\":\\d+,\"freezes\":\\d+,\"storeRestarts\":\\d+,"
                        + "\"killsAt\":\\{(\"[a-z-]+\":\\d+,?){12}}}\\R");
    }

    @Tag("compat")
    @Test
    void durable_rowRemovedInItsOwnTransaction_findsLostCalls() {
        Run run = runUntilFaultIsFound(
                "--mode", "durable", "--store", "h2", "--sabotage", "remove-before-commit", "--seconds", "4", "--json");

        assertThat(run.out()).containsPattern("\"lost\":[1-9]").contains("\"sabotage\":\"remove-before-commit\"");
    }

    @Tag("compat")
    @Test
    void durable_endOfATransactionIsNotNoticed_findsDuplicates() {
        Run run = runUntilFaultIsFound(
                "--mode", "durable", "--store", "h2", "--sabotage", "no-savepoint", "--seconds", "4", "--json");

        assertThat(run.out()).containsPattern("\"duplicated\":[1-9]").contains("\"sabotage\":\"no-savepoint\"");
    }

    @Tag("compat")
    @Test
    void durable_recoveryWaitsForLocks_findsStalledCalls() {
        Run run = runUntilFaultIsFound(
                "--mode",
                "durable",
                "--store",
                "postgres",
                "--sabotage",
                "waiting-recovery",
                "--seconds",
                "25",
                "--json");

        assertThat(run.out()).containsPattern("\"stalled\":[1-9]").contains("\"sabotage\":\"waiting-recovery\"");
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--store sqlite|expected one of [POSTGRES, H2, MARIADB, REDIS] (case-insensitive) but was 'sqlite'",
                "--store h2 --seconds 0|expected a whole number from 1 to 86400",
                "--store h2 --seconds soon|--seconds': 'soon' is not an int",
                "--seconds 1|--store",
                "--store h2 --sabotage fence|unknown sabotage 'fence'; use one of no-fence, no-record-in-tx,"
                        + " respond-before-commit, delete-on-failure, no-entry-mark",
                "--store redis --sabotage no-fence|--sabotage cannot be used with redis, whose record is not in the bank's"
                        + " transaction; use postgres, h2 or mariadb",
                "--store h2 --mode fast|expected one of [IDEMPOTENCY, DURABLE] (case-insensitive) but was 'fast'",
                "--mode durable --store redis|--mode durable cannot be used with redis, which cannot store durable calls;"
                        + " use postgres, h2 or mariadb",
                "--mode durable --store h2 --sabotage no-entry-mark|unknown sabotage 'no-entry-mark'; use one of"
                        + " remove-before-commit, no-fence, no-savepoint, waiting-recovery, no-sequence",
                "--store h2 --seed x|--seed"
            })
    void run_wrongUsage_isRejectedWithReason(String args, String reason) {
        Run run = run(args.split(" ", -1));

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.err()).contains(reason);
        assertThat(run.out()).isEmpty();
    }

    @Tag("slow")
    @Test
    void help_listsExitCodes() {
        assertThat(run("--help").out()).contains("Exit codes", "64", "--seconds");
    }
}
