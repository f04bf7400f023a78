package dev.respite.okhttp;

import dev.respite.http.exchange.BlockingTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.HttpRetry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Retries a call on its own thread. */
record RetryInterceptor(HttpRetry retry) implements Interceptor {

    @Override
    public Response intercept(Chain chain) throws IOException {
        Cancellation cancellation = new Cancellation();
        OkHttpTransport.Watch watch = new OkHttpTransport.Watch(cancellation::cancel);
        chain.call().addEventListener(watch);
        try {
            return retry.send(
                    new Exchange(chain, new OkHttpTransport.Sent(chain.request(), chain.getFollowRedirects(), watch)));
        } catch (IOException | RuntimeException thrown) {
            throw thrown;
        } catch (InterruptedException interrupted) {
            throw cancellation.asIoException(interrupted);
        } catch (Exception impossible) {
            throw new AssertionError("a chain throws nothing else", impossible);
        } finally {
            cancellation.end();
        }
    }

    /** Ends a delay when the call is cancelled, by an interrupt that is taken back. */
    private static final class Cancellation {

        private final Thread thread = Thread.currentThread();
        private final ReentrantLock lock = new ReentrantLock();
        private boolean isOver;
        private volatile boolean isCancelled;

        void cancel() {
            lock.lock();
            try {
                if (!isOver) {
                    isCancelled = true;
                    thread.interrupt();
                }
            } finally {
                lock.unlock();
            }
        }

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

        IOException asIoException(InterruptedException interrupted) {
            thread.interrupt();
            IOException reported =
                    isCancelled ? new IOException("Canceled") : new InterruptedIOException("interrupted");
            reported.initCause(interrupted);
            return reported;
        }
    }

    record Exchange(Chain chain, Sent sent) implements OkHttpTransport, BlockingTransport<Response> {

        /** OkHttp obeys an interrupt between two reads only, so each step has the time that is left. */
        @Override
        public Response send(ExchangeAttempt attempt) throws IOException {
            Chain own = chain.getRetryOnConnectionFailure() ? chain.withRetryOnConnectionFailure(false) : chain;
            // The interrupt should come first: it names the limit.
            int left = (int) Math.min(
                            attempt.remaining().map(Duration::toMillis).orElse(Long.MAX_VALUE), Integer.MAX_VALUE - 2)
                    + 2;
            if (isLonger(chain.connectTimeoutMillis(), left)) {
                own = own.withConnectTimeout(left, TimeUnit.MILLISECONDS);
            }
            if (isLonger(chain.writeTimeoutMillis(), left)) {
                own = own.withWriteTimeout(left, TimeUnit.MILLISECONDS);
            }
            if (!isLonger(chain.readTimeoutMillis(), left)) {
                return SingleRequest.restore(own.proceed(begin(attempt)));
            }
            Response response = SingleRequest.restore(
                    own.withReadTimeout(left, TimeUnit.MILLISECONDS).proceed(begin(attempt)));
            response.body().source().timeout().timeout(chain.readTimeoutMillis(), TimeUnit.MILLISECONDS);
            return response;
        }

        /** Returns whether a limit, which is none if it is 0, is longer than the time that is left. */
        private static boolean isLonger(int limit, int left) {
            return limit == 0 || limit > left;
        }
    }
}
