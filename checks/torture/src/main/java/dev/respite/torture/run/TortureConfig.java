package dev.respite.torture.run;

import dev.respite.torture.cluster.StoreKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The configuration of a run.
 *
 * @param store the store
 * @param time the duration of the load
 * @param seed the seed of the load and of the faults
 * @param installed the installed server that replaces the one of the build
 * @param autoCommit whether the pools of workers have auto-commit on; empty if some have
 */
public record TortureConfig(
        StoreKind store, Duration time, long seed, Optional<Path> installed, Optional<Boolean> autoCommit) {

    /** Returns whether the pool of a worker has auto-commit on. The seed selects the workers if nothing else does. */
    public boolean autoCommit(int worker) {
        return autoCommit.orElse((seed + worker) % 2 == 0);
    }
}
