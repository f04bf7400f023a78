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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests the commands for calls that have not ended: {@code durable call}. */
class PendingCallCommandTest {

    @TempDir
    private Path folder;

    private DeadLetterDatabase database;

    @BeforeEach
    void tables() throws SQLException {
        database = DeadLetterDatabase.create(folder);
    }

    private static EnqueueOptions id(String id) {
        return EnqueueOptions.defaults().withId(id);
    }

    private static EnqueueOptions later(String id) {
        return id(id).withNotBefore(Instant.now().plus(Duration.ofHours(1)));
    }

    private JsonNode shown(String id) {
        return database.call("show", "payment", id, "--json").json();
    }

    private static List<String> ids(Cli.Run list) {
        List<String> ids = new ArrayList<>();
        list.json().get("calls").forEach(call -> ids.add(call.get("id").asString()));
        return ids;
    }

    @Test
    void list_withAndWithoutFilter_hasTheCallsWithoutData() {
        database.failOnce(PAYMENT, "confidential", id("order 17").withKey("key 17"));
        database.queue().enqueue(MAIL, "confidential", later("to alice").withSequence("alice"));

        Cli.Run all = database.call("list");
        assertThat(all.code()).isZero();
        assertThat(all.out())
                .contains("order 17  SCHEDULED", "ConnectException", "alice")
                .doesNotContain("confidential", "java.net");
        assertThat(all.stderr()).isEmpty();
        assertThat(ids(database.call("list", "--task", "mail", "--json"))).containsExactly("to alice");
        assertThat(ids(database.call("list", "--error", "ConnectException", "--state", "SCHEDULED", "--json")))
                .containsExactly("order 17");
        assertThat(ids(database.call("list", "--older-than", "1ms", "--json"))).hasSize(2);
        assertThat(ids(database.call("list", "--older-than", "1h", "--json"))).isEmpty();
        assertThat(database.call("list", "--state", "RUNNING").out()).startsWith("no call is selected");
    }

    @Test
    void show_call_hasAllFieldsButData() {
        database.failOnce(
                PAYMENT, "confidential", id("order 17").withKey("key 17").withSequence("alice"));

        JsonNode call = shown("order 17");

        assertThat(call.propertyNames())
                .containsExactly(
                        "task",
                        "id",
                        "key",
                        "state",
                        "enqueuedAt",
                        "due",
                        "attempts",
                        "lastError",
                        "owner",
                        "heartbeatAge",
                        "sequence");
        assertThat(call.get("owner").isNull()).isTrue();
        assertThat(call.get("key").asString()).isEqualTo("key 17");
        assertThat(call.get("attempts").asInt()).isEqualTo(1);
        assertThat(call.get("lastError").asString()).startsWith("java.net.ConnectException");
        assertThat(database.call("show", "payment", "order 17").out())
                .containsPattern("sequence +alice")
                .doesNotContain("confidential");
    }

    @Test
    void list_inPages_continuesAfterACallThatHasEnded() {
        for (String id : List.of("a", "b 'c'", "d")) {
            database.queue().enqueue(PAYMENT, id, later(id));
        }
        database.queue().enqueue(MAIL, "e", later("e"));

        Cli.Run first = database.call("list", "--limit", "3", "--json");
        assertThat(ids(first)).containsExactly("e", "a", "b 'c'");
        assertThat(first.stderr()).contains("list them with --after payment 'b '\\''c'\\'''");
        assertThat(database.call("cancel", "payment", "b 'c'", "--yes").code()).isZero();
        Cli.Run rest = database.call("list", "--limit", "3", "--after", "payment", "b 'c'", "--json");
        assertThat(ids(rest)).containsExactly("d");
        assertThat(rest.stderr()).isEmpty();
        assertThat(database.call("list", "--after", "a", "b", "--after", "c", "d")
                        .stderr())
                .contains("--after is given 2 times");
    }

    @Test
    void run_aCallInItsBackoff_isDueNow() {
        database.failOnce(PAYMENT, "order 17", id("one"));

        Cli.Run run = database.call("run", "payment", "one");

        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith("call 'one' of task 'payment' is due now");
        assertThat(database.due()).isEqualTo(1);
        assertThat(database.finish(PAYMENT)).containsExactly("order 17");
    }

    @Test
    void reschedule_inAndAt_setTheTime() {
        database.queue().enqueue(PAYMENT, "order 17", id("one"));
        Instant before = Instant.now();

        assertThat(database.call("reschedule", "payment", "one", "--in", "10m").code())
                .isZero();
        assertThat(Instant.parse(shown("one").get("due").asString()))
                .isBetween(before.plus(Duration.ofMinutes(10)), before.plus(Duration.ofMinutes(20)));
        Cli.Run run = database.call("reschedule", "payment", "one", "--at", "2036-09-01T10:00:00+02:00", "--json");
        assertThat(run.code()).as(run.stderr()).isZero();
        assertThat(run.json().get("result").asString()).isEqualTo("CHANGED");
        assertThat(run.json().get("message").asString()).endsWith("is due at 2036-09-01T08:00:00Z");
        assertThat(shown("one").get("due").asString()).isEqualTo("2036-09-01T08:00:00Z");
    }

