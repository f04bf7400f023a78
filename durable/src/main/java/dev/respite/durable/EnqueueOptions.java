package dev.respite.durable;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Options of an enqueued call. Immutable; the methods called {@code with…} return others.
 *
 * @param id the id of the call, which no other call of the task may have that has not ended; empty for a new one
 * @param key the idempotency key; empty for a new one, a UUID of version 7
 * @param notBefore when the first attempt is due; empty for now
 * @param sequence the name of the sequence in which the call has its turn; empty for none
 */
public record EnqueueOptions(
        Optional<String> id, Optional<String> key, Optional<Instant> notBefore, Optional<String> sequence) {

    private static final int MAX_ID = 100;
    private static final int MAX_KEY = 255;

    /**
     * Checks the lengths.
     *
     * @throws IllegalArgumentException if the id or the sequence is not of 1 to 100 characters, or has a NUL, or the key is not of 1
     *     to 255 printable ASCII characters
     */
    public EnqueueOptions {
        check("id", id, MAX_ID);
        check("key", key, MAX_KEY);
        check("sequence", sequence, MAX_ID);
        if (key.isPresent() && !key.get().chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("key '" + ValueFormat.shortened(key.get())
                    + "': no header can carry it; use printable ASCII characters, such as a UUID");
        }
    }

    private static void check(String what, Optional<String> text, int most) {
        if (text.isPresent() && (text.get().isBlank() || text.get().length() > most)) {
            throw new IllegalArgumentException(what + " '" + ValueFormat.shortened(text.get())
                    + "': it must be of 1 to " + most + " characters, and not blank");
        }
        if (text.isPresent() && text.get().indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " '" + text.get().replace("\0", "\\0")
                    + "': it has the character NUL, which no database stores in a text; remove it");
        }
    }

    /** {@return the options of a call that is due now, with a new id and a new key} */
    public static EnqueueOptions defaults() {
        return new EnqueueOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * {@return these options with an id}
     *
     * @param given the id, 1 to 100 characters
     */
    public EnqueueOptions withId(String given) {
        return new EnqueueOptions(Optional.of(given), key, notBefore, sequence);
    }

    /**
     * {@return these options with an idempotency key, for example the key of the request to which the call belongs}
     *
     * @param given the key, 1 to 255 printable ASCII characters
     */
    public EnqueueOptions withKey(String given) {
        return new EnqueueOptions(id, Optional.of(given), notBefore, sequence);
    }

    /**
     * {@return these options with a time before which the first attempt is not made}
     *
     * @param due the time
     */
    public EnqueueOptions withNotBefore(Instant due) {
        return new EnqueueOptions(id, key, Optional.of(due), sequence);
    }

    /**
     * {@return these options with a turn in a sequence} The calls of a sequence, of whatever tasks, are made one after the other:
     * none begins before those that were enqueued earlier have ended. One that is among the dead letters holds up the later ones
     * until it is replayed and succeeds, or is discarded.
     *
     * <p>This is so for transactions that enqueue one after the other. Of two that do so at the same time, either call may be the
     * earlier one, and both may run at the same time: let both transactions lock the row that the sequence is about.
     *
     * @param name the name of the sequence, 1 to 100 characters: the id of an order, for example
     */
    public EnqueueOptions withSequence(String name) {
        return new EnqueueOptions(id, key, notBefore, Optional.of(name));
    }

    Instant dueAt(Instant now) {
        return notBefore.filter(due -> due.isAfter(now)).orElse(now);
    }

    /** A delay that ends at a whole microsecond, as databases store times, and never early. */
    static Instant later(Instant now, Duration delay) {
        Instant exact = now.plus(delay);
        Instant whole = exact.truncatedTo(ChronoUnit.MICROS);
        return whole.equals(exact) ? exact : whole.plus(1, ChronoUnit.MICROS);
    }
}
