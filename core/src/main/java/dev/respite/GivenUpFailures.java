package dev.respite;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The failures and values that calls inside an attempt have given up on. The calls around them do not retry those: three layers of
 * three attempts are three attempts, not 27.
 *
 * <p>An asynchronous attempt has a set of its own. A blocking call uses the set of its
 * thread, or of the attempt in which it runs. So a call that succeeds at once need not find out whether it is inside another. Therefore a set may hold a record from a call that has
 * ended long ago. Its age distinguishes it. An epoch begins with each record; a call reads the epoch when it begins, and
 * disregards the records of calls that began before it:
 *
 * <pre>
 *   epoch       4    4          5              5        6
 *   outer       begins                                  fails with E: the record of E is from 4, not before 4: counts
 *     inner          begins     gives up on E
 *
 *   other       begins at 4     gives up on E           (an earlier call on this thread; E is a constant)
 *   a call                                     begins   fails with E: the record of E is from 4, before 5: disregarded
 * </pre>
 *
 * <p>Calls that overlap are distinguished too, where one does not enclose the other. An asynchronous call whose first attempt
 * is not over at once ends its epoch, so a call that begins beside it on the same thread is later. A {@linkplain
 * NestedRetries#propagate propagated} task has a set within the set of its origin: the set receives what ends in the task only, and
 * passes it on. Two blocking calls that share a set otherwise, by {@link NestedRetries.Enclosing#enter}, are not distinguished.
 *
 * <p>A set consists of classes of the JDK only: it stays with its thread when the application that made the call, and Respite
 * with it, is unloaded. It is an array that is replaced as a whole: the epochs, {@code int[]}, the set around it, and a {@link
 * WeakReference} for each epoch. The thread-local and the epoch of this class are static and mutable. The epoch is read without
 * contention, since it changes only when a call gives up or waits for an asynchronous attempt.
 */
final class GivenUpFailures {

    private static final ThreadLocal<@Nullable AtomicReference<Object[]>> CURRENT = new ThreadLocal<>();

    private static final AtomicInteger EPOCH = new AtomicInteger();

    /** Marks a set that has no enclosing set. */
    private static final String OUTERMOST = "outermost";

    private static final Object[] NONE = {new int[0], OUTERMOST};

    /** The number of the first reference. */
    private static final int FIRST = 2;

    /** In a deeper task, sets are shared: tasks that pass themselves on for ever make no endless chain. */
    private static final int MAX_NESTED = 8;

    /** Marks the set of a hedged attempt, which has no enclosing set. */
    private static final String HEDGE = "hedge";

    private static final Object[] HEDGED = {new int[0], HEDGE};

    /** Calls that run side by side in one attempt may each give up; as many records are kept. */
    private static final int MAX_KEPT = 8;

    /** No real chain of causes, or of wrappers, is longer. */
    private static final int MAX_DEPTH = 32;

    private GivenUpFailures() {}

    /** The epoch, for a call that begins. */
    static int epoch() {
        return EPOCH.get();
    }

    /** Ends the epoch: calls that begin from now on are later than those that have begun. */
    static void endEpoch() {
        EPOCH.incrementAndGet();
    }

    /** An empty set, for an asynchronous attempt. */
    static AtomicReference<Object[]> create() {
        return new AtomicReference<>(NONE);
    }

    /** An empty set, for an attempt of a hedged call. */
    static AtomicReference<Object[]> createHedged() {
        return new AtomicReference<>(HEDGED);
    }

    /** Returns whether this thread starts an attempt of a hedged call, or runs a task of one. */
    static boolean isHedged() {
        for (@Nullable AtomicReference<Object[]> set = CURRENT.get(); set != null; set = around(set)) {
            if (set.get()[1] == HEDGE) {
                return true;
            }
        }
        return false;
    }

    /** Creates an empty set within another, for a task. The other set also receives the failures that this one receives. */
    static AtomicReference<Object[]> within(AtomicReference<Object[]> around) {
        int depth = 0;
        for (@Nullable AtomicReference<Object[]> set = around; set != null; set = around(set)) {
            depth++;
        }
        return depth >= MAX_NESTED ? around : new AtomicReference<>(new Object[] {new int[0], around});
    }

    @SuppressWarnings("unchecked") // written by within
    private static @Nullable AtomicReference<Object[]> around(AtomicReference<Object[]> set) {
        return set.get()[1] instanceof AtomicReference<?> around ? (AtomicReference<Object[]>) around : null;
    }

    /** The set in which a call that begins on this thread records its failure if it gives up. */
    static AtomicReference<Object[]> current() {
        AtomicReference<Object[]> known = CURRENT.get();
        if (known == null) {
            known = create();
            CURRENT.set(known);
        }
        return known;
    }

    /** The set in which calls inside an attempt on this thread have recorded what they gave up on, if there is one. */
    static @Nullable AtomicReference<Object[]> ofThread() {
        return CURRENT.get();
    }

    /** Sets the set of this thread; returns the set that it had before. */
    static @Nullable AtomicReference<Object[]> enter(AtomicReference<Object[]> set) {
        AtomicReference<Object[]> before = CURRENT.get();
        CURRENT.set(set);
        return before;
    }

    /** Gives the thread the set that it had before. */
    static void leave(@Nullable AtomicReference<Object[]> before) {
        CURRENT.set(before);
    }

    /** Records that a call which began in that epoch has given up on a failure or a value. */
    static void record(AtomicReference<Object[]> set, Object subject, int epoch) {
        for (@Nullable AtomicReference<Object[]> to = set; to != null; to = around(to)) {
            to.updateAndGet(records -> with(records, subject, epoch));
        }
        endEpoch();
    }

    /**
     * Records the end of a call that has given up, though another attempt might have succeeded.
     *
     * @param enclosing the set of the calls that enclose it; null for the set of this thread
     */
    static void recordEnd(Decision<?> last, int attempts, @Nullable AtomicReference<Object[]> enclosing, int epoch) {
        if (last instanceof Decision.Throw<?> failed && givesUp(failed.reason(), attempts)) {
            recordEnd(failed.error(), enclosing, epoch);
        } else if (last instanceof Decision.Return<?> returned
                && returned.value() != null
                && givesUp(returned.reason(), attempts)) {
            recordEnd(returned.value(), enclosing, epoch);
        }
    }

    private static void recordEnd(Object givenUp, @Nullable AtomicReference<Object[]> enclosing, int epoch) {
        if (givenUp instanceof NestedRetries.Wrapper wrapper) {
            wrapper.givenUp();
        }
        record(enclosing == null ? current() : enclosing, givenUp, epoch);
    }

    /** A call that may make only one attempt has not retried: the call that encloses it may. */
    private static boolean givesUp(StopReason reason, int attempts) {
        return switch (reason) {
            case ATTEMPTS_EXHAUSTED, RETRY_FORBIDDEN_BY_SERVER -> attempts > 1;
            case TOTAL_TIMEOUT, BUDGET_EXHAUSTED, RETRY_AFTER_TOO_LONG, ALREADY_RETRIED -> true;
            default -> false;
        };
    }

    /** The newest record comes first. */
    private static Object[] with(Object[] records, Object subject, int epoch) {
        int[] before = (int[]) records[0];
        int kept = Math.min(before.length, MAX_KEPT - 1);
        int[] epochs = new int[kept + 1];
        Object[] next = new Object[kept + FIRST + 1];
        epochs[0] = epoch;
        next[0] = epochs;
        next[1] = records[1];
        next[FIRST] = new WeakReference<>(subject);
        System.arraycopy(before, 0, epochs, 1, kept);
        System.arraycopy(records, FIRST, next, FIRST + 1, kept);
        return next;
    }

    /**
     * Returns whether a call that did not begin before the epoch has given up on this outcome or on an object inside of it.
     *
     * <p>Objects are compared by identity, so only objects count that exist once: throwables, {@link NestedRetries.Wrapper}s, and
     * values that have to be closed, as a response has. Any other value may be a constant that two calls return independently,
     * such as {@code Boolean.FALSE}. It counts inside of a wrapper, which was made of it.
     */
    static boolean contains(AtomicReference<Object[]> set, Outcome<?> outcome, int epoch) {
        Object[] records = set.get();
        if (records == NONE) {
            return false;
        }
        @Nullable
        Object subject = outcome instanceof Outcome.Failure<?> failure
                ? failure.error()
                : ((Outcome.Success<?>) outcome).value();
        if (!existsOnce(subject)) {
            return false;
        }
        for (int depth = 0; subject != null && depth < MAX_DEPTH; depth++) {
            if (contains(records, subject, epoch)) {
                return true;
            }
            subject = inside(subject);
        }
        return false;
    }

    /**
     * Returns whether a call inside an attempt has given up on its outcome.
     *
     * @param inner the set in which calls inside the attempt have recorded what they gave up on; null if there is none
     */
    static boolean isGivenUp(Outcome<?> outcome, @Nullable AtomicReference<Object[]> inner, int epoch) {
        return (inner != null && contains(inner, outcome, epoch))
                || (outcome instanceof Outcome.Failure<?> failure
                        && FactReader.states(failure.error(), Condition.ALREADY_RETRIED));
    }

    /** Returns whether a call has given up, on whatever, inside the attempt that alone has the set. */
    static boolean hasAny(AtomicReference<Object[]> inner) {
        return ((int[]) inner.get()[0]).length > 0;
    }

    /**
     * Returns whether a call that did not begin before the epoch has given up, on whatever.
     *
     * @param inner the set in which calls inside an attempt have recorded what they gave up on; null if there is none
     */
    static boolean hasAny(@Nullable AtomicReference<Object[]> inner, int epoch) {
        if (inner != null) {
            for (int recorded : (int[]) inner.get()[0]) {
                if (recorded - epoch >= 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns whether any call of this set, or of one around it, has given up on a failure or one of its causes. */
    static boolean containsOfAnyEpoch(AtomicReference<Object[]> innermost, Throwable failure) {
        for (@Nullable AtomicReference<Object[]> set = innermost; set != null; set = around(set)) {
            Object[] records = set.get();
            @Nullable Throwable error = failure;
            for (int depth = 0; error != null && depth < MAX_DEPTH; depth++) {
                for (int i = 0; i < records.length - FIRST; i++) {
                    if (isOf(records, i, error)) {
                        return true;
                    }
                }
                error = error.getCause();
            }
        }
        return false;
    }

    private static boolean existsOnce(@Nullable Object subject) {
        return subject instanceof Throwable
                || subject instanceof NestedRetries.Wrapper
                || subject instanceof AutoCloseable;
    }

    private static @Nullable Object inside(Object subject) {
        if (subject instanceof Throwable error) {
            return error.getCause();
        }
        return subject instanceof NestedRetries.Wrapper wrapper ? wrapper.wrapped() : null;
    }

    private static boolean contains(Object[] records, Object subject, int epoch) {
        int[] epochs = (int[]) records[0];
        for (int i = 0; i < epochs.length; i++) {
            // The difference, since the epoch may overflow.
            if (isOf(records, i, subject) && epochs[i] - epoch >= 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOf(Object[] records, int number, Object subject) {
        return ((WeakReference<?>) records[FIRST + number]).get() == subject;
    }
}