    @Test
    void cancel_withYes_makesADeadLetterThatCanBeReplayed() {
        database.queue().enqueue(PAYMENT, "order 17", later("one"));

        assertThat(database.call("cancel", "payment", "one", "--yes").out())
                .startsWith("call 'one' of task 'payment' is cancelled; 'respite durable list --state CANCELLED'");

        JsonNode list =
                database.durable("list", "--state", "CANCELLED", "--json").json();
        assertThat(list.get("deadLetters")).hasSize(1);
        assertThat(list.get("calls").get("cancelled").asInt()).isEqualTo(1);
        assertThat(list.get("tasks").get("payment").get("cancelled").asInt()).isEqualTo(1);
        DeadLetter letter = database.letters().get(0);
        assertThat(database.durable("replay", letter.letterId()).code()).isZero();
        assertThat(database.due()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"y, 0, 1", "n, 1, 0", "'', 1, 0"})
    void cancel_inATerminal_asks(String reply, int code, int letters) {
        database.queue().enqueue(PAYMENT, "order 17", later("one"));
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console terminal = new Console(
                new ByteArrayInputStream(reply.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                true);

        assertThat(Main.run(terminal, List.of(), database.callArgs("cancel", "payment", "one")))
                .isEqualTo(code);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("cancel call 'one' of task 'payment'? [y/N]");
        assertThat(database.letters()).hasSize(letters);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run payment one", "reschedule payment one --in 1h", "cancel payment one --yes"})
    void change_ofACallThatRuns_exits1AndLeavesIt(String command) {
        String[] arguments = (command + " --json").split(" ", -1);
        String[] more = List.of(arguments).subList(1, arguments.length).toArray(String[]::new);
        database.whileRunning(PAYMENT, "order 17", id("one"), () -> {
            Cli.Run run = database.call(arguments[0], more);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.stderr())
                    .contains("call 'one' of task 'payment' is running, and was left as it is; repeat the command");
            assertThat(run.json().get("result").asString()).isEqualTo("RUNNING");
        });
        assertThat(database.letters()).isEmpty();
    }

    @Test
    void cancelAndReschedule_withOptions_changeAllSelectedAfterAPreview() {
        for (String id : List.of("a", "b", "c")) {
            database.queue().enqueue(PAYMENT, id, later(id));
        }
        database.queue().enqueue(MAIL, "d", later("d"));

        assertThat(database.call("cancel", "--task", "payment", "--dry-run").out())
                .startsWith("3 calls are selected");
        assertThat(database.call("reschedule", "--task", "mail", "--in", "2h", "--dry-run", "--json")
                        .json()
                        .get("selected")
                        .asInt())
                .isEqualTo(1);
        assertThat(database.letters()).isEmpty();

        Cli.Run rescheduled = database.call("reschedule", "--task", "payment", "--in", "2h", "--rate", "1/s", "--json");
        assertThat(rescheduled.code()).as(rescheduled.stderr()).isZero();
        assertThat(rescheduled.json().get("changed").asInt()).isEqualTo(3);
        Instant first = Instant.parse(shown("a").get("due").asString());
        assertThat(first).isAfter(Instant.now().plus(Duration.ofMinutes(115)));
        assertThat(Instant.parse(shown("c").get("due").asString())).isEqualTo(first.plusSeconds(2));

        Cli.Run cancelled = database.call("cancel", "--task", "payment", "--state", "SCHEDULED", "--yes");
        assertThat(cancelled.code()).isZero();
        assertThat(cancelled.out()).startsWith("3 calls are cancelled");
        assertThat(database.letters()).hasSize(3);
        Cli.Run none = database.call("cancel", "--task", "payment", "--yes");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.stderr()).contains("no call is selected");
        assertThat(ids(database.call("list", "--json"))).containsExactly("d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancel", "cancel payment", "cancel payment one --task payment", "show", "run payment"})
    void change_withoutACallOrWithTwoKinds_isWrongUsage(String command) {
        String[] arguments = (command + (command.startsWith("cancel") ? " --yes" : "")).split(" ", -1);
        String[] more = List.of(arguments).subList(1, arguments.length).toArray(String[]::new);
        assertThat(database.call(arguments[0], more).code()).isEqualTo(64);
    }

    @Test
    void cancel_aCallWhoseInstanceHasDied_isCancelled() throws SQLException {
        database.queue().enqueue(PAYMENT, "order 17", id("one"));
        database.run("UPDATE respite_task SET picked = TRUE, picked_by = '4711@host/60000',"
                + " last_heartbeat = DATEADD('HOUR', -72, CURRENT_TIMESTAMP)");
        assertThat(shown("one").get("owner").asString()).isEqualTo("4711@host");
        assertThat(shown("one").get("heartbeatAge").asString()).matches("PT72H([0-9]+M)?([0-9]+S)?");
        assertThat(database.call("list", "--state", "RUNNING").out())
                .contains("owner", "heartbeat age", "4711@host", "PT72H");
        assertThat(database.call("cancel", "payment", "one", "--yes").code()).isZero();
        assertThat(database.letters()).hasSize(1);
    }

    @Test
    void run_aCallThatWaitsForItsTurn_exits1() {
        database.giveUpFirstOfSequence(PAYMENT, "order 17", List.of("first", "second"));
        Cli.Run list = database.call("list", "--state", "IN_SEQUENCE", "--json");

        Cli.Run run = database.call("run", "payment", ids(list).get(0));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr())
                .contains("waits for an earlier call of its sequence, and was left as it is")
                .contains("replay or discard its dead letter");
        assertThat(run.stdout()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "run"})
    void missingCall_exits1(String command) {
        Cli.Run run = database.call(command, "payment", "none\u001b[2J");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr())
                .contains("there is no call 'none\\x1b[2J' of task 'payment' that has not ended")
                .contains("'respite durable list' the dead letters");
        assertThat(run.stdout()).isEmpty();
    }
}
