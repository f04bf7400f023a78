package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** The exceptions of the AWS SDK 2. */
class AwsTest {

    private static Judged service(int status) {
        return new Judged(
                SdkServiceException.builder().statusCode(status).message("").build());
    }

    @Test
    void serviceException_isItsStatus() {
        service(503).isTransient(503);
        service(500).isTransient(500);
        service(400).isFatal().isSelectedBy("400");
    }

    @Test
    void throttlingException_isThrottled() {
        service(429).isTransient(ErrorKind.THROTTLED).isSelectedBy("429");
    }

    @Test
    void clientException_isWhatItIsOrItsCause() {
        new Judged(SdkClientException.create("refused", new ConnectException())).isTransient(ErrorKind.CONNECT);
        new Judged(SdkClientException.create("no credentials")).isFatal();
        new Judged(RetryableException.create("again")).isTransient(ErrorKind.OTHER);
        new Judged(ApiCallTimeoutException.create(5)).isTransient(ErrorKind.TIMEOUT);
        new Judged(ApiCallAttemptTimeoutException.create(5)).isTransient(ErrorKind.TIMEOUT);
        new Judged(AbortedException.create("aborted")).isNeverRetried();
    }
}
