package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Bodies that say by a header what their bytes are. */
class EncodedBodiesTest {

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void handler_thatCompresses_isReplayedWithTheNameOfItsEncoding() throws Exception {
        try (HandlerFixture fixture = HandlerFixture.open()) {
            byte[] body = zipped("paid");
            fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                exchange.sendResponseHeaders(201, body.length);
                exchange.getResponseBody().write(body);
            }));
            HttpResponse<String> first = fixture.post("\"k\"", "100");
            HttpResponse<String> second = fixture.post("\"k\"", "100");
            assertThat(first.headers().firstValue("Content-Encoding")).contains("gzip");
            assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
            assertThat(second.headers().firstValue("Content-Encoding")).contains("gzip");
        }
    }
}
