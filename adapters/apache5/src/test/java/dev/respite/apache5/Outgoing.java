package dev.respite.apache5;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.StreamChannel;
import org.apache.hc.core5.http.nio.entity.AbstractCharAsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;

/** A request, as both clients take it. */
record Outgoing(String method, URI uri, Body body, Map<String, String> fields) {

    enum Body {
        NONE,
        TEXT,
        /** One that can be read once. */
        ONCE
    }

    static Outgoing get(URI uri) {
        return new Outgoing("GET", uri, Body.NONE, Map.of());
    }

    static Outgoing post(URI uri) {
        return new Outgoing("POST", uri, Body.TEXT, Map.of());
    }

    static Outgoing putOnce(URI uri) {
        return new Outgoing("PUT", uri, Body.ONCE, Map.of());
    }

    Outgoing with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new Outgoing(method, uri, body, more);
    }

    HttpUriRequestBase classic() {
        HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
        fields.forEach(request::setHeader);
        switch (body) {
            case NONE -> {}
            case TEXT -> request.setEntity(new StringEntity("tea", ContentType.TEXT_PLAIN));
            case ONCE ->
                request.setEntity(new InputStreamEntity(
                        new ByteArrayInputStream("tea".getBytes(StandardCharsets.UTF_8)), ContentType.TEXT_PLAIN));
        }
        return request;
    }

    AsyncRequestProducer asynchronous() {
        return asynchronous(
                switch (body) {
                    case NONE -> null;
                    case TEXT -> new StringAsyncEntityProducer("tea", ContentType.TEXT_PLAIN);
                    case ONCE -> new OnceProducer();
                });
    }

    AsyncRequestProducer asynchronous(AsyncEntityProducer producer) {
        BasicHttpRequest request = new BasicHttpRequest(method, uri);
        fields.forEach(request::setHeader);
        return new BasicRequestProducer(request, producer);
    }

    /** Counts how often it begins and is released. */
    static final class OnceProducer extends AbstractCharAsyncEntityProducer {

        final AtomicInteger begun = new AtomicInteger();

        OnceProducer() {
            super(64, -1, ContentType.TEXT_PLAIN);
        }

        @Override
        protected int availableData() {
            return 3;
        }

        @Override
        protected void produceData(StreamChannel<CharBuffer> channel) throws IOException {
            begun.incrementAndGet();
            channel.write(CharBuffer.wrap("tea"));
            channel.endStream();
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }

        @Override
        public void failed(Exception cause) {}
    }
}
