package dev.respite.idempotency.servlet;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Logs the order in which records are written and bytes are sent. */
final class Recordings {

    private Recordings() {}

    /** A store that logs each write before it returns. */
    static IdempotencyStore records(IdempotencyStore store, List<String> log) {
        return new LoggingStore(store, write -> log.add(write.state().name()));
    }

    /** A store that does not respond to writes. */
    static IdempotencyStore gone(IdempotencyStore store) {
        return new LoggingStore(store, write -> {
            throw new StoreUnavailableException("no answer", new IOException("refused"));
        });
    }

    /** A filter that logs accesses to the response. */
    static Filter bytes(List<String> log) {
        return (request, response, chain) ->
                chain.doFilter(request, new HttpServletResponseWrapper((HttpServletResponse) response) {
                    @Override
                    public void setStatus(int status) {
                        log.add("status");
                        super.setStatus(status);
                    }

                    @Override
                    public ServletOutputStream getOutputStream() throws IOException {
                        return new Bytes(super.getOutputStream(), log);
                    }

                    @Override
                    public void flushBuffer() throws IOException {
                        log.add("byte");
                        super.flushBuffer();
                    }
                });
    }

    private static final class Bytes extends ServletOutputStream {
        private final ServletOutputStream out;
        private final List<String> log;

        Bytes(ServletOutputStream out, List<String> log) {
            this.out = out;
            this.log = log;
        }

        @Override
        public void write(int b) throws IOException {
            log.add("byte");
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            log.add("byte");
            out.write(bytes, offset, length);
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
    }

    private record LoggingStore(IdempotencyStore store, Consumer<RecordWrite> log) implements IdempotencyStore {
        @Override
        public Put putIfAbsent(StorageKey key, RecordWrite write) {
            Put put = store.putIfAbsent(key, write);
            log.accept(write);
            return put;
        }

        @Override
        public Swap compareAndSet(Precondition expected, RecordWrite write) {
            Swap swap = store.compareAndSet(expected, write);
            log.accept(write);
            return swap;
        }

        @Override
        public Optional<IdempotencyRecord> find(StorageKey key) {
            return store.find(key);
        }

        @Override
        public int purge(int atMost) {
            return 0;
        }
    }
}
