package dev.respite.spring.boot.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.http.Fingerprints;
import dev.respite.idempotency.http.HttpHead;
import dev.respite.idempotency.store.Fingerprint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fingerprints of the parts of a JSON body that {@link Idempotent#fingerprint()} names. */
class FieldFingerprintsTest {

    private static final String JSON = "application/json";
    private static final String BODY = "{\"amount\": 100, \"sentAt\": 1}";

    private static HttpHead head(String path, String contentType) {
        Map<String, List<String>> headers =
                Map.of("Content-Type", contentType.isEmpty() ? List.of() : List.of(contentType));
        return new HttpHead("POST", path, Optional.empty(), name -> headers.getOrDefault(name, List.of()));
    }

    private static List<Fingerprint> compute(String contentType, String body, String... pointers) {
        return FieldFingerprints.of(List.of(pointers), Fingerprints.ofAll())
                .compute(head("/payments", contentType), body.getBytes(UTF_8));
    }

    private static List<Fingerprint> whole(String contentType, String body) {
        return Fingerprints.ofAll().compute(head("/payments", contentType), body.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {JSON, "Application/JSON;charset=utf-8", "application/json ; a=b", "application/merge+json"})
    void compute_json_hasThePartsFirstAndThenTheWhole(String contentType) {
        List<Fingerprint> fingerprints = compute(contentType, BODY, "/amount");
        assertThat(fingerprints.get(0).version()).startsWith("fields-");
        assertThat(fingerprints.subList(1, fingerprints.size())).isEqualTo(whole(contentType, BODY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text/plain", "application/jsonp", "application/xml;type=json"})
    void compute_anotherMediaType_isTheWhole(String contentType) {
        assertThat(compute(contentType, BODY, "/amount")).isEqualTo(whole(contentType, BODY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"amount\": 100} {}", "amount=100"})
    void compute_malformedJson_isTheWhole(String body) {
        assertThat(compute(JSON, body, "/amount")).isEqualTo(whole(JSON, body));
    }

    /** Records of earlier releases have no parts of such a body, and are compared as before. */
    @Test
    void compute_noneOfTheParts_isTheWholeFirst() {
        List<Fingerprint> none = compute(JSON, "{\"amuont\": 100}", "/amount");
        assertThat(none.subList(0, none.size() - 1)).isEqualTo(whole(JSON, "{\"amuont\": 100}"));
        assertThat(none.get(none.size() - 1))
                .isEqualTo(last(compute(JSON, "{\"amuont\": 200}", "/amount")))
                .extracting(Fingerprint::version)
                .isEqualTo(compute(JSON, BODY, "/amount").get(0).version());
        assertThat(none.get(0))
                .isNotEqualTo(compute(JSON, "{\"amuont\": 200}", "/amount").get(0));
    }

    private static Fingerprint last(List<Fingerprint> all) {
        return all.get(all.size() - 1);
    }

    @Test
    void compute_conditionalRequest_hasItsConditionsFirst() {
        Fingerprints amount = FieldFingerprints.of(List.of("/amount"), Fingerprints.ofAll());
        List<Fingerprint> one = amount.compute(conditional("1"), BODY.getBytes(UTF_8));
        List<Fingerprint> plain = compute(JSON, BODY, "/amount");
        assertThat(one.get(0))
                .isNotIn(plain)
                .isNotEqualTo(
                        amount.compute(conditional("2"), BODY.getBytes(UTF_8)).get(0));
        assertThat(one.get(0).version()).isNotEqualTo(plain.get(0).version());
        assertThat(one.get(1)).isEqualTo(plain.get(0));
        assertThat(one).containsAll(plain);
        byte[] other = BODY.replace("100", "101").getBytes(UTF_8);
        assertThat(one.get(0))
                .isNotEqualTo(amount.compute(conditional("1"), other).get(0));
    }

    private static HttpHead conditional(String tag) {
        Map<String, List<String>> headers = Map.of("Content-Type", List.of(JSON), "If-Match", List.of(tag));
        return new HttpHead("POST", "/payments", Optional.empty(), name -> headers.getOrDefault(name, List.of()));
    }

    /** With the pointers /amount and /to. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"amount": 100, "sentAt": 1}       | {"sentAt": 2, "amount": 100}       | true
            {"to": {"a": 1, "b": [1, 2]}}      | {"to": {"b": [1, 2], "a": 1}}      | true
            {"amount": 100}                    | {"amount": 101}                    | false
            {"amount": 1.0}                    | {"amount": 1.00}                   | false
            {"amount": 100}                    | {"amount": "100"}                  | false
            {"amount": null}                   | {}                                 | false
            {"amount": null}                   | {"amount": "null"}                 | false
            {"to": {"b": [1, 2]}}              | {"to": {"b": [2, 1]}}              | false
            {"amount": 1, "to": 2}             | {"amount": 2, "to": 1}             | false
            """)
    void compute_parts_areComparedByTheirContents(String body, String other, boolean isEqual) {
        Fingerprint one = compute(JSON, body, "/amount", "/to").get(0);
        assertThat(one.equals(compute(JSON, other, "/to", "/amount").get(0))).isEqualTo(isEqual);
    }

    @Test
    void compute_otherPathOrSelection_isAnother() {
        Fingerprints amount = FieldFingerprints.of(List.of("/amount"), Fingerprints.ofAll());
        Fingerprint one =
                amount.compute(head("/payments", JSON), BODY.getBytes(UTF_8)).get(0);
        assertThat(amount.compute(head("/refunds", JSON), BODY.getBytes(UTF_8)).get(0))
                .isNotEqualTo(one);
        assertThat(compute(JSON, BODY, "/amount", "/sentAt").get(0).version()).isNotEqualTo(one.version());
    }

    @Test
    void of_noJsonPointer_isRejectedWithTheForm() {
        assertThatThrownBy(() -> FieldFingerprints.of(List.of("amount"), Fingerprints.ofAll()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'amount' is not a JSON Pointer: write \"/amount\"");
    }
}
