package dev.respite.driver;

import dev.respite.budget.RetryBudget.Grant;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a call between two attempts. {@link ResumableRetry} makes the next attempt from it, in this process or in
 * another. Immutable; its size is bounded.
 *
 * @param number the next attempt, from 1
 * @param lastBackoffNanos the policy's own delay before the next attempt, in nanoseconds, not negative; 0 before the first
 * @param firstStart when the first attempt began, by the wall clock: the total timeout is counted from then
 * @param payment the grants of the retry budget
 * @param first the first attempts that have ended, {@value History#MAX_LISTED} at most
 * @param last the last of the others, {@value History#MAX_LISTED} at most
 */
public record CallState(
        int number,
        long lastBackoffNanos,
        Instant firstStart,
        Payment payment,
        List<History.Entry> first,
        List<History.Entry> last) {

    /**
     * Checks the ranges and copies the lists.
     *
     * @throws IllegalArgumentException if the number is below 1, the backoff is negative, or a list is longer than {@value
     *     History#MAX_LISTED}
     */
    public CallState {
        first = List.copyOf(first);
        last = List.copyOf(last);
        if (number < 1
                || lastBackoffNanos < 0
                || first.size() > History.MAX_LISTED
                || last.size() > History.MAX_LISTED) {
            throw new IllegalArgumentException("attempt " + number + ", last backoff " + lastBackoffNanos + " ns, "
                    + first.size() + " first and " + last.size()
                    + " last attempts: attempts count from 1, times are not"
                    + " negative, and each list has at most " + History.MAX_LISTED + " entries");
        }
    }

    /**
     * The grants of the retry budget for the next attempt.
     *
     * @param retried the kind of error that the last paid retry was made for; the budget receives it if the call succeeds
     * @param unconfirmed the grant of a retry that has not reached its target yet
     * @param deferred the kind of error whose retry the budget has rejected; the budget is queried again before the attempt
     * @param deferrals how often the budget has rejected that retry
     */
    public record Payment(
            Optional<ErrorKind> retried, Optional<Grant> unconfirmed, Optional<ErrorKind> deferred, int deferrals) {

        /** Nothing was paid yet. */
        public static final Payment NONE = new Payment(Optional.empty(), Optional.empty(), Optional.empty(), 0);

        /**
         * Returns the payment of a call in memory.
         *
         * @param retried the kind of error that the last paid retry was made for; null if there is none
         * @param unconfirmed the grant of a retry that has not reached its target yet; null if there is none
         * @param deferred the kind of error whose retry the budget has rejected; null if there is none
         * @return the payment, after at most one deferral
         */
        public static Payment of(
                @Nullable ErrorKind retried, @Nullable Grant unconfirmed, @Nullable ErrorKind deferred) {
            return new Payment(
                    Optional.ofNullable(retried),
                    Optional.ofNullable(unconfirmed),
                    Optional.ofNullable(deferred),
                    deferred == null ? 0 : 1);
        }
    }

    /**
     * {@return the state of a call before its first attempt}
     *
     * @param firstStart when that begins
     */
    public static CallState begin(Instant firstStart) {
        return new CallState(1, 0, firstStart, Payment.NONE, List.of(), List.of());
    }

    /**
     * {@return this state as bytes, to be stored until the next attempt: some 40, and about as many for each attempt of the
     * history} Later versions of Respite read them.
     */
    public byte[] encode() {
        return CallStateCodec.encode(this);
    }

    /**
     * Reads a state that {@link #encode} has written.
     *
     * @param bytes the bytes
     * @return the state
     * @throws IllegalArgumentException if they are damaged, or were written by a later version of Respite
     */
    public static CallState decode(byte[] bytes) {
        return CallStateCodec.decode(bytes);
    }

    /** {@return whether no attempt has ended yet} */
    public boolean isFirst() {
        return number == 1;
    }

    /** {@return this state for an attempt that has begun: its retry has been granted} */
    public CallState begun() {
        Optional<ErrorKind> retried = payment.deferred().or(payment::retried);
        Payment begun = new Payment(retried, payment.unconfirmed(), Optional.empty(), 0);
        return new CallState(number, lastBackoffNanos, firstStart, begun, first, last);
    }

    /**
     * {@return this state after another deferral of its retry, which lengthened the last delay}
     *
     * @param kind the kind of error that is retried
     * @param delayNanos the delay until the budget is queried again, in nanoseconds
     */
    public CallState deferred(ErrorKind kind, long delayNanos) {
        Payment next = new Payment(Optional.empty(), Optional.empty(), Optional.of(kind), payment.deferrals() + 1);
        return new CallState(
                number,
                lastBackoffNanos,
                firstStart,
                next,
                last.isEmpty() ? withWait(first, delayNanos) : first,
                withWait(last, delayNanos));
    }

    private static List<History.Entry> withWait(List<History.Entry> entries, long nanos) {
        if (entries.isEmpty()) {
            return entries;
        }
        List<History.Entry> longer = new ArrayList<>(entries);
        longer.set(longer.size() - 1, longer.get(longer.size() - 1).plusWait(nanos));
        return longer;
    }
}
