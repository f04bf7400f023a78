package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.RespiteRetryPolicy;
import dev.respite.time.TimeSource;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.ImmediateAcknowledgeAmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.kafka.support.serializer.RetryingDeserializer;

/** The places at which Spring AMQP and Spring Kafka take Spring's retry policy. */
class SpringMessagingTest {

    private final RespiteRetryPolicy policy = RespiteRetryPolicy.of(
            Retry.withoutWarnings(RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off"), TimeSource.system()));
    private final List<Message> recovered = new ArrayList<>();
    private int deliveries;

    interface Listener {
        void on(Object channel, Message message);
    }

    private Listener listener(MethodInterceptor retries, RuntimeException failure) {
        Listener target = (channel, message) -> {
            deliveries++;
            throw failure;
        };
        ProxyFactory factory = new ProxyFactory(target);
        factory.setInterfaces(Listener.class);
        factory.addAdvice(retries);
        return (Listener) factory.getProxy();
    }

    private static Message message() {
        MessageProperties properties = new MessageProperties();
        properties.setMessageId("m-1");
        return new Message(new byte[0], properties);
    }

    private static RuntimeException refused() {
        return new UncheckedIOException(new ConnectException("refused"));
    }

    @Test
    void statelessListener_ofRabbit_retriesAndThenRecovers() {
        MethodInterceptor retries = RetryInterceptorBuilder.stateless()
                .retryPolicy(policy)
                .recoverer((message, cause) -> recovered.add(message))
                .build();
        listener(retries, refused()).on("channel", message());
        assertThat(deliveries).isEqualTo(3);
        assertThat(recovered).hasSize(1);
        listener(retries, new IllegalArgumentException()).on("channel", message());
        assertThat(deliveries).isEqualTo(4);
        assertThat(recovered).hasSize(2);
    }

    @Test
    void statefulListener_ofRabbit_isRedeliveredAsOftenAsThePolicySays() {
        MethodInterceptor retries = RetryInterceptorBuilder.stateful()
                .retryPolicy(policy)
                .recoverer((message, cause) -> recovered.add(message))
                .build();
        Listener listener = listener(retries, refused());
        Message message = message();
        for (int delivery = 0; delivery < 3; delivery++) {
            message.getMessageProperties().setRedelivered(delivery > 0);
            assertThatThrownBy(() -> listener.on("channel", message)).isInstanceOf(UncheckedIOException.class);
        }
        assertThatThrownBy(() -> listener.on("channel", message)).isInstanceOf(ImmediateAcknowledgeAmqpException.class);
        assertThat(deliveries).isEqualTo(3);
        assertThat(recovered).containsExactly(message);
    }

    @Test
    void deserializer_ofKafka_retries() {
        Deserializer<String> failing = (topic, data) -> {
            if (++deliveries < 3) {
                throw refused();
            }
            return "text";
        };
        try (RetryingDeserializer<String> retrying = new RetryingDeserializer<>(failing, new RetryTemplate(policy))) {
            assertThat(retrying.deserialize("topic", new byte[0])).isEqualTo("text");
        }
        assertThat(deliveries).isEqualTo(3);
    }
}
