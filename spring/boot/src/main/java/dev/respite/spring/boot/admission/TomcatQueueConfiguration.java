package dev.respite.spring.boot.admission;

import dev.respite.admission.QueueTime;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The queue time in an embedded Tomcat. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnThreading(Threading.PLATFORM)
@ConditionalOnClass({ConfigurableTomcatWebServerFactory.class, StandardThreadExecutor.class})
final class TomcatQueueConfiguration {

    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> respiteTomcatQueue(QueueTime queueTime) {
        return new Customizer(queueTime);
    }

    /** Runs last, when all others have set the sizes of the pool. */
    private static final class Customizer
            implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, Ordered {

        private final QueueTime queueTime;

        Customizer(QueueTime queueTime) {
            this.queueTime = queueTime;
        }

        @Override
        public void customize(ConfigurableTomcatWebServerFactory factory) {
            factory.addConnectorCustomizers(this::install);
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }

        /** Leaves an executor of the application as it is. Spring Boot adds the new one to the service, which starts and stops it. */
        private void install(Connector connector) {
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                    && protocol.getExecutor() == null) {
                protocol.setExecutor(MeasuredTomcatThreads.of(protocol, queueTime));
            }
        }
    }
}
