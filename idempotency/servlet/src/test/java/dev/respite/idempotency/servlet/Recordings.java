package dev.respite.idempotency.servlet;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.List;

/** Logs the order in which records are written and bytes are sent. */
final class Recordings {

    private Recordings() {}

    /** A store that logs each write before it returns. */
    static IdempotencyStore records(IdempotencyStore store, List<String> log) {
        return InterceptedStore.of(store)
                .afterWrites(write -> log.add(write.state().name()));
    }

    /** A store that carries writes out and does not reply to them. */
    static IdempotencyStore gone(IdempotencyStore store) {
        return InterceptedStore.of(store).afterWrites(write -> {
            throw InterceptedStore.noReply();
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
}
