package dev.respite.okhttp;

import dev.respite.http.exchange.BlockingTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.HttpRetry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
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
            Chain own = chain.withRetryOnConnectionFailure(false);
            Optional<Duration> left = attempt.remaining();
            if (left.isPresent()) {
                // The interrupt should come first: it names the limit.
                long millis = left.get().toMillis() + 2;
                own = own.withConnectTimeout(shorter(chain.connectTimeoutMillis(), millis), TimeUnit.MILLISECONDS)
                        .withWriteTimeout(shorter(chain.writeTimeoutMillis(), millis), TimeUnit.MILLISECONDS)
                        .withReadTimeout(shorter(chain.readTimeoutMillis(), millis), TimeUnit.MILLISECONDS);
            }
            Response response = SingleRequest.restore(own.proceed(begin(attempt)));
            if (left.isPresent()) {
                response.body().source().timeout().timeout(chain.readTimeoutMillis(), TimeUnit.MILLISECONDS);
            }
            return response;
        }

        /** Returns the shorter of two limits, of which the first is none if it is 0. */
        private static int shorter(int set, long left) {
            return (int) Math.min(set == 0 ? Integer.MAX_VALUE : set, left);
        }
    }
}
