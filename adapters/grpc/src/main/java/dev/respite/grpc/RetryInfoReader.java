package dev.respite.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads {@code google.rpc.RetryInfo} of the details of a status. It needs {@code protobuf-java}, so it is loaded only for a status
 * that has details. The classes of {@code google.rpc} are in a library without the name of a module.
 */
final class RetryInfoReader {

    private static final int DETAILS_OF_STATUS = 3;
    private static final int DELAY_OF_RETRY_INFO = 1;

    private RetryInfoReader() {}

    /** Returns the delay that a {@code google.rpc.Status} requests; empty without one. */
    static Optional<Duration> delay(byte[] status) throws InvalidProtocolBufferException {
        UnknownFieldSet fields = UnknownFieldSet.parseFrom(status);
        for (ByteString detail : fields.getField(DETAILS_OF_STATUS).getLengthDelimitedList()) {
            Any any = Any.parseFrom(detail);
            if (any.getTypeUrl().endsWith("/google.rpc.RetryInfo")) {
                UnknownFieldSet info = UnknownFieldSet.parseFrom(any.getValue());
                for (ByteString field : info.getField(DELAY_OF_RETRY_INFO).getLengthDelimitedList()) {
                    var delay = com.google.protobuf.Duration.parseFrom(field);
                    Duration wait = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
                    return Optional.of(wait).filter(given -> !given.isNegative());
                }
            }
        }
        return Optional.empty();
    }
}
