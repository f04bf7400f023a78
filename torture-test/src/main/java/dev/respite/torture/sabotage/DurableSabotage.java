package dev.respite.torture.sabotage;

import dev.respite.durable.EffectRunner;
import java.sql.Connection;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * A protection of durable calls that can be switched off, by a faulty {@link EffectRunner} in this module and not in published
 * code, to check that the torture finds the fault.
 */
public enum DurableSabotage {
    /** The row is removed in a transaction of its own, before the effect is committed: a kill between the two loses the call. */
    REMOVE_BEFORE_COMMIT {
        @Override
        public EffectRunner apply(EffectRunner runner, DataSource dataSource) {
            return (context, stored, effect) -> {
                try (Connection removals = dataSource.getConnection()) {
                    runner.run(
                            context,
                            stored,
                            connection -> effect.run(RemovalConnection.of(connection, removals::prepareStatement)));
                }
            };
        }
    },

    /**
     * The row is removed whatever its version is, and whether it is there or not: an instance that was paused completes although
     * another one has taken the call over.
     */
    NO_FENCE {
        @Override
        public EffectRunner apply(EffectRunner runner, DataSource dataSource) {
            return (context, stored, effect) -> runner.run(
                    context,
                    stored,
                    connection -> effect.run(
                            RemovalConnection.of(connection, delete -> UnversionedRemoval.of(connection, delete))));
        }
    },

    /** Calls of a sequence are enqueued without it, so they are made in any order. */
    NO_SEQUENCE {
        @Override
        public EffectRunner apply(EffectRunner runner, DataSource dataSource) {
            return runner;
        }
    };

    /**
     * Returns the replacement of a runner of effects.
     *
     * @param runner the runner
     * @param dataSource the database of the calls
     */
    public abstract EffectRunner apply(EffectRunner runner, DataSource dataSource);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
