package dev.respite.idempotency.servlet;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoreUnavailableException;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What happens when: records that are written, and bytes that are sent. */
final class Watching {

    private Watching() {}

    /** A store that tells what it has written, before whoever asked hears of it. */
    static IdempotencyStore records(IdempotencyStore store, List<String> log) {
        return new Told(store, draft -> log.add(draft.state().name()));
    }

    /** A store that does not answer when something is to be done. */
    static IdempotencyStore gone(IdempotencyStore store) {
        return new Told(store, draft -> {
            throw new StoreUnavailableException("no answer", new IOException("refused"));
        });
    }

    /** A filter that tells when the response is touched. */
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

    private record Told(IdempotencyStore store, Consumer<Draft> log) implements IdempotencyStore {
        @Override
        public Put putIfAbsent(StorageKey key, Draft draft) {
            Put put = store.putIfAbsent(key, draft);
            log.accept(draft);
            return put;
        }

        @Override
        public Swap compareAndSet(Expectation expected, Draft draft) {
            Swap swap = store.compareAndSet(expected, draft);
            log.accept(draft);
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
