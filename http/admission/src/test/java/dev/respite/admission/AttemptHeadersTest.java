package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptHeadersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Respite-Attempt | 2 | 2",
                "Respite-Attempt | 17 | 17",
                "Respite-Attempt | 1 | 1",
                "Respite-Attempt | 0 | 1",
                "Respite-Attempt | 02 | 2",
                "Respite-Attempt | 999 | 999",
                "Respite-Attempt | 1000 | 1000",
                "Respite-Attempt | 1001 | 1000",
                "Respite-Attempt | 4294967298 | 1000",
                "Respite-Attempt | 99999999999999999999999999999999999999 | 1000",
                "Respite-Attempt | -2 | 1",
                "Respite-Attempt | +2 | 1",
                "Respite-Attempt | 2.0 | 1",
                "Respite-Attempt | 2e3 | 1",
                "Respite-Attempt | 2 3 | 1",
                "Respite-Attempt | 2, 3 | 3",
                "Respite-Attempt | 3,2 | 3",
                "Respite-Attempt | ',2,' | 2",
                "Respite-Attempt | 'two, 3, -4' | 3",
                "grpc-previous-rpc-attempts | 0, 2 | 3",
                "amz-sdk-request | 'attempt=1; max=3, attempt=2; max=3' | 2",
                "Respite-Attempt | 0x2 | 1",
                "Respite-Attempt | ٢ | 1",
                "Respite-Attempt | ２ | 1",
                "Respite-Attempt | '' | 1",
                "Respite-Attempt | ' 2\t' | 2",
                "Respite-Attempt | two | 1",
                "Respite-Attempt | / | 1",
                "Respite-Attempt | : | 1",
                "x-envoy-attempt-count | 1 | 1",
                "x-envoy-attempt-count | 3 | 3",
                "amz-sdk-request | attempt=1; max=3 | 1",
                "amz-sdk-request | attempt=2; max=3 | 2",
                "amz-sdk-request | ttl=20261130T120000Z; attempt=3; max=3 | 3",
                "amz-sdk-request | max=3;attempt=2 | 2",
                "amz-sdk-request | attempt=2;attempt=4 | 4",
                "amz-sdk-request | attempt=4;attempt=2 | 4",
                "amz-sdk-request | max=3 | 1",
                "amz-sdk-request | attempt=; max=3 | 1",
                "amz-sdk-request | attempt=x; max=3 | 1",
                "amz-sdk-request | no-attempt=5 | 1",
                "amz-sdk-request | attempt | 1",
                "amz-sdk-request | 2 | 1",
                "amz-sdk-request | ;;attempt=2;; | 2",
                "grpc-previous-rpc-attempts | 0 | 1",
                "grpc-previous-rpc-attempts | 1 | 2",
                "grpc-previous-rpc-attempts | 1000 | 1000",
                "grpc-previous-rpc-attempts | one | 1",
                "x-stainless-retry-count | 0 | 1",
                "x-stainless-retry-count | 2 | 3",
                "x-stainless-retry-count | 99999999999 | 1000",
                "retry-count | 2 | 1",
            })
    void attempt_isTheNumberOfTheHeader(String name, String value, int attempt) {
        assertThat(attempt(Map.of(name, value))).isEqualTo(attempt);
    }

    @Test
    void attempt_withoutAHeader_isTheFirst() {
        assertThat(attempt(Map.of())).isEqualTo(1);
    }

    @Test
    void attempt_ofSeveralHeaders_isTheHighest() {
        assertThat(attempt(Map.of("Respite-Attempt", "4", "x-envoy-attempt-count", "2")))
                .isEqualTo(4);
        assertThat(attempt(Map.of("Respite-Attempt", "2", "x-envoy-attempt-count", "5")))
                .isEqualTo(5);
        assertThat(attempt(Map.of("amz-sdk-request", "attempt=6", "x-stainless-retry-count", "4")))
                .isEqualTo(6);
        assertThat(attempt(Map.of("grpc-previous-rpc-attempts", "6", "x-stainless-retry-count", "1")))
                .isEqualTo(7);
        assertThat(attempt(Map.of("Respite-Attempt", "x", "x-stainless-retry-count", "1")))
                .isEqualTo(2);
    }

    @Property
    void attempt_ofAnyNumber_isThatNumber(@ForAll @IntRange(min = 1, max = 1000) int attempt) {
        String number = Integer.toString(attempt);
        String retries = Integer.toString(attempt - 1);
        assertThat(attempt(Map.of("Respite-Attempt", number))).isEqualTo(attempt);
        assertThat(attempt(Map.of("x-envoy-attempt-count", number))).isEqualTo(attempt);
        assertThat(attempt(Map.of("amz-sdk-request", "attempt=" + number))).isEqualTo(attempt);
        assertThat(attempt(Map.of("grpc-previous-rpc-attempts", retries))).isEqualTo(attempt);
        assertThat(attempt(Map.of("x-stainless-retry-count", retries))).isEqualTo(attempt);
    }

    @Property
    void attempt_ofAnyValues_isInItsRange(@ForAll("values") List<String> values) {
        Map<String, String> headers = Map.of(
                "Respite-Attempt", values.get(0),
                "x-envoy-attempt-count", values.get(1),
                "amz-sdk-request", values.get(2),
                "grpc-previous-rpc-attempts", values.get(3),
                "x-stainless-retry-count", values.get(4));
        int attempt = attempt(headers);
        assertThat(attempt).isBetween(1, AttemptHeaders.MAX_ATTEMPT);
        headers.forEach(
                (name, value) -> assertThat(attempt(Map.of(name, value))).isBetween(1, attempt));
    }

    @Provide
    Arbitrary<List<String>> values() {
        return Arbitraries.oneOf(
                        Arbitraries.strings(),
                        Arbitraries.strings().numeric().ofMaxLength(40),
                        Arbitraries.strings()
                                .withChars("attempt=;max0123456789 \t")
                                .ofMaxLength(40))
                .list()
                .ofSize(5);
    }

    private static int attempt(Map<String, String> headers) {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        return RetryAdmission.attemptOf(anyCase::get);
    }
}
