package dev.respite;

import dev.respite.policy.Outcome;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls inside an attempt leave word of what they have given up on, so that whoever encloses them does not try
 * all of it again: three layers of three attempts are three attempts, not 27.
 *
 * <p>An asynchronous attempt has a nest of its own. Blocking calls share that of their thread, or of the attempt in which
 * they run: so a call that succeeds at once need not know whether it is inside another. That has a price: a nest may hold
 * word from a call that is long over. It is told apart by its age. A clock ticks at each word that is left; a call reads it
 * when it begins, and believes no word of a call that had begun before it:
 *
 * <pre>
 *   tick        4    4          5              5        6
 *   outer       begins                                  fails with E: word of E is from 4, not before 4: believed
 *     inner          begins     gives up on E
 *
 *   other       begins at 4     gives up on E           (an earlier call on this thread; E is a constant)
 *   a call                                     begins   fails with E: word of E is from 4, before 5: not believed
 * </pre>
 *
 * <p>This file has one of the two mutable statics of Respite, the thread-local, and beside it the clock, which is read
 * without contention since it ticks only when a call has failed for good.
 */
final class Nest {

    private static final ThreadLocal<@Nullable Nest> CURRENT = new ThreadLocal<>();

    private static final AtomicInteger CLOCK = new AtomicInteger();

    /** Calls that run side by side in one attempt may each leave a word; as many are kept. */
    private static final int KEPT = 8;

    /** No honest chain of causes, or of wrappers, is longer. */
    private static final int DEEPEST = 32;

    private final AtomicReference<List<Word>> words = new AtomicReference<>(List.of());

    /** What was given up on, by a call that had begun at that tick. */
    private static final class Word extends WeakReference<Object> {
        private final int began;

        Word(Object subject, int began) {
            super(subject);
            this.began = began;
        }
    }

    /** The tick, for a call that begins. */
    static int tick() {
        return CLOCK.get();
    }

    /** Where a call that begins on this thread will leave its word. */
    static Nest current() {
        Nest known = CURRENT.get();
        if (known == null) {
            known = new Nest();
            CURRENT.set(known);
        }
        return known;
    }

    /** Where calls inside an attempt on this thread have left their word, if any has. */
    static @Nullable Nest ofThread() {
        return CURRENT.get();
    }

    /** Makes this nest that of the thread, and says which was before. */
    @Nullable
    Nest enter() {
        Nest before = CURRENT.get();
        CURRENT.set(this);
        return before;
    }

    /** Gives the thread its nest back. */
    static void leave(@Nullable Nest before) {
        CURRENT.set(before);
    }

    /** A call that had begun at the tick has given up on a failure or a value. */
    void giveWord(Object subject, int began) {
        Word word = new Word(subject, began);
        words.updateAndGet(
                now -> Stream.concat(Stream.of(word), now.stream()).limit(KEPT).toList());
        CLOCK.incrementAndGet();
    }

    /** Whether a call that did not begin before the tick has given up on this outcome, or on what is inside of it. */
    boolean hasWord(Outcome<?> outcome, int began) {
        List<Word> left = words.get();
        if (left.isEmpty()) {
            return false;
        }
        @Nullable
        Object subject = outcome instanceof Outcome.Failure<?> failure
                ? failure.error()
                : ((Outcome.Success<?>) outcome).value();
        for (int depth = 0; subject != null && depth < DEEPEST; depth++) {
            if (isOf(left, subject, began)) {
                return true;
            }
            subject = inside(subject);
        }
        return false;
    }

    private static @Nullable Object inside(Object subject) {
        if (subject instanceof Throwable error) {
            return error.getCause();
        }
        return subject instanceof NestedRetries.Wrapper wrapper ? wrapper.wrapped() : null;
    }

    private static boolean isOf(List<Word> left, Object subject, int began) {
        for (Word word : left) {
            // The difference, since the clock may run over.
            if (word.get() == subject && word.began - began >= 0) {
                return true;
            }
        }
        return false;
    }
}
