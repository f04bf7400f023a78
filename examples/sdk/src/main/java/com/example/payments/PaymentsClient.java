package com.example.payments;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** Makes payments, and retries requests that fail. One client is for one service. Safe for use by any number of threads. */
public final class PaymentsClient {

    private static final Set<Integer> TRANSIENT = Set.of(429, 502, 503, 504);

    private final URI service;
    private final Duration requestTimeout;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Retry retry;

    private PaymentsClient(Builder builder) {
        service = builder.service;
        requestTimeout = builder.requestTimeout;
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(builder.maxAttempts)
                .totalTimeout(builder.totalTimeout)
                .wrapClassifier(standard -> outcome -> classify(outcome, standard))
                .build();
        Consumer<String> events = builder.events;
        // Logs no warnings, and has the retry budget of this client.
        retry = Retry.withoutWarnings(policy, TimeSource.system())
                .withName("payments")
                .withListener(event -> pass(event, events));
    }

    /**
     * Returns a builder of clients.
     *
     * @param service the address of the service
     * @return the builder
     */
    public static Builder builder(URI service) {
        return new Builder(service);
    }

    /**
     * Makes a payment. All attempts have the same key, so the service makes it at most once.
     *
     * @param account the account
     * @param cents the amount
     * @return the number of the payment
     * @throws PaymentsException if the payment was not confirmed
     * @throws InterruptedException if the thread is interrupted
     */
    public String pay(String account, long cents) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(service)
                .timeout(requestTimeout)
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(account + " " + cents))
                .build();
        HttpResponse<String> response;
        try {
            response = retry.call(() -> http.send(request, BodyHandlers.ofString()));
        } catch (InterruptedException interruption) {
            throw interruption;
        } catch (Exception failure) {
            throw new PaymentsException("The payment was not confirmed.", failure);
        }
        if (response.statusCode() != 200) {
            throw new PaymentsException("The payment was not confirmed: status " + response.statusCode() + ".");
        }
        return response.body();
    }

    private static Verdict classify(Outcome<?> outcome, Classifier standard) {
        if (outcome instanceof Outcome.Success<?> success
                && success.value() instanceof HttpResponse<?> response
                && TRANSIENT.contains(response.statusCode())) {
            return Verdict.transientError(ErrorKind.ofStatus(response.statusCode()), retryAfter(response));
        }
        return standard.classify(outcome);
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(Duration.ZERO);
    }

    /** An exception of a listener would be logged. */
    private static void pass(RetryEvent event, Consumer<String> events) {
        try {
            if (event instanceof RetryEvent.AttemptFailed failed) {
                events.accept("attempt " + failed.attempt().number() + " failed: " + failed.kind());
            } else if (event instanceof RetryEvent.CallEnded ended) {
                events.accept(ended.reason().phrase());
            }
        } catch (RuntimeException ignored) {
            // The user's code has thrown. The payment goes on.
        }
    }

    /** Makes clients. */
    public static final class Builder {

        private final URI service;
        private int maxAttempts = 3;
        private Duration totalTimeout = Duration.ofSeconds(30);
        private Duration requestTimeout = Duration.ofSeconds(5);
        private Consumer<String> events = event -> {};

        private Builder(URI service) {
            this.service = service;
        }

        /**
         * Sets the number of requests for a payment.
         *
         * @param attempts the maximum, at least 1
         * @return this builder
         */
        public Builder maxAttempts(int attempts) {
            if (attempts < 1) {
                throw new IllegalArgumentException("maxAttempts is at least 1, not " + attempts);
            }
            maxAttempts = attempts;
            return this;
        }

        /**
         * Sets the time after which no further request is sent.
         *
         * @param timeout the time since the first request
         * @return this builder
         */
        public Builder totalTimeout(Duration timeout) {
            totalTimeout = positive(timeout);
            return this;
        }

        /**
         * Sets the time after which a request has failed.
         *
         * @param timeout the time of one request
         * @return this builder
         */
        public Builder requestTimeout(Duration timeout) {
            requestTimeout = positive(timeout);
            return this;
        }

        /**
         * Sets a function that gets a line for each failed request, and for each payment that was retried or has failed.
         *
         * @param listener the function, which is called by many threads
         * @return this builder
         */
        public Builder onEvent(Consumer<String> listener) {
            events = listener;
            return this;
        }

        /**
         * Creates the client.
         *
         * @return the client
         */
        public PaymentsClient build() {
            return new PaymentsClient(this);
        }

        /** A type of Respite that were thrown would be seen by users. */
        private static Duration positive(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("a timeout is positive, not " + timeout);
            }
            return timeout;
        }
    }
}
