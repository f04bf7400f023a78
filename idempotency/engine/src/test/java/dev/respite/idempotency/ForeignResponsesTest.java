package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Responses that another program has written into the store, and the formats of earlier versions. */
class ForeignResponsesTest {

    private static final SecretKey OLD = key(1);
    private static final SecretKey NEW = key(2);
    private static final ResponseEncryption ENCRYPTION = ResponseEncryption.of("k1", OLD);
    private static final ResponseEncryption STRICT = ENCRYPTION.withoutPlainResponses();

    private static final StoredResponse RESPONSE = StoredResponse.of(
                    201,
                    Map.of("Location", List.of("/accounts/4711")),
                    "IBAN DE89370400440532013000".getBytes(StandardCharsets.UTF_8))
            .withEffectRef("payment-4711");

    /** The bytes that an earlier version has stored for {@link #RESPONSE} of {@link #call}, encrypted with {@link #OLD}. */
    private static final StoredResponse OF_EARLIER_VERSION = StoredResponse.fromBytes(HexFormat.of()
            .parseHex("0100c90000000100000011526573706974652d456e6372797074656400000001000000026b31000000745ab84f6e"
                    + "2160ac07fd4831bc95cdb1f25b9c839341383f293112c0fd75c8c6269cd68c95e4167be4dc7598b790d7566b625056"
                    + "76c09aefb6b4524fbc85583e1c725929854d34bed89ff0daf796d511864d002ef7380816d45fcdf4c8e226867a9245"
                    + "a179688b46df12b949165f225947f7607037ffffffff"));

    /** The same response in plain text, by the same version. */
    private static final StoredResponse PLAIN_OF_EARLIER_VERSION = StoredResponse.fromBytes(HexFormat.of()
            .parseHex("0100c900000001000000084c6f636174696f6e000000010000000e2f6163636f756e74732f343731310000001b4942"
                    + "414e20444538393337303430303434303533323031333030300000000c7061796d656e742d34373131"));

    private final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.create();
    private final Fingerprint fingerprint = Fingerprint.of("1", new byte[0]);
    private final IdempotentCall call = call(List.of(fingerprint));

