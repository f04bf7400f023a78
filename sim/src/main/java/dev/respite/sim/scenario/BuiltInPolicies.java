package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The policies that are compared where none are given. */
final class BuiltInPolicies {

    private static final List<String> PUBLISHED = List.of("aws-2.0", "aws-2.1", "grpc:10/0.1", "10%");

    private BuiltInPolicies() {}

    /** No retries; a plain loop that retries everything and ignores hints; and our defaults. */
    static Map<String, RetryPolicy> three() {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("none", RetryPolicy.parse("max-attempts=1"));
        policies.put(
                "naive",
                RetryPolicy.parse("max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=off"
                        + " nested=retry retry-after=ignore"));
        policies.put("respite", RetryPolicy.defaults());
        return policies;
    }

    /** The three, and ours with calls that wait for the budget. */
    static Map<String, RetryPolicy> waiting() {
        Map<String, RetryPolicy> policies = three();
        policies.put("waiting", RetryPolicy.parse("budget-wait=30s total-timeout=60s"));
        return policies;
    }

    /** The three, and each published budget under one schedule of retries; ours under it does as respite does. */
    static Map<String, RetryPolicy> published(String schedule) {
        Map<String, RetryPolicy> policies = three();
        PUBLISHED.forEach(budget -> policies.put(budget, RetryPolicy.parse(schedule + " budget=" + budget)));
        return policies;
    }

    /** The course's five strategies, with as many attempts each and nothing else that limits them, between no retries and ours. */
    static Map<String, RetryPolicy> course() {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("none", RetryPolicy.parse("max-attempts=1"));
        policies.put("immediate", strategy("backoff=immediate"));
        policies.put("fixed", strategy("backoff=fixed base-delay=1s jitter=none"));
        policies.put("linear", strategy("backoff=linear base-delay=1s jitter=none"));
        policies.put("exponential", strategy("backoff=exponential base-delay=1s max-delay=32s jitter=none"));
        policies.put(
                "exponential + jitter", strategy("backoff=exponential base-delay=1s max-delay=32s jitter=additive"));
        policies.put("respite", RetryPolicy.defaults());
        return policies;
    }

    private static RetryPolicy strategy(String backoff) {
        return RetryPolicy.parse("max-attempts=6 total-timeout=2m budget=off " + backoff);
    }
}
