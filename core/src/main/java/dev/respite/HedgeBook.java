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
 * <p>It is for one thread at a time, but for {@link #lap}, {@link #call} and {@link #retry}, which do not change.
 */
final class HedgeBook<T extends @Nullable Object> {

    /** An attempt that is slow: no error, and no sign of overload either, since one in twenty is slow by intention. */
    static final ErrorKind UNANSWERED = ErrorKind.of("unanswered");

    private final Retry retry;
    private final RetryBudget allowance;
    private final RetryCall<T> call;

    /** What the next attempt was paid as. */
    private @Nullable ErrorKind paid;

    /** What the budget took for it; null if it was free. */
    private @Nullable Grant grant;

    private boolean noMore;

    /** One attempt, as it began; its recorder is its own. */
    record Lap(Attempt attempt, long startNanos, @Nullable FlightRecorder recorder) {}

    /** Opens the book of a call that begins now, on this thread. */
    HedgeBook(Retry retry, RetryBudget allowance) {
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
    Lap lap(int number) {
        long now = call.elapsed();
        return new Lap(new Attempt(number, call.counted(now), 0), now, FlightRecorder.ofCall());
    }

    /** The attempt that was paid for has begun. */
    void begun() {
        call.hedged(Objects.requireNonNull(paid, "nothing was paid"));
        paid = null;
        grant = null;
    }

    /** The attempt that was paid for will not be made. */
    void notMade() {
        ErrorKind kind = Objects.requireNonNull(paid, "nothing was paid");
        if (kind.equals(UNANSWERED)) {
            allowance.notMade(kind);
        }
        if (grant != null) {
            retry.purse().refund(grant);
        }
        paid = null;
        grant = null;
        noMore = true;
    }

    /** Whether a hedge may be requested, so long from now. */
    boolean mayHedge(long delayNanos) {
        int most = retry.policy().limits().maxAttempts();
        long total = retry.policy()
                .limits()
                .totalTimeout()
                .map(Stages::saturatedNanos)
                .orElse(Long.MAX_VALUE);
        return !noMore && call.attempt().number() < most && call.elapsed() < total - delayNanos;
    }

    /** Whether a hedge is granted, by what limits hedges and by the budget that all retries have. */
    boolean payHedge() {
        if (!allowance.tryRetry(UNANSWERED)) {
            retry.reporter().counters().refused();
            return false;
        }
        // Its latency is no sign of a queue: a hedge is sent because an attempt is slow.
        long now = call.elapsed();
        FailedAttempt slow = call.failed(call.attempt().number(), UNANSWERED, now, now);
        Optional<Grant> granted = retry.purse().take(slow, retry.time()::roll);
        if (granted.isEmpty()) {
            allowance.notMade(UNANSWERED);
            retry.reporter().counters().refused();
            return false;
        }
        paid = UNANSWERED;
        grant = granted.get();
        return true;
    }

    /**
     * An attempt has ended: what does that mean for the call? A next attempt that is paid for already is not paid for again.
     */
    Decision<T> ended(Lap lap, Outcome<T> outcome, Verdict verdict, AtomicReference<Object[]> inner) {
        long now = call.elapsed();
        call.judges(lap.startNanos());
        Decision<T> decision = decide(lap, call.attempt().at(call.counted(now)), outcome, verdict, inner, now);
        if (decision instanceof Decision.RetryAfter<T> again) {
            if (paid == null) {
                paid = again.kind();
                retry.reporter().counters().delayed(again.delayNanos());
            }
        } else {
            noMore = true;
        }
        OptionalLong delay = decision instanceof Decision.RetryAfter<T> again
                ? OptionalLong.of(again.delayNanos())
                : OptionalLong.empty();
        write(lap, now, Labels.of(outcome, verdict), delay);
        if (call.journal() != null) {
            call.tellFailure(lap.attempt().at(now), outcome, verdict, decision);
        }
        return decision;
    }

    /** The policy counts the attempts that were made, whichever of them has ended. */
    private Decision<T> decide(
            Lap lap, Attempt newest, Outcome<T> outcome, Verdict verdict, AtomicReference<Object[]> inner, long now) {
        if (!(verdict instanceof Verdict.Transient error)) {
            return retry.policy().decide(newest, outcome, verdict, 0);
        }
        FailedAttempt failed = call.failed(lap.attempt().number(), error.kind(), lap.startNanos(), now);
        Decision<T> decision = call.decided(newest, outcome, error, inner, failed);
        if (paid != null
                || !(decision instanceof Decision.RetryAfter<T> again)
                || !RetryCall.reachesTarget(again.kind())) {
            return decision;
        }
        Optional<Grant> granted = call.pay(failed);
        if (granted.isEmpty()) {
            return Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        grant = granted.get();
        return decision;
    }

    /** Discards an outcome that no caller receives. */
    void discard(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Success<T> success) {
            call.discard(success.value());
        }
    }

    /** An attempt is broken off, since the call ends. */
    void lost(Lap lap) {
        write(lap, call.elapsed(), "cancelled", OptionalLong.empty());
    }

    /** The call ends. */
    void close(Decision<T> last, Outcome<T> outcome) {
        call.close(last, outcome, call.elapsed());
        if (last instanceof Decision.Return<T> returned && returned.reason() == StopReason.ACCEPTED) {
            allowance.succeeded();
        }
    }

    private void write(Lap lap, long now, String label, OptionalLong delay) {
        Journal journal = call.journal();
        if (journal != null) {
            long start = lap.startNanos();
            journal.add(new History.Entry(lap.attempt().number(), label, start, now - start, delay), lap.recorder());
        }
    }
}
