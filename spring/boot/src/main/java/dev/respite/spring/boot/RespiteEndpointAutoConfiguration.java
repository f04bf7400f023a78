package dev.respite.spring.boot;

import dev.respite.spring.Retries;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The endpoint {@code respite} of the actuator: policies, explanations, counts, budgets, and the calls that gave up last. */
@AutoConfiguration(before = RespiteAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(RespiteEndpoint.class)
final class RespiteEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RecentGiveUps respiteRecentGiveUps() {
        return new RecentGiveUps();
    }

    @Bean
    @ConditionalOnMissingBean(name = "respiteGiveUpRecorder")
    RetryCustomizer respiteGiveUpRecorder(RecentGiveUps recent) {
        return recent::record;
    }

    @Bean
    @ConditionalOnMissingBean
    RespiteEndpoint respiteEndpoint(
            @Lazy Retries retries,
            RecentGiveUps recent,
            @Qualifier("respiteDurableOverview") ObjectProvider<Supplier<Object>> durable) {
        return new RespiteEndpoint(
                retries,
                recent,
                () -> durable.stream().map(Supplier::get).findFirst().orElse(null));
    }
}
