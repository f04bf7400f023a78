package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import java.util.List;

/** HTTP clients and the frameworks around them. */
final class HttpClientRows {

    private static final String APACHE_4 = "org.apache.http.";
    private static final String APACHE_5 = "org.apache.hc.core5.";
    private static final String POOL = "reactor.netty.internal.shaded.reactor.pool.";
    private static final String MICRONAUT = "io.micronaut.http.client.exceptions.";

    static final List<Row> ROWS = List.of(
            // Apache HttpClient 4
            Row.of(APACHE_4 + "conn.ConnectTimeoutException", Condition.NOTHING_SENT),
            Row.of(APACHE_4 + "NoHttpResponseException", Condition.CONNECTION_BROKEN),
            Row.of(APACHE_4 + "ConnectionClosedException", Condition.CONNECTION_BROKEN),
            Row.of(APACHE_4 + "TruncatedChunkException", Condition.CONNECTION_BROKEN),
            Row.of(APACHE_4 + "impl.execchain.RequestAbortedException", Condition.CANCELLED),
            // Apache HttpClient 5
            Row.of("org.apache.hc.client5.http.ConnectTimeoutException", Condition.NOTHING_SENT),
            Row.of(APACHE_5 + "http.ConnectionRequestTimeoutException", Condition.NOTHING_SENT),
            Row.of(APACHE_5 + "http.RequestNotExecutedException", Condition.NOTHING_SENT),
            Row.of(APACHE_5 + "http.NoHttpResponseException", Condition.CONNECTION_BROKEN),
            Row.of(APACHE_5 + "http.ConnectionClosedException", Condition.CONNECTION_BROKEN),
            Row.of(APACHE_5 + "http.TruncatedChunkException", Condition.CONNECTION_BROKEN),
            // A head that is cut off: it does not differ from one that is no HTTP.
            Row.of(APACHE_5 + "http.ParseException", Condition.CONNECTION_BROKEN),
            Row.of(APACHE_5 + "http2.H2StreamResetException", Messages::ofApacheStreamReset),
            Row.of("org.apache.hc.client5.http.impl.classic.RequestFailedException", Messages::ofFailedRequest),
            // OkHttp and Retrofit
            Row.of("okhttp3.internal.http2.ConnectionShutdownException", Condition.NOTHING_SENT),
            Row.of("okhttp3.internal.http2.StreamResetException", Messages::ofStreamReset),
            Row.status("retrofit2.HttpException", "code"),
            // Netty and Reactor Netty
            Row.of("io.netty.channel.AbstractChannel$AnnotatedSocketException", Condition.NOTHING_SENT),
            Row.of("io.netty.channel.unix.Errors$NativeIoException", Messages::ofIo),
            Row.of("io.netty.handler.timeout.TimeoutException", Condition.TIMEOUT),
            Row.of("io.netty.handler.codec.PrematureChannelClosureException", Condition.CONNECTION_BROKEN),
            Row.of("reactor.netty.http.client.PrematureCloseException", Condition.CONNECTION_BROKEN),
            Row.of(POOL + "PoolAcquireTimeoutException", Condition.NOTHING_SENT),
            Row.of(POOL + "PoolAcquirePendingLimitException", Condition.NOTHING_SENT),
            // Feign; without a response the status is -1, and the cause decides
            Row.status("feign.FeignException", "status"),
            // Spring
            Row.status("org.springframework.web.client.RestClientResponseException", "getStatusCode.value"),
            Row.status(
                    "org.springframework.web.reactive.function.client.WebClientResponseException",
                    "getStatusCode.value"),
            // Jakarta REST and JAX-RS
            Row.status("jakarta.ws.rs.WebApplicationException", "getResponse.getStatus"),
            Row.status("javax.ws.rs.WebApplicationException", "getResponse.getStatus"),
            // Micronaut
            Row.status(MICRONAUT + "HttpClientResponseException", "code"),
            Row.of(MICRONAUT + "ReadTimeoutException", Condition.TIMEOUT),
            Row.of(MICRONAUT + "ResponseClosedException", Condition.CONNECTION_BROKEN));

    private HttpClientRows() {}
}
