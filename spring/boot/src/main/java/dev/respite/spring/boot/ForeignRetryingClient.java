package dev.respite.spring.boot;

/**
 * A library that retries by itself. The numbers were measured with its defaults: requests that reach the server for one call.
 *
 * @param name how warnings and {@code respite.doctor-ignore} call it
 * @param type a class by which it is recognized
 * @param requests the number of its requests
 * @param remedy how its retries are switched off
 */
record ForeignRetryingClient(String name, String type, String requests, String remedy) {

    static final String APACHE = "apache5";
    static final String RESILIENCE4J = "resilience4j";
    static final String SPRING = "spring-retryable";

    /** The known libraries. */
    private static final ForeignRetryingClient[] KNOWN = {
        new ForeignRetryingClient(
                "okhttp",
                "okhttp3.OkHttpClient",
                "3 requests if the connection is dropped, and 2, POST too, for a 408 or for a 503 with Retry-After: 0",
                "OkHttpRetry of respite-okhttp, since retryOnConnectionFailure(false) leaves the 503"),
        new ForeignRetryingClient(
                APACHE,
                "org.apache.hc.client5.http.impl.classic.HttpClientBuilder",
                "2 requests, POST too, for a 429 or 503",
                "ApacheRetry of respite-apache5, or HttpClientBuilder.disableAutomaticRetries()"),
        new ForeignRetryingClient(
                "feign",
                "feign.Retryer",
                "5 requests, POST too, for a failed connection and for a response with Retry-After, and in Spring Cloud 2 by its"
                        + " Apache client, POST too, for a 429 or 503",
                "Retryer.NEVER_RETRY, which Spring Cloud has, over a client with the retries of Respite"
                        + " (docs/http-clients.md#feign)"),
        new ForeignRetryingClient(
                "aws-sdk",
                "software.amazon.awssdk.retries.api.RetryStrategy",
                "3 requests, and up to 9 for DynamoDB",
                "a retry strategy with maxAttempts(1)"),
        new ForeignRetryingClient(
                "google-cloud",
                "com.google.cloud.ServiceOptions",
                "6 requests, and 12 if the connection is dropped",
                "ServiceOptions.getNoRetrySettings()"),
        new ForeignRetryingClient(
                "azure", "com.azure.core.http.policy.RetryOptions", "4 requests", "RetryOptions with 0 retries"),
        new ForeignRetryingClient(
                "grpc",
                "io.grpc.ManagedChannelBuilder",
                "as many requests as the service config of a server says, at most 5",
                "GrpcRetry.install of respite-grpc, or ManagedChannelBuilder.disableRetry()"),
        new ForeignRetryingClient(
                "spring-retry",
                "org.springframework.retry.annotation.EnableRetry",
                "3 calls of a method with its @Retryable",
                "an exceptionExpression or policy that asks NestedRetries.hasGivenUp"),
        new ForeignRetryingClient(
                SPRING,
                "org.springframework.resilience.annotation.Retryable",
                "4 calls of a method with its @Retryable",
                "@Retryable(predicate = UnlessRespiteGaveUp.class)"),
        new ForeignRetryingClient(
                RESILIENCE4J,
                "io.github.resilience4j.retry.Retry",
                "3 calls in a Retry of its own",
                "RetryConfig.retryOnException(failure -> !NestedRetries.hasGivenUp(failure))")
    };

    static ForeignRetryingClient[] known() {
        return KNOWN.clone();
    }

    /** The line of the log. */
    String warning() {
        return name + " is on the class path and retries by itself: " + requests
                + ". Around or inside a retry of Respite that multiplies. Switch it off by " + remedy
                + ", or, if it is, set respite.doctor-ignore=" + name;
    }
}
