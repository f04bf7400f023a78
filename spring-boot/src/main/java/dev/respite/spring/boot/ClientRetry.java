package dev.respite.spring.boot;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.spring.http.RespiteFilter;
import dev.respite.spring.http.RespiteInterceptor;

/**
 * What retries the requests of a client.
 *
 * @param retry the policy, the budgets and the idempotency keys
 * @param followsRedirects whether the client may follow redirects
 */
record ClientRetry(HttpRetry retry, boolean followsRedirects) {

    RespiteInterceptor interceptor() {
        RespiteInterceptor interceptor = RespiteInterceptor.of(retry);
        return followsRedirects ? interceptor : interceptor.withoutRedirects();
    }

    RespiteFilter filter() {
        RespiteFilter filter = RespiteFilter.of(retry);
        return followsRedirects ? filter : filter.withoutRedirects();
    }
}
