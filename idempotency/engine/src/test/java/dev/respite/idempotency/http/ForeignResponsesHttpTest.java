package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.ResponseEncryption;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The replies to requests whose stored responses another program has written. */
class ForeignResponsesHttpTest {

    private final HandlerFixture fixture = HandlerFixture.open();
    private final InMemoryIdempotencyStore changed = InMemoryIdempotencyStore.create();
    private volatile HttpHandler handler = HandlerFixture.around(fixture.guard(), fixture::pay);

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Pays, and copies the record with another response to the store of later requests. */
    private HttpResponse<String> responseAfterChange(ResponseEncryption encryption) throws Exception {
        fixture.serve(exchange -> handler.handle(exchange));
        assertThat(fixture.post("\"k\"", "100").statusCode()).isEqualTo(201);
        IdempotencyRecord paid =
                fixture.store.list(State.DONE, Optional.empty(), 1).get(0);
        StoredResponse foreign = StoredResponse.of(
                200,
                Map.of(
                        "Content-Type", List.of("text/plain"),
                        "Set-Cookie", List.of("session=foreign"),
                        "Access-Control-Allow-Origin", List.of("https://foreign.example")),
                "foreign".getBytes(StandardCharsets.UTF_8));
        Duration day = Duration.ofDays(1);
        RecordWrite.Terms terms = new RecordWrite.Terms(day, day, day, Optional.empty());
        changed.putIfAbsent(
                paid.key(), new RecordWrite(State.DONE, "other", paid.fingerprint(), 1, terms, Optional.of(foreign)));
        HttpGuard<Execution> guard = HttpGuard.of(
                ExternalIdempotency.of(IdempotencyEngine.of(changed).withEncryption(encryption)));
        handler = HandlerFixture.around(guard, fixture::pay);
        return fixture.post("\"k\"", "100");
    }

    private static ResponseEncryption encryption() {
        return ResponseEncryption.of("k1", new SecretKeySpec(new byte[32], "AES"));
    }

    @Test
    void post_plainResponseIsRejected_is503AndNotExecuted() throws Exception {
        HttpResponse<String> response = responseAfterChange(encryption().withoutPlainResponses());
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("store-unavailable").doesNotContain("foreign");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void post_plainResponseIsAccepted_isReplayedWithoutItsCookie() throws Exception {
        HttpResponse<String> response = responseAfterChange(encryption());
        assertThat(response.body()).isEqualTo("foreign");
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain");
        assertThat(response.headers().map()).doesNotContainKeys("set-cookie", "access-control-allow-origin");
        assertThat(fixture.effects).hasValue(1);
    }
}
