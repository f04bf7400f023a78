package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The exceptions of Kafka's clients. */
class KafkaTest {

    @Test
    void send_withoutABroker_isTimeout() {
        Map<String, Object> configuration =
                Map.of("bootstrap.servers", "127.0.0.1:" + RawServer.refusing().getPort(), "max.block.ms", 300);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(configuration, new StringSerializer(), new StringSerializer())) {
            Judged.of(() -> producer.send(new ProducerRecord<>("quotes", "ACME"))
                            .get())
                    .isTransient(ErrorKind.TIMEOUT);
        }
    }

    @Test
    void retriableExceptions_areTransient() {
        new Judged(new NotLeaderOrFollowerException("moved")).isTransient(ErrorKind.OTHER);
        new Judged(new TimeoutException("late")).isTransient(ErrorKind.TIMEOUT);
        new Judged(new DisconnectException("gone")).isTransient(ErrorKind.IO);
        new Judged(new ThrottlingQuotaExceededException("slower")).isTransient(ErrorKind.THROTTLED);
    }

    @Test
    void otherExceptions_areFatal() {
        new Judged(new RecordTooLargeException("large")).isFatal();
    }
}
