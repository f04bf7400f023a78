package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.Task;
import dev.respite.logging.FailureText;
import dev.respite.outcome.ErrorKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Runs calls that survive a crash and a deployment. A call is a row in the user's database; any instance that is started makes
 * its next attempt when that is due, under the policy of its {@link dev.respite.Retry}.
 *
 * <pre>{@code
 * DurableTask<String> payment = DurableTask.of("payment", DataCodec.text());
 * RetryPolicy policy = RetryPolicy.parse("max-attempts=20 base-delay=1s max-delay=1h total-timeout=7d");
 * try (DurableRetry durable = DurableRetry.builder(dataSource)
 *         .task(payment, Retry.of(policy), (order, context) -> provider.pay(order, context.key()))
 *         .build()) {
 *     durable.start();
 *     durable.queue().enqueue(payment, "order 17");
 * }
 * }</pre>
 *
 * <p>An attempt whose process is killed is noticed by its missing heartbeat, counts as an attempt of the kind {@link #LOST},
 * and is retried under the policy. A call that is given up goes to the {@link DeadLetters}; none is dropped. Safe for use by
 * any number of threads.
 */
public final class DurableRetry implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    /**
     * The kind of an attempt that did not end: its process was killed, or was stopped while it ran. It is retried as long as the
     * limits of the policy allow, and costs nothing of the budget. Rules name it {@code lost}: {@code on.lost.max-attempts=3}.
     */
    public static final ErrorKind LOST = DurableClassifier.LOST_KIND;

    /** db-scheduler deletes rows of unknown tasks; ours are parked, long before this. */
    private static final Duration NEVER = Duration.ofDays(3_650_000);

    /** A multiple of the threads that no pick reaches: the seats are the limit of a pick. */
    private static final double NO_LIMIT = 1_000;

    private final Scheduler scheduler;
    private final CallPicker picker;
    private final TaskQueue queue;
    private final List<BackgroundWork> work;
    private final DeadLetterLog log;
    private final RunHandler handlers;
    /** One thread for work that may take long, and one for the ticks of the picker. */
    private final ScheduledExecutorService background = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "respite-durable");
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    });

    private final AtomicBoolean closed;
    private final AtomicBoolean started = new AtomicBoolean();

    private DurableRetry(
            Scheduler scheduler,
            CallPicker picker,
            TaskQueue queue,
            List<BackgroundWork> work,
            DeadLetterLog log,
            RunHandler handlers,
            AtomicBoolean closed) {
        this.scheduler = scheduler;
        this.picker = picker;
        this.queue = queue;
        this.work = work;
        this.log = log;
        this.handlers = handlers;
        this.closed = closed;
    }

    /** Work that is repeated with a delay, after an initial delay. It throws nothing. */
    private record BackgroundWork(Duration initialDelay, Duration delay, Runnable run) {

        static BackgroundWork every(Duration delay, Runnable run) {
            return new BackgroundWork(delay, delay, run);
        }
    }

    /**
     * Returns a builder.
     *
     * @param dataSource the database: PostgreSQL, MariaDB or H2, with auto-commit on or off
     * @return a new builder
     */
    public static DurableRetryBuilder builder(DataSource dataSource) {
        return new DurableRetryBuilder(dataSource);
    }

    static DurableRetry of(
            CallDatabase database, Sequences sequences, List<AttemptRunner<?>> runners, DurableSettings settings) {
        DeadLetters letters = new DeadLetters(database, sequences);
        DeadLetterLog log = new DeadLetterLog();
        AtomicBoolean closed = new AtomicBoolean();
        // The scheduler wants the tasks first.
        AtomicReference<Runnable> wake = new AtomicReference<>(() -> {});
        Set<String> known = runners.stream().map(AttemptRunner::name).collect(Collectors.toSet());
        CallPicker picker = new CallPicker(
                database, runners, settings.threads(), () -> wake.get().run());
        SchedulerStatements statements = new SchedulerStatements(database, picker);
        SchedulerTask.Instance instance = new SchedulerTask.Instance(statements, picker, closed::get, log);
        List<Task<?>> tasks = new ArrayList<>();
        for (AttemptRunner<?> runner : runners) {
            tasks.add(new SchedulerTask(runner, database, sequences, instance).toTask());
        }
        Scheduler scheduler = Scheduler.create(statements.dataSource(), tasks)
                .pollUsingLockAndFetch(0, NO_LIMIT)
                .addSchedulerListener(picker)
                .tableName(database.tables().tasks())
                .jdbcCustomization(statements.customization())
                .serializer(new SchedulerTask.Bytes())
                .clock(statements::now)
                .schedulerName(
                        new SchedulerName.Fixed(Owner.here(settings.heartbeat()).text()))
                .threads(settings.threads())
                // Calls that wait for seats have threads too.
                .executorService(Executors.newCachedThreadPool(AttemptThread.factory()))
                .pollingInterval(settings.pollInterval())
                .heartbeatInterval(settings.heartbeat())
                .missedHeartbeatsLimit(DurableSettings.MISSED_HEARTBEATS)
                .deleteUnresolvedAfter(NEVER)
                .shutdownMaxWait(settings.waits().stopWait())
                .build();
        wake.set(scheduler::triggerCheckForDueExecutions);
        UnknownTaskParker parker = new UnknownTaskParker(database, known, settings, log);
        List<BackgroundWork> work = new ArrayList<>(List.of(
                BackgroundWork.every(CallPicker.TICK, picker::wakeIfMore),
                BackgroundWork.every(parker.interval(), parker::parkAll),
                BackgroundWork.every(Sequences.RECHECK, sequences::wakeStuck),
                BackgroundWork.every(DeadLetterLog.INTERVAL, log::flush)));
        if (database.time() instanceof DatabaseTime time) {
            work.add(BackgroundWork.every(time.tick(), () -> database.refreshTime(time)));
        }
        // Instances that start together purge at different times.
        double roll = database.time().roll();
        settings.waits()
                .deadLetterRetention()
                .ifPresent(retention -> work.add(new BackgroundWork(
                        Duration.ofNanos((long) (roll * DeadLetters.PURGE_INTERVAL.toNanos())),
                        DeadLetters.PURGE_INTERVAL,
                        () -> letters.purge(retention, closed::get))));
        return new DurableRetry(
                scheduler,
                picker,
                new TaskQueue(database, scheduler::triggerCheckForDueExecutions),
                work,
                log,
                letter -> runHandler(letter, letters, runners, new GiveUp(database)),
                closed);
    }

    /** Runs the handler of a dead letter again. */
    @FunctionalInterface
    private interface RunHandler {
        boolean run(String letterId) throws Exception;
    }

    private static boolean runHandler(
            String letterId, DeadLetters letters, List<AttemptRunner<?>> runners, GiveUp giveUp) throws Exception {
        Optional<DeadLetter> letter = letters.find(letterId).filter(DeadLetterFactory::hasFailedHandler);
        Optional<byte[]> data = letter.flatMap(marked -> letters.data(marked.letterId()));
        if (data.isEmpty()) {
            return false;
        }
        String task = letter.get().call().task();
        GiveUp.Handler handler = runners.stream()
                .filter(runner -> runner.name().equals(task))
                .findFirst()
                .flatMap(runner -> runner.handler(letter.get(), data.get()))
                .orElseThrow(() -> new IllegalStateException("this instance has no handler for calls of task '" + task
                        + "' that are given up: call it on an instance that has DurableRetryBuilder.onGivenUp for it"));
        giveUp.runAgain(letter.get(), handler);
        return true;
    }

    /**
     * Runs the handler of a call that was given up again, whose first run has failed. It is committed in one transaction with the
     * removal of the mark in the dead letter.
     *
     * @param letterId the id of the dead letter
     * @return whether it has run; false if there is no such dead letter, or its handler has not failed
     * @throws IllegalStateException if this instance has no such handler
     * @throws Exception the failure of the handler; the dead letter is as before
     */
    public boolean runGivenUpHandler(String letterId) throws Exception {
        return handlers.run(letterId);
    }

    /**
     * Starts to run calls, on threads of its own. This instance takes part until it is closed.
     *
     * @throws IllegalStateException if it was started or closed before
     */
    public void start() {
        if (closed.get() || !started.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "this DurableRetry was " + (closed.get() ? "closed" : "started") + " before: build another one");
        }
        scheduler.start();
        for (BackgroundWork each : work) {
            Future<?> unused = background.scheduleWithFixedDelay(
                    () -> run(each.run()),
                    each.initialDelay().toMillis(),
                    each.delay().toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    /** The executor repeats nothing that has thrown. */
    private static void run(Runnable work) {
        try {
            work.run();
        } catch (Throwable failure) {
            LOGGER.log(WARNING, "background work has failed; it is repeated", FailureText.loggable(failure));
        }
    }

    /**
     * Stops this instance. It picks no more calls; attempts that run are waited for, then interrupted, and waited for again. Calls
     * are neither lost nor ended by this: another instance, or the next one, goes on with them.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            background.shutdown();
            picker.close();
            // An interrupt would end the waits for a pick and for attempts, which then count as lost.
            boolean interrupted = Thread.interrupted();
            try {
                scheduler.stop();
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            log.flush();
        }
    }

    /**
     * Queries the table for calls that are due, without waiting for the next poll. Only a started instance does; call it after the
     * commit of a transaction in which a call was enqueued.
     */
    public void wake() {
        if (started.get() && !closed.get()) {
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /**
     * Returns the queue, which wakes this instance when a call is enqueued in a transaction of its own.
     *
     * @return the queue
     */
    public TaskQueue queue() {
        return queue;
    }

    /**
     * Returns the calls of all tasks at this moment, for health checks and gauges.
     *
     * @return the counts
     * @throws StoreException if the database has failed
     */
    public DurableStats stats() {
        return queue.stats();
    }
}
