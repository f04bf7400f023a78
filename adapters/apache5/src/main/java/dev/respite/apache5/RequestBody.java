package dev.respite.apache5;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.entity.AsyncEntityProducerWrapper;

/** The body of a request in one attempt. The next attempt resets its producer, so this one must not use it any more. */
final class RequestBody extends AsyncEntityProducerWrapper {

    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    RequestBody(AsyncEntityProducer producer) {
        super(producer);
    }

    /** The exchange has ended, or its connection is closed. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        lock.lock();
        try {
            if (closed) {
                channel.endStream();
                return;
            }
            super.produce(channel);
        } finally {
            lock.unlock();
        }
    }

    /** The failure of an attempt need not be the call's. */
    @Override
    public void failed(Exception cause) {}
}
