package dev.respite.cli.records;

import static dev.respite.cli.records.DeadLetterDatabase.MAIL;
import static dev.respite.cli.records.DeadLetterDatabase.PAYMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.Cli;
import dev.respite.cli.Main;
import dev.respite.cli.console.Console;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.EnqueueOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the commands that change dead letters: {@code replay}, {@code discard} and {@code resume}. */
class DurableChangesTest {

    @TempDir
    private Path folder;

    private DeadLetterDatabase database;

    @BeforeEach
    void tables() throws SQLException {
        database = DeadLetterDatabase.create(folder);
    }

    @Test
    void replay_letters_areDueWithTheirIdAndKey() throws SQLException {
        List<DeadLetter> all = database.giveUp(PAYMENT, List.of("a", "b"));

        Cli.Run run =
                database.durable("replay", all.get(0).letterId(), all.get(1).letterId());

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(all.get(0).letterId() + " is replayed");
        assertThat(database.letters()).isEmpty();
        assertThat(database.due()).isEqualTo(2);
    }

    @Test
    void replay_someMissing_replaysTheOthersAndExits1() {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("a")).get(0);

        Cli.Run run = database.durable("replay", "none", letter.letterId(), "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json().get("replayed").get(0).asString()).isEqualTo(letter.letterId());
        assertThat(run.json().get("unchanged").get(0).get("deadLetter").asString())
                .isEqualTo("none");
        assertThat(run.stderr()).contains("there is no dead letter 'none'");
        assertThat(database.due()).isEqualTo(1);
    }

    @Test
    void replay_idEnqueuedAgain_exits1AndKeepsTheLetter() {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("a")).get(0);
        database.queue()
                .enqueue(
                        PAYMENT,
                        "b",
                        EnqueueOptions.defaults().withId(letter.call().id()));

        Cli.Run run = database.durable("replay", letter.letterId());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("a call with the same id");
        assertThat(database.letters()).hasSize(1);
    }

    @Test
    void discard_withYes_removesTheLetter() {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("a")).get(0);

        Cli.Run run = database.durable("discard", letter.letterId(), "--yes");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(letter.letterId() + " is discarded");
        assertThat(database.letters()).isEmpty();
        assertThat(database.due()).isZero();
        assertThat(database.durable("discard", letter.letterId(), "--yes").code())
                .isEqualTo(1);
    }

    @Test
    void discard_withoutTerminalAndYes_exits64() {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("a")).get(0);

        Cli.Run run = database.durable("discard", letter.letterId());

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("no terminal to ask on").contains("--yes");
        assertThat(database.letters()).hasSize(1);
    }

    @Test
    void discard_ofALetterInASequence_warnsOfTheLaterCalls() {
        DeadLetter letter = database.giveUpFirstOfSequence(PAYMENT, "order 17", List.of("first", "second"));

        Cli.Run run = database.durable("discard", letter.letterId(), "--yes");

        assertThat(run.code()).isZero();
        assertThat(run.stderr()).contains("after the discard, the later calls of these sequences run: 'order 17'");
        assertThat(database.due()).isEqualTo(1);
    }

    @Test
    void discard_selection_warnsOfTheSequencesInIt() throws SQLException {
        database.giveUp(
                PAYMENT, IntStream.range(0, 12).mapToObj(String::valueOf).toList());
        assertThat(database.durable("discard", "--older-than", "9d", "--yes").stderr())
                .doesNotContain("sequence");
        database.run("UPDATE respite_dead_letter SET call_sequence = task_instance, sequence_position = 1");

        assertThat(database.durable("discard", "--task", "payment", "--yes").stderr())
                .contains("sequences run: 'payment-0', 'payment-1',")
                .contains("'payment-9' and 2 others");
        assertThat(database.letters()).isEmpty();
    }

    @Test
    void resume_sequence_resumesItsCallOnly() throws SQLException {
        database.giveUp(MAIL, List.of("a", "b"));
        database.run("UPDATE respite_dead_letter SET call_sequence = task_instance, sequence_position = 1");

        assertThat(database.durable("resume", "mail", "--sequence", "mail-1")
                        .out()
                        .lines())
                .hasSize(1);
        assertThat(database.letters()).extracting(letter -> letter.call().id()).containsExactly("mail-0");
    }

    @ParameterizedTest
    @CsvSource({"y, 0, 0", "YES, 0, 0", "n, 1, 1", "'', 1, 1", "yesterday, 1, 1"})
    void discard_inATerminal_asks(String reply, int code, int left) {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("a")).get(0);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console terminal = new Console(
                new ByteArrayInputStream(reply.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                true);

        assertThat(Main.run(terminal, List.of(), database.args("discard", letter.letterId())))
                .isEqualTo(code);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("discard 1 dead letter permanently? [y/N]");
        assertThat(database.letters()).hasSize(left);
    }

    @Test
    void resume_task_replaysItsPausedCallsOnly() {
        database.giveUp(MAIL, List.of("a", "b"));
        database.giveUp(PAYMENT, List.of("c"));

        Cli.Run run = database.durable("resume", "mail");

        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSize(2).allMatch(line -> line.endsWith(" is resumed"));
        assertThat(database.letters()).hasSize(1);
        assertThat(database.due()).isEqualTo(2);
    }

    @Test
    void resume_nothingPaused_exits1() {
        database.giveUp(PAYMENT, List.of("c"));

        Cli.Run run = database.durable("resume", "payment", "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json().get("resumed")).isEmpty();
        assertThat(run.stderr()).contains("no dead letter is selected");
        assertThat(database.letters()).hasSize(1);
    }

    @Test
    void resume_idEnqueuedAgain_resumesTheOthersAndExits1() {
        List<DeadLetter> all = database.giveUp(MAIL, List.of("a", "b"));
        database.queue().enqueue(MAIL, "c", EnqueueOptions.defaults().withId("mail-0"));

        Cli.Run run = database.durable("resume", "mail");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains(all.get(1).letterId() + " is resumed");
        assertThat(run.stderr())
                .contains("dead letter '" + all.get(0).letterId() + "' was not resumed")
                .contains("a call with the same id");
        assertThat(database.letters()).hasSize(1);
    }

    @Test
    void replay_selection_replaysThoseOfItOnly() {
        database.giveUp(PAYMENT, List.of("a", "b"));
        database.giveUp(MAIL, List.of("c"));

        Cli.Run run = database.durable(
                "replay", "--task", "payment", "--error", "provider is down", "--rate", "0.001/s", "--json");

        assertThat(run.code()).isZero();
        assertThat(run.json().get("replayed")).hasSize(2);
        assertThat(database.letters()).hasSize(1);
        assertThat(database.due()).isEqualTo(1);
        assertThat(database.queue().stats().scheduled()).isEqualTo(1);
        assertThat(database.durable("replay", "--error", "no such text").code()).isEqualTo(1);
    }

    @Test
    void discard_selection_removesTheOldOnly() {
        database.giveUp(PAYMENT, List.of("a"));

        assertThat(database.durable("discard", "--older-than", "1h", "--yes").code())
                .isEqualTo(1);
        assertThat(database.letters()).hasSize(1);
        assertThat(database.durable("discard", "--older-than", "1ms", "--yes").code())
                .isZero();
        assertThat(database.letters()).isEmpty();
    }
}
