package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.jdbc.RolledBackException;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.stacks.idempotency.boot.Consumer.Database;
import dev.respite.stacks.idempotency.boot.Deliveries.HeavyParcel;
import dev.respite.stacks.idempotency.boot.Deliveries.Label;
import dev.respite.stacks.idempotency.boot.Deliveries.MortalManager;
import dev.respite.stacks.idempotency.boot.Deliveries.NotDeliverableException;
import dev.respite.stacks.idempotency.boot.Deliveries.Order;
import dev.respite.stacks.idempotency.boot.Deliveries.Orders;
import dev.respite.stacks.idempotency.boot.Deliveries.PaperLabel;
import dev.respite.stacks.idempotency.boot.Deliveries.Parcel;
import dev.respite.stacks.idempotency.boot.Deliveries.Receipt;
import dev.respite.stacks.idempotency.boot.Deliveries.Returns;
import dev.respite.stacks.idempotency.boot.Deliveries.Speed;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.CannotAcquireLockException;

/** Calls of methods with a key. */
class IdempotentMethodTest {

    private static final Consumer CONSUMER = Consumer.of(Database.H2);
    private static final Orders ORDERS = CONSUMER.bean(Orders.class);

    private final String id = name("order");

    private static void assertReplayed(String item, Callable<?> call, Object expected) throws Exception {
        Object first = call.call();
        Object second = call.call();
        assertThat(first).isEqualTo(expected);
        assertThat(second).isEqualTo(expected);
        assertThat(CONSUMER.effects(item)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void place_again_returnsAnEqualReceiptWithoutAnEffect(Database database) {
        Consumer consumer = Consumer.of(database);
        Orders orders = consumer.bean(Orders.class);
        Receipt first = orders.place(Order.of(id));
        Receipt second = orders.place(Order.of(id));
        assertThat(second).isEqualTo(first).isNotSameAs(first);
        assertThat(second.at()).hasToString("2026-12-01T10:00:00.123+02:00");
        assertThat(consumer.effects(id)).isEqualTo(1);
    }

    @Test
    void result_ofEachType_isReplayed() throws Exception {
        List<Receipt> list = ORDERS.list(id, 1);
        assertThat(ORDERS.list(id, 1)).isEqualTo(list).first().isInstanceOf(Receipt.class);
        String found = name("found");
        assertReplayed(found, () -> ORDERS.find(found, true), Optional.of(new BigDecimal("1.50")));
        String missing = name("missing");
        assertReplayed(missing, () -> ORDERS.find(missing, false), Optional.empty());
        String speed = name("speed");
        assertReplayed(speed, () -> ORDERS.speed(speed), Speed.FAST);
        assertReplayed("count 7", () -> ORDERS.count(7), 7L);
        String amount = name("amount");
        assertReplayed(amount, () -> ORDERS.amount(amount), new BigDecimal("100.00"));
        String nothing = name("nothing");
        assertReplayed(nothing, () -> ORDERS.nothing(nothing), null);
        String delivered = name("delivered");
        ORDERS.deliver(delivered);
        ORDERS.deliver(delivered);
        assertThat(CONSUMER.effects(delivered)).isEqualTo(1);
    }

    /** The class has no method equals, and sets have no order. */
    @Test
    void result_withoutEquals_isReplayedWithItsProperties() {
        Parcel first = ORDERS.parcel(id, false);
        Parcel second = ORDERS.parcel(id, false);
        assertThat(second).isNotSameAs(first);
        assertThat(second.speeds).isEqualTo(first.speeds);
    }

    @Test
    void result_thatAReplayWouldNotReturn_isRolledBackWithItsTypeAndARemedy() {
        assertThatThrownBy(() -> ORDERS.parcel(id, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rolled back: return a value that the JsonMapper writes and reads completely")
                .hasMessageContaining(HeavyParcel.class.getName());
        assertThatThrownBy(() -> ORDERS.unreadable(id))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Label.class.getName())
                .hasMessageContaining(PaperLabel.class.getName());
        assertThatThrownBy(() -> ORDERS.copies(id, 100_000))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("too long to be stored");
        assertThat(CONSUMER.effects(id)).isZero();
        assertThat(ORDERS.parcel(id, false)).isNotNull();
        assertThat(CONSUMER.effects(id)).isEqualTo(1);
    }

    @Test
    void exception_ofEachKind_passesUnchangedAndLeavesNoRows() throws Exception {
        for (Exception failure : List.of(new NotDeliverableException("far"), new IllegalStateException("closed"))) {
            String key = name("failing");
            ORDERS.failNext(1);
            assertThatThrownBy(() -> ORDERS.fail(key, failure)).isSameAs(failure);
            assertThat(CONSUMER.effects(key)).isZero();
            assertThat(ORDERS.fail(key, failure)).isEqualTo("done " + key);
            assertThat(CONSUMER.effects(key)).isEqualTo(1);
        }
    }

    @Test
    void markForRollback_leavesNoRowsAndAFreeKey() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> ORDERS.rollBack(id))
                    .isInstanceOf(RolledBackException.class)
                    .hasMessageContaining("marked for rollback");
        }
        assertThat(CONSUMER.effects(id)).isZero();
    }

