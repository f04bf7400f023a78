package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.VirtualTime;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.Flux;

class DrainedBodyTest {

    private final VirtualTime time = new VirtualTime();

    private static NettyDataBuffer chunk(int length) {
        NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
        return buffers.allocateBuffer(length).write(new byte[length]);
    }

    /** The second one exceeds the longest body that is kept. */
    @ParameterizedTest
    @ValueSource(ints = {10, 40_000})
    void drain_ofBuffersOfNetty_releasesThem(int length) {
        List<NettyDataBuffer> chunks = List.of(chunk(length), chunk(length));
        ClientResponse response = ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE)
                .body(Flux.fromIterable(chunks))
                .build();
        ClientResponse unused = new DrainedBody(new ExchangeAbort(time, Optional.empty())).drain(response, time);
        assertThat(chunks).extracting(chunk -> chunk.getNativeBuffer().refCnt()).containsOnly(0);
    }
}
