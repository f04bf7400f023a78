package com.example;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record as a consumer group has received it. It is stored as the data of a call.
 *
 * @param group the consumer group
 * @param topic the name of the topic, for operators
 * @param topicId the id of the topic. The broker creates it at random with the topic, so it differs between clusters, and between
 *     a topic and another one of the same name that replaces it
 * @param partition the partition
 * @param offset the offset
 * @param key the key, or null
 * @param value the value, or null
 */
public record Received(
        String group, String topic, String topicId, int partition, long offset, String key, String value) {

    /** Returns the record as it was received. */
    public static Received of(String group, String topicId, ConsumerRecord<String, String> record) {
        return new Received(
                group, record.topic(), topicId, record.partition(), record.offset(), record.key(), record.value());
    }

    /** Returns the id of the call, which is also the idempotency key of its effect. */
    public String id() {
        return hash("record", group, topicId, partition + "/" + offset);
    }

    /** Returns the sequence of the records with this key; empty without a key. */
    public Optional<String> sequence() {
        return Optional.ofNullable(key).map(given -> hash("key", group, topicId, given));
    }

    /** A hash, since an id has at most 100 characters. */
    private static String hash(String... values) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] digest = sha256.digest(String.join("\0", values).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
