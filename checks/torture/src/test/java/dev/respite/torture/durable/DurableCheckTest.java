package dev.respite.torture.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.torture.durable.DurableCheck.Sent;
import dev.respite.torture.durable.DurableCheck.Stored;
import dev.respite.torture.durable.DurableOrder.Kind;
import dev.respite.torture.run.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import dev.respite.torture.run.TransferOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check of durable calls, with histories that contain one fault each. */
class DurableCheckTest {

    private static final long MONEY = 1_000;

    private final Map<Integer, DurableOrder> orders = new HashMap<>();
    private final Set<Integer> acknowledged = new HashSet<>();
    private final Set<Integer> accepted = new HashSet<>();
    private final Set<String> waiting = new HashSet<>();
    private final Map<Integer, Integer> letters = new HashMap<>();
    private final Map<Integer, Integer> payments = new HashMap<>();
    private final Map<Integer, Integer> rows = new HashMap<>();
    private final Map<Integer, Integer> dead = new HashMap<>();
    private final Map<Integer, Integer> failed = new HashMap<>();
    private final Map<Integer, Integer> handled = new HashMap<>();
    private int outOfOrder;
    private int stalled;
    private long moneyAfter = MONEY;

    private DurableOrder accept(int number, Kind kind) {
        DurableOrder order = new DurableOrder(new TransferOrder(number, 1, 2, 50, false), kind, 0, false);
        orders.put(number, order);
        accepted.add(number);
        acknowledged.add(number);
        return order;
    }

    private Findings check() {
        return DurableCheck.of(
                new Sent(orders, acknowledged),
                MONEY,
                new Stored(
                        accepted,
                        waiting,
                        letters,
                        new GivenUpCalls(dead, failed, handled, 0),
                        payments,
                        outOfOrder,
                        stalled,
                        new LedgerSnapshot(rows, moneyAfter)));
    }

    /** One order of each kind, all done. */
    @BeforeEach
    void done() {
        accept(1, Kind.TRANSFER);
        accept(2, Kind.KEYED);
        accept(3, Kind.PAYMENT);
        accept(4, Kind.REUSED);
        rows.putAll(Map.of(1, 1, 2, 1, 3, 1, 4, 1));
        payments.put(3, 1);
    }

    @Test
    void of_eachEffectOnce_isClean() {
        Findings result = check();

        assertThat(result.isClean()).isTrue();
        assertThat(result.figure("keys")).isEqualTo(4);
        assertThat(result.figure("tasks")).isEqualTo(5);
        assertThat(result.figure("done")).isEqualTo(5);
        assertThat(result.figure("effects")).isEqualTo(5);
    }

    @Test
    void of_deadLetters_areClean() {
        accept(5, Kind.TRANSFER);
        letters.put(5, 1);
        accept(6, Kind.PAYMENT);
        letters.put(6, 1);
        payments.put(6, 1);
        letters.put(2, 1);

        Findings result = check();

        assertThat(result.isClean()).isTrue();
        assertThat(result.figure("deadLettered")).isEqualTo(3);
        assertThat(result.figure("done")).isEqualTo(4);
    }

    @Test
    void of_orderThatWasRolledBack_hasNoCall() {
        orders.put(5, accept(5, Kind.TRANSFER));
        accepted.remove(5);
        acknowledged.remove(5);
        assertThat(check().isClean()).isTrue();

        rows.put(5, 1);
        assertThat(check().figure("unexpectedEffects")).isEqualTo(1);
        assertThat(check().isClean()).isFalse();
    }

    @Test
    void of_callThatIsNowhere_isLost() {
        for (int number = 1; number <= 4; number++) {
            rows.clear();
            rows.putAll(Map.of(1, 1, 2, 1, 3, 1, 4, 1));
            payments.put(3, 1);
            rows.remove(number);
            payments.remove(number);

            assertThat(check().figure("lost")).isEqualTo(1);
            assertThat(check().isClean()).isFalse();
        }
    }

    @Test
    void of_paymentWithOneOfItsTwoEffects_isLost() {
        payments.remove(3);
        assertThat(check().figure("lost")).isEqualTo(1);

        payments.put(3, 1);
        rows.remove(3);
        assertThat(check().figure("lost")).isEqualTo(1);
        assertThat(check().isClean()).isFalse();
    }

    @Test
    void of_effectThatWasMadeBeforeItsTurn_isNotClean() {
        outOfOrder = 1;

        assertThat(check().figure("outOfOrder")).isEqualTo(1);
        assertThat(check().isClean()).isFalse();
    }

