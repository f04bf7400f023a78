package dev.respite.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code google.rpc.RetryInfo} of a status, if {@code grpc-protobuf} is on the class path. */
final class RetryInfoReader {

    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private RetryInfoReader() {}

    /** Returns the delay that the server requests; empty without one, without the library, and for what cannot be read. */
    static Optional<Duration> delay(StatusRuntimeException failure) {
        @Nullable Metadata trailers = failure.getTrailers();
        if (trailers == null || !trailers.containsKey(DETAILS)) {
            return Optional.empty();
        }
        try {
            return Details.delay(failure);
        } catch (LinkageError | InvalidProtocolBufferException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    /** Names the classes of the library, so it is loaded only for a status that has details. */
    private static final class Details {

        static Optional<Duration> delay(StatusRuntimeException failure) throws InvalidProtocolBufferException {
            com.google.rpc.@Nullable Status status =
                    StatusProto.fromStatusAndTrailers(failure.getStatus(), failure.getTrailers());
            if (status != null) {
                for (Any detail : status.getDetailsList()) {
                    if (detail.is(RetryInfo.class)) {
                        var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                        Duration wait = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
                        return wait.isNegative() ? Optional.empty() : Optional.of(wait);
                    }
                }
            }
            return Optional.empty();
        }
    }
}
