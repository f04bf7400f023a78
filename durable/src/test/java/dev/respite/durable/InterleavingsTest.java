package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.InterleavedInstance.Killed;
import dev.respite.durable.PendingCalls.Change;
import dev.respite.testsupport.Cases;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random interleavings of two instances and two operators: picks, attempts, heartbeats, looks for dead attempts, changes by
 * operators, and kills between any two statements. Handlers of effects and of calls that are given up have steps of the others in
 * their transactions. A model in memory has the calls and the results that an operation may have.
 */
@Tag("cases")
class InterleavingsTest {

    private static final int INTERLEAVINGS = Integer.getInteger("respite.interleavings", Cases.of(150));
    private static final int STEPS = 40;
    private static final Duration OPERATORS_LIMIT =
            InterleavedInstance.HEARTBEAT.multipliedBy(2L * DurableSettings.MISSED_HEARTBEATS);

    private final DataSource dataSource = TestStore.POSTGRESQL.emptied();

    /** A clock that moves in steps only. */
    private static final class Steps implements TimeSource.Forwarding {
        private long nanos;

        @Override
        public TimeSource delegate() {
            return TimeSource.system();
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant wallTime() {
            return Instant.parse("2026-12-01T12:00:00Z").plusNanos(nanos);
        }
    }

    @Test
    void calls_inAnyInterleaving_endOnce() throws SQLException {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < INTERLEAVINGS; seed++) {
            TestStore.POSTGRESQL.emptied();
            Run run = new Run(seed);
            try {
                run.run();
                run.finish();
            } catch (Throwable failure) {
                throw new AssertionError("seed " + seed + ": " + run.trace, failure);
            }
            seen.addAll(run.seen);
        }
        if (INTERLEAVINGS >= 150) {
            assertThat(seen)
                    .as("what has happened at all")
                    .contains(
                            "cancel CHANGED",
                            "cancel RUNNING",
                            "cancel ABSENT",
                            "cancel of a lost call",
                            "run of a lost call",
                            "reschedule of a lost call",
                            "effect",
                            "given up",
                            "killed in given up",
                            "killed in effect",
                            "connection cut",
                            "replay",
                            "discard",
                            "handler again");
        }
    }

    /** One interleaving, and the model. */
    private final class Run implements InterleavedInstance.Handlers {

        private final Random random;
        private final Steps time = new Steps();
        private final CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults(), time);
        private final TaskQueue queue = new TaskQueue(database, () -> {});
        private final PendingCalls[] operators = {
            new PendingCalls(database, new Sequences(database)), new PendingCalls(database, new Sequences(database))
        };
        private final DeadLetters letters = new DeadLetters(database, new Sequences(database));
        private final InterleavedInstance[] instances = new InterleavedInstance[2];
        private final List<String> trace = new ArrayList<>();
        private final Set<String> seen = new HashSet<>();

        /** The calls by their keys. */
        private final Map<String, String> enqueued = new HashMap<>();

        private final Set<String> discarded = new HashSet<>();
        private final Map<String, Long> versions = new HashMap<>();
        private int depth;
        private boolean isFinishing;

        Run(long seed) {
            random = new Random(seed);
            for (int i = 0; i < 2; i++) {
                start(i);
            }
        }

        private void start(int i) {
            instances[i] = new InterleavedInstance("instance" + i, dataSource, time, this);
            if (!isFinishing && random.nextInt(2) == 0) {
                instances[i].killAfter(1 + random.nextInt(40), random.nextBoolean());
            }
        }

        private void trace(String step) {
            trace.add("  ".repeat(depth) + step);
        }

        void run() throws Exception {
            for (int i = 0; i < STEPS; i++) {
                step();
                check();
            }
        }

        private void step() throws Exception {
            int i = random.nextInt(2);
            switch (random.nextInt(14)) {
                case 0 -> enqueue();
                case 1, 2 -> instance(i, "pick", InterleavedInstance::pick);
                case 3, 4, 5 ->
                    instance(i, "attempt", each -> {
                        if (each.hasWaiting() && depth < 3) {
                            each.attempt();
                        }
                    });
                case 6 -> instance(i, "heartbeat", InterleavedInstance::heartbeat);
                case 7 -> instance(i, "look", InterleavedInstance::lookForDead);
                case 8 -> {
                    Duration passes =
                            Duration.ofMillis(List.of(10, 1_100, 4_500, 9_000).get(random.nextInt(4)));
                    time.nanos += passes.toNanos();
                    trace("passes " + passes);
                }
                case 9 -> {
                    trace("drop " + i);
                    start(i);
                }
                case 10 -> change("cancel", (calls, id) -> calls.cancel("effect", id));
                case 11 -> change("run", (calls, id) -> calls.runNow("effect", id));
                case 12 ->
                    change(
                            "reschedule",
                            (calls, id) -> calls.reschedule(
                                    "effect", id, time.wallTime().plusMillis(random.nextInt(3_000))));
                default -> letter(i);
            }
        }

