package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.failure.FailureFact.HttpStatus;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** gRPC, Kafka, the AWS SDK and Kotlin's coroutines: libraries that state more than a status. */
final class RpcRows {

    private static final String KAFKA = "org.apache.kafka.common.errors.";
    private static final String AWS = "software.amazon.awssdk.core.exception.";

    private static final List<String> AWS_ACCESSORS = List.of("statusCode", "isThrottlingException", "retryable");

    static final List<Row> ROWS = List.of(
            grpc("io.grpc.StatusRuntimeException"),
            grpc("io.grpc.StatusException"),
            Row.of(KAFKA + "RetriableException", Condition.TRANSIENT),
            Row.of(KAFKA + "TimeoutException", Condition.TIMEOUT),
            Row.of(KAFKA + "DisconnectException", Condition.CONNECTION_BROKEN),
            Row.of(KAFKA + "ThrottlingQuotaExceededException", Condition.THROTTLED),
            new Row(
                    AWS + "SdkException",
                    List.of("retryable"),
                    (failure, accessors) ->
                            Row.isTrue(accessors[0], failure) ? List.of(Condition.TRANSIENT) : List.of()),
            new Row(AWS + "SdkServiceException", AWS_ACCESSORS, RpcRows::aws),
            Row.of(AWS + "ApiCallTimeoutException", Condition.TIMEOUT),
            Row.of(AWS + "ApiCallAttemptTimeoutException", Condition.TIMEOUT),
            Row.of(AWS + "AbortedException", Condition.CANCELLED),
            // By its supertype it is a cancellation; CauseChain has it too.
            Row.of("kotlinx.coroutines.TimeoutCancellationException", Condition.TIMEOUT));

    private RpcRows() {}

    /** A transient status precedes "retryable"; any other status follows it. */
    private static List<FailureFact> aws(Throwable failure, MethodHandle[] accessors) throws Throwable {
        int status = Row.number(accessors[0], failure);
        List<FailureFact> facts = new ArrayList<>();
        if (Row.isTrue(accessors[1], failure)) {
            facts.add(Condition.THROTTLED);
        } else if (!HttpStatus.isTransient(status) && Row.isTrue(accessors[2], failure)) {
            facts.add(Condition.TRANSIENT);
        }
        facts.addAll(Row.status(status));
        return facts;
    }

    private static Row grpc(String type) {
        return new Row(type, List.of("getStatus.getCode.name"), (failure, accessors) -> {
            @Nullable GrpcCode code = GrpcCode.of(Row.text(accessors[0], failure));
            return code == null ? List.of() : List.of(code);
        });
    }
}
