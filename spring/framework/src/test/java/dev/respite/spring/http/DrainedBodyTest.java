package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.VirtualTime;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class DrainedBodyTest {

    private static final int MAX_BODY = 64 * 1024;

    private final VirtualTime time = new VirtualTime();
    private final ExchangeAbort abort = new ExchangeAbort(time, Optional.empty());
    private final DrainedBody drained = new DrainedBody(abort);
    private final Sinks.Many<DataBuffer> chunks = Sinks.many().unicast().onBackpressureBuffer();
    private final AtomicInteger aborted = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();

    @BeforeEach
    void registerAbort() {
        abort.accept(aborted::incrementAndGet);
    }

    private static NettyDataBuffer chunk(int length) {
        NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
        return buffers.allocateBuffer(length).write(new byte[length]);
    }

    /** Begins to drain a body, and returns the one that is kept instead. */
    private CompletableFuture<byte[]> drain(Flux<DataBuffer> body) {
        ClientResponse response =
                ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE).body(body).build();
        return drained.drain(response, time).bodyToMono(byte[].class).toFuture();
    }

    private void assertCut(CompletableFuture<byte[]> body, String reason) {
        assertThat(aborted).as("the exchange ends with its connection").hasValue(1);
        assertThat(body)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOf(IOException.class)
                .withMessageContaining(reason);
    }

    /** The second one exceeds the longest body that is kept. */
    @ParameterizedTest
    @ValueSource(ints = {10, 40_000})
    void drain_ofBuffersOfNetty_releasesThem(int length) {
        List<NettyDataBuffer> buffers = List.of(chunk(length), chunk(length));
        drain(Flux.fromIterable(buffers));
        assertThat(buffers)
                .extracting(chunk -> chunk.getNativeBuffer().refCnt())
                .containsOnly(0);
    }

    @Test
    void body_thatIsShort_isKeptAndItsConnectionToo() {
        CompletableFuture<byte[]> body = drain(Flux.just(chunk(MAX_BODY - 1), chunk(1)));
        assertThat(body).isCompletedWithValueMatching(bytes -> bytes.length == MAX_BODY);
        time.runAll();
        assertThat(aborted).as("the connection may serve another request").hasValue(0);
    }

    @Test
    void response_withItsKeptBody_hasItsHeadersAndCookies() {
        ClientResponse rejected = ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE)
                .header("Retry-After", "7")
                .cookie("session", "1")
                .build();
        ClientResponse kept = drained.drain(rejected, time);
        assertThat(kept.statusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(kept.headers().header("Retry-After")).containsExactly("7");
        assertThat(kept.cookies()).containsKey("session");
    }

    @Test
    void body_thatIsTooLong_isCut() {
        CompletableFuture<byte[]> body = drain(Flux.just(chunk(MAX_BODY), chunk(1)));
        assertCut(body, "it is longer than 65536 bytes");
        time.runAll();
        assertThat(aborted).hasValue(1);
    }

    @Test
    void body_thatArrivesInTime_isKeptAndItsConnectionToo() {
        CompletableFuture<byte[]> body = drain(chunks.asFlux());
        time.advance(Duration.ofMillis(99));
        assertThat(body).isNotDone();
        chunks.tryEmitNext(chunk(7)).orThrow();
        chunks.tryEmitComplete().orThrow();
        assertThat(body).isCompletedWithValueMatching(bytes -> bytes.length == 7);
        time.runAll();
        assertThat(aborted).hasValue(0);
    }

    @Test
    void body_thatIsSlow_isCutAfter100Milliseconds() {
        CompletableFuture<byte[]> body = drain(chunks.asFlux());
        chunks.tryEmitNext(chunk(7)).orThrow();
        time.advance(Duration.ofMillis(100));
        assertCut(body, "it did not arrive in time");
        assertThat(chunks.currentSubscriberCount()).isZero();
    }

    @Test
    void body_thatBreaksOff_isCutNoMore() {
        CompletableFuture<byte[]> body = drain(chunks.asFlux());
        chunks.tryEmitError(new IOException("reset")).orThrow();
        assertThat(body)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .withMessage("reset");
        time.runAll();
        assertThat(aborted).hasValue(0);
    }

    @Test
    void nextAttempt_beginsWhenTheBodyHasEnded() {
        drain(chunks.asFlux());
        drained.whenReleased(released::incrementAndGet, Runnable::run);
        assertThat(released).hasValue(0);
        chunks.tryEmitComplete().orThrow();
        assertThat(released).hasValue(1);
        drained.whenReleased(released::incrementAndGet, task -> {
            throw new AssertionError("the body has ended, so nothing is left to another thread");
        });
        assertThat(released).hasValue(2);
    }
}
