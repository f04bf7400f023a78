package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.BiConsumer;

/**
 * All that surrounds one asynchronous call: time, executor, budget, listener, classifier, operation and stages. Each
 * crossing of the seam between the call and these is a place where another thread may have come first: at those of a plan
 * another thread acts, and the call goes on afterwards.
 */
final class SeamWorld implements TimeSource, RetryBudget, AsyncOperation<Object> {

    /** Who acts at which crossing. */
    record Intrusion(int at, Intruder who) {}

    private final List<Intrusion> plan;
    private final boolean waits;
    private final List<Entry> tasks = new ArrayList<>();
    private final List<Stage> stages = new ArrayList<>();
    private final List<Value> handedIn = new ArrayList<>();
    private final Recorder recorder = new Recorder();
    private final Retry retry;
    private CompletableFuture<Object> call;
    private int crossings;
    private int spent;

    SeamWorld(List<Intrusion> plan) {
        this(plan, false);
    }

    /** A call whose retries the budget grants, or rejects, so that the call waits for it. */
    SeamWorld(List<Intrusion> plan, boolean waits) {
        this.plan = plan;
        this.waits = waits;
        Classifier standard = RetryPolicy.defaults().classifier();
        this.retry = Retry.withoutWarnings(
                        RetryPolicy.parse("total-timeout=off attempt-timeout=1s" + (waits ? " budget-wait=1s" : "")),
                        this)
                .withBudget(this)
                .driver()
                .withClassifier(outcome -> {
                    cross();
                    return standard.classify(outcome);
                })
                .withListener(event -> {
                    recorder.on(event);
                    cross();
                });
    }

    /** The life of the call as it was meant: a failure, a wait, a success. Returns the number of crossings. */
    int live() {
        call = retry.callAsyncWithAttempt(this);
        List<Runnable> life = waits
                ? List.of(this::fail, this::runTasks, this::release, this::runTasks, this::complete)
                : List.of(this::fail, this::runTasks, this::complete);
        for (Runnable step : life) {
            cross();
            if (!call.isDone()) {
                step.run();
            }
        }
        int known = crossings;
        for (int i = 0; i < 10 && !call.isDone(); i++) {
            runTasks();
            complete();
        }
        // What a release has handed over to the timer is due at once; a call that has ended meanwhile ignores it.
        runTasks();
        return known;
    }

    private void cross() {
        crossings++;
        for (Intrusion intrusion : plan) {
            if (intrusion.at() == crossings && call != null) {
                intrusion.who().act(this);
            }
        }
    }

    void cancel() {
        call.cancel(true);
    }

    void completeOutside() {
        call.complete("from outside");
    }

    /** All waits are over, and the time of all attempts is up. */
    void runTasks() {
        List.copyOf(tasks).forEach(FutureTask::run);
    }

    void fail() {
        stages.get(stages.size() - 1).completeExceptionally(new ConnectException());
    }

    /** Other calls succeed: those that wait for the budget are released. */
    void release() {
        if (RetryBudgets.queueOf(retry.budget()).isPresent()) {
            for (int i = 0; i < 20; i++) {
                retry.budget().recordLatency(1, 0);
            }
        }
    }

    void complete() {
        Value value = new Value();
        if (stages.get(stages.size() - 1).complete(value)) {
            handedIn.add(value);
        }
    }

    /** The call has one end, nothing of it goes on, and nothing was lost. */
    void assertOrderly() {
        assertThat(call).isDone();
        assertThat(recorder.ended().history().attempts()).isBetween(stages.size(), stages.size() + 1);
        assertThat(retry.counts().calls()).isEqualTo(1);
        assertThat(recorder.all(RetryEvent.CallbackFailed.class)).isEmpty();
        assertThat(stages).allMatch(CompletableFuture::isDone);
        assertThat(tasks).allMatch(FutureTask::isDone);
        // An attempt that is broken off as it begins has been paid for, and counts.
        RetryCounts.BudgetWaits ended = retry.counts().budgetWaits();
        assertThat(waits ? ended.ended(RetryEvent.BudgetWaitEnded.Result.RELEASED) : spent)
                .isEqualTo(retry.counts().attempts() - 1);
        assertThat(ended.waiting()).isZero();
        RetryBudgets.queueOf(retry.budget())
                .ifPresent(queue -> assertThat(queue.admitted()).isZero());
        Object result = call.isCompletedExceptionally() ? null : call.join();
        assertThat(handedIn).allMatch(value -> value.closed == (value == result ? 0 : 1));
    }

    @Override
    public String toString() {
        return plan + ": " + call + ", " + stages + ", " + handedIn + ", spent " + spent + ", " + retry.counts();
    }

    static final class Value implements AutoCloseable {
        private int closed;

        @Override
        public void close() {
            closed++;
        }

        @Override
        public String toString() {
            return "closed " + closed + " times";
        }
    }

    private final class Entry extends FutureTask<Void> {
        Entry(Task task) {
            super(task);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            cross();
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            cross();
            return cancelled;
        }
    }

    private final class Stage extends CompletableFuture<Object> {
        @Override
        public CompletableFuture<Object> whenComplete(BiConsumer<? super Object, ? super Throwable> action) {
            cross();
            CompletableFuture<Object> next = super.whenComplete(action);
            cross();
            return next;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            cross();
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            cross();
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }

    @Override
    public CompletableFuture<Object> attempt(Attempt attempt) {
        cross();
        Stage stage = new Stage();
        stages.add(stage);
        cross();
        return stage;
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        cross();
        Entry entry = new Entry(task);
        tasks.add(entry);
        cross();
        return entry;
    }

    @Override
    public Executor executor() {
        return task -> {
            cross();
            task.run();
            cross();
        };
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        cross();
        spent += waits ? 0 : 1;
        return !waits;
    }

    @Override
    public void refund(ErrorKind kind) {
        cross();
        spent--;
    }

    @Override
    public void succeeded() {
        cross();
    }

    @Override
    public double retriesLeft() {
        return 1;
    }

    @Override
    public long nanoTime() {
        cross();
        return 0;
    }

    @Override
    public double roll() {
        cross();
        return 0.5;
    }

    @Override
    public Instant wallTime() {
        return Instant.EPOCH;
    }

    @Override
    public void sleep(long nanos) {
        throw new UnsupportedOperationException("no thread sleeps here");
    }
}
