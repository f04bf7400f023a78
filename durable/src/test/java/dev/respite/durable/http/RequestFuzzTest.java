package dev.respite.durable.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.Fuzz;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RequestFuzzTest {

    private static final List<String> REQUESTS = List.of(
            "PUT https://api.example.com/a?b=1&c=%41\n\n",
            "DELETE https://api.example.com:443/a;v=1\nAccept: text/plain\nX-Page: 1\n\nbody",
            "PUT https://API.example.com\nContent-Type: application/json\n\n{\"a\": 1}\n\n");

    private static final List<String> TOKENS = List.of(
            "\n",
            "\n\n",
            "\r\n",
            ": ",
            ":",
            " ",
            "?",
            "&",
            "=",
            "%",
            "%4",
            "/",
            "@",
            "#",
            "http",
            "https://",
            "//",
            "[::1]",
            "..",
            "PUT",
            "POST",
            "X-A: b\n",
            "Host: c\n",
            "Authorization: d\n",
            "?token=1",
            ":99999",
            "\u0000",
            "\ud800",
            "é");

    private static final RequestCodec CODEC = new RequestCodec();

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void decode_spoiltRequests_areRequestsOrRejected() {
        OutboundRules rules = OutboundRules.of(Optional.empty())
                .withOrigin(URI.create("https://api.example.com"), OutboundRules.NO_PREPARATION);
        Fuzz.run(Fuzz.inputs(5_000), REQUESTS, TOKENS, text -> {
            OutboundRequest request = rules.checked(CODEC.decode(text.getBytes(StandardCharsets.UTF_8)));
            assertThat(CODEC.decode(CODEC.encode(request))).isEqualTo(request);
        });
    }
}
