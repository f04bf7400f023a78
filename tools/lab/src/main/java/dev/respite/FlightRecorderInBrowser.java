package dev.respite;

import dev.respite.outcome.StopReason;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** {@link FlightRecorder} where there is none: as in a runtime without the module {@code jdk.jfr}. */
final class FlightRecorderInBrowser {

    private FlightRecorderInBrowser() {}

    static @Nullable FlightRecorderInBrowser ofCall() {
        return null;
    }

    void attemptBegins() {}

    void attemptEnded(String retry, int number, String outcome, OptionalLong delayNanos) {}

    void callEnded(String retry, int attempts, StopReason reason) {}
}
