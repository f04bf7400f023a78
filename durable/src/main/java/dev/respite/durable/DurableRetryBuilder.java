package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.Retry;
import dev.respite.outcome.Classifier;
import dev.respite.policy.Explanation;
import dev.respite.policy.Limits;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.sql.DataSource;

/** Makes a {@link DurableRetry}: the tasks that it runs, and how. Not safe for use by several threads. */
public final class DurableRetryBuilder {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private static final Duration MIN_INTERVAL = Duration.ofMillis(10);
    private static final Duration MIN_HEARTBEAT = Duration.ofMillis(50);
    private static final Duration MIN_RETENTION = Duration.ofHours(1);
    private static final Duration MAX_TIME = Duration.ofDays(3_650);
    private static final int MAX_THREADS = 10_000;
    private static final Object NO_RESULT = new Object();

    private final DataSource dataSource;
    private final Map<String, Registration<?>> tasks = new LinkedHashMap<>();
    private Optional<EffectRunner> effects = Optional.empty();
    private DurableTables tables = DurableTables.defaults();
    private Optional<TimeSource> time = Optional.empty();
    /** With three connections more, HikariCP's default of ten is enough. */
    private int threads = 7;

    private Duration pollInterval = Duration.ofSeconds(1);
    private Duration heartbeat = Duration.ofSeconds(15);
    private Duration stopWait = Duration.ofSeconds(20);
    private Duration parkUnknownTasksAfter = Duration.ofDays(7);
    private Optional<Duration> deadLetterRetention = Optional.empty();
    private Duration handlerLimit = Duration.ofSeconds(30);
    private boolean hasEffects;

    DurableRetryBuilder(DataSource dataSource) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /** Runs the handlers of calls that are given up. */
    private record GivenUpHandlers(EffectRunner effects, HandlerThreads threads) {}

    /** A task before the settings are known. */
    private record Registration<T>(
            DurableTask<T> task,
            Retry retry,
            Function<RetryPolicy, Classifier> classifiers,
            BiFunction<EffectRunner, Sequences, AttemptBody<T>> work,
            Optional<ResultHandler<T, DeadLetter>> onGivenUp) {

        RetrySelector retrySelector(Retry timed) {
            return RetrySelector.of(task, timed, classifiers);
        }

        AttemptRunner<T> runner(
                DurableSettings settings, EffectRunner effects, GivenUpHandlers handlers, Sequences sequences) {
            return new AttemptRunner<>(
                    task,
                    retrySelector(retry.withTime(sequences.time())),
                    work.apply(effects, sequences),
                    onGivenUp.map(handler -> data -> new GiveUp.Handler(
                            handlers.effects(),
                            (connection, letter, context) -> handler.store(connection, data, letter, context),
                            handlers.threads(),
                            retry.policy().limits().attemptTimeout())),
                    settings,
                    sequences);
        }

        /** Logs a problem with the time after which calls give up. The retry has logged the other warnings of its policy. */
        void logGivingUp() {
            RetryPolicy policy = retry.policy();
            // A single attempt and a limit of the time alone are decisions, and code of the user is not run.
            Limits limits = policy.limits();
            boolean isDecided = limits.isUnbounded() ? limits.totalTimeout().isPresent() : limits.maxAttempts() == 1;
            if (isDecided || !RetrySelector.isText(policy)) {
                return;
            }
            Explanation.Warning times = Explanation.ofDurable(policy).warnings().get(0);
            if (!times.code().equals("gives-up-after") && !policy.acknowledged().contains(times.code())) {
                LOGGER.log(
                        WARNING,
                        "task '" + task.name() + "': " + times.code() + ": " + times.message() + " (policy: " + policy
                                + ")");
            }
        }
    }

    /**
     * Adds a task whose effects are outside of the database. An attempt that was killed is made again, so the other system has
     * to recognise {@link DurableContext#key()}.
     *
     * @param task the task
     * @param retry the policy, budget, listeners and name of its calls
     * @param handler the work
     * @param <T> the type of the data
     * @return this builder
     * @throws IllegalArgumentException if a task of this name was added before, the policy waits for its budget in memory, or
     *     it cannot be pinned as the task requires
     */
    public <T> DurableRetryBuilder task(DurableTask<T> task, Retry retry, DurableHandler<T> handler) {
        Objects.requireNonNull(handler, "handler");
        return add(new Registration<>(
                task,
                retry,
                RetryPolicy::classifier,
                (effects, sequences) -> AttemptBody.of(handler),
                Optional.empty()));
    }

    /**
     * Adds a task whose effects are in the database of its calls. Each takes place exactly once: it is committed together with
     * the removal of the call's row.
     *
     * @param task the task
     * @param retry the policy, budget, listeners and name of its calls
     * @param handler the work
     * @param <T> the type of the data
     * @return this builder
     * @throws IllegalArgumentException as {@link #task} does
     */
    public <T> DurableRetryBuilder effect(DurableTask<T> task, Retry retry, EffectHandler<T> handler) {
        Objects.requireNonNull(handler, "handler");
        return call(
                task,
                retry,
                (data, context) -> NO_RESULT,
                (connection, data, none, context) -> handler.run(connection, data, context));
    }

