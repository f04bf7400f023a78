package dev.respite.cli.records;

import static dev.respite.cli.records.DeadLetterDatabase.MAIL;
import static dev.respite.cli.records.DeadLetterDatabase.PAYMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.cli.Cli;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.EnqueueOptions;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.State;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code docs/on-call.md}: each section's symptom is made, its commands are run, and the symptom is gone. */
class OnCallPageTest {

    private static final Path PAGE = Path.of("../../docs/on-call.md");
    private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @TempDir
    private Path folder;

    /** Returns the commands of a section, without the program. */
    private static List<List<String>> commands(String section) throws IOException {
        String text = Files.readString(PAGE).split("(?m)^## " + Pattern.quote(section) + "$", 2)[1];
        return text.split("(?m)^## ", 2)[0]
                .lines()
                .filter(line -> line.startsWith("./respite "))
                .map(line -> ARGUMENT.matcher(line.substring("./respite ".length()))
                        .results()
                        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                        .toList())
                .toList();
    }

    /** Runs a command on another database, for a record. */
    private Cli.Run run(List<String> command, String url, String record) {
        List<String> arguments = new ArrayList<>();
        for (Iterator<String> rest = command.iterator(); rest.hasNext(); ) {
            String argument = rest.next();
            if (argument.equals("--user") || argument.equals("--password-env")) {
                rest.next();
            } else if (argument.startsWith("jdbc:postgresql:")) {
                arguments.add(url);
            } else if (argument.matches("KEY|CLIENT-KEY|DEAD-LETTER|ID")) {
                arguments.add(record);
            } else {
                arguments.add(
                        argument.endsWith(".json") ? folder.resolve(argument).toString() : argument);
            }
        }
        Cli.Run run = Cli.run(arguments.toArray(String[]::new));
        assertThat(run.code()).as("%s: %s", arguments, run.stderr()).isZero();
        return run;
    }

    @Test
    void keyIsUnknown_commandsOfThePage_showAndResolveEach() throws Exception {
        Files.writeString(folder.resolve("receipt.json"), "{}");
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
        }
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(dataSource);
        List<IdempotentCall> unknown = new ArrayList<>();

        for (List<String> command : commands("A key is UNKNOWN")) {
            if (unknown.isEmpty() || command.contains("resolve")) {
                unknown.add(leftUnknown(store, "order " + unknown.size()));
            }
            IdempotentCall last = unknown.get(unknown.size() - 1);
            String name = last.storageKey().value();
            Cli.Run run = run(
                    command,
                    dataSource.getURL(),
                    command.contains("--scope") ? last.key().value() : name);
            if (!command.contains("resolve")) {
                assertThat(run.out()).contains(name, "UNKNOWN", "POST /payments", "claimed at");
            } else {
                State resolved = command.contains("--done") ? State.DONE : State.READY;
                assertThat(store.find(last.storageKey()).orElseThrow().state()).isEqualTo(resolved);
            }
        }
        assertThat(unknown).hasSize(3);
        assertThat(store.count(State.UNKNOWN)).isEqualTo(1);
    }

    /** Makes a record as the failure of another system leaves it. */
    private static IdempotentCall leftUnknown(JdbcIdempotencyStore store, String key) {
        IdempotentCall call = IdempotentCall.of(
                Scope.of("alice"), "POST /payments", IdempotencyKey.of(key), Fingerprint.of("1", new byte[] {1}));
        assertThatThrownBy(() -> ExternalIdempotency.of(store).execute(call, execution -> {
                    throw new SocketTimeoutException("Read timed out");
                }))
                .isInstanceOf(SocketTimeoutException.class);
        return call;
    }

    @Test
    void deadLettersGrow_commandsOfThePage_leaveNone() throws Exception {
        DeadLetterDatabase database = DeadLetterDatabase.create(folder);
        database.giveUp(MAIL, List.of("to alice"));
        List<DeadLetter> payments = database.giveUp(PAYMENT, List.of("order 17", "order 18", "order 19"));
        Iterator<DeadLetter> next = payments.iterator();

        for (List<String> command : commands("Dead letters grow")) {
            String letter = command.contains("DEAD-LETTER") && !command.contains("show")
                    ? next.next().letterId()
                    : payments.get(0).letterId();
            Cli.Run run = run(command, database.url(), letter);
            if (command.contains("list")) {
                assertThat(run.out()).contains("3 dead, 1 paused", letter, "attempts exhausted");
            } else if (command.contains("show")) {
                assertThat(run.out()).contains("the provider is down", "order 17");
            }
        }
        assertThat(database.letters()).isEmpty();
        assertThat(database.due()).isEqualTo(3);
    }

    @Test
    void durableCallIsStuck_commandsOfThePage_freeItsSequence() throws Exception {
        DeadLetterDatabase database = DeadLetterDatabase.create(folder);
        DeadLetter blocking = database.giveUpFirstOfSequence(PAYMENT, "order 17", List.of("first", "second"));

        for (String id : List.of("run", "cancel")) {
            database.failOnce(PAYMENT, id, EnqueueOptions.defaults().withId(id));
        }

        for (List<String> command : commands("A durable call is stuck")) {
            boolean isOfCall = command.contains("ID");
            Cli.Run run = run(command, database.url(), isOfCall ? command.get(2) : blocking.letterId());
            if (command.contains("--json")) {
                assertThat(run.json()
                                .get("tasks")
                                .get("payment")
                                .get("scheduled")
                                .asInt())
                        .isEqualTo(3);
                assertThat(run.json().get("deadLetters").get(0).get("sequence").asString())
                        .isEqualTo("order 17");
            } else if (command.contains("list")) {
                assertThat(run.out()).contains("run     SCHEDULED", "cancel  SCHEDULED", "ConnectException");
            }
        }
        assertThat(database.letters()).extracting(DeadLetter::state).containsExactly(DeadLetter.State.CANCELLED);
        assertThat(database.finish(PAYMENT))
                .containsOnlyOnce("first", "second", "run")
                .containsSubsequence("first", "second")
                .hasSize(3);
    }

    @Test
    void budgetIsExhausted_policyOfThePage_isSafeAndRetries() throws Exception {
        List<String> explain = commands("The retry budget is exhausted").get(0);
        assertThat(run(explain, "", "").out()).contains("Retries do no harm in any of these situations.");
        assertThat(attempts("clients=1000")).isEqualTo(1);
        assertThat(attempts(explain.get(1))).isGreaterThan(1);
    }

    /** Returns the attempts of a first call that times out, in a fleet of this size. */
    private static int attempts(String clients) {
        Retry retry = Retry.withoutWarnings(RetryPolicy.parse(clients + " max-attempts=3"), new VirtualTime());
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> retry.call(() -> {
                    attempts.incrementAndGet();
                    throw new SocketTimeoutException("Read timed out");
                }))
                .isInstanceOf(SocketTimeoutException.class);
        return attempts.get();
    }
}
