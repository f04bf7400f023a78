package dev.respite.stacks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** Two groups consume a topic of a broker while their processes are killed and frozen: every record has one effect in each group. */
class KafkaTest {

    private static final List<String> GROUPS = List.of("billing", "shipping");
    private static final int PARTITIONS = 6;
    private static final int RECORDS_OF_A_KEY = 10;
    /** One record in so many has no key. */
    private static final int WITHOUT_KEY = 20;

    /** The least number of records that a zombie still has. */
    private static final int RECORDS_OF_A_ZOMBIE = 10;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private EmbeddedKafkaKraftBroker broker;
    private TestDatabase database;
    private Consumers consumers;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        broker = new EmbeddedKafkaKraftBroker(1, PARTITIONS, "orders");
        broker.brokerProperties(Map.of(
                "group.min.session.timeout.ms", "100",
                "group.initial.rebalance.delay.ms", "0",
                "offsets.topic.num.partitions", "1"));
        broker.afterPropertiesSet();
        admin = Admin.create(Map.of("bootstrap.servers", broker.getBrokersAsString()));
        database = TestDatabase.start();
        consumers = new Consumers(broker.getBrokersAsString(), database.url(), folder);
    }

    @AfterEach
    void stop() throws Exception {
        consumers.close();
        database.close();
        admin.close();
        broker.destroy();
    }

    @Test
    void fiveHundredRecords_areHandledOnceInOrder() throws Exception {
        run(500, 2, 1);
    }

    @Test
    @Tag("slow")
    void tenThousandRecords_areHandledOnceInOrder() throws Exception {
        run(10_000, 12, 3);
    }

    /** Kills and freezes consumers at even distances of the first group's effects. */
    private void run(int records, int kills, int freezes) throws Exception {
        List<String> billing = new ArrayList<>(
                List.of(consumers.start("billing"), consumers.start("billing"), consumers.start("billing")));
        List<String> shipping = new ArrayList<>(List.of(consumers.start("shipping"), consumers.start("shipping")));
        awaitPartitions("billing", 3);
        awaitPartitions("shipping", 2);
        long start = System.nanoTime();
        send(records);
        int events = kills + freezes;
        long knownToZombies = 0;
        for (int event = 1; event <= events; event++) {
            long effects = (long) records * event / (events + 2);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> database.count("ledger WHERE consumer_group = 'billing'") >= effects);
            if (event % (events / freezes) == 1) {
                knownToZombies += freeze(billing);
            } else {
                List<String> group = event % 3 == 0 ? shipping : billing;
                consumers.kill(group.remove(0));
                group.add(consumers.start(group == shipping ? "shipping" : "billing"));
            }
        }
        awaitDeadHeads(records);
        repair();
        awaitEnd(records);
        assertOnceInOrder(records);
        assertThat(knownToZombies).as("records that zombies have met").isPositive();
        System.out.printf(
                "%d records, 2 groups, %d kills, %d freezes, %d s: %d handled at once, %d enqueued, %d known before (%d of"
                        + " them to zombies), %d requests with %d keys%n",
                records,
                kills,
                freezes,
                (System.nanoTime() - start) / 1_000_000_000,
                consumers.count("HANDLED"),
                consumers.count("ENQUEUED"),
                consumers.count("KNOWN"),
                knownToZombies,
                Long.parseLong(
                        database.rows("SELECT SUM(requests) FROM other_system").get(0)),
                database.count("other_system"));
    }

    private void send(int records) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.getBrokersAsString()),
                new StringSerializer(),
                new StringSerializer())) {
            int keys = records / RECORDS_OF_A_KEY;
            for (int i = 0; i < records; i++) {
                String key = "key-" + i % keys;
                int number = i / keys;
                boolean hasKey = i % WITHOUT_KEY != 0;
                producer.send(new ProducerRecord<>(
                        "orders", hasKey ? key : null, (hasKey ? key : "none-" + i) + " " + number));
            }
        }
    }

    private void awaitPartitions(String group, int members) {
        await().atMost(PATIENCE)
                .until(() -> members(group).stream()
                                .filter(member ->
                                        !member.assignment().topicPartitions().isEmpty())
                                .count()
                        == members);
    }

    private Collection<MemberDescription> members(String group) throws Exception {
        try {
            return admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group)
                    .get()
                    .members();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof GroupIdNotFoundException) {
                // It exists from its first member on.
                return List.of();
            }
            throw failure;
        }
    }

    /**
     * Freezes a consumer in the middle of its records until others have handled all of these. Then it goes on with the rest.
     *
     * @return the number of records that it has found known
     */
    private long freeze(List<String> group) throws Exception {
        AtomicReference<String> busy = new AtomicReference<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            for (String name : group) {
                if (consumers.log(name).unhandled() >= RECORDS_OF_A_ZOMBIE) {
                    busy.set(name);
                }
            }
            return busy.get() != null;
        });
        String zombie = busy.get();
        consumers.freeze(zombie);
        ConsumerLog frozen = consumers.log(zombie);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> consumers.isEachRunning()
                        && database.count("kafka_position WHERE consumer_group = 'billing' AND partition_number = "
                                        + frozen.lastPartition() + " AND next_offset > " + frozen.lastOffset())
                                == 1);
        consumers.thaw(zombie);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> consumers.isEachRunning() && consumers.log(zombie).results() >= frozen.end());
        return consumers.log(zombie).known(frozen.results(), frozen.end());
    }

    /** Every record is handled, but the dead one of each group and those behind it. */
    private void awaitDeadHeads(int records) {
        int perGroup = records - RECORDS_OF_A_KEY + ConsumerProcess.POISON_NUMBER;
        String lines = "(SELECT DISTINCT consumer_group, record_key, number FROM ledger) AS lines WHERE ";
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(consumers.isEachRunning()).isTrue();
            for (String group : GROUPS) {
                assertThat(database.count(lines + "consumer_group = '" + group + "'"))
                        .as(group)
                        .isEqualTo(perGroup);
            }
            assertThat(database.count(lines + "record_key = '" + ConsumerProcess.POISON_KEY + "'"))
                    .isEqualTo(2L * ConsumerProcess.POISON_NUMBER);
            assertThat(letters()).hasSize(2).allMatch(letter -> letter.state() == DeadLetter.State.DEAD);
            assertThat(database.count("respite_task WHERE waits_in_sequence"))
                    .isEqualTo(2L * (RECORDS_OF_A_KEY - ConsumerProcess.POISON_NUMBER - 1));
        });
    }

    private List<DeadLetter> letters() {
        return DeadLetters.of(database.dataSource()).list(DeadLetter.Filter.all());
    }

    private void repair() throws Exception {
        database.run("INSERT INTO repaired VALUES ('all')");
        for (DeadLetter letter : letters()) {
            DeadLetters.of(database.dataSource()).replay(letter.letterId());
        }
    }

    /** All offsets are committed, and no call is left. */
    private void awaitEnd(int records) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(consumers.isEachRunning()).isTrue();
            assertThat(database.count("respite_task")).isZero();
            for (String group : GROUPS) {
                assertThat(committed(group)).as(group).isEqualTo(records);
            }
        });
    }

    private long committed(String group) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.getBrokersAsString()))) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(offset -> offset.offset())
                    .sum();
        }
    }

    private void assertOnceInOrder(int records) throws Exception {
        for (String group : GROUPS) {
            String ofGroup = " FROM ledger WHERE consumer_group = '" + group + "'";
            assertThat(database.rows("SELECT COUNT(DISTINCT (record_key, number))" + ofGroup))
                    .as("lost in " + group)
                    .containsExactly(String.valueOf(records));
            assertThat(database.rows("SELECT record_key, number, COUNT(*)" + ofGroup
                            + " GROUP BY record_key, number HAVING COUNT(*) > 1"))
                    .as("twice in " + group)
                    .isEmpty();
            assertThat(database.rows("SELECT record_key, number, process FROM (SELECT *, LAG(number) OVER"
                            + " (PARTITION BY record_key ORDER BY entry) AS earlier" + ofGroup
                            + ") AS lines WHERE earlier > number"))
                    .as("out of order in " + group)
                    .isEmpty();
        }
        assertThat(database.count("other_system")).as("keys").isEqualTo(2L * records);
        assertThat(letters()).isEmpty();
    }
}
