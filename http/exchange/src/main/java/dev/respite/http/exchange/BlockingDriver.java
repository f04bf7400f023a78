package dev.respite.http.exchange;

import dev.respite.BreakerPerAttempt;
import dev.respite.Retry;
import dev.respite.driver.TimeLimit;
import dev.respite.outcome.Attempt;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Runs a call on the calling thread: sends, limits each attempt in time, and reads the last response. */
final class BlockingDriver<R> {

    private final BlockingTransport<R> transport;
    private final HttpConfig config;
    private final HttpCall<R> call;
    private final Retry retry;
    private final Optional<BreakerPerAttempt> guarded;
    private final TimeLimit limits;

    BlockingDriver(BlockingTransport<R> transport, HttpConfig config) {
        this.transport = transport;
        this.config = config;
        this.call = new HttpCall<>(transport, config, null);
        String origin = transport.origin();
        Retry base = config.retry(origin);
        this.retry = call.retry(base, new EndableWaits(base.time(), config.calls(), transport::onWait));
        this.guarded = config.breakers().map(breakers -> breakers.inside(retry, origin, call));
        this.limits = TimeLimit.of(config.time());
    }

    R run() throws Exception {
        config.calls().begin();
        try {
            return read(last());
        } finally {
            call.close();
        }
    }

    /** Runs the attempts. A call that the client's shutdown ends in a delay has the outcome before the delay. */
    private R last() throws Exception {
        try {
            return guarded.isPresent()
                    ? guarded.get().callWithAttempt(this::attempt)
                    : retry.callWithAttempt(this::attempt);
        } catch (Exception failed) {
            Optional<R> last = call.lastBefore(failed);
            if (last.isPresent()) {
                return last.get();
            }
            throw call.failureBefore(failed) instanceof Exception before ? before : failed;
        }
    }

    private R attempt(Attempt attempt) throws Exception {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the request was sent");
        }
        ExchangeAttempt begun = call.begin(attempt, transport);
        transport.awaitReleased(begun.deadline().within(Long.MAX_VALUE));
        begun.prepare(transport);
        return within(begun.deadline(), begun::hasEndedLimit, () -> send(begun));
    }

    private R send(ExchangeAttempt begun) throws Exception {
        try {
            R response = transport.send(begun);
            if (!begun.wasAborted()) {
                return response;
            }
            transport.discard(response);
        } catch (Throwable failed) {
            if (!begun.wasAborted()) {
                throw failed;
            }
        }
        throw transport.tooLate(begun.deadline().limit().orElse(Duration.ZERO));
    }

    private R read(R last) throws Exception {
        if (!transport.isUnread(last)) {
            return last;
        }
        // After an interrupted delay the caller gets the last response all the same, and the flag back.
        boolean interrupted = Thread.interrupted();
        try {
            return within(call.readDeadline(last), () -> false, () -> transport.read(last));
        } catch (InterruptedException again) {
            interrupted = true;
            throw again;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <V> V within(Deadline until, BooleanSupplier ended, Callable<V> work) throws Exception {
        Optional<Duration> left = until.remaining();
        if (left.isEmpty()) {
            return work.call();
        }
        try {
            return limits.call(left.get(), ended, work);
        } catch (TimeoutException late) {
            throw transport.tooLate(until.limit().orElse(left.get()));
        }
    }
}
