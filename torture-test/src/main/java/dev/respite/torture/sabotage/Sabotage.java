package dev.respite.torture.sabotage;

import dev.respite.idempotency.Claims;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.sql.Connection;
import java.util.Locale;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * One protection of the transactional mode that is switched off, here and not in what is published, to see whether the torture notices.
 * It is given to bear little else than what that protection is there for.
 */
public enum Sabotage {
    /** Whoever wakes up late finishes as well, whoever has taken over meanwhile. */
    NO_FENCE {
        @Override
        public Idempotency<Connection> apply(Claims claims, Supplier<DataSource> connections) {
            return new UnfencedIdempotency(claims, connections.get());
        }
    },

    /** The effect is committed before its record is, in a transaction of its own. */
    NO_RECORD_IN_TX {
        @Override
        public Idempotency<Connection> apply(Claims claims, Supplier<DataSource> connections) {
            return new SeparateTransactionIdempotency(TransactionalIdempotency.of(claims), connections.get());
        }
    },

    /** The client is told before the commit. */
    RESPOND_BEFORE_COMMIT {
        @Override
        public Idempotency<Connection> apply(Claims claims, Supplier<DataSource> connections) {
            return new EarlyResponseIdempotency<>(TransactionalIdempotency.of(claims));
        }
    },

    /** Whatever has failed is forgotten, whether it was done or not: the next who asks runs it. */
    DELETE_ON_FAILURE {
        @Override
        public Idempotency<Connection> apply(Claims claims, Supplier<DataSource> connections) {
            return new DeletingIdempotency(claims, connections.get());
        }
    },

    /** The start of the work is not recorded in its transaction: what it has committed by itself does not show. */
    NO_ENTRY_MARK {
        @Override
        public Idempotency<Connection> apply(Claims claims, Supplier<DataSource> connections) {
            return new UnmarkedIdempotency(claims, connections.get());
        }
    };

    /** What is to take the place of {@link TransactionalIdempotency}, with connections of its own. */
    public abstract Idempotency<Connection> apply(Claims claims, Supplier<DataSource> connections);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
