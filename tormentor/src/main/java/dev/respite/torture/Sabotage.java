package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.sql.Connection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * One protection of {@link Mode#A} that is switched off, here and not in what is published, to see whether the torture notices.
 * It is given to bear little else than what that protection is there for.
 */
enum Sabotage {
    /** Whoever wakes up late finishes as well, whoever has taken over meanwhile. */
    NO_FENCE {
        @Override
        List<Deed> round() {
            return List.of(Deed.PAUSE_AFTER_CLAIM, Deed.CUT_CLIENTS);
        }

        @Override
        Idempotency<Connection> instead(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new Unfenced(engine, connections.get());
        }
    },

    /** The effect is committed before its record is, in a transaction of its own. */
    NO_RECORD_IN_TX {
        @Override
        List<Deed> round() {
            return List.of(Deed.KILL_AT_STEP, Deed.LOSE_COMMIT);
        }

        @Override
        Idempotency<Connection> instead(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new Apart(TransactionalIdempotency.of(engine), connections.get());
        }
    },

    /** The client is told before the commit. */
    RESPOND_BEFORE_COMMIT {
        @Override
        List<Deed> round() {
            return List.of(Deed.LOSE_COMMIT, Deed.KILL_AT_STEP);
        }

        @Override
        Idempotency<Connection> instead(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new Hasty<>(TransactionalIdempotency.of(engine));
        }
    },

    /** Whatever has failed is forgotten, whether it was done or not: the next who asks runs it. */
    DELETE_ON_FAILURE {
        @Override
        List<Deed> round() {
            return List.of(Deed.LOSE_ANSWER_OF_COMMIT, Deed.LOSE_ANSWER_OF_COMMIT, Deed.CUT_STORE);
        }

        @Override
        Idempotency<Connection> instead(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new Forgetful(engine, connections.get());
        }
    },

    /** The start of the work is not recorded in its transaction: what it has committed by itself does not show. */
    NO_ENTRY_MARK {
        @Override
        List<Deed> round() {
            return List.of(Deed.CUT_CLIENTS);
        }

        @Override
        Idempotency<Connection> instead(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new Unmarked(engine, connections.get());
        }
    };

    /** What is to take the place of {@link TransactionalIdempotency}, with connections of its own. */
    abstract Idempotency<Connection> instead(IdempotencyEngine engine, Supplier<DataSource> connections);

    /** What is done to each worker in one round. */
    abstract List<Deed> round();

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
