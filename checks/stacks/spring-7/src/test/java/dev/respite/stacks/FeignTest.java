package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import feign.Feign;
import feign.FeignException;
import feign.Request;
import feign.RequestLine;
import feign.RetryableException;
import feign.Retryer;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Feign 13 over HttpURLConnection. */
class FeignTest {

    /** A service. */
    interface Quotes {
        @RequestLine("POST /")
        String fetch(String body);
    }

    private static Judged judged(URI uri) {
        Quotes quotes = Feign.builder()
                .retryer(Retryer.NEVER_RETRY)
                .options(new Request.Options(200, TimeUnit.MILLISECONDS, 200, TimeUnit.MILLISECONDS, false))
                .target(Quotes.class, uri.toString().replaceAll("/$", ""));
        return Judged.of(() -> quotes.fetch("body"));
    }

    @Test
    void call_statusOfAResponse_isTheStatus() {
        try (RawServer server = RawServer.ofStatus(503)) {
            judged(server.uri()).isA(FeignException.ServiceUnavailable.class).isTransient(503);
        }
        try (RawServer server = RawServer.ofStatus(404)) {
            judged(server.uri()).isA(FeignException.NotFound.class).isFatal().isSelectedBy("404");
        }
    }

    @Test
    void call_withoutAResponse_isWhatItsCauseStates() {
        judged(RawServer.refusing()).isA(RetryableException.class).isTransient(ErrorKind.CONNECT);
        try (RawServer server = RawServer.unreachable()) {
            judged(server.uri()).isA(RetryableException.class).isTransient(ErrorKind.CONNECT);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            judged(server.uri()).isA(RetryableException.class).isTransient(ErrorKind.TIMEOUT);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.RESET)) {
            judged(server.uri()).isA(RetryableException.class).isTransient(ErrorKind.IO);
        }
    }
}
