package dev.respite.http;

import dev.respite.Retry;
import dev.respite.RetryBudget;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a client is made of: who sends, and what is known before a request is. */
record Setup(
        HttpClient delegate,
        Retry retry,
        PerOrigin<RetryBudget> budgets,
        Optional<OriginBreakers> breakers,
        IdempotencyKeys keys,
        Optional<String> attemptHeader,
        CallScope scope) {

    Setup withRetry(Retry retry) {
        return new Setup(delegate, retry, budgets, breakers, keys, attemptHeader, scope);
    }

    Setup withMaxOrigins(int max) {
        return new Setup(delegate, retry, budgets.withMax(max), breakers, keys, attemptHeader, scope);
    }

    Setup withBreakers(OriginBreakers breakers) {
        return new Setup(delegate, retry, budgets, Optional.of(breakers), keys, attemptHeader, scope);
    }

    Setup withKeys(IdempotencyKeys keys) {
        return new Setup(delegate, retry, budgets, breakers, keys, attemptHeader, scope);
    }

    Setup withAttemptHeader(Optional<String> name) {
        return new Setup(delegate, retry, budgets, breakers, keys, name, scope);
    }

    Setup withScope(CallScope scope) {
        return new Setup(delegate, retry, budgets, breakers, keys, attemptHeader, scope);
    }

    /** The request as it is sent in all attempts: the key is minted here, once. */
    Sendable prepare(HttpRequest request) {
        boolean redirectable = delegate.followRedirects() != Redirect.NEVER;
        if (keys.isWantedBy(request)) {
            HttpRequest keyed = Sendable.copy(request)
                    .setHeader(keys.header(), keys.mint(retry.time().wallTime()))
                    .build();
            return Sendable.keyed(keyed, keys, redirectable, attemptHeader);
        }
        return Sendable.of(request, keys.isCarriedBy(request), redirectable, attemptHeader);
    }

    /** Makes the attempts of a call, each past the breaker of its origin if there is one. */
    <T extends @Nullable Object> Answer<T> run(HttpCall<T> call, String origin) throws Exception {
        Retry retry = retryOf(call, origin);
        return breakers.isPresent()
                ? breakers.get().inside(retry, origin).call(call::attemptAndWait)
                : retry.call(call::attemptAndWait);
    }

    /** The same, without waiting for them. */
    <T extends @Nullable Object> CompletableFuture<Answer<T>> runAsync(HttpCall<T> call, String origin) {
        Retry retry = retryOf(call, origin);
        return breakers.isPresent() ? breakers.get().inside(retry, origin).callAsync(call) : retry.callAsync(call);
    }

    private Retry retryOf(HttpCall<?> call, String origin) {
        return retry.withBudget(budgets.of(origin)).withClassifier(call);
    }
}
