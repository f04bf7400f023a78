package dev.respite;

import dev.respite.outcome.StopReason;
import java.util.OptionalLong;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The Flight Recorder events of one call: one for it and one for each of its attempts. There is none when no recording
 * includes them, nor in a runtime without the module {@code jdk.jfr}.
 *
 * <p>The events are {@code dev.respite.Call} and {@code dev.respite.Attempt}; both last as long as the call or the attempt.
 * {@code jfr print --events dev.respite.Call recording.jfr} prints the first.
 */
final class FlightRecorder {

    private static final boolean PRESENT = isPresent();

    private final CallEvent call = new CallEvent();
    private AttemptEvent attempt = new AttemptEvent();

    private FlightRecorder() {
        call.begin();
        attempt.begin();
    }

    /** The recorder of a call that begins now. While none of the events is recorded, this makes no object. */
    static @Nullable FlightRecorder ofCall() {
        return PRESENT && Probes.isOn() ? new FlightRecorder() : null;
    }

    /** Events that show whether their kind is recorded, and are never committed. In a class of their own, since a runtime without {@code jdk.jfr} cannot create them. */
    private static final class Probes {
        private static final CallEvent CALL = new CallEvent();
        private static final AttemptEvent ATTEMPT = new AttemptEvent();

        static boolean isOn() {
            return CALL.isEnabled() || ATTEMPT.isEnabled();
        }
    }

    private static boolean isPresent() {
        try {
            Module module = Class.forName("jdk.jfr.Event").getModule();
            // A module that embeds Respite need not require that one.
            return FlightRecorder.class.getModule().canRead(module);
        } catch (ClassNotFoundException | LinkageError withoutIt) {
            return false;
        }
    }

    /** Another attempt begins. */
    void attemptBegins() {
        attempt = new AttemptEvent();
        attempt.begin();
    }

    /** The attempt has ended. */
    void attemptEnded(String retry, int number, String outcome, OptionalLong delayNanos) {
        attempt.end();
        if (attempt.shouldCommit()) {
            attempt.retry = retry;
            attempt.number = number;
            attempt.outcome = outcome;
            attempt.delay = delayNanos.orElse(0);
            attempt.commit();
        }
    }

    /** The call has ended. */
    void callEnded(String retry, int attempts, StopReason reason) {
        call.end();
        if (call.shouldCommit()) {
            call.retry = retry;
            call.attempts = attempts;
            call.reason = reason.phrase();
            call.commit();
        }
    }

    @Name("dev.respite.Call")
    @Label("Call")
    @Category("Respite")
    @Description("A call that may be retried, from its first attempt to its end")
    @StackTrace(false)
    static final class CallEvent extends Event {
        @Label("Retry")
        @Nullable
        String retry;

        @Label("Attempts")
        int attempts;

        @Label("Stop Reason")
        @Nullable
        String reason;
    }

    @Name("dev.respite.Attempt")
    @Label("Attempt")
    @Category("Respite")
    @Description("One attempt of a call")
    @StackTrace(false)
    static final class AttemptEvent extends Event {
        @Label("Retry")
        @Nullable
        String retry;

        @Label("Number")
        int number;

        @Label("Outcome")
        @Nullable
        String outcome;

        @Label("Delay")
        @Description("How long the call waits now for its next attempt; 0 if there is none")
        @Timespan(Timespan.NANOSECONDS)
        long delay;
    }
}