        private void enqueue() {
            String key = "key" + enqueued.size();
            String id = idOf(enqueued.size());
            boolean isAdded = !row(id).isPresent();
            if (isAdded) {
                EnqueueOptions options = EnqueueOptions.defaults().withId(id).withKey(key);
                assertThat(queue.enqueueIfAbsent(InterleavedInstance.TASK, key, options))
                        .isTrue();
                enqueued.put(key, id);
                trace("enqueue " + key + " as " + id);
            }
        }

        private static String idOf(int number) {
            return "call" + number % 3;
        }

        private interface Step {
            void of(InterleavedInstance instance);
        }

        private void instance(int i, String name, Step step) {
            trace(name + " by " + i);
            InterleavedInstance instance = instances[i];
            depth++;
            try {
                step.of(instance);
            } catch (Killed killed) {
                trace(i + " is killed");
            } catch (IllegalStateException
                    | StoreException
                    | com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException lost) {
                // The scheduler logs it. The next look finds the call.
                trace(i + " fails: " + lost);
            } finally {
                depth--;
            }
            if (!instance.isAlive() && instances[i] == instance) {
                start(i);
            }
        }

        /** The row of a call, as an operator may find it. */
        private record Present(boolean isPicked, boolean isLost) {}

        private Optional<Present> row(String id) {
            return database.transaction(
                    "no row",
                    connection -> database.first(
                            connection,
                            "SELECT picked, last_heartbeat FROM {tasks} WHERE task_instance = ?",
                            row -> new Present(
                                    row.getBoolean("picked"),
                                    database.instant(row, "last_heartbeat")
                                            .filter(last -> Duration.between(last, time.wallTime())
                                                            .compareTo(OPERATORS_LIMIT)
                                                    > 0)
                                            .isPresent()),
                            id));
        }

        private interface OperatorsChange {
            Change of(PendingCalls calls, String id);
        }

        private void change(String name, OperatorsChange change) {
            String id = idOf(random.nextInt(3));
            Optional<Present> before = row(id);
            boolean isLost =
                    before.filter(Present::isPicked).filter(Present::isLost).isPresent();
            Change expected = before.isEmpty()
                    ? Change.ABSENT
                    : before.get().isPicked() && !isLost ? Change.RUNNING : Change.CHANGED;
            trace(name + " " + id + ": " + expected);
            assertThat(change.of(operators[random.nextInt(2)], id)).as(name).isEqualTo(expected);
            assertThat(row(id))
                    .as(name + ", then")
                    .isEqualTo(
                            name.equals("cancel") && expected == Change.CHANGED
                                    ? Optional.empty()
                                    : before.map(row -> expected == Change.CHANGED ? new Present(false, false) : row));
            seen.add(name + " " + expected);
            if (isLost) {
                seen.add(name + " of a lost call");
            }
        }

        private void letter(int i) throws Exception {
            List<DeadLetter> all = letters.list(DeadLetter.Filter.all());
            if (all.isEmpty()) {
                return;
            }
            DeadLetter letter = all.get(random.nextInt(all.size()));
            if (random.nextInt(3) == 0 && row(letter.call().id()).isEmpty()) {
                trace("replay " + letter.call().key());
                assertThat(letters.replay(letter.letterId())).isTrue();
                seen.add("replay");
            } else if (random.nextInt(8) == 0) {
                trace("discard " + letter.call().key());
                assertThat(letters.discard(letter.letterId())).isTrue();
                discarded.add(letter.call().key());
                seen.add("discard");
            } else if (DeadLetterFactory.hasFailedHandler(letter)) {
                trace("handler of " + letter.call().key() + " again");
                new GiveUp(database)
                        .runAgain(
                                letter,
                                new GiveUp.Handler(
                                        EffectRunner.of(dataSource),
                                        (connection, marked, context) -> book(connection, "given " + marked.letterId()),
                                        new HandlerThreads(9, Duration.ofMinutes(1)),
                                        Optional.empty()));
                seen.add("handler again");
            }
        }

