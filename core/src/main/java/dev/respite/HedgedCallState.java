package dev.respite;

import dev.respite.RetryBudget.FailedAttempt;
import dev.respite.RetryBudget.Grant;
import dev.respite.policy.Attempt;
import dev.respite.policy.Decision;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Outcome;
import dev.respite.policy.StopReason;
import dev.respite.policy.Verdict;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The book of one hedged call: that of any call, kept for attempts that run side by side. At most one further attempt is paid
 * for and has not begun.
 *
 * <p>It is for one thread at a time, but for {@link #attemptStart}, {@link #call} and {@link #retry}, which do not change.
 */
final class HedgedCallState<T extends @Nullable Object> {

    /** An attempt that is slow: no error, and no sign of overload either, since one in twenty is slow by intention. */
    static final ErrorKind UNANSWERED = ErrorKind.of("unanswered");

    private final Retry retry;
    private final RetryBudget allowance;
    private final RetryCall<T> call;

    /** What the next attempt was paid as. */
    private @Nullable ErrorKind nextKind;

    /** What the budget took for it; null if it was free. */
    private @Nullable Grant nextGrant;

    private boolean isExhausted;

    /** One attempt, as it began; its recorder is its own. */
    record AttemptStart(
            Attempt attempt, long startNanos, @Nullable FlightRecorder recorder) {}

    /** Opens the book of a call that begins now, on this thread. */
    HedgedCallState(Retry retry, RetryBudget allowance) {
        this.retry = retry;
        this.allowance = allowance;
        this.call = new RetryCall<>(
                retry, retry.begin(), GivenUpFailures.epoch(), GivenUpFailures.current(), FlightRecorder.ofCall());
    }

    /** What is the same in every call. */
    RetryCall<T> call() {
        return call;
    }

    /** Under which policy, in which time, the call is made. */
    Retry retry() {
        return retry;
    }

    /** The number of the attempt that would be next. */
    int next() {
        return call.attempt().number() + 1;
    }

    /** An attempt of that number, as it begins now. */
    AttemptStart attemptStart(int number) {
        long now = call.elapsed();
        return new AttemptStart(new Attempt(number, call.policyTime(now), 0), now, FlightRecorder.ofCall());
    }

    /** The attempt that was paid for has begun. */
    void nextStarted() {
        call.hedgeStarted(Objects.requireNonNull(nextKind, "nothing was paid"));
        nextKind = null;
        nextGrant = null;
    }

    /** The attempt that was paid for will not be made. */
    void refundNext() {
        ErrorKind kind = Objects.requireNonNull(nextKind, "nothing was paid");
        if (kind.equals(UNANSWERED)) {
            allowance.refund(kind);
        }
        if (nextGrant != null) {
            retry.guardedBudget().refund(nextGrant);
        }
        nextKind = null;
        nextGrant = null;
        isExhausted = true;
    }

    /** Whether a hedge may be requested, so long from now. */
    boolean mayHedge(long delayNanos) {
        int most = retry.policy().limits().maxAttempts();
        long total = retry.policy()
                .limits()
                .totalTimeout()
                .map(Stages::saturatedNanos)
                .orElse(Long.MAX_VALUE);
        return !isExhausted && call.attempt().number() < most && call.elapsed() < total - delayNanos;
    }

    /** Whether a hedge is granted, by what limits hedges and by the budget that all retries have. */
    boolean acquireHedge() {
        if (!allowance.tryAcquire(UNANSWERED)) {
            retry.reporter().counters().rejected();
            return false;
        }
        // Its latency is no sign of a queue: a hedge is sent because an attempt is slow.
        long now = call.elapsed();
        FailedAttempt slow = call.failedAttempt(call.attempt().number(), UNANSWERED, now, now);
        Optional<Grant> granted = retry.guardedBudget().acquire(slow, retry.time()::roll);
        if (granted.isEmpty()) {
            allowance.refund(UNANSWERED);
            retry.reporter().counters().rejected();
            return false;
        }
        nextKind = UNANSWERED;
        nextGrant = granted.get();
        return true;
    }

    /**
     * An attempt has ended: what does that mean for the call? A next attempt that is paid for already is not paid for again.
     */
    Decision<T> attemptEnded(AttemptStart lap, Outcome<T> outcome, Verdict verdict, AtomicReference<Object[]> inner) {
        long now = call.elapsed();
        call.setAttemptStart(lap.startNanos());
        Decision<T> decision = decide(lap, call.attempt().at(call.policyTime(now)), outcome, verdict, inner, now);
        if (decision instanceof Decision.RetryAfter<T> again) {
            if (nextKind == null) {
                nextKind = again.kind();
                retry.reporter().counters().delayed(again.delayNanos());
            }
        } else {
            isExhausted = true;
        }
        OptionalLong delay = decision instanceof Decision.RetryAfter<T> again
                ? OptionalLong.of(again.delayNanos())
                : OptionalLong.empty();
        record(lap, now, Labels.of(outcome, verdict), delay);
        if (call.history() != null) {
            call.publishFailure(lap.attempt().at(now), outcome, verdict, decision);
        }
        return decision;
    }

    /** The policy counts the attempts that were made, whichever of them has ended. */
    private Decision<T> decide(
            AttemptStart lap,
            Attempt newest,
            Outcome<T> outcome,
            Verdict verdict,
            AtomicReference<Object[]> inner,
            long now) {
        if (!(verdict instanceof Verdict.Transient error)) {
            return retry.policy().decide(newest, outcome, verdict, 0);
        }
        FailedAttempt failed = call.failedAttempt(lap.attempt().number(), error.kind(), lap.startNanos(), now);
        Decision<T> decision = call.decideUnpaid(newest, outcome, error, inner, failed);
        if (nextKind != null
                || !(decision instanceof Decision.RetryAfter<T> again)
                || !RetryCall.reachesTarget(again.kind())) {
            return decision;
        }
        Optional<Grant> granted = call.acquire(failed);
        if (granted.isEmpty()) {
            return Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        nextGrant = granted.get();
        return decision;
    }

    /** Discards an outcome that no caller receives. */
    void discard(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Success<T> success) {
            call.discard(success.value());
        }
    }

    /** An attempt is broken off, since the call ends. */
    void recordCancelled(AttemptStart lap) {
        record(lap, call.elapsed(), "cancelled", OptionalLong.empty());
    }

    /** The call ends. */
    void end(Decision<T> last, Outcome<T> outcome) {
        call.end(last, outcome, call.elapsed());
        if (last instanceof Decision.Return<T> returned && returned.reason() == StopReason.ACCEPTED) {
            allowance.succeeded();
        }
    }

    private void record(AttemptStart lap, long now, String label, OptionalLong delay) {
        HistoryRecorder journal = call.history();
        if (journal != null) {
            long start = lap.startNanos();
            journal.add(new History.Entry(lap.attempt().number(), label, start, now - start, delay), lap.recorder());
        }
    }
}
