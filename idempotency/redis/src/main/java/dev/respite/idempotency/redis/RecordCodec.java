package dev.respite.idempotency.redis;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Encodes records as arguments of the scripts, and decodes their replies. */
final class RecordCodec {

    /** Longer than any retention, and short enough to count in microseconds in Lua. */
    private static final Duration MAX_DURATION = Duration.ofDays(36_500);

    private static final byte[] NOTHING = new byte[0];

    private static final String LOST = "lost";

    /** The index of the record in a reply, after its kind and the time. */
    private static final int RECORD = 2;

    /** The number of lines before the response. */
    private static final int LINES = 8;

    private RecordCodec() {}

    static byte[][] arguments(RecordWrite write) {
        RecordWrite.Terms terms = write.terms();
        return new byte[][] {
            bytes(write.state().name()),
            bytes(write.owner()),
            bytes(write.fingerprint().toString()),
            bytes(Integer.toString(write.claims())),
            micros(terms.lease()),
            micros(terms.retention()),
            micros(terms.skew()),
            terms.keyTime().map(RecordCodec::micros).orElse(NOTHING),
            write.response().map(StoredResponse::toBytes).orElse(NOTHING)
        };
    }

    static byte[][] arguments(RecordWrite write, String lineage) {
        return joined(arguments(write), bytes(lineage));
    }

    static byte[][] arguments(Precondition expected, RecordWrite write) {
        return joined(
                arguments(write),
                bytes(expected.state().name()),
                bytes(Long.toString(expected.ownerToken().fence())),
                bytes(expected.ownerToken().owner()),
                expected.leaseOver() ? bytes("over") : NOTHING);
    }

    private static byte[][] joined(byte[][] some, byte[]... more) {
        return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(byte[][]::new);
    }

    static boolean isReserved(List<byte[]> reply) {
        return text(reply, 0).equals("reserved");
    }

    static IdempotencyStore.Put put(StorageKey key, RecordWrite write, List<byte[]> reply) {
        return switch (text(reply, 0)) {
            case "written" -> new IdempotencyStore.Written(written(key, write, reply));
            case "found", LOST -> new IdempotencyStore.Rejected(Optional.of(found(key, reply)), now(reply));
            case "nothing" -> new IdempotencyStore.Full();
            case "not-admitted" -> new IdempotencyStore.Rejected(Optional.empty(), now(reply));
            case "replica" ->
                throw new RedisCommandExecutionException(RedisConnections.READ_ONLY + " the server is a replica");
            case "unknown-server" ->
                throw new RedisException("the server was replaced twice within one operation: repeat it");
            default -> throw unexpected(reply);
        };
    }

    /** Returns whether the record was written as UNKNOWN because an earlier record of its key may have been lost. */
    static boolean isLost(List<byte[]> reply) {
        return text(reply, 0).equals(LOST);
    }

    static IdempotencyStore.Swap swap(StorageKey key, RecordWrite write, List<byte[]> reply) {
        return switch (text(reply, 0)) {
            case "written" -> new IdempotencyStore.Written(written(key, write, reply));
            case "found", "nothing" -> new IdempotencyStore.Rejected(find(key, reply), now(reply));
            default -> throw unexpected(reply);
        };
    }

    static Optional<IdempotencyRecord> find(StorageKey key, List<byte[]> reply) {
        return text(reply, 0).equals("found") ? Optional.of(found(key, reply)) : Optional.empty();
    }

    /** Decodes a record. */
    static IdempotencyRecord of(StorageKey key, byte[] record) {
        return record(key, record, Optional.empty());
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static IdempotencyRecord written(StorageKey key, RecordWrite write, List<byte[]> reply) {
        return record(key, reply.get(RECORD), write.response());
    }

    private static IdempotencyRecord found(StorageKey key, List<byte[]> reply) {
        return record(key, reply.get(RECORD), Optional.empty());
    }

    /** Others who can write to the server may have written anything. */
    private static IdempotencyRecord record(StorageKey key, byte[] bytes, Optional<StoredResponse> known) {
        try {
            return read(key, bytes, known);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeException damaged) {
            throw new StoreUnavailableException(
                    "record " + key
                            + " is damaged: its text is not one that Respite writes. The work did not run; find out"
                            + " what changed the record",
                    damaged);
        }
    }

    /** Returns the record with the response that it contains, or else with the known one. */
    private static IdempotencyRecord read(StorageKey key, byte[] bytes, Optional<StoredResponse> known) {
        String[] lines = new String[LINES];
        int from = 0;
        for (int line = 0; line < LINES; line++) {
            int end = from;
            while (bytes[end] != '\n') {
                end++;
            }
            lines[line] = new String(bytes, from, end - from, StandardCharsets.UTF_8);
            from = end + 1;
        }
        State state = known("state", lines[0], State::valueOf);
        Fingerprint fingerprint = known("fingerprint", lines[5], Fingerprint::parse);
        Optional<Instant> minted = lines[7].isEmpty() ? Optional.empty() : Optional.of(instant(lines[7]));
        Optional<StoredResponse> response = from == bytes.length
                ? known
                : Optional.of(StoredResponse.fromBytes(Arrays.copyOfRange(bytes, from, bytes.length)));
        return new IdempotencyRecord(
                new OwnerToken(key, Long.parseLong(lines[1]), lines[2]),
                state,
                fingerprint,
                Integer.parseInt(lines[6]),
                new IdempotencyRecord.Times(instant(lines[3]), instant(lines[4]), minted),
                response);
    }

    /** During a rolling upgrade, an old node reads what a new one has written. */
    private static <T> T known(String what, String value, Function<String, T> parser) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException unknown) {
            throw new StoreUnavailableException(
                    "the record has the " + what + " '" + value
                            + "', which this version of Respite does not know: a newer one has"
                            + " written it. The work did not run; upgrade this node",
                    unknown);
        }
    }

    private static IllegalStateException unexpected(List<byte[]> reply) {
        return new IllegalStateException("a script of Respite has returned '" + text(reply, 0) + "'");
    }

    private static Instant now(List<byte[]> reply) {
        return instant(text(reply, 1));
    }

    static Instant instant(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    private static String text(List<byte[]> reply, int index) {
        return new String(reply.get(index), StandardCharsets.UTF_8);
    }

    static byte[] micros(Duration time) {
        Duration counted = time.compareTo(MAX_DURATION) < 0 ? time : MAX_DURATION;
        return bytes(Long.toString(counted.toNanos() / 1_000));
    }

    private static byte[] micros(Instant time) {
        return bytes(Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, time)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
