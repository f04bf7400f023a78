package dev.respite.okhttp;

import dev.respite.http.exchange.BlockingTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.HttpRetry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Retries a call on its own thread. */
record RetryInterceptor(HttpRetry retry, int maxBuffered) implements Interceptor {

    @Override
    public Response intercept(Chain chain) throws IOException {
        AtomicReference<Runnable> endOfWait = new AtomicReference<>(() -> {});
        OkHttpTransport.Sent sent = new OkHttpTransport.Sent(
                chain.request(),
                chain.getFollowRedirects(),
                maxBuffered,
                new OkHttpTransport.Watch(() -> endOfWait.get().run()));
        chain.call().addEventListener(sent.watch());
        return retry.send(new Exchange(chain, sent, endOfWait), IOException.class);
    }

    /** Sends the request by a chain. The reference has what ends the present wait, and does nothing after it. */
    record Exchange(Chain chain, Sent sent, AtomicReference<Runnable> endOfWait)
            implements OkHttpTransport, BlockingTransport<Response> {

        /** After a wait that a cancellation has ended, OkHttp throws. */
        @Override
        public void onWait(Runnable end) {
            endOfWait.set(end);
            if (chain.call().isCanceled()) {
                end.run();
            }
        }

        @Override
        public Cause causeOf(Throwable failure) {
            return chain.call().isCanceled() ? Cause.CANCELLED : Cause.EXCHANGE;
        }

        /** OkHttp obeys an interrupt between two reads only, so each step has the time that is left. */
        @Override
        public Response send(ExchangeAttempt attempt) throws IOException {
            Chain own = chain.getRetryOnConnectionFailure() ? chain.withRetryOnConnectionFailure(false) : chain;
            long millis = attempt.remaining().map(Duration::toMillis).orElse(Long.MAX_VALUE / 2) + MARGIN_MILLIS;
            int left = (int) Math.min(millis, Integer.MAX_VALUE);
            if (isLonger(chain.connectTimeoutMillis(), left)) {
                own = own.withConnectTimeout(left, TimeUnit.MILLISECONDS);
            }
            if (isLonger(chain.writeTimeoutMillis(), left)) {
                own = own.withWriteTimeout(left, TimeUnit.MILLISECONDS);
            }
            if (!isLonger(chain.readTimeoutMillis(), left)) {
                return buffered(SingleRequest.restore(own.proceed(begin(attempt))), attempt);
            }
            Response response = SingleRequest.restore(
                    own.withReadTimeout(left, TimeUnit.MILLISECONDS).proceed(begin(attempt)));
            response.body().source().timeout().timeout(chain.readTimeoutMillis(), TimeUnit.MILLISECONDS);
            return buffered(response, attempt);
        }

        /** Returns whether a limit, which is none if it is 0, is longer than the time that is left. */
        private static boolean isLonger(int limit, int left) {
            return limit == 0 || limit > left;
        }
    }
}
