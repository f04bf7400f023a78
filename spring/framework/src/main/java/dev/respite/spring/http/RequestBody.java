package dev.respite.spring.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The body of a request, for all attempts of its call. One that is not known to be replayable is recorded while it is written
 * first, and written from the record later.
 */
final class RequestBody implements BodyInserter<Object, ClientHttpRequest> {

    /** A longer body is not recorded. */
    static final int MAX_RECORDED = 256 * 1024;

    private final BodyInserter<?, ? super ClientHttpRequest> original;
    private final boolean replayable;
    private final AtomicReference<Written> written = new AtomicReference<>(Written.NOT);
    private volatile boolean failed;

    /** The progress of writing the body. */
    private enum Written {
        NOT,
        PARTLY,
        WHOLLY
    }

    /** The record of a whole body; set before the body counts as wholly written. */
    private volatile Recorded record = new Recorded(new HttpHeaders(), new byte[0], false);

    /**
     * A body that was written.
     *
     * @param fields the header fields that its writer has added
     * @param bytes the body
     * @param single whether it was one buffer, which has a length
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Recorded(HttpHeaders fields, byte[] bytes, boolean single) {}

    private RequestBody(BodyInserter<?, ? super ClientHttpRequest> original, boolean replayable) {
        this.original = original;
        this.replayable = replayable;
    }

    static RequestBody of(ClientRequest request, boolean marked) {
        return new RequestBody(request.body(), marked || request.body() == BodyInserters.empty());
    }

    /** Returns the writer of the body in an attempt. */
    BodyInserter<?, ? super ClientHttpRequest> inserter() {
        return replayable ? original : this;
    }

    /** Returns whether another attempt can write the same bytes. */
    boolean isReplayable() {
        return replayable || written.get() != Written.PARTLY;
    }

    /** Returns whether the publisher of the body has failed by itself. */
    boolean hasFailed() {
        return failed;
    }

    @Override
    public Mono<Void> insert(ClientHttpRequest message, Context context) {
        if (written.compareAndSet(Written.NOT, Written.PARTLY)) {
            return original.insert(new Recorder(message), context);
        }
        Recorded body = record;
        body.fields().forEach(message.getHeaders()::putIfAbsent);
        if (body.bytes().length == 0) {
            return message.setComplete();
        }
        Mono<DataBuffer> buffer =
                Mono.fromSupplier(() -> message.bufferFactory().wrap(body.bytes()));
        return message.writeWith(body.single() ? buffer : buffer.flux());
    }

    /** Passes a body on, and keeps it. */
    private final class Recorder extends ClientHttpRequestDecorator {
        private final HttpHeaders before;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean tooLong;

        Recorder(ClientHttpRequest message) {
            super(message);
            this.before = HttpHeaders.copyOf(message.getHeaders());
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            if (body instanceof Mono<? extends DataBuffer> single) {
                // Known before the client connects, so that it is known too if the client cannot.
                return single.<DataBuffer>map(buffer -> buffer)
                        .doOnError(bug -> failed = true)
                        .doOnNext(buffer -> {
                            keep(buffer);
                            complete(true);
                        })
                        .flatMap(buffer -> super.writeWith(Mono.just(buffer)).thenReturn(true))
                        .switchIfEmpty(Mono.defer(this::setComplete).thenReturn(true))
                        .then();
            }
            return super.writeWith(Flux.from(body)
                    .doOnNext(this::keep)
                    .doOnComplete(() -> complete(false))
                    .doOnError(bug -> failed = true));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return super.writeAndFlushWith(Flux.from(body)
                    .map(chunk -> Flux.from(chunk).doOnNext(this::keep).doOnError(bug -> failed = true))
                    .doOnComplete(() -> complete(false))
                    .doOnError(bug -> failed = true));
        }

        @Override
        public Mono<Void> setComplete() {
            return super.setComplete().doOnSuccess(nothing -> complete(true));
        }

        private void keep(DataBuffer buffer) {
            int length = buffer.readableByteCount();
            tooLong |= bytes.size() + length > MAX_RECORDED;
            if (!tooLong) {
                byte[] chunk = new byte[length];
                buffer.toByteBuffer(buffer.readPosition(), ByteBuffer.wrap(chunk), 0, length);
                bytes.writeBytes(chunk);
            }
            if (getHeaders().getContentLength() == bytes.size()) {
                // A server may respond to the last byte before the publisher completes.
                complete(false);
            }
        }

        private void complete(boolean single) {
            if (!tooLong) {
                HttpHeaders added = HttpHeaders.copyOf(getHeaders());
                before.forEach((name, values) -> added.remove(name));
                record = new Recorded(added, bytes.toByteArray(), single);
                written.set(Written.WHOLLY);
            }
        }
    }
}
