package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.LEASE;
import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.testsupport.LogLines;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The data with which an operator finds the effect of a key that is UNKNOWN: in its record, in the log and in the event. */
class UnknownWarningTest {

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final IdempotentCall pay =
            call("alice", "POST /pay", "order 4711", 1).withRequestId("request-1");
    private final LogLines warnings = LogLines.of("dev.respite.idempotency");

    @AfterEach
    void stop() {
        warnings.close();
    }

    private Instant now() {
        return fixture.time.wallTime().truncatedTo(ChronoUnit.MILLIS);
    }

    private void fail(Idempotency<Execution> idempotency, IdempotentCall failing) {
        assertThatThrownBy(() -> idempotency.execute(failing, execution -> {
                    throw new IOException("reset");
                }))
                .isInstanceOf(IOException.class);
        assertThat(fixture.state(failing)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void becomesUnknown_workFails_isLoggedOnceWithOperationTimeAndRequest() {
        Instant claimed = now();
        fail(fixture.external(), pay);
        assertThat(fixture.external().execute(pay, execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Unknown.class);

        assertThat(warnings.all())
                .singleElement()
                .asString()
                .contains(pay.storageKey().value(), "operation POST /pay", "claimed at " + claimed, "request request-1")
                .doesNotContain("4711", "alice");
    }

    @Test
    void becomesUnknown_ownerCrashed_isLoggedWithItsOperationAndTime() {
        Instant claimed = now();
        OwnedRecord dead = fixture.owned(pay);
        dead.effectStarting(fixture.store);
        fixture.time.advance(LEASE.plusSeconds(1));
        IdempotentCall later = call("alice", "POST /pay", "order 4711", 1).withRequestId("request-2");
        fixture.external().execute(later, execution -> fixture.pay());

        assertThat(warnings.all()).singleElement().asString().contains("claimed at " + claimed, "request request-2");
        IdempotencyRecord unknown = fixture.record(pay);
        assertThat(unknown.state()).isEqualTo(State.UNKNOWN);
        assertThat(unknown.ownerToken().operation()).contains("POST /pay");
        assertThat(unknown.ownerToken().claimedAt()).contains(claimed);
    }

    @Test
    void becomesUnknown_event_hasTheRecord() {
        fail(fixture.external(), pay);
        assertThat(fixture.events)
                .filteredOn(event -> event.kind() == Kind.BECAME_UNKNOWN)
                .singleElement()
                .satisfies(event -> assertThat(event.record()).contains(fixture.record(pay)));
    }

    @Test
    void becomesUnknown_withoutOperations_neitherStoresNorLogsThem() {
        fail(ExternalIdempotency.of(fixture.engine().withoutOperations()), pay);
        assertThat(fixture.record(pay).ownerToken().operation()).isEmpty();
        assertThat(fixture.record(pay).ownerToken().claimedAt()).isPresent();
        assertThat(warnings.all())
                .singleElement()
                .asString()
                .doesNotContain("POST")
                .contains("request-1");
    }

    /** A node of an earlier version has claimed the key. */
    @Test
    void becomesUnknown_recordOfAnEarlierVersion_isLoggedWithoutItsAbsentValues() {
        String earlier = "7d444840-9dc0-11d1-b245-5ffdce74fad2-1a";
        fixture.store.putIfAbsent(
                pay.storageKey(),
                new RecordWrite(
                        State.EFFECT_STARTED,
                        earlier,
                        pay.fingerprints().get(0),
                        1,
                        fixture.settings.terms(Optional.empty()),
                        Optional.empty()));
        fixture.time.advance(LEASE.plusSeconds(1));
        assertThat(fixture.external().execute(pay, execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Unknown.class);

        assertThat(fixture.record(pay).ownerToken().owner()).isEqualTo(earlier);
        assertThat(warnings.all()).singleElement().asString().doesNotContain("operation", "claimed at");
    }

    @Test
    void takesOver_keyThatWasReleased_hasTheTimeOfTheNewClaim() {
        fixture.external().execute(pay, execution -> {
            execution.noEffect();
            return fixture.pay();
        });
        fixture.time.advance(LEASE);
        Instant claimed = now();
        fail(fixture.external(), pay);
        assertThat(fixture.record(pay).ownerToken().claimedAt()).contains(claimed);
    }
}
