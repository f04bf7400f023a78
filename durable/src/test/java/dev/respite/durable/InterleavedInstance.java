package dev.respite.durable;

import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.TaskResolver;
import com.github.kagkarlsson.scheduler.event.SchedulerListeners;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepository;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import dev.respite.durable.Envelope.StoredCall;
import dev.respite.jdbc.transaction.LocalTransaction;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * An instance whose steps a test makes one by one: a pick, an attempt with its end, a heartbeat, a look for dead attempts. Its
 * statements are those of {@link DurableRetry}. It can be killed before and after each statement and commit.
 */
final class InterleavedInstance {

    static final Duration HEARTBEAT = Duration.ofSeconds(1);
    static final DurableTask<String> TASK = DurableTask.of("effect", DataCodec.text());
    private static final int THREADS = 3;

    /** The process has ended: nothing of it reaches the database any more. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What its handlers do. */
    interface Handlers {
        void effect(Connection connection, String data, DurableContext context) throws Exception;

        void givenUp(Connection connection, String data, DeadLetter letter) throws Exception;
    }

    private final Task<StoredCall> schedulerTask;
    private final CallPicker picker;
    private final SchedulerStatements statements;
    private final JdbcTaskRepository repository;

    /** The calls that it has picked and not begun, and all that it has not ended. */
    private final Deque<Execution> waiting = new ArrayDeque<>();

    private final List<Execution> running = new ArrayList<>();

    /** The statements and commits until it is killed. */
    private int left = Integer.MAX_VALUE;

    private boolean isCommitLast;

    InterleavedInstance(String name, DataSource target, TimeSource time, Handlers handlers) {
        DataSource dataSource = BackgroundWrites.connections(target, this::mortal);
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults(), time);
        Sequences sequences = new Sequences(database);
        EffectRunner effects = EffectRunner.of(dataSource);
        HandlerThreads threads = new HandlerThreads(2 * THREADS, Duration.ofMinutes(1));
        DurableSettings settings = new DurableSettings(
                THREADS,
                HEARTBEAT,
                HEARTBEAT,
                new DurableSettings.Waits(HEARTBEAT, Duration.ofDays(7), Optional.empty()));
        AttemptRunner<String> runner = new AttemptRunner<>(
                TASK,
                RetrySelector.of(
                        TASK,
                        DurableFixture.retry("max-attempts=3 backoff=fixed base-delay=1s jitter=none budget=off"
                                        + " total-timeout=90d")
                                .withTime(time),
                        RetryPolicy::classifier),
                AttemptBody.of(
                        (data, context) -> data,
                        (connection, data, same, context) -> handlers.effect(connection, data, context),
                        effects,
                        sequences),
                Optional.of(data -> new GiveUp.Handler(
                        effects,
                        (connection, letter, context) -> handlers.givenUp(connection, data, letter),
                        threads,
                        Optional.empty())),
                settings,
                sequences);
        this.picker = new CallPicker(database, List.of(runner), THREADS, () -> {});
        this.statements = new SchedulerStatements(database, picker);
        this.schedulerTask = new SchedulerTask(
                        runner,
                        database,
                        sequences,
                        new SchedulerTask.Instance(statements, picker, () -> false, new DeadLetterLog()))
                .toTask();
        String owner = new Owner(name, HEARTBEAT.multipliedBy(DurableSettings.MISSED_HEARTBEATS)).text();
        this.repository = new JdbcTaskRepository(
                statements.dataSource(),
                false,
                statements.customization(),
                "respite_task",
                new TaskResolver(SchedulerListeners.NOOP, statements::now, List.of(schedulerTask)),
                new SchedulerName.Fixed(owner),
                new SchedulerTask.Bytes(),
                false,
                statements::now);
    }

    /** Kills it after a number of statements and commits; the last commit takes effect or not. */
    void killAfter(int statementsAndCommits, boolean isLastCommitMade) {
        left = statementsAndCommits;
        isCommitLast = isLastCommitMade;
    }

    boolean isAlive() {
        return left > 0;
    }

    private Connection mortal(Connection connection) {
        if (!isAlive()) {
            LocalTransaction.closeQuietly(connection);
            throw new Killed();
        }
        return BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
            String name = method.getName();
            if (name.equals("prepareStatement") || name.equals("createStatement") || name.equals("commit")) {
                boolean isLast = --left == 0;
                if (left <= 0) {
                    if (name.equals("commit") && isLast && isCommitLast) {
                        connection.commit();
                    }
                    throw new Killed();
                }
            }
            return BackgroundWrites.invoke(connection, method, arguments);
        });
    }

    void pick() {
        for (Execution picked : repository.lockAndGetDue(statements.now(), THREADS)) {
            waiting.add(picked);
            running.add(picked);
        }
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Makes the attempt of the call that it has picked first, and writes its end. */
    @SuppressWarnings("unchecked") // the scheduler has no type of its data
    void attempt() {
        Execution execution = waiting.remove();
        Instant now = statements.now();
        ExecutionComplete complete = ExecutionComplete.success(execution, now, now);
        ExecutionOperations<StoredCall> operations =
                new ExecutionOperations<>(repository, SchedulerListeners.NOOP, execution);
        CompletionHandler<StoredCall> end =
                schedulerTask.execute(execution.taskInstance, new ExecutionContext(null, execution, null, null));
        end.complete(complete, operations);
        running.remove(execution);
        picker.onExecutionComplete(complete);
    }

    void heartbeat() {
        for (Execution each : List.copyOf(running)) {
            boolean unused = repository.updateHeartbeatWithRetry(each, statements.now(), 1);
        }
    }

    void lookForDead() {
        Instant now = statements.now();
        Instant limit = now.minus(HEARTBEAT.multipliedBy(DurableSettings.MISSED_HEARTBEATS));
        for (Execution dead : repository.getDeadExecutions(limit)) {
            schedulerTask
                    .getDeadExecutionHandler()
                    .deadExecution(
                            ExecutionComplete.failure(dead, now, now, null),
                            new ExecutionOperations<>(repository, SchedulerListeners.NOOP, dead));
        }
    }
}
