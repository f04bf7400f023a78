package dev.respite.durable;

import dev.respite.durable.Envelope.UnreadableDataException;
import dev.respite.logging.FailureText;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A kind of durable call: its name, the form of its data, and what happens when it is given up. Immutable; the methods called
 * {@code with…} return another task.
 *
 * <pre>{@code
 * DurableTask<String> payment = DurableTask.of("payment", DataCodec.text());
 * }</pre>
 *
 * @param <T> the type of the data
 */
public final class DurableTask<T> {

    private static final int DEFAULT_MAX_DATA_BYTES = 256 * 1024;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,99}");

    private final String name;
    private final DataCodec<T> codec;
    private final int version;
    private final SortedMap<Integer, UnaryOperator<byte[]>> upgrades;
    private final Options options;

    private DurableTask(
            String name,
            DataCodec<T> codec,
            int version,
            SortedMap<Integer, UnaryOperator<byte[]>> upgrades,
            Options options) {
        this.name = name;
        this.codec = codec;
        this.version = version;
        this.upgrades = upgrades;
        this.options = options;
    }

    /** The options of a task. */
    private record Options(boolean pausing, boolean pinned, int maxDataBytes, Seats.Limits limits) {
        static final Options DEFAULT = new Options(false, false, DEFAULT_MAX_DATA_BYTES, Seats.Limits.NONE);
    }

    /**
     * Returns a task.
     *
     * @param name the name, by which every deployment and every instance knows the task: 1 to 100 ASCII letters, digits, dots,
     *     slashes, hyphens and underscores
     * @param codec writes and reads the data
     * @param <T> the type of the data
     * @return the task, whose data is of version 1
     * @throws IllegalArgumentException if the name has other characters or is too long
     */
    public static <T> DurableTask<T> of(String name, DataCodec<T> codec) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("task name '" + name
                    + "': use 1 to 100 letters, digits, dots, slashes, hyphens and underscores, such as 'payment'");
        }
        return new DurableTask<>(name, Objects.requireNonNull(codec, "codec"), 1, new TreeMap<>(), Options.DEFAULT);
    }

    /**
     * Returns a task whose data is bytes.
     *
     * @param name the name
     * @return the task, whose data is of version 1
     */
    public static DurableTask<byte[]> of(String name) {
        return of(name, DataCodec.bytes());
    }

    /**
     * {@return this task with data of another version, from which later upgrades start} Data of earlier versions is parked.
     *
     * @param version the version, 1 or more
     * @throws IllegalArgumentException if the version is below 1, or the task has upgrades already
     */
    public DurableTask<T> withVersion(int version) {
        if (version < 1 || !upgrades.isEmpty()) {
            throw new IllegalArgumentException(
                    "version " + version + " of task '" + name + "', which has " + upgrades.size()
                            + " upgrades: a version is 1 or more, and is set before the upgrades, which count it up");
        }
        return new DurableTask<>(name, codec, version, upgrades, options);
    }

    /**
     * Returns this task with data of the next version. Calls that were enqueued by an earlier deployment are upgraded when
     * they are run; the stored data is not changed.
     *
     * @param from the version that the function reads: the current one
     * @param upgrade makes the bytes of the next version
     * @return the task, whose data is of the next version
     * @throws IllegalArgumentException if {@code from} is not the current version
     */
    public DurableTask<T> withUpgrade(int from, UnaryOperator<byte[]> upgrade) {
        if (from != version) {
            throw new IllegalArgumentException(
                    "an upgrade from version " + from + " of task '" + name + "': its data is of version " + version
                            + ", and upgrades are given in order, one for each version");
        }
        SortedMap<Integer, UnaryOperator<byte[]>> more = new TreeMap<>(upgrades);
        more.put(from, Objects.requireNonNull(upgrade, "upgrade"));
        return new DurableTask<>(name, codec, version + 1, more, options);
    }

    /**
     * {@return this task with calls that pause instead of being given up: they are among the dead letters in the state {@link
     * DeadLetter.State#PAUSED}, and wait until they are resumed}
     */
    public DurableTask<T> withPause() {
        return with(new Options(true, options.pinned, options.maxDataBytes, options.limits));
    }

    /**
     * {@return this task with calls that keep the policy of their first attempt, whatever later deployments say} Without this,
     * they keep the number of their attempt and follow the policy of the instance that runs it.
     */
    public DurableTask<T> withPinnedPolicy() {
        return with(new Options(options.pausing, true, options.maxDataBytes, options.limits));
    }

    /**
     * {@return this task with another limit of its data} An instance needs memory for the data of each call that it runs, several
     * times. Store large data elsewhere, and enqueue a reference to it.
     *
     * @param bytes the most bytes that the codec may write for a call, 1 or more; 256 KiB by default
     * @throws IllegalArgumentException if the limit is below 1
     */
    public DurableTask<T> withMaxDataBytes(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "a limit of " + bytes + " bytes for the data of task '" + name + "': give 1 or more");
        }
        return with(new Options(options.pausing, options.pinned, bytes, options.limits));
    }

    /**
     * {@return this task with a limit of the calls that run at the same time in one instance} Without it, the threads that other
     * tasks do not keep are the limit: {@link DurableRetryBuilder#threads}.
     *
     * @param calls 1 or more
     * @throws IllegalArgumentException if the limit is below 1
     */
    public DurableTask<T> withMaxConcurrentCalls(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException(calls + " concurrent calls of task '" + name
                    + "': give 1 or more, or do not add the task to this instance");
        }
        return with(new Seats.Limits(OptionalInt.of(calls), options.limits.perSecond()));
    }

    /**
     * {@return this task with a limit of the attempts that begin in a second in one instance} After a pause, the attempts of 0.2 s
     * may begin at once.
     *
     * @param perSecond above 0, up to a million
     * @throws IllegalArgumentException if the rate is out of its range
     */
    public DurableTask<T> withMaxRate(double perSecond) {
        DeadLetters.requireRate(perSecond, "; leave out the rate of task '" + name + "' for no limit");
        return with(new Seats.Limits(options.limits.concurrentCalls(), OptionalDouble.of(perSecond)));
    }

    private DurableTask<T> with(Seats.Limits limits) {
        return with(new Options(options.pausing, options.pinned, options.maxDataBytes, limits));
    }

    private DurableTask<T> with(Options other) {
        return new DurableTask<>(name, codec, version, upgrades, other);
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /** {@return the version of the data that this task writes, 1 or more} */
    public int version() {
        return version;
    }

    boolean isPausing() {
        return options.pausing;
    }

    boolean isPinned() {
        return options.pinned;
    }

    Seats.Limits limits() {
        return options.limits;
    }

    /**
     * Writes data.
     *
     * @throws IllegalArgumentException if it is longer than the limit
     */
    byte[] encode(T data) {
        byte[] bytes = codec.encode(Objects.requireNonNull(data, "data"));
        if (bytes.length > options.maxDataBytes) {
            throw new IllegalArgumentException("the data of a call of task '" + name + "' has " + bytes.length
                    + " bytes, and at most " + options.maxDataBytes
                    + " are stored: store it elsewhere and enqueue a reference to it, or raise the limit by"
                    + " DurableTask.withMaxDataBytes");
        }
        return bytes;
    }

    /**
     * Reads data of this version or an earlier one.
     *
     * @throws UnreadableDataException if an upgrade is missing, or the codec or an upgrade has thrown
     */
    T decode(int from, byte[] bytes) {
        byte[] data = bytes;
        try {
            for (int step = from; step < version; step++) {
                UnaryOperator<byte[]> upgrade = upgrades.get(step);
                if (upgrade == null) {
                    throw new UnreadableDataException(
                            "data of version " + from + " of task '" + name + "': there is no upgrade from version "
                                    + step + "; add it by withUpgrade, and replay the call");
                }
                data = Objects.requireNonNull(upgrade.apply(data), "the upgrade returned null");
            }
            return Objects.requireNonNull(codec.decode(data), "the codec returned null");
        } catch (UnreadableDataException noUpgrade) {
            throw noUpgrade;
        } catch (RuntimeException | LinkageError damage) {
            throw new UnreadableDataException(
                    "data of version " + from + " of task '" + name + "' cannot be read: " + FailureText.of(damage),
                    damage);
        }
    }

    @Override
    public String toString() {
        return "DurableTask[" + name + ", version " + version + "]";
    }
}
