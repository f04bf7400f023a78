package dev.respite.http.exchange;

import dev.respite.Breaker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The breaker of an origin, as the attempts of one call pass it. It receives which responses are failures of the server, and no
 * failures that the server has not caused.
 */
record HttpBreaker<R>(Breaker breaker, HttpCall<R> call) implements Breaker {

    @Override
    public long acquire() {
        return breaker.acquire();
    }

    @Override
    public void succeeded(long entered, @Nullable Object value) {
        @Nullable ErrorStatusException error = value == null ? null : errorStatus(value);
        if (error != null) {
            breaker.failed(entered, error);
        } else {
            breaker.succeeded(entered, value);
        }
    }

    @SuppressWarnings("unchecked") // the values of the call are its responses
    private @Nullable ErrorStatusException errorStatus(Object response) {
        return call.errorStatus((R) response);
    }

    @Override
    public void failed(long entered, Throwable error) {
        if (call.isOfTheExchange(error) && isOfTheExchange(error)) {
            breaker.failed(entered, error);
        } else {
            breaker.release();
        }
    }

    @Override
    public void release() {
        breaker.release();
    }

    @Override
    public boolean isRejection(Throwable failure) {
        return breaker.isRejection(failure);
    }

    @Override
    public Optional<Duration> remainingOpenTime() {
        return breaker.remainingOpenTime();
    }

    private static boolean isOfTheExchange(Throwable error) {
        return error instanceof IOException
                && !(error instanceof FileSystemException)
                && !(error instanceof FileNotFoundException);
    }
}
