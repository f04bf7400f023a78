package dev.respite.reactor;

import dev.respite.Retry;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.Limits;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Retries for {@link Mono} and {@link Flux}: an attempt is a subscription to the source.
 *
 * <pre>{@code
 * ReactorRetry retry = ReactorRetry.of(Retry.withDefaults());
 * Mono<Quote> quote = client.fetch("ACME").transform(retry::mono);
 * }</pre>
 *
 * <p>Each subscriber makes a call of its own; without a subscriber nothing happens. A call is a {@link
 * Retry#callAsync}: the same policy, budget, counts, listeners, limits of time and context of threads. The first attempt
 * is made on the subscriber's thread. Later ones are made in the executor of the {@linkplain Retry#time() retry's time}: the
 * common pool, unless it is a {@link SchedulerTime} or another. Every attempt has the subscriber's Reactor context.
 *
 * <p>The last failure arrives as it is: not wrapped, not changed. A subscriber that cancels ends the call: the attempt in
 * flight is cancelled, a delay is over, and no further attempt is made. The call is counted as {@link
 * dev.respite.outcome.StopReason#CANCELLED}, also if the subscriber has enough, as with {@code take} and {@code next}. Values
 * that are emitted too late, or that the policy rejects, are closed if they are {@link AutoCloseable}. Other such values are
 * passed to Reactor's discard hook.
 *
 * <p>An attempt's time begins when the source has been subscribed to. A source that blocks in {@code subscribe} cannot be
 * timed out: move it elsewhere, by {@code subscribeOn}.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class ReactorRetry {

    private final Retry values;
    private final Retry streams;
    private final long resetNanos;

    private ReactorRetry(Retry retry, long resetNanos) {
        this.values = retry;
        this.resetNanos = resetNanos;
        Classifier classifier = retry.policy().classifier();
        this.streams = classifier.judgesValues() ? retry.driver().withClassifier(new FailuresOnly(classifier)) : retry;
    }

    /**
     * {@return the operators that apply a retry to a {@code Mono} or a {@code Flux}}
     *
     * @param retry the policy, the budget, the time and the listeners
     */
    public static ReactorRetry of(Retry retry) {
        return new ReactorRetry(Objects.requireNonNull(retry, "retry"), 0);
    }

    /**
     * {@return these operators, for streams that last} When a stream has emitted elements for this time, its call ends with success and
     * the next call begins, with the running stream as its first attempt. So attempts, delays and timeouts begin anew, again and
     * again; the budget does not. A stream that emits nothing begins no new call, and the timeouts of the policy end it.
     *
     * <p>The time is counted from the first element of an attempt, and a call begins anew at an element. Each of them counts as a call
     * of its own.
     *
     * @param time the time, such as 30 s; it must be shorter than the timeouts of the policy
     * @throws IllegalArgumentException if it is not positive, or a timeout of the policy would pass first
     */
    public ReactorRetry withResetAfter(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("a reset after " + time + ": give a positive time, such as 30 s");
        }
        Limits limits = values.policy().limits();
        Stream.of(limits.totalTimeout(), limits.attemptTimeout())
                .flatMap(Optional::stream)
                .filter(timeout -> timeout.compareTo(time) <= 0)
                .findFirst()
                .ifPresent(timeout -> {
                    throw new IllegalArgumentException("a reset after " + time + ": a timeout of the policy, " + timeout
                            + ", would end each stream before; give longer timeouts, or total-timeout=off");
                });
        return new ReactorRetry(values, TimeUnit.NANOSECONDS.convert(time));
    }

    /**
     * A source of one value or none, tried again; for {@code source.transform(retry::mono)}.
     *
     * @param source what each attempt subscribes to
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was
     */
    public <T> Mono<T> mono(Mono<T> source) {
        Objects.requireNonNull(source, "source");
        return mono(attempt -> source);
    }

    /**
     * As {@link #mono(Mono)}, with a source that sees its attempt. The classifier judges the value; where the source is
     * empty, that is {@code null}.
     *
     * @param source makes what each attempt subscribes to; an attempt for which it throws, or makes nothing, has failed
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was
     */
    public <T> Mono<T> mono(Function<? super Attempt, ? extends Mono<T>> source) {
        Objects.requireNonNull(source, "source");
        return Mono.create(sink -> MonoCall.start(values, source, sink));
    }

    /**
     * A stream, tried again from its beginning when it fails; for {@code source.transform(retry::flux)}. Otherwise as {@link
     * #flux(Function)}.
     *
     * @param source what each attempt subscribes to
     * @param <T> the type of the elements
     * @return the elements of all attempts, and the end of the last one
     */
    public <T> Flux<T> flux(Flux<T> source) {
        Objects.requireNonNull(source, "source");
        return flux(attempt -> source);
    }

    /**
     * A stream, tried again when it fails.
     *
     * <p>Elements that were emitted before a failure are not taken back. The subscriber gets the elements of one attempt after
     * the elements of the other, and never more than it requested. An attempt succeeds when its stream completes; no element is
     * judged. So the timeouts of the policy apply to whole streams. A long stream needs {@link #withResetAfter} or {@code
     * total-timeout=off}, since the default ends it after 30 seconds.
     *
     * @param source makes what each attempt subscribes to; an attempt for which it throws, or makes nothing, has failed
     * @param <T> the type of the elements
     * @return the elements of all attempts, and the end of the last one
     */
    public <T> Flux<T> flux(Function<? super Attempt, ? extends Flux<T>> source) {
        Objects.requireNonNull(source, "source");
        return Flux.from(subscriber -> FluxCall.start(streams, resetNanos, source, subscriber));
    }

    /** A stream has no value that could be judged; its completion is a success. */
    private record FailuresOnly(Classifier classifier) implements Classifier {
        @Override
        public Verdict classify(Outcome<?> outcome) {
            return classifier.classify(outcome);
        }

        @Override
        public boolean judgesValues() {
            return false;
        }
    }
}
