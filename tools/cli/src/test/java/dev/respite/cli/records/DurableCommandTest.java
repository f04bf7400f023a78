package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.cli.Cli;
import dev.respite.cli.Main;
import dev.respite.cli.console.Console;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTables;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.TaskQueue;
import dev.respite.policy.RetryPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The commands on a database of H2 in a file, whose dead letters were made by calls that gave up. */
class DurableCommandTest {

    private static final DurableTask<String> PAYMENT = DurableTask.of("payment", DataCodec.text());
    private static final DurableTask<String> MAIL =
            DurableTask.of("mail", DataCodec.text()).withPause();
    private static final DurableTask<byte[]> IMAGE = DurableTask.of("image");

    private final JdbcDataSource dataSource = new JdbcDataSource();
    private String url = "";

    @TempDir
    private Path folder;

    @BeforeEach
    void tables() throws SQLException {
        url = "jdbc:h2:" + folder.resolve("shop");
        dataSource.setURL(url);
        run("RUNSCRIPT FROM 'classpath:/db/respite_durable/h2/V1_1__respite_durable.sql'");
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Makes a dead letter of each call, in the order of the calls. */
    private <T> List<DeadLetter> giveUp(DurableTask<T> task, List<T> calls) {
        Retry once = Retry.of(RetryPolicy.parse("max-attempts=1"));
        DurableTables tables = DurableTables.defaults();
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .tables(tables)
                .task(task, once, (data, context) -> {
                    throw new ConnectException("the provider is down");
                })
                .build()) {
            durable.start();
            for (int i = 0; i < calls.size(); i++) {
                int before = letters().size();
                durable.queue()
                        .enqueue(task, calls.get(i), EnqueueOptions.defaults().withId(task.name() + "-" + i));
                await().until(() -> letters().size() > before);
            }
        }
        return letters().stream()
                .filter(letter -> letter.call().task().equals(task.name()))
                .toList();
    }

    private List<DeadLetter> letters() {
        return DeadLetters.of(dataSource).list(DeadLetters.Filter.all());
    }

    private Cli.Run durable(String command, String... more) {
        return Cli.run(args(command, more));
    }

    private String[] args(String command, String... more) {
        List<String> args = new ArrayList<>(List.of("durable", command, "--url", url));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.get("deadLetters")
                .forEach(letter -> ids.add(letter.get("deadLetter").asString()));
        return ids;
    }

    private long due() {
        return TaskQueue.of(dataSource).stats().due();
    }

    @Test
    void list_withoutFilter_hasCountsAndEachLetter() {
        DeadLetter payment = giveUp(PAYMENT, List.of("order 17")).get(0);
        DeadLetter mail = giveUp(MAIL, List.of("to alice")).get(0);
        TaskQueue.of(dataSource).enqueue(PAYMENT, "order 18");

        Cli.Run run = durable("list");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("of all tasks: 1 dead, 1 paused, 0 parked; 1 due, 0 running, 0 scheduled")
                .contains(payment.letterId() + "  DEAD", mail.letterId() + "  PAUSED")
                .contains("payment-0", "attempts exhausted")
                .doesNotContain("order 17");
        assertThat(run.stderr()).isEmpty();
    }

    @Test
    void list_withTaskAndState_hasThoseOnly() {
        giveUp(PAYMENT, List.of("order 17"));
        DeadLetter mail = giveUp(MAIL, List.of("to alice")).get(0);

        assertThat(ids(durable("list", "--task", "mail", "--json").json())).containsExactly(mail.letterId());
        assertThat(ids(durable("list", "--state", "PAUSED", "--json").json())).containsExactly(mail.letterId());
        assertThat(ids(durable("list", "--task", "mail", "--state", "DEAD", "--json")
                        .json()))
                .isEmpty();
    }

    @Test
    void list_withAfter_hasEachLetterOnce() {
        List<DeadLetter> all = giveUp(PAYMENT, List.of("a", "b", "c", "d", "e"));

        Cli.Run first = durable("list", "--limit", "3", "--json");
        String last = ids(first.json()).get(2);
        Cli.Run rest = durable("list", "--limit", "3", "--after", last, "--json");

        assertThat(first.stderr()).contains("--after " + last);
        assertThat(rest.stderr()).isEmpty();
        List<String> listed = Stream.concat(ids(first.json()).stream(), ids(rest.json()).stream())
                .toList();
        assertThat(listed).hasSize(5);
        assertThat(new TreeSet<>(listed))
                .isEqualTo(new TreeSet<>(all.stream().map(DeadLetter::letterId).toList()));
    }

