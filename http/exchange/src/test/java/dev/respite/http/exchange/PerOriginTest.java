package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Rule 24 for HTTP: a budget for each origin, and not too many of them; and so with breakers. */
class PerOriginTest {

    private final AtomicInteger made = new AtomicInteger();

    private PerOrigin<RetryBudget> budgets(int most) {
        return new PerOrigin<>(most, origin -> {
            made.incrementAndGet();
            return RetryBudgets.of(BudgetSpec.perSuccess(0.5, 20, 10));
        });
    }

    @Test
    void of_sameOrigin_isTheSameBudget() {
        PerOrigin<RetryBudget> budgets = budgets(10);

        assertThat(budgets.of("http://a:80")).isSameAs(budgets.of("http://a:80"));
        assertThat(budgets.of("http://b:80")).isNotSameAs(budgets.of("http://a:80"));
        assertThat(made).hasValue(2);
    }

    @Test
    void of_oneMoreThanTheMost_dropsTheOneThatWasNotUsedForLongest() {
        PerOrigin<RetryBudget> budgets = budgets(3);
        RetryBudget a = budgets.of("a");
        RetryBudget b = budgets.of("b");
        RetryBudget c = budgets.of("c");
        budgets.of("a");

        RetryBudget d = budgets.of("d");

        assertThat(budgets.size()).isEqualTo(3);
        assertThat(budgets.of("a")).isSameAs(a);
        assertThat(budgets.of("c")).isSameAs(c);
        assertThat(budgets.of("d")).isSameAs(d);
        assertThat(budgets.of("b")).isNotSameAs(b);
    }

    @Test
    void of_originThatComesBack_beginsWithAFullBucket() {
        PerOrigin<RetryBudget> budgets = budgets(1);
        budgets.of("a").tryAcquire(ErrorKind.TIMEOUT);
        assertThat(budgets.of("a").retriesLeft()).isEqualTo(10);

        budgets.of("b");

        assertThat(budgets.of("a").retriesLeft()).isEqualTo(20);
    }

    @Test
    void of_manyOrigins_neverKeepsMoreThanTheMost() {
        PerOrigin<RetryBudget> budgets = budgets(50);

        for (int i = 0; i < 5_000; i++) {
            budgets.of("origin" + i % 777);
            assertThat(budgets.size()).isLessThanOrEqualTo(50);
        }
    }

    @Test
    void of_manyThreads_agreeOnEachBudgetAndKeepTheBound() throws Exception {
        PerOrigin<RetryBudget> budgets = budgets(20);
        Set<RetryBudget> hot = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int thread = t;
                all.add(threads.submit(() -> {
                    start.await();
                    for (int i = 0; i < 2_000; i++) {
                        hot.add(budgets.of("hot"));
                        budgets.of("cold" + thread + "/" + i % 40);
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(budgets.size()).isEqualTo(20);
        assertThat(hot).as("what is in constant use is never dropped").hasSize(1);
    }

    /** A budget is shared by adapters whose clients spell an origin in their own ways. */
    @Test
    void origin_ofOneServer_hasOneSpelling() {
        assertThat(Origins.of(URI.create("HTTPS://API.example.com/orders")))
                .isEqualTo(Transport.originOf("https", "api.Example.com", 443))
                .isEqualTo(Transport.originOf("https", "api.example.com", -1))
                .isEqualTo("https://api.example.com:443");
        assertThat(Origins.of(URI.create("http://[::1]/")))
                .isEqualTo(Transport.originOf("http", "::1", 80))
                .isEqualTo("http://[::1]:80");
    }

    /** The name of a container. Its user information is a secret. */
    @Test
    void origin_ofAHostWithAnUnderscore_isItsAuthority() {
        assertThat(Origins.of(URI.create("HTTP://user:secret@My_Service:8080/orders")))
                .isEqualTo("http://my_service:8080");
        assertThat(Origins.of(URI.create("https://my_service/"))).isEqualTo("https://my_service:443");
    }
}