    @Test
    void of_twoEffects_areDuplicated() {
        rows.put(1, 2);
        payments.put(3, 2);
        rows.put(2, 2);

        assertThat(check().figure("duplicated")).isEqualTo(3);
        assertThat(check().figure("lost")).isZero();
    }

    @Test
    void of_effectInTheDatabaseAndDeadLetter_isDuplicated() {
        letters.put(1, 1);

        assertThat(check().figure("duplicated")).isEqualTo(1);
    }

    @Test
    void of_deadLetterAndRow_isDuplicated() {
        rows.remove(1);
        letters.put(1, 1);
        waiting.add("1-0");

        assertThat(check().figure("duplicated")).isEqualTo(1);
    }

    @Test
    void of_handlerThatCommits_isADeadLetterWithItsEffectAtMostOnce() {
        accept(5, Kind.COMMITTING);
        accept(6, Kind.COMMITTING);
        letters.putAll(Map.of(5, 1, 6, 1));
        rows.put(5, 1);
        assertThat(check().isClean()).isTrue();

        rows.put(5, 2);
        assertThat(check().figure("duplicated")).isEqualTo(1);
    }

    @Test
    void of_handlerThatRollsBack_isADeadLetterWithoutEffect() {
        accept(5, Kind.ROLLING_BACK);
        letters.put(5, 1);
        assertThat(check().isClean()).isTrue();

        rows.put(5, 1);
        assertThat(check().figure("duplicated")).isEqualTo(1);
    }

    @Test
    void of_handlerThatEndsItsTransaction_andNoDeadLetter_isLost() {
        accept(5, Kind.ROLLING_BACK);
        accept(6, Kind.COMMITTING);
        rows.put(6, 1);

        assertThat(check().figure("lost")).isEqualTo(2);
        assertThat(check().isClean()).isFalse();
    }

    @Test
    void of_callThatWasNotMadeDue_isNotClean() {
        stalled = 1;

        assertThat(check().figure("stalled")).isEqualTo(1);
        assertThat(check().isClean()).isFalse();
    }

    @Test
    void of_callThatWaits_isNeitherDoneNorLost() {
        rows.remove(1);
        waiting.add("1-0");
        rows.remove(4);
        waiting.add("slot-4");

        Findings result = check();

        assertThat(result.figure("unfinished")).isEqualTo(2);
        assertThat(result.figure("done")).isEqualTo(3);
        assertThat(result.figure("lost")).isZero();
        assertThat(result.figure("duplicated")).isZero();
        assertThat(result.isClean()).isFalse();
    }

    @Test
    void of_acknowledgedOrderThatIsNotStored_isMissing() {
        orders.put(5, accept(5, Kind.TRANSFER));
        accepted.remove(5);

        assertThat(check().figure("acknowledgedButMissing")).isEqualTo(1);
        assertThat(check().isClean()).isFalse();
    }

    @Test
    void of_totalMoneyChanged_isNotClean() {
        moneyAfter = MONEY - 1;

        assertThat(check().isClean()).isFalse();
    }

    @Test
    void order_afterItsRequestAndItsKey_isTheSame() {
        for (Kind kind : Kind.values()) {
            DurableOrder order = new DurableOrder(new TransferOrder(70_000, 1, 2, 50, false), kind, 3, true);

            assertThat(DurableOrder.of(order.body())).isEqualTo(order);
            assertThat(DurableOrder.numberOf(order.newKey())).isEqualTo(70_000);
        }
    }

    /** The handler of order 3 records it, the one of 8 fails, and the one of 9 commits by itself. */
    @Test
    void of_handlersThatHaveRunOnce_isClean() {
        accept(8, Kind.TRANSFER);
        accept(9, Kind.TRANSFER);
        letters.putAll(Map.of(3, 1, 8, 1, 9, 1));
        rows.remove(3);
        dead.put(3, 1);
        failed.putAll(Map.of(8, 1, 9, 1));
        handled.putAll(Map.of(3, 1, 9, 1));
        assertThat(check().isClean()).isTrue();
    }

    @Test
    void of_handlersThatHaveRunTwiceOrNever_countsThem() {
        accept(9, Kind.TRANSFER);
        accept(10, Kind.TRANSFER);
        letters.putAll(Map.of(3, 1, 9, 1, 10, 1));
        rows.remove(3);
        dead.putAll(Map.of(3, 1, 10, 1));
        failed.put(9, 1);
        handled.putAll(Map.of(3, 2, 9, 2));
        assertThat(check().figure("givenUpNotOnce")).isEqualTo(3);
    }
}