    /**
     * Adds a task that calls another system, then stores the result in the database of its calls. The call is made without a
     * connection; it may be made again, and the other system has to recognise {@link DurableContext#key()}. The result is stored
     * exactly once: it is committed together with the removal of the call's row.
     *
     * @param task the task
     * @param retry the policy, budget, listeners and name of its calls
     * @param call calls the other system
     * @param handler stores what that has responded
     * @param <T> the type of the data
     * @param <R> the type of the result
     * @return this builder
     * @throws IllegalArgumentException as {@link #task} does, and if the call does not accept the policy
     */
    public <T, R> DurableRetryBuilder call(
            DurableTask<T> task, Retry retry, ExternalStep<T, R> call, ResultHandler<T, R> handler) {
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(handler, "handler");
        hasEffects = true;
        return add(new Registration<>(
                task,
                retry,
                call::classifier,
                (effects, sequences) -> AttemptBody.of(call, handler, effects, sequences),
                Optional.empty()));
    }

    private DurableRetryBuilder add(Registration<?> added) {
        // Refused here rather than by build, whose stack does not show the task.
        added.retrySelector(added.retry());
        if (tasks.putIfAbsent(added.task().name(), added) != null) {
            throw new IllegalArgumentException(
                    "task '" + added.task().name() + "' was added twice: give each task a name of its own");
        }
        return this;
    }

    /**
     * Sets the work for calls of a task that are given up. It is committed in one transaction with the dead letter, so once for
     * each. It does not run for calls that are paused, parked or cancelled.
     *
     * <p>It has 30 s, or the {@code attempt-timeout} of the task if that is longer, and a thread of its own. Then the thread is
     * interrupted, and the connection of one that does not return is aborted.
     *
     * <p>If it fails, ends its transaction or is interrupted, the dead letter is written without it, and its reason ends with {@code
     * its handler has failed}. {@link DurableRetry#runGivenUpHandler} runs it again.
     *
     * @param task the task, which was added before
     * @param handler the work
     * @param <T> the type of the data
     * @return this builder
     * @throws IllegalArgumentException if the task was not added before, or has such a handler
     */
    public <T> DurableRetryBuilder onGivenUp(DurableTask<T> task, ResultHandler<T, DeadLetter> handler) {
        Objects.requireNonNull(handler, "handler");
        Registration<?> added = tasks.get(task.name());
        if (added == null || added.task() != task || added.onGivenUp().isPresent()) {
            throw new IllegalArgumentException("onGivenUp for task '" + task.name() + "', which "
                    + (added == null || added.task() != task ? "was not added to this builder" : "has such a handler")
                    + ": add the task first, then one handler with the same DurableTask");
        }
        @SuppressWarnings("unchecked") // it is the registration of the same task
        Registration<T> of = (Registration<T>) added;
        tasks.put(
                task.name(),
                new Registration<>(of.task(), of.retry(), of.classifiers(), of.work(), Optional.of(handler)));
        return this;
    }

    /** Sets the limit of handlers of calls that are given up, for tests. */
    DurableRetryBuilder handlerLimit(Duration limit) {
        handlerLimit = limit;
        return this;
    }

    /**
     * Sets what runs the transactions of effects: a transaction manager, or a runner that records their keys.
     *
     * @param runner the runner, of the same database
     * @return this builder
     */
    public DurableRetryBuilder effects(EffectRunner runner) {
        effects = Optional.of(Objects.requireNonNull(runner, "runner"));
        return this;
    }

    /**
     * Sets the names of the tables.
     *
     * @param tables the names; {@link DurableTables#defaults()} by default
     * @return this builder
     */
    public DurableRetryBuilder tables(DurableTables tables) {
        this.tables = Objects.requireNonNull(tables, "tables");
        return this;
    }

    /**
     * Sets the time, for tests. Its wall clock determines the calls that are due, and the backoff uses its random draws. By default
     * the clock of the database determines them, so the clocks of instances may differ.
     *
     * @param time the time, safe for use by any number of threads
     * @return this builder
     */
    public DurableRetryBuilder time(TimeSource time) {
        this.time = Optional.of(Objects.requireNonNull(time, "time"));
        return this;
    }

