package dev.respite.idempotency.redis;

import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by their state, by SCAN over all names of the store. There is no index of states: in a cluster it would be on
 * another server than the records, and could not be changed together with them.
 *
 * @param link the connection
 * @param prefix what all names begin with
 */
record Listing(Link link, String prefix) {

    /** How many names are looked at in one step of the scan. */
    private static final int STEP = 1_000;

    /** Longer than the name of any state, with the end of its line. */
    private static final int STATE_BYTES = 16;

    /** What a pattern of Redis gives a meaning to. */
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[\\]\\\\^-]");

    /** The first ones after a name, in the order of the names. */
    List<IdempotencyRecord> list(State state, String after, int atMost) {
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
        List<IdempotencyRecord> records = new ArrayList<>();
        for (String value : names) {
            byte[] record = link.await(link.commands().get(prefix + "{" + value + "}"));
            if (record != null) {
                // The scope is nowhere in Redis, which needs the name only.
                IdempotencyRecord found = Records.of(new StorageKey(value, value), record);
                if (found.state() == state) {
                    records.add(found);
                }
            }
        }
        return List.copyOf(records);
    }

    /** A scan may give a name twice. */
    long count(State state) {
        TreeSet<String> names = new TreeSet<>();
        scan(state, names::add);
        return names.size();
    }

    private void scan(State state, Consumer<String> name) {
        String line = state.name() + "\n";
        ScanArgs all = ScanArgs.Builder.matches(escaped(prefix) + "{*}").limit(STEP);
        KeyScanCursor<String> cursor = null;
        do {
            cursor = next(cursor, all);
            List<String> names = cursor.getKeys();
            List<RedisFuture<byte[]>> states = new ArrayList<>();
            names.forEach(key -> states.add(link.commands().getrange(key, 0, STATE_BYTES)));
            for (int i = 0; i < names.size(); i++) {
                byte[] begin = link.await(states.get(i));
                if (begin != null && Records.text(begin).startsWith(line)) {
                    name.accept(names.get(i));
                }
            }
        } while (!cursor.isFinished());
    }

    private KeyScanCursor<String> next(@Nullable KeyScanCursor<String> cursor, ScanArgs all) {
        return link.await(
                cursor == null ? link.commands().scan(all) : link.commands().scan(cursor, all));
    }

    private String value(String name) {
        return name.substring(prefix.length() + 1, name.length() - 1);
    }

    private static String escaped(String text) {
        return SPECIAL.matcher(text).replaceAll(found -> Matcher.quoteReplacement("\\" + found.group()));
    }
}
