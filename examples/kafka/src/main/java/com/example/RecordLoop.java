package com.example;

import com.example.Inbox.Result;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Polls the records of a topic, gives them to the inbox, and commits their offsets. */
public final class RecordLoop implements AutoCloseable {

    private final Map<String, Object> settings;
    private final String topic;
    private final Inbox inbox;
    private final BiConsumer<Received, Result> listener;
    private volatile boolean isClosed;

    /**
     * Creates a loop.
     *
     * @param settings of the consumer, with its servers and its group
     * @param listener gets each record with its result
     */
    public RecordLoop(Map<String, Object> settings, String topic, Inbox inbox, BiConsumer<Received, Result> listener) {
        this.settings = new HashMap<>(settings);
        this.settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Without committed offsets, the group begins at the first record. Known ones are passed over.
        this.settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        this.settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        this.topic = topic;
        this.inbox = inbox;
        this.listener = listener;
    }

    /**
     * Runs until it is closed.
     *
     * @throws SQLException if the database is away: the next consumer of the partition gets the record again
     */
    public void run() throws SQLException, ExecutionException, InterruptedException {
        String group = (String) settings.get(ConsumerConfig.GROUP_ID_CONFIG);
        String topicId = topicId();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(List.of(topic));
            while (!isClosed) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
                for (ConsumerRecord<String, String> each : records) {
                    Received record = Received.of(group, topicId, each);
                    listener.accept(record, inbox.accept(record));
                }
                commit(consumer);
            }
        }
    }

    private static void commit(KafkaConsumer<?, ?> consumer) {
        try {
            consumer.commitSync();
        } catch (CommitFailedException | RebalanceInProgressException | TimeoutException failure) {
            // The records are delivered again, here or to another consumer, and are known there.
        }
    }

    private String topicId() throws ExecutionException, InterruptedException {
        Map<String, Object> servers =
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
        try (Admin admin = Admin.create(servers)) {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .topicId()
                    .toString();
        }
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
