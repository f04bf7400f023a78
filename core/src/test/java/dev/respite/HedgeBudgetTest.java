package dev.respite;

import static dev.respite.HedgeFixture.DELAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.HedgeFixture.Server;
import dev.respite.budget.RetryBudget;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.ErrorKind;
import dev.respite.time.VirtualTime;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The withdrawals of a hedged call from its budget, and the limit of its extra load. */
class HedgeBudgetTest {

    private final HedgeFixture fixture = new HedgeFixture();
    private final VirtualTime time = fixture.time;
    private final Server server = fixture.server;

    @Test
    void callIdempotent_whenTheBudgetIsEmpty_isNotHedgedAndPaysNothing() {
        AtomicBoolean open = new AtomicBoolean();
        RetryBudget gate = new RetryBudget() {
            @Override
            public boolean tryAcquire(ErrorKind kind) {
                return open.get();
            }

            @Override
            public void succeeded() {}

            @Override
            public double retriesLeft() {
                return 0;
            }
        };
        Hedge hedge = Hedge.of(fixture.retrying("").withBudget(gate), DELAY).withExtraLoad(0.001);
        slowCalls(hedge, 100);
        assertThat(hedge.retry().counts().attempts()).isEqualTo(100);
        assertThat(hedge.retry().counts().rejectedByBudget()).isEqualTo(100);
        open.set(true);
        slowCalls(hedge, 100);
        assertThat(hedge.retry().counts().attempts())
                .as("the allowance was whole")
                .isEqualTo(220);
    }

    private void slowCalls(Hedge hedge, int calls) {
        for (int call = 0; call < calls; call++) {
            CompletableFuture<Object> result = hedge.callIdempotent(
                    fixture.new Server().responds("pong", 50).responds("pong", 50));
            time.runAll();
            assertThat(result).isCompletedWithValue("pong");
        }
    }

    @Test
    void callIdempotent_ofATargetThatIsSlowForAll_addsNoMoreThanItsShare() {
        Hedge hedge = fixture.hedging("budget=off").withExtraLoad(0.05);
        slowCalls(hedge, 2_000);
        // The allowance that it starts with, and 5 % of the calls.
        assertThat(hedge.retry().counts().attempts() - 2_000).isBetween(115L, 120L);
    }

    @Test
    void callIdempotent_manyWithoutAnAnswer_areBoundedByTheBudgetToo() {
        Hedge hedge = fixture.hedging("total-timeout=1s budget=10%").withExtraLoad(1);
        for (int call = 0; call < 100; call++) {
            hedge.callIdempotent(fixture.new Server());
        }
        time.runAll();
        assertThat(hedge.retry().counts().attempts()).isEqualTo(110);
    }

    @Test
    void callIdempotent_thatSucceedsAfterAHedge_isOneDepositForOneWithdrawal() {
        Hedge hedge = fixture.hedging("budget=10%");
        hedge.callIdempotent(server.responds("late", 900).responds("pong", 1));
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(10);
        time.runAll();
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(9.1);
    }

    @Test
    void callIdempotent_ofAnOverloadSignal_paysAsARetryOfItDoes() {
        Hedge hedge = fixture.hedging("budget=success:0.5/20/10");
        hedge.callIdempotent(server.responds(new SocketTimeoutException(), 1).responds("pong", 1));
        time.runAll();
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(10.5);
    }
}
