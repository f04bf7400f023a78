package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.RetryListener.Interest;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each listener receives the events of its interest, with every driver and beside any other listeners. */
class ListenerInterestTest {

    private static final RetryEvent AT_FIRST = new RetryEvent.FirstAttemptSucceeded("quotes");

    private final VirtualTime time = new VirtualTime();
    private final Recorder all = new Recorder();
    private final Recording counts = new Recording(Interest.COUNTS);
    private final Recording failures = new Recording(Interest.FAILURES);

    private static final class Recording implements RetryListener {
        private final Interest interest;
        private final List<RetryEvent> events = new ArrayList<>();

        Recording(Interest interest) {
            this.interest = interest;
        }

        @Override
        public Interest interest() {
            return interest;
        }

        @Override
        public void on(RetryEvent event) {
            events.add(event);
        }
    }

    /** Makes a call whose attempts have these outcomes, to its end. */
    private interface Driver {
        Object call(Retry retry, VirtualTime time, Object... outcomes);
    }

    private static Object join(CompletableFuture<Object> call, VirtualTime time) {
        time.runAll();
        return call.join();
    }

    static Stream<Named<Driver>> drivers() {
        return Stream.of(
                Named.of("blocking", (retry, time, outcomes) -> retry.call(Script.of(outcomes))),
                Named.of(
                        "asynchronous",
                        (retry, time, outcomes) -> join(retry.callAsync(AsyncScript.of(outcomes)), time)),
                Named.of(
                        "with judged values",
                        (retry, time, outcomes) -> retry.withPolicy(retry.policy().toBuilder()
                                        .retryOnResult(String.class, String::isEmpty)
                                        .build())
                                .call(Script.of(outcomes))),
                Named.of(
                        "hedged",
                        (retry, time, outcomes) -> join(
                                Hedge.of(retry, Duration.ofSeconds(1)).callIdempotent(AsyncScript.of(outcomes)),
                                time)));
    }

    private Retry retry(RetryListener... listeners) {
        Retry retry = Retry.of(RetryPolicy.parse("total-timeout=off"), time).withName("quotes");
        for (RetryListener listener : listeners) {
            retry = retry.withListener(listener);
        }
        return retry;
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void call_succeedsAtFirst_countsGetOneEventAndFailuresNone(Driver driver) {
        assertThat(driver.call(retry(counts, failures), time, "value")).isEqualTo("value");

        assertThat(counts.events).containsExactly(AT_FIRST);
        assertThat(failures.events).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void call_succeedsAtFirstBesideAHistory_countsGetTheSame(Driver driver) {
        driver.call(retry(failures, all, counts), time, "value");

        assertThat(counts.events).containsExactly(AT_FIRST);
        assertThat(failures.events).isEmpty();
        assertThat(all.events).hasSize(1);
        assertThat(all.ended().history().attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void call_fails_allGetAllEvents(Driver driver) {
        driver.call(retry(counts, failures, all), time, new ConnectException(), "value");

        assertThat(all.events).hasSize(2);
        assertThat(all.ended().reason()).isEqualTo(StopReason.ACCEPTED);
        assertThat(counts.events).isEqualTo(all.events);
        assertThat(failures.events).isEqualTo(all.events);
    }

    @Test
    void call_listenerThatCountsThrows_changesNothing() {
        RetryListener broken = new RetryListener() {
            @Override
            public Interest interest() {
                return Interest.COUNTS;
            }

            @Override
            public void on(RetryEvent event) {
                throw new IllegalStateException("a bug of the listener");
            }
        };

        assertThat(retry(broken, counts).call(Script.of("value"))).isEqualTo("value");
        assertThat(counts.events).containsExactly(AT_FIRST);
    }

    @Test
    void withName_ofARetryThatIsCounted_namesTheEvent() {
        retry(counts).withName("rates").call(Script.of("value"));

        assertThat(counts.events).containsExactly(new RetryEvent.FirstAttemptSucceeded("rates"));
    }
}
