package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.Cli;
import dev.respite.cli.console.Console;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class KeysCommandTest {

    /** Lines without a control character. */
    private static final String PRINTABLE = "[^\\p{Cc}]*(\\n[^\\p{Cc}]*)*";

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final JdbcDataSource dataSource = new JdbcDataSource();

    @TempDir
    private Path folder;

    @BeforeEach
    void tables() throws SQLException {
        dataSource.setURL(url);
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
        }
    }

    private JdbcIdempotencyStore store() {
        return JdbcIdempotencyStore.of(dataSource);
    }

    private StorageKey put(State state) {
        Duration hour = Duration.ofHours(1);
        return put(state, new RecordWrite.Terms(hour, hour, hour, Optional.empty()));
    }

    private StorageKey put(State state, String owner) {
        Duration hour = Duration.ofHours(1);
        return put(state, owner, new RecordWrite.Terms(hour, hour, hour, Optional.empty()));
    }

    private StorageKey put(State state, RecordWrite.Terms terms) {
        return put(state, "me", terms);
    }

    private StorageKey put(State state, String owner, RecordWrite.Terms terms) {
        StorageKey key = Scope.of("alice")
                .storageKey("pay", IdempotencyKey.of(UUID.randomUUID().toString()));
        Optional<StoredResponse> response =
                state == State.DONE ? Optional.of(StoredResponse.of("secret")) : Optional.empty();
        store().putIfAbsent(
                        key, new RecordWrite(state, owner, Fingerprint.of("1", new byte[] {1}), 1, terms, response));
        return key;
    }

    private IdempotencyRecord record(StorageKey key) {
        return store().find(key).orElseThrow();
    }

    private Cli.Run keys(String command, String... more) {
        List<String> args = new ArrayList<>(List.of("keys", command, "--url", url));
        args.addAll(List.of(more));
        return Cli.run(args.toArray(String[]::new));
    }

    @Test
    void list_defaultState_hasUnknownOnly() {
        StorageKey unknown = put(State.UNKNOWN);
        StorageKey done = put(State.DONE);

        Cli.Run run = keys("list");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("1 record is UNKNOWN")
                .contains(unknown.value())
                .doesNotContain(done.value());
        assertThat(run.stderr()).isEmpty();
    }

    @Test
    void listAndShow_recordWithOperationAndTime_printBoth() {
        Instant claimed = Instant.parse("2026-11-29T01:02:03.004Z");
        StorageKey key = put(State.UNKNOWN, OwnerToken.owner("one", claimed, Optional.of("POST /pay")));

        JsonNode listed = keys("list", "--json").json().get("records").get(0);
        JsonNode shown = keys("show", "--json", key.value()).json();

        for (JsonNode record : List.of(listed, shown)) {
            assertThat(record.get("operation").asString()).isEqualTo("POST /pay");
            assertThat(record.get("claimedAt").asString()).isEqualTo(claimed.toString());
        }
        assertThat(keys("list").out()).contains("operation", "claimed at", "POST /pay", "2026-11-29T01:02:03Z");
        assertThat(keys("show", key.value()).out()).containsPattern("operation +POST /pay");
    }

    /** A record of an earlier version. */
    @Test
    void listAndShow_recordWithoutOperationAndTime_printNone() {
        StorageKey key = put(State.UNKNOWN, "7d444840-9dc0-11d1-b245-5ffdce74fad2-1a");
        JsonNode shown = keys("show", "--json", key.value()).json();
        assertThat(shown.get("operation").isNull()).isTrue();
        assertThat(shown.get("claimedAt").isNull()).isTrue();
        assertThat(keys("list").out()).containsPattern(key.value() + " +- +- ");
    }

    @Test
    void list_withAfter_hasEachRecordOnce() {
        TreeSet<String> expected = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            expected.add(put(State.UNKNOWN).value());
        }

        JsonNode first = keys("list", "--limit", "3", "--json").json();
        String last = first.get("records").get(2).get("key").asString();
        Cli.Run rest = keys("list", "--limit", "3", "--after", last, "--json");

        assertThat(first.get("count").asInt()).isEqualTo(5);
        TreeSet<String> listed = new TreeSet<>();
        first.get("records").forEach(record -> listed.add(record.get("key").asString()));
        rest.json()
                .get("records")
                .forEach(record -> listed.add(record.get("key").asString()));
        assertThat(listed).isEqualTo(expected);
        assertThat(rest.stderr()).doesNotContain("--after");
    }

    @Test
    void list_otherState_hasThatStateOnly() {
        StorageKey started = put(State.STARTED);
        JsonNode json = keys("list", "--state", "STARTED", "--json").json();
        assertThat(json.get("records").get(0).get("key").asString()).isEqualTo(started.value());
        assertThat(json.get("records").get(0).get("status").isNull()).isTrue();
    }

    @Test
    void show_record_hasItsFieldsAndNoBody() {
        String key = put(State.DONE).value();

        assertThat(keys("show", key).out()).contains("DONE", "200", "me").doesNotContain("secret");
    }

    @Test
    void show_missingRecord_exits1() {
        Cli.Run run = keys("show", "a".repeat(43));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("there is no record aaa").contains("'respite keys list'");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void show_invalidName_exits64() {
        Cli.Run run = keys("show", "8e03978e-40d5-43dd-bc93-6894a57f9324");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("43 characters", "--scope and --operation");
    }

    @Test
    void resolve_done_isReplayed() throws IOException {
        StorageKey key = put(State.UNKNOWN);
        Path body = Files.writeString(folder.resolve("receipt.json"), "{\"paid\":true}");

        Cli.Run run = keys(
                "resolve",
                key.value(),
                "--done",
                "201",
                "--body-file",
                body.toString(),
                "--content-type",
                "application/json");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("is DONE");
        StoredResponse response = record(key).response().orElseThrow();
        assertThat(response.status()).isEqualTo(201);
        assertThat(response.text()).contains("{\"paid\":true}");
        assertThat(response.headers()).containsEntry("Content-Type", List.of("application/json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fenced", "place-taken", "owner-dead"})
    void resolve_notDone_runsAgain(String reason) {
        StorageKey key = put(State.UNKNOWN);
        Cli.Run run = keys("resolve", key.value(), "--not-done", "--because", reason);
        assertThat(run.code()).isZero();
        assertThat(record(key).state()).isEqualTo(State.READY);
    }

    /** One name in 64 begins with a hyphen, and some of these with the letters of --help. They are names and not options. */
    @ParameterizedTest
    @ValueSource(strings = {"-", "--", "-h", "-V", "-x"})
    void key_withLeadingHyphen_isName(String begin) {
        String value = begin + "a".repeat(43 - begin.length());
        StorageKey key = new StorageKey(value, value);
        Duration hour = Duration.ofHours(1);
        RecordWrite.Terms terms = new RecordWrite.Terms(hour, hour, hour, Optional.empty());
        store().putIfAbsent(
                        key,
                        new RecordWrite(
                                State.UNKNOWN, "me", Fingerprint.of("1", new byte[] {1}), 1, terms, Optional.empty()));
        assertThat(keys("show", value).out()).contains(value);
        assertThat(keys("list", "--after", value).out()).doesNotContain(value);
        assertThat(keys("resolve", value, "--not-done", "--because", "fenced").code())
                .isZero();
        assertThat(record(key).state()).isEqualTo(State.READY);
    }

    @Test
    void resolve_keepHours_setsExpiry() {
        StorageKey key = put(State.UNKNOWN);
        keys("resolve", key.value(), "--done", "204", "--keep-hours", "240");
        IdempotencyRecord record = record(key);
        assertThat(Duration.between(record.times().leaseUntil(), record.times().expiresAt()))
                .isGreaterThan(Duration.ofHours(239));
    }

    /** With a fixed default of 24 hours, Redis would run a DONE key again although the application keeps it longer. */
    @ParameterizedTest
    @CsvSource({
        "PT168H, PT30S,  PT168H",
        "PT168H, PT59M, PT168H",
        "PT25H, PT1M, PT25H",
        "PT24H, PT30S, PT24H",
        "PT1H, PT30S, PT24H",
        "PT876000H, PT1S, PT876000H"
    })
    void resolve_withoutKeepHours_keepsApplicationRetention(Duration retention, Duration lease, Duration expected) {
        for (String[] how : new String[][] {{"--done", "204"}, {"--not-done", "--because", "fenced"}}) {
            StorageKey key = put(
                    State.UNKNOWN, new RecordWrite.Terms(lease, retention, Duration.ofMinutes(5), Optional.empty()));
            List<String> args = new ArrayList<>(List.of(key.value()));
            args.addAll(List.of(how));
            assertThat(keys("resolve", args.toArray(String[]::new)).code()).isZero();
            IdempotencyRecord.Times times = record(key).times();
            assertThat(Duration.between(times.leaseUntil(), times.expiresAt()))
                    .isEqualTo(expected.minus(IdempotencySettings.defaults().lease()));
        }
    }

    @Test
    void resolve_help_describesKeepHoursAndQuota() {
        String help = Cli.run("keys", "resolve", "--help").out().replaceAll("\\s+", " ");
        assertThat(help)
                .contains("Default: as long as the application has kept it", "at least 24")
                .contains("withMaxPerScope", "ZREM");
    }

    @Test
    void resolve_storeFailsAfterwards_exits0() {
        StorageKey key = put(State.UNKNOWN);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Console console = new Console(InputStream.nullInputStream(), print, print, false);

        IdempotencyStore store = store();
        AtomicBoolean lost = new AtomicBoolean();
        IdempotencyStore lostAfterwards = InterceptedStore.of(store)
                .afterWrites(write -> lost.set(true))
                .withFind(name -> {
                    if (lost.get()) {
                        throw InterceptedStore.noReply();
                    }
                    return store.find(name);
                });

        int code = new KeysResolveCommand(console)
                .resolve(lostAfterwards, Optional.empty(), key, Resolution.notDone(Resolution.Barred.FENCED));

        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(key + " is READY");
        assertThat(record(key).state()).isEqualTo(State.READY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DONE", "STARTED", "EFFECT_STARTED", "READY"})
    void resolve_notUnknown_exits1WithoutChange(State state) {
        StorageKey key = put(state);
        IdempotencyRecord before = record(key);

        Cli.Run run = keys("resolve", key.value(), "--done", "200");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.stderr()).contains("is " + state.name() + ", and only UNKNOWN keys can be resolved");
        assertThat(record(key)).isEqualTo(before);
    }

    @Test
    void resolve_missingRecord_exits1() {
        assertThat(keys("resolve", "b".repeat(43), "--done", "200").code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -                                        | give either --done
            --done 200 --not-done --because fenced   | give either --done
            --not-done                               | needs --because
            --not-done --because hope                | 'hope'
            --done 200 --because fenced              | --because goes with --not-done
            --not-done --because fenced --body-file x | go with --done
            --done 42                                | --done 42
            --done 200 --body-file /no/such/file     | there is no such file
            --done 200 --keep-hours 0                | --keep-hours 0
            """)
    void resolve_wrongUsage_exits64WithoutChange(String more, String message) {
        StorageKey key = put(State.UNKNOWN);
        List<String> args = new ArrayList<>(List.of(key.value()));
        if (!more.equals("-")) {
            args.addAll(List.of(more.split(" ", -1)));
        }
        Cli.Run run = keys("resolve", args.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains(message);
        assertThat(record(key).state()).isEqualTo(State.UNKNOWN);
    }

    /** Others may write to the table. */
    @ParameterizedTest
    @ValueSource(strings = {"response = X'01FF'", "response = X''", "owner = ''", "scope_hash = '\u001b'"})
    void damagedRecord_isLeftOutOfTheListAndNoBug(String change) throws SQLException {
        StorageKey damaged = put(State.DONE);
        StorageKey other = put(State.DONE);
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("UPDATE respite_idempotency SET " + change + " WHERE storage_key = '" + damaged + "'");
        }

        Cli.Run list = keys("list", "--state", "DONE");
        assertThat(list.code()).isZero();
        assertThat(list.out()).contains(other.value()).doesNotContain(damaged.value());
        Cli.Run show = keys("show", damaged.value());
        assertThat(show.code()).isEqualTo(7);
        assertThat(show.stderr()).contains("the record is damaged").doesNotContain("bug", "\u001b");
    }

    @Test
    void storedOwner_withControlCharacters_isEscaped() {
        StorageKey key = put(State.UNKNOWN, "a\u001b[2J\u009b@mie5k3xq|PO\u001b[2J\u009b2J");

        for (String[] command : new String[][] {{"list"}, {"show", key.value()}}) {
            String[] options = Arrays.copyOfRange(command, 1, command.length);
            assertThat(keys(command[0], options).out())
                    .contains("PO\\x1b[2J\\x9b2J")
                    .matches(PRINTABLE);
            String[] json = Arrays.copyOf(options, command.length);
            json[command.length - 1] = "--json";
            Cli.Run run = keys(command[0], json);
            assertThat(run.out()).matches(PRINTABLE);
            assertThat(run.json().toString()).contains("a\\u001B[2J");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:oracle:thin:@host?password=secret, no driver for 'jdbc:oracle:***@host',       --driver",
        "http://host/,                           a URL that begins with jdbc: or redis:,         --url jdbc:postgresql:",
    })
    void url_unsupported_exits64WithRemedy(String other, String message, String remedy) {
        Cli.Run run = Cli.run("keys", "list", "--url", other);
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains(message).contains(remedy).doesNotContain("secret");
    }

    @Test
    void driver_missingFile_exits64() {
        Cli.Run run = Cli.run("keys", "list", "--url", "jdbc:mariadb://localhost/bank", "--driver", "/no/such.jar");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("--driver /no/such.jar: there is no such file");
    }

    @Test
    void passwordVariable_notSet_exits64() {
        Cli.Run run = keys("list", "--password-env", "RESPITE_TEST_NO_SUCH_VARIABLE");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("no such environment variable");
    }

    @Test
    void database_withoutTables_exits64WithScriptName() {
        Cli.Run run = Cli.run("keys", "list", "--url", "jdbc:h2:mem:" + UUID.randomUUID() + ";IFEXISTS=FALSE");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("the database lacks").contains("V1__respite_idempotency.sql");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://127.0.0.1:1/bank?password=secret", "redis://:secret@127.0.0.1:1"})
    void store_unreachable_exits7(String away) {
        Cli.Run run = Cli.run("keys", "list", "--url", away);
        assertThat(run.code()).isEqualTo(7);
        assertThat(run.stderr()).contains("cannot reach ").doesNotContain("secret");
        assertThat(run.stdout()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "show", "resolve"})
    void help_eachCommand_fits(String command) {
        Cli.Run run = Cli.run("keys", command, "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Usage: respite keys " + command)
                .contains("Exit codes")
                .contains("Examples:");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }
}
