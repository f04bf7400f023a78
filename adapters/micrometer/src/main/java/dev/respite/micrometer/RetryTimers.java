package dev.respite.micrometer;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Records the durations of calls and attempts as timers; a listener of retries. <pre>{@code
 * Retry quotes = Retry.withDefaults().withName("quotes").withListener(RetryTimers.of(registry));
 * }</pre>
 *
 * <p>It is a listener, and that has its price: also a call that succeeds at once then reads the clock twice, writes a
 * history and makes an event. {@link RetryMetrics} cost a call nothing; take these where durations matter.
 *
 * <table> <caption>The timers</caption> <thead> <tr><th>timer</th><th>in Prometheus</th><th>tags</th><th>what</th></tr>
 * </thead> <tbody> <tr><td>{@code respite.call.duration}</td><td>{@code respite_call_duration_seconds}</td> <td>{@code
 * name}, {@code outcome}, {@code reason}</td><td>calls, with their delays</td></tr> <tr><td>{@code
 * respite.attempt.duration}</td><td>{@code respite_attempt_duration_seconds}</td> <td>{@code name}, {@code
 * error}</td><td>attempts, recorded when their call ends</td></tr> </tbody> </table>
 *
 * <p>The tags are the same as for {@link RetryMetrics}. {@code name} is the name of the retry that made the call. An attempt
 * that its caller cancelled has the error {@code cancelled}. A series is there from the first time that it is needed. Of
 * a call with many attempts, the first {@value History#MAX_LISTED} and the last {@value History#MAX_LISTED} are measured. About
 * {@value #MAX_KINDS} kinds of error are counted apart; the rest are {@code other}.
 *
 * <p>Histograms and percentiles are the registry's to say, by a {@link io.micrometer.core.instrument.config.MeterFilter}
 * for these names.
 *
 * <p>One serves any number of retries and threads.
 */
public final class RetryTimers implements RetryListener {

    private static final int MAX_KINDS = 64;

    /** The labels of a history for an attempt that was accepted, and for one that its caller cancelled. */
    private static final String OK = "ok";

    private static final String BROKEN_OFF = "cancelled";

    private final MeterProvider<Timer> calls;
    private final MeterProvider<Timer> attempts;

    /** The names of kinds that were seen. A history has them too, but among class names. */
    private final Set<String> kinds = ConcurrentHashMap.newKeySet();

    private RetryTimers(MeterRegistry registry) {
        this.calls = Timer.builder("respite.call.duration")
                .description("How long calls took, delays included")
                .withRegistry(registry);
        this.attempts = Timer.builder("respite.attempt.duration")
                .description("How long attempts took")
                .withRegistry(registry);
    }

    /**
     * {@return the listener}
     *
     * @param registry where they are registered
     */
    public static RetryTimers of(MeterRegistry registry) {
        return new RetryTimers(registry);
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            addKind(failed.kind());
        } else if (event instanceof RetryEvent.CallEnded ended) {
            record(ended);
        }
    }

    private void addKind(ErrorKind kind) {
        if (kinds.size() < MAX_KINDS) {
            kinds.add(kind.name());
        }
    }

    private void record(RetryEvent.CallEnded ended) {
        Tags name = Tags.of(RetryTags.NAME, ended.name());
        calls.withTags(name.and(RetryTags.of(ended.reason())))
                .record(ended.history().elapsed());
        record(name, ended.history().first());
        record(name, ended.history().last());
    }

    private void record(Tags name, List<History.Entry> entries) {
        for (History.Entry entry : entries) {
            attempts.withTags(name.and(RetryTags.ERROR, error(entry.outcome())))
                    .record(entry.durationNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private String error(String outcome) {
        if (outcome.equals(OK)) {
            return RetryTags.NO_ERROR;
        }
        boolean known = outcome.equals(BROKEN_OFF) || kinds.contains(outcome);
        return known ? outcome : ErrorKind.OTHER.name();
    }
}