    private static SecretKey key(int first) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) first;
        return new SecretKeySpec(bytes, "AES");
    }

    private static IdempotentCall call(List<Fingerprint> fingerprints) {
        return new IdempotentCall(Scope.of("alice"), "POST /payments", IdempotencyKey.of("order-17"), fingerprints);
    }

    /** Writes the record of the call into a store, as another program could. */
    private void put(IdempotencyStore into, State state, Optional<StoredResponse> response, Fingerprint of) {
        Duration day = Duration.ofDays(1);
        RecordWrite.Terms terms = new RecordWrite.Terms(day, day, day, Optional.empty());
        into.putIfAbsent(call.storageKey(), new RecordWrite(state, "other", of, 1, terms, response));
    }

    private void put(StoredResponse response) {
        put(store, State.DONE, Optional.of(response), fingerprint);
    }

    private StoredResponse storedBy(ResponseEncryption encryption) {
        InMemoryIdempotencyStore another = InMemoryIdempotencyStore.create();
        run(IdempotencyEngine.of(another).withEncryption(encryption), call);
        return another.find(call.storageKey())
                .flatMap(IdempotencyRecord::response)
                .orElseThrow();
    }

    private static void run(IdempotencyEngine engine, IdempotentCall call) {
        assertThat(ExternalIdempotency.of(engine).execute(call, execution -> RESPONSE))
                .isEqualTo(new IdempotentResult.Executed(RESPONSE));
    }

    private IdempotencyEngine engine(ResponseEncryption encryption) {
        return IdempotencyEngine.of(store).withEncryption(encryption);
    }

    private static StoredResponse replayed(IdempotencyEngine engine, IdempotentCall call) {
        IdempotentResult result = ExternalIdempotency.of(engine).execute(call, execution -> {
            throw new AssertionError("it was executed");
        });
        return ((IdempotentResult.Replayed) result).response();
    }

    /** Asserts that the call is unavailable, with an event, and that the work does not run. */
    private static AbstractThrowableAssert<?, ?> assertUnreadable(IdempotencyEngine engine, IdempotentCall call) {
        AbstractThrowableAssert<?, ?> thrown =
                assertThatThrownBy(() -> replayed(engine, call)).isInstanceOf(StoreUnavailableException.class);
        assertThat(engine.counts().count(Kind.STORE_FAILED)).isEqualTo(1);
        return thrown.hasMessageContaining("the work did not run");
    }

    @Test
    void execute_plainResponseInTheStore_isReplayedUntilItIsRejected() {
        put(PLAIN_OF_EARLIER_VERSION);
        assertThat(replayed(engine(ENCRYPTION), call)).isEqualTo(RESPONSE);
        assertUnreadable(engine(STRICT), call).hasMessageContaining("is in plain text");
        assertUnreadable(engine(STRICT), call);
        assertThat(store.find(call.storageKey()).flatMap(IdempotencyRecord::response))
                .contains(PLAIN_OF_EARLIER_VERSION);
    }

    @Test
    void execute_markWithoutAKeyId_countsAsPlain() {
        put(StoredResponse.of(200, Map.of(ResponseEncryption.HEADER, List.of()), new byte[0]));
        assertUnreadable(engine(STRICT), call).hasMessageContaining("is in plain text");
        assertThat(replayed(engine(ENCRYPTION), call).status()).isEqualTo(200);
        assertThat(replayed(IdempotencyEngine.of(store), call).status()).isEqualTo(200);
    }

    @Test
    void execute_responseOfEarlierVersion_isReadUnderOldKeysOnceItIsRejected() {
        put(OF_EARLIER_VERSION);
        assertThat(replayed(engine(ENCRYPTION), call)).isEqualTo(RESPONSE);
        assertUnreadable(engine(STRICT), call).hasMessageContaining("without the fingerprint");
        ResponseEncryption rotated = ResponseEncryption.of("k2", NEW).withoutPlainResponses();
        assertThat(replayed(engine(rotated.withOldKey("k1", OLD)), call)).isEqualTo(RESPONSE);
        assertUnreadable(engine(rotated), call).hasMessageContaining("withOldKey");
        assertThat(rotated.withOldKey("k1", OLD))
                .hasToString("ResponseEncryption[k2, all of [k1, k2], without plain responses]");
    }

    /** Decrypts like the earlier version. */
    @Test
    void execute_withPlainResponses_writesTheFormatOfEarlierVersions() throws GeneralSecurityException {
        StoredResponse stored = storedBy(ENCRYPTION);
        assertThat(stored.headers()).isEqualTo(OF_EARLIER_VERSION.headers());
        byte[] body = stored.body().orElseThrow();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, OLD, new GCMParameterSpec(128, Arrays.copyOf(body, 12)));
        cipher.updateAAD(("respite-1 " + call.storageKey().value() + " 201").getBytes(StandardCharsets.UTF_8));
        assertThat(cipher.doFinal(body, 12, body.length - 12)).isEqualTo(PLAIN_OF_EARLIER_VERSION.toBytes());
    }

    @Test
    void execute_withoutPlainResponses_isReadByNodesThatStillAcceptThem() {
        run(engine(STRICT), call);
        assertThat(replayed(engine(STRICT), call)).isEqualTo(RESPONSE);
        assertThat(replayed(engine(ENCRYPTION), call)).isEqualTo(RESPONSE);
        assertThat(storedBy(STRICT).headers()).isNotEqualTo(OF_EARLIER_VERSION.headers());
        assertThat(STRICT).hasToString("ResponseEncryption[k1, all of [k1], without plain responses]");
    }

    @Test
    void execute_responseOfAnotherRequest_isReadableInTheEarlierFormatOnly() {
        Fingerprint other = Fingerprint.of("1", new byte[] {1});
        IdempotentCall otherCall = call(List.of(other));
        put(store, State.DONE, Optional.of(storedBy(STRICT)), other);
        assertUnreadable(engine(STRICT), otherCall).hasMessageContaining("was modified");
        assertUnreadable(engine(ENCRYPTION), otherCall).hasMessageContaining("was modified");

        InMemoryIdempotencyStore another = InMemoryIdempotencyStore.create();
        put(another, State.DONE, Optional.of(storedBy(ENCRYPTION)), other);
        assertThat(replayed(IdempotencyEngine.of(another).withEncryption(ENCRYPTION), otherCall))
                .isEqualTo(RESPONSE);
    }

    @Test
    void execute_markChanged_isUnreadable() {
        StoredResponse stored = storedBy(STRICT);
        ResponseEncryption rotated =
                ResponseEncryption.of("k2", NEW).withOldKey("k1", OLD).withoutPlainResponses();
        for (List<String> mark : List.of(List.of("k1"), List.of("k1", "3"), List.of("k1", "2", "2"))) {
            InMemoryIdempotencyStore another = InMemoryIdempotencyStore.create();
            StoredResponse changed = StoredResponse.of(
                    stored.status(),
                    Map.of(ResponseEncryption.HEADER, mark),
                    stored.body().orElseThrow());
            put(another, State.DONE, Optional.of(changed), fingerprint);
            assertUnreadable(IdempotencyEngine.of(another).withEncryption(ENCRYPTION), call);
            assertUnreadable(IdempotencyEngine.of(another).withEncryption(rotated), call);
        }
    }

    @Test
    void execute_recordWithTheFingerprintOfAnEarlierVersion_isBoundToThatOne() {
        put(store, State.READY, Optional.empty(), fingerprint);
        IdempotentCall upgraded = call(List.of(Fingerprint.of("2", new byte[0]), fingerprint));
        run(engine(STRICT), upgraded);
        assertThat(replayed(engine(STRICT), upgraded)).isEqualTo(RESPONSE);
        assertThat(replayed(engine(STRICT), call)).isEqualTo(RESPONSE);
    }

    @Test
    void resolve_done_isReadableWithoutPlainResponses() {
        put(store, State.UNKNOWN, Optional.empty(), fingerprint);
        assertThat(engine(STRICT).resolve(call.storageKey(), Resolution.done(RESPONSE)))
                .isTrue();
        assertThat(replayed(engine(STRICT), call)).isEqualTo(RESPONSE);
    }

    @Test
    void execute_forbiddenHeadersInTheStore_areNotReplayed() {
        Map<String, List<String>> headers = Map.of(
                "set-COOKIE", List.of("session=stolen"), "Age", List.of("1"), "X-Receipt", List.of("4711", "4712"));
        StoredResponse foreign =
                StoredResponse.of(200, headers, new byte[100_000]).withEffectRef("payment-4711");
        put(foreign);
        StoredResponse expected = StoredResponse.of(
                        200, Map.of("X-Receipt", List.of("4711", "4712")), new byte[100_000])
                .withEffectRef("payment-4711");
        assertThat(replayed(IdempotencyEngine.of(store), call)).isEqualTo(expected);
        assertThat(replayed(engine(ENCRYPTION), call)).isEqualTo(expected);
    }
}
