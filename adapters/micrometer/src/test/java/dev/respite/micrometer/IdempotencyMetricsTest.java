package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a scrape shows of a server that does things once. */
class IdempotencyMetricsTest {

    private static final String ANSWERS = "respite_idempotency_answers_total";
    private static final String EVENTS = "respite_idempotency_events_total";
    private static final StoredResponse PAID = StoredResponse.of("paid");

    /** A UUID of version 7 that was minted in 2022. */
    private static final String OLD = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    private final ScrapeTarget target = new ScrapeTarget();
    private final VirtualTime time = new VirtualTime();
    private final IdempotencyEngine engine =
            IdempotencyEngine.of(InMemoryIdempotencyStore.of(Quota.defaults(), time), time);
    private final Idempotency<Execution> idempotency = ExternalIdempotency.of(engine);

    @AfterEach
    void close() {
        target.close();
    }

    private void bind() {
        IdempotencyMetrics.of("payments", idempotency).bindTo(target.registry);
    }

    private static IdempotentCall call(String key, String requested) {
        return IdempotentCall.of(
                Scope.of("alice"),
                "POST /payments",
                IdempotencyKey.of(key),
                Fingerprint.of("1", requested.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void bindTo_beforeAnyCall_showsEverySeriesAtZero() {
        bind();
        Scrape scrape = target.scrape();
        assertThat(scrape.names()).containsExactlyInAnyOrder(ANSWERS, EVENTS);
        assertThat(scrape.samples())
                .hasSize(Kind.values().length)
                .allSatisfy(sample -> assertThat(sample.value()).isZero());
        assertThat(scrape.types()).containsEntry(ANSWERS, "counter").containsEntry(EVENTS, "counter");
    }

    @Test
    void tagKeys_ofEachName_areFixed() {
        bind();
        assertThat(target.scrape().keys(ANSWERS)).containsExactly(Set.of("name", "answer"));
        assertThat(target.scrape().keys(EVENTS)).containsExactly(Set.of("name", "event"));
    }

    @Test
    void results_areCountedByTheirKind() {
        bind();
        idempotency.execute(call("k", "100"), execution -> {
            idempotency.execute(call("k", "100"), duplicate -> PAID);
            return PAID;
        });
        idempotency.execute(call("k", "100"), execution -> PAID);
        idempotency.execute(call("k", "100"), execution -> PAID);
        idempotency.execute(call("k", "200"), execution -> PAID);
        idempotency.execute(call(OLD, "100"), execution -> PAID);
        idempotency.execute(call("bad", "100"), execution -> StoredResponse.of(503, Map.of(), new byte[0]));
        idempotency.execute(call("bad", "100"), execution -> PAID);
        Scrape scrape = target.scrape();
        assertThat(scrape.by("answer", ANSWERS))
                .isEqualTo(Map.of(
                        "executed", 1.0,
                        "in-progress", 1.0,
                        "replayed", 2.0,
                        "mismatch", 1.0,
                        "expired", 1.0,
                        "failed-with-unknown-effect", 1.0,
                        "unknown", 1.0));
        assertThat(scrape.by("name", ANSWERS)).containsOnlyKeys("payments");
    }

    @Test
    void events_areCountedByWhatHappened() {
        bind();
        IdempotentCall call = call("k", "100");
        idempotency.execute(call, execution -> {
            // Longer than the lease: another claim finds that, and reports the call as not done.
            time.advance(Duration.ofMinutes(1));
            idempotency.execute(call, duplicate -> PAID);
            engine.resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.OWNER_DEAD));
            return PAID;
        });
        assertThatThrownBy(() -> idempotency.execute(call("l", "100"), execution -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        idempotency.execute(call("m", "100"), execution -> StoredResponse.of("x".repeat(65_537)));
        assertThat(target.scrape().by("event", EVENTS))
                .isEqualTo(Map.of(
                        "became-unknown", 2.0,
                        "resolved", 1.0,
                        "lost-ownership", 1.0,
                        "failed", 1.0,
                        "body-not-kept", 1.0));
    }

    @Test
    void bindTo_sameNameTwice_keepsTheFirstAndWarns() {
        bind();
        Idempotency<Execution> other = ExternalIdempotency.of(InMemoryIdempotencyStore.create());
        List<String> warnings = LoggedWarnings.during(
                () -> IdempotencyMetrics.of("payments", other).bindTo(target.registry));
        assertThat(warnings).singleElement().asString().contains("idempotency 'payments' is not bound");
        other.execute(call("k", "100"), execution -> PAID);
        assertThat(target.scrape().by("answer", ANSWERS)).isEmpty();
    }

    @Test
    void of_blankName_isRefused() {
        assertThatThrownBy(() -> IdempotencyMetrics.of(" ", idempotency))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name ' '");
    }
}
