package dev.respite.cli.records;

import static dev.respite.cli.records.DeadLetterDatabase.MAIL;
import static dev.respite.cli.records.DeadLetterDatabase.PAYMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.Cli;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableTask;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tests the commands that print dead letters: {@code list} and {@code show}. */
class DurableListShowTest {

    /** Lines without a control character. */
    private static final String PRINTABLE = "[^\\p{Cc}]*(\\n[^\\p{Cc}]*)*";

    private static final DurableTask<byte[]> IMAGE = DurableTask.of("image");

    @TempDir
    private Path folder;

    private DeadLetterDatabase database;

    @BeforeEach
    void tables() throws SQLException {
        database = DeadLetterDatabase.create(folder);
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.get("deadLetters")
                .forEach(letter -> ids.add(letter.get("deadLetter").asString()));
        return ids;
    }

    @Test
    void list_withoutFilter_hasCountsAndEachLetter() {
        DeadLetter payment = database.giveUp(PAYMENT, List.of("order 17")).get(0);
        DeadLetter mail = database.giveUp(MAIL, List.of("to alice")).get(0);
        database.queue().enqueue(PAYMENT, "order 18");

        Cli.Run run = database.durable("list");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("of all tasks: 1 dead, 1 paused, 0 parked, 0 cancelled; 1 due, 0 running, 0 scheduled")
                .contains(payment.letterId() + "  DEAD", mail.letterId() + "  PAUSED")
                .contains("payment-0", "attempts exhausted  ConnectException: the provider is down")
                .endsWith("listed by reason: attempts exhausted (2)" + System.lineSeparator())
                .doesNotContain("order 17", "java.net", "sequence");
        assertThat(run.stderr()).isEmpty();
    }

