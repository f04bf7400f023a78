package dev.respite.spring.http;

import dev.respite.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The body of a rejected response: read before a delay if it is short and arrives soon, else cancelled with its connection. */
final class DrainedBody extends BaseSubscriber<DataBuffer> {

    private static final int MAX_BODY = 64 * 1024;
    private static final long MAX_NANOS = 100_000_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ExchangeAbort abort;
    private volatile @Nullable Future<?> alarm;

    DrainedBody(ExchangeAbort abort) {
        this.abort = abort;
    }

    /** Begins to read a body, and returns the response with the bytes that were read. */
    ClientResponse drain(ClientResponse response, TimeSource time) {
        alarm = time.schedule(() -> time.executor().execute(() -> cut("did not arrive in time")), MAX_NANOS);
        response.body(BodyExtractors.toDataBuffers()).subscribe(this);
        Flux<DataBuffer> read = Mono.fromFuture(body, true)
                .<DataBuffer>map(DefaultDataBufferFactory.sharedInstance::wrap)
                .flux();
        return ClientResponse.create(response.statusCode(), response.strategies())
                .headers(headers -> headers.addAll(response.headers().asHttpHeaders()))
                .cookies(cookies -> cookies.addAll(response.cookies()))
                .request(response.request())
                .body(read)
                .build();
    }

    /** Runs a task when the connection has been given back. */
    void whenReleased(Runnable task, Executor executor) {
        if (body.isDone()) {
            task.run();
        } else {
            CompletableFuture<?> unused = body.whenComplete((read, error) -> executor.execute(task));
        }
    }

    @Override
    protected void hookOnNext(DataBuffer buffer) {
        byte[] chunk = new byte[buffer.readableByteCount()];
        buffer.read(chunk);
        DataBufferUtils.release(buffer);
        if (bytes.size() + chunk.length > MAX_BODY) {
            cut("is longer than " + MAX_BODY + " bytes");
        } else {
            bytes.writeBytes(chunk);
        }
    }

    @Override
    protected void hookOnComplete() {
        stopAlarm();
        body.complete(bytes.toByteArray());
    }

    @Override
    protected void hookOnError(Throwable broken) {
        stopAlarm();
        body.completeExceptionally(broken);
    }

    private void cut(String reason) {
        stopAlarm();
        cancel();
        abort.abort();
        body.completeExceptionally(new IOException(
                "the body of this response was released before the delay in which its call ended: it " + reason));
    }

    private void stopAlarm() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
    }
}
