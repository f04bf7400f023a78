package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes, responses, settings. */
class ValuesTest {

    @Test
    void storageKey_partsThatRunTogether_areNotTheSame() {
        Set<String> keys = new HashSet<>();
        for (String[] parts : new String[][] {
            {"a", "b", "c"}, {"ab", "", "c"}, {"a", "bc", "c"}, {"a", "", "bc"}, {"a", "b", "C"}, {"x", "b", "c"}
        }) {
            keys.add(Scope.of(parts[0])
                    .storageKey(parts[1], IdempotencyKey.of(parts[2]))
                    .value());
        }
        assertThat(keys).hasSize(6);
    }

    /** Can be verified with printf 'alice\0pay\0k' | sha256sum. */
    @Test
    void storageKey_isTheSha256OfItsParts() {
        StorageKey key = Scope.of("alice").storageKey("pay", IdempotencyKey.of("k"));
        assertThat(key.value()).isEqualTo("m3nUlfG5Kmau0rJTAq0nwFwgPmue6BPW3s5Lo7HfASU");
    }

    /** Can be verified with printf 'acme\0alice\0pay\0k' | sha256sum. */
    @Test
    void storageKey_ofAPrincipalInAScope_isTheSha256OfFourTexts() {
        IdempotencyKey k = IdempotencyKey.of("k");
        StorageKey key = Scope.of("acme").withPrincipal("alice").storageKey("pay", k);
        assertThat(key.value()).isEqualTo("CtdLsc-IYr_kum_gINvRK6RPljOQf2DY8V9rk_pwr6s");
        assertThat(key.scope()).isEqualTo("3qTq6uqiznO-LDZvXQ6gE_Z1LRKWahBYPzKs8X2X1AM");
        for (Scope other : List.of(
                Scope.of("acme"),
                Scope.of("alice"),
                Scope.of("acmealice"),
                Scope.of("acme").withPrincipal("bob"),
                Scope.of("alice").withPrincipal("acme"))) {
            assertThat(other.storageKey("pay", k).value()).isNotEqualTo(key.value());
            assertThat(other.storageKey("pay", k).scope()).isNotEqualTo(key.scope());
            // The first text of the operation is no principal.
            assertThat(other.storageKey("alice", k).value()).isNotEqualTo(key.value());
        }
    }

