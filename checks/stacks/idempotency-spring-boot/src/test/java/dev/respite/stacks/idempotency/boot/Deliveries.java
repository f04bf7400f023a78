package dev.respite.stacks.idempotency.boot;

import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.spring.Respite;
import dev.respite.spring.boot.idempotency.Idempotent;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Deliveries by services with idempotent methods, as their owner would write them. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Deliveries.Orders.class, Deliveries.Returns.class})
class Deliveries {

    private static final OffsetDateTime EPOCH = OffsetDateTime.parse("1970-01-01T00:00Z");

    record Order(String id, BigDecimal amount, Map<String, String> notes) {
        static Order of(String id) {
            return new Order(id, new BigDecimal("12.50"), Map.of());
        }
    }

    record Receipt(String id, BigDecimal amount, OffsetDateTime at, Set<Speed> speeds) {}

    enum Speed {
        SLOW,
        FAST
    }

    /** Has an address as its text, and no method {@code equals}. */
    static class Parcel {
        public String id = "none";
        public Set<Speed> speeds = Set.of(Speed.FAST, Speed.SLOW);
    }

    /** A type that JSON has no class for. */
    interface Label {}

    record PaperLabel(String text) implements Label {}

    /** Has a property that its superclass lacks. */
    static class HeavyParcel extends Parcel {
        public int weight = 30;
    }

    /** A failure that callers must handle. */
    static class NotDeliverableException extends Exception {
        private static final long serialVersionUID = 1L;

        NotDeliverableException(String message) {
            super(message);
        }
    }

    /** A transaction manager whose node dies when a transaction is to begin. */
    static final class MortalManager extends JdbcTransactionManager {
        private static final long serialVersionUID = 1L;

        private final AtomicInteger deaths = new AtomicInteger();

        MortalManager(DataSource dataSource) {
            super(dataSource);
        }

        void dieOnce() {
            deaths.set(1);
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            if (deaths.getAndUpdate(left -> 0) > 0) {
                throw new AssertionError("killed");
            }
            super.doBegin(transaction, definition);
        }
    }

    @Bean
    PlatformTransactionManager transactionManager(DataSource dataSource) {
        return new MortalManager(dataSource);
    }

    /** The effects. Each waits for its gate, if it has one. */
    static class Orders {

        private final JdbcTemplate jdbc;
        private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
        private final Map<String, CountDownLatch> entered = new ConcurrentHashMap<>();
        private final AtomicInteger failures = new AtomicInteger();

        Orders(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        CountDownLatch close(String item) {
            entered.put(item, new CountDownLatch(1));
            return gates.computeIfAbsent(item, unseen -> new CountDownLatch(1));
        }

        void awaitEntry(String item) {
            await(entered.get(item));
        }

        void failNext(int calls) {
            failures.set(calls);
        }

        private void effect(String item) {
            jdbc.update("INSERT INTO effect (item) VALUES (?)", item);
            CountDownLatch gate = gates.get(item);
            if (gate != null) {
                entered.get(item).countDown();
                await(gate);
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(1, TimeUnit.MINUTES)) {
                    throw new AssertionError("not opened");
                }
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        @Idempotent(key = "#order.id")
        @Transactional
        public Receipt place(Order order) {
            effect(order.id());
            return new Receipt(
                    order.id(),
                    order.amount(),
                    OffsetDateTime.parse("2026-12-01T10:00:00.123+02:00"),
                    Set.of(Speed.FAST));
        }

        /** Calls by {@code this} pass no proxy. */
        Receipt placeByThis(Order order) {
            return place(order);
        }

        @Transactional
        public void placeInTransaction(Orders proxy, Order order) {
            proxy.place(order);
        }

        @Idempotent(key = "#a0 + '#' + #p1")
        List<Receipt> list(String id, int line) {
            effect(id);
            return List.of(new Receipt(id, BigDecimal.ONE, EPOCH, Set.of()));
        }

        @Idempotent(key = "#id")
        Optional<BigDecimal> find(String id, boolean present) {
            effect(id);
            return present ? Optional.of(new BigDecimal("1.50")) : Optional.empty();
        }

        @Idempotent(key = "#id")
        Speed speed(String id) {
            effect(id);
            return Speed.FAST;
        }

        @Idempotent(key = "#id")
        long count(long id) {
            effect("count " + id);
            return id;
        }

        @Idempotent(key = "#id")
        BigDecimal amount(String id) {
            effect(id);
            return new BigDecimal("100.00");
        }

        @Idempotent(key = "#id")
        void deliver(String id) {
            effect(id);
        }

        @Idempotent(key = "#id")
        @Nullable
        Receipt nothing(String id) {
            effect(id);
            return null;
        }

        @Idempotent(key = "#id", fingerprint = "/id")
        Parcel parcel(String id, boolean isHeavy) {
            effect(id);
            return isHeavy ? new HeavyParcel() : new Parcel();
        }

        @Idempotent(key = "#id")
        Label unreadable(String id) {
            effect(id);
            return new PaperLabel(id);
        }

        @Idempotent(key = "#id")
        String copies(String id, int number) {
            effect(id);
            return "x".repeat(number);
        }

        @Idempotent(
                key = "#order.id",
                keyRequired = false,
                fingerprint = {"/order/amount", "/to"})
        String selected(@Nullable Order order, String to, Object ignored) {
            effect(to);
            return to;
        }

        @Idempotent(key = "#order")
        String object(Order order) {
            return order.id();
        }

        @Idempotent(key = "#id", fingerprint = "/id")
        String fail(String id, Exception failure) throws Exception {
            effect(id);
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw failure;
            }
            return "done " + id;
        }

        @Idempotent(key = "#id")
        @Transactional
        public String rollBack(String id) {
            effect(id);
            TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
            return id;
        }

        @Idempotent(key = "#id", fingerprint = "/id")
        @Transactional(isolation = Isolation.SERIALIZABLE, timeout = 77, transactionManager = "transactionManager")
        public List<String> transaction(String id) {
            effect(id);
            return List.of(
                    String.valueOf(TransactionSynchronizationManager.getCurrentTransactionIsolationLevel()),
                    String.valueOf(TransactionSynchronizationManager.getCurrentTransactionName()));
        }

        @Respite("deliver")
        @Idempotent(key = "#id")
        public String retried(String id, boolean isUnknown) throws IOException {
            effect(id);
            int left = failures.getAndUpdate(now -> Math.max(0, now - 1));
            if (left > 0 && isUnknown) {
                throw new OutcomeUnknownException("sent, and no response");
            }
            if (left > 0) {
                throw new ConnectException("refused");
            }
            return "done " + id;
        }
    }

    /** Has a method of the same name, with the same keys. */
    static class Returns {

        private final JdbcTemplate jdbc;

        Returns(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Idempotent(key = "#order.id")
        Receipt place(Order order) {
            jdbc.update("INSERT INTO effect (item) VALUES (?)", order.id());
            return new Receipt("return of " + order.id(), BigDecimal.ZERO, EPOCH, Set.of());
        }

        @Idempotent(key = "#order.id")
        String accept(Order order) {
            jdbc.update("INSERT INTO effect (item) VALUES (?)", order.id());
            return "accepted";
        }
    }
}
