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

    private static HttpHead conditional(String name, String value) {
        return new HttpHead(
                "POST",
                "/pay",
                Optional.of("a=1"),
                header -> header.equals(name)
                        ? List.of(value)
                        : head("text/plain", "").headers().apply(header));
    }

    /** Earlier releases have compared none of them. */
    @ParameterizedTest
    @ValueSource(strings = {"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"})
    void conditionalHeader_isInTheFirstVersion_andNotInEarlierOnes(String name) {
        HttpHead plain = head("text/plain", "");
        HttpHead conditional = conditional(name, "1");
        for (Fingerprints each : List.of(
                Fingerprints.ofAll(), Fingerprints.ofAllAndMediaType(),
                Fingerprints.ofAll(SECRET), Fingerprints.ofAllAndMediaType(SECRET))) {
            List<Fingerprint> all = each.compute(conditional, BODY);
            assertThat(all).doesNotHaveDuplicates().hasSize(4);
            assertThat(all.subList(2, 4)).isEqualTo(each.compute(plain, BODY));
            assertThat(all.get(0))
                    .isNotEqualTo(each.compute(conditional(name, "2"), BODY).get(0));
            assertThat(all.get(0))
                    .isEqualTo(each.compute(conditional(name, " 1 "), BODY).get(0));
        }
        assertThat(Fingerprints.ofAll().compute(conditional, BODY))
                .extracting(Fingerprint::version)
                .containsExactly("all-3", "all-4", "all-1", "all-2");
        assertThat(Fingerprints.ofAllAndMediaType(SECRET).compute(conditional, BODY))
                .extracting(Fingerprint::version)
                .containsExactly("all-k4", "all-k3", "all-k2", "all-k1");
        assertThat(Fingerprints.ofAll()
                        .compute(conditional("If-Match", "1"), BODY)
                        .get(0))
                .isNotEqualTo(Fingerprints.ofAll()
                        .compute(conditional("If-None-Match", "1"), BODY)
                        .get(0));
    }

    @Test
    void fourthVersionOnly_comparesTheMediaType() {
        HttpHead json = new HttpHead(
                "POST",
                "/pay",
                Optional.of("a=1"),
                header -> header.equals("If-Match")
                        ? List.of("1")
                        : head("application/json", "").headers().apply(header));
        assertThat(Fingerprints.ofAllAndMediaType().compute(json, BODY).get(0))
                .isNotEqualTo(Fingerprints.ofAllAndMediaType()
                        .compute(conditional("If-Match", "1"), BODY)
                        .get(0));
        assertThat(Fingerprints.ofAll().compute(json, BODY).get(0))
                .isEqualTo(Fingerprints.ofAll()
                        .compute(conditional("If-Match", "1"), BODY)
                        .get(0));
    }

    @Test
    void correctedCondition_isAnotherRequest_andNoReplayOfTheRefusal() {
        ExternalIdempotency idempotency = ExternalIdempotency.of(InMemoryIdempotencyStore.create());
        assertThat(status(idempotency, Fingerprints.ofAll(), conditional("If-Match", "1")))
                .isEqualTo(200);
        assertThat(status(idempotency, Fingerprints.ofAll(), conditional("If-Match", "1")))
                .isEqualTo(200);
        assertThat(status(idempotency, Fingerprints.ofAllAndMediaType(), conditional("If-Match", "1")))
                .isEqualTo(200);
        assertThat(status(idempotency, Fingerprints.ofAll(), conditional("If-Match", "2")))
                .isEqualTo(422);
        assertThat(status(idempotency, Fingerprints.ofAll(), head("text/plain", "")))
                .isEqualTo(422);
    }

    @Test
    void conditionalRequest_withARecordOfAnEarlierRelease_isReplayed() {
        ExternalIdempotency idempotency = ExternalIdempotency.of(InMemoryIdempotencyStore.create());
        assertThat(status(idempotency, EARLIER, conditional("If-Match", "1"))).isEqualTo(200);
        assertThat(status(idempotency, Fingerprints.ofAll(), conditional("If-Match", "1")))
                .isEqualTo(200);
    }

    @Test
    void shortSecret_isRejectedWhenItIsGiven() {
        byte[] secret = new byte[15];
        assertThatThrownBy(() -> Fingerprints.ofAll(secret)).hasMessageContaining("15 bytes");
        assertThatThrownBy(() -> Fingerprints.ofAllAndMediaType(secret)).hasMessageContaining("15 bytes");
    }

    private static int status(ExternalIdempotency idempotency, Fingerprints fingerprints, String type) {
        return status(idempotency, fingerprints, head(type, ""));
    }

    private static int status(ExternalIdempotency idempotency, Fingerprints fingerprints, HttpHead head) {
        HttpHead keyed = new HttpHead(
                head.method(),
                head.path(),
                head.query(),
                name -> name.equals(HttpGuard.KEY_HEADER)
                        ? List.of("\"key\"")
                        : head.headers().apply(name));
        return HttpGuard.of(idempotency)
                .withFingerprints(fingerprints)
                .handle(keyed, Scope.of("alice"), BODY, record -> true, execution -> StoredResponse.empty())
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