    /**
     * Sets how many attempts run at the same time in this instance. The pool of the data source needs as many connections for
     * effects, and for other handlers that use it, and three more.
     *
     * <p>No task can take all threads, if there are two or more. Half of them is divided among the tasks: each keeps its share, at
     * least one, while it runs fewer calls than that. With more tasks than that, some share. The others are for any task, in turn.
     * {@link DurableTask#withMaxConcurrentCalls} limits a task further. As many threads more wait for seats while calls take less
     * than 25 ms.
     *
     * @param threads 1 to 10,000; 7 by default, for which a pool of ten connections is enough
     * @return this builder
     * @throws IllegalArgumentException if the number is out of its range
     */
    public DurableRetryBuilder threads(int threads) {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException(threads + " threads: give 1 to " + MAX_THREADS);
        }
        this.threads = threads;
        return this;
    }

    /**
     * Sets how often the table is queried for calls that are due. An attempt may begin later by this much.
     *
     * @param interval 10 ms or more; 1 s by default
     * @return this builder
     * @throws IllegalArgumentException if the interval is shorter, or longer than ten years
     */
    public DurableRetryBuilder pollInterval(Duration interval) {
        pollInterval = checked("poll interval", interval, MIN_INTERVAL);
        return this;
    }

    /**
     * Sets how often an attempt gives a sign of life. After four intervals without one it counts as lost, and another
     * instance may go on with the call; so no pause of a process should be longer.
     *
     * @param interval 50 ms or more; 15 s by default
     * @return this builder
     * @throws IllegalArgumentException if the interval is shorter, or longer than ten years
     */
    public DurableRetryBuilder heartbeat(Duration interval) {
        heartbeat = checked("heartbeat", interval, MIN_HEARTBEAT);
        return this;
    }

    /**
     * Sets how long {@link DurableRetry#close} waits for attempts that run, before it interrupts them and waits as long again.
     * An attempt that ends by the interrupt counts as lost.
     *
     * @param wait zero or more; 20 s by default, which leaves 10 s of Kubernetes' grace period
     * @return this builder
     * @throws IllegalArgumentException if the wait is negative, or longer than ten years
     */
    public DurableRetryBuilder stopWait(Duration wait) {
        stopWait = checked("stop wait", wait, Duration.ZERO);
        return this;
    }

    /**
     * Sets how long a due call of an unknown task, or of data that is too new, is left to other
     * instances before it is parked. It should be longer than a deployment, and than an outage of the instances that know the task.
     *
     * @param wait 100 ms or more; 7 days by default
     * @return this builder
     * @throws IllegalArgumentException if the wait is shorter, or longer than ten years
     */
    public DurableRetryBuilder parkUnknownTasksAfter(Duration wait) {
        parkUnknownTasksAfter = checked("park unknown tasks after", wait, Duration.ofMillis(100));
        return this;
    }

    /**
     * Sets the age from which dead letters are purged, in every state and of every task. The purge runs once an hour and removes them
     * permanently. A dead letter for which later calls of its sequence wait is retained. Of several instances, the shortest
     * retention applies.
     *
     * @param retention 1 hour or more; by default dead letters are retained until they are replayed or discarded
     * @return this builder
     * @throws IllegalArgumentException if the retention is shorter, or longer than ten years
     */
    public DurableRetryBuilder deadLetterRetention(Duration retention) {
        deadLetterRetention = Optional.of(checked("dead letter retention", retention, MIN_RETENTION));
        return this;
    }

    /**
     * Makes the retry, which runs nothing before it is started. It needs the database. If that may be away when the application
     * starts, run it by a retry, on a thread of its own: {@code Retry.of(policy).call(builder::build)}.
     *
     * @return the retry
     * @throws IllegalArgumentException if the database is not supported, lacks the tables, or its user lacks a privilege
     * @throws StoreException if the database cannot be reached
     */
    public DurableRetry build() {
        DurableSettings settings = settings();
        EffectRunner own = EffectRunner.of(dataSource);
        EffectRunner runner = effects.orElse(own);
        CallDatabase database = CallDatabase.of(
                dataSource, tables, time.orElseGet(() -> new DatabaseTime(TimeSource.system(), heartbeat)));
        database.requirePrivileges(settings.waits());
        Sequences sequences = new Sequences(database);
        // Each attempt may run one, beside those that do not return.
        GivenUpHandlers handlers = new GivenUpHandlers(
                runner.isRecordingKeys() ? own : runner, new HandlerThreads(2 * threads, handlerLimit));
        List<AttemptRunner<?>> runners = new ArrayList<>();
        for (Registration<?> task : tasks.values()) {
            runners.add(task.runner(settings, runner, handlers, sequences));
            task.logGivingUp();
        }
        if (hasEffects) {
            PoolSize.warnIfSmall(dataSource, threads);
        }
        return DurableRetry.of(database, sequences, runners, settings);
    }

    DurableSettings settings() {
        return new DurableSettings(
                threads,
                pollInterval,
                heartbeat,
                new DurableSettings.Waits(stopWait, parkUnknownTasksAfter, deadLetterRetention));
    }

    private static Duration checked(String what, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException(what + " " + value + ": it must be from " + least + " to " + MAX_TIME);
        }
        return value;
    }
}
