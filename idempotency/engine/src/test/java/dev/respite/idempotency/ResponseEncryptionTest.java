package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that are encrypted in the store. */
class ResponseEncryptionTest {

    private static final String SECRET = "IBAN DE89370400440532013000";

    private static final StoredResponse RESPONSE = StoredResponse.of(
                    201, Map.of("Location", List.of("/accounts/4711")), SECRET.getBytes(StandardCharsets.UTF_8))
            .withEffectRef("payment-4711");

    private final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.create();
    private final IdempotentCall call = IdempotentCall.of(
            Scope.of("alice"),
            "POST /payments",
            IdempotencyKey.of(UUID.randomUUID().toString()),
            Fingerprint.of("1", new byte[0]));

    private static SecretKey key(int first) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) first;
        return new SecretKeySpec(bytes, "AES");
    }

    private IdempotencyEngine engine(ResponseEncryption encryption) {
        return IdempotencyEngine.of(store).withEncryption(encryption);
    }

    private static IdempotentResult run(IdempotencyEngine engine, IdempotentCall call) {
        return ExternalIdempotency.of(engine).execute(call, execution -> RESPONSE);
    }

    private static IdempotentResult again(IdempotencyEngine engine, IdempotentCall call) {
        return ExternalIdempotency.of(engine).execute(call, execution -> {
            throw new AssertionError("it was executed");
        });
    }

    private static String text(IdempotencyRecord record) {
        return new String(record.response().orElseThrow().toBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void execute_again_replaysWhatIsNowhereInTheStore() {
        IdempotencyEngine engine = engine(ResponseEncryption.of("k1", key(1)));
        assertThat(run(engine, call)).isEqualTo(new IdempotentResult.Executed(RESPONSE));
        IdempotencyRecord stored = store.find(call.storageKey()).orElseThrow();
        assertThat(text(stored)).contains("k1").doesNotContain("IBAN", "4711", "Location");
        assertThat(stored.response().orElseThrow().status()).isEqualTo(201);

        IdempotentResult.Replayed replayed = (IdempotentResult.Replayed) again(engine, call);
        assertThat(replayed.response()).isEqualTo(RESPONSE);
        assertThat(replayed.record().response()).contains(RESPONSE);
    }

    @Test
    void execute_bodyOverTheCap_isReplayedWithoutItAndWithItsReference() {
        IdempotencyEngine engine = engine(ResponseEncryption.of("k1", key(1)))
                .withSettings(IdempotencySettings.defaults().withMaxStoredBody(3));
        run(engine, call);
        StoredResponse replayed = ((IdempotentResult.Replayed) again(engine, call)).response();
        assertThat(replayed.body()).isEmpty();
        assertThat(replayed.effectRef()).contains("payment-4711");
    }

    @Test
    void execute_afterRotation_replaysTheOldAndEncryptsWithTheNew() {
        run(engine(ResponseEncryption.of("k1", key(1))), call);
        IdempotencyEngine rotated = engine(ResponseEncryption.of("k2", key(2)).withOldKey("k1", key(1)));
        assertThat(((IdempotentResult.Replayed) again(rotated, call)).response())
                .isEqualTo(RESPONSE);

        IdempotentCall other = IdempotentCall.of(
                Scope.of("bob"),
                "POST /payments",
                call.key(),
                call.fingerprints().get(0));
        run(rotated, other);
        assertThat(ResponseEncryption.keyOf(
                        store.find(other.storageKey()).orElseThrow().response().orElseThrow()))
                .contains("k2");
    }

    @Test
    void execute_responseFromBeforeTheEncryption_isReplayed() {
        run(IdempotencyEngine.of(store), call);
        assertThat(((IdempotentResult.Replayed) again(engine(ResponseEncryption.of("k1", key(1))), call)).response())
                .isEqualTo(RESPONSE);
    }

    @Test
    void execute_keyIsNotConfigured_isUnavailableAndNothingIsExecuted() {
        run(engine(ResponseEncryption.of("k1", key(1))), call);
        IdempotencyEngine others = engine(ResponseEncryption.of("k2", key(2)));
        assertThatThrownBy(() -> again(others, call))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("'k1'")
                .hasMessageContaining("withOldKey");
        assertThat(others.counts().count(Kind.STORE_FAILED)).isEqualTo(1);
        assertThatThrownBy(() -> again(IdempotencyEngine.of(store), call))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("IdempotencyEngine.withEncryption");
        assertThatThrownBy(() -> again(engine(ResponseEncryption.of("k1", key(3))), call))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("was modified");
    }

    @Test
    void decrypt_changedOrMoved_isRejected() {
        ResponseEncryption encryption = ResponseEncryption.of("k1", key(1));
        run(engine(encryption), call);
        IdempotencyRecord done = store.find(call.storageKey()).orElseThrow();
        StoredResponse stored = done.response().orElseThrow();
        byte[] body = stored.body().orElseThrow();
        for (int i = 0; i < body.length; i++) {
            byte[] changed = body.clone();
            changed[i] ^= 1;
            assertUnreadable(encryption, done, StoredResponse.of(stored.status(), stored.headers(), changed));
        }
        assertUnreadable(encryption, done, StoredResponse.of(200, stored.headers(), body));
        assertUnreadable(encryption, done, StoredResponse.of(stored.status(), stored.headers(), new byte[5]))
                .hasMessageContaining("truncated");
        IdempotentCall other = IdempotentCall.of(
                Scope.of("eve"),
                "POST /payments",
                call.key(),
                call.fingerprints().get(0));
        run(engine(encryption), other);
        assertUnreadable(encryption, store.find(other.storageKey()).orElseThrow(), stored);
    }

    private static AbstractThrowableAssert<?, ?> assertUnreadable(
            ResponseEncryption encryption, IdempotencyRecord in, StoredResponse response) {
        IdempotencyRecord changed = new IdempotencyRecord(
                in.ownerToken(), in.state(), in.fingerprint(), in.claims(), in.times(), Optional.of(response));
        return assertThatThrownBy(() -> encryption.decrypt(changed)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void encrypt_sameResponseTwice_givesDifferentBytes() {
        ResponseEncryption encryption = ResponseEncryption.of("k1", key(1));
        run(engine(encryption), call);
        IdempotencyRecord done = store.find(call.storageKey()).orElseThrow();
        assertThat(encryption.encrypt(done, RESPONSE)).isNotEqualTo(encryption.encrypt(done, RESPONSE));
    }

    @Test
    void resolve_done_isEncryptedToo() {
        IdempotencyEngine engine = engine(ResponseEncryption.of("k1", key(1)));
        assertThatThrownBy(() -> ExternalIdempotency.of(engine).execute(call, execution -> {
                    throw new OutcomeUnknownException("the line was cut");
                }))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(engine.resolve(call.storageKey(), Resolution.done(RESPONSE))).isTrue();
        assertThat(text(store.find(call.storageKey()).orElseThrow())).doesNotContain("IBAN");
        assertThat(((IdempotentResult.Replayed) again(engine, call)).response()).isEqualTo(RESPONSE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "key 1",
                "clé",
                "k\u007f",
                "0123456789012345678901234567890123456789012345678901234567890123x"
            })
    void of_idThatIsNone_isRejected(String id) {
        assertThatThrownBy(() -> ResponseEncryption.of(id, key(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 64 visible ASCII");
    }

    @Test
    void of_idAtItsLimits_isAccepted() {
        String longest = "k".repeat(64);
        assertThat(ResponseEncryption.of("!~", key(1)).withOldKey(longest, key(2)))
                .hasToString("ResponseEncryption[!~, all of [!~, " + longest + "]]");
    }

    @Test
    void of_keyThatIsNone_isRejected() {
        assertThatThrownBy(() -> ResponseEncryption.of("k1", new SecretKeySpec(new byte[16], "HmacSHA256")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HmacSHA256");
        assertThatThrownBy(() -> ResponseEncryption.of("k1", new SecretKeySpec(new byte[5], "AES")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("128, 192 or 256 bits");
        assertThatThrownBy(() -> ResponseEncryption.of("k1", key(1)).withOldKey("k1", key(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two keys have the id 'k1'");
        assertThat(ResponseEncryption.of("k1", key(1)).toString()).isEqualTo("ResponseEncryption[k1, all of [k1]]");
    }

    @Test
    void replays_ofAReconciler_areReadableToo() {
        ResponseEncryption encryption = ResponseEncryption.of("k1", key(1));
        IdempotencyEngine engine = engine(encryption);
        ExternalIdempotency reconciled = ExternalIdempotency.of(engine)
                .withCrashPolicy(CrashPolicy.reconcile(record -> Resolution.done(RESPONSE)));
        assertThatThrownBy(() -> reconciled.execute(call, execution -> {
                    throw new OutcomeUnknownException("the line was cut");
                }))
                .isInstanceOf(OutcomeUnknownException.class);
        IdempotentResult result = reconciled.execute(call, execution -> {
            throw new AssertionError("it was executed");
        });
        assertThat(((IdempotentResult.Replayed) result).response()).isEqualTo(RESPONSE);
    }
}
