package dev.respite.spring.boot.idempotency;

import dev.respite.spring.boot.setup.SetupException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.stream.Collectors;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;

/** Checks the properties of a feature also where it is absent. */
@AutoConfiguration(afterName = "dev.respite.spring.boot.idempotency.RespiteIdempotencyAutoConfiguration")
@EnableConfigurationProperties(IdempotencyProperties.class)
final class RespiteIdempotencyCheckAutoConfiguration {

    /** Rejects an application in which {@link Idempotent} has no effect, because a dependency is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication
    @ConditionalOnMissingBean(name = "respiteIdempotentEndpoints")
    @ConditionalOnProperty(name = IdempotencyProperties.PREFIX + ".enabled", matchIfMissing = true)
    static final class Check {

        @Bean
        SmartInitializingSingleton respiteIdempotencyCheck(ConfigurableListableBeanFactory beans) {
            return () -> {
                Collection<Method> methods =
                        AnnotatedMethods.of(beans.getBeanNamesForAnnotation(Controller.class), beans);
                if (!methods.isEmpty()) {
                    throw new SetupException(
                            "@Idempotent has no effect in this application:\n  "
                                    + methods.stream().map(Method::toString).collect(Collectors.joining("\n  ")),
                            "Add respite-idempotency-servlet, in an application with Spring MVC; or remove the annotation.",
                            null);
                }
            };
        }
    }
}
