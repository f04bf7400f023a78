package dev.respite.grpc;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.ErrorRules;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges the outcome of an attempt. The verdict of the policy holds, unless the server, the deadline of the caller or the method
 * forbids a further attempt. Pure functions.
 *
 * <p>A pushback of the server is as in proposal A6 of gRPC: a delay requests a further attempt, and any other value forbids it. {@code
 * RetryInfo} requests one, too. {@code stop-on} overrides a request.
 */
final class GrpcRules {

    static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private GrpcRules() {}

    /**
     * The facts of a call.
     *
     * @param mayRepeat whether its method may be repeated, or nothing was sent
     * @param isReplayable whether its message can be sent again
     * @param isLate whether the deadline of its caller has passed
     */
    record Facts(boolean mayRepeat, boolean isReplayable, boolean isLate) {}

    /** Returns the verdict on an outcome, which the policy has judged before. */
    static Verdict classify(Verdict policys, Outcome<?> outcome, ErrorRules rules, Facts facts) {
        if (policys instanceof Verdict.Accept) {
            return policys;
        }
        ErrorKind kind = policys instanceof Verdict.Transient error ? error.kind() : ((Verdict.Fatal) policys).kind();
        Optional<Duration> hint = Optional.empty();
        if (outcome instanceof Outcome.Failure<?> failure && failure.error() instanceof StatusRuntimeException closed) {
            if (facts.isLate() && closed.getStatus().getCode() == Code.DEADLINE_EXCEEDED) {
                return Verdict.fatal(StopReason.TOTAL_TIMEOUT, kind);
            }
            @Nullable Metadata trailers = closed.getTrailers();
            @Nullable String pushback = trailers == null ? null : trailers.get(PUSHBACK);
            byte @Nullable [] details = trailers == null ? null : trailers.get(DETAILS);
            hint = pushback == null ? retryInfo(details) : delay(pushback);
            if (pushback != null && hint.isEmpty()) {
                return Verdict.fatal(StopReason.RETRY_FORBIDDEN_BY_SERVER, kind);
            }
        }
        boolean isRequested = hint.isPresent() && rules.isRetried(outcome, kind, true);
        if (!(policys instanceof Verdict.Transient) && !isRequested) {
            return policys;
        }
        if (!facts.mayRepeat()) {
            return Verdict.fatal(StopReason.NOT_IDEMPOTENT, kind);
        }
        if (!facts.isReplayable()) {
            return Verdict.fatal(StopReason.INPUT_CONSUMED, kind);
        }
        return hint.map(wait -> Verdict.transientError(kind, wait)).orElse(policys);
    }

    /** Returns the delay of {@code RetryInfo}; empty without one, without the library, and if the details cannot be read. */
    private static Optional<Duration> retryInfo(byte @Nullable [] details) {
        try {
            return details == null ? Optional.empty() : RetryInfoReader.delay(details);
        } catch (LinkageError | Exception unreadable) {
            return Optional.empty();
        }
    }

    /** Returns the delay of a pushback; empty for a negative value and for one that cannot be read. */
    private static Optional<Duration> delay(String pushback) {
        try {
            int millis = Integer.parseInt(pushback);
            return millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
        } catch (NumberFormatException unreadable) {
            return Optional.empty();
        }
    }
}