    @Test
    void storageKey_ofAnotherForm_isRejected() {
        String hash = "aZ09-_".repeat(7) + "x";
        assertThat(new StorageKey(hash, hash)).hasToString(hash);
        for (String wrong :
                List.of("", hash.substring(1), hash + "x", hash.replace("a", "+"), hash.replace("x", "="))) {
            assertThatThrownBy(() -> new StorageKey(wrong, hash)).hasMessageContaining("43 characters");
            assertThatThrownBy(() -> new StorageKey(hash, wrong)).hasMessageContaining("43 characters");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "a\u0000b", "\u0000a", "\ud800"})
    void scope_blankOrNotHashable_isRejected(String name) {
        assertThatThrownBy(() -> Scope.of(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Scope.of("acme").withPrincipal(name)).hasMessageContaining("principal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "\u0000a", "\ud800"})
    void storageKey_ofATextThatIsNotHashable_isRejectedWithItsName(String text) {
        assertThatThrownBy(() -> StorageKey.of(text, "pay", "k")).hasMessageStartingWith("the scope has");
        assertThatThrownBy(() -> StorageKey.of("acme", text, "k")).hasMessageStartingWith("the operation has");
        assertThatThrownBy(() -> StorageKey.of(text, "alice", "pay", "k")).hasMessageStartingWith("the scope has");
        assertThatThrownBy(() -> StorageKey.of("acme", text, "pay", "k")).hasMessageStartingWith("the principal has");
        assertThatThrownBy(() -> StorageKey.of("acme", "alice", text, "k")).hasMessageStartingWith("the operation has");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "\ud800"})
    void operation_notHashable_isRejected(String operation) {
        assertThatThrownBy(() -> IdempotencyFixture.call("a", operation, "k", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fingerprint_bytesMovedBetweenParts_isAnother() {
        assertThat(Fingerprint.of("1", bytes("ab"), bytes("c")))
                .isNotEqualTo(Fingerprint.of("1", bytes("a"), bytes("bc")));
        assertThat(Fingerprint.of("1", bytes("ab"))).isNotEqualTo(Fingerprint.of("1", bytes("ab"), bytes("")));
    }

    @Test
    void fingerprint_text_comesBack() {
        Fingerprint plain = Fingerprint.of("all-1", bytes("x"));
        assertThat(Fingerprint.parse(plain.toString())).isEqualTo(plain);
        assertThatThrownBy(() -> Fingerprint.parse("x")).hasMessageContaining("'x:'");
        assertThatThrownBy(() -> Fingerprint.parse(":x")).hasMessageContaining("':x'");
        assertThatThrownBy(() -> Fingerprint.of("UPPER", bytes("x"))).hasMessageContaining("lower-case letters");
    }

    @Test
    void fingerprint_otherSecret_isAnother() {
        byte[] one = new byte[16];
        byte[] two = new byte[16];
        two[0] = 1;
        assertThat(Fingerprint.keyed("1", one, bytes("x")))
                .isNotEqualTo(Fingerprint.keyed("1", two, bytes("x")))
                .isNotEqualTo(Fingerprint.of("1", bytes("x")))
                .isEqualTo(Fingerprint.keyed("1", one, bytes("x")));
        assertThat(Fingerprint.keyed("1", one, bytes("ab"), bytes("c")))
                .isNotEqualTo(Fingerprint.keyed("1", one, bytes("a"), bytes("bc")));
        assertThatThrownBy(() -> Fingerprint.keyed("1", new byte[15])).hasMessageContaining("16");
    }

    @Property(tries = 300)
    void response_asBytes_comesBack(@ForAll byte[] body, @ForAll List<String> values, @ForAll String reference) {
        StoredResponse whole = StoredResponse.of(201, Map.of("Link", sane(values)), body)
                .withEffectRef(new String(bytes(reference), StandardCharsets.UTF_8)
                        .substring(0, Math.min(99, reference.length())));
        for (StoredResponse response : List.of(whole, whole.withoutBody(), StoredResponse.empty())) {
            byte[] stored = response.toBytes();
            assertThat(StoredResponse.fromBytes(stored)).isEqualTo(response);
            for (int length = 0; length < Math.min(stored.length, 40); length++) {
                byte[] cut = Arrays.copyOf(stored, length);
                assertThatThrownBy(() -> StoredResponse.fromBytes(cut)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    /** Headers cannot contain text that UTF-8 cannot encode. */
    private static List<String> sane(List<String> values) {
        return values.stream()
                .map(value -> new String(bytes(value), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void response_ofANewerRespite_isUnavailableAndNamesTheVersion() {
        byte[] bytes = StoredResponse.empty().toBytes();
        bytes[0] = 2;
        assertThatThrownBy(() -> StoredResponse.fromBytes(bytes))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("The work did not run");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, -1})
    void response_ofNoVersion_isRejected(byte version) {
        byte[] bytes = StoredResponse.empty().toBytes();
        bytes[0] = version;
        assertThatThrownBy(() -> StoredResponse.fromBytes(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has version " + version);
    }

    @ParameterizedTest
    @EnumSource
    void record_responseInAnotherStateThanDone_isRejected(State state) {
        OwnerToken owner = new OwnerToken(StorageKey.of("acme", "pay", "k"), 1, "owner");
        Optional<StoredResponse> wrong = state == State.DONE ? Optional.empty() : Optional.of(StoredResponse.empty());
        IdempotencyRecord.Times times = new IdempotencyRecord.Times(Instant.EPOCH, Instant.EPOCH, Optional.empty());
        assertThatThrownBy(() -> new IdempotencyRecord(owner, state, Fingerprint.of("1", bytes("x")), 1, times, wrong))
                .hasMessage("a record that is " + state
                        + (state == State.DONE ? " must have a response" : " cannot have a response"));
    }

    /** The maximum size of a record is the cap and 8 KiB. */
    @Test
    void response_kept_longHeadersCountAsBody() {
        IdempotencySettings settings = IdempotencySettings.defaults();
        String link = "x".repeat(8 * 1024 - "Link".length() + 100);
        StoredResponse response = StoredResponse.of(200, Map.of("Link", List.of(link)), new byte[5]);
        assertThat(response.kept(settings.headers(), 105)).isEqualTo(response);
        assertThat(response.kept(settings.headers(), 104)).isEqualTo(response.withoutBody());
        assertThat(response.kept(settings.headers(), 100)).isEqualTo(response.withoutBody());
        StoredResponse nothing = response.kept(settings.headers(), 99);
        assertThat(nothing.headers()).isEmpty();
        assertThat(nothing.body()).isEmpty();
    }

    @Test
    void response_kept_headersOfManyValues_areSummed() {
        IdempotencySettings settings = IdempotencySettings.defaults();
        List<String> links = Collections.nCopies(100_000, "x".repeat(100));
        StoredResponse kept = StoredResponse.of(200, Map.of("Link", links), new byte[0])
                .kept(settings.headers(), settings.maxStoredBody());
        assertThat(kept.toBytes()).hasSizeLessThan(100);
    }

    /** Stored responses stay readable: this is the format of version 1. */
    @Test
    void fault52_response_formOfVersion1_isRead() {
        byte[] version1 = HexFormat.of()
                .parseHex("0100c9" + "00000001" + "0000000145" + "00000001" + "0000000178" + "000000026869" + "00000001"
                        + "72");
        assertThat(StoredResponse.fromBytes(version1))
                .isEqualTo(StoredResponse.of(201, Map.of("E", List.of("x")), bytes("hi"))
                        .withEffectRef("r"));
    }

    @Test
    void response_bytesChangedOutside_staysAsItIs() {
        byte[] bytes = bytes("before");
        StoredResponse response = StoredResponse.of(bytes);
        bytes[0] = 'X';
        response.body().orElseThrow()[0] = 'X';
        assertThat(response.text()).contains("before");
    }

    @Test
    void response_kept_hasTheListedHeadersOnly() {
        StoredResponse response = StoredResponse.of(
                200,
                Map.of("location", List.of("/1"), "Set-Cookie", List.of("session=1"), "Date", List.of("now")),
                bytes("12345"));
        IdempotencySettings settings = IdempotencySettings.defaults();
        StoredResponse kept = response.kept(settings.headers(), 5);
        assertThat(kept.headers()).containsOnlyKeys("location");
        assertThat(kept.body()).isPresent();
        assertThat(response.kept(settings.headers(), 4).body()).isEmpty();
    }

    @Test
    void response_statusAndReferenceAtTheirLimits_areAccepted() {
        for (int status : new int[] {100, 599}) {
            assertThat(StoredResponse.of(status, Map.of(), new byte[0]).status())
                    .isEqualTo(status);
        }
        for (int status : new int[] {99, 600}) {
            assertThatThrownBy(() -> StoredResponse.of(status, Map.of(), new byte[0]))
                    .hasMessageContaining("status " + status);
        }
        StoredResponse paid = StoredResponse.of("paid");
        assertThat(paid.withEffectRef("r".repeat(255)).effectRef()).contains("r".repeat(255));
        assertThatThrownBy(() -> paid.withEffectRef("r".repeat(256))).hasMessageContaining("256 characters");
        assertThatThrownBy(() -> StoredResponse.of(200, Map.of("A", List.of("1"), "a", List.of("2")), new byte[0]))
                .hasMessageContaining("occurs twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Set-Cookie",
                "authorization",
                "DATE",
                "Transfer-Encoding",
                "traceparent",
                "Access-Control-Allow-Origin"
            })
    void settings_headerOfOneExchange_isRejected(String header) {
        assertThatThrownBy(() -> IdempotencySettings.defaults().withHeaders(Set.of(header)))
                .hasMessageContaining(header);
    }

    @Test
    void settings_outOfRange_isRejectedWithValueAndRule() {
        IdempotencySettings settings = IdempotencySettings.defaults();
        assertThatThrownBy(() -> settings.withLease(Duration.ZERO))
                .hasMessageContaining("PT0S")
                .hasMessageContaining("1 ms");
        assertThatThrownBy(() -> settings.withRetention(Duration.ofSeconds(29)))
                .hasMessageContaining("PT29S")
                .hasMessageContaining("PT30S");
        assertThatThrownBy(() -> settings.withMaxClockSkew(Duration.ofSeconds(-1)))
                .hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> settings.withMaxWait(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> settings.withMaxStoredBody(-1)).hasMessageContaining("-1");
        assertThat(settings.withMaxStoredBody(0).maxStoredBody()).isZero();
        assertThat(settings.withLease(Duration.ofMillis(1)).lease()).isEqualTo(Duration.ofMillis(1));
        assertThat(settings.withRetention(settings.lease()).retention()).isEqualTo(settings.lease());
    }

    @Test
    void quota_limitOfNone_isRejected() {
        assertThat(new Quota(1, 1, 1).records()).isEqualTo(1);
        assertThatThrownBy(() -> new Quota(0, 1, 1)).hasMessageContaining("0 records");
        assertThatThrownBy(() -> new Quota(1, 0, 1)).hasMessageContaining("0 per scope");
        assertThatThrownBy(() -> new Quota(1, 1, 0)).hasMessageContaining("0 bytes");
    }

    /** Rejected in the settings, not by an overflow in each call. */
    @Test
    void settings_tooLong_isRejectedWithTheMaximum() {
        IdempotencySettings settings = IdempotencySettings.defaults();
        Duration forEver = ChronoUnit.FOREVER.getDuration();
        assertThatThrownBy(() -> settings.withRetention(forEver))
                .hasMessageContaining("retention")
                .hasMessageContaining("36,500");
        assertThatThrownBy(() -> settings.withMaxClockSkew(forEver)).hasMessageContaining("maxClockSkew");
        assertThatThrownBy(() -> settings.withMaxWait(forEver)).hasMessageContaining("maxWait");
        assertThat(settings.withRetention(Duration.ofDays(36_500)).retention()).isEqualTo(Duration.ofDays(36_500));
    }

    @Test
    void call_withoutFingerprint_isRejected() {
        assertThatThrownBy(() -> new IdempotentCall(Scope.of("a"), "op", IdempotencyKey.of("k"), List.of()))
                .hasMessageContaining("no fingerprint");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
