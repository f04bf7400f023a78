package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

/** Rule 12 as a pure function, compared with the sentence of the rule over random chains of causes. */
@Tag("cases")
class Rule12WhatIsAnInterruptionTest {

    /** One link of a chain: its creation and its meaning by the rule. */
    private enum Link {
        INTERRUPTED(true, true),
        CLOSED_BY_INTERRUPT(true, true),
        BARE(true, false),
        NAMED_TIMEOUT(false, false),
        TIMEOUT_OF_A_CLIENT(false, false),
        SOCKET_TIMEOUT(false, false),
        CARRIER(false, false),
        OTHER_CARRIER(false, false),
        WRAPPER(false, false),
        IO_WRAPPER(false, false);

        private final boolean interruption;
        private final boolean clears;

        Link(boolean interruption, boolean clears) {
            this.interruption = interruption;
            this.clears = clears;
        }

        boolean isCarrier() {
            return this == CARRIER || this == OTHER_CARRIER;
        }

        boolean isOfTheFamily() {
            return this == BARE || this == NAMED_TIMEOUT || this == TIMEOUT_OF_A_CLIENT || this == SOCKET_TIMEOUT;
        }

        Throwable make(Throwable cause) {
            return switch (this) {
                case INTERRUPTED -> caused(new InterruptedException(), cause);
                case CLOSED_BY_INTERRUPT -> caused(new ClosedByInterruptException(), cause);
                case BARE -> caused(new InterruptedIOException(), cause);
                case NAMED_TIMEOUT -> caused(new InterruptedIOException("timeout"), cause);
                case TIMEOUT_OF_A_CLIENT -> caused(new OfAClient(), cause);
                case SOCKET_TIMEOUT -> caused(new SocketTimeoutException(), cause);
                case CARRIER -> new CompletionException(cause);
                case OTHER_CARRIER -> new ExecutionException(cause);
                case WRAPPER -> new IllegalStateException("wrapped", cause);
                case IO_WRAPPER -> new UncheckedIOException(new java.io.IOException(cause));
            };
        }

        private static Throwable caused(Throwable error, Throwable cause) {
            return cause == null ? error : error.initCause(cause);
        }
    }

    private static final class OfAClient extends InterruptedIOException {
        private static final long serialVersionUID = 1L;
    }

    private static List<Link> links(long seed) {
        Random random = new Random(seed);
        List<Link> links = new ArrayList<>();
        int length = 1 + random.nextInt(5);
        for (int i = 0; i < length; i++) {
            links.add(Link.values()[random.nextInt(Link.values().length)]);
        }
        return links;
    }

    /** The outermost link is the first. */
    private static Throwable chain(List<Link> links) {
        Throwable error = null;
        for (int i = links.size() - 1; i >= 0; i--) {
            error = links.get(i).make(error);
        }
        return error;
    }

    /** A bare exception has no cause, so it is the last link. */
    private static boolean interrupts(List<Link> links, int i, boolean flagged) {
        Link link = links.get(i);
        boolean bare = link == Link.BARE && i == links.size() - 1;
        return bare || (link.interruption && link != Link.BARE) || (flagged && link.isOfTheFamily());
    }

    @Property
    void isInterruption_ofAnyChain_isWhatTheRuleSays(@ForAll long seed, @ForAll boolean flagged) {
        List<Link> links = links(seed);
        boolean expected = false;
        for (int i = 0; i < links.size(); i++) {
            expected |= interrupts(links, i, flagged);
        }
        Outcome.Failure<Object> failure = new Outcome.Failure<>(chain(links), flagged);
        assertThat(failure.isInterruption())
                .as("%s, flagged: %s", links, flagged)
                .isEqualTo(expected);
    }

    @Property
    void classify_ofAnyChain_isInterruptedOrATimeoutOfTheFamily(@ForAll long seed, @ForAll boolean flagged) {
        List<Link> links = links(seed);
        Outcome.Failure<Object> failure = new Outcome.Failure<>(chain(links), flagged);
        for (String text : List.of("", "retry-on=any", "retry-on=java.lang.Throwable")) {
            Verdict verdict = RetryPolicy.parse(text).classify(failure);
            boolean interrupted = verdict instanceof Verdict.Fatal fatal && fatal.reason() == StopReason.INTERRUPTED;
            assertThat(interrupted).as("%s, flagged: %s", links, flagged).isEqualTo(failure.isInterruption());
            if (!interrupted && links.stream().anyMatch(Link::isOfTheFamily)) {
                assertThat(verdict).as("%s", links).isEqualTo(Verdict.transientError(ErrorKind.TIMEOUT));
            }
        }
    }

    @Property
    void clearedInterruptFlag_ofAnyChain_isSaidOfTheFirstTwoClassesBeforeAnyCarrier(@ForAll long seed) {
        List<Link> links = links(seed);
        boolean expected = false;
        for (Link link : links) {
            if (link.isCarrier()) {
                break;
            }
            expected |= link.clears;
        }
        assertThat(new Outcome.Failure<>(chain(links), false).clearedInterruptFlag())
                .as("%s", links)
                .isEqualTo(expected);
    }

    @Test
    void classify_ofACancellationWithTheFlagSet_isCancelled() {
        Verdict verdict = RetryPolicy.defaults().classify(Outcome.failure(new CancellationException(), true));
        assertThat(verdict).isEqualTo(Verdict.fatal(StopReason.CANCELLED, ErrorKind.of("cancelled")));
    }

    @Test
    void classify_ofAnErrorAroundAnInterruption_isFatal() {
        Verdict verdict =
                RetryPolicy.defaults().classify(Outcome.failure(new AssertionError(new InterruptedException())));
        assertThat(verdict).isEqualTo(Verdict.fatal());
    }

    @Test
    void isInterruption_ofACircularChain_ends() {
        IllegalStateException one = new IllegalStateException("one");
        IllegalStateException other = new IllegalStateException("other", one);
        one.initCause(other);
        Outcome.Failure<Object> failure = new Outcome.Failure<>(one, true);
        assertThat(failure.isInterruption()).isFalse();
        assertThat(failure.clearedInterruptFlag()).isFalse();
    }
}
