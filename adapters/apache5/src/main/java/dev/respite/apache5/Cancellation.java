package dev.respite.apache5;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/** Ends a call of this thread when its request is cancelled: the exchange at once, and a delay by an interrupt that is taken back. */
final class Cancellation implements Cancellable {

    private final Thread thread = Thread.currentThread();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean isOver;
    private volatile boolean isCancelled;
    private volatile @Nullable Cancellable attempt;

    /** Begins an attempt, which may be cancelled already. */
    void begin(Cancellable exchange) {
        attempt = exchange;
        if (isCancelled) {
            exchange.cancel();
        }
    }

    boolean isCancelled() {
        return isCancelled;
    }

    @Override
    public boolean cancel() {
        lock.lock();
        try {
            isCancelled = true;
            if (!isOver) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        Cancellable last = attempt;
        return last != null && last.cancel();
    }

    /** The call has ended: its response may still be cancelled. */
    void end() {
        lock.lock();
        try {
            isOver = true;
            if (isCancelled) {
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The request of the caller, for the calls after a redirect: their scopes have other requests. */
    record Caller(CancellableDependency request, ExecRuntime exchange) {

        private static final String ATTRIBUTE = "dev.respite.apache5.caller";
        private static final int REDIRECTION = 300;
        private static final int CLIENT_ERROR = 400;

        /** Returns the request that the caller may cancel; empty if it cannot be cancelled. */
        static Optional<CancellableDependency> of(ExecChain.Scope scope) {
            if (scope.originalRequest instanceof CancellableDependency request) {
                return Optional.of(request);
            }
            return scope.clientContext.getAttribute(ATTRIBUTE) instanceof Caller caller
                            && caller.exchange == scope.execRuntime
                    ? Optional.of(caller.request)
                    : Optional.empty();
        }

        /** Keeps the request in the context if its response may be a redirect. */
        static void keep(CancellableDependency request, ClassicHttpResponse response, ExecChain.Scope scope) {
            if (response.getCode() >= REDIRECTION && response.getCode() < CLIENT_ERROR) {
                scope.clientContext.setAttribute(ATTRIBUTE, new Caller(request, scope.execRuntime));
            }
        }
    }
}
