package dev.respite.micrometer;

import dev.respite.Retry;
import dev.respite.RetryCounts;
import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/**
 * The meters of one retry in one registry.
 *
 * <p>Micrometer holds the object that a function reads weakly, and the function itself strongly. All functions here hold
 * this binding, and so the retry: its meters go on as long as the registry has them.
 */
final class RetryMeters {

    /** The kinds that the core itself may name: theirs are there before the first error. */
    private static final List<ErrorKind> STANDARD_KINDS = List.of(
            ErrorKind.TIMEOUT,
            ErrorKind.CONNECT,
            ErrorKind.THROTTLED,
            ErrorKind.IO,
            ErrorKind.SQL,
            ErrorKind.RESULT,
            ErrorKind.REJECTED,
            ErrorKind.OTHER);

    private final Retry retry;
    private final MeterRegistry registry;
    private final Tags tags;

    /** The kinds that have a meter: as bounded in number as those that the retry counts apart. */
    private final Set<ErrorKind> kinds = ConcurrentHashMap.newKeySet();

    /** The highest number of retries that was read. */
    private final AtomicLong retries = new AtomicLong();

    RetryMeters(Retry retry, MeterRegistry registry) {
        this.retry = retry;
        this.registry = registry;
        this.tags = Tags.of(RetryTags.NAME, retry.name());
    }

    void register() {
        List<Meter> before = registry.getMeters();
        if (RetryTags.isBound("retry '" + retry.name() + "'", calls(StopReason.ACCEPTED), before)) {
            return;
        }
        for (StopReason reason : StopReason.values()) {
            if (reason != StopReason.ACCEPTED) {
                calls(reason);
            }
        }
        for (int size = 1; size <= RetryCounts.MAX_COUNTED_ATTEMPTS; size++) {
            callsOfSize(size);
        }
        acceptedAttempts();
        STANDARD_KINDS.forEach(this::addKind);
        counter(
                "respite.attempts.multiplied",
                "Attempts that were retried though a call inside them had given up",
                Tags.empty(),
                RetryCounts::multiplied);
        delay();
        budget();
    }

    private FunctionCounter calls(StopReason reason) {
        return counter(
                "respite.calls",
                "Calls that have ended, by what came of them and why they ended",
                RetryTags.of(reason),
                counts -> counts.ended(reason));
    }

    private void callsOfSize(int size) {
        counter(
                "respite.calls.by.attempts",
                "Calls that have ended, by how many attempts they took",
                Tags.of(RetryTags.ATTEMPTS, size < RetryCounts.MAX_COUNTED_ATTEMPTS ? "" + size : size + "+"),
                counts -> counts.callsByAttempts().get(size - 1));
    }

    private void acceptedAttempts() {
        attempts(RetryTags.NO_ERROR, counts -> counts.ended(StopReason.ACCEPTED));
    }

    /** A kind of error has a meter from the first time that it is seen. */
    private void addKind(ErrorKind kind) {
        if (kinds.add(kind)) {
            attempts(kind.name(), counts -> counts.errors().getOrDefault(kind, 0L));
        }
    }

    private void attempts(String error, ToLongFunction<RetryCounts> value) {
        counter(
                "respite.attempts",
                "Attempts that have ended, by the kind of error",
                Tags.of(RetryTags.ERROR, error),
                counts -> {
                    // No event announces a new kind, so each reading looks for some.
                    counts.errors().keySet().forEach(this::addKind);
                    return value.applyAsLong(counts);
                });
    }

    private FunctionCounter counter(String name, String description, Tags own, ToLongFunction<RetryCounts> value) {
        return FunctionCounter.builder(name, this, self -> value.applyAsLong(retry.counts()))
                .description(description)
                .tags(tags.and(own))
                .register(registry);
    }

    private void delay() {
        FunctionTimer.builder(
                        "respite.delay",
                        this,
                        self -> retries(),
                        self -> retry.counts().delays().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Retries that were made, and the delays before them")
                .tags(tags)
                .register(registry);
    }

    /**
     * All attempts of a call but the first. The two numbers are not read in one moment. If a call ends in
     * between, their difference may fall for a moment, which a scraper would take for a restart.
     */
    private long retries() {
        RetryCounts counts = retry.counts();
        long first =
                counts.callsByAttempts().stream().mapToLong(Long::longValue).sum();
        return retries.accumulateAndGet(counts.attempts() - first, Math::max);
    }

    private void budget() {
        Gauge.builder("respite.budget.balance", () -> retry.budget().retriesLeft())
                .description("Retries of an ordinary error that the budget would grant now, one after the other")
                .tags(tags)
                .register(registry);
        counter(
                "respite.budget.refused",
                "Retries that the budget would not pay for",
                Tags.empty(),
                RetryCounts::rejectedByBudget);
        if (retry.policy().limits().budgetWait().isPresent()) {
            budgetWaits();
        }
    }

    private void budgetWaits() {
        Gauge.builder(
                        "respite.budget.waiting",
                        () -> retry.counts().budgetWaits().waiting())
                .description("Calls that wait for the budget now")
                .tags(tags)
                .register(registry);
        for (BudgetWaitEnded.Result result : BudgetWaitEnded.Result.values()) {
            counter(
                    "respite.budget.waits",
                    "Waits for the budget that have ended, by how they ended",
                    Tags.of(RetryTags.RESULT, RetryTags.text(result)),
                    counts -> counts.budgetWaits().ended(result));
        }
        FunctionTimer.builder(
                        "respite.budget.wait",
                        this,
                        self -> retry.counts().budgetWaits().ended(),
                        self -> retry.counts().budgetWaits().total().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Waits for the budget that have ended, and how long they took")
                .tags(tags)
                .register(registry);
    }
}