        private static void book(Connection connection, String entry) throws SQLException {
            TestStore.book(connection, entry);
        }

        @Override
        public void effect(Connection connection, String key, DurableContext context) throws Exception {
            handle("effect", connection, key, key);
        }

        @Override
        public void givenUp(Connection connection, String key, DeadLetter letter) throws Exception {
            seen.add("given up");
            handle("given up", connection, key, "given " + letter.letterId());
        }

        private void handle(String kind, Connection connection, String key, String entry) throws Exception {
            trace("> " + kind + " of " + key);
            boolean isFirst = random.nextBoolean();
            if (isFirst) {
                book(connection, entry);
            }
            for (int steps = isFinishing ? 0 : random.nextInt(3); steps > 0; steps--) {
                depth++;
                step();
                depth--;
            }
            int outcome = isFinishing ? 9 : random.nextInt(kind.equals("effect") ? 10 : 7);
            trace("< " + outcome);
            if (outcome == 0) {
                seen.add("killed in " + kind);
                throw new Killed();
            }
            if (outcome == 1) {
                seen.add("connection cut");
                cut(connection);
            } else if (outcome <= 4) {
                throw new ConnectException("refused");
            } else if (outcome == 5) {
                throw new IllegalArgumentException("never");
            }
            if (!isFirst) {
                book(connection, entry);
            }
            seen.add(kind);
        }

        private void cut(Connection connection) throws SQLException {
            int process;
            try (Statement sql = connection.createStatement();
                    ResultSet pid = sql.executeQuery("SELECT pg_backend_pid()")) {
                pid.next();
                process = pid.getInt(1);
            }
            try (Connection other = dataSource.getConnection();
                    PreparedStatement sql = other.prepareStatement("SELECT pg_terminate_backend(?, 5000)")) {
                sql.setInt(1, process);
                sql.executeQuery().close();
            }
        }

        /** Each call is in one place: a row, a dead letter, an effect, or discarded. */
        private void check() {
            Map<String, Integer> places = new HashMap<>();
            List<String> ledger = TestStore.ledger(dataSource);
            ledger.forEach(entry -> places.merge(entry, 1, Integer::sum));
            database.transaction("no rows", connection -> {
                database.list(connection, "SELECT task_data, version, task_instance FROM {tasks}", row -> {
                            String key =
                                    Envelope.decode(row.getBytes("task_data")).key();
                            long version = row.getLong("version");
                            Long before = versions.put(key, version);
                            assertThat(before == null || before <= version || Math.abs(before - version) > 1_000_000)
                                    .as("version of " + key)
                                    .isTrue();
                            return key;
                        })
                        .forEach(key -> places.merge(key, 1, Integer::sum));
                return true;
            });
            for (DeadLetter letter : letters.list(DeadLetter.Filter.all())) {
                places.merge(letter.call().key(), 1, Integer::sum);
                boolean isHandled =
                        letter.state() == DeadLetter.State.DEAD && !DeadLetterFactory.hasFailedHandler(letter);
                assertThat(places.getOrDefault("given " + letter.letterId(), 0))
                        .as("handlers of the letter of " + letter.call().key() + ", " + letter.reason())
                        .isEqualTo(isHandled ? 1 : 0);
            }
            discarded.forEach(key -> places.merge(key, 1, Integer::sum));
            enqueued.keySet()
                    .forEach(key ->
                            assertThat(places.get(key)).as("places of " + key).isEqualTo(1));
            assertThat(places.values()).as("handlers of letters").allMatch(count -> count == 1);
        }

        /** Two instances that nothing disturbs end all calls. */
        void finish() {
            isFinishing = true;
            trace("finish");
            start(0);
            start(1);
            for (int round = 0; TestStore.tasks(dataSource) > 0; round++) {
                assertThat(round).as("rounds").isLessThan(30);
                time.nanos += Duration.ofSeconds(10).toNanos();
                instance(round % 2, "look", InterleavedInstance::lookForDead);
                instance(round % 2, "pick", InterleavedInstance::pick);
                instance(round % 2, "attempts", each -> {
                    while (each.hasWaiting()) {
                        each.attempt();
                    }
                });
                check();
            }
            assertThat(TestStore.strings(dataSource, "SELECT task_name FROM respite_task_effect"))
                    .isEmpty();
        }
    }
}
