package dev.respite.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code google.rpc.RetryInfo} of a status. It needs {@code grpc-protobuf}, so it is loaded only for a status that has details. */
final class RetryInfoReader {

    private RetryInfoReader() {}

    /** Returns the delay that the server requests; empty without one. */
    static Optional<Duration> delay(StatusRuntimeException failure) throws InvalidProtocolBufferException {
        @Nullable Status status = StatusProto.fromStatusAndTrailers(failure.getStatus(), failure.getTrailers());
        for (Any detail : status == null ? List.<Any>of() : status.getDetailsList()) {
            if (detail.is(RetryInfo.class)) {
                var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                Duration wait = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
                return Optional.of(wait).filter(given -> !given.isNegative());
            }
        }
        return Optional.empty();
    }
}
