package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.Fingerprint;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes two requests the same operation. */
class OperationTest {

    private final HandlerFixture fixture = HandlerFixture.open();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void serve(HttpGuard<?> guard) {
        fixture.serve(HandlerFixture.around(guard, fixture::pay));
    }

    private HttpResponse<String> post(String path) throws Exception {
        return HandlerFixture.send(fixture.request(path, "100").header("Idempotency-Key", "\"k\""));
    }

    @ParameterizedTest
    @CsvSource({
        "/pay/%37, /pay/7",
        "/pay/%4Aim%5f%2d%2E%7e, /pay/Jim_-.~",
        "/pay/%c3%bc, /pay/%C3%BC",
        "/pay/a%2fb, /pay/a%2Fb",
        "/pay/%2f%2F%41, /pay/%2F%2FA",
    })
    void operation_otherSpellingOfThePath_isTheSame(String path, String same) {
        assertThat(head(path).operation()).isEqualTo("POST " + same);
        assertThat(head(same).operation()).isEqualTo("POST " + same);
    }

    @ParameterizedTest
    @CsvSource({
        "/pay/a%2Fb",
        "/pay/",
        "/pay//7",
        "/pay/../7",
        "/pay/./7",
        "/pay/7;v=1",
        "/pay/%",
        "/pay/%4",
        "/pay/%4x",
        "/pay/%zz",
        "/pay/é"
    })
    void operation_reservedCharactersAndDotSegments_areKept(String path) {
        assertThat(head(path).operation()).isEqualTo("POST " + path);
    }

    private static HttpHead head(String path) {
        return new HttpHead("POST", path, Optional.empty(), name -> List.of());
    }

    @Test
    void post_otherSpellingOfThePath_isReplayed() throws Exception {
        serve(fixture.guard());
        assertThat(post("/pay/lines/7").body()).endsWith("number 1");
        HttpResponse<String> again = post("/pay/%6Cines/%37");
        assertThat(again.body()).endsWith("number 1");
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(post("/pay/lines%2F7").body()).endsWith("number 2");
        assertThat(post("/pay/lines/7/").body()).endsWith("number 3");
    }

    @Test
    void withKeyRequirement_otherSpellingOfThePath_isRequiredToo() throws Exception {
        serve(fixture.guard()
                .withKeyRequirement(
                        (method, path) -> path.equals("/pay/once") ? KeyRequirement.REQUIRED : KeyRequirement.IGNORED));
        assertThat(HandlerFixture.send(fixture.request("/pay/%6Fnce", "100")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void withOperation_pathsOfOneOperation_meet() throws Exception {
        serve(fixture.guard()
                .withOperation(head -> "pay")
                .withFingerprints((head, body) -> List.of(Fingerprint.of("1", body))));
        post("/pay/v1");
        assertThat(post("/pay/v2").body()).endsWith("number 1");
    }

    @Test
    void withOperation_pathInTheFingerprint_isRejected() throws Exception {
        serve(fixture.guard().withOperation(head -> "pay"));
        post("/pay/v1");
        assertThat(post("/pay/v2").statusCode()).isEqualTo(422);
    }

    @Test
    void withKeysUniquePerScope_otherOperation_isRejected() throws Exception {
        serve(fixture.guard().withKeysUniquePerScope());
        assertThat(post("/pay/1").body()).endsWith("number 1");
        assertThat(post("/pay/1").headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(post("/pay/2").statusCode()).isEqualTo(422);
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void withKeysUniquePerScope_fingerprintThatLeavesTheOperationOut_isRejectedToo() throws Exception {
        serve(fixture.guard()
                .withKeysUniquePerScope()
                .withFingerprints((head, body) -> List.of(Fingerprint.of("1", body)))
                .withOperation(HttpHead::operation));
        post("/pay/1");
        assertThat(post("/pay/2").statusCode()).isEqualTo(422);
        assertThat(HandlerFixture.send(fixture.request("/pay/2", "100")
                                .header("Idempotency-Key", "\"k\"")
                                .setHeader("User", "bob"))
                        .body())
                .endsWith("number 2");
    }
}