    @Test
    void arguments_otherThanTheFirst_areRejected() throws Exception {
        Receipt unused = ORDERS.place(Order.of(id));
        assertThatThrownBy(() -> ORDERS.place(new Order(id, BigDecimal.TEN, Map.of())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "Orders.place did not run: its key was used with other arguments: use another key");
        assertThat(CONSUMER.effects(id)).isEqualTo(1);
    }

    @Test
    void arguments_withAMapInAnotherOrder_areEqual() throws Exception {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("b", "2");
        notes.put("a", "1");
        Receipt first = ORDERS.place(new Order(id, BigDecimal.ONE, notes));
        assertThat(ORDERS.place(new Order(id, BigDecimal.ONE, new HashMap<>(notes))))
                .isEqualTo(first);
    }

    /** Cannot be written as JSON. */
    static class Unwritable {
        public Object getSelf() {
            throw new IllegalStateException("read");
        }
    }

    @Test
    void fingerprint_selectsWhatIsCompared() {
        assertThat(ORDERS.selected(Order.of(id), id, new Unwritable())).isEqualTo(id);
        Order noted = new Order(id, new BigDecimal("12.50"), Map.of("note", "again"));
        assertThat(ORDERS.selected(noted, id, 1)).isEqualTo(id);
        assertThat(CONSUMER.effects(id)).isEqualTo(1);
        Order other = new Order(id, new BigDecimal("13"), Map.of());
        assertThatThrownBy(() -> ORDERS.selected(other, id, 1)).hasMessageContaining("other arguments");
        assertThatThrownBy(() -> ORDERS.selected(noted, "another", 1)).hasMessageContaining("other arguments");
    }

    @Test
    void key_thatIsNotValid_isRejectedWithMethodAndExpression() {
        assertThatThrownBy(() -> ORDERS.place(Order.of(null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the key '#order.id' of ")
                .hasMessageContaining("Orders.place(")
                .hasMessageContaining("it is null: name the operation by a value");
        assertThatThrownBy(() -> ORDERS.place(Order.of(" "))).hasMessageContaining("it is blank");
        assertThatThrownBy(() -> ORDERS.place(Order.of("größe")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("character 3 of the key is not printable ASCII");
        assertThatThrownBy(() -> ORDERS.place(Order.of("x".repeat(256)))).hasMessageContaining("256 characters");
        assertThatThrownBy(() -> ORDERS.place(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'id' cannot be found on null");
    }

    @Test
    void key_ofAnObject_isRejected() {
        assertThatThrownBy(() -> ORDERS.object(Order.of(id)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is a " + Order.class.getName() + ": use a text, a number, a UUID or an enum");
    }

    @Test
    void nullKey_thatIsNotRequired_runsEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThat(ORDERS.selected(Order.of(null), id, 1)).isEqualTo(id);
        }
        assertThat(CONSUMER.effects(id)).isEqualTo(2);
        assertThatThrownBy(() -> ORDERS.selected(Order.of(""), id, 1)).hasMessageContaining("it is blank");
    }

    /** Each in a class of its own, and in one class. */
    @Test
    void oneKey_inSeveralMethods_isIndependent() throws Exception {
        Returns returns = CONSUMER.bean(Returns.class);
        assertThat(ORDERS.place(Order.of(id)).id()).isEqualTo(id);
        assertThat(returns.place(Order.of(id)).id()).isEqualTo("return of " + id);
        assertThat(returns.accept(Order.of(id))).isEqualTo("accepted");
        assertThat(CONSUMER.effects(id)).isEqualTo(3);
    }

    @Test
    void callByThis_runsEachTime() throws Exception {
        for (int i = 0; i < 2; i++) {
            Receipt unused = ORDERS.placeByThis(Order.of(id));
        }
        assertThat(CONSUMER.effects(id)).isEqualTo(2);
    }

    @Test
    void callInATransaction_isRejectedWithTheMethodAndARemedy() {
        assertThatThrownBy(() -> ORDERS.placeInTransaction(ORDERS, Order.of(id)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Orders.place has a key and was called in a transaction")
                .hasMessageContaining("call it outside of dev.respite.stacks")
                .hasMessageContaining("Orders.placeInTransaction");
        assertThat(CONSUMER.effects(id)).isZero();
    }

    @Test
    void transaction_hasTheDefinitionOfTheMethod() {
        assertThat(ORDERS.transaction(id)).containsExactly("8", Orders.class.getName() + ".transaction");
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void duplicate_whileTheFirstRuns_isATransientFailureAndReplayedLater(Database database) throws Exception {
        Consumer consumer = Consumer.of(database);
        Orders orders = consumer.bean(Orders.class);
        CountDownLatch gate = orders.close(id);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Receipt> first = threads.submit(() -> orders.place(Order.of(id)));
            orders.awaitEntry(id);
            assertThatThrownBy(() -> orders.place(Order.of(id)))
                    .isInstanceOf(CannotAcquireLockException.class)
                    .hasMessageContaining("a call of Orders.place with this key is running")
                    .hasMessageContaining("call again with the same key in PT1S");
            gate.countDown();
            Receipt expected = first.get();
            assertThat(orders.place(Order.of(id))).isEqualTo(expected);
            assertThat(consumer.effects(id)).isEqualTo(1);
        } finally {
            gate.countDown();
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void aHundredDuplicates_onAPoolOfTen_haveOneEffectAndEqualResults(Database database) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(100);
        try (Consumer consumer =
                Consumer.start(database, List.of("respite.idempotency.max-wait=1m"), Deliveries.class)) {
            Orders orders = consumer.bean(Orders.class);
            List<Callable<Receipt>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(() -> orders.place(Order.of(id)));
            }
            List<Future<Receipt>> results = threads.invokeAll(calls);
            Receipt expected = orders.place(Order.of(id));
            for (Future<Receipt> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
            assertThat(consumer.effects(id)).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
    }

    /** The node dies between the claim and the transaction: its claim remains until its lease is over. */
    @ParameterizedTest
    @EnumSource(Database.class)
    void callThatDied_runsAgainAfterItsLease(Database database) throws Exception {
        try (Consumer consumer = Consumer.start(database, List.of("respite.idempotency.lease=1s"), Deliveries.class)) {
            Orders orders = consumer.bean(Orders.class);
            consumer.bean(MortalManager.class).dieOnce();
            assertThatThrownBy(() -> orders.place(Order.of(id)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("killed");
            assertThatThrownBy(() -> orders.place(Order.of(id))).isInstanceOf(CannotAcquireLockException.class);
            await().ignoreException(CannotAcquireLockException.class)
                    .untilAsserted(
                            () -> assertThat(orders.place(Order.of(id)).id()).isEqualTo(id));
            assertThat(consumer.effects(id)).isEqualTo(1);
        }
    }

    @Test
    void attempts_ofRespite_areExecutionsOfOneKey() throws IOException {
        ORDERS.failNext(2);
        assertThat(ORDERS.retried(id, false)).isEqualTo("done " + id);
        assertThat(ORDERS.retried(id, false)).isEqualTo("done " + id);
        assertThat(CONSUMER.effects(id)).isEqualTo(1);
    }

    /** The policy of the method would retry a transient failure. */
    @Test
    void unknownOutcome_isNeitherRunAgainNorRetried() {
        ORDERS.failNext(1);
        assertThatThrownBy(() -> ORDERS.retried(id, true)).hasMessage("sent, and no response");
        long before = CONSUMER.calls();
        assertThatThrownBy(() -> ORDERS.retried(id, true))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("it is unknown whether a call of Orders.retried with this key took effect")
                .hasMessageContaining("resolve the record");
        assertThat(CONSUMER.calls()).isEqualTo(before + 1);
        assertThat(CONSUMER.effects(id)).isZero();
        assertThat(CONSUMER.bean(IdempotencyStore.class).list(State.UNKNOWN, Optional.empty(), 10))
                .anySatisfy(
                        record -> assertThat(record.ownerToken().operation()).contains("Orders.retried"));
    }

    /** It is transient: the retry makes further attempts, until the first call is complete. */
    @Test
    void duplicateInProgress_isRetriedByRespite() throws Exception {
        long before = CONSUMER.calls();
        CountDownLatch gate = ORDERS.close(id);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<String> first = threads.submit(() -> ORDERS.retried(id, false));
            ORDERS.awaitEntry(id);
            assertThatThrownBy(() -> ORDERS.retried(id, false)).isInstanceOf(CannotAcquireLockException.class);
            assertThat(CONSUMER.calls()).isEqualTo(before + 3);
            gate.countDown();
            assertThat(first.get()).isEqualTo("done " + id);
        } finally {
            gate.countDown();
            threads.shutdown();
        }
    }

    /** A key of version 7 has its time. */
    @Test
    void key_ofAnotherTime_isRejected() {
        assertThatThrownBy(() -> ORDERS.amount("ffffffff-0000-7000-8000-000000000000"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Orders.amount did not run: the time in its key is in the future");
        assertThatThrownBy(() -> ORDERS.amount("00000000-0000-7000-8000-000000000000"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("older than the retention of records");
    }

    @Test
    void key_beyondTheMaximum_isRejected() throws Exception {
        try (Consumer consumer =
                Consumer.start(Database.H2, List.of("respite.idempotency.jdbc.max-per-scope=1"), Deliveries.class)) {
            Orders orders = consumer.bean(Orders.class);
            Receipt first = orders.place(Order.of(id));
            assertThatThrownBy(() -> orders.place(Order.of(id + "b")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("there are too many records");
            assertThat(orders.place(Order.of(id))).isEqualTo(first);
        }
    }

    @Test
    void unknownKey_thatIsResolved_hasTheResultOfTheOperator() throws Exception {
        OutcomeUnknownException failure = new OutcomeUnknownException("lost");
        for (String result : List.of("\"by hand\"", "{\"not\": \"a text\"}")) {
            String key = name("resolved");
            ORDERS.failNext(1);
            assertThatThrownBy(() -> ORDERS.fail(key, failure)).isSameAs(failure);
            CONSUMER.resolve("Orders.fail", result);
            if (result.startsWith("\"")) {
                assertThat(ORDERS.fail(key, failure)).isEqualTo("by hand");
            } else {
                assertThatThrownBy(() -> ORDERS.fail(key, failure))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("its stored result is not a java.lang.String");
            }
            assertThat(CONSUMER.effects(key)).isZero();
        }
    }
}
