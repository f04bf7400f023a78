package dev.respite;

import dev.respite.policy.Attempt;
import dev.respite.policy.Decision;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.StopReason;
import dev.respite.policy.Verdict;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The book of one call: which attempt it is at, what was paid, what is told to listeners. Every driver keeps this one
 * book, and so obeys the same policy in the same order.
 *
 * <p>A driver begins with {@link Retry#begin()}, runs {@link #attempt()}, hands over its outcome to {@link #ended}, and
 * does what that says: after a {@link Decision.RetryAfter} it waits and calls {@link #resumed()}. A call that is broken
 * off, in an attempt or in a wait, is {@link #abandoned}. The book does not wait; it is for one thread at a time.
 */
final class RetryCall<T extends @Nullable Object> {

    private final Retry retry;
    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final Reporter reporter;
    private final long start;
    private final @Nullable Journal journal;

    private Attempt attempt = Attempt.FIRST;
    private long attemptStart;
    private @Nullable ErrorKind lastRetried;

    /** What is waited for, and the outcome that is thrown away if it comes. */
    private Decision.@Nullable RetryAfter<T> pending;

    private @Nullable Outcome<T> rejected;

    /** Opens the book; the start is what {@link Retry#begin()} said. */
    RetryCall(Retry retry, long start) {
        this.retry = retry;
        this.policy = retry.policy();
        this.budget = retry.budget();
        this.reporter = retry.reporter();
        this.start = start;
        this.journal = reporter.isListened() ? new Journal() : null;
    }

    /** The attempt to run. */
    Attempt attempt() {
        return attempt;
    }

    /** An attempt has ended: what now? The budget has been asked, and whoever listens has been told. */
    Decision<T> ended(Outcome<T> outcome) {
        long now = elapsed();
        Attempt end = attempt.at(counted(now));
        Verdict verdict = classify(outcome);
        Decision<T> decision = verdict instanceof Verdict.Transient error
                ? pay(decide(end, outcome, error), outcome)
                : policy.decide(end, outcome, verdict, 0);
        write(end, now, outcome, verdict, decision);
        if (decision instanceof Decision.RetryAfter<T> again) {
            pending = again;
            rejected = outcome;
            return decision;
        }
        return close(decision, outcome, now);
    }

    /** The wait is over: the last outcome is thrown away, and the next attempt begins. */
    void resumed() {
        Decision.RetryAfter<T> again = Objects.requireNonNull(pending, "no attempt was decided on");
        pending = null;
        lastRetried = again.kind();
        discard();
        attemptStart = elapsed();
        attempt = attempt.next(counted(attemptStart), again.backoffNanos());
    }

    /** The call is broken off, and ends with what it has. A retry that was paid for and not made is given back. */
    Decision<T> abandoned(StopReason reason, Outcome<T> outcome) {
        if (pending != null) {
            giveBack(pending.kind());
        }
        return close(Decision.stop(outcome, reason), outcome, elapsed());
    }

    private Decision<T> decide(Attempt end, Outcome<T> outcome, Verdict.Transient error) {
        if (isPaid(error.kind())) {
            budget.failed(error.kind());
        }
        try {
            return policy.decide(end, outcome, error, retry.time().roll());
        } catch (Throwable bug) {
            reporter.report("backoff", bug);
            return Decision.stop(outcome, StopReason.FATAL);
        }
    }

    private Decision<T> pay(Decision<T> decision, Outcome<T> outcome) {
        if (decision instanceof Decision.RetryAfter<T> again
                && isPaid(again.kind())
                && !budget.tryRetry(again.kind())) {
            return Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        return decision;
    }

    private void giveBack(ErrorKind kind) {
        if (isPaid(kind)) {
            budget.notMade(kind);
        }
    }

    /** What never reached its target is no business of the budget. */
    private static boolean isPaid(ErrorKind kind) {
        return kind.load() != ErrorKind.Load.NONE;
    }

    private Decision<T> close(Decision<T> last, Outcome<T> outcome, long now) {
        StopReason reason =
                last instanceof Decision.Return<T> returned ? returned.reason() : ((Decision.Throw<T>) last).reason();
        if (reason == StopReason.ACCEPTED) {
            credit();
        }
        reporter.counters().ended(attempt.number(), reason);
        if (journal != null) {
            reporter.tell(new RetryEvent.CallEnded(reporter.name(), reason, outcome, journal.close(now, reason)));
        }
        return last;
    }

    private void credit() {
        if (lastRetried == null) {
            budget.succeeded();
        } else {
            budget.succeededAfter(attempt.number(), lastRetried);
        }
    }

    private void write(Attempt end, long now, Outcome<T> outcome, Verdict verdict, Decision<T> decision) {
        if (journal == null) {
            return;
        }
        OptionalLong delay = decision instanceof Decision.RetryAfter<T> again
                ? OptionalLong.of(again.delayNanos())
                : OptionalLong.empty();
        String label = Labels.of(outcome, verdict);
        journal.add(new History.Entry(end.number(), label, attemptStart, now - attemptStart, delay));
        if (!(verdict instanceof Verdict.Accept)) {
            ErrorKind kind = Labels.kind(verdict);
            reporter.tell(new RetryEvent.AttemptFailed(reporter.name(), end, outcome, kind, decision));
        }
    }

    private Verdict classify(Outcome<T> outcome) {
        try {
            return Objects.requireNonNull(policy.classify(outcome), "the classifier has no verdict");
        } catch (Throwable bug) {
            reporter.report("classifier", bug);
            return outcome instanceof Outcome.Success<T> ? Verdict.accept() : Verdict.fatal();
        }
    }

    /** What is thrown away is closed. */
    private void discard() {
        if (rejected instanceof Outcome.Success<T> success && success.value() instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable bug) {
                if (bug instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                reporter.report("close", bug);
            }
        }
        rejected = null;
    }

    private long elapsed() {
        return retry.isClocked() ? Math.max(0, retry.time().nanoTime() - start) : 0;
    }

    /** What the policy sees of the time: nothing, where it has no total timeout, whoever listens. */
    private long counted(long elapsed) {
        return policy.limits().totalTimeout().isPresent() ? elapsed : 0;
    }
}
