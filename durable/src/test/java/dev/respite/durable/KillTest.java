package dev.respite.durable;

import static dev.respite.durable.DurableFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.KilledWorker.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that is killed by the system in the middle of an attempt, or of the handler of a call that is given up. */
class KillTest {

    @TempDir
    Path folder;

    @Test
    void call_whoseProcessIsKilled_isFinishedByAnotherWithItsNumberAndKey() throws Exception {
        DataSource dataSource = TestStore.POSTGRESQL.emptied();
        String url = JavaProcess.urlOf(dataSource);
        Path log = folder.resolve("log");
        TaskQueue.of(dataSource).enqueue(KilledWorker.TASK, "order 17");
        Process first = worker(url, log, Work.EFFECT);
        try {
            eventually(() -> assertThat(lines(log)).as(() -> output(log)).hasSize(2));
        } finally {
            // kill -9
            first.destroyForcibly().waitFor();
        }
        assertThat(TestStore.ledger(dataSource)).isEmpty();
        assertThat(TestStore.strings(dataSource, "SELECT picked_by FROM respite_task WHERE picked"))
                .hasSize(1);

        Process second = worker(url, log, Work.EFFECT);
        try {
            eventually(() -> assertThat(TestStore.tasks(dataSource)).isZero());
        } finally {
            second.destroyForcibly().waitFor();
        }
        List<String[]> attempts =
                lines(log).stream().map(line -> line.split(" ", -1)).toList();
        assertThat(attempts).extracting(attempt -> attempt[0]).containsExactly("1", "2", "3");
        assertThat(attempts).extracting(attempt -> attempt[1]).containsOnly(attempts.get(0)[1]);
        assertThat(attempts).extracting(attempt -> attempt[3]).containsOnly(attempts.get(0)[3]);
        // Half of the delay is fixed: 300 ms before the second attempt, and 600 ms after the death was noticed.
        Duration delay = Duration.between(Instant.parse(attempts.get(0)[2]), Instant.parse(attempts.get(1)[2]));
        assertThat(delay).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        Duration afterDeath = Duration.between(Instant.parse(attempts.get(1)[2]), Instant.parse(attempts.get(2)[2]));
        assertThat(afterDeath).isGreaterThanOrEqualTo(Duration.ofMillis(1_600));
        assertThat(TestStore.ledger(dataSource)).containsExactly("order 17");
        assertThat(DeadLetters.of(dataSource).list(DeadLetter.Filter.all())).isEmpty();
    }

    /** Killed before the commit, the handler runs again. Killed after a commit of its own, it does not. */
    @ParameterizedTest
    @CsvSource({
        "HANDLER_THAT_BLOCKS, attempts exhausted, HANDLER_THAT_BLOCKS HANDLER_THAT_RETURNS",
        "HANDLER_THAT_COMMITS_AND_BLOCKS, attempts exhausted; its handler has failed, HANDLER_THAT_COMMITS_AND_BLOCKS"
    })
    void handlerOfAGivenUpCall_whoseProcessIsKilled_hasItsWorkOnce(Work first, String reason, String runs)
            throws Exception {
        DataSource dataSource = TestStore.POSTGRESQL.emptied();
        String url = JavaProcess.urlOf(dataSource);
        Path log = folder.resolve("log");
        TaskQueue.of(dataSource).enqueue(KilledWorker.TASK, "order 17");
        Process killed = worker(url, log, first);
        try {
            eventually(() -> assertThat(lines(log)).as(() -> output(log)).hasSize(1));
        } finally {
            killed.destroyForcibly().waitFor();
        }
        assertThat(DeadLetters.of(dataSource).list(DeadLetter.Filter.all())).isEmpty();

        Process next = worker(url, log, Work.HANDLER_THAT_RETURNS);
        try {
            eventually(() -> assertThat(TestStore.tasks(dataSource)).isZero());
        } finally {
            next.destroyForcibly().waitFor();
        }
        assertThat(lines(log)).containsExactly(runs.split(" ", -1));
        assertThat(TestStore.ledger(dataSource)).containsExactly("order 17");
        assertThat(DeadLetters.of(dataSource).list(DeadLetter.Filter.all()))
                .extracting(DeadLetter::reason)
                .containsExactly(reason);
    }

    private static Process worker(String url, Path log, Work work) throws IOException {
        return JavaProcess.start(
                KilledWorker.class, "-XX:+UseSerialGC", Path.of(log + ".out"), url, log.toString(), work.name());
    }

    private static String output(Path log) {
        try {
            return Files.readString(Path.of(log + ".out"));
        } catch (IOException none) {
            return "";
        }
    }

    private static List<String> lines(Path log) throws IOException {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }
}