    @Test
    void list_afterMissingLetter_exits1() {
        Cli.Run run = durable("list", "--after", "none");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("there is no dead letter 'none'").contains("Without --after");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void list_json_hasAllFieldsButData() {
        DeadLetter letter = giveUp(PAYMENT, List.of("order 17")).get(0);

        JsonNode json = durable("list", "--json").json();

        assertThat(json.get("calls").get("dead").asInt()).isEqualTo(1);
        assertThat(json.get("calls").get("oldestDue").isNull()).isTrue();
        JsonNode only = json.get("deadLetters").get(0);
        assertThat(only.propertyNames())
                .containsExactly(
                        "deadLetter",
                        "task",
                        "id",
                        "key",
                        "state",
                        "reason",
                        "parkedAt",
                        "firstStart",
                        "attempts",
                        "lastError",
                        "history",
                        "sequence",
                        "dataVersion");
        assertThat(only.get("key").asString()).isEqualTo(letter.call().key());
    }

    @Test
    void show_textData_isShownAsText() {
        DeadLetter letter = giveUp(PAYMENT, List.of("Bestellung für €17")).get(0);

        Cli.Run run = durable("show", letter.letterId());

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("payment-0", letter.call().key(), "attempts exhausted", "DEAD")
                .contains("java.net.ConnectException: the provider is down")
                .contains(letter.attempts().history())
                .endsWith(System.lineSeparator() + "Bestellung für €17" + System.lineSeparator());
        JsonNode json = durable("show", letter.letterId(), "--json").json();
        assertThat(json.get("data").asString()).isEqualTo("Bestellung für €17");
        assertThat(json.get("dataHex").isNull()).isTrue();
    }

    /** What holds up other calls has to be seen. */
    @Test
    void show_letterOfASequence_namesTheSequence() throws SQLException {
        DeadLetter letter = giveUp(PAYMENT, List.of("order 17")).get(0);
        assertThat(durable("show", letter.letterId(), "--json")
                        .json()
                        .get("sequence")
                        .isNull())
                .isTrue();
        run("UPDATE respite_dead_letter SET call_sequence = 'customer 9', sequence_position = 1");

        assertThat(durable("show", letter.letterId()).out()).containsPattern("sequence +customer 9");
        assertThat(durable("list", "--json")
                        .json()
                        .get("deadLetters")
                        .get(0)
                        .get("sequence")
                        .asString())
                .isEqualTo("customer 9");
    }

    @Test
    void show_binaryData_isShownInHexadecimal() {
        DeadLetter letter =
                giveUp(IMAGE, List.of(new byte[] {(byte) 0xff, (byte) 0xd8, 0})).get(0);

        assertThat(durable("show", letter.letterId()).out())
                .contains("in hexadecimal")
                .contains("ffd800");
        JsonNode json = durable("show", letter.letterId(), "--json").json();
        assertThat(json.get("data").isNull()).isTrue();
        assertThat(json.get("dataHex").asString()).isEqualTo("ffd800");
    }

    /** A terminal would obey the escape sequence. */
    @Test
    void show_controlCharacters_areNotPrinted() throws SQLException {
        DeadLetter letter = giveUp(PAYMENT, List.of("\u001b[2J")).get(0);
        run("UPDATE respite_dead_letter SET last_error = 'bad \u001b[2J', task_instance = 'a\u001b[2J'");

        assertThat(durable("show", letter.letterId()).out())
                .doesNotContain("\u001b")
                .contains("bad  [2J", "1b5b324a");
        assertThat(durable("list").out()).doesNotContain("\u001b");
    }

    @Test
    void show_unreadableEnvelope_hasNoData() throws SQLException {
        DeadLetter letter = giveUp(PAYMENT, List.of("order 17")).get(0);
        run("UPDATE respite_dead_letter SET envelope = X'00'");

        assertThat(durable("show", letter.letterId()).out()).contains("data          cannot be read");
        JsonNode json = durable("show", letter.letterId(), "--json").json();
        assertThat(json.get("data").isNull() && json.get("dataHex").isNull()).isTrue();
    }

    @Test
    void show_missingLetter_exits1() {
        Cli.Run run = durable("show", "none");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("there is no dead letter 'none'").contains("'respite durable list'");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void replay_letters_areDueWithTheirIdAndKey() throws SQLException {
        List<DeadLetter> all = giveUp(PAYMENT, List.of("a", "b"));

        Cli.Run run = durable("replay", all.get(0).letterId(), all.get(1).letterId());

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(all.get(0).letterId() + " is replayed");
        assertThat(letters()).isEmpty();
        assertThat(due()).isEqualTo(2);
    }

    @Test
    void replay_someMissing_replaysTheOthersAndExits1() {
        DeadLetter letter = giveUp(PAYMENT, List.of("a")).get(0);

        Cli.Run run = durable("replay", "none", letter.letterId(), "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json().get("replayed").get(0).asString()).isEqualTo(letter.letterId());
        assertThat(run.json().get("unchanged").get(0).get("deadLetter").asString())
                .isEqualTo("none");
        assertThat(run.stderr()).contains("there is no dead letter 'none'");
        assertThat(due()).isEqualTo(1);
    }

    @Test
    void replay_idEnqueuedAgain_exits1AndKeepsTheLetter() {
        DeadLetter letter = giveUp(PAYMENT, List.of("a")).get(0);
        TaskQueue.of(dataSource)
                .enqueue(
                        PAYMENT,
                        "b",
                        EnqueueOptions.defaults().withId(letter.call().id()));

        Cli.Run run = durable("replay", letter.letterId());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("a call with the same id");
        assertThat(letters()).hasSize(1);
    }

    @Test
    void discard_withYes_removesTheLetter() {
        DeadLetter letter = giveUp(PAYMENT, List.of("a")).get(0);

        Cli.Run run = durable("discard", letter.letterId(), "--yes");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(letter.letterId() + " is discarded");
        assertThat(letters()).isEmpty();
        assertThat(due()).isZero();
        assertThat(durable("discard", letter.letterId(), "--yes").code()).isEqualTo(1);
    }

    @Test
    void discard_withoutTerminalAndYes_exits64() {
        DeadLetter letter = giveUp(PAYMENT, List.of("a")).get(0);

        Cli.Run run = durable("discard", letter.letterId());

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("no terminal to ask on").contains("--yes");
        assertThat(letters()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"y, 0, 0", "YES, 0, 0", "n, 1, 1", "'', 1, 1", "yesterday, 1, 1"})
    void discard_inATerminal_asks(String reply, int code, int left) {
        DeadLetter letter = giveUp(PAYMENT, List.of("a")).get(0);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console terminal = new Console(
                new ByteArrayInputStream(reply.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                true);

        assertThat(Main.run(terminal, List.of(), args("discard", letter.letterId())))
                .isEqualTo(code);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("discard 1 dead letter permanently? [y/N]");
        assertThat(letters()).hasSize(left);
    }

    @Test
    void resume_task_replaysItsPausedCallsOnly() {
        giveUp(MAIL, List.of("a", "b"));
        giveUp(PAYMENT, List.of("c"));

        Cli.Run run = durable("resume", "mail");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("2 calls of task 'mail' are due now");
        assertThat(letters()).hasSize(1);
        assertThat(due()).isEqualTo(2);
    }

    @Test
    void resume_nothingPaused_exits1() {
        giveUp(PAYMENT, List.of("c"));

        Cli.Run run = durable("resume", "payment", "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json().get("resumed").asInt()).isZero();
        assertThat(run.stderr()).contains("no call of task 'payment' is paused");
        assertThat(letters()).hasSize(1);
    }

    @Test
    void resume_idEnqueuedAgain_exits1() {
        giveUp(MAIL, List.of("a"));
        TaskQueue.of(dataSource).enqueue(MAIL, "b", EnqueueOptions.defaults().withId("mail-0"));

        Cli.Run run = durable("resume", "mail");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("another call with the id");
        assertThat(letters()).hasSize(1);
    }

    @Test
    void tables_withOtherNames_areUsed() throws SQLException {
        giveUp(PAYMENT, List.of("a"));
        run("ALTER TABLE respite_task RENAME TO my_task");
        run("ALTER TABLE respite_dead_letter RENAME TO my_letter");

        assertThat(durable("list").stderr()).contains("the database lacks respite_task");
        assertThat(durable("list", "--tasks-table", "my_task", "--dead-letters-table", "my_letter")
                        .out())
                .contains("1 dead");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            list --limit 0                | --limit 0: expected a whole number from 1 to 10,000
            list --limit 10001            | --limit 10001
            list --state DYING            | 'DYING'
            list --tasks-table a;b        | table name 'a;b'
            list --tsk payment            | did you mean '--task'?
            show                          | DEAD-LETTER
            replay                        | DEAD-LETTER
            resume                        | TASK
            list --password-env NO_SUCH_X | no such environment variable
            """)
    void wrongUsage_exits64(String command, String message) {
        String[] arguments = command.split(" ", -1);
        Cli.Run run = durable(arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length));
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains(message);
    }

    @Test
    void url_notOfADatabase_exits64() {
        Cli.Run run = Cli.run("durable", "list", "--url", "redis://:secret@localhost");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr())
                .contains("expected a URL that begins with jdbc:")
                .doesNotContain("secret");
    }

    @Test
    void database_unreachable_exits7() {
        Cli.Run run = Cli.run("durable", "list", "--url", "jdbc:postgresql://127.0.0.1:1/shop?password=secret");
        assertThat(run.code()).isEqualTo(7);
        assertThat(run.stderr())
                .contains("cannot reach jdbc:postgresql://127.0.0.1:1/shop: ")
                .doesNotContain("secret");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void database_missingOrWithoutTables_exits64() {
        Cli.Run missing = Cli.run("durable", "list", "--url", "jdbc:h2:" + folder.resolve("typo"));
        assertThat(missing.code()).isEqualTo(64);
        assertThat(missing.stderr()).contains("there is no such database");
        Cli.Run empty = Cli.run("durable", "list", "--url", "jdbc:h2:" + folder.resolve("new") + ";IFEXISTS=FALSE");
        assertThat(empty.code()).isEqualTo(64);
        assertThat(empty.stderr()).contains("V1_1__respite_durable.sql");
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "show", "replay", "discard", "resume"})
    void help_eachCommand_fits(String command) {
        Cli.Run run = Cli.run("durable", command, "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Usage: respite durable " + command)
                .contains("Exit codes")
                .contains("Examples:");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }
}
