package dev.respite.spring.boot.admission;

import dev.respite.admission.QueueTime;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.jetty.autoconfigure.JettyServerProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The queue time in an embedded Jetty. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnThreading(Threading.PLATFORM)
@ConditionalOnClass({ConfigurableJettyWebServerFactory.class, QueuedThreadPool.class})
final class JettyQueueConfiguration {

    @Bean
    WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> respiteJettyQueue(
            QueueTime queueTime, ObjectProvider<JettyServerProperties> properties) {
        return new Customizer(queueTime, properties.getIfAvailable(JettyServerProperties::new));
    }

    /** Replaces the pool that Spring Boot has set. A customizer of the application may set another one later. */
    private static final class Customizer
            implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory>, Ordered {

        /** Spring Boot's customizer has the order 0. */
        private static final int AFTER_SPRING_BOOT = 1;

        private final QueueTime queueTime;
        private final JettyServerProperties properties;

        Customizer(QueueTime queueTime, JettyServerProperties properties) {
            this.queueTime = queueTime;
            this.properties = properties;
        }

        @Override
        public void customize(ConfigurableJettyWebServerFactory factory) {
            factory.setThreadPool(MeasuredJettyThreads.of(properties.getThreads(), queueTime));
        }

        @Override
        public int getOrder() {
            return AFTER_SPRING_BOOT;
        }
    }
}
