package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The values of a statement's named parameters. */
final class Bindings {

    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Map<String, Binding> byName = new HashMap<>();

    @FunctionalInterface
    private interface Binding {
        void to(PreparedStatement statement, int index) throws SQLException;
    }

    Bindings key(StorageKey key) {
        return text("key", key.value()).text("scope", key.scope());
    }

    Bindings expected(Precondition expected) {
        return ownerToken(expected.ownerToken())
                .text("seen_state", expected.state().name());
    }

    Bindings ownerToken(OwnerToken ownerToken) {
        return key(ownerToken.key()).number("seen_fence", ownerToken.fence()).text("seen_owner", ownerToken.owner());
    }

    Bindings recordWrite(RecordWrite write) {
        RecordWrite.Terms terms = write.terms();
        return text("state", write.state().name())
                .text("owner", write.owner())
                .text("fingerprint", write.fingerprint().toString())
                .number("claims", write.claims())
                .number("lease", micros(terms.lease()))
                .number("retention", micros(terms.retention()))
                .number("skew", micros(terms.skew()))
                .keyTime(terms.keyTime())
                .bytes("response", write.response().map(StoredResponse::toBytes));
    }

    Bindings keyTime(Optional<Instant> keyTime) {
        return time("key_time", keyTime).micros("key_micros", keyTime);
    }

    Bindings from(Instant time) {
        return time("from_time", Optional.of(time)).micros("from_micros", Optional.of(time));
    }

    Bindings text(String name, String value) {
        return put(name, (statement, index) -> statement.setString(index, value));
    }

    Bindings number(String name, long value) {
        return put(name, (statement, index) -> statement.setLong(index, value));
    }

    private Bindings time(String name, Optional<Instant> value) {
        return put(name, (statement, index) -> {
            if (value.isPresent()) {
                statement.setObject(index, value.get().atOffset(ZoneOffset.UTC), Types.TIMESTAMP_WITH_TIMEZONE);
            } else {
                statement.setNull(index, Types.TIMESTAMP_WITH_TIMEZONE);
            }
        });
    }

    /** Microseconds since 1970, for a database whose driver would convert a time. */
    private Bindings micros(String name, Optional<Instant> value) {
        return put(name, (statement, index) -> {
            if (value.isPresent()) {
                statement.setLong(index, micros(Duration.between(Instant.EPOCH, value.get())));
            } else {
                statement.setNull(index, Types.BIGINT);
            }
        });
    }

    private Bindings bytes(String name, Optional<byte[]> value) {
        return put(name, (statement, index) -> {
            if (value.isPresent()) {
                statement.setBytes(index, value.get());
            } else {
                statement.setNull(index, Types.VARBINARY);
            }
        });
    }

    private Bindings put(String name, Binding binding) {
        byName.put(name, binding);
        return this;
    }

    void bind(String name, PreparedStatement statement, int index) throws SQLException {
        Binding binding = byName.get(name);
        if (binding == null) {
            throw new IllegalStateException("the parameter " + name + " has no value: bind it");
        }
        binding.to(statement, index);
    }

    private static long micros(Duration duration) {
        return Math.addExact(Math.multiplyExact(duration.getSeconds(), MICROS_PER_SECOND), duration.getNano() / 1_000);
    }
}
