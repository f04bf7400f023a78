package dev.respite.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.ErrorRules;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges the outcome of an attempt by the hints of the server. Pure functions.
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

    /** Returns the verdict on an outcome, which the policy has judged before. */
    static Verdict classify(Verdict policys, Outcome<?> outcome, ErrorRules rules) {
        if (policys instanceof Verdict.Accept
                || !(outcome instanceof Outcome.Failure<?> failure)
                || !(failure.error() instanceof StatusRuntimeException closed)) {
            return policys;
        }
        ErrorKind kind = policys instanceof Verdict.Transient error ? error.kind() : ((Verdict.Fatal) policys).kind();
        @Nullable Metadata trailers = closed.getTrailers();
        if (trailers == null) {
            return policys;
        }
        @Nullable String pushback = trailers.get(PUSHBACK);
        Optional<Duration> hint = hint(pushback, trailers.get(DETAILS));
        if (pushback != null && hint.isEmpty()) {
            return Verdict.fatal(StopReason.RETRY_FORBIDDEN_BY_SERVER, kind);
        }
        boolean isRetried = policys instanceof Verdict.Transient || rules.isRetried(outcome, kind, true);
        return isRetried ? hint.map(wait -> Verdict.transientError(kind, wait)).orElse(policys) : policys;
    }

    /** Returns the delay of a pushback or else of {@code RetryInfo}; empty if it is negative or cannot be read. */
    private static Optional<Duration> hint(@Nullable String pushback, byte @Nullable [] details) {
        try {
            Optional<Duration> delay = pushback != null
                    ? Optional.of(Duration.ofMillis(Integer.parseInt(pushback)))
                    : details != null ? RetryInfo.delay(details) : Optional.empty();
            return delay.filter(wait -> !wait.isNegative());
        } catch (LinkageError | IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Reads {@code google.rpc.RetryInfo} of the details of a status. It needs {@code protobuf-java}, so it is loaded only for a status
     * that has details. The classes of {@code google.rpc} are in a library without the name of a module.
     */
    private static final class RetryInfo {

        private static final int DETAILS_OF_STATUS = 3;
        private static final int DELAY_OF_RETRY_INFO = 1;

        static Optional<Duration> delay(byte[] status) throws IOException {
            UnknownFieldSet fields = UnknownFieldSet.parseFrom(status);
            for (ByteString detail : fields.getField(DETAILS_OF_STATUS).getLengthDelimitedList()) {
                Any any = Any.parseFrom(detail);
                if (any.getTypeUrl().endsWith("/google.rpc.RetryInfo")) {
                    UnknownFieldSet info = UnknownFieldSet.parseFrom(any.getValue());
                    for (ByteString field : info.getField(DELAY_OF_RETRY_INFO).getLengthDelimitedList()) {
                        var delay = com.google.protobuf.Duration.parseFrom(field);
                        return Optional.of(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
                    }
                }
            }
            return Optional.empty();
        }
    }
}
