package dev.respite;

import dev.respite.policy.Attempt;
import dev.respite.policy.Decision;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.StopReason;
import dev.respite.policy.Verdict;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The book of one call: which attempt it is at, what was paid, what is told to listeners. Every driver keeps this one
 * book, and so obeys the same policy in the same order.
 *
 * <p>A driver runs {@link #attempt()}, hands over its outcome to {@link #ended}, and does what that says: after a {@link
 * Decision.RetryAfter} it waits and calls {@link #resumed()}, or {@link #abandoned} if the wait was broken off. The book
 * neither waits nor draws; it is for one thread at a time.
 */
final class RetryCall<T extends @Nullable Object> {

    private final Retry retry;
    private final RetryPolicy policy;
    private final long start;
    private final @Nullable Journal journal;

    private Attempt attempt = Attempt.FIRST;
    private Outcome<T> lastOutcome;
    private @Nullable ErrorKind lastRetried;
    private long lastBackoff;

    /** Opens the book when the first attempt has ended, with its outcome. */
    RetryCall(Retry retry, long start, Outcome<T> first) {
        this.retry = retry;
        this.policy = retry.policy();
        this.start = start;
        this.journal = retry.isListened() ? new Journal() : null;
        this.lastOutcome = first;
    }

    /** The attempt to run. */
    Attempt attempt() {
        return attempt;
    }

    /** An attempt has ended: what now? The budget has been asked, and whoever listens has been told. */
    Decision<T> ended(Outcome<T> outcome, double roll) {
        lastOutcome = outcome;
        Attempt end = attempt.at(elapsed());
        Verdict verdict = classify(outcome);
        if (verdict instanceof Verdict.Transient error) {
            retry.budget().failed(error.kind());
        }
        Decision<T> decision = pay(decide(end, outcome, verdict, roll), outcome);
        write(end, outcome, verdict, decision);
        if (decision instanceof Decision.RetryAfter<T> again) {
            lastBackoff = again.backoffNanos();
            lastRetried = again.kind();
            discard(outcome);
            return decision;
        }
        return close(decision, end.elapsedNanos());
    }

    /** The wait is over. */
    void resumed() {
        attempt = attempt.next(elapsed(), lastBackoff);
    }

    /** The wait was broken off: the call ends with what it has. */
    Decision<T> abandoned(StopReason reason) {
        return close(Decision.stop(lastOutcome, reason), elapsed());
    }

    private Decision<T> pay(Decision<T> decision, Outcome<T> outcome) {
        if (decision instanceof Decision.RetryAfter<T> again) {
            boolean free = again.kind().load() == ErrorKind.Load.NONE;
            boolean granted = free || retry.budget().tryRetry(again.kind());
            return granted ? decision : Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        return decision;
    }

    private Decision<T> close(Decision<T> decision, long elapsed) {
        StopReason reason = reason(decision);
        if (reason == StopReason.ACCEPTED) {
            credit();
        }
        retry.counters().ended(attempt.number(), reason);
        if (journal != null) {
            retry.tell(new RetryEvent.CallEnded(retry.name(), reason, lastOutcome, journal.close(elapsed, reason)));
        }
        return decision;
    }

    private void credit() {
        if (lastRetried == null) {
            retry.budget().succeeded();
        } else {
            retry.budget().succeededAfter(attempt.number(), lastRetried);
        }
    }

    private void write(Attempt end, Outcome<T> outcome, Verdict verdict, Decision<T> decision) {
        if (journal == null) {
            return;
        }
        OptionalLong delay = decision instanceof Decision.RetryAfter<T> again
                ? OptionalLong.of(again.delayNanos())
                : OptionalLong.empty();
        long took = end.elapsedNanos() - attempt.elapsedNanos();
        journal.add(new History.Entry(end.number(), label(outcome, verdict), attempt.elapsedNanos(), took, delay));
        if (!(verdict instanceof Verdict.Accept)) {
            retry.tell(new RetryEvent.AttemptFailed(retry.name(), end, outcome, kind(verdict), decision));
        }
    }

    private Verdict classify(Outcome<T> outcome) {
        try {
            return policy.classify(outcome);
        } catch (RuntimeException | Error bug) {
            retry.report("classifier", bug);
            return outcome instanceof Outcome.Success<T> ? Verdict.accept() : Verdict.fatal();
        }
    }

    private Decision<T> decide(Attempt end, Outcome<T> outcome, Verdict verdict, double roll) {
        try {
            return policy.decide(end, outcome, verdict, roll);
        } catch (RuntimeException | Error bug) {
            retry.report("backoff", bug);
            return Decision.stop(outcome, StopReason.FATAL);
        }
    }

    /** What is thrown away is closed. */
    private void discard(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Success<T> success && success.value() instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception | Error bug) {
                retry.report("close", bug);
            }
        }
    }

    private long elapsed() {
        return retry.isClocked() ? Math.max(0, retry.time().nanoTime() - start) : 0;
    }

    private static StopReason reason(Decision<?> decision) {
        return decision instanceof Decision.Return<?> returned
                ? returned.reason()
                : ((Decision.Throw<?>) decision).reason();
    }

    private static ErrorKind kind(Verdict verdict) {
        return verdict instanceof Verdict.Transient error ? error.kind() : ((Verdict.Fatal) verdict).kind();
    }

    private static String label(Outcome<?> outcome, Verdict verdict) {
        if (verdict instanceof Verdict.Accept) {
            return "ok";
        }
        ErrorKind kind = kind(verdict);
        boolean named = !kind.equals(ErrorKind.OTHER);
        return !named && outcome instanceof Outcome.Failure<?> failure
                ? failure.error().getClass().getSimpleName()
                : kind.name();
    }
}
