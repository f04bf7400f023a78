package dev.respite;

import dev.respite.policy.Attempt;
import dev.respite.policy.Decision;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Nested;
import dev.respite.policy.Outcome;
import dev.respite.policy.StopReason;
import dev.respite.policy.Verdict;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The book of one call: which attempt it is at, what was paid, what is told to listeners. Every driver keeps this one
 * book, and so obeys the same policy in the same order.
 *
 * <p>A driver begins with {@link Retry#begin()}, runs {@link #attempt()}, hands over its outcome to {@link #ended}, and
 * does what that says: after a {@link Decision.RetryAfter} it waits and calls {@link #resumed()}. A wait that is broken
 * off is {@link #abandoned}; a call that its caller breaks off is {@link #cancelled}. The book does not wait; it is for one
 * thread at a time.
 */
final class RetryCall<T extends @Nullable Object> {

    private final Retry retry;
    private final long start;
    private final int began;
    private final @Nullable Journal journal;

    private Attempt attempt = Attempt.FIRST;
    private @Nullable ErrorKind lastRetried;

    /** What is waited for, and the outcome that is thrown away if it comes. */
    private Decision.@Nullable RetryAfter<T> pending;

    private @Nullable Outcome<T> rejected;

    /** Opens the book; the start is what {@link Retry#begin()} said, the tick what {@link Nest#tick()} did. */
    RetryCall(Retry retry, long start, int began) {
        this.retry = retry;
        this.start = start;
        this.began = began;
        this.journal = retry.reporter().isListened() ? new Journal() : null;
    }

    /** The attempt to run. */
    Attempt attempt() {
        return attempt;
    }

    /**
     * An attempt has ended: what now? The budget has been asked, and whoever listens has been told.
     *
     * @param inner where calls inside this attempt have left word
     */
    Decision<T> ended(Outcome<T> outcome, @Nullable Nest inner) {
        long now = elapsed();
        Attempt end = attempt.at(counted(now));
        Verdict verdict = classify(outcome);
        Decision<T> decision = verdict instanceof Verdict.Transient error
                ? retried(end, outcome, error, inner)
                : retry.policy().decide(end, outcome, verdict, 0);
        if (!(verdict instanceof Verdict.Accept)) {
            retry.reporter().counters().failed(Labels.kind(verdict));
        }
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
        discardRejected();
        retry.reporter().counters().waited(again.delayNanos());
        long now = elapsed();
        if (journal != null) {
            journal.begin(now);
        }
        attempt = attempt.next(counted(now), again.backoffNanos());
    }

    /** The wait is broken off, and the call ends with what it has. A retry that was paid for and not made is given back. */
    Decision<T> abandoned(StopReason reason) {
        Outcome<T> last = Objects.requireNonNull(rejected, "no attempt was decided on");
        giveBack();
        return close(Decision.stop(last, reason), last, elapsed());
    }

    /** The caller wants no more of this call, in an attempt or in a wait, and has this instead. */
    void cancelled(Outcome<T> instead) {
        giveBack();
        discardRejected();
        long now = elapsed();
        retry.reporter().counters().ended(attempt.number(), StopReason.CANCELLED);
        tellEnd(StopReason.CANCELLED, instead, now);
    }

    /** Leaves word for those who enclose this call, if it ends though another try might have helped. */
    void leaveWord(Decision<T> last, Supplier<Nest> outer) {
        if (last instanceof Decision.Throw<T> failed && givesUp(failed.reason())) {
            outer.get().giveWord(failed.error(), began);
        } else if (last instanceof Decision.Return<T> returned
                && returned.value() != null
                && givesUp(returned.reason())) {
            outer.get().giveWord(returned.value(), began);
        }
    }

    /** A call that may make but one attempt has not retried: whoever encloses it may. */
    private boolean givesUp(StopReason reason) {
        return switch (reason) {
            case ATTEMPTS_EXHAUSTED -> attempt.number() > 1;
            case TOTAL_TIMEOUT, BUDGET_EXHAUSTED, HINT_TOO_LONG, ALREADY_RETRIED -> true;
            default -> false;
        };
    }

    /** What nobody gets is closed. */
    void discard(@Nullable Object value) {
        if (value instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable bug) {
                if (bug instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                retry.reporter().report("close", bug);
            }
        }
    }

    /** The stage, as long as the attempt may take. */
    CompletionStage<? extends T> limited(CompletionStage<? extends T> stage) {
        Optional<Duration> limit = retry.policy().timeoutOf(attempt);
        return limit.isPresent() ? Stages.within(stage, limit.get(), this) : stage;
    }

    TimeSource time() {
        return retry.time();
    }

    private Decision<T> retried(Attempt end, Outcome<T> outcome, Verdict.Transient error, @Nullable Nest inner) {
        if (inner != null && retry.policy().limits().nested() == Nested.SUPPRESS && inner.hasWord(outcome, began)) {
            return Decision.stop(outcome, StopReason.ALREADY_RETRIED);
        }
        return pay(decide(end, outcome, error), outcome);
    }

    private Decision<T> decide(Attempt end, Outcome<T> outcome, Verdict.Transient error) {
        if (isPaid(error.kind())) {
            retry.budget().failed(error.kind());
        }
        try {
            return retry.policy().decide(end, outcome, error, retry.time().roll());
        } catch (Throwable bug) {
            retry.reporter().report("backoff", bug);
            return Decision.stop(outcome, StopReason.FATAL);
        }
    }

    private Decision<T> pay(Decision<T> decision, Outcome<T> outcome) {
        if (decision instanceof Decision.RetryAfter<T> again
                && isPaid(again.kind())
                && !retry.budget().tryRetry(again.kind())) {
            retry.reporter().counters().refused();
            return Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        return decision;
    }

    private void giveBack() {
        if (pending != null && isPaid(pending.kind())) {
            retry.budget().notMade(pending.kind());
        }
        pending = null;
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
        retry.reporter().counters().ended(attempt.number(), reason);
        tellEnd(reason, outcome, now);
        return last;
    }

    private void tellEnd(StopReason reason, Outcome<T> outcome, long now) {
        if (journal != null) {
            Reporter reporter = retry.reporter();
            reporter.tell(new RetryEvent.CallEnded(reporter.name(), reason, outcome, journal.close(now, reason)));
        }
    }

    private void credit() {
        if (lastRetried == null) {
            retry.budget().succeeded();
        } else {
            retry.budget().succeededAfter(attempt.number(), lastRetried);
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
        journal.add(end.number(), label, now, delay);
        if (!(verdict instanceof Verdict.Accept)) {
            ErrorKind kind = Labels.kind(verdict);
            Reporter reporter = retry.reporter();
            reporter.tell(new RetryEvent.AttemptFailed(reporter.name(), end, outcome, kind, decision));
        }
    }

    private Verdict classify(Outcome<T> outcome) {
        try {
            return Objects.requireNonNull(retry.policy().classify(outcome), "the classifier has no verdict");
        } catch (Throwable bug) {
            retry.reporter().report("classifier", bug);
            return outcome instanceof Outcome.Success<T> ? Verdict.accept() : Verdict.fatal();
        }
    }

    private void discardRejected() {
        if (rejected instanceof Outcome.Success<T> success) {
            discard(success.value());
        }
        rejected = null;
    }

    private long elapsed() {
        return retry.isClocked() ? Math.max(0, retry.time().nanoTime() - start) : 0;
    }

    /** What the policy sees of the time: nothing, where it has no total timeout, whoever listens. */
    private long counted(long elapsed) {
        return retry.policy().limits().totalTimeout().isPresent() ? elapsed : 0;
    }
}
