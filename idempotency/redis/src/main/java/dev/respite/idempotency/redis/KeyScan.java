package dev.respite.idempotency.redis;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by their state with a SCAN over all names of the store. There is no index of states: in a cluster it would be
 * on another server than the records, and could not be changed together with them.
 */
record KeyScan(RedisConnections connections, String prefix) {

    /** The number of names that one step of the scan examines. */
    private static final int STEP = 1_000;

    /** Longer than the stored name of any state with its line end. */
    private static final int STATE_BYTES = 16;

    /** The names of records, but not {@code {servers}}, which is no text; a question mark is any character. */
    private static final String RECORDS = "{" + "?".repeat(43) + "}";

    /** The special characters of Redis patterns. */
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[\\]\\\\^-]");

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    /** Returns the first records after a name, in the order of the names. Those that a newer Respite has written are left out, and logged. */
    List<IdempotencyRecord> list(State state, String after, int atMost) {
        List<IdempotencyRecord> records = new ArrayList<>();
        List<String> page;
        String last = after;
        do {
            page = names(state, last, atMost);
            for (String value : page) {
                last = value;
                record(value).filter(found -> found.state() == state).ifPresent(records::add);
                if (records.size() == atMost) {
                    break;
                }
            }
        } while (page.size() == atMost && records.size() < atMost);
        return List.copyOf(records);
    }

    private List<String> names(State state, String after, int atMost) {
        TreeSet<String> names = new TreeSet<>();
        scan(state, name -> {
            String value = value(name);
            if (value.compareTo(after) > 0) {
                names.add(value);
                if (names.size() > atMost) {
                    names.pollLast();
                }
            }
        });
        return List.copyOf(names);
    }

    private Optional<IdempotencyRecord> record(String value) {
        byte[] record = connections.await(connections.commands().get(prefix + "{" + value + "}"));
        if (record == null) {
            return Optional.empty();
        }
        try {
            // Redis does not store the scope.
            return Optional.of(RecordCodec.of(new StorageKey(value, value), record));
        } catch (StoreUnavailableException newer) {
            LOGGER.log(WARNING, "record '" + value + "' is left out of the list: " + newer.getMessage());
            return Optional.empty();
        }
    }

    /** Counts distinct names, because a scan may return a name twice. */
    long count(State state) {
        TreeSet<String> names = new TreeSet<>();
        scan(state, names::add);
        return names.size();
    }

    /**
     * Estimates the number of records: the number of all names, and the share of records in the first step of a scan, which goes
     * in the order of a hash.
     */
    long estimatedCount() {
        long records = 0;
        for (Supplier<RedisClusterAsyncCommands<String, byte[]>> primary :
                connections.servers().current().primaries()) {
            records += estimatedCount(primary.get());
        }
        return records;
    }

    private long estimatedCount(RedisClusterAsyncCommands<String, byte[]> server) {
        RedisFuture<Long> all = server.dbsize();
        RedisFuture<KeyScanCursor<String>> first = server.scan(ScanArgs.Builder.limit(STEP));
        KeyScanCursor<String> sample = connections.await(first);
        List<String> names = sample.getKeys();
        long records = names.stream().filter(this::isRecord).count();
        return sample.isFinished() || names.isEmpty() ? records : connections.await(all) * records / names.size();
    }

    private boolean isRecord(String name) {
        return name.startsWith(prefix + "{") && name.length() == prefix.length() + RECORDS.length();
    }

    private void scan(State state, Consumer<String> name) {
        String line = state.name() + "\n";
        ScanArgs all = ScanArgs.Builder.matches(escaped(prefix) + RECORDS).limit(STEP);
        KeyScanCursor<String> cursor = null;
        do {
            cursor = next(cursor, all);
            List<String> names = cursor.getKeys();
            List<RedisFuture<byte[]>> states = new ArrayList<>();
            names.forEach(key -> states.add(connections.commands().getrange(key, 0, STATE_BYTES)));
            for (int i = 0; i < names.size(); i++) {
                if (begin(states.get(i)).startsWith(line)) {
                    name.accept(names.get(i));
                }
            }
        } while (!cursor.isFinished());
    }

    /** Returns the begin of a value; an empty text if another program has stored a set or a hash under such a name. */
    private String begin(RedisFuture<byte[]> value) {
        try {
            byte[] begin = connections.await(value);
            return begin == null ? "" : RecordCodec.text(begin);
        } catch (RedisCommandExecutionException failure) {
            if (String.valueOf(failure.getMessage()).startsWith("WRONGTYPE")) {
                return "";
            }
            throw failure;
        }
    }

    private KeyScanCursor<String> next(@Nullable KeyScanCursor<String> cursor, ScanArgs all) {
        return connections.await(
                cursor == null
                        ? connections.commands().scan(all)
                        : connections.commands().scan(cursor, all));
    }

    private String value(String name) {
        return name.substring(prefix.length() + 1, name.length() - 1);
    }

    private static String escaped(String text) {
        return SPECIAL.matcher(text).replaceAll(found -> Matcher.quoteReplacement("\\" + found.group()));
    }
}
