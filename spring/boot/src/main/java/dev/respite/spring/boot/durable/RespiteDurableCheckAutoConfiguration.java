package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableRetry;
import dev.respite.spring.boot.setup.SetupException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Checks the properties of a feature also where it is absent. */
@AutoConfiguration(afterName = "dev.respite.spring.boot.durable.RespiteDurableAutoConfiguration")
@EnableConfigurationProperties(DurableProperties.class)
final class RespiteDurableCheckAutoConfiguration {

    /** Rejects an application whose tasks would never run, because a dependency or the database is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DurableRetry.class)
    @ConditionalOnBean(DurableRetryCustomizer.class)
    @ConditionalOnMissingBean(name = "respiteDurableStore")
    @ConditionalOnProperty(name = DurableProperties.PREFIX + ".enabled", matchIfMissing = true)
    static final class Check {

        @Bean
        SmartInitializingSingleton respiteDurableCheck() {
            return () -> {
                throw new SetupException(
                        "The durable tasks of this application would never run: it has no DataSource, several without a"
                                + " primary one, or no spring-boot-starter-jdbc.",
                        "Add spring-boot-starter-jdbc and a database, and make one DataSource the primary one; or set "
                                + DurableProperties.PREFIX + ".enabled to false.",
                        null);
            };
        }
    }
}
