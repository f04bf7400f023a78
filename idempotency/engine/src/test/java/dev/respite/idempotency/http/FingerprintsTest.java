package dev.respite.idempotency.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.StoredResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintsTest {

    private static final byte[] BODY = "body".getBytes(UTF_8);
    private static final byte[] SECRET = "0123456789abcdef".getBytes(UTF_8);

    /** The fingerprints of the releases before {@code all-2}. */
    private static final Fingerprints EARLIER = (head, body) -> List.of(Fingerprint.of(
            "all-1",
            head.method().getBytes(UTF_8),
            head.normalizedPath().getBytes(UTF_8),
            head.query().orElse("").getBytes(UTF_8),
            body));

    private static HttpHead head(String type, String encoding) {
        Map<String, List<String>> headers = Map.of(
                "Content-Type",
                type.isEmpty() ? List.of() : List.of(type),
                "Content-Encoding",
                encoding.isEmpty() ? List.of() : List.of(encoding),
                HttpGuard.KEY_HEADER,
                List.of("\"key\""));
        return new HttpHead("POST", "/pay", Optional.of("a=1"), name -> headers.getOrDefault(name, List.of()));
    }

    private static Fingerprint second(Fingerprints fingerprints, HttpHead head) {
        return fingerprints.compute(head, BODY).stream()
                .filter(each -> each.version().endsWith("2"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ofAll_firstVersion_isTheOneOfEarlierReleases() {
        HttpHead head = head("text/plain", "");
        assertThat(Fingerprints.ofAll().compute(head, BODY).get(0))
                .isEqualTo(EARLIER.compute(head, BODY).get(0));
    }

    @Test
    void ofAll_andOfAllAndMediaType_areEqualInAnotherOrder() {
        HttpHead head = head("text/plain", "gzip");
        List<Fingerprint> newestLast = Fingerprints.ofAll().compute(head, BODY);
        List<Fingerprint> newestFirst = Fingerprints.ofAllAndMediaType().compute(head, BODY);
        assertThat(newestLast).extracting(Fingerprint::version).containsExactly("all-1", "all-2");
        assertThat(newestFirst).containsExactly(newestLast.get(1), newestLast.get(0));
        assertThat(Fingerprints.ofAllAndMediaType(SECRET).compute(head, BODY))
                .containsExactly(
                        Fingerprints.ofAll(SECRET).compute(head, BODY).get(1),
                        Fingerprints.ofAll(SECRET).compute(head, BODY).get(0))
                .extracting(Fingerprint::version)
                .containsExactly("all-k2", "all-k1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain | '' | Text/PLAIN;charset=utf-8 | '' | true",
                "multipart/form-data; boundary=a | '' | multipart/form-data; boundary=b | '' | true",
                "text/plain | gzip, br | text/plain | GZIP,br | true",
                "text/plain | '' | application/json | '' | false",
                "text/plain | '' | '' | '' | false",
                "text/plain | '' | text/plain | gzip | false",
                "'' | gzip | gzip | '' | false"
            })
    void secondVersion_comparesMediaTypeAndEncoding(
            String type, String encoding, String otherType, String otherEncoding, boolean isEqual) {
        for (Fingerprints each : List.of(Fingerprints.ofAll(), Fingerprints.ofAll(SECRET))) {
            Fingerprint one = second(each, head(type, encoding));
            Fingerprint other = second(each, head(otherType, otherEncoding));
            assertThat(one.equals(other)).isEqualTo(isEqual);
        }
    }

    @Test
    void shortSecret_isRejectedWhenItIsGiven() {
        byte[] secret = new byte[15];
        assertThatThrownBy(() -> Fingerprints.ofAll(secret)).hasMessageContaining("15 bytes");
        assertThatThrownBy(() -> Fingerprints.ofAllAndMediaType(secret)).hasMessageContaining("15 bytes");
    }

    private static int status(ExternalIdempotency idempotency, Fingerprints fingerprints, String type) {
        return HttpGuard.of(idempotency)
                .withFingerprints(fingerprints)
                .handle(head(type, ""), Scope.of("alice"), BODY, record -> true, execution -> StoredResponse.empty())
                .status();
    }

    /** A record of an earlier release is compared with both orders, and the other way round while the switch is not set. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void earlierRelease_onOneTableWithThisOne_rejectsNoKey(boolean earlierFirst) {
        ExternalIdempotency idempotency = ExternalIdempotency.of(InMemoryIdempotencyStore.create());
        assertThat(status(idempotency, earlierFirst ? EARLIER : Fingerprints.ofAll(), "text/plain"))
                .isEqualTo(200);
        assertThat(status(idempotency, EARLIER, "text/plain")).isEqualTo(200);
        assertThat(status(idempotency, Fingerprints.ofAll(), "text/plain")).isEqualTo(200);
        assertThat(status(idempotency, Fingerprints.ofAllAndMediaType(), "text/plain"))
                .isEqualTo(200);
    }

    @Test
    void mediaType_ofARecordOfTheSecondVersion_isCompared() {
        ExternalIdempotency idempotency = ExternalIdempotency.of(InMemoryIdempotencyStore.create());
        assertThat(status(idempotency, Fingerprints.ofAllAndMediaType(), "text/plain"))
                .isEqualTo(200);
        // An instance whose switch is not set yet.
        assertThat(status(idempotency, Fingerprints.ofAll(), "text/plain")).isEqualTo(200);
        assertThat(status(idempotency, Fingerprints.ofAll(), "application/json"))
                .isEqualTo(422);
        assertThat(status(idempotency, Fingerprints.ofAllAndMediaType(), "application/json"))
                .isEqualTo(422);
    }
}
