package dev.respite.http;

import dev.respite.Breaker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A breaker that receives which responses are failures of the server, and no failures that the server has not caused.
 *
 * @param breaker the breaker of the origin
 * @param ofTheExchange whether a failure of the current call was caused by the server or the network
 */
record HttpBreaker(Breaker breaker, Predicate<Throwable> ofTheExchange) implements Breaker {

    @Override
    public long acquire() {
        return breaker.acquire();
    }

    @Override
    public void succeeded(long entered, @Nullable Object value) {
        if (value instanceof HttpResponse<?> answer && HttpRules.isRetried(answer.statusCode())) {
            breaker.failed(entered, new ErrorStatusException(answer.statusCode(), answer.uri()));
        } else {
            breaker.succeeded(entered, value);
        }
    }

    @Override
    public void failed(long entered, Throwable error) {
        if (ofTheExchange.test(error) && isOfTheExchange(error)) {
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
