package dev.respite.micrometer;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.IdempotencyStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Objects;

/**
 * The counts of an {@link Idempotency} as meters. It needs {@code respite-idempotency}.
 *
 * <pre>{@code
 * IdempotencyMetrics.of("payments", idempotency).bindTo(registry);
 * }</pre>
 *
 * <p>The meters read existing counts at each scrape. All series are there from the beginning, at 0, and each has
 * the tag {@code name}:
 *
 * <table>
 * <caption>The meters</caption>
 * <thead>
 * <tr><th>meter</th><th>in Prometheus</th><th>tag</th><th>what</th></tr>
 * </thead>
 * <tbody>
 * <tr><td>{@code respite.idempotency.answers}</td><td>{@code respite_idempotency_answers_total}</td><td>{@code answer}</td>
 * <td>the results of requests with a key: {@code executed} (first), {@code replayed}, {@code in-progress}, {@code
 * mismatch}, {@code expired}, {@code unknown}, {@code not-done}, {@code failed-with-unknown-effect},
 * {@code key-from-future}, {@code over-quota}</td></tr>
 * <tr><td>{@code respite.idempotency.events}</td><td>{@code respite_idempotency_events_total}</td><td>{@code event}</td>
 * <td>what else happened: {@code lost-ownership}, {@code became-unknown}, {@code resolved}, {@code took-over}, {@code
 * failed} (the work has thrown), {@code store-failed}, {@code callback-failed}, {@code body-not-kept} (a response was too long for
 * replays)</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Set alarms where effect and record are not in one transaction. {@code became-unknown} less {@code resolved} counts the keys
 * to investigate. After a {@code lost-ownership} an effect may have happened twice.
 *
 * <p>If the registry has meters with this name and these tags already, they continue to read the object that was bound first.
 * The second is not bound, and the logger {@code dev.respite} warns. The registry holds the idempotency.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class IdempotencyMetrics implements MeterBinder {

    private final String name;
    private final Idempotency<?> idempotency;

    private IdempotencyMetrics(String name, Idempotency<?> idempotency) {
        this.name = name;
        this.idempotency = idempotency;
    }

    /**
     * The counts of an idempotency.
     *
     * @param name the value of the tag {@code name}: one for each idempotency of a registry
     * @param idempotency the idempotency
     * @return what binds them
     * @throws IllegalArgumentException if the name is blank
     */
    public static IdempotencyMetrics of(String name, Idempotency<?> idempotency) {
        RetryTags.checkName(name);
        return new IdempotencyMetrics(name, Objects.requireNonNull(idempotency, "idempotency"));
    }

    /**
     * Returns the number of records in a store, as gauges.
     *
     * <pre>{@code
     * IdempotencyMetrics.ofRecords("payments", store).bindTo(registry);
     * }</pre>
     *
     * <p>{@code respite.idempotency.records} ({@code respite_idempotency_records} in Prometheus) has the records that are not settled,
     * with the tags {@code name} and {@code state}. The states are {@code unknown} (to be investigated and resolved), {@code started}
     * and {@code effect-started} (at work, or left by a process that has ended). It is of all that the store has, whichever node made
     * it: show the maximum of the nodes, not the sum.
     *
     * <p>{@code respite.idempotency.records.estimated}, with the tag {@code name} only, is about the number of all records. A database
     * has it in its statistics, and Redis has a sample of its names. It is NaN for a store without an estimate.
     *
     * <p>The store is read at scrapes, once in 5 s at most. If it does not answer, or cannot count, the value is NaN
     * for as long. A store in Redis looks at all of its records for that: leave these gauges out where it has more than a million.
     *
     * <p>If the registry has gauges with this name and these tags already, they continue to read the object that was bound first.
     * The second is not bound, and the logger {@code dev.respite} warns. The registry holds the store.
     *
     * @param name the value of the tag {@code name}: one for each store of a registry
     * @param store the store
     * @return binds the gauges
     * @throws IllegalArgumentException if the name is blank
     */
    public static MeterBinder ofRecords(String name, IdempotencyStore store) {
        return IdempotencyStoreMetrics.of(name, store);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        List<Meter> before = registry.getMeters();
        for (Kind kind : Kind.values()) {
            if (RetryTags.isBound("idempotency '" + name + "'", counter(kind, registry), before)) {
                return;
            }
        }
    }

    /** The function holds the idempotency, which would go unseen otherwise: Micrometer holds the object weakly. */
    private FunctionCounter counter(Kind kind, MeterRegistry registry) {
        Tag tag = IdempotencyTags.of(kind);
        boolean isResult = tag.getKey().equals(IdempotencyTags.RESULT);
        return FunctionCounter.builder(
                        isResult ? "respite.idempotency.answers" : "respite.idempotency.events",
                        this,
                        self -> idempotency.counts().count(kind))
                .description(isResult ? "Calls with a key, by their result" : "What else happened to keys")
                .tags(List.of(Tag.of(RetryTags.NAME, name), tag))
                .register(registry);
    }
}
