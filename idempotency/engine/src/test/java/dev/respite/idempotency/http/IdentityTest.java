package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The request id in the call of a request. */
class IdentityTest {

    private static Optional<String> requestId(Map<String, List<String>> headers) {
        HttpHead head = new HttpHead("POST", "/pay", Optional.empty(), name -> headers.getOrDefault(name, List.of()));
        return Identity.DEFAULT
                .call(head, Scope.of("alice"), IdempotencyKey.of("k"), new byte[0])
                .requestId();
    }

    @Test
    void call_withRequestId_hasIt() {
        assertThat(requestId(Map.of("X-Request-Id", List.of("r-1"), "traceparent", List.of("00-1"))))
                .contains("r-1");
    }

    @Test
    void call_withTraceOnly_hasTheTrace() {
        assertThat(requestId(Map.of("traceparent", List.of("00-1-2-01")))).contains("00-1-2-01");
    }

    @Test
    void call_withNeither_hasNone() {
        assertThat(requestId(Map.of())).isEmpty();
    }

    /** The name of the record stays the same as in earlier versions. */
    @Test
    void call_keysUniquePerScope_hasItsOperationAndTheNameOfAnyOperation() {
        Identity unique = new Identity(HttpHead::operation, Fingerprints.ofAll(), true);
        IdempotencyKey key = IdempotencyKey.of("k");
        HttpHead head = new HttpHead("POST", "/pay", Optional.empty(), name -> List.of());
        IdempotentCall call = unique.call(head, Scope.of("alice"), key, new byte[0]);
        assertThat(call.operation()).isEqualTo("POST /pay");
        assertThat(call.storageKey()).isEqualTo(Scope.of("alice").storageKey("*", key));
    }

    /** The value is written to a log. */
    @Test
    void call_valueThatCouldForgeALogLine_isIgnored() {
        assertThat(requestId(Map.of("X-Request-Id", List.of("r-1\nWARN forged"))))
                .isEmpty();
        assertThat(requestId(Map.of("X-Request-Id", List.of("r".repeat(129))))).isEmpty();
    }
}