    @Test
    void list_ofSeveralReasons_countsTheMostFrequentFirst() throws SQLException {
        List<DeadLetter> all = database.giveUp(PAYMENT, List.of("a", "b", "c"));
        database.run("UPDATE respite_dead_letter SET reason = 'total timeout' WHERE letter_id <> '"
                + all.get(0).letterId() + "'");

        assertThat(database.durable("list").out().lines().toList())
                .endsWith("listed by reason: total timeout (2), attempts exhausted (1)");
        assertThat(database.durable("list", "--task", "none").out().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.net.ConnectException: refused; caused by java.io.IOException: x | ConnectException: refused
            a.b.Outer$Inner: at host.Name                                        | Outer$Inner: at host.Name
            the process was killed                                               | the process was killed
            example.com is down                                                  | example.com is down
            ''                                                                   | ''
            """)
    void shortened_failure_isItsClassAndMessage(String stored, String shown) {
        assertThat(DeadLetterFields.shortened(stored)).isEqualTo(shown);
        assertThat(DeadLetterFields.shortened(stored + "\nsecond line")).isEqualTo(shown);
    }

    @Test
    void shortened_longMessage_isCut() {
        assertThat(DeadLetterFields.shortened("java.io.IOException: " + "x".repeat(200)))
                .isEqualTo("IOException: " + "x".repeat(86) + "…");
    }

    @Test
    void list_withSequence_hasTheLettersThatHoldItUp() throws SQLException {
        DeadLetter held = database.giveUp(PAYMENT, List.of("a", "b")).get(0);
        database.run("UPDATE respite_dead_letter SET call_sequence = 'customer 9', sequence_position = 1"
                + " WHERE letter_id = '" + held.letterId() + "'");

        assertThat(ids(database.durable("list", "--sequence", "customer 9", "--json")
                        .json()))
                .containsExactly(held.letterId());
        assertThat(database.durable("list").out()).contains("sequence", "customer 9");
    }

    @Test
    void list_withTaskAndState_hasThoseOnly() {
        database.giveUp(PAYMENT, List.of("order 17"));
        DeadLetter mail = database.giveUp(MAIL, List.of("to alice")).get(0);

        assertThat(ids(database.durable("list", "--task", "mail", "--json").json()))
                .containsExactly(mail.letterId());
        assertThat(ids(database.durable("list", "--state", "PAUSED", "--json").json()))
                .containsExactly(mail.letterId());
        assertThat(ids(database.durable("list", "--task", "mail", "--state", "DEAD", "--json")
                        .json()))
                .isEmpty();
    }

    @Test
    void list_withAfter_hasEachLetterOnce() {
        List<DeadLetter> all = database.giveUp(PAYMENT, List.of("a", "b", "c", "d", "e"));

        Cli.Run first = database.durable("list", "--limit", "3", "--json");
        String last = ids(first.json()).get(2);
        Cli.Run rest = database.durable("list", "--limit", "3", "--after", last, "--json");

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
        Cli.Run run = database.durable("list", "--after", "none");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("there is no dead letter 'none'").contains("Without --after");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void list_json_hasAllFieldsButData() {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("order 17")).get(0);

        JsonNode json = database.durable("list", "--json").json();

        assertThat(json.get("calls").get("dead").asInt()).isEqualTo(1);
        assertThat(json.get("calls").get("lag").asString()).isEqualTo("PT0S");
        assertThat(json.get("calls").propertyNames())
                .containsExactly("due", "running", "scheduled", "lag", "dead", "paused", "parked", "cancelled");
        assertThat(json.get("tasks").get("payment").get("dead").asInt()).isEqualTo(1);
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
        DeadLetter letter =
                database.giveUp(PAYMENT, List.of("Bestellung für €17")).get(0);

        Cli.Run run = database.durable("show", letter.letterId());

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("payment-0", letter.call().key(), "attempts exhausted", "DEAD")
                .contains("java.net.ConnectException: the provider is down")
                .contains(letter.attempts().history())
                .endsWith(System.lineSeparator() + "Bestellung für €17" + System.lineSeparator());
        JsonNode json = database.durable("show", letter.letterId(), "--json").json();
        assertThat(json.get("data").asString()).isEqualTo("Bestellung für €17");
        assertThat(json.get("dataHex").isNull()).isTrue();
    }

    /** An operator has to see the letter that delays other calls. */
    @Test
    void show_letterOfASequence_namesTheSequence() throws SQLException {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("order 17")).get(0);
        assertThat(database.durable("show", letter.letterId(), "--json")
                        .json()
                        .get("sequence")
                        .isNull())
                .isTrue();
        database.run("UPDATE respite_dead_letter SET call_sequence = 'customer 9', sequence_position = 1");

        assertThat(database.durable("show", letter.letterId()).out()).containsPattern("sequence +customer 9");
        assertThat(database.durable("list", "--json")
                        .json()
                        .get("deadLetters")
                        .get(0)
                        .get("sequence")
                        .asString())
                .isEqualTo("customer 9");
    }

    @Test
    void show_binaryData_isShownInHexadecimal() {
        DeadLetter letter = database.giveUp(IMAGE, List.of(new byte[] {(byte) 0xff, (byte) 0xd8, 0}))
                .get(0);

        assertThat(database.durable("show", letter.letterId()).out())
                .contains("in hexadecimal")
                .contains("ffd800");
        JsonNode json = database.durable("show", letter.letterId(), "--json").json();
        assertThat(json.get("data").isNull()).isTrue();
        assertThat(json.get("dataHex").asString()).isEqualTo("ffd800");
    }

    /** A terminal would obey the escape sequence. */
    @Test
    void show_controlCharacters_areNotPrinted() throws SQLException {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("\u001b[2J")).get(0);
        database.run("UPDATE respite_dead_letter SET last_error = 'bad \u001b[2J', task_instance = 'a\u001b[2J'");

        assertThat(database.durable("show", letter.letterId()).out())
                .doesNotContain("\u001b")
                .contains("bad \\x1b[2J", "1b5b324a");
        assertThat(database.durable("list").out()).doesNotContain("\u001b");
    }

    @Test
    void storedControlCharacters_inAnyColumn_areEscaped() throws SQLException {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("a\rb")).get(0);
        List<String> columns =
                List.of("task_name", "task_instance", "call_key", "call_sequence", "reason", "last_error", "history");
        for (String column : columns) {
            database.run("UPDATE respite_dead_letter SET " + column + " = U&'a\\001b[2J\\009b2J\\000d\\000ab'");
        }

        for (String[] command : new String[][] {{"list"}, {"show", letter.letterId()}}) {
            String[] options = Arrays.copyOfRange(command, 1, command.length);
            assertThat(database.durable(command[0], options).out())
                    .matches(PRINTABLE)
                    .contains("a\\x1b[2J\\x9b2J");
            String[] json = Arrays.copyOf(options, command.length);
            json[command.length - 1] = "--json";
            Cli.Run run = database.durable(command[0], json);
            assertThat(run.out()).matches(PRINTABLE);
            assertThat(run.json().toString().split(Pattern.quote("a\\u001B[2J"), -1))
                    .as("each column, and the counts of the task")
                    .hasSize(columns.size() + (command[0].equals("list") ? 2 : 1));
        }
    }

    @Test
    void discarded_idWithControlCharacters_isEscaped() throws SQLException {
        database.giveUp(PAYMENT, List.of("a"));
        database.run("UPDATE respite_dead_letter SET letter_id = U&'a\\001b[2J'");
        Cli.Run run = database.durable("discard", "--yes", "--task", "payment");

        assertThat(run.out()).contains("a\\x1b[2J is discarded").matches(PRINTABLE);
    }

    @Test
    void show_rowOfAnotherLibrary_hasNoData() throws SQLException {
        DeadLetter letter = database.giveUp(PAYMENT, List.of("order 17")).get(0);
        database.run("UPDATE respite_dead_letter SET envelope = X'00', call_data = NULL");

        assertThat(database.durable("show", letter.letterId()).out()).contains("data          cannot be read");
        JsonNode json = database.durable("show", letter.letterId(), "--json").json();
        assertThat(json.get("data").isNull() && json.get("dataHex").isNull()).isTrue();
    }

    @Test
    void show_missingLetter_exits1() {
        Cli.Run run = database.durable("show", "none");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("there is no dead letter 'none'").contains("'respite durable list'");
        assertThat(run.stdout()).isEmpty();
    }
}
